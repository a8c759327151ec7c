"""The verbs of the engine that are about telling people: deliver, look into the outbox, send again, bounces, choices.

A room beneath ``engine``, as ``timekeeping`` is: ``ReviewEngine`` is a ``Correspondence`` and hands them out beside its
own. It knows the sockets of outbox and channels, never what is plugged into them.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from review_engine.domain.actors import Actor, Role
from review_engine.domain.errors import NotAllowed, ReviewEngineError
from review_engine.domain.preferences import Preference
from review_engine.ports.channels import Exchange
from review_engine.ports.directory import Directory
from review_engine.ports.outbox import Chosen, Outbox, Outgoing, Pause
from review_engine.timekeeping import Timekeeping
from review_engine.usecases import bounce as bounces
from review_engine.usecases import postmaster
from review_engine.usecases.account import Account, Delivering, Pace
from review_engine.usecases.address import Addresser, Rules
from review_engine.usecases.listing import Listing, OwnCatalog
from review_engine.usecases.weekly import Weekly

Told = TypeVar("Told", bound=Callable[..., object])
Served = TypeVar("Served", bound=Callable[[str], bool])


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering needs.

    Args:
        outbox: where notices wait.
        exchange: channels, and routes to them.
        once: letters that are never sent again after they may have left.
        base_url: where the platform's pages are.
        operator: the operator's e-mail address; may be empty.
        catalog: what customers see.
    """

    outbox: Outbox
    exchange: Exchange
    once: frozenset[str] = frozenset()
    base_url: str = ""
    operator: str = ""
    catalog: OwnCatalog = field(default_factory=OwnCatalog)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence(Timekeeping):
    """What the engine needs to tell people.

    Args:
        directory: who people are.
        post: outbox and channels; None for an engine that tells nobody.
    """

    directory: Directory
    post: Post | None = None

    # What a host adds in code

    def channel(self, name: str, *, personal: bool = True) -> Callable[[Told], Told]:
        """Register a function as a channel of this name; a decorator. ``[routes]`` may then name it.

        Args:
            name: small letters, digits and underscores.
            personal: called for each person who is to be told; otherwise once for all of them.

        Raises:
            InvalidInput: the name is taken, or the function cannot be called with what is told.
        """

        def register(function: Told) -> Told:
            self._post.exchange.add(name, function, personal=personal)
            return function

        return register

    def on_move(self, function: Told) -> Told:
        """Have a function told of every move, after commit, at least once; a decorator.

        Register it in every process that moves something, before it does: what is moved elsewhere is not told.

        Raises:
            InvalidInput: its name is taken, or it cannot be called with what is told.
        """
        self._post.exchange.listen(function)
        return function

    def serves(self, function: Served) -> Served:
        """Ask a function whether the host's catalog shows a subject, before its partner is told that it is listed; a
        decorator. It is called with the subject's key, on a thread of its own, and answers True or False.

        Register it in the process that delivers. Without one, what stands in a listed state counts as shown.
        """
        self._post.catalog.ask(function)
        return function

    # Delivering

    def courier(self, pace: Pace | None = None) -> Delivering:
        """What delivers; for one event loop. The worker has one, so may a host."""
        from review_engine.usecases.deliver import Courier

        post = self._post
        rules = Rules(post.once, self._unsubscribe_address)
        addresser = Addresser(post.outbox, self.directory, self.desk.library, post.exchange, rules)
        weekly = Weekly(self.desk, post.outbox, self.directory, post.exchange, rules)
        return Courier(
            addresser,
            dict(post.exchange.channels()),
            clock=self.clock,
            chance=random.random,
            operator=post.operator,
            pace=pace or Pace(),
            writers=(weekly.write,),
            listing=Listing(
                self.desk.store, self.desk.library, post.catalog, post.outbox, post.exchange, post.operator
            ),
        )

    async def deliver(self) -> Account:
        """Deliver everything that is due, then return what was done."""
        return await self.courier().drain()

    def deliver_all(self) -> Account:
        """``deliver`` for those who have no event loop."""
        import asyncio

        return asyncio.run(self.deliver())

    # The outbox

    def outgoing(self, chosen: Chosen = Chosen(), *, by: Actor) -> list[Outgoing]:  # noqa: B008 - frozen
        """What is to be told to whom, and what became of it, by number.

        Raises:
            NotAllowed: a partner asks.
        """
        postmaster.trusted(by)
        return self._post.outbox.rows(chosen)

    def outgoing_census(self, *, by: Actor) -> tuple[dict[tuple[str, str], int], dict[str, Pause]]:
        """(channel, status) -> how many rows; and the channels that are paused.

        Raises:
            NotAllowed: a partner asks.
        """
        postmaster.trusted(by)
        return self._post.outbox.census(), self._post.outbox.pauses()

    def replay(self, chosen: Chosen, *, by: Actor) -> int:
        """Let what came to an end without being sent begin afresh, as the same letters. See ``usecases.postmaster``."""
        postmaster.trusted(by)
        return postmaster.replay(self._post.outbox, chosen, now=self.clock())

    def readdress(self, *, by: Actor) -> int:
        """Ask anew who is to be told what found nobody; how many notices."""
        postmaster.trusted(by)
        return self._post.outbox.readdress()

    def resend(self, number: int, *, by: Actor, force: bool = False) -> Outgoing:
        """Send a letter again as a new one. See ``usecases.postmaster``."""
        postmaster.trusted(by)
        return postmaster.resend(self._post.outbox, number, now=self.clock(), force=force)

    def hold(self, numbers: Sequence[int], *, by: Actor) -> int:
        """Hold what waits; how many."""
        postmaster.trusted(by)
        return postmaster.hold(self._post.outbox, numbers, now=self.clock())

    def purge_outbox(self, older: timedelta, *, by: Actor) -> int:
        """Delete what was sent or cancelled and is older than that, with its contents; how many rows."""
        postmaster.trusted(by)
        return self._post.outbox.purge(self.clock() - older)

    def resume_channel(self, name: str, *, by: Actor) -> bool:
        """Use a paused channel again at once; False when it was not paused."""
        postmaster.trusted(by)
        return self._post.outbox.resume(name)

    def bounce(self, document: bytes, *, by: Actor) -> bounces.Bounced:
        """Act on a letter that came back. See ``usecases.bounce``."""
        postmaster.trusted(by)
        post = self._post
        return bounces.bounce(self.desk, post.outbox, post.exchange, document, now=self.clock(), to=post.operator)

    # What people choose

    def preference(self, person: str) -> Preference:
        """What a person chose about the letters they may refuse."""
        return self._post.outbox.preferences([person]).get(person, Preference(person))

    def prefer(self, preference: Preference, *, by: Actor) -> None:
        """Keep what a person chose.

        Raises:
            NotAllowed: neither that person asks, nor the host or a manager.
        """
        if by.key != preference.person and by.role not in (Role.HOST, Role.MANAGER):
            raise NotAllowed("this is somebody else's choice", cure="Choose for yourself.")
        self._post.outbox.prefer(preference)

    def unsubscribe(self, token: str) -> Preference:
        """End a letter for whom the token was made. See ``usecases.postmaster``."""
        return postmaster.unsubscribe(self._post.outbox, self.desk.vault, token)

    @property
    def _post(self) -> Post:
        if self.post is None:
            raise ReviewEngineError("this engine was assembled without an outbox", cure="Open it with open_engine.")
        return self.post

    def _unsubscribe_address(self, person: str, letter: str) -> str:
        token = postmaster.unsubscribe_token(self.desk.vault, person, letter)
        return f"{self._post.base_url.rstrip('/')}/unsubscribe/{token}" if token else ""
