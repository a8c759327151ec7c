"""What commands answer to people: lists, checklists, histories and ledgers, drawn for a terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from review_engine.cli.documents import Portrait, lifecycle_of, state_of
from review_engine.cli.screen import DIM, OUTCOME, STRONG, TITLE, day, plain, rows, said, table, title_of, turn, why
from review_engine.domain.activity import LedgerLine
from review_engine.domain.clocks import PAUSED, RUNNING
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.moves import Move
from review_engine.domain.subjects import Subject
from review_engine.domain.verdicts import Checklist, Item
from review_engine.engine import ReviewEngine
from review_engine.ports.directory import Partner, Person
from review_engine.ports.store import OddEvent
from review_engine.usecases.adopt import Adopted

_SHOWN = 12
"""Lines of a long account that are shown; JSON has them all."""

_VALUE_SHOWN = 200


def census(engine: ReviewEngine, counted: Mapping[tuple[str, str], int]) -> Iterator[object]:
    """How many stand in each state, in the order of the workflow file."""
    if not counted:
        yield said("There is nothing yet.", DIM)
        return
    drawn = rows(table("kind", "state", "count"), _counted(engine, counted))
    drawn.columns[2].justify, drawn.columns[2].ratio = "right", None
    yield drawn


def _counted(engine: ReviewEngine, counted: Mapping[tuple[str, str], int]) -> Iterator[tuple[object, ...]]:
    for kind in sorted({kind for kind, _ in counted}):
        order = list(engine.lifecycle(kind).states) if kind in engine.desk.library.kinds() else []
        found = {state: count for (each, state), count in counted.items() if each == kind}
        for state in sorted(found, key=lambda name: (name not in order, order.index(name) if name in order else name)):
            yield kind, state, found[state]


def listing(engine: ReviewEngine, subjects: Sequence[Subject]) -> Iterator[object]:
    """A list of subjects, and how many there are."""
    if subjects:
        yield rows(
            table("key", "state", "waits for", "since (UTC)", "partner"), (_listed(engine, each) for each in subjects)
        )
    yield said(f"{len(subjects)} found.", DIM)


def _listed(engine: ReviewEngine, subject: Subject) -> tuple[object, ...]:
    waits_for = state_of(lifecycle_of(engine, subject), subject.state).waits_for
    waits = waits_for.value if waits_for else said("nobody", DIM)
    return subject.key, subject.state, waits, f"{subject.since:%Y-%m-%d}", subject.partner


def portrait(shown: Portrait) -> Iterator[object]:
    """One subject: where it stands, what is known of it, what comes next."""
    subject, state = shown.subject, shown.state
    zone = ZoneInfo(shown.calendar.zone) if shown.calendar else None
    yield Text.assemble(said(subject.name, TITLE), said(f"  {subject.key}, owned by {subject.partner}", DIM))
    yield Text.assemble(said(state.title, STRONG), f", {turn(state)}, since {day(subject.since, zone)}")
    if state.says:
        yield said(state.says)
    for clock in shown.dossier.clocks:
        if clock.state in (RUNNING, PAUSED):
            title = shown.lifecycle.slas[clock.sla].title if clock.sla in shown.lifecycle.slas else clock.sla
            due = f"due {day(clock.due_at, zone)}" if clock.state == RUNNING else "paused"
            yield Text.assemble(said(f"{title}: "), said(due, "yellow"))
    yield from _known(shown, zone)
    yield from _seen(shown, zone)
    yield from _next(shown)


def _known(shown: Portrait, zone: tzinfo | None) -> Iterator[object]:
    sections: dict[str, list[tuple[object, object]]] = {}
    for name, fact in shown.lifecycle.facts.items():
        value = shown.subject.facts.get(name)
        if value is not None:
            sections.setdefault(fact.section or "Facts", []).append(
                (said(fact.title, DIM), _value(value, fact.type, zone))
            )
    for title, lines in sections.items():
        yield said(f"\n{title}", STRONG)
        drawn = table("", "")
        drawn.show_header = False
        yield Padding(rows(drawn, lines), (0, 0, 0, 2))


def _value(value: object, sort: str, zone: tzinfo | None) -> Text:
    if isinstance(value, bool):
        return said("yes" if value else "no")
    if isinstance(value, list):
        return said(", ".join(value))
    text = str(value)
    if sort == "secret":
        return said("kept sealed", DIM)
    if sort == "datetime":
        return said(day(datetime.fromisoformat(text), zone))
    return said(text if len(text) <= _VALUE_SHOWN else text[:_VALUE_SHOWN] + " ...")


def _seen(shown: Portrait, zone: tzinfo | None) -> Iterator[object]:
    lines: list[Text] = []
    for child in shown.dossier.children:
        suites = ", ".join(f"{probe} {seen.outcome}" for probe, seen in sorted(child.evidence.items()))
        lines.append(said(f"{child.kind}/{child.slug}: {child.state}" + (f"; {suites}" if suites else "")))
    for probe, seen in sorted(shown.subject.evidence.items()):
        stale = "" if seen.fresh(shown.now) else ", no longer counts"
        lines.append(said(f"{probe}: {seen.outcome}, seen {day(seen.at, zone)} by {seen.by}{stale}"))
    for guard, waiver in sorted(shown.subject.waivers.items()):
        lines.append(said(f"{guard} is waived by {waiver.by}: {waiver.reason}", "yellow"))
    if lines:
        yield said("\nComponents, evidence, waivers", STRONG)
    yield from (Padding(line, (0, 0, 0, 2)) for line in lines)


def _next(shown: Portrait) -> Iterator[object]:
    if not shown.checklists:
        yield said("\nNothing leads on from here.", DIM)
        return
    yield said("\nWhat can be done next", STRONG)
    drawn = table("", "", "", "")
    drawn.show_header = False
    for each in shown.checklists:
        roles = ", ".join(role.value for role in shown.lifecycle.transitions[each.transition].by)
        ready = said("ready", "green") if each.ready else said(f"{len(each.unmet)} not met", "red")
        rows(drawn, [(each.transition, ready, said(roles, DIM), each.title)])
    yield Padding(drawn, (0, 0, 0, 2))


def checklists(found: Sequence[Checklist], app: str) -> Iterator[object]:
    """What is met and what is missing."""
    if not found:
        yield said(f"Nothing leads on from where {app} stands.", DIM)
    for each in found:
        met = sum(item.verdict.met for item in each.items)
        state = said("ready", "green") if each.ready else said(f"{met} of {len(each.items)} met", "red")
        yield Text.assemble(said(each.title, STRONG), said(f" ({each.transition})  ", DIM), state)
        if each.note:
            yield Padding(said(each.note + ".", "yellow"), (0, 0, 0, 2))
        if each.items:
            yield Padding(items(each.items), (0, 0, 0, 2))


def items(found: Iterable[Item], *, bullet: bool = False) -> Table:
    """Lines of a checklist: the outcome (or a dash), the truth, and below it why and what to do."""
    drawn = table("", "")
    drawn.show_header = False
    for item in found:
        word, style = OUTCOME[item.verdict.outcome]
        drawn.add_row(Text("-" if bullet else word, style), _told(item))
    return drawn


def _told(item: Item) -> Text:
    verdict = item.verdict
    text = Text.assemble(said(item.title, STRONG if not verdict.met else ""))
    if verdict.reason:
        text.append_text(said(f": {why(item)}"))
    if verdict.cure and not verdict.met:
        text.append_text(said(f"\n{verdict.cure}", DIM))
    if item.waivable and not verdict.met:
        text.append_text(said(" A manager may waive it.", DIM))
    return text


def history(engine: ReviewEngine, moves: Sequence[Move]) -> Iterator[object]:
    """Every move, oldest first."""
    lifecycle = _pinned(engine, moves[-1]) if moves else None
    zone = ZoneInfo(engine.desk.library.calendar(lifecycle.calendar).zone) if lifecycle and lifecycle.calendar else None
    drawn = table("no.", "when", "move")
    drawn.columns[0].justify = "right"
    for move in moves:
        drawn.add_row(str(move.number), day(move.at, zone), _moved(move, lifecycle))
    yield drawn


def _pinned(engine: ReviewEngine, move: Move) -> Lifecycle:
    return engine.desk.library.pinned(move.subject.partition("/")[0], move.workflow).lifecycle


def _moved(move: Move, lifecycle: Lifecycle | None) -> Text:
    def titled(state: str) -> str:
        return title_of(lifecycle, state) if lifecycle else state

    leads = f"{titled(move.source)} to {titled(move.target)}" if move.source else titled(move.target)
    text = Text.assemble(said(move.transition, STRONG), said(f"  {leads}"), said(f"  by {move.role} {move.by}", DIM))
    if move.comment:
        text.append_text(said(f'\n"{move.comment}"'))
    for verdict in move.verdicts:
        if verdict.outcome != "passed":
            text.append_text(said(f"\n{verdict.guard} {OUTCOME[verdict.outcome][0]}: {verdict.reason}", "yellow"))
    return text


def ledger(lines: Sequence[LedgerLine]) -> Iterator[object]:
    """Which customers count, and why the others do not."""
    drawn = table("customer", "counts", "first seen", "why")
    for each in lines:
        counts = said("yes", "green") if each.counts else said("no", "red")
        rows(drawn, [(each.customer, counts, f"{each.first_seen:%Y-%m-%d}", each.why)])
    if lines:
        yield drawn
    yield said(f"{sum(each.counts for each in lines)} of {len(lines)} customers count.", STRONG)


def balanced(account: Adopted) -> bool:
    """Whether every event of the file is accounted for."""
    return account.events == account.moves + account.odd + account.repeated


def adopted(account: Adopted, odd: Iterable[OddEvent]) -> Iterator[object]:
    """What became of a catalog: every event, and every line that is none."""
    drawn = table("", "")
    drawn.show_header = False
    drawn.columns[0].justify = "right"
    by_event = ", ".join(f"{count} {event}" for event, count in sorted(account.kinds.items()))
    counts = [
        (account.events, "events in the file"),
        (
            account.moves,
            f"became moves{f' ({by_event})' if by_event else ''}; {account.subjects:,} subjects are new",
        ),
        (account.odd, "could not become moves and are kept with the reason"),
        (account.repeated, "were known already and change nothing"),
    ]
    yield rows(drawn, [(f"{count:,}", text) for count, text in counts])
    total = f"{account.moves:,} + {account.odd:,} + {account.repeated:,} = {account.events:,}"
    yield said(f"{total}: every event is accounted for." if balanced(account) else f"{total} does not balance.", STRONG)
    if account.facts_left_out:
        facts = "1 fact" if account.facts_left_out == 1 else f"{account.facts_left_out:,} facts"
        yield said(f"{facts} did not fit the declaration; what was left out is kept with the reason:")
    yield from _odd(list(odd))
    for line in account.broken[:_SHOWN]:
        yield said(f"  {line.reason}", "red")
    if len(account.broken) > _SHOWN:
        yield said(f"  ... and {len(account.broken) - _SHOWN} more broken lines; --json lists them all.", DIM)


def _odd(found: list[OddEvent]) -> Iterator[object]:
    for event in found[:_SHOWN]:
        yield said(f"  {event.at:%Y-%m-%d}  {event.subject}: {event.reason}", DIM)
    if len(found) > _SHOWN:
        yield said(f"  ... and {len(found) - _SHOWN} more; --json has them all.", DIM)


def people(found: Sequence[Person]) -> Iterator[object]:
    """Everybody, by key."""
    cells = ((each.key, each.name, each.address, ", ".join(sorted([*each.roles, *each.partners]))) for each in found)
    yield rows(table("key", "name", "address", "roles and partners"), cells)


def partners(found: Sequence[Partner]) -> Iterator[object]:
    """Every organisation, by key."""
    yield rows(table("key", "name"), ((each.key, plain(each.name)) for each in found))
