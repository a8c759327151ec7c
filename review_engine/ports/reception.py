"""The socket of the reception: what waits to be reviewed, what is on show, who holds a token.

First what is asked and answered at the desk, then what it asks of a store: ``Front`` finds what waits and what is on
show by the places where a subject can stand; ``Tokens`` keeps digests of secrets, never the secrets.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from review_engine.domain.actors import Role
from review_engine.domain.subjects import Subject

FIRST, AGAIN, APPEAL = "first", "again", "appeal"
REASONS = (FIRST, AGAIN, APPEAL)
"""Why something waits: a first submission, one that came back with changes, an appeal (any wait for a manager)."""


class QueueQuery(NamedTuple):
    """Which of what waits for staff.

    Args:
        kind: the workflow's name; None for all.
        states: any of these; empty for all that wait for reviewer or manager.
        reason: one of ``REASONS``; empty for all.
        tier: value of the fact ``tier``; empty for all.
        component: a type of component the subject has; empty for all.
        claimed_by: key of the reviewer who took it; empty for all.
        unclaimed: only what nobody has taken.
        overdue: only what is overdue.
        search: part of the name, the slug or the partner's key, in any case; empty for all.
        after: the ``next`` of the page before; empty from the start.
        limit: how many at most.
    """

    kind: str | None = None
    states: tuple[str, ...] = ()
    reason: str = ""
    tier: str = ""
    component: str = ""
    claimed_by: str = ""
    unclaimed: bool = False
    overdue: bool = False
    search: str = ""
    after: str = ""
    limit: int = 50


class QueueEntry(NamedTuple):
    """One line of the queue.

    Args:
        key: ``kind/slug``.
        name: as people call it.
        partner: key of its owner.
        state: where it stands.
        since: since when (aware UTC).
        round: of review.
        reason: one of ``REASONS``.
        tier: value of the fact ``tier``; empty for none.
        components: the types of its components, sorted.
        due_at: when the promise that ends first is due (aware UTC); None without one.
        sla: that promise's name.
        overdue: it is past.
        claimed_by: key of the reviewer who took it; empty for nobody.
        claimed_at: when (aware UTC).
        etag: what a decision is bound to.
    """

    key: str
    name: str
    partner: str
    state: str
    since: datetime
    round: int
    reason: str
    tier: str
    components: tuple[str, ...]
    due_at: datetime | None
    sla: str
    overdue: bool
    claimed_by: str
    claimed_at: datetime | None
    etag: str


class QueuePage(NamedTuple):
    """One page of the queue, due soonest first; ``next`` is empty on the last, ``total`` counts all pages."""

    entries: tuple[QueueEntry, ...]
    next: str
    total: int
    overdue: int


class CatalogQuery(NamedTuple):
    """Which of what is on show.

    Args:
        kind: the workflow's name; None for the engine's default.
        search: words that all occur in name or description, in any case.
        category: one category; empty for all.
        badge: only entries with this badge; None for all, empty for those without.
        noteworthy: only New & Noteworthy.
        newest: newest first instead of by name.
        after: the ``next`` of the page before; empty from the start.
        limit: how many at most.
    """

    kind: str | None = None
    search: str = ""
    category: str = ""
    badge: str | None = None
    noteworthy: bool = False
    newest: bool = False
    after: str = ""
    limit: int = 24


class CatalogEntry(NamedTuple):
    """What everybody may know of a listed subject; nothing else of it leaves the house here.

    Args:
        slug: names its page.
        name, description, website, docs_url, logo_url, mark_url: facts; empty where there is none.
        categories, methods, platforms: facts; the main category first.
        badge: such as ``beta``; empty for none.
        listed_at: since when it stands in a listed state (aware UTC).
        noteworthy: listed, or out of beta, within the last 30 days.
    """

    slug: str
    name: str
    description: str
    website: str
    docs_url: str
    logo_url: str
    mark_url: str
    categories: tuple[str, ...]
    methods: tuple[str, ...]
    platforms: tuple[str, ...]
    badge: str
    listed_at: datetime
    noteworthy: bool


class CatalogPage(NamedTuple):
    """One page of the catalog; ``categories`` counts what the whole catalog has, for the menu."""

    entries: tuple[CatalogEntry, ...]
    next: str
    total: int
    categories: tuple[tuple[str, int], ...]


class Waiting(NamedTuple):
    """How many waited for staff at the end of a day (UTC)."""

    day: date
    waiting: int


class Workload(NamedTuple):
    """What one reviewer has in hand: open claims, how many of them overdue, decided in the last 28 days."""

    reviewer: str
    claimed: int
    overdue: int
    decided: int


class TokenRecord(NamedTuple):
    """A token as it is kept.

    Args:
        id: public; names it in lists.
        digest: SHA-256 of the secret, hexadecimal.
        sort: ``token`` (a client's), ``session`` (a browser's) or ``feed`` (in the address of a calendar feed).
        person: key of whose it is.
        role: the one role it acts in.
        partner: narrows it to one partner; empty for all the person's.
        label: what it is for.
        created_at: when (aware UTC).
        expires_at: until when (aware UTC); None for ever.
        revoked_at: when it was taken back (aware UTC).
    """

    id: str
    digest: str
    sort: str
    person: str
    role: Role
    partner: str
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class IssuedToken(NamedTuple):
    """A token as it is handed out: the secret is seen once, here."""

    secret: str
    record: TokenRecord


class Tokens(Protocol):
    """Where tokens are kept."""

    def add(self, record: TokenRecord) -> None:
        """Keep a token."""

    def token(self, id: str) -> TokenRecord | None:
        """The token of that id."""

    def all(self, *, sort: str = "token") -> Sequence[TokenRecord]:
        """Every token of that sort, newest first."""

    def revoke(self, id: str, at: datetime) -> bool:
        """Take a token back; False when there was none, or it was taken back before."""

    def forget(self, before: datetime) -> int:
        """Delete what was over or taken back before that (aware UTC); how many."""


class Place(NamedTuple):
    """A state that means something: that staff is awaited there, or that the catalog shows what stands there.

    Args:
        kind: the workflow's name.
        state: the state's name.
        workflow: only for subjects pinned to this revision; empty where all kept revisions say the same.
    """

    kind: str
    state: str
    workflow: str = ""


class Asked(NamedTuple):
    """What of ``QueueQuery`` a store sees to; the rest is for ``choose``.

    Args:
        places: where staff is awaited.
        again: rounds after the first only (True), first rounds or none only (False), all (None).
        tier, component, claimed_by, unclaimed: as in ``QueueQuery``.
        words: whether ``Spot`` shall carry its words.
    """

    places: tuple[Place, ...]
    again: bool | None = None
    tier: str = ""
    component: str = ""
    claimed_by: str = ""
    unclaimed: bool = False
    words: bool = False


class Spot(NamedTuple):
    """As much of something that waits as is needed to put it in order.

    Args:
        id: the store's number of the subject.
        kind, slug: its key.
        due_at: when the running promise that ends first is due (aware UTC); None without one.
        name, partner, claimed_by: empty unless ``Asked.words``.
    """

    id: int
    kind: str
    slug: str
    due_at: datetime | None
    name: str = ""
    partner: str = ""
    claimed_by: str = ""


class Awaiting(NamedTuple):
    """Something that waits, in full: the subject, its running promise that ends first, the types of its components."""

    subject: Subject
    due_at: datetime | None
    sla: str
    components: tuple[str, ...]


class Flow(NamedTuple):
    """How many moves of one day (UTC) led from one state to another; ``source`` is empty for a registration.

    Each state comes with the revision by which the move into it was judged.
    """

    day: date
    kind: str
    workflow: str
    target: str
    before: str
    source: str
    times: int


class Glance(NamedTuple):
    """Who stands in some places, and whose facts were changed lately.

    Args:
        standing: for each place, its subjects' marks joined by commas. A mark begins with the store's number of the
            subject; what follows behind a colon tells its versions apart, where a store knows them for nothing.
        newest: number of the newest line in the ledger of facts.
        touched: the store's numbers of subjects (on show or not) with lines behind the number that was handed in.
    """

    standing: tuple[str, ...]
    newest: int
    touched: tuple[int, ...]


class Step(NamedTuple):
    """A move, as far as the catalog cares: where it led, by which revision, when (aware UTC)."""

    workflow: str
    target: str
    at: datetime


class Shown(NamedTuple):
    """A subject with the way it went, oldest step first."""

    subject: Subject
    steps: tuple[Step, ...]


class Front(Protocol):
    """What the reception asks of a store. Everything is read, nothing written."""

    def revisions(self) -> Sequence[tuple[str, str]]:
        """(kind, revision) of every workflow that was ever kept."""

    def waiting(self, asked: Asked, choose: Callable[[Sequence[Spot]], Sequence[int]]) -> list[Awaiting]:
        """What waits: ``choose`` is handed all that fits, in no order, and answers which to read in full (by number, in
        the order they shall come). Both are read at one instant.
        """

    def flow(self, places: Sequence[Place], since: datetime) -> tuple[int, list[Flow]]:
        """How many stand in the places now, and the moves since then (aware UTC), counted by day; of one instant."""

    def decided(self, transitions: Sequence[tuple[str, str]], since: datetime) -> dict[str, int]:
        """Key of a person -> how many of these transitions (kind, name) they took as staff since then (aware UTC)."""

    def glance(self, places: Sequence[Place], seen: int) -> Glance:
        """Who stands there, and whose facts were changed behind line ``seen`` of the ledger; of one instant."""

    def versions(self, places: Sequence[Place]) -> dict[int, int]:
        """The store's number -> revision, of everybody who stands there."""

    def shown(self, ids: Sequence[int]) -> list[Shown]:
        """Subjects by the store's numbers, in no order; unknown ones are left out."""
