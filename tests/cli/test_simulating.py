"""simulate on the command line."""

from tests.cli.commands import Terminal

FEW = ("simulate", "--apps", "20", "--days", "28", "--reviewers", "1")


def test_a_year_is_told_week_by_week(terminal: Terminal) -> None:
    answer = terminal(*FEW)
    assert answer.code == 0
    assert "2026-W02" in answer.out
    assert "app first response" in answer.out
    assert "40 subjects" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
    assert not terminal.database.exists()


def test_the_same_seed_has_the_same_digest(terminal: Terminal) -> None:
    first = terminal.json(*FEW, "--seed", "3")
    assert terminal.json(*FEW, "--seed", "3") == first
    assert first["reviewers"] == 1
    assert len(first["weeks"]) == 4


def test_another_promise_can_be_tried_on(terminal: Terminal) -> None:
    usual = terminal.json(*FEW)["promises"]
    hurried = terminal.json(*FEW, "--sla", "first_response=1 business minute")["promises"]
    missed = [{line["sla"]: line["missed"] for line in lines}["first_response"] for lines in (usual, hurried)]
    assert missed[1] > missed[0]


def test_what_cannot_be_simulated_is_refused(terminal: Terminal) -> None:
    assert terminal(*FEW, "--sla", "first_response").code == 2
    assert "Did you mean 'first_response'" in terminal(*FEW, "--sla", "first_responce=1 day").err
    assert terminal(*FEW, "--kind", "membership").code == 2
    assert terminal("simulate", "--apps", "0").code == 2
