"""Whatever a workflow file holds, it is judged: faults, or a workflow that can be played; nothing is raised."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review_engine.checks.registry import Checks
from review_engine.domain.errors import InvalidInput
from review_engine.workflow_files.diagram import mermaid, xstate
from review_engine.workflow_files.lint import lint_text
from review_engine.workflow_files.reader import read, rebuild
from review_engine.workflow_files.verify import verify

SHIPPED = [
    file.read_text(encoding="utf-8") for file in sorted((Path(__file__).parents[2] / "workflows").glob("*.toml"))
]
CHECKS = Checks()

VALUES = st.sampled_from(
    [
        "true", "0", "-1", "1.5", "nan", "-inf", "9223372036854775808", "0x" + "f" * 2000, '""', '"\\u0000"',
        "'os.system'", '"__import__"', '"\\U0010FFFF"', "[]", "[[]]", "[1, 'a']", "{}", "{ a = 1 }",
        "{ '' = '' }", "1979-05-27",
        "07:32:00", "1979-05-27T07:32:00Z", "[{}]", '["partner", 3]', '"' + "x" * 20_000 + '"', "'engine'", "'final'",
        '"' + "9" * 5_000 + ' days"', '"-2 days"', '"99999999999 weeks"',
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "title", "from", "to", "by", "auto", "final", "listed", "within", "warn", "breach", "tiers", "check", "facts",
        "of", "at_least", "among", "max", "type", "name", "starts", "parent", "children", "states", '""', '"a.b"',
        '"\\n"', "a.b.c", "__class__", "self", "guard", "runs_in", "notices", "escalate_to", "move",
        "delisted", "probe",
    ]
)  # fmt: skip
TABLES = st.sampled_from(
    [
        "lifecycle", "lifecycle.children", "states.preview", "states.x", "facts.name", "transitions.submit",
        "transitions.register", "guards.g", "sla.decision", "notices", "adopt", "adopt.facts", "renamed", "nowhere",
        '"".""', "states", "[states]", "[sla.decision.warn]",
    ]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped file after a few changes: lines lost, doubled, moved, cut, values swapped, tables and noise put in."""
    lines = draw(st.sampled_from(SHIPPED)).splitlines()
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        deed = draw(st.sampled_from(["lose", "double", "move", "cut", "value", "key", "table", "noise", "rename"]))
        if deed == "lose":
            lines[at] = ""
        elif deed == "double":
            lines.insert(at, line)
        elif deed == "move":
            lines.insert(draw(st.integers(0, len(lines))), line)
        elif deed == "cut":
            lines[at] = line[: draw(st.integers(0, len(line)))]
        elif deed == "value":
            lines[at] = f"{line.split('=')[0]} = {draw(VALUES)}"
        elif deed == "key":
            lines.insert(at, f"{draw(KEYS)} = {draw(VALUES)}")
        elif deed == "table":
            lines.insert(at, f"[{draw(TABLES)}]")
        elif deed == "rename":
            lines[at] = line.replace("_", draw(st.sampled_from(["-", ".", " ", "__"])), 1)
        else:
            lines.insert(at, draw(st.text(max_size=30)))
    return "\n".join(lines)


def judge(text: str) -> None:
    """Read, lint and, when nothing is wrong, play."""
    faults = lint_text(text, "some.toml", CHECKS)
    last = text.count("\n") + 1
    assert all(1 <= fault.line <= last and fault.what and str(fault).startswith("some.toml:") for fault in faults)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    reading = read(text, "some.toml")
    assert reading.lifecycle is not None or faults
    if reading.lifecycle is not None:
        verify(reading.lifecycle)
        mermaid(reading.lifecycle)
        xstate(reading.lifecycle)
        if not faults:
            book = CHECKS.bind(reading.lifecycle)
            assert set(book.bound) == set(reading.lifecycle.transitions)
            assert rebuild(reading.document, "kept") == reading.lifecycle


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
def test_a_shipped_file_that_was_tampered_with_is_judged(text: str) -> None:
    judge(text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_is_judged(text: str) -> None:
    judge(text)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["lifecycle", "states", "sla", "warn", "title", "name", "x", "within", "to"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_a_kept_document_that_is_no_workflow_is_refused(document: object) -> None:
    kept = document if isinstance(document, dict) else {"lifecycle": document}

    with pytest.raises(InvalidInput, match="the kept workflow cannot be read"):  # none of these says how it starts
        rebuild(kept, "kept")
