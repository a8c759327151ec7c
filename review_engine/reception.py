"""The verbs of the engine at the front door: what waits for staff, what is on show for everybody, who may come in.

A room above ``correspondence`` and beneath ``reviewing``, as those are: ``ReviewEngine`` is a ``Reception`` and hands
them out beside its own. It knows the socket of the reception, never what is plugged into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from review_engine.correspondence import Correspondence
from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import NotFound, ReviewEngineError
from review_engine.domain.keys import SubjectKey
from review_engine.ports.library import Library
from review_engine.ports.reception import (
    CatalogEntry,
    CatalogPage,
    CatalogQuery,
    Front,
    IssuedToken,
    QueuePage,
    QueueQuery,
    TokenRecord,
    Tokens,
    Waiting,
    Workload,
)
from review_engine.usecases import admit as admission
from review_engine.usecases import queue as queues
from review_engine.usecases import showcase as showcases
from review_engine.usecases.places import Atlas, Revisions, atlas


@dataclass(slots=True)
class Entrance:
    """What the reception stands at.

    Args:
        front: what waits and what is on show.
        tokens: who may come in.
        showcase: the catalog's cards that this process keeps.
    """

    front: Front
    tokens: Tokens
    showcase: showcases.Showcase = field(default_factory=showcases.Showcase)
    _atlas: tuple[Revisions, Atlas] | None = None

    def atlas(self, library: Library) -> Atlas:
        """The meaning of states, drawn anew when a revision was kept that it does not know."""
        kept = tuple(self.front.revisions())
        drawn = self._atlas
        if drawn is None or drawn[0] != kept:
            drawn = self._atlas = (kept, atlas(library, kept))
        return drawn[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception(Correspondence):
    """What the engine needs at the front door.

    Args:
        entrance: queue, catalog and tokens; None for an engine without them.
    """

    entrance: Entrance | None = None

    # What waits for staff

    def queue(self, wanted: QueueQuery = QueueQuery(), *, by: Actor) -> QueuePage:  # noqa: B008 - frozen
        """One page of what waits for staff, due soonest first. See ``usecases.queue``.

        Raises:
            NotAllowed: a partner asks.
            UnknownName: no such kind, state or reason.
            InvalidInput: the limit, or ``after``, cannot be used.
        """
        return queues.queue(self._entrance.front, self._atlas(), wanted, by=by, now=self.clock())

    def queue_lengths(self, *, by: Actor, since: datetime, until: datetime, kind: str | None = None) -> list[Waiting]:
        """How many waited for staff at the end of each day (UTC) between two times (aware). See ``usecases.queue``.

        Raises:
            NotAllowed: a partner asks.
            UnknownName: no workflow of that name.
            InvalidInput: the times cannot be used.
        """
        front, now = self._entrance.front, self.clock()
        return queues.lengths(front, self._atlas(), by=by, now=now, since=since, until=until, kind=kind)

    def workload(self, *, by: Actor, kind: str | None = None) -> list[Workload]:
        """What each reviewer has in hand, by key. See ``usecases.queue``.

        Raises:
            NotAllowed: a partner asks.
            UnknownName: no workflow of that name.
        """
        return queues.workload(self._entrance.front, self._atlas(), by=by, now=self.clock(), kind=kind)

    # What is on show

    def catalog(self, wanted: CatalogQuery = CatalogQuery()) -> CatalogPage:  # noqa: B008 - frozen
        """One page of the catalog, for everybody. See ``usecases.showcase``.

        Raises:
            UnknownName: no workflow of that name.
            InvalidInput: the limit, or ``after``, cannot be used.
        """
        kind = self.desk.library.current(wanted.kind or self.default_kind).lifecycle.name
        entrance = self._entrance
        return showcases.catalog(entrance.front, self._atlas(), entrance.showcase, wanted, kind, now=self.clock())

    def catalog_entry(self, slug: str, kind: str | None = None) -> CatalogEntry:
        """What everybody may know of one subject that is on show.

        Raises:
            NotFound: there is none of that slug, or it is not on show.
            UnknownName: no workflow of that name.
            InvalidKey: no subject can have that slug.
        """
        of = self.desk.library.current(kind or self.default_kind).lifecycle.name
        key = SubjectKey.parse(f"{of}/{slug}")
        found = self.desk.store.subjects([key]).get(str(key))
        shown = self._entrance.front.shown([found.id]) if found else []
        if not shown:
            raise NotFound("entry", slug)
        return showcases.entry(self._atlas(), shown[0], now=self.clock())

    # Who may come in

    def issue_token(
        self,
        person: str,
        *,
        role: Role,
        by: Actor,
        partner: str = "",
        label: str = "",
        lasts: timedelta | None = None,
        sort: str = "token",
    ) -> IssuedToken:
        """Issue a token; its secret is seen once, in the answer. See ``usecases.admit`` for arguments and errors."""
        return admission.issue(
            self._entrance.tokens,
            self.directory,
            person,
            role=role,
            by=by,
            now=self.clock(),
            partner=partner,
            label=label,
            lasts=lasts,
            sort=sort,
        )

    def sign_in(self, secret: str, *, lasts: timedelta | None = None) -> IssuedToken:
        """Open a session with a token; it is over when the token is. See ``usecases.admit``.

        Raises:
            NotAdmitted: the token is not valid, or not any longer.
        """
        return admission.sign_in(self._entrance.tokens, self.directory, secret, now=self.clock(), lasts=lasts)

    def admit(self, secret: str, *, sort: str = admission.TOKEN) -> Actor:
        """Whose the secret is, in which role and for which partners, as the directory has it now.

        Args:
            secret: as it was handed out.
            sort: of what is taken here: ``token``, ``session`` (a browser's) or ``feed`` (in a calendar's address).

        Raises:
            NotAdmitted: it is not valid, or not any longer, or of another sort.
        """
        return admission.admit(self._entrance.tokens, self.directory, secret, now=self.clock(), sort=sort)

    def tokens(self, *, by: Actor, sort: str = "token") -> Sequence[TokenRecord]:
        """Every token for host and managers, their own for everybody else; newest first, without digests.

        Raises:
            UnknownName: no such sort.
        """
        return admission.held(self._entrance.tokens, by=by, sort=sort)

    def revoke_token(self, id: str, *, by: Actor) -> bool:
        """Take a token back, at once; False where there is none of that number, or it is somebody else's."""
        return admission.revoke(self._entrance.tokens, id, by=by, now=self.clock())

    @property
    def _entrance(self) -> Entrance:
        if self.entrance is None:
            raise ReviewEngineError("this engine was assembled without a reception", cure="Open it with open_engine.")
        return self.entrance

    def _atlas(self) -> Atlas:
        return self._entrance.atlas(self.desk.library)
