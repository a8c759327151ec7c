"""The tables as they were first. A migration stays as it was written, so nothing here follows the tables of today."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)

TABLES = (
    "review_subject",
    "review_move",
    "review_fact_change",
    "review_evidence",
    "review_waiver",
    "review_submission",
    "review_clock",
    "review_clock_event",
    "review_notice",
    "review_answer",
    "review_activity",
    "review_secret",
    "review_secret_look",
    "review_partner",
    "review_person",
    "review_person_partner",
    "review_workflow",
    "review_calendar_version",
    "review_imported",
    "review_odd_event",
    "review_heartbeat",
    "review_delivery",
    "review_delivery_content",
    "review_channel_pause",
    "review_suppression",
    "review_preference",
    "review_finding",
    "review_remark",
    "review_token",
)
"""In an order in which every table finds those it refers to."""


def upgrade() -> None:
    """Make them."""
    _subjects()
    _clocks()
    _beside()
    _people()
    _catalogs()
    _deliveries()
    _reviews()
    _tokens()


def downgrade() -> None:
    """Drop them, and everything in them."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _subjects() -> None:
    """Subjects and their history."""
    op.create_table(
        "review_subject",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("slug", KEY, nullable=False),
        sa.Column("partner", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("said", DOCUMENT, nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.Column("evidence", DOCUMENT, nullable=False),
        sa.Column("waivers", DOCUMENT, nullable=False),
        sa.Column("submission", DOCUMENT, nullable=True),
        sa.Column("parent", KEY, nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("head", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["review_subject.id"], name="fk_review_subject_parent_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_subject"),
        sa.UniqueConstraint("kind", "slug", name="uq_review_subject_kind_slug"),
    )
    op.create_index("ix_review_subject_kind_state_slug", "review_subject", ["kind", "state", "slug"])
    op.create_index("ix_review_subject_parent_id", "review_subject", ["parent_id"])
    op.create_index("ix_review_subject_partner", "review_subject", ["partner"])
    op.create_table(
        "review_move",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("transition", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("verdicts", DOCUMENT, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_move_subject_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("subject_id", "number", name="pk_review_move"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_move_at", "review_move", ["at"])
    op.create_table(
        "review_fact_change",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", DOCUMENT, nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_fact_change_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_fact_change"),
    )
    op.create_index("ix_review_fact_change_subject_id", "review_fact_change", ["subject_id"])
    op.create_table(
        "review_evidence",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("probe", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_evidence_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_evidence"),
    )
    op.create_index("ix_review_evidence_subject_id", "review_evidence", ["subject_id"])
    op.create_table(
        "review_waiver",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("guard", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_waiver_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_waiver"),
    )
    op.create_index("ix_review_waiver_subject_id", "review_waiver", ["subject_id"])
    op.create_table(
        "review_submission",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("taken", DOCUMENT, nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_submission_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", "round", name="pk_review_submission"),
        sqlite_with_rowid=False,
    )


def _clocks() -> None:
    """Promises, and what is told of them."""
    op.create_table(
        "review_clock",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("sla", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("within", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("rest", ID, nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("breached_at", INSTANT, nullable=True),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("wakes_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_clock_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", "sla", name="pk_review_clock"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_review_clock_wakes_at",
        "review_clock",
        ["wakes_at"],
        postgresql_where=sa.text("wakes_at IS NOT NULL"),
        sqlite_where=sa.text("wakes_at IS NOT NULL"),
    )
    op.create_table(
        "review_clock_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("sla", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_clock_event_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_clock_event"),
        sa.UniqueConstraint(
            "subject_id", "sla", "cycle", "kind", "mark", name="uq_review_clock_event_subject_id_sla_cycle_kind_mark"
        ),
    )
    op.create_table(
        "review_notice",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("audience", DOCUMENT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("context", DOCUMENT, nullable=False),
        sa.Column("idem_key", KEY, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_notice"),
        sa.UniqueConstraint("idem_key", name="uq_review_notice_idem_key"),
    )
    op.create_index(
        "ix_review_notice_pending",
        "review_notice",
        ["id"],
        postgresql_where=sa.text("status = 'pending'"),
        sqlite_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "review_answer",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_review_answer"),
        sqlite_with_rowid=False,
    )


def _beside() -> None:
    """What else is kept of a subject."""
    op.create_table(
        "review_activity",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("customer", KEY, nullable=False),
        sa.Column("first_seen", INSTANT, nullable=False),
        sa.Column("last_seen", INSTANT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_activity_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", "customer", name="pk_review_activity"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_review_activity_counted",
        "review_activity",
        ["subject_id", "last_seen"],
        postgresql_where=sa.text("excluded = ''"),
        sqlite_where=sa.text("excluded = ''"),
    )
    op.create_table(
        "review_secret",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_secret_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", "fact", "version", name="pk_review_secret"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_secret_look",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_secret_look_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_secret_look"),
    )
    op.create_index("ix_review_secret_look_subject_id", "review_secret_look", ["subject_id"])


def _people() -> None:
    """Partners and people."""
    op.create_table(
        "review_partner",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_review_partner"),
    )
    op.create_table(
        "review_person",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_review_person"),
        sa.UniqueConstraint("mailbox", name="uq_review_person_mailbox"),
    )
    op.create_table(
        "review_person_partner",
        sa.Column("person", KEY, nullable=False),
        sa.Column("partner", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["review_person.key"], name="fk_review_person_partner_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person", "partner", name="pk_review_person_partner"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_person_partner_partner", "review_person_partner", ["partner"])


def _catalogs() -> None:
    """Workflows, calendars, imported catalogs, workers."""
    op.create_table(
        "review_workflow",
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_review_workflow"),
    )
    op.create_table(
        "review_calendar_version",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_review_calendar_version"),
    )
    op.create_table(
        "review_imported",
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_review_imported"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_odd_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_odd_event"),
        sa.UniqueConstraint("digest", name="uq_review_odd_event_digest"),
    )
    op.create_table(
        "review_heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_review_heartbeat"),
    )


def _deliveries() -> None:
    """What is told to whom over which channel, and what is known of channels, addresses and choices."""
    op.create_table(
        "review_delivery",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("idem_key", KEY, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("caused_at", INSTANT, nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("reader", DOCUMENT, nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("letter_version", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("context", DOCUMENT, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("thread_root", sa.String(), nullable=False),
        sa.Column("resends", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.String(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("data_started_at", INSTANT, nullable=True),
        sa.Column("last_stage", sa.String(), nullable=False),
        sa.Column("last_code", sa.Integer(), nullable=True),
        sa.Column("last_enhanced", sa.String(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("remote_reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_delivery"),
        sa.UniqueConstraint("idem_key", name="uq_review_delivery_idem_key"),
    )
    for name, columns, where in (
        ("bundled", ["bundle"], "status = 'pending' AND bundle <> ''"),
        ("due", ["channel", "priority", "available_at", "id"], "status='pending' AND bundle=''"),
        ("expiring", ["expires_at"], "status = 'pending' AND expires_at IS NOT NULL"),
        ("leased", ["lease_until"], "status = 'sending'"),
    ):
        op.create_index(
            f"ix_review_{name}",
            "review_delivery",
            columns,
            postgresql_where=sa.text(where),
            sqlite_where=sa.text(where),
        )
    op.create_table(
        "review_delivery_content",
        sa.Column("delivery_id", ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["review_delivery.id"],
            name="fk_review_delivery_content_delivery_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_review_delivery_content"),
    )
    if op.get_bind().dialect.name == "postgresql":  # a letter is read once: compressing it costs more than it saves
        op.execute("ALTER TABLE review_delivery_content ALTER COLUMN content SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE review_delivery SET (fillfactor = 50)")  # written three times, on the same page
    op.create_table(
        "review_channel_pause",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_review_channel_pause"),
    )
    op.create_table(
        "review_suppression",
        sa.Column("address", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_review_suppression"),
    )
    op.create_table(
        "review_preference",
        sa.Column("person", KEY, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("letters", DOCUMENT, nullable=False),
        sa.Column("quiet_from", sa.String(), nullable=False),
        sa.Column("quiet_until", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_review_preference"),
    )


def _reviews() -> None:
    """What is said in reviews."""
    op.create_table(
        "review_finding",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_finding_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", "number", name="pk_review_finding"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_remark",
        sa.Column("subject_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["review_subject.id"], name="fk_review_remark_subject_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", "number", name="pk_review_remark"),
        sqlite_with_rowid=False,
    )


def _tokens() -> None:
    """Who may come in."""
    op.create_table(
        "review_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_review_token"),
    )
