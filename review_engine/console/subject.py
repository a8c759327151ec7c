"""Pages to come."""

from fastapi import APIRouter

from review_engine.console.visits import Visitors


def install(router: APIRouter, visitors: Visitors) -> None:
    """Plug these pages in."""
