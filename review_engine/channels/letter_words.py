"""How a letter says things: moments in the reader's own zone, strangers' words made safe to quote, lines that fit.

Two manners, because a letter has two bodies: plain text, where nothing is escaped and a line is broken at 72
columns, and HTML, where everything is escaped. Words that people chose are made harmless before any template sees
them: one line stays one line, and nothing turns the reading direction of what follows. Everything here is pure.
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

_CENTRAL_EUROPE = (
    "Amsterdam", "Berlin", "Brussels", "Budapest", "Copenhagen", "Madrid", "Oslo", "Paris", "Prague", "Rome",
    "Stockholm", "Vienna", "Warsaw", "Zurich",
)  # fmt: skip
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
    **dict.fromkeys((f"Europe/{city}" for city in _CENTRAL_EUROPE), "Central European Time"),
}
"""Names that people know better than a city's; every other zone is called by its city."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS_BUT_BREAKS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]+")
_UNFIT = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INDENT = re.compile(r" *(?:> ?|- |\d+\. |[A-Z][A-Za-z ]{0,12}: {2,})?")
_LABEL = 16
_SENTENCE_MAX = 1_000


def line_of(text: str, limit: int = COMMENT_MAX) -> str:
    """A stranger's words on one line: no control characters, no turned reading direction, cut at ``limit``."""
    if not text.isprintable():
        text = _UNFIT.sub("", _CONTROLS.sub(" ", text))
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."


def lines_of(text: str, limit: int = COMMENT_MAX) -> str:
    """A stranger's words with their line breaks, otherwise as :func:`line_of`."""
    if not text.replace("\n", " ").isprintable():
        text = _UNFIT.sub("", _CONTROLS_BUT_BREAKS.sub(" ", _BREAKS.sub("\n", text)))
    text = text.strip()
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


def padded(text: str, width: int) -> str:
    """A label, with blanks up to a column."""
    return str(text).ljust(width)


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
    lines = [line if len(line) <= COLUMNS else _broken_once(line) for line in map(str.rstrip, text.split("\n"))]
    done = "\n".join(lines)
    while "\n\n\n" in done:
        done = done.replace("\n\n\n", "\n\n")
    return done.strip("\n").replace("\n--\n", "\n-- \n") + "\n"


def broken(line: str) -> str:
    """One line broken at spaces, never within a word, so that no link is torn; lists and labels keep their indent."""
    size = len(line)
    if size <= COLUMNS:
        return line
    width = 0
    if not line[0].isalpha() or ":  " in line[:_LABEL]:
        mark = _INDENT.match(line)
        width = mark.end() if mark else 0
    hang = "> " if line[0] == ">" else " " * width
    pieces: list[str] = []
    start, least, room = 0, width, COLUMNS
    while size - start > room:
        end = line.rfind(" ", start + least, start + room + 1)
        if end <= start:
            end = line.find(" ", start + room)
            if end < 0:
                break
        pieces.append(line[start:end])
        start, least, room = end + 1, 0, COLUMNS - len(hang)
    pieces.append(line[start:])
    return f"\n{hang}".join(pieces)


_remembered = lru_cache(maxsize=2_048)(broken)


def _broken_once(line: str) -> str:
    """As :func:`broken`. Most long lines are a template's own sentences, the same in every letter."""
    return _remembered(line) if len(line) <= _SENTENCE_MAX else broken(line)


def when(instant: str, zone: str, name: str = "") -> str:
    """An instant for a reader: ``Wednesday 4 March 2026 at 17:00 (Pacific Time, UTC-8)``. Arguments as ``read``."""
    day, clock = read(instant, zone, name)
    return f"{day} ({clock})"


@lru_cache(maxsize=4096)
def read(instant: str, zone: str, name: str = "") -> tuple[str, str]:
    """Date and time as a reader's clock shows them, and which clock that is: its name and its distance from UTC.

    Args:
        instant: ISO 8601, as a notice's context spells it.
        zone: the reader's time zone; UTC if there is no such zone, so that no letter is lost over a misspelt one.
        name: what people call the zone; empty for the usual name, or that of its city.
    """
    at, wall = datetime.fromisoformat(instant), _wall(zone)
    if wall is None:
        return read(instant, "UTC")
    offset = _offset(at.astimezone(wall.zone).utcoffset() or timedelta())
    label = name or ZONE_NAMES.get(zone) or f"{zone.rpartition('/')[2].replace('_', ' ')} time"
    return wall.moment(at), label if label == offset else f"{label}, {offset}"


@lru_cache(maxsize=1024)
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
