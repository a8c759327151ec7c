"""Checks that look at the facts of a subject: what is there, what it says, and which agreement was accepted."""

from review_engine.checks.parameters import FactName, Misfit
from review_engine.domain.cases import Case
from review_engine.domain.errors import InvalidInput, suggestion
from review_engine.domain.facts import Fact
from review_engine.domain.guards import Guard
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import FAILED, PASSED, Verdict

_REMEMBERED = 1_000


def facts_present(guard: Guard, declared: Lifecycle, *, facts: list[FactName]) -> Test:
    """Every one of these facts has been given.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        facts: names of the facts.
    """
    if not facts:
        raise Misfit("facts", "no fact is named", 'Name at least one: facts = ["name"].')
    name, fix, wanted = guard.name, guard.fix, frozenset(facts)
    titles = {fact: declared.facts[fact].title for fact in facts}
    answers = {frozenset[str](): Verdict(name, PASSED, f"given: {', '.join(titles.values())}")}

    def test(case: Case) -> Verdict:
        missing = wanted.difference(case.subject.facts)
        answer = answers.get(missing)
        if answer is None:
            words = ", ".join(title for fact, title in titles.items() if fact in missing)
            answer = Verdict(name, FAILED, f"missing: {words}", fix)
            if len(answers) < _REMEMBERED:  # verdicts are values: the same facts missing are the same verdict
                answers[missing] = answer
        return answer

    return test


def fact_in(guard: Guard, declared: Lifecycle, *, fact: FactName, among: list[str | int | bool]) -> Test:
    """The fact is one of these values; a fact with several choices has none but these.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        fact: name of the fact.
        among: the values that pass.
    """
    ruled = declared.facts[fact]
    good = _values(ruled, among)
    name, fix, title = guard.name, guard.fix, ruled.title
    permitted = " or ".join(_word(value) for value in among)
    passed = {value: Verdict(name, PASSED, f"{title}: {_word(value)}") for value in good}
    all_passed = Verdict(name, PASSED, f"{title}: nothing but {permitted}")

    def test(case: Case) -> Verdict:
        value = case.subject.facts.get(fact)
        if value is None:
            return Verdict(name, FAILED, f"missing: {title}", fix)
        if isinstance(value, list):
            if good.issuperset(value):
                return all_passed
        elif value in passed:
            return passed[value]
        found = ", ".join(map(str, value)) if isinstance(value, list) else _word(value)
        return Verdict(name, FAILED, f"{title}: {found}; it must be {permitted}", fix)

    return test


def _values(fact: Fact, among: list[str | int | bool]) -> frozenset[str | int | bool]:
    if not among:
        raise Misfit("among", "no value is named", "Name at least one that passes.")
    if fact.among:
        for value in among:
            if value not in fact.among:
                cure = suggestion(str(value), list(fact.among))
                raise Misfit("among", f"fact '{fact.name}' is never '{value}'", cure)
        return frozenset(among)
    try:
        return frozenset(read for value in among if not isinstance(read := fact.parse(value), list))
    except InvalidInput as error:
        raise Misfit("among", error.what, error.cure) from None


def _word(value: str | int | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def accepted(guard: Guard, declared: Lifecycle, *, fact: FactName, version: str = "") -> Test:
    """The agreement was accepted: the fact holds its version.

    Args:
        guard: the guard that asks.
        declared: the workflow.
        fact: name of the fact that keeps the accepted version.
        version: the version that is in force; when left out, any will do.
    """
    name, fix = guard.name, guard.fix
    passed = Verdict(name, PASSED, f"{version} was accepted" if version else "accepted")

    def test(case: Case) -> Verdict:
        found = case.subject.facts.get(fact)
        if found is None:
            return Verdict(name, FAILED, "not accepted yet", fix)
        if version and found != version:
            return Verdict(name, FAILED, f"{found} was accepted, {version} is in force", fix)
        return passed

    return test
