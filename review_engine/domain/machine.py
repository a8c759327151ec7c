"""The arbiter: `transitions` holds the table and says where a trigger leads. The only room that knows the library.

One Machine per workflow revision, bound to no model: nothing is injected on our objects, no model is kept alive, no
``to_<state>`` shortcut exists, and no callback is ever named by text, so nothing in a file can be imported or run.
Guards are evaluated before (all of them, with reasons); the machine is told whether they hold, as a strict bool.
"""

from transitions import EventData, Machine, MachineError

from review_engine.domain.lifecycle import Lifecycle


class _Cursor:
    """What the library moves in our stead: a place, and whether the guards of the asked transition hold."""

    __slots__ = ("allowed", "state")

    def __init__(self, state: str, allowed: bool) -> None:
        self.state = state
        self.allowed = allowed


def _guards_hold(event: EventData) -> bool:
    cursor = event.model
    return isinstance(cursor, _Cursor) and cursor.allowed


class Arbiter:
    """Where a lifecycle's transitions lead. The table never changes, so each answer is worked out once and kept."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._answers: dict[tuple[str, str, bool], str | None] = {}
        self._machine = Machine(
            model=None,
            states=list(lifecycle.states),
            initial=lifecycle.starts,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
        for transition in lifecycle.transitions.values():
            self._machine.add_transition(
                transition.name, list(transition.sources), transition.target, conditions=[_guards_hold]
            )

    def leads_to(self, state: str, transition: str, *, allowed: bool) -> str | None:
        """The state that ``transition`` leads to from ``state``; None if it does not start there or is not allowed."""
        asked = state, transition, allowed
        if asked not in self._answers:
            self._answers[asked] = self._worked_out(*asked)
        return self._answers[asked]

    def _worked_out(self, state: str, transition: str, allowed: bool) -> str | None:
        cursor = _Cursor(state, allowed)
        try:
            taken = self._machine.events[transition].trigger(cursor)
        except MachineError:
            return None
        return cursor.state if taken else None
