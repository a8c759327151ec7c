"""After a calendar was edited: what would move, what moved, and what is never touched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review_engine import NotAllowed, ReviewEngine, UnknownName
from review_engine.domain.clocks import BREACHED, REPROJECTED, ClockEvent
from review_engine.domain.keys import SubjectKey
from review_engine.store.memory import MemoryStore
from tests.usecases.parcels import ANN, DELIVERY, HOST, MO, RITA, WEEKDAYS, Wrist, depot, nothing_is_due, sent

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
PROMISE = DELIVERY.replace(" hours", " business hours") % ""
HOLIDAY = 'holidays = ["2026-03-03"]\n' + WEEKDAYS
HOUR = timedelta(hours=1)


@pytest.fixture
def wrist() -> Wrist:
    return Wrist(MONDAY)


@pytest.fixture
def engine(tmp_path: Path, wrist: Wrist) -> ReviewEngine:
    return depot(tmp_path, PROMISE, clock=wrist, calendar=WEEKDAYS)


def edited(engine: ReviewEngine, folder: Path, calendar: str) -> ReviewEngine:
    """The engine on the same store, after the calendar's file was edited."""
    other = depot(folder, PROMISE, clock=engine.clock, calendar=calendar)
    store = engine.desk.store
    found = other.desk.library.calendar("office")
    store.keep_calendar("office", found.version, "{}", engine.clock())
    return replace(engine, desk=replace(engine.desk, library=other.desk.library))


def due(engine: ReviewEngine, slug: str = "box") -> datetime:
    """When its one promise is due."""
    return engine.due(slug, by=ANN)[0].due_at


def ledger(engine: ReviewEngine, slug: str = "box") -> list[ClockEvent]:
    """The ledger of its clocks."""
    return engine.desk.store.clock_events(SubjectKey.parse(slug))


def test_a_preview_says_which_due_dates_would_move_and_moves_none(
    engine: ReviewEngine, tmp_path: Path, wrist: Wrist
) -> None:
    sent(engine)
    before = due(engine)
    engine = edited(engine, tmp_path, HOLIDAY)
    found = engine.preview_calendar("office", by=RITA)
    assert [(each.subject, each.sla, each.before, each.after) for each in found.moved] == [
        ("app/box", "delivery", before, before + timedelta(days=1))
    ]
    assert (found.calendar, found.clocks, found.failed) == ("office", 1, {})
    assert due(engine) == before
    assert [event.kind for event in ledger(engine)] == ["start"]


def test_a_calendar_that_is_only_thought_of_can_be_previewed(engine: ReviewEngine) -> None:
    sent(engine)
    office = engine.desk.library.calendar("office")
    thought = replace(office, holidays={datetime(2026, 3, 3).date(): "Carnival"})
    assert len(engine.preview_calendar(thought, by=MO).moved) == 1
    assert engine.preview_calendar(office, by=MO).clocks == 0


def test_applying_moves_them_and_the_ledger_says_so(engine: ReviewEngine, tmp_path: Path) -> None:
    sent(engine)
    before = due(engine)
    engine = edited(engine, tmp_path, HOLIDAY)
    preview = engine.preview_calendar("office", by=MO)
    found = engine.apply_calendar("office", by=MO)
    assert found == preview
    assert due(engine) == before + timedelta(days=1)
    event = ledger(engine)[-1]
    assert (event.kind, event.due_at) == (REPROJECTED, before + timedelta(days=1))
    assert "was changed" in " ".join(engine.due("box", by=ANN)[0].lines())


def test_applying_again_finds_nothing_to_do(engine: ReviewEngine, tmp_path: Path) -> None:
    sent(engine)
    engine = edited(engine, tmp_path, HOLIDAY)
    engine.apply_calendar("office", by=MO)
    again = engine.apply_calendar("office", by=HOST)
    assert (again.clocks, again.moved) == (0, ())
    assert len(ledger(engine)) == 2


def test_a_clock_that_does_not_move_is_counted_by_the_new_version_without_a_line(
    engine: ReviewEngine, tmp_path: Path
) -> None:
    sent(engine)
    engine = edited(engine, tmp_path, 'holidays = ["2027-03-03"]\n' + WEEKDAYS)
    found = engine.apply_calendar("office", by=MO)
    assert (found.clocks, found.moved) == (1, ())
    assert [event.kind for event in ledger(engine)] == ["start"]
    assert engine.due("box", by=ANN)[0].calendar == found.version


def test_closed_clocks_keep_their_history_byte_for_byte(engine: ReviewEngine, tmp_path: Path, wrist: Wrist) -> None:
    sent(engine)
    wrist.now += HOUR
    engine.move("box", "arrive", by=RITA)
    before = ledger(engine)
    engine = edited(engine, tmp_path, HOLIDAY)
    assert engine.apply_calendar("office", by=MO).clocks == 0
    assert ledger(engine) == before


def test_a_paused_clock_is_counted_anew_with_its_pauses(engine: ReviewEngine, tmp_path: Path, wrist: Wrist) -> None:
    sent(engine)
    wrist.now += 2 * HOUR
    engine.move("box", "hold", by=RITA)
    wrist.now += timedelta(days=7)
    engine = edited(engine, tmp_path, WEEKDAYS.replace('monday = [["09:00"', 'monday = [["11:00"'))
    engine.apply_calendar("office", by=MO)
    (paused,) = engine.due("box", by=ANN)
    assert paused.left == 9 * HOUR


