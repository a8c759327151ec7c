"""Which columns are read and written, and in which order: what statements, rows and values agree on."""

SUBJECT = (
    "id", "kind", "slug", "partner", "state", "since", "number", "revision", "workflow", "created_at", "facts", "said",
    "facts_hash", "evidence", "waivers", "submission", "parent", "head", "parent_id",
)  # fmt: skip
"""The columns of a subject as it is read."""

SUBJECT_UPDATED = (
    "state", "since", "number", "revision", "workflow", "facts", "said", "facts_hash", "evidence", "waivers",
    "submission", "head",
)  # fmt: skip
"""The columns of a subject that a change may change."""

SELDOM_UPDATED = ("facts", "said", "evidence", "waivers")
"""Those of them that most changes leave as they are; where many are written at once, nothing stands for the same."""

MOVE = (
    "number", "transition", "source", "target", "role", "by", "at", "workflow", "round", "facts_hash", "comment",
    "verdicts", "previous", "hash",
)  # fmt: skip
"""The columns of a move as it is read."""

CLOCK = (
    "sla", "cycle", "round", "state", "started_at", "due_at", "within", "calendar", "rest", "paused_at", "reminded",
    "breached_at", "stopped_at", "wakes_at",
)  # fmt: skip
"""The columns of a clock, in the order of the value's fields."""

CHILD = ("kind", "slug", "state", "evidence")
"""As much of a component as its parent's guards read."""

ANSWER = ("scope", "key", "digest", "body", "at")
"""The columns of an answer, in the order of the value's fields."""

NOTICE = ("id", "status", "name", "subject", "partner", "cause", "audience", "at", "context")
"""The columns of a notice as it is read."""

LEDGERS = {
    "move": (MOVE, ("number",)),
    "fact_change": (("name", "value", "role", "by", "at"), ("id",)),
    "evidence": (("probe", "outcome", "at", "by", "expires_at", "note", "number"), ("id",)),
    "waiver": (("guard", "reason", "by", "at", "until"), ("id",)),
    "submission": (
        ("round", "opened_at", "opened_by", "facts_hash", "claimed_by", "claimed_at", "decision", "taken", "facts"),
        ("round",),
    ),
    "clock_event": (("sla", "cycle", "kind", "mark", "at", "due_at", "note"), ("id",)),
    "activity": (("customer", "first_seen", "last_seen", "source", "excluded"), ("customer",)),
    "secret_look": (("fact", "by", "at"), ("id",)),
    "finding": (("round", "number", "criterion", "result", "comment", "about", "by", "at", "late"), ("number",)),
    "remark": (("number", "text", "role", "by", "at", "round", "internal"), ("number",)),
}
"""What is kept beside a subject and read whole: table -> (columns, order)."""

PARTS = (
    "move", "fact_change", "evidence", "waiver", "finding", "remark", "submission", "clock", "clock_event", "notice",
    "secret", "secret_look", "partner", "person", "person_partner", "answer", "imported",
)  # fmt: skip
"""The tables a change appends to, in an order in which every row finds the row it refers to."""

REWRITTEN = {
    "clock": ("subject_id", "sla"),
    "submission": ("subject_id", "round"),
    "partner": ("key",),
    "heartbeat": ("name",),
}
"""Parts that are written over when they are there already: table -> what tells them apart."""

FROZEN = frozenset({("submission", "facts")})
"""Columns that keep what they were first given: a round's facts are those it was opened with."""
