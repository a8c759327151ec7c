"""The ink pages are drawn with: one sandboxed Jinja2 environment that escapes everything and forgives nothing.

A page that names a variable nobody gave fails in a test, not before a partner. Moments are always said with their zone.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).parent / "static"


@lru_cache(maxsize=1)
def ink() -> ImmutableSandboxedEnvironment:
    """The environment; one for the process, since it caches what it compiled."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = when
    environment.filters["day"] = day
    return environment


def render(page: str, context: Mapping[str, object]) -> str:
    """A page, or a part of one, as HTML."""
    return ink().get_template(page).render(context)


def when(moment: datetime | None, zone: str = "UTC") -> Markup:
    """A moment as people read it, in a zone that is named: ``Wed 4 Mar 2026, 17:00 PST``; a dash for none."""
    if moment is None:
        return Markup("&ndash;")
    there = moment.astimezone(ZoneInfo(zone))
    text = f"{there:%a} {there.day} {there:%b %Y, %H:%M %Z}"
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), text)


def day(moment: datetime | None, zone: str = "UTC") -> Markup:
    """The day of a moment: ``4 Mar 2026``; a dash for none."""
    if moment is None:
        return Markup("&ndash;")
    there = moment.astimezone(ZoneInfo(zone))
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), f"{there.day} {there:%b %Y}")
