"""The register of checks, and a host's own among them."""

import functools
import logging
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from typing import Any, Literal

import pytest

from review_engine.checks.registry import Checks
from review_engine.domain.cases import Case
from review_engine.domain.errors import InvalidFile, InvalidInput
from review_engine.domain.faults import Fault
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.verdicts import Verdict
from tests.checks.samples import LIFECYCLE, case

BUILT_IN = (
    "accepted", "attested", "children_all", "count_at_least", "distinct_people", "evidence", "fact_in",
    "facts_present", "not_same_person", "stood_for",
)  # fmt: skip


def installs_at_least(subject: Case, *, at_least: int, region: Literal["eu", "us"] = "eu") -> Verdict:
    """A host's check, as the documentation shows it."""
    return Verdict.of(at_least <= 5, f"5 of {at_least} installs of {subject.key} in {region}")


def asking(*guards: Guard) -> Lifecycle:
    """The sample lifecycle, whose approval asks for these guards."""
    approve = replace(LIFECYCLE.transitions["approve"], guards=tuple(guard.name for guard in guards))
    return replace(
        LIFECYCLE,
        guards={guard.name: guard for guard in guards},
        transitions={**LIFECYCLE.transitions, "approve": approve},
    )


def judged(check: str, checks: Checks | None = None, **params: object) -> list[Fault]:
    return (checks or Checks()).faults(asking(Guard("truth", "It is true", check, "Make it true.", params)))


def answer(function: Callable[..., Any], **params: object) -> Verdict:
    checks = Checks()
    checks.add("own", function)
    book = checks.bind(asking(Guard("truth", "It is true", "own", "Make it true.", params)))
    return book.verdicts("approve", case())[0]


def test_every_built_in_check_is_there_with_its_signature() -> None:
    checks = Checks()

    assert checks.names() == BUILT_IN
    assert checks.signatures()["count_at_least"].parameters["within"].required is False


def test_a_hosts_check_is_asked_with_the_case_and_its_parameters() -> None:
    verdict = answer(installs_at_least, at_least=3)

    assert verdict == Verdict("truth", "passed", "5 of 3 installs of app/acme-sync in eu")


def test_a_hosts_failed_check_gets_the_guards_name_and_cure() -> None:
    assert answer(installs_at_least, at_least=6).cure == "Make it true."
    assert answer(lambda case: Verdict.of(False, "no", cure="Its own.")).cure == "Its own."


def test_an_exception_in_a_check_is_an_unknown_verdict_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(case: Case) -> Verdict:
        raise ConnectionError("no route to host")

    with caplog.at_level(logging.ERROR, "review_engine.checks"):
        verdict = answer(broken)

    assert (verdict.outcome, verdict.met, verdict.cure) == ("unknown", False, "Make it true.")
    assert "app/acme-sync" in caplog.text
    assert "no route to host" in caplog.text


@pytest.mark.parametrize("wrong", [True, None, "yes", ("truth", "passed"), Verdict("", "yes"), Verdict("", "waived")])
def test_an_answer_that_is_no_verdict_is_a_clear_error(wrong: object) -> None:
    with pytest.raises(InvalidInput, match=r"check 'own' answered .* not a verdict\. Return Verdict\.of"):
        answer(lambda case: wrong)


def test_an_asynchronous_check_is_a_clear_error() -> None:
    async def slow(case: Case) -> Verdict:
        return Verdict.of(True, "in time")

    with pytest.raises(InvalidInput, match="check 'own' is asynchronous"):
        answer(slow)


def test_a_name_is_given_once_and_is_a_plain_one() -> None:
    checks = Checks()
    assert checks.add("installs", installs_at_least) is installs_at_least
    for name, what in (
        ("installs", "already"),
        ("evidence", "already"),
        ("os.system", "cannot name"),
        ("", "cannot name"),
    ):
        with pytest.raises(InvalidInput, match=what):
            checks.add(name, installs_at_least)


def positional_only(case: Case, at_least: int, /) -> Verdict:
    return Verdict.of(True, "")


def no_case(*, at_least: int) -> Verdict:
    return Verdict.of(True, "")


@pytest.mark.parametrize("function", [positional_only, no_case, type])
def test_a_function_that_cannot_be_called_so_is_refused_when_it_is_added(function: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInput):
        Checks().add("own", function)


def test_objects_and_partials_are_checks_too() -> None:
    class Answers:
        def __call__(self, case: Case, *, at_least: int) -> Verdict:
            return Verdict.of(True, f"{at_least}")

    assert answer(Answers(), at_least=3).reason == "3"
    assert answer(functools.partial(installs_at_least, region="us"), at_least=3).reason.endswith("in us")
    checks = Checks()
    checks.add("own", Answers())
    assert judged("own", checks, at_least="3")[0].place == "guards.truth.at_least"


def test_an_unknown_check_is_refused_with_the_nearest_name() -> None:
    fault = judged("fact_present")[0]

    assert (fault.place, fault.what) == ("guards.truth.check", "there is no check 'fact_present'")
    assert fault.cure == "Did you mean 'facts_present'?"


