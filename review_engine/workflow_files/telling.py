"""Rules on what is told and when: a notice that waits must have something to wait for, and a milestone a count.

Apart from ``conduct``, which is about where a subject goes; this is about what people hear of it.
"""

from collections.abc import Iterator

from review_engine.domain.lifecycle import Lifecycle
from review_engine.workflow_files.names_declared import Finding

_COUNTS = ("count_at_least", "active_customers")


def notices(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Notices on terms that cannot come true."""
    for plan in lifecycle.notices.values():
        place = f"notices.{plan.name}"
        if plan.expires is not None and plan.expires.is_business and not lifecycle.calendar:
            what = f"{plan.expires} are counted on a calendar, and there is none"
            yield f"{place}.expires", what, 'Write plain time, such as "5 days", or add a calendar.'
        if plan.once_listed and "partner" not in plan.to:
            what = f"the notice '{plan.name}' does not reach the partner, and nobody else waits for the catalog"
            yield f"{place}.once_listed", what, "Take once_listed off."
        if plan.once_listed:
            yield from _unlisted(lifecycle, plan.name)


def _unlisted(lifecycle: Lifecycle, name: str) -> Iterator[Finding]:
    for rule in lifecycle.transitions.values():
        target = lifecycle.states.get(rule.target)
        if name in rule.notices and target is not None and not target.listed:
            yield (
                f"notices.{name}.once_listed",
                f"'{rule.name}' sends it and leads to '{rule.target}', which is not in the catalog",
                "Take once_listed off, or mark the state listed.",
            )


def milestones(lifecycle: Lifecycle) -> Iterator[Finding]:
    """Milestones whose guard counts nobody."""
    for milestone in lifecycle.milestones.values():
        guard = lifecycle.guards.get(milestone.guard)
        if guard is not None and (guard.check, guard.params.get("count")) != _COUNTS:
            yield (
                f"milestones.{milestone.name}.guard",
                f"the guard '{guard.name}' does not count active customers",
                'Name one with check = "count_at_least" and count = "active_customers".',
            )
