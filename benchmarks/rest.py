"""What HTTP costs on top of the engine: a move, activity in batches, and a checklist page among many apps.

    python benchmarks/rest.py [--moves 400] [--apps 10000] [--batches 6]

The interface runs in one uvicorn process on loopback, over SQLite with FULL durability; the client keeps its
connection.
The engine's own move is measured in this process, on a database of the same sort, in turn with the HTTP one.
"""

import argparse
import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from review_engine import Actor, ReviewEngine, Settings, Usage, open_engine

HERE = Path(__file__).parent
ANN, HOST = Actor.partner("p-ann", of="acme"), Actor.host()
FACTS = {"name": "Acme Sync", "docs_url": "https://acme.example/docs"}
BATCH = 10_000
SERVER = """
import sys
import uvicorn
from fastapi import FastAPI, Header
from review_engine import Actor, open_engine
from review_engine.api import router
from benchmarks.rest import opened

WHO = {"ann": Actor.partner("p-ann", of="acme"), "host": Actor.host()}
app = FastAPI()

def user(who: str = Header()) -> Actor:
    return WHO[who]

app.include_router(router(opened(sys.argv[1], sys.argv[2]), principal=user), prefix="/api")
uvicorn.run(app, port=int(sys.argv[3]), log_level="error", access_log=False)
"""


def opened(url: str, workflows: str) -> ReviewEngine:
    """An engine on the shuttle workflow (a move to and fro), or on the shipped ones."""
    chosen = {"folder": str(HERE / "workflows"), "default_kind": "shuttle"} if workflows == "shuttle" else {}
    return open_engine(Settings.model_validate({"database": {"url": url}, "workflows": chosen}))


class Client:
    """One kept connection to a server of its own."""

    def __init__(self, url: str, workflows: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-c", SERVER, url, workflows, str(self.port)]
        self._server = subprocess.Popen(command, cwd=HERE.parent)
        self._wait()
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def _wait(self) -> None:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server did not come up")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; the answer's JSON."""
        sent = json.dumps(body) if not isinstance(body, bytes | type(None)) else body
        headers = {"who": "ann", "content-type": "application/json", **headers}
        self._connection.request(method, f"/api{path}", sent, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status < 300, (answer.status, content[:300])
        return json.loads(content)

    def close(self) -> None:
        """Stop the server."""
        self._connection.close()
        self._server.terminate()
        self._server.wait(20)


def taken(function: Any, *args: Any, **named: Any) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    function(*args, **named)
    return time.perf_counter() - began


def move(folder: Path, moves: int) -> None:
    """The same move, through the engine and over HTTP, in turn."""
    engine = opened(f"sqlite:///{folder}/own.db", "shuttle")
    url = f"sqlite:///{folder}/http.db"
    other = opened(url, "shuttle")
    for one in (engine, other):
        one.register("shuttle/acme", partner="acme", by=ANN, facts=FACTS)
        one.record_activity([Usage("shuttle/acme", f"c-{n}", one.clock()) for n in range(5)], by=HOST)
    client = Client(url, "shuttle")
    own, over = [], []
    for number in range(moves):
        transition = "return" if number % 2 else "go"
        key = f"k-{number}"
        own.append(taken(engine.move, "shuttle/acme", transition, by=ANN, idempotency_key=key))
        body = {"transition": transition}
        over.append(taken(client.ask, "POST", "/shuttles/acme/moves", body, **{"idempotency-key": key}))
    client.close()
    a, b = (statistics.median(times[50:]) * 1e3 for times in (own, over))
    print(f"a move           engine {a:6.2f} ms   over HTTP {b:6.2f} ms   {b / a:.1f} times   ({b - a:.2f} ms more)")
    engine.close()
    other.close()


def activity(folder: Path, batches: int) -> None:
    """Rows of customers' activity a second, in batches of 10,000; then the engine alone."""
    url = f"sqlite:///{folder}/activity.db"
    engine = opened(url, "shipped")
    for number in range(100):
        engine.register(f"app-{number}", partner="acme", by=ANN)
    client = Client(url, "shipped")
    at = datetime.now(UTC) - timedelta(hours=1)

    def rows(batch: int) -> list[dict[str, str]]:
        return [{"app": f"app-{n % 100}", "customer": f"ws-{batch}-{n}", "at": at.isoformat()} for n in range(BATCH)]

    bodies = [json.dumps({"rows": rows(batch)}).encode() for batch in range(batches)]
    over = [taken(client.ask, "POST", "/activity", body, who="host") for body in bodies]
    usages = [[Usage(row["app"], row["customer"], at) for row in rows(batches + batch)] for batch in range(batches)]
    own = [taken(engine.record_activity, batch, by=HOST) for batch in usages]
    client.close()
    engine.close()
    a, b = (BATCH / statistics.median(times) for times in (own, over))
    size = len(bodies[0]) / 1024
    print(f"activity         engine {a:6.0f} rows/s   over HTTP {b:6.0f} rows/s   (batches of {BATCH}, {size:.0f} KiB)")


def checklist(folder: Path, apps: int, pages: int) -> None:
    """A checklist page, and a page of a list, with many apps in the database."""
    url = f"sqlite:///{folder}/many.db"
    engine = opened(url, "shipped")
    for number in range(apps):
        engine.register(f"app-{number}", partner="acme", by=ANN, facts=FACTS)
    client = Client(url, "shipped")
    asked = (("a checklist", "/apps/app-{}/checklist?transition=submit"), ("a page of 50", "/apps?after=app-{}"))
    for name, path in asked:
        times = [taken(client.ask, "GET", path.format(7 * n % apps)) * 1e3 for n in range(pages)][20:]
        times.sort()
        print(
            f"{name:16} p50 {times[len(times) // 2]:6.2f} ms   p99 {times[int(len(times) * 0.99)]:6.2f} ms"
            f"   ({apps} apps)"
        )
    client.close()
    engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=400)
    parser.add_argument("--apps", type=int, default=10_000)
    parser.add_argument("--batches", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        move(folder, asked.moves)
        activity(folder, asked.batches)
        checklist(folder, asked.apps, 600)


if __name__ == "__main__":
    main()