@pytest.mark.parametrize("path", ["os.system", "review_engine.checks.facts:facts_present", "builtins.eval"])
def test_a_path_to_code_is_refused_and_never_imported(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_import(*args: object, **kwargs: object) -> object:
        raise AssertionError("something was imported")

    monkeypatch.setattr("builtins.__import__", no_import)
    faults = judged(path)
    monkeypatch.undo()

    assert "nothing is imported by name" in faults[0].what


def test_every_wrong_parameter_is_reported_at_once() -> None:
    faults = judged("count_at_least", count="active_custommers", at_least="3", withn="28 days")

    assert [(fault.place, fault.what) for fault in faults] == [
        ("guards.truth.count", "there is no thing to count 'active_custommers'"),
        ("guards.truth.at_least", "the parameter 'at_least' must be a whole number"),
        ("guards.truth.withn", "the check takes no parameter 'withn'"),
    ]
    assert [fault.cure for fault in faults] == [
        "Did you mean 'active_customers'?", "Write at_least = 1.", "Did you mean 'within'?",
    ]  # fmt: skip


def test_a_missing_parameter_is_reported_with_an_example() -> None:
    faults = judged("facts_present")

    assert [(fault.place, fault.what, fault.cure) for fault in faults] == [
        ("guards.truth", "the check needs the parameter 'facts'", 'Add facts = ["<fact>"].')
    ]


def test_each_unknown_name_in_a_list_is_reported_in_its_place() -> None:
    faults = judged("facts_present", facts=["name", "docs_ur", "launch_post_ul"])

    assert [(fault.place, fault.cure) for fault in faults] == [
        ("guards.truth.facts[1]", "Did you mean 'docs_url'?"),
        ("guards.truth.facts[2]", "Did you mean 'launch_post_url'?"),
    ]


def test_what_a_check_itself_refuses_is_reported_in_its_place() -> None:
    assert judged("fact_in", fact="tier", among=["gold"])[0].place == "guards.truth.among"


def test_states_of_components_are_held_against_their_own_workflow() -> None:
    lifecycle = asking(
        Guard("ready", "", "children_all", "", {"of": "components", "states": ["preview", "don"]}),
        Guard("tested", "", "evidence", "", {
            "probe": "p", "among": ["green"], "of": "components", "leaving_out": ["publik"],
        }),
    )  # fmt: skip
    component = replace(LIFECYCLE, name="component")

    assert [fault.place for fault in Checks().faults(lifecycle, {"component": component})] == [
        "guards.ready.states[1]",
        "guards.tested.leaving_out[0]",
    ]
    assert Checks().faults(lifecycle) == []


def test_binding_reports_the_faults_of_all_guards_at_once() -> None:
    lifecycle = asking(Guard("one", "", "facts_present"), Guard("two", "", "os.system"))

    with pytest.raises(InvalidFile) as caught:
        Checks().bind(lifecycle)

    assert len(caught.value.faults) == 2


def test_a_playbook_knows_what_has_to_be_gathered_for_its_guards() -> None:
    guards = (
        Guard("three", "", "count_at_least", "", {"count": "active_customers", "at_least": 3, "within": "4 weeks"}),
        Guard("ever", "", "count_at_least", "", {"count": "active_customers", "at_least": 3}),
        Guard("seats", "", "count_at_least", "", {"count": "seats", "at_least": 3}),
    )

    book = Checks().bind(asking(*guards))

    assert book.windows == (0, 2_419_200)
    assert book.reads_children is False


@pytest.mark.parametrize(
    "guard",
    [
        Guard("g", "", "children_all", "", {"of": "components", "states": ["ready"]}),
        Guard("g", "", "count_at_least", "", {"count": "components", "at_least": 1}),
        Guard("g", "", "evidence", "", {"probe": "p", "among": ["green"], "of": "components"}),
    ],
)
def test_guards_on_components_are_known_to_read_them(guard: Guard) -> None:
    assert Checks().bind(asking(guard)).reads_children


def test_a_hosts_check_may_say_which_windows_it_counts_in() -> None:
    checks = Checks()
    checks.add("own", lambda case: Verdict.of(case.active[604_800] > 1, ""), windows=("7 days",))

    book = checks.bind(asking(Guard("g", "", "own")))

    assert (book.windows, book.reads_children) == ((604_800,), True)


def test_an_installed_package_may_offer_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def offers(*, group: str, name: str) -> tuple[EntryPoint, ...]:
        found = EntryPoint("installs_at_least", f"{__name__}:installs_at_least", group)
        return (found,) if name == found.name else ()

    monkeypatch.setattr("review_engine.checks.registry.entry_points", offers)
    monkeypatch.setattr(EntryPoint, "load", lambda point: installs_at_least)
    assert judged("installs_at_least", at_least=2) == []
    assert [fault.what for fault in judged("nobody_offers_this")] == ["there is no check 'nobody_offers_this'"]


def test_a_path_to_code_is_never_looked_for_among_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_for(*, group: str, name: str) -> tuple[EntryPoint, ...]:
        raise AssertionError(name)

    monkeypatch.setattr("review_engine.checks.registry.entry_points", looked_for)
    (fault,) = judged("os.mkdir")
    assert "path to code" in fault.what
