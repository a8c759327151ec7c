"""What all three plugs mean by the same words: how a batch is read, and which error says what.

Standing here, and not in each plug, they cannot drift apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from review_engine.domain.activity import Customer, Usage
from review_engine.domain.errors import Conflict, InvalidKey, MoveConflict, SchemaBehind, SlugTaken, StoreError
from review_engine.domain.keys import SubjectKey
from review_engine.ports.store import Change

ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class App:
    """The part of a batch that is for one app. ``key`` is None when the app's name cannot be anybody's key."""

    key: SubjectKey | None
    usages: list[Usage] = field(default_factory=list)


def apps_of(batch: Sequence[Usage], kind: str) -> dict[str, App]:
    """A batch by app, in the order of first mention; apps of another kind than ``kind`` by their whole key."""
    named: dict[str, App] = {}
    apps: dict[str, App] = {}
    for usage in batch:
        app = named.get(usage.app)
        if app is None:
            label, key = _named(usage.app, kind)
            app = named[usage.app] = apps.setdefault(label, App(key))
        app.usages.append(usage)
    return apps


def _named(text: str, kind: str) -> tuple[str, SubjectKey | None]:
    try:
        key = SubjectKey.parse(text, kind)
    except InvalidKey:
        return text, None
    return (key.slug if key.kind == kind else str(key)), key


def merged(usages: Sequence[Usage]) -> dict[str, Customer]:
    """One row per customer, as the usages leave it when they are merged in turn."""
    rows: dict[str, Customer] = {}
    for usage in usages:
        known = rows.get(usage.customer)
        rows[usage.customer] = (
            known.merged(usage)
            if known is not None
            else Customer(usage.customer, usage.at, usage.at, usage.source, usage.excluded)
        )
    return rows


def refuse_repeated(changes: Sequence[Change]) -> None:
    """An adoption has one change for each subject.

    Raises:
        SlugTaken: two of them would make the same new subject.
        MoveConflict: two of them write over the same known one.
    """
    seen: set[str] = set()
    for change in changes:
        key = change.subject.key
        if key in seen:
            raise overtaken(key) if change.subject.id else slug_taken(key)
        seen.add(key)


def since(now: datetime, window: int) -> datetime:
    """From when on a use counts within ``window`` seconds before ``now`` (aware UTC); 0 counts every use."""
    if not window:
        return ALWAYS
    try:
        return now - timedelta(seconds=window)
    except OverflowError:
        return ALWAYS


def slug_taken(key: str) -> SlugTaken:
    """A subject of this kind has the slug."""
    return SlugTaken("this key is in use", where=key, cure="Choose another slug.")


def overtaken(key: str) -> MoveConflict:
    """The subject was written by somebody else since it was read."""
    return MoveConflict("it was changed meanwhile", where=key, cure="Read it again and decide anew.")


class Clash(Conflict):
    """Something that may exist once was to be written twice. Nothing of the change was written.

    Args:
        sort: what it was: the table's name, without prefix.
        where: the subject's key, as far as it is known.
    """

    def __init__(self, sort: str, where: str = "") -> None:
        self.sort = sort
        words = sort.replace("_", " ")
        super().__init__(
            f"this {words} was written before", where=where, cure="Read the subject again; it stands there already."
        )


def unreachable(what: object) -> StoreError:
    """The database did not answer, or not as it should."""
    said = " ".join(str(what).split()) or type(what).__name__
    return StoreError(f"the database failed: {said}", cure="Nothing was half-written; look at it, then try again.")


def behind(what: object = "") -> SchemaBehind:
    """The tables are not those this engine writes."""
    said = f" ({' '.join(str(what).split())})" if what else ""
    return SchemaBehind(f"the database's tables are not of this version{said}", cure="Run review-engine db upgrade.")
