"""The console: pages for partners, reviewers, managers, and the catalog for everybody.

Drawn on the server with Jinja2; forms and links work without JavaScript, and htmx only saves a reload here and there.
Nothing is decided in this room: a page shows what the engine answers and hands in what a person asks for.
"""

from review_engine.console.routes import router

__all__ = ["router"]
