"""The desk under load: one `review-engine serve` on loopback, 10,000 apps behind it, 1,000 of them waiting.

    python benchmarks/desk.py [--apps 10000] [--open 1000] [--turns 400] [--rounds 1000] [--only pages,race,start]

Pages: p50 and p99 with one client and with four, each with a connection it keeps; the clients are processes of their
own. `all pages in turn` is what a desk at work asks. With wrk on the machine, the first page of the queue is also asked
as fast as it answers, by 4 connections. Race: 16 clients take the same move on one subject with the same If-Match,
round after round; one of them wins each round, nobody sees a 5xx, and nothing happens twice. Start: from the command
to the first answer of /healthz, by the wall and in CPU, and what the import and `--help` cost.

The service is one process, over SQLite with FULL durability, without a worker.
"""

import argparse
import http.client
import json
import multiprocessing
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from threading import Barrier
from typing import NamedTuple
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import reception
from review_engine import Actor, ReviewEngine, Role, open_engine
from review_engine.domain.calendar import Calendar
from review_engine.domain.clocks import Clock, ClockEvent
from review_engine.domain.cycles import turn
from review_engine.domain.lifecycle import Lifecycle
from review_engine.ports.directory import Partner, Person
from review_engine.ports.store import Change

ANN, HOST = Actor.partner("p-ann", of="acme"), Actor.host()
BATCH = 500
RACERS = 16
CONFLICTS = (409, 412)
Headers = Mapping[str, Mapping[str, str]]
Size = tuple[int, int]
WARM = 20
"""Turns that warm a page up, not counted."""


class Asked(NamedTuple):
    """One page: its name, its path (``{}`` is the number of an app that waits), who asks, and whether by browser."""

    name: str
    path: str
    who: str
    page: bool = False


PAGES = (
    Asked("app page (partner)", "/app/app-{}", "ann", page=True),
    Asked("checklist (JSON)", "/api/apps/app-{}/checklist", "ann"),
    Asked("queue page", "/queue", "rita", page=True),
    Asked("queue (JSON)", "/api/queue", "rita"),
    Asked("decision page", "/review/app/app-{}", "rita", page=True),
    Asked("catalog page", "/catalog", "nobody", page=True),
)


