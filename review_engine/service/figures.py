"""What Prometheus is told at /metrics: what stands where, what waits, how late the clocks are, and what was moved.

Everything but the moves is asked of the database when it is scraped, so that it is true for all processes together.
Moves are counted as they are made in this process, as Prometheus expects of a counter. The registry is this service's
own; a host's process-wide one is left alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from review_engine.domain.activity import Usage
from review_engine.domain.actors import Actor
from review_engine.domain.errors import InvalidInput
from review_engine.engine import ReviewEngine
from review_engine.ports.outbox import PENDING, Chosen
from review_engine.ports.reception import QueueQuery
from review_engine.timekeeping import Key
from review_engine.usecases.answers import Receipt
from review_engine.usecases.count import Counted
from review_engine.usecases.watch import Tick
from review_engine.worker import standing

Noted = Callable[[str, Iterable[str]], None]
"""Told of moves: the workflow, and the transitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEngine(ReviewEngine):
    """The engine, with somebody who notes the moves that this process makes.

    Args:
        noted: told of them once they are durable.
    """

    noted: Noted

    def move(self, key: Key, transition: str, **given: Any) -> Receipt:
        """See ``ReviewEngine.move``."""
        return self._received(ReviewEngine.move(self, key, transition, **given))

    def edit(self, key: Key, facts: Any, **given: Any) -> Receipt:
        """See ``ReviewEngine.edit``."""
        return self._received(ReviewEngine.edit(self, key, facts, **given))

    def assess(self, key: Key, assessments: Any, **given: Any) -> Receipt:
        """See ``Reviewing.assess``."""
        return self._received(ReviewEngine.assess(self, key, assessments, **given))

    def conclude(self, key: Key, transition: str, *assessments: Any, **given: Any) -> Receipt:
        """See ``Reviewing.conclude``."""
        return self._received(ReviewEngine.conclude(self, key, transition, *assessments, **given))

    def record_evidence(self, key: Key, probe: str, outcome: str, **given: Any) -> Receipt:
        """See ``ReviewEngine.record_evidence``."""
        return self._received(ReviewEngine.record_evidence(self, key, probe, outcome, **given))

    def waive(self, key: Key, guard: str, **given: Any) -> Receipt:
        """See ``ReviewEngine.waive``."""
        return self._received(ReviewEngine.waive(self, key, guard, **given))

    def record_activity(self, batch: Sequence[Usage], *, by: Actor) -> Counted:
        """See ``ReviewEngine.record_activity``."""
        counted = ReviewEngine.record_activity(self, batch, by=by)
        for receipt in counted.moves:
            self._received(receipt)
        return counted

    def settle(self) -> Sequence[Receipt]:
        """See ``ReviewEngine.settle``."""
        return [self._received(receipt) for receipt in ReviewEngine.settle(self)]

    def tick(self, *, progress: Callable[[int], None] | None = None) -> Tick:
        """See ``Timekeeping.tick``."""
        tick = ReviewEngine.tick(self, progress=progress)
        for one in tick.rung:
            self.noted(one.subject.partition("/")[0], one.moves)
        return tick

    def _received(self, receipt: Receipt) -> Receipt:
        self.noted(receipt.subject.partition("/")[0], receipt.moves)
        return receipt


class Figures:
    """The figures of one service.

    Args:
        engine: whose.

    Raises:
        InvalidInput: prometheus-client is not installed.
    """

    def __init__(self, engine: ReviewEngine) -> None:
        try:
            import prometheus_client
        except ImportError:
            cure = "Install it: pip install 'review-engine[metrics]'"
            raise InvalidInput("figures need the library prometheus-client", cure=cure) from None
        self._registry = prometheus_client.CollectorRegistry()
        self._moves = prometheus_client.Counter(
            "review_engine_moves", "Moves made by this process", ("kind", "transition"), registry=self._registry
        )
        parts = {part.name: getattr(engine, part.name) for part in fields(engine) if part.init}
        self.engine = CountedEngine(**parts, noted=self._note)
        self._registry.register(_Standing(engine))

    def router(self) -> APIRouter:
        """The route."""
        figures = APIRouter(include_in_schema=False)

        @figures.get("/metrics")
        def metrics() -> Response:
            from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

        return figures

    def _note(self, kind: str, transitions: Iterable[str]) -> None:
        for transition in transitions:
            self._moves.labels(kind, transition).inc()


class _Standing:
    """Asked by the registry at every scrape."""

    def __init__(self, engine: ReviewEngine) -> None:
        self._engine = engine

    def describe(self) -> Iterator[Any]:
        """Nothing is asked of the database for a description."""
        return iter(())

    def collect(self) -> Iterator[Any]:
        """Every figure, as it is now."""
        yield from self._subjects()
        yield from self._letters()
        yield from self._workers()

    def _subjects(self) -> Iterator[Any]:
        by = Actor.host()
        subjects = _gauge("subjects", "Subjects by workflow and state", "kind", "state")
        for (kind, state), count in sorted(self._engine.census(by=by).items()):
            subjects.add_metric((kind, state), count)
        page = self._engine.queue(QueueQuery(limit=1), by=by)
        yield subjects
        yield _gauge("queue_length", "What waits for reviewers and managers", value=page.total)
        yield _gauge("queue_overdue", "What waits for them and is overdue", value=page.overdue)

    def _letters(self) -> Iterator[Any]:
        post = self._engine.post
        if post is None:
            return
        rows = _gauge("outbox", "Letters by channel and status", "channel", "status")
        for (channel, status), count in sorted(post.outbox.census().items()):
            rows.add_metric((channel, status), count)
        waiting = [row.created_at for row in post.outbox.rows(Chosen(statuses=(PENDING,), limit=1))]
        waiting += [kept.notice.at for kept in post.outbox.unaddressed(limit=1)]
        age = (self._engine.clock() - min(waiting)).total_seconds() if waiting else 0.0
        paused = _gauge("channels_paused", "Channels that are not used for a while", value=len(post.outbox.pauses()))
        yield rows
        yield _gauge("outbox_oldest_waiting_seconds", "Age of the oldest letter that waits", value=max(0.0, age))
        yield paused

    def _workers(self) -> Iterator[Any]:
        found = standing(self._engine)
        workers = _gauge("workers", "Workers seen within a day", "standing")
        for word, count in (
            ("alive", sum(one.alive for one in found)),
            ("stopped", sum(one.stopped for one in found)),
            ("dead", sum(not one.alive and not one.stopped for one in found)),
        ):
            workers.add_metric((word,), count)
        yield workers
        late = max((_late_by(one.details.get("last")) for one in found if one.alive), default=0.0)
        yield _gauge("worker_late_seconds", "How late the last round of a living worker came to a clock", value=late)


def _late_by(last: object) -> float:
    late = last.get("late_by") if isinstance(last, dict) else None
    return float(late) if isinstance(late, int | float) else 0.0


def _gauge(name: str, says: str, *labels: str, value: float | None = None) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"review_engine_{name}", says, value=value, labels=None if value is not None else labels)
