"""What a letter's templates may name: the notice's frozen words made safe, and what follows from them for one reader.

A template chooses words; it does not compute. So whatever needs a rule stands here: which of the due dates are told
and how they read in the reader's zone, whose page is linked to, what a stranger's words may hold. Everything is
derived from the notice and the reader alone, which is why the same notice makes the same letter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from review_engine.channels import letter_words as words
from review_engine.channels.links import Pages
from review_engine.domain.notices import Notice
from review_engine.domain.wording import spoken

_GIVEN: Final[dict[str, object]] = {
    "kind": "",
    "name": "",
    "key": "",
    "parent": "",
    "round": 0,
    "reviewer": "",
    "turn": "",
    "zone": "UTC",
    "comment": "",
    "unmet": (),
    "ahead": (),
    "recorded": (),
}
_DERIVED: Final = (
    "notice", "platform", "hello", "staff", "people", "reader_zone", "zone_name", "stands", "deadlines", "link",
    "queue", "tracking", "unsubscribe", "subject",
)  # fmt: skip

ALWAYS: Final = frozenset([*_GIVEN, *_DERIVED])
"""What every letter may name, whatever caused its notice. All else is in the contexts of some notices only."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter is written for.

    Args:
        key: the person's key, or whatever tells one recipient from another for ever.
        address: e-mail address.
        name: as letters greet; may be empty.
        zone: the person's time zone; empty for that of the workflow's calendar.
        staff: whether the letter speaks to a reviewer or manager, and not to a partner.
    """

    key: str
    address: str
    name: str = ""
    zone: str = ""
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What letters of one installation have in common.

    Args:
        platform: the name that letters are signed with.
        pages: where links lead.
        zone_names: time zone -> what people call it, beyond ``letter_words.ZONE_NAMES``.
    """

    platform: str
    pages: Pages
    zone_names: Mapping[str, str]


def view(
    notice: Notice, reader: Reader, setting: Setting, people: Mapping[str, str], unsubscribe: str | None
) -> dict[str, object]:
    """The names a letter's templates may use, with their values. ``subject`` is added when it is rendered.

    Args:
        notice: what is told.
        reader: whom.
        setting: the installation.
        people: person's key -> name.
        unsubscribe: address that ends such letters; None where there is none.
    """
    told = _GIVEN | {
        name: value if type(value) is not str or value.isprintable() else words.line_of(value)
        for name, value in notice.context.items()
    }
    told["comment"] = words.lines_of(str(notice.context.get("comment", "")))
    told |= {name: safe(told[name]) for name, safe in _STRANGERS.items()}
    office = str(told["zone"])
    zone = reader.zone if words.is_zone(reader.zone) else office
    key = str(told["key"] or notice.subject)
    told["name"] = told["name"] or key.rpartition("/")[2]
    pages = setting.pages
    deadlines = [_deadline(due, zone, office, setting.zone_names) for due in due_of(told)]
    if deadlines:
        deadlines[-1]["last"] = True
    told |= {
        "notice": notice.name,
        "platform": setting.platform,
        "hello": words.line_of(reader.name, words.NAME_MAX),
        "staff": reader.staff,
        "people": {who: words.line_of(name, words.NAME_MAX) for who, name in people.items()},
        "reader_zone": zone,
        "zone_name": setting.zone_names.get(zone, ""),
        "stands": told.get("to") or told.get("state") or "",
        "deadlines": deadlines,
        "link": pages.of(key, notice.name),
        "queue": pages.queue_of(notice.name),
        "tracking": pages.tracking(notice.name),
        "unsubscribe": unsubscribe or "",
    }
    return told


def due_of(context: Mapping[str, object]) -> list[dict[str, str]]:
    """The due dates that a notice holds, soonest first: its promise's, or those of the clocks that a move left running.

    Each has ``sla`` (empty for a notice about a promise), ``title``, ``within``, ``due_at``, and ``now``, the moment at
    which the notice was caused, if it is known.
    """
    promise, due = context.get("promise"), context.get("due")
    if promise:
        return [
            {
                "sla": "",
                "title": str(promise),
                "within": str(context.get("within", "")),
                "due_at": str(context["due_at"]),
                "now": str(context.get("tick", "")),
            }
        ]
    if not isinstance(due, Mapping):
        return []
    now = str(context.get("at", ""))
    found = [{"sla": str(sla), "within": "", **each, "now": now} for sla, each in due.items()]
    return sorted(found, key=lambda one: (one["due_at"], one["sla"]))


def _deadline(due: Mapping[str, str], zone: str, office: str, names: Mapping[str, str]) -> dict[str, object]:
    at, now = due["due_at"], due["now"]
    late = datetime.fromisoformat(now) - datetime.fromisoformat(at) if now > at else None
    day, clock = words.read(at, zone, names.get(zone, ""))
    return {
        "sla": due["sla"],
        "title": due["title"],
        "at": at,
        "day": day,
        "clock": clock,
        "office": "" if words.same_clock(at, zone, office) else words.when(at, office, names.get(office, "")),
        "business": "business" in due["within"],
        "last": False,
        "late": spoken(late) if late else "",
    }


def _points(value: object) -> list[dict[str, object]]:
    """Unmet guards as a letter lists them, their reasons and cures as sentences."""
    return [
        {
            "number": number,
            "title": words.line_of(str(point.get("title", ""))),
            "reason": words.sentence(words.line_of(str(point.get("reason", "")))),
            "cure": words.sentence(words.line_of(str(point.get("cure", "")))),
        }
        for number, point in enumerate(_mappings(value), start=1)
    ]


def _records(value: object) -> list[dict[str, str]]:
    return [{part: words.value_of(each.get(part, "")) for part in ("title", "value")} for each in _mappings(value)]


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


_STRANGERS: Final[Mapping[str, Callable[[object], object]]] = {
    "name": lambda value: words.line_of(str(value), words.NAME_MAX),
    "unmet": _points,
    "ahead": _points,
    "recorded": _records,
}
"""Names whose values hold strangers' words, and how these are made harmless."""
