"""Commands about workflow files."""

import json
import shutil
from pathlib import Path

import pytest

from review_engine.settings import shipped
from tests.cli.commands import Terminal, process
from tests.cli.conftest import ANN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped workflows, to be spoilt."""
    return Path(shutil.copytree(shipped("workflows"), tmp_path / "mine"))


def test_the_shipped_workflows_have_no_faults_and_no_database_is_made(terminal: Terminal, tmp_path: Path) -> None:
    answer = terminal("lint")
    assert answer.code == 0, answer
    assert set(terminal.json("lint")["kinds"]) >= {"app", "component", "access_request", "membership", "classic_app"}
    assert list(tmp_path.iterdir()) == []


def test_every_fault_is_told_at_once_with_its_line(terminal: Terminal, folder: Path) -> None:
    text = (folder / "app.toml").read_text(encoding="utf-8")
    spoilt = text.replace('starts   = "preview"', 'starts   = "preveiw"').replace("waivable = true", "wavable = true")
    (folder / "app.toml").write_text(spoilt, encoding="utf-8")
    answer = terminal("lint", str(folder))
    assert answer.code == 2
    faults = [each for each in answer.err.splitlines() if "app.toml:" in each]
    assert len(faults) >= 2
    assert any("preveiw" in fault for fault in faults)
    assert any("wavable" in fault for fault in faults)
    listed = terminal("lint", str(folder), "--json").document["error"]["faults"]
    assert len(listed) == len(faults)


def test_a_folder_that_is_none_is_a_fault(terminal: Terminal) -> None:
    assert terminal("lint", "nowhere").code == 2
    assert terminal("verify", "nowhere").code == 2


def test_the_shipped_workflows_keep_their_promises(terminal: Terminal) -> None:
    answer = terminal("verify")
    assert answer.code == 0, answer
    proofs = terminal.json("verify")
    assert all(proof["holds"] for found in proofs.values() for proof in found)
    assert list(terminal.json("verify", str(shipped("workflows") / "app.toml"))) == ["app"]


def test_a_broken_promise_is_refuted_with_the_way_there(terminal: Terminal, folder: Path) -> None:
    text = (folder / "app.toml").read_text(encoding="utf-8")
    hole = '[transitions.sneak]\ntitle = "Sneak in"\nfrom = ["preview"]\nto = "public"\nby = ["partner"]\n\n'
    (folder / "app.toml").write_text(
        text.replace("[transitions.submit]", hole + "[transitions.submit]"), encoding="utf-8"
    )
    answer = terminal("verify", str(folder))
    assert answer.code == 1
    assert "REFUTED" in answer.out
    assert "preview -(sneak)-> public" in answer.out


def test_a_workflow_is_drawn_as_text(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("diagram", "app").out.startswith("stateDiagram-v2")
    machine = json.loads(terminal("diagram", "app", "--format", "xstate").out)
    assert "public_beta" in machine["states"]
    assert terminal("diagram", "app", "-o", "app.mmd").code == 0
    assert (tmp_path / "app.mmd").read_text(encoding="utf-8").startswith("stateDiagram-v2")
    assert terminal.json("diagram", "app")["diagram"].startswith("stateDiagram-v2")


def test_a_workflow_is_drawn_as_a_picture(terminal: Terminal, tmp_path: Path) -> None:
    pytest.importorskip("mermaidx")
    assert terminal("diagram", "membership", "--format", "svg", "-o", "a.svg").code == 0
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert terminal("diagram", "membership", "--format", "png", "-o", "a.png").code == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert terminal("diagram", "membership", "--format", "png", "--json").code == 2


def test_a_workflow_is_drawn_in_the_terminal(terminal: Terminal) -> None:
    pytest.importorskip("termaid")
    assert "Member" in terminal("diagram", "membership", "--format", "terminal").out


def test_where_one_stands_is_marked(shop: Terminal) -> None:
    before = shop("diagram", "app", "--app", "acme-sync").out
    assert before != shop("diagram", "app").out
    shop(*ANN, "move", "acme-sync", "withdraw")
    assert shop("diagram", "app", "--app", "acme-sync").out != before
    assert shop("diagram", "app", "--app", "nobody").code == 4
    assert shop("diagram", "app", "--app", "component/acme-hook").code == 2
    assert shop(
        "--as", "partner:gus@globex.example", "diagram", "app", "--app", "acme-sync"
    ).code == 4  # fmt: skip


def test_unknown_kinds_and_formats_are_refused(terminal: Terminal) -> None:
    answer = terminal("diagram", "ap")
    assert answer.code == 2
    assert "Did you mean 'app'?" in answer.err
    assert terminal("diagram", "app", "--format", "crayon").code == 2
    assert terminal("diagram", "app", "-o", "nowhere/app.mmd").code == 2


def test_the_schema_is_the_one_that_ships(terminal: Terminal) -> None:
    shipped_schema = json.loads((shipped("workflows") / "schema.json").read_text(encoding="utf-8"))
    assert json.loads(terminal("schema").out) == shipped_schema
    assert terminal.json("schema") == shipped_schema


def test_a_picture_goes_into_a_pipe(tmp_path: Path) -> None:
    pytest.importorskip("mermaidx")
    answer = process("diagram", "membership", "--format", "svg", folder=tmp_path)
    assert answer.code == 0
    assert "<svg" in answer.out
