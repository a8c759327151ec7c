"""From TOML text to a Lifecycle, with everything that is wrong with the text as faults, each with its line.

Reading never raises and never stops at the first fault: what cannot be used is reported and left out, so that the
linter can go on with the rest. A document that was kept (a revision subjects are pinned to) is read by the same code.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast

from review_engine.domain.actors import Role
from review_engine.domain.canonical import digest
from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidFile
from review_engine.domain.facts import Fact
from review_engine.domain.faults import Fault
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import (
    Adoption,
    BreachPlan,
    Lifecycle,
    Milestone,
    NoticePlan,
    Reminder,
    Sla,
    State,
    Transition,
)
from review_engine.domain.reviews import Reply
from review_engine.workflow_files.keys import WORKFLOW
from review_engine.workflow_files.lines import Lines
from review_engine.workflow_files.shapes import WHOLE_MAX, quoted

Document = Mapping[str, Any]
"""A workflow file as TOML holds it: JSON-able values."""

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")
_GUARD_KEYS = ("title", "check", "fix", "waivable")
_TERMS = ("optional", "once_listed", "expires")
_DEEPEST = 12
_FLATTER = "A workflow file needs no such depth; take it out."
_ENDLESS = Duration(99, "week")
"""Stands in for a duration that could not be read, so that the rest of the file can be looked at."""


class Reading(NamedTuple):
    """What a text held.

    Args:
        lifecycle: as much of it as could be used; None when it is no TOML.
        faults: everything that is wrong, in no order yet.
        document: the parsed text, JSON-able; what is kept for subjects in flight.
    """

    lifecycle: Lifecycle | None
    faults: list[Fault]
    document: Document


def read(text: str, path: str) -> Reading:
    """Read one workflow file.

    Args:
        text: its content.
        path: as faults name it.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is one; a number of 5,000 digits is another
        return Reading(None, [_not_toml(text, path, error)], {})
    if _too_deep(document):
        return Reading(None, [Fault(path, 1, "", "it is nested too deeply", _FLATTER)], {})
    faults: list[Fault] = []

    def report(place: str, what: str, cure: str) -> None:
        faults.append(Fault(path, _lines(text).of(place), place, what, cure))

    for place, what, cure in _not_plain(document, ""):
        report(place, what, cure)
    if faults:
        return Reading(None, faults, {})
    known = cast(Document, WORKFLOW.read(document, "", report))
    return Reading(_lifecycle(known, digest(document)), faults, document)


@lru_cache(maxsize=1)
def _lines(text: str) -> Lines:
    """The lines of a text, found when there is a first fault to place; a sound file needs none."""
    return Lines(text)


def rebuild(document: Document, where: str) -> Lifecycle:
    """The lifecycle of a document that was kept.

    Raises:
        InvalidFile: it does not read as a workflow.
    """
    faults = [Fault(where, 1, *finding) for finding in _not_plain(document, "")]
    known = WORKFLOW.read(document, "", lambda place, what, cure: faults.append(Fault(where, 1, place, what, cure)))
    if faults:
        raise InvalidFile("the kept workflow cannot be read", faults, where=where)
    return _lifecycle(cast(Document, known), digest(document))


def _not_toml(text: str, path: str, error: Exception) -> Fault:
    message = str(error) if isinstance(error, tomllib.TOMLDecodeError) else ""
    found = _AT.search(message)
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    what = _AT.sub("", message)
    if not what:
        nested = isinstance(error, RecursionError)
        what = "it is nested too deeply" if nested else "it holds a number too long to be read"
        return Fault(path, 1, "", what, _FLATTER if nested else "Write it in quotes, or shorter.")
    if "twice" in what or "overwrite" in what.lower() or "duplicate" in what.lower() or "mutate" in what:
        return _duplicate(text, path, line)
    return Fault(
        path, line, "", f"this is not TOML: {what[0].lower()}{what[1:]}", "Mend the line; text stands in quotes."
    )


def _duplicate(text: str, path: str, line: int) -> Fault:
    """The fault of a name given twice, with both lines; the library tells the second only."""
    rows = text.split("\n")
    row = rows[line - 1].strip() if 0 < line <= len(rows) else ""
    if row.startswith("["):
        place, first = row.strip("[] "), next((n for n, other in enumerate(rows, 1) if other.strip() == row), line)
        what = f"the table [{place}] is declared twice"
    else:
        key = row.split("=")[0].strip()
        head = next((n for n in range(line - 1, 0, -1) if rows[n - 1].lstrip().startswith("[")), 0)
        same = re.compile(rf"\s*{re.escape(key)}\s*=")
        first = next((n for n in range(head + 1, line) if same.match(rows[n - 1])), line)
        place = f"{rows[head - 1].strip('[] ')}.{key}" if head else key
        what = f"the key '{key}' is given twice"
    seen = f"; first on line {first}" if first < line else ""
    return Fault(path, line, place, f"{what}{seen}", "Keep one of the two, or give one another name.")