def test_an_edit_never_breaks_a_promise(engine: ReviewEngine, tmp_path: Path, wrist: Wrist) -> None:
    sent(engine)
    wrist.now += timedelta(days=1)
    before = due(engine)
    longer = WEEKDAYS.replace('["09:00", "17:00"]', '["00:00", "24:00"]')
    engine = edited(engine, tmp_path, longer)
    engine.apply_calendar("office", by=MO)
    assert due(engine) == before
    assert engine.tick().breaches == 0


def test_calendars_of_other_workflows_are_left_alone(engine: ReviewEngine, tmp_path: Path) -> None:
    sent(engine)
    office = engine.desk.library.calendar("office")
    other = replace(office, name="warehouse", holidays={datetime(2026, 3, 3).date(): ""})
    assert engine.preview_calendar(other, by=MO).clocks == 0


def test_a_calendar_that_never_opens_again_is_told_and_its_clocks_are_left(
    engine: ReviewEngine, tmp_path: Path
) -> None:
    sent(engine)
    before = due(engine)
    once = 'zone = "UTC"\n[overrides]\n"2026-03-02" = [["09:00", "11:00"]]\n'
    engine = edited(engine, tmp_path, once)
    found = engine.apply_calendar("office", by=MO)
    assert list(found.failed) == ["app/box"]
    assert "ten years" in found.failed["app/box"]
    assert found.as_dict()["failed"] == dict(found.failed)
    assert engine.desk.store.clock_events(SubjectKey.parse("box"))[-1].due_at == before


def test_who_may_look_and_who_may_move(engine: ReviewEngine) -> None:
    with pytest.raises(NotAllowed):
        engine.preview_calendar("office", by=ANN)
    for somebody in (ANN, RITA):
        with pytest.raises(NotAllowed):
            engine.apply_calendar("office", by=somebody)
    with pytest.raises(UnknownName, match="ofice"):
        engine.apply_calendar("ofice", by=MO)


def test_a_subject_that_moves_meanwhile_is_read_again(
    engine: ReviewEngine, tmp_path: Path, wrist: Wrist, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(engine)
    engine = edited(engine, tmp_path, HOLIDAY)
    store, reads = engine.desk.store, []
    whole = MemoryStore.clock_events_of

    def read(self: MemoryStore, keys: list[SubjectKey]) -> dict[str, list[ClockEvent]]:
        found = whole(self, keys)
        reads.append(len(found))
        if len(reads) == 1:
            wrist.now += HOUR
            engine.move("box", "hold", by=RITA)
        return found

    monkeypatch.setattr(MemoryStore, "clock_events_of", read)
    found = engine.apply_calendar("office", by=MO)
    assert (len(reads), found.failed, found.clocks) == (2, {}, 1)
    assert [event.kind for event in store.clock_events(SubjectKey.parse("box"))][:2] == ["start", "pause"]


def test_many_are_moved_in_batches_and_progress_is_told(
    engine: ReviewEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review_engine.usecases.recalendar.BATCH", 4)
    for place in range(10):
        sent(engine, f"box-{place}")
    engine = edited(engine, tmp_path, HOLIDAY)
    seen: list[int] = []
    found = engine.apply_calendar("office", by=MO, progress=seen.append)
    assert seen == [4, 8, 10]
    assert [each.subject for each in found.moved] == [f"app/box-{place}" for place in range(10)]


CALENDARS = [WEEKDAYS, HOLIDAY, WEEKDAYS.replace("17:00", "13:00"), WEEKDAYS.replace('["09:00"', '["06:00"')]
STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "hold", "arrive", "tick", "edit"]), st.integers(0, 3), st.integers(0, 900)),
    max_size=15,
)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> list[ReviewEngine]:
    """An engine for each of the calendars."""
    return [depot(tmp_path_factory.mktemp("depot"), PROMISE, clock=Wrist(MONDAY), calendar=each) for each in CALENDARS]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_edited_no_edit_breaks_a_promise_and_nothing_is_left_due(
    libraries: list[ReviewEngine], steps: list[tuple[str, int, int]]
) -> None:
    wrist, store = Wrist(MONDAY), MemoryStore()
    engines = [replace(each, clock=wrist, desk=replace(each.desk, store=store)) for each in libraries]
    engine = engines[0]
    sent(engine)
    for action, which, minutes in steps:
        wrist.now += timedelta(minutes=minutes)
        if action == "tick":
            engine.tick()
        elif action == "edit":
            engine.tick()
            engine = engines[which]
            engine.apply_calendar("office", by=MO)
            assert engine.tick().breaches == 0
            assert engine.apply_calendar("office", by=MO).clocks == 0
        elif engine.subject("box", by=HOST).state in engine.lifecycle().transition(action).sources:
            engine.move("box", action, by=ANN if action == "send" else RITA)
    engine.tick()
    assert nothing_is_due(store, wrist.now)
    assert sum(event.kind == BREACHED for event in ledger(engine)) <= 1
