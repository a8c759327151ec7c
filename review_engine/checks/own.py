"""A host's own check, made to answer as the built-in ones do: never without a name, a cure, or a sound verdict.

A host's code may fail, and a subject must not be let through, nor a page be lost, because it did: an exception becomes
an unknown verdict, which is unmet, and the log says why. An answer that is no verdict is a mistake in the host's code
and is said so at once.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from review_engine.domain.cases import Case
from review_engine.domain.errors import InvalidInput, shown
from review_engine.domain.guards import Guard
from review_engine.domain.playbook import Test
from review_engine.domain.verdicts import FAILED, PASSED, UNKNOWN, Verdict

_log = logging.getLogger("review_engine.checks")


def adapted(guard: Guard, function: Callable[..., Any], params: Mapping[str, object]) -> Test:
    """The check of one guard, from a plain function of a case and parameters.

    Args:
        guard: the guard that asks.
        function: the host's.
        params: as the signature takes them.
    """
    name, fix = guard.name, guard.fix

    def test(case: Case) -> Verdict:
        try:
            answer = function(case, **params)
        except Exception:
            _log.exception("check %s of guard %s failed for %s", guard.check, name, case.key)
            return Verdict(name, UNKNOWN, "the check could not be made just now", fix)
        if not isinstance(answer, Verdict) or answer.outcome not in (PASSED, FAILED, UNKNOWN):
            raise _no_verdict(guard, answer)
        return answer._replace(guard=name, cure=answer.cure if answer.met else answer.cure or fix)

    return test


def _no_verdict(guard: Guard, answer: object) -> InvalidInput:
    if hasattr(answer, "close") and hasattr(answer, "__await__"):
        answer.close()
        return InvalidInput(
            f"check '{guard.check}' is asynchronous",
            where=f"guard {guard.name}",
            cure="Make it a plain function; what has to wait for an answer belongs into a probe.",
        )
    return InvalidInput(
        f"check '{guard.check}' answered {shown(repr(answer))}, which is not a verdict",
        where=f"guard {guard.name}",
        cure="Return Verdict.of(passed, reason) or Verdict.unknown(reason).",
    )