def _too_deep(value: object, depth: int = 0) -> bool:
    if depth > _DEEPEST:
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_too_deep(entry, depth + 1) for entry in inner)


def _not_plain(value: object, place: str) -> Iterator[tuple[str, str, str]]:
    """What TOML can hold and a workflow cannot: dates, infinities, numbers no database keeps."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _not_plain(entry, f"{place}.{quoted(name)}" if place else quoted(name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _not_plain(entry, f"{place}[{number}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield place, "this number is not finite", "Write a number."
    elif isinstance(value, int) and abs(value) > WHOLE_MAX:
        yield place, "this number is too large", f"Write a number up to {WHOLE_MAX}."
    elif not isinstance(value, str | bool | int | float):
        yield place, "a workflow file holds no dates or times", "Write it in quotes, as text."


def _lifecycle(known: Document, revision: str) -> Lifecycle:
    head = known.get("lifecycle", {})
    adopt = known.get("adopt")
    return Lifecycle(
        name=head.get("name", ""),
        title=head.get("title", ""),
        starts=head.get("starts", ""),
        revision=revision,
        calendar=head.get("calendar", ""),
        parent=head.get("parent", ""),
        offered=head.get("offered", True),
        children=head.get("children", {}),
        states={name: _state(name, table) for name, table in known.get("states", {}).items()},
        transitions={name: _transition(name, table) for name, table in known.get("transitions", {}).items()},
        facts={name: _fact(name, table) for name, table in known.get("facts", {}).items()},
        guards={name: _guard(name, table) for name, table in known.get("guards", {}).items()},
        slas={name: _sla(name, table) for name, table in known.get("sla", {}).items()},
        notices={
            name: NoticePlan(name, to=table.get("to", ()), **{key: table[key] for key in _TERMS if key in table})
            for name, table in known.get("notices", {}).items()
        },
        adoption=None if adopt is None else Adoption(**adopt),
        renamed=known.get("renamed", {}),
        replies={
            name: Reply(name, table.get("title", name), table.get("says", ""), table.get("criterion", ""))
            for name, table in known.get("replies", {}).items()
        },
        conversation=known.get("conversation", {}),
        welcomes=head.get("welcomes", ()),
        milestones={
            name: Milestone(
                name,
                table.get("guard", ""),
                table.get("in", ()),
                tuple(sorted(table.get("at", ()))),
                table.get("notices", ()),
            )
            for name, table in known.get("milestones", {}).items()
        },
    )


def _state(name: str, table: Document) -> State:
    listed = table.get("listed", False)
    badge = listed.get("badge", "") if isinstance(listed, dict) else ""
    plain = {key: value for key, value in table.items() if key not in ("listed", "waits_for", "title")}
    turn = table.get("waits_for")
    return State(
        name,
        table.get("title", name),
        waits_for=Role(turn) if turn else None,
        listed=listed is not False,
        badge=badge,
        **plain,
    )


def _transition(name: str, table: Document) -> Transition:
    plain = {key: value for key, value in table.items() if key not in ("title", "from", "to", "by")}
    return Transition(
        name,
        table.get("title", name),
        sources=table.get("from", ()),
        target=table.get("to", ""),
        by=tuple(Role(role) for role in table.get("by", ())),
        **plain,
    )


def _fact(name: str, table: Document) -> Fact:
    plain = {key: value for key, value in table.items() if key not in ("title", "type", "by")}
    by = tuple(Role(role) for role in table.get("by", ()))
    return Fact(name, table.get("title", name), table.get("type", "text"), by=by, **plain)


def _guard(name: str, table: Document) -> Guard:
    return Guard(
        name,
        table.get("title", name),
        check=table.get("check", ""),
        fix=table.get("fix", ""),
        params={key: value for key, value in table.items() if key not in _GUARD_KEYS},
        waivable=table.get("waivable", False),
    )


def _sla(name: str, table: Document) -> Sla:
    breach, tiers = table.get("breach", {}), table.get("tiers", {})
    return Sla(
        name,
        table.get("title", name),
        runs_in=table.get("runs_in", ()),
        pauses_in=table.get("pauses_in", ()),
        within=table.get("within", _ENDLESS),
        warnings=tuple(Reminder(one.get("at", _ENDLESS), one.get("notices", ())) for one in table.get("warn", ())),
        breach=BreachPlan(**breach),
        tier_fact=tiers.get("fact", ""),
        tiers=tiers.get("within", {}),
    )
