"""Drawings of a workflow."""

import json
import re
import sys

import pytest

from review_engine.domain.errors import InvalidInput, UnknownName
from review_engine.domain.lifecycle import Lifecycle
from review_engine.workflow_files import diagram
from review_engine.workflow_files.reader import read
from tests.workflow_files.samples import APP, COMPONENT, changed


def lifecycle(text: str = APP) -> Lifecycle:
    found = read(text, "app.toml").lifecycle
    assert found is not None
    return found


def test_every_state_and_every_way_is_in_the_mermaid_text() -> None:
    text = diagram.mermaid(lifecycle())

    assert text.startswith("stateDiagram-v2\n    [*] --> s_preview\n")
    assert '    state "Changes requested" as s_changes_requested\n' in text
    assert "    s_changes_requested --> s_in_review : Submit (partner)\n" in text
    assert "    s_public --> [*]\n" in text
    assert len(re.findall(r"-->.* : ", text)) == 5


def test_several_ways_between_two_states_are_one_arrow() -> None:
    second = '[transitions.reject]\ntitle = "Reject"\nfrom = ["in_review"]\nto = "public"\nby = ["manager"]\n\n[guards'
    text = diagram.mermaid(lifecycle(changed(APP, ("[guards", second))))

    assert "    s_in_review --> s_public : Approve (reviewer) / Reject (manager)\n" in text


def test_where_a_subject_stands_is_marked() -> None:
    assert "class s_in_review here" in diagram.mermaid(lifecycle(), "in_review")
    assert " here\n" not in diagram.mermaid(lifecycle())
    config = json.loads(diagram.xstate(lifecycle(), "in_review"))
    assert [name for name, state in config["states"].items() if "here" in state["meta"]] == ["in_review"]


@pytest.mark.parametrize("draw", [diagram.mermaid, diagram.xstate, diagram.svg, diagram.png, diagram.terminal])
def test_a_place_that_is_not_there_cannot_be_marked(draw: object) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'in_review'"):
        draw(lifecycle(), "in_reviw")  # type: ignore[operator]


def test_words_of_the_diagrams_own_language_are_only_words() -> None:
    title = 'title = "end: \\"x\\"; #1 <b>\\n[*] --> a"'
    text = diagram.mermaid(lifecycle(changed(APP, ('title = "Preview"', title))))

    assert "state \"end - 'x', no. 1 (b) [*] --) a\" as s_preview\n" in text


def test_statechart_editors_get_guards_roles_and_promises() -> None:
    config = json.loads(diagram.xstate(lifecycle()))

    assert (config["id"], config["initial"], list(config["states"])) == (
        "app", "preview", ["preview", "in_review", "changes_requested", "public", "withdrawn"],
    )  # fmt: skip
    submit = config["states"]["preview"]["on"]["submit"][0]
    assert submit["target"] == "in_review"
    assert submit["guard"]["params"]["guards"] == ["documents_present", "components_ready"]
    assert submit["meta"]["by"] == ["partner"]
    assert config["states"]["changes_requested"]["after"]["partner_reply"][0]["target"] == "withdrawn"
    assert config["states"]["public"]["type"] == "final"


def test_a_picture_is_drawn_when_the_extra_is_there() -> None:
    pytest.importorskip("mermaidx", reason="the extra 'diagrams' is not installed")

    drawn = diagram.svg(lifecycle(COMPONENT), "building")

    assert drawn.lstrip().startswith("<svg")
    assert "Being built" in drawn


def test_a_terminal_gets_a_drawing_when_the_extra_is_there() -> None:
    pytest.importorskip("termaid", reason="the extra 'diagrams' is not installed")

    drawn = diagram.terminal(lifecycle(COMPONENT), "building")

    assert ">> Being built <<" in drawn
    assert "Finish" in drawn


@pytest.mark.parametrize(("draw", "library"), [(diagram.svg, "mermaidx"), (diagram.terminal, "termaid")])
def test_without_the_extra_the_error_says_how_to_get_it(
    draw: object, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(InvalidInput, match=r"not installed\. Install it: pip install 'review-engine\[diagrams\]'"):
        draw(lifecycle())  # type: ignore[operator]
