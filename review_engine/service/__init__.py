"""The engine as a service of its own: interface, pages, probes and figures in one application, and what runs it.

A host that has an application already includes ``review_engine.api`` and ``review_engine.console`` in it instead;
nothing here is needed for that.
"""

from review_engine.service.app import asgi

__all__ = ["asgi"]