class Client:
    """One kept connection."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = dict(headers)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        """One request: status, content and headers of the answer."""
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self._connection.request(method, path, body or None, sent)
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def close(self) -> None:
        """Part."""
        self._connection.close()


# The database


def build(url: str, apps: int, waiting: int) -> dict[str, str]:
    """Fill a database, some hundred apps in one transaction; the secrets of those who sign in."""
    reception.NOW = datetime.now(UTC)
    engine = open_engine(url=url)
    batch: list[Change] = []
    for change in changes(engine, apps, waiting):
        batch.append(change)
        if len(batch) >= BATCH:
            engine.desk.store.adopt(batch, ())
            batch = []
    engine.desk.store.adopt(batch, ())
    secrets = people(engine)
    engine.close()
    return secrets


def changes(engine: ReviewEngine, apps: int, waiting: int) -> Iterator[Change]:
    """Apps that are listed, among them apps that wait, each with a component; all with their clocks."""
    lifecycle, every = engine.lifecycle("app"), max(apps // waiting, 1)
    calendar = engine.desk.library.calendar(lifecycle.calendar)
    for number in range(apps):
        listed = number % every < every - 1
        change = reception.app_listed(lifecycle, number) if listed else reception.app_waiting(lifecycle, number)
        yield counted(lifecycle, calendar, change)
        if not listed:
            yield reception.component(engine.lifecycle("component"), change.subject, number)


def counted(lifecycle: Lifecycle, calendar: Calendar, change: Change) -> Change:
    """The change with its clocks as the moves turn them."""
    clocks: dict[str, Clock] = {}
    events: list[ClockEvent] = []
    for move in change.moves:
        turned = turn(lifecycle, calendar, tuple(clocks.values()), move, change.subject.facts)
        clocks.update((clock.sla, clock) for clock in turned.clocks)
        events.extend(turned.events)
    return replace(change, clocks=tuple(clocks.values()), clock_events=tuple(events))


def people(engine: ReviewEngine) -> dict[str, str]:
    """Those who ask, and a token for each."""
    known = engine.directory
    known.add_partner(Partner("acme", "Acme Ltd"))  # type: ignore[attr-defined]
    for person in (
        Person("p-ann", "Ann Archer", "ann@acme.example", frozenset(), frozenset({"acme"})),
        Person("r-rita", "Rita Reader", "rita@example.com", frozenset({Role.REVIEWER}), frozenset()),
    ):
        known.add_person(person)  # type: ignore[attr-defined]
    wanted = {"ann": ("p-ann", Role.PARTNER), "rita": ("r-rita", Role.REVIEWER), "host": ("bench", Role.HOST)}
    return {name: engine.issue_token(key, role=role, by=HOST).secret for name, (key, role) in wanted.items()}


# The service


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from review_engine.cli import main; main()", *arguments]


@contextmanager
def served(url: str, *more: str) -> Iterator[tuple[int, float, float]]:
    """A service of one's own: its port, and how long it took by the wall and in CPU until /healthz answered."""
    port = free_port()
    began = time.perf_counter()
    words = command("--database", url, "serve", "--port", str(port), "--no-worker", *more)
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not healthy(port):
            if server.poll() is not None:
                raise SystemExit("the service did not start")
            time.sleep(0.005)
        yield port, time.perf_counter() - began, cpu_of(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def healthy(port: int) -> bool:
    client = Client(port, {})
    try:
        return client.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False
    finally:
        client.close()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process that lives, as Linux counts them; nothing elsewhere."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def credentials(port: int, secrets: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Headers of everybody: a token for the interface, a session for the pages."""
    found: dict[str, dict[str, str]] = {"nobody": {}, "page:nobody": {}}
    for name, secret in secrets.items():
        found[name] = {"authorization": f"Bearer {secret}"}
        if name != "host":
            found[f"page:{name}"] = {"cookie": signed_in(port, secret)}
    return found


def signed_in(port: int, secret: str) -> str:
    """The cookies of a browser that signed in with a token."""
    client = Client(port, {})
    _, content, headers = client.ask("GET", "/sign-in")
    mark = content.decode().partition('name="csrf" value="')[2].partition('"')[0]
    form = headers["set-cookie"].partition(";")[0]
    body = urlencode({"csrf": mark, "token": secret})
    kind = "application/x-www-form-urlencoded"
    status, content, headers = client.ask("POST", "/sign-in", body, cookie=form, content_type=kind)
    if status != 303:
        raise SystemExit(f"signing in was answered with {status}: {content[:300]!r}")
    client.close()
    return f"{form}; {headers['set-cookie'].partition(';')[0]}"


# Pages


def pages(port: int, secrets: Mapping[str, str], size: Size, turns: int) -> None:
    """p50 and p99 of every page, with one client and with four."""
    who = credentials(port, secrets)
    for clients in (1, 4):
        print(f"{clients} client{'s' if clients > 1 else ''}")
        for page in PAGES:
            told(page.name, many(clients, [page], port, who, size, turns))
        told("all pages in turn", many(clients, PAGES, port, who, size, turns))
    if shutil.which("wrk"):
        for page in PAGES[1:4]:
            by_wrk(page, port, who, size)


def told(name: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    p50 = statistics.median(ordered)
    print(f"  {name:22} p50 {p50 * 1e3:7.2f} ms   p99 {p99 * 1e3:7.2f} ms   of {len(ordered)}", flush=True)


def many(clients: int, wanted: Sequence[Asked], port: int, who: Headers, size: Size, turns: int) -> list[float]:
    """Times of every client, each a process of its own."""
    given = [(port, wanted, who, size, turns, seed) for seed in range(clients)]
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        return [one for times in pool.starmap(asking, given, chunksize=1) for one in times]


def asking(port: int, wanted: Sequence[Asked], who: Headers, size: Size, turns: int, seed: int) -> list[float]:
    """One client, one connection a page: seconds of each turn."""
    clients = [Client(port, who[f"page:{page.who}" if page.page else page.who]) for page in wanted]
    times = []
    for number in range(turns + WARM):
        place = number % len(wanted)
        path = wanted[place].path.format(waits(number * 7 + seed * 131, *size))
        began = time.perf_counter()
        status, content, _ = clients[place].ask("GET", path)
        took = time.perf_counter() - began
        if status != 200:
            raise SystemExit(f"{path} was answered with {status}: {content[:300]!r}")
        if number >= WARM:
            times.append(took)
    for client in clients:
        client.close()
    return times


def waits(turn: int, apps: int, waiting: int) -> str:
    """The number of an app that waits."""
    every = max(apps // waiting, 1)
    return f"{turn % (apps // every) * every + every - 1:05}"


def by_wrk(page: Asked, port: int, who: Headers, size: Size) -> None:
    """As fast as it answers, with 4 connections."""
    headers = who[f"page:{page.who}" if page.page else page.who]
    address = f"http://127.0.0.1:{port}{page.path.format(waits(7, *size))}"
    words = ["wrk", "-t1", "-c4", "-d5s", "--latency"]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    said = subprocess.run([*words, address], capture_output=True, text=True, check=True).stdout
    lines = {first: " ".join(rest) for first, *rest in (line.split() for line in said.splitlines() if line.strip())}
    print(f"  wrk, {page.name:17} p50 {lines['50%']}   p99 {lines['99%']}   {lines['Requests/sec:']} a second")


# The race


def race(port: int, url: str, secrets: Mapping[str, str], rounds: int) -> None:
    """One move, wanted by 16 at once with the same If-Match; then what became of it is counted."""
    key = f"hot-{time.time_ns()}"
    engine = open_engine(url=url)
    tag = engine.register(key, partner="acme", by=ANN, facts={"name": "Hot"}).etag
    headers = {"authorization": f"Bearer {secrets['ann']}", "content-type": "application/json"}
    before = len(engine.notices(key, by=HOST))
    clients = [Client(port, headers) for _ in range(RACERS)]
    seen: Counter[int] = Counter()
    odd, began = 0, time.perf_counter()
    with ThreadPoolExecutor(RACERS) as pool:
        for number in range(rounds):
            statuses, tag = one_round(pool, clients, key, "reopen" if number % 2 else "withdraw", tag)
            seen.update(statuses)
            odd += statuses[201] != 1 or sum(statuses[code] for code in CONFLICTS) != RACERS - 1
    took = time.perf_counter() - began
    moves = [move.transition for move in engine.history(key, by=HOST)][1:]
    notices = engine.notices(key, by=HOST)[before:]
    wanted, withdrawals = list(islice(cycle(("withdraw", "reopen")), rounds)), (rounds + 1) // 2
    told_once = {(kept.notice.name, kept.notice.cause) for kept in notices}
    sound = not odd and moves == wanted and len(notices) == len(told_once) == withdrawals
    engine.close()
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items()))
    print(f"race: {rounds} rounds of {RACERS}: {answers}; {rounds * RACERS / took:.0f} requests a second")
    print(f"  rounds without exactly one winner: {odd}; moves {len(moves)}, notices {len(notices)} of {withdrawals}")
    if not sound:
        raise SystemExit("the race was not kept")


def one_round(
    pool: ThreadPoolExecutor, clients: Sequence[Client], key: str, transition: str, tag: str
) -> tuple[Counter[int], str]:
    """Every client asks at once: how they were answered, and the tag of the page after it."""
    body, start = json.dumps({"transition": transition}), Barrier(len(clients))

    def ask(client: Client) -> tuple[int, str]:
        start.wait()
        status, _, headers = client.ask("POST", f"/api/apps/{key}/moves", body, if_match=f'"{tag}"')
        return status, headers.get("etag", "").strip('"')

    answers = list(pool.map(ask, clients))
    won = [given for status, given in answers if status == 201]
    return Counter(status for status, _ in answers), (won or [tag])[-1]


# What it costs to start


def start(url: str, runs: int) -> None:
    """From the command to the first answer of /healthz, and what comes before that."""
    taken = []
    for _ in range(runs):
        with served(url) as (_, wall, cpu):
            taken.append((wall, cpu))
    line("serve until /healthz answers", taken)
    empty = [once([sys.executable, "-c", "pass"]) for _ in range(runs)]
    line("an empty interpreter", empty)
    line("import review_engine", [once([sys.executable, "-c", "import review_engine"]) for _ in range(runs)])
    line("review-engine --help", [once(command("--help")) for _ in range(runs)])


def once(words: Sequence[str]) -> tuple[float, float]:
    """Seconds by the wall and of CPU of one process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def line(name: str, taken: Sequence[tuple[float, float]]) -> None:
    """The median of both."""
    wall, cpu = (statistics.median(pair[place] for pair in taken) * 1e3 for place in (0, 1))
    print(f"  {name:30} {wall:6.0f} ms   {cpu:6.0f} ms CPU   (median of {len(taken)})", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--apps", type=int, default=10_000)
    options.add_argument("--open", type=int, default=1_000)
    options.add_argument("--turns", type=int, default=400)
    options.add_argument("--rounds", type=int, default=1_000)
    options.add_argument("--only", default="pages,race,start")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.db"
        began = time.process_time()
        secrets = build(url, chosen.apps, chosen.open)
        print(
            f"{chosen.apps} apps, {chosen.open} of them waiting (filled in {time.process_time() - began:.0f} s of CPU)"
        )
        if "pages" in chosen.only:
            with served(url) as (port, _, _):
                pages(port, secrets, (chosen.apps, chosen.open), chosen.turns)
        if "race" in chosen.only:
            with served(url) as (port, _, _):
                race(port, url, secrets, chosen.rounds)
        if "start" in chosen.only:
            start(url, 5)


if __name__ == "__main__":
    main()
