"""The engine over REST: ``app.include_router(router(engine, principal=current_user), prefix="/reviews")``.

Everything the engine does, as resources. Nothing is decided here: a route reads a request, says who asks, calls one
verb of the engine and writes down its answer, so that a rule holds here because it holds in the engine.
"""

from review_engine.api.building import router

__all__ = ["router"]
