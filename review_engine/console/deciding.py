"""What a reviewer hands in on the decision page: findings, a decision, both bound to the page they were made from.

A decision takes the findings of its page along, so that nothing that was typed is lost by pressing the other button.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review_engine.console.casefile import CaseFile, composed, wanting
from review_engine.console.visits import Visit
from review_engine.domain.errors import InvalidInput
from review_engine.domain.keys import SubjectKey
from review_engine.domain.reviews import FAILED, NOT_APPLICABLE, NOTED, PASSED, WANTING, Assessment
from review_engine.domain.verdicts import Refused

SAVE = "save"
"""What the button sends that saves findings and decides nothing."""

YES = "yes"

TITLES: Mapping[str, str] = {PASSED: "Passed", FAILED: "Failed", NOT_APPLICABLE: "Not applicable", NOTED: "Noted"}

_COMMENT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was sent.

    Args:
        assessments: those that say something new.
        confirmed: facts that are answered otherwise than before.
        transition: the decision; empty when findings are only saved.
        comment: the words that go with it.
        faults: name of a field -> what is wrong with it; nothing is written while there are any.
    """

    assessments: tuple[Assessment, ...]
    confirmed: Mapping[str, bool]
    transition: str
    comment: str
    faults: Mapping[str, str]


def read(visit: Visit, case: CaseFile) -> HandedIn:
    """What the form says.

    Args:
        visit: with the form.
        case: what the subject is now.
    """
    faults: dict[str, str] = {}
    assessments = [
        *(_criteria(visit, case, faults) if case.may_assess else ()),
        *(_points(visit, case, faults) if case.may_assess else ()),
    ]
    transition = visit.field("do")
    transition = "" if transition == SAVE else transition
    comment = visit.field(f"words-{transition}") if transition else ""
    option = next((option for option in case.options if option.rule.name == transition), None)
    if option is not None and option.rule.needs and comment in ("", option.words):
        comment = ""
        if not (option.summarises and (option.words or any(each.result in WANTING for each in assessments))):
            faults[f"words-{transition}"] = "Say why; the partner reads it."
    if len(comment) > _COMMENT_MAX:
        faults[f"words-{transition}"] = f"Shorten it to {_COMMENT_MAX} characters; it has {len(comment)}."
    return HandedIn(tuple(assessments), _confirmed(visit, case), transition, comment, faults)


def write(visit: Visit, key: SubjectKey, case: CaseFile, handed: HandedIn) -> str:
    """Save the findings, or decide on them; answers the name of what is told.

    Raises:
        MoveConflict: the page is not that of the subject any more; nothing is saved.
        Refused: requirements are unmet; the findings are saved all the same.
        NotAllowed, InvalidInput: as the engine says.
    """
    if not handed.transition:
        _save(visit, key, handed)
        return "assessed"
    comment = handed.comment
    if not comment and case.lifecycle.transition(handed.transition).needs:
        comment = composed(case.titles, wanting(case.sheet, handed.assessments))
    try:
        visit.engine.conclude(
            key, handed.transition, handed.assessments,
            facts=handed.confirmed, by=visit.by, comment=comment, expect=visit.field("expect"),
        )  # fmt: skip
    except Refused:
        _save(visit, key, handed)
        raise
    return "moved"


def _save(visit: Visit, key: SubjectKey, handed: HandedIn) -> None:
    if handed.assessments:
        visit.engine.assess(key, handed.assessments, by=visit.by, expect=visit.field("expect"))
    if handed.confirmed:
        visit.engine.edit(key, handed.confirmed, by=visit.by, expect=visit.field("expect"))


def drawn_at(visit: Visit, case: CaseFile) -> datetime:
    """When the page was drawn that the form came from (aware UTC); the beginning of the state if it does not say."""
    try:
        moment = datetime.fromisoformat(visit.field("drawn"))
    except ValueError:
        return case.subject.since
    return moment if moment.tzinfo else case.subject.since


def _confirmed(visit: Visit, case: CaseFile) -> dict[str, bool]:
    answers = {each.fact.name: (visit.field(f"confirm-{each.fact.name}"), each.value) for each in case.confirmations}
    return {
        name: answer == YES for name, (answer, before) in answers.items() if answer and (answer == YES) is not before
    }


def _criteria(visit: Visit, case: CaseFile, faults: dict[str, str]) -> list[Assessment]:
    found = []
    for criterion in case.sheet.criteria:
        result = visit.field(f"result-{criterion.name}")
        comment = visit.field(f"comment-{criterion.name}")
        now = criterion.current
        if now and (result, comment) == (now.result, now.comment):
            continue
        if not result:
            if comment:
                faults[f"comment-{criterion.name}"] = "Say whether it passed; your comment is kept until then."
            continue
        if result not in (PASSED, FAILED, NOT_APPLICABLE):
            raise InvalidInput("there is no such result", cure="Choose one of those offered.")
        if result != PASSED and not comment:
            faults[f"comment-{criterion.name}"] = _WANTED[result]
        if len(comment) > _COMMENT_MAX:
            faults[f"comment-{criterion.name}"] = f"Shorten it to {_COMMENT_MAX} characters."
        found.append(Assessment(result, criterion.name, comment))
    return found


_WANTED = {
    FAILED: "Say what has to change; the partner reads it.",
    NOT_APPLICABLE: "Say why it does not apply.",
}


def _points(visit: Visit, case: CaseFile, faults: dict[str, str]) -> list[Assessment]:
    """A point beside the criteria; at most one at a time, so that the form stays short."""
    comment, about = visit.field("point"), visit.field("point-about")
    if not comment:
        return []
    if about and about not in case.lifecycle.facts:
        raise InvalidInput("there is no such fact", cure="Choose one of those offered.")
    if len(comment) > _COMMENT_MAX:
        faults["point"] = f"Shorten it to {_COMMENT_MAX} characters."
    return [Assessment(NOTED, comment=comment, about=about)]
