"""How a letter says things: moments in the reader's own zone, strangers' words made safe to quote, lines that fit.

Two manners, because a letter has two bodies: plain text, where nothing is escaped and a line is broken at 72 columns, and
HTML, where everything is escaped. Words that people chose are made harmless before any template sees them: one line
stays one line, and nothing turns the reading direction of what follows. Everything here is pure.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from review_engine.domain.errors import ReviewEngineError
from review_engine.domain.wording import Wall

COLUMNS: Final = 72
NAME_MAX: Final = 120
SHORT: Final = 48
COMMENT_MAX: Final = 10_000

ZONE_NAMES: Final[Mapping[str, str]] = {
    "UTC": "UTC",
    "Etc/UTC": "UTC",
    "America/Los_Angeles": "Pacific Time",
    "America/Denver": "Mountain Time",
    "America/Chicago": "Central Time",
    "America/New_York": "Eastern Time",
    "America/Toronto": "Eastern Time",
    "America/Halifax": "Atlantic Time",
    "Europe/London": "UK time",
    "Europe/Dublin": "Irish time",
    "Europe/Lisbon": "Western European Time",
    "Europe/Athens": "Eastern European Time",
    "Europe/Helsinki": "Eastern European Time",
    "Asia/Kolkata": "India time",
    "Asia/Shanghai": "China time",
    "Asia/Tokyo": "Japan time",
    "Asia/Seoul": "Korea time",
    **dict.fromkeys(
        (
            f"Europe/{city}"
            for city in (
                "Amsterdam Berlin Brussels Budapest Copenhagen Madrid Oslo Paris Prague Rome Stockholm Vienna Warsaw Zurich"
            ).split()
        ),
        "Central European Time",
    ),
}
"""Names that people know better than a city's; every other zone is called by its city."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS_BUT_BREAKS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]+")
_UNFIT = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INDENT = re.compile(r" *(?:> ?|- |\d+\. |[A-Z][A-Za-z ]{0,12}: {2,})?")
_BLANK_LINES = re.compile(r"\n{3,}")


def line_of(text: str, limit: int = COMMENT_MAX) -> str:
    """A stranger's words on one line: no control characters, no turned reading direction, cut at ``limit``."""
    if not text.isprintable():
        text = " ".join(_UNFIT.sub("", _CONTROLS.sub(" ", text)).split(" "))
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."


def lines_of(text: str, limit: int = COMMENT_MAX) -> str:
    """A stranger's words with their line breaks, otherwise as :func:`line_of`."""
    text = _UNFIT.sub("", _CONTROLS_BUT_BREAKS.sub(" ", _BREAKS.sub("\n", text))).strip()
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."


def short(text: str, limit: int = SHORT) -> str:
    """A name as a subject carries it."""
    return line_of(str(text), limit)


def sentence(text: str) -> str:
    """A reason or a cure as a sentence: a capital letter first, a full stop last."""
    text = str(text).strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def listed(values: Iterable[object]) -> str:
    """``one, two and three``."""
    words = [line_of(str(value)) for value in values]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def value_of(value: object) -> str:
    """A fact's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return listed(value)
    return line_of(str(value))


def quoted_text(text: str) -> str:
    """Somebody's own words in plain text: each line begins with ``> ``."""
    return "\n".join(broken(f"> {line}".rstrip()) for line in str(text).split("\n"))


def quoted_html(text: str) -> Markup:
    """Somebody's own words in HTML: escaped, their line breaks kept."""
    return escape(text).replace("\n", Markup("<br>\n"))


def laid_out(text: str) -> str:
    """A rendered text body: no line wider than 72 columns if it can be broken, never two blank lines in a row."""
    lines = [line if len(line) <= COLUMNS else broken(line) for line in map(str.rstrip, text.split("\n"))]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n") + "\n"


def broken(line: str) -> str:
    """One line broken at spaces, never within a word, so that no link is torn; lists and labels keep their indent."""
    if len(line) <= COLUMNS:
        return line
    mark = _INDENT.match(line)
    width = mark.end() if mark else 0
    hang = "> " if line.startswith(">") else " " * width
    lines: list[str] = []
    start, room = 0, COLUMNS
    while len(line) - start > room:
        end = line.rfind(" ", start + (0 if lines else width), start + room + 1)
        if end <= start:
            end = line.find(" ", start + room)
            if end < 0:
                break
        lines.append(line[start:end].rstrip())
        start, room = end + 1, COLUMNS - len(hang)
    return f"\n{hang}".join([*lines, line[start:]])


@lru_cache(maxsize=4096)
def when(instant: str, zone: str, name: str = "") -> str:
    """An instant (ISO 8601) for a reader: ``Wednesday 4 March 2026 at 17:00 (Pacific Time, UTC-8)``.

    Args:
        instant: as a notice's context spells it.
        zone: the reader's time zone; UTC if there is no such zone, so that no letter is lost over a misspelt one.
        name: what people call the zone; empty for the usual name, or that of its city.
    """
    at, wall = datetime.fromisoformat(instant), _wall(zone)
    if wall is None:
        return when(instant, "UTC")
    offset = _offset(at.astimezone(wall.zone).utcoffset() or timedelta())
    label = name or ZONE_NAMES.get(zone) or f"{zone.rpartition('/')[2].replace('_', ' ')} time"
    return f"{wall.moment(at)} ({label})" if label == offset else f"{wall.moment(at)} ({label}, {offset})"


def same_clock(instant: str, zone: str, other: str) -> bool:
    """Whether clocks in the two zones show the same at that instant."""
    at, one, two = datetime.fromisoformat(instant), _wall(zone), _wall(other)
    return one is None or two is None or at.astimezone(one.zone).utcoffset() == at.astimezone(two.zone).utcoffset()


@lru_cache(maxsize=512)
def _wall(zone: str) -> Wall | None:
    try:
        return Wall.of(zone)
    except ReviewEngineError:
        return None


def is_zone(zone: str) -> bool:
    """Whether there is such a time zone."""
    return bool(zone) and _wall(zone) is not None


def _offset(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"
