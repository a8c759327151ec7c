"""The ink pages are drawn with: one Jinja2 environment that escapes everything and forgives nothing.

Pages are files of this package and nobody else's, so unlike letters, which a host writes, they need no sandbox. A
page that names a variable nobody gave fails in a test, not before a partner. Moments are always said with their zone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from review_engine.domain.wording import spoken

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).parent / "static"


@lru_cache(maxsize=1)
def ink() -> Environment:
    """The environment; one for the process, since it caches what it compiled."""
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["when"] = when
    environment.filters["day"] = day
    environment.filters["apart"] = apart
    environment.filters["worked"] = worked
    environment.filters["web_address"] = web_address
    environment.filters["sentence"] = sentence
    return environment


def sentence(text: str) -> str:
    """What an error or a guard says, as a sentence: it begins large and ends with a full stop; empty stays empty."""
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", "?", "!")) else ".")


def render(page: str, context: Mapping[str, object]) -> str:
    """A page, or a part of one, as HTML."""
    return ink().get_template(page).render(context)


@lru_cache(8_192)
def when(moment: datetime | None, zone: str = "UTC") -> Markup:
    """A moment as people read it, in a zone that is named: ``Wed 4 Mar 2026, 17:00 PST``; a dash for none.

    Remembered: the same due dates stand on page after page, and saying one takes as long as a row of a table.
    """
    if moment is None:
        return Markup("&ndash;")
    there = moment.astimezone(ZoneInfo(zone))
    text = f"{there:%a} {there.day} {there:%b %Y, %H:%M %Z}"
    return Markup(f'<time datetime="{moment.isoformat()}">{escape(text)}</time>')


def day(moment: datetime | None, zone: str = "UTC") -> Markup:
    """The day of a moment: ``4 Mar 2026``; a dash for none."""
    if moment is None:
        return Markup("&ndash;")
    there = moment.astimezone(ZoneInfo(zone))
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), f"{there.day} {there:%b %Y}")


def apart(moment: datetime, now: datetime) -> str:
    """How far a moment is from now, without saying in which direction: ``2 days 3 hours``."""
    away = abs(moment - now)
    return spoken(away - timedelta(seconds=away.seconds % 60)) if away >= timedelta(minutes=1) else "a moment"


def worked(length: timedelta | None) -> Markup | str:
    """A length of business time, in hours and minutes; a dash for none."""
    if length is None:
        return Markup("&ndash;")
    return (
        "under a minute"
        if length < timedelta(minutes=1)
        else spoken(length - timedelta(seconds=length.seconds % 60), days=False)
    )


def web_address(text: object) -> str:
    """The text, if it is an address of the web that may be linked to; else nothing."""
    return text if isinstance(text, str) and text.startswith(("https://", "http://")) else ""
