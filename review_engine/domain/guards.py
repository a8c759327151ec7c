"""Guards: named truths that must hold before a transition, with words and a cure for the partner.

Rule and fact have two names: a *guard* is declared in a workflow file, a *check* is the function that answers it
(``review_engine.checks``, or a host's own), a *verdict* is one answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Guard:
    """The declaration of one guard.

    Args:
        name: as transitions refer to it.
        title: the truth, worded for the partner.
        check: name of the function that answers it.
        fix: the cure when it is not met.
        params: what the check is called with.
        waivable: whether a manager may record an exception.
    """

    name: str
    title: str
    check: str
    fix: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    waivable: bool = False
