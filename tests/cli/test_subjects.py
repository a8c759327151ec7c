"""Commands about subjects."""

from pathlib import Path

import pytest

from tests.cli.commands import Terminal
from tests.cli.conftest import ANN, MONA, RITA

GUS = ("--as", "partner:gus@globex.example")


def test_what_there_is_is_listed_with_whose_turn_it_is(shop: Terminal) -> None:
    lines = shop.json("list")
    assert [(line["key"], line["state"], line["waits_for"]) for line in lines] == [
        ("app/acme-sync", "preview", "partner"),
        ("component/acme-hook", "building", "partner"),
    ]
    told = shop("list").out
    assert "app/acme-sync" in told
    assert "2 found." in told


def test_a_list_is_narrowed_and_continued(shop: Terminal) -> None:
    assert [line["key"] for line in shop.json("list", "--kind", "app")] == ["app/acme-sync"]
    assert [line["key"] for line in shop.json("list", "--state", "building")] == ["component/acme-hook"]
    assert shop.json("list", "--partner", "globex") == []
    assert len(shop.json("list", "--limit", "1")) == 1
    assert [line["key"] for line in shop.json("list", "--after", "app/acme-sync")] == ["component/acme-hook"]


def test_a_misspelt_state_or_kind_is_refused_with_the_nearest(shop: Terminal) -> None:
    answer = shop("list", "--state", "public_bta")
    assert answer.code == 2
    assert "Did you mean 'public_beta'?" in answer.err
    assert shop("list", "--kind", "apq").code == 2
    assert shop("list", "--kind", "component", "--state", "public").code == 2


def test_counts_by_state_are_those_of_the_list(shop: Terminal) -> None:
    assert shop.json("list", "--counts") == {"app": {"preview": 1}, "component": {"building": 1}}
    assert "preview" in shop("list", "--counts").out


def test_a_partner_lists_and_sees_its_own_only(shop: Terminal) -> None:
    assert shop.json(*GUS, "list") == []
    assert shop.json(*GUS, "list", "--counts") == {}
    assert len(shop.json(*ANN, "list")) == 2
    foreign, absent = shop(*GUS, "show", "acme-sync"), shop(*GUS, "show", "acme-none")
    assert (foreign.code, foreign.out) == (absent.code, absent.out) == (4, "")
    assert foreign.err.replace("acme-sync", "acme-none") == absent.err


def test_one_is_shown_with_facts_components_and_what_comes_next(shop: Terminal) -> None:
    shown = shop.json("show", "acme-sync")
    assert shown["state"] == "preview"
    assert shown["facts"]["name"]["value"] == "Acme Sync"
    assert shown["components"] == [{"key": "component/acme-hook", "state": "building"}]
    submit = next(step for step in shown["next"] if step["transition"] == "submit")
    assert not submit["ready"]
    told = shop("show", "acme-sync").out
    for words in ("Acme Sync", "Preview", "the partner's turn", "component/acme-hook", "submit"):
        assert words in told


def test_facts_are_set_and_cleared(shop: Terminal, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("Keeps things\nin step.\n", encoding="utf-8")
    answer = shop(*ANN, "edit", "acme-sync", "website=https://acme.example", "categories=CRM,Analytics",
                  "utm_links=true", f"description=@{long}")  # fmt: skip
    assert answer.code == 0, answer
    facts = {name: fact["value"] for name, fact in shop.json("show", "acme-sync")["facts"].items()}
    assert facts["categories"] == ["CRM", "Analytics"]
    assert facts["utm_links"] is True
    assert facts["description"] == "Keeps things\nin step."
    assert shop(*ANN, "edit", "acme-sync", "website=").code == 0
    assert "website" not in shop.json("show", "acme-sync")["facts"]


@pytest.mark.parametrize(
    "fact", ["website=nowhere", "categories=Bread", "utm_links=perhaps", "nam=x", "adheres_to_spec", "website=@nothing"]
)
def test_a_fact_that_does_not_fit_is_refused_and_none_is_written(shop: Terminal, fact: str) -> None:
    answer = shop(*ANN, "edit", "acme-sync", "description=Good.", fact)
    assert answer.code == 2
    assert "description" not in shop.json("show", "acme-sync")["facts"]


def test_a_fact_of_somebody_elses_is_not_set(shop: Terminal) -> None:
    assert shop(*ANN, "edit", "acme-sync", "adheres_to_spec=true").code == 5
    assert shop(*RITA, "edit", "acme-sync", "name=Other").code == 5


def test_a_stale_page_is_a_conflict(shop: Terminal) -> None:
    etag = shop.json("show", "acme-sync")["etag"]
    assert shop(*ANN, "edit", "acme-sync", "name=New", "--expect", etag).code == 0
    assert shop(*ANN, "edit", "acme-sync", "name=Newer", "--expect", etag).code == 6


def test_the_same_key_gets_the_same_answer(shop: Terminal) -> None:
    words = (*ANN, "register", "app/acme-two", "--partner", "acme", "--key", "click-1")
    assert shop.json(*words) == shop.json(*words)
    assert shop(*ANN, "register", "app/acme-three", "--partner", "acme", "--key", "click-1").code == 6


def test_a_component_needs_its_app(shop: Terminal) -> None:
    assert shop(*ANN, "register", "component/loose", "--partner", "acme").code == 2
    assert shop(*ANN, "register", "component/loose", "--partner", "acme", "--parent", "nothing").code == 4


def test_a_secret_is_sealed_and_shown_to_the_reviewer_of_the_round_only(shop: Terminal) -> None:
    assert shop(*ANN, "edit", "acme-sync", "test_password=@-", given="open sesame\n").code == 0
    assert "open sesame" not in shop("show", "acme-sync").out + shop("show", "acme-sync", "--json").out
    assert b"open sesame" not in shop.database.read_bytes()
    for who in (ANN, RITA, MONA, ()):
        assert shop(*who, "secret", "acme-sync", "test_password").code == 5


def test_without_a_key_no_secret_is_taken(shop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REVIEW_ENGINE_SECRET_KEY")
    answer = shop(*ANN, "edit", "acme-sync", "test_password=open sesame")
    assert answer.code == 2
    assert "REVIEW_ENGINE_SECRET_KEY" in answer.err
    assert "test_password" not in shop.json("show", "acme-sync")["facts"]
