"""How quickly all guards of one transition are answered, every reason given, in memory.

    python benchmarks/guards_in_memory.py

The floor is what the `transitions` library does by itself: a machine for each subject, two conditions, asked by
may_<transition>(): a bare yes or no. Both are run in turn, several times; medians are printed, and their ratio.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from transitions import Machine

from review_engine.checks.registry import Checks
from review_engine.domain.actors import Actor, Role
from review_engine.domain.cases import Case
from review_engine.domain.facts import Said
from review_engine.domain.playbook import Playbook
from review_engine.domain.subjects import Subject
from review_engine.workflow_files.reader import read

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WORKFLOW = """
[lifecycle]
name = "app"
title = "App"
starts = "preview"
[states.preview]
title = "Preview"
[states.submitted]
title = "Submitted"
final = true
[facts.docs_url]
title = "Your documentation"
type = "url"
by = ["partner"]
[facts.launch_post_url]
title = "Launch post"
type = "url"
by = ["partner"]
[transitions.submit]
title = "Submit"
from = ["preview"]
to = "submitted"
by = ["partner"]
guards = ["documents_present", "active_customers"]
[guards.documents_present]
title = "The documents are there"
check = "facts_present"
facts = ["docs_url", "launch_post_url"]
fix = "Add the missing links."
[guards.active_customers]
title = "At least 3 active customers"
check = "count_at_least"
count = "active_customers"
at_least = 3
within = "28 days"
fix = "Invite customers."
"""


class _Model:
    """What a machine of its own is built for: a subject that knows its facts and its count."""

    def __init__(self, facts: dict[str, str], active: int) -> None:
        self.facts = facts
        self.active = active
        self.machine = Machine(model=self, states=["preview", "submitted"], initial="preview", auto_transitions=False)
        self.machine.add_transition(
            "submit", "preview", "submitted", conditions=["documents_present", "enough_customers"]
        )

    def documents_present(self) -> bool:
        """The first condition."""
        return "docs_url" in self.facts and "launch_post_url" in self.facts

    def enough_customers(self) -> bool:
        """The second condition."""
        return self.active >= 3


def playbook() -> Playbook:
    """The workflow above, ready to be played."""
    reading = read(WORKFLOW, "benchmark")
    if reading.lifecycle is None or reading.faults:
        raise SystemExit("\n".join(map(str, reading.faults)))
    return Checks().bind(reading.lifecycle)


def case(number: int) -> Case:
    """One subject in three lacks a link, one in two lacks customers."""
    facts = {"docs_url": "https://acme.example/docs"}
    if number % 3:
        facts["launch_post_url"] = "https://acme.example/launch"
    said = {name: Said("partner", "ann", NOW) for name in facts}
    subject = Subject(
        kind="app", slug=f"app-{number}", partner="acme", state="preview", since=NOW - timedelta(days=20), number=1,
        revision=1, workflow="", created_at=NOW, facts=facts, said=said,
    )  # fmt: skip
    active = 3 if number % 2 else 1
    return Case(subject, Actor(Role.PARTNER, "ann", frozenset({"acme"})), NOW, active={2_419_200: active})


def rate(work: Callable[[], int]) -> float:
    """How many a second."""
    start = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - start)


def main() -> None:
    """Run both in turn and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    book = playbook()
    cases = [case(number) for number in range(asked.subjects)]
    models = [_Model(dict(one.facts), one.active[2_419_200]) for one in cases]  # type: ignore[arg-type]

    def guards() -> int:
        for _ in range(20):
            for one in cases:
                book.verdicts("submit", one)
        return 20 * len(cases)

    def machines() -> int:
        for model in models:
            model.may_submit()  # type: ignore[attr-defined]
        return len(models)

    rates: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(asked.rounds):
        rates["ours"].append(rate(guards))
        rates["floor"].append(rate(machines))
    result: dict[str, float] = {name: round(statistics.median(values)) for name, values in rates.items()}
    ratios = [ours / floor for ours, floor in zip(rates["ours"], rates["floor"], strict=True)]
    result["ratio"] = round(statistics.median(ratios), 1)
    if asked.json:
        print(json.dumps(result))
        return
    print(f"guards of one transition, every reason:  {result['ours']:>9,} a second")
    print(f"transitions, a machine a subject, yes/no: {result['floor']:>8,} a second")
    print(f"ratio: {result['ratio']} x the floor (medians of {asked.rounds} rounds in turn)")


if __name__ == "__main__":
    main()
