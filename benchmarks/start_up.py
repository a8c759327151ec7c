"""What the package costs before it works: the import, and a cold start up to the first committed move.

    python benchmarks/start_up.py

Each figure is the median over fresh processes, run in turn with an empty interpreter.
"""

import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

RUNS = 9
EMPTY = "pass"
IMPORT = "import review_engine"
USE = "from review_engine import open_engine"
EVERYTHING = "import sqlmodel, alembic, transitions, jinja2, aiosmtplib, apscheduler.schedulers.background, typer"
FIRST_MOVE = textwrap.dedent(
    """
    import sys
    from review_engine import Actor, open_engine
    ann = Actor.partner("p-ann", of="acme")
    engine = open_engine(url=sys.argv[1])
    engine.move("acme-sync", sys.argv[2], by=ann)
    """
)


def once(code: str, *arguments: str) -> tuple[float, float]:
    """Seconds by the wall and of CPU of one fresh process."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    from review_engine import Actor, open_engine

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'start.db'}"
        engine = open_engine(url=url)
        engine.register("acme-sync", partner="acme", by=Actor.partner("p-ann", of="acme"))
        engine.close()
        taken: dict[str, list[tuple[float, float]]] = {
            name: [] for name in ("empty", "import", "use", "libraries", "first move")
        }
        for turn in range(RUNS):
            taken["empty"].append(once(EMPTY))
            taken["import"].append(once(IMPORT))
            taken["use"].append(once(USE))
            taken["libraries"].append(once(EVERYTHING))
            taken["first move"].append(once(FIRST_MOVE, url, "reopen" if turn % 2 else "withdraw"))
    floor_wall, floor_cpu = (statistics.median(pair[place] for pair in taken["empty"]) for place in (0, 1))
    print(f"empty interpreter                     {floor_wall * 1e3:6.0f} ms   {floor_cpu * 1e3:6.0f} ms CPU")
    for name, said in (
        ("import", "import review_engine, above it"),
        ("use", "from review_engine import open_engine"),
        ("libraries", "importing its libraries all at once"),
        ("first move", "cold start to the first move"),
    ):
        wall, cpu = (statistics.median(pair[place] for pair in taken[name]) for place in (0, 1))
        if name != "first move":
            wall, cpu = wall - floor_wall, cpu - floor_cpu
        print(f"{said:36}  {wall * 1e3:6.0f} ms   {cpu * 1e3:6.0f} ms CPU")


if __name__ == "__main__":
    main()
