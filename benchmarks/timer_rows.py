"""A workflow with promises, an engine that plays it on a real database, and a great many subjects with clocks.

The first subjects are registered and moved like any other; the rest are copies of their rows under other numbers.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from timer_peers import bare

from review_engine import Actor, ReviewEngine, Settings, open_engine
from review_engine.store.tables import SubjectRow

ANN = Actor.partner("p-ann", of="acme")

OFFICE = """
zone = "UTC"
[hours]
{days}
"""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

PARCEL = """
[lifecycle]
name     = "app"
title    = "Parcel"
starts   = "packed"
calendar = "office"

[states.packed]
title     = "Packed"
waits_for = "partner"

[states.sent]
title     = "Sent"
waits_for = "reviewer"

[states.arrived]
title = "Arrived"
final = true

[transitions.arrive]
title = "Arrive"
from  = ["sent"]
to    = "arrived"
by    = ["reviewer"]

[transitions.send]
title = "Send"
from  = ["packed"]
to    = "sent"
by    = ["partner"]

[notices]
hurry = {{ to = ["reviewers"] }}
late  = {{ to = ["reviewers"] }}

[sla.delivery]
title   = "Delivered in time"
runs_in = ["sent"]
within  = "{within}"
warn    = [{{ at = "{warn}", notices = ["hurry"] }}]
breach  = {{ notices = ["late"], escalate_to = "manager" }}
"""


def write_flow(folder: Path, *, within: str, warn: str, days: tuple[str, ...], hours: str) -> Path:
    """A workflow file and its calendar."""
    (folder / "calendars").mkdir(parents=True, exist_ok=True)
    (folder / "app.toml").write_text(PARCEL.format(within=within, warn=warn), encoding="utf-8")
    office = OFFICE.format(days="\n".join(f"{day} = {hours}" for day in days))
    (folder / "calendars" / "office.toml").write_text(office, encoding="utf-8")
    return folder


def engine_on(url: str, folder: Path, clock: Callable[[], datetime]) -> ReviewEngine:
    """An engine on a database, with the workflow of a folder."""
    settings = {"database": {"url": url}, "workflows": {"folder": str(folder), "default_kind": "app"}}
    return open_engine(Settings.model_validate(settings), clock=clock)


def send(engine: ReviewEngine, count: int, *, first: int = 0) -> None:
    """Parcels on their way."""
    for place in range(first, first + count):
        engine.register(f"box-{place}", partner="acme", by=ANN)
        engine.move(f"box-{place}", "send", by=ANN)


def multiply(url: str, times: int) -> int:
    """Copy every subject with its clocks and their ledgers, so many times in all; how many subjects there are then."""
    driver, _ = bare(url, "OFF")
    sqlite = url.startswith("sqlite")
    (step,) = driver.execute("SELECT max(id) FROM review_subject").fetchone()
    series = (
        f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {times - 1}) SELECT n FROM s)"
        if sqlite
        else f"generate_series(1, {times - 1}) AS s(n)"
    )
    for table, written in (
        ("review_subject", {"id": f"id + n * {step}", "slug": "slug || '-' || n"}),
        ("review_clock", {"subject_id": f"subject_id + n * {step}"}),
        ("review_clock_event", {"subject_id": f"subject_id + n * {step}"}),
    ):
        names = [
            one.name
            for one in SubjectRow.metadata.tables[table].columns
            if not (one.name == "id" and "id" not in written)
        ]
        values = ", ".join(written.get(name, name) for name in names)
        if times > 1:
            driver.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, {series}")
    if sqlite:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        driver.execute("SELECT setval(pg_get_serial_sequence('review_subject', 'id'), max(id)) FROM review_subject")
        driver.execute("VACUUM ANALYZE")
        driver.execute("CHECKPOINT")  # or the server would be at it while others are timed
    (count,) = driver.execute("SELECT count(*) FROM review_clock").fetchone()
    driver.close()
    found: int = count
    return found
