-- name: subject
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"

-- name: subjects
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(slugs)s::VARCHAR AS JSONB)) AS entry(value))

-- name: scan
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject

-- name: scan.page
ORDER BY review_subject.kind, review_subject.slug
LIMIT %(limit)s

-- name: census
SELECT review_subject.kind, review_subject.state, count(*) AS count_1
FROM review_subject

-- name: census.group
GROUP BY review_subject.kind, review_subject.state

-- name: where.kind
review_subject.kind = %(kind)s::VARCHAR COLLATE "C"

-- name: where.states
review_subject.state IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(states)s::VARCHAR AS JSONB)) AS entry(value))

-- name: where.partners
review_subject.partner IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(partners)s::VARCHAR AS JSONB)) AS entry(value))

-- name: where.parent
review_subject.parent_id = (SELECT above.id
FROM review_subject AS above
WHERE above.kind = %(above_kind)s::VARCHAR COLLATE "C" AND above.slug = %(above_slug)s::VARCHAR COLLATE "C")

-- name: where.after
(review_subject.kind, review_subject.slug) > (%(after_kind)s::VARCHAR, %(after_slug)s::VARCHAR)

-- name: active
SELECT count(*) AS count_1
FROM review_activity
WHERE review_activity.subject_id = %(id)s::BIGINT AND review_activity.excluded = '' AND review_activity.last_seen >=
    %(since)s::TIMESTAMP WITH TIME ZONE

-- name: clocks
SELECT review_clock.sla, review_clock.cycle, review_clock.round, review_clock.state, review_clock.started_at,
    review_clock.due_at, review_clock.within, review_clock.calendar, review_clock.rest, review_clock.paused_at,
    review_clock.reminded, review_clock.breached_at, review_clock.stopped_at, review_clock.wakes_at
FROM review_clock
WHERE review_clock.subject_id = %(id)s::BIGINT

-- name: children
SELECT child.kind, child.slug, child.state, CAST(child.evidence AS TEXT) AS evidence
FROM review_subject AS child
WHERE child.parent_id = %(id)s::BIGINT

-- name: answer
SELECT review_answer.scope, review_answer.key, review_answer.digest, review_answer.body, review_answer.at
FROM review_answer
WHERE review_answer.scope = %(scope)s::VARCHAR AND review_answer.key = %(key)s::VARCHAR

-- name: active.many
SELECT review_activity.subject_id, entry.value, count(*) AS count_1
FROM review_activity, jsonb_array_elements_text(CAST(%(windows)s::VARCHAR AS JSONB)) AS entry(value)
WHERE review_activity.subject_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND review_activity.excluded = ''
    AND review_activity.last_seen >= CAST(entry.value AS TIMESTAMP WITH TIME ZONE) GROUP BY
    review_activity.subject_id, entry.value

-- name: clocks.many
SELECT review_clock.sla, review_clock.cycle, review_clock.round, review_clock.state, review_clock.started_at,
    review_clock.due_at, review_clock.within, review_clock.calendar, review_clock.rest, review_clock.paused_at,
    review_clock.reminded, review_clock.breached_at, review_clock.stopped_at, review_clock.wakes_at,
    review_clock.subject_id
FROM review_clock
WHERE review_clock.subject_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value))

-- name: children.many
SELECT child.kind, child.slug, child.state, CAST(child.evidence AS TEXT) AS evidence, child.parent_id
FROM review_subject AS child
WHERE child.parent_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value))

-- name: ledger.move
SELECT review_move.number, review_move.transition, review_move.source, review_move.target, review_move.role,
    review_move.by, review_move.at, review_move.workflow, review_move.round, review_move.facts_hash,
    review_move.comment, CAST(review_move.verdicts AS TEXT) AS verdicts, review_move.previous, review_move.hash
FROM review_move JOIN review_subject ON review_subject.id = review_move.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_move.number

-- name: ledger.fact_change
SELECT review_fact_change.name, CAST(review_fact_change.value AS TEXT) AS value, review_fact_change.role,
    review_fact_change.by, review_fact_change.at
FROM review_fact_change JOIN review_subject ON review_subject.id = review_fact_change.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_fact_change.id

-- name: ledger.evidence
SELECT review_evidence.probe, review_evidence.outcome, review_evidence.at, review_evidence.by,
    review_evidence.expires_at, review_evidence.note, review_evidence.number
FROM review_evidence JOIN review_subject ON review_subject.id = review_evidence.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_evidence.id

-- name: ledger.waiver
SELECT review_waiver.guard, review_waiver.reason, review_waiver.by, review_waiver.at, review_waiver.until
FROM review_waiver JOIN review_subject ON review_subject.id = review_waiver.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_waiver.id

-- name: ledger.submission
SELECT review_submission.round, review_submission.opened_at, review_submission.opened_by,
    review_submission.facts_hash, review_submission.claimed_by, review_submission.claimed_at,
    review_submission.decision, CAST(review_submission.taken AS TEXT) AS taken, CAST(review_submission.facts AS
    TEXT) AS facts
FROM review_submission JOIN review_subject ON review_subject.id = review_submission.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_submission.round

-- name: ledger.clock_event
SELECT review_clock_event.sla, review_clock_event.cycle, review_clock_event.kind, review_clock_event.mark,
    review_clock_event.at, review_clock_event.due_at, review_clock_event.note
FROM review_clock_event JOIN review_subject ON review_subject.id = review_clock_event.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_clock_event.id

-- name: ledger.activity
SELECT review_activity.customer, review_activity.first_seen, review_activity.last_seen, review_activity.source,
    review_activity.excluded
FROM review_activity JOIN review_subject ON review_subject.id = review_activity.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_activity.customer

-- name: ledger.secret_look
SELECT review_secret_look.fact, review_secret_look.by, review_secret_look.at
FROM review_secret_look JOIN review_subject ON review_subject.id = review_secret_look.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_secret_look.id

-- name: ledger.finding
SELECT review_finding.round, review_finding.number, review_finding.criterion, review_finding.result,
    review_finding.comment, review_finding.about, review_finding.by, review_finding.at, review_finding.late
FROM review_finding JOIN review_subject ON review_subject.id = review_finding.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_finding.number

-- name: ledger.remark
SELECT review_remark.number, review_remark.text, review_remark.role, review_remark.by, review_remark.at,
    review_remark.round, review_remark.internal
FROM review_remark JOIN review_subject ON review_subject.id = review_remark.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    ORDER BY review_remark.number

-- name: histories
SELECT review_subject.kind, review_subject.slug, review_subject.head, review_move.number, review_move.transition,
    review_move.source, review_move.target, review_move.role, review_move.by, review_move.at, review_move.workflow,
    review_move.round, review_move.facts_hash, review_move.comment, CAST(review_move.verdicts AS TEXT) AS verdicts,
    review_move.previous, review_move.hash
FROM review_subject LEFT OUTER JOIN review_move ON review_move.subject_id = review_subject.id ORDER BY
    review_subject.kind, review_subject.slug, review_move.number

-- name: histories.kind
SELECT review_subject.kind, review_subject.slug, review_subject.head, review_move.number, review_move.transition,
    review_move.source, review_move.target, review_move.role, review_move.by, review_move.at, review_move.workflow,
    review_move.round, review_move.facts_hash, review_move.comment, CAST(review_move.verdicts AS TEXT) AS verdicts,
    review_move.previous, review_move.hash
FROM review_subject LEFT OUTER JOIN review_move ON review_move.subject_id = review_subject.id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" ORDER BY review_subject.kind, review_subject.slug,
    review_move.number

-- name: drips
SELECT review_finding.by, count(*) AS count_1, sum(CASE WHEN (review_finding.late IS true) THEN 1 ELSE 0 END) AS
    sum_1
FROM review_finding
WHERE review_finding.round > 1 AND review_finding.result IN ('failed', 'noted') AND review_finding.at >=
    %(since)s::TIMESTAMP WITH TIME ZONE GROUP BY review_finding.by ORDER BY review_finding.by

-- name: sealed
SELECT review_secret.fact, review_secret.version, review_secret.sealed
FROM review_secret JOIN review_subject ON review_subject.id = review_secret.subject_id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    AND review_secret.fact = %(fact)s::VARCHAR ORDER BY review_secret.version DESC

-- name: notices
SELECT review_notice.id, review_notice.status, review_notice.name, review_notice.subject, review_notice.partner,
    review_notice.cause, CAST(review_notice.audience AS TEXT) AS audience, review_notice.at,
    CAST(review_notice.context AS TEXT) AS context
FROM review_notice
WHERE review_notice.id > %(after)s::BIGINT ORDER BY review_notice.id
LIMIT %(limit)s

-- name: notices.of
SELECT review_notice.id, review_notice.status, review_notice.name, review_notice.subject, review_notice.partner,
    review_notice.cause, CAST(review_notice.audience AS TEXT) AS audience, review_notice.at,
    CAST(review_notice.context AS TEXT) AS context
FROM review_notice
WHERE review_notice.id > %(after)s::BIGINT AND review_notice.idem_key >= %(first)s::VARCHAR COLLATE "C" AND
    review_notice.idem_key < %(behind)s::VARCHAR COLLATE "C" ORDER BY review_notice.id
LIMIT %(limit)s

-- name: subject.id
SELECT review_subject.id
FROM review_subject
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"

-- name: subject.lock
SELECT review_subject.id
FROM review_subject
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"
    FOR NO KEY UPDATE

-- name: subject.update
UPDATE review_subject SET state=%(state)s::VARCHAR, since=%(since)s::TIMESTAMP WITH TIME ZONE,
    number=%(number)s::INTEGER, revision=%(revision)s::BIGINT, workflow=%(workflow)s::VARCHAR,
    facts=%(facts)s::JSONB, said=%(said)s::JSONB, facts_hash=%(facts_hash)s::VARCHAR, evidence=%(evidence)s::JSONB,
    waivers=%(waivers)s::JSONB, submission=%(submission)s::JSONB, head=%(head)s::VARCHAR WHERE review_subject.id =
    %(its_id)s::BIGINT AND review_subject.revision = %(read_revision)s::BIGINT

-- name: subject.bump
UPDATE review_subject SET revision=(review_subject.revision + 1) WHERE review_subject.id = %(its_id)s::BIGINT

-- name: subjects.bump
UPDATE review_subject SET revision=(review_subject.revision + 1) WHERE review_subject.id IN (SELECT CAST(entry.value
    AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value))

-- name: subjects.new
SELECT nextval(pg_get_serial_sequence('review_subject', 'id')) AS nextval_1
FROM generate_series(1, %(count)s::INTEGER) AS one

-- name: insert.subject
INSERT INTO review_subject (id, kind, slug, partner, state, since, number, revision, workflow, created_at, facts,
    said, facts_hash, evidence, waivers, submission, parent, parent_id, head) SELECT r.id, r.kind, r.slug,
    r.partner, r.state, r.since, r.number, r.revision, r.workflow, r.created_at, CAST(r.facts AS JSONB) AS facts,
    CAST(r.said AS JSONB) AS said, r.facts_hash, CAST(r.evidence AS JSONB) AS evidence, CAST(r.waivers AS JSONB) AS
    waivers, CAST(r.submission AS JSONB) AS submission, r.parent, r.parent_id, r.head
FROM jsonb_to_recordset(CAST(%(subject_rows)s::VARCHAR AS JSONB)) AS r(id BIGINT, kind VARCHAR COLLATE "C", slug
    VARCHAR COLLATE "C", partner VARCHAR COLLATE "C", state VARCHAR, since TIMESTAMP WITH TIME ZONE, number INTEGER,
    revision BIGINT, workflow VARCHAR, created_at TIMESTAMP WITH TIME ZONE, facts TEXT, said TEXT, facts_hash
    VARCHAR, evidence TEXT, waivers TEXT, submission TEXT, parent VARCHAR COLLATE "C", parent_id BIGINT, head
    VARCHAR)

-- name: insert.move
INSERT INTO review_move (subject_id, number, transition, source, target, role, by, at, workflow, round, facts_hash,
    comment, verdicts, previous, hash) SELECT r.subject_id, r.number, r.transition, r.source, r.target, r.role,
    r.by, r.at, r.workflow, r.round, r.facts_hash, r.comment, CAST(r.verdicts AS JSONB) AS verdicts, r.previous,
    r.hash
FROM jsonb_to_recordset(CAST(%(move_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, number INTEGER, transition
    VARCHAR, source VARCHAR, target VARCHAR, role VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE, workflow
    VARCHAR, round INTEGER, facts_hash VARCHAR, comment TEXT, verdicts TEXT, previous VARCHAR, hash VARCHAR)

-- name: insert.fact_change
INSERT INTO review_fact_change (subject_id, name, value, role, by, at) SELECT r.subject_id, r.name, CAST(r.value AS
    JSONB) AS value, r.role, r.by, r.at
FROM jsonb_to_recordset(CAST(%(fact_change_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, name VARCHAR, value
    TEXT, role VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE)

-- name: insert.evidence
INSERT INTO review_evidence (subject_id, probe, outcome, at, by, expires_at, note, number) SELECT r.subject_id,
    r.probe, r.outcome, r.at, r.by, r.expires_at, r.note, r.number
FROM jsonb_to_recordset(CAST(%(evidence_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, probe VARCHAR, outcome
    VARCHAR, at TIMESTAMP WITH TIME ZONE, by VARCHAR, expires_at TIMESTAMP WITH TIME ZONE, note TEXT, number
    INTEGER)

-- name: insert.waiver
INSERT INTO review_waiver (subject_id, guard, reason, by, at, until) SELECT r.subject_id, r.guard, r.reason, r.by,
    r.at, r.until
FROM jsonb_to_recordset(CAST(%(waiver_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, guard VARCHAR, reason TEXT,
    by VARCHAR, at TIMESTAMP WITH TIME ZONE, until TIMESTAMP WITH TIME ZONE)

-- name: insert.finding
INSERT INTO review_finding (subject_id, number, round, criterion, result, comment, about, by, at, late) SELECT
    r.subject_id, r.number, r.round, r.criterion, r.result, r.comment, r.about, r.by, r.at, r.late
FROM jsonb_to_recordset(CAST(%(finding_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, number INTEGER, round
    INTEGER, criterion VARCHAR, result VARCHAR, comment TEXT, about VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME
    ZONE, late BOOLEAN)

-- name: insert.remark
INSERT INTO review_remark (subject_id, number, text, role, by, at, round, internal) SELECT r.subject_id, r.number,
    r.text, r.role, r.by, r.at, r.round, r.internal
FROM jsonb_to_recordset(CAST(%(remark_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, number INTEGER, text TEXT,
    role VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE, round INTEGER, internal BOOLEAN)

-- name: insert.submission
INSERT INTO review_submission (subject_id, round, opened_at, opened_by, facts_hash, claimed_by, claimed_at,
    decision, taken, facts) SELECT r.subject_id, r.round, r.opened_at, r.opened_by, r.facts_hash, r.claimed_by,
    r.claimed_at, r.decision, CAST(r.taken AS JSONB) AS taken, CAST(r.facts AS JSONB) AS facts
FROM jsonb_to_recordset(CAST(%(submission_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, round INTEGER,
    opened_at TIMESTAMP WITH TIME ZONE, opened_by VARCHAR, facts_hash VARCHAR, claimed_by VARCHAR, claimed_at
    TIMESTAMP WITH TIME ZONE, decision VARCHAR, taken TEXT, facts TEXT) ON CONFLICT (subject_id, round) DO UPDATE
    SET opened_at = excluded.opened_at, opened_by = excluded.opened_by, facts_hash = excluded.facts_hash, claimed_by
    = excluded.claimed_by, claimed_at = excluded.claimed_at, decision = excluded.decision, taken = excluded.taken

-- name: insert.clock
INSERT INTO review_clock (subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, rest,
    paused_at, reminded, breached_at, stopped_at, wakes_at) SELECT r.subject_id, r.sla, r.cycle, r.round, r.state,
    r.started_at, r.due_at, r.within, r.calendar, r.rest, r.paused_at, r.reminded, r.breached_at, r.stopped_at,
    r.wakes_at
FROM jsonb_to_recordset(CAST(%(clock_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, sla VARCHAR, cycle INTEGER,
    round INTEGER, state VARCHAR, started_at TIMESTAMP WITH TIME ZONE, due_at TIMESTAMP WITH TIME ZONE, within
    VARCHAR, calendar VARCHAR, rest BIGINT, paused_at TIMESTAMP WITH TIME ZONE, reminded INTEGER, breached_at
    TIMESTAMP WITH TIME ZONE, stopped_at TIMESTAMP WITH TIME ZONE, wakes_at TIMESTAMP WITH TIME ZONE) ON CONFLICT
    (subject_id, sla) DO UPDATE SET cycle = excluded.cycle, round = excluded.round, state = excluded.state,
    started_at = excluded.started_at, due_at = excluded.due_at, within = excluded.within, calendar =
    excluded.calendar, rest = excluded.rest, paused_at = excluded.paused_at, reminded = excluded.reminded,
    breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, wakes_at = excluded.wakes_at

-- name: insert.clock_event
INSERT INTO review_clock_event (subject_id, sla, cycle, kind, mark, at, due_at, note) SELECT r.subject_id, r.sla,
    r.cycle, r.kind, r.mark, r.at, r.due_at, r.note
FROM jsonb_to_recordset(CAST(%(clock_event_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, sla VARCHAR, cycle
    INTEGER, kind VARCHAR, mark INTEGER, at TIMESTAMP WITH TIME ZONE, due_at TIMESTAMP WITH TIME ZONE, note TEXT)

-- name: insert.notice
INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) SELECT r.name,
    r.subject, r.partner, r.cause, CAST(r.audience AS JSONB) AS audience, r.at, CAST(r.context AS JSONB) AS context,
    r.idem_key, r.status
FROM jsonb_to_recordset(CAST(%(notice_rows)s::VARCHAR AS JSONB)) AS r(name VARCHAR, subject VARCHAR, partner
    VARCHAR, cause VARCHAR, audience TEXT, at TIMESTAMP WITH TIME ZONE, context TEXT, idem_key VARCHAR COLLATE "C",
    status VARCHAR)

-- name: insert.secret
INSERT INTO review_secret (subject_id, fact, version, sealed) SELECT r.subject_id, r.fact, r.version, r.sealed
FROM jsonb_to_recordset(CAST(%(secret_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, fact VARCHAR, version
    INTEGER, sealed BYTEA)

-- name: insert.secret_look
INSERT INTO review_secret_look (subject_id, fact, by, at) SELECT r.subject_id, r.fact, r.by, r.at
FROM jsonb_to_recordset(CAST(%(secret_look_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, fact VARCHAR, by
    VARCHAR, at TIMESTAMP WITH TIME ZONE)

-- name: insert.partner
INSERT INTO review_partner (key, name) SELECT r.key, r.name
FROM jsonb_to_recordset(CAST(%(partner_rows)s::VARCHAR AS JSONB)) AS r(key VARCHAR COLLATE "C", name VARCHAR) ON
    CONFLICT (key) DO UPDATE SET name = excluded.name

-- name: insert.person
INSERT INTO review_person (key, name, address, mailbox, roles) SELECT r.key, r.name, r.address, r.mailbox,
    CAST(r.roles AS JSONB) AS roles
FROM jsonb_to_recordset(CAST(%(person_rows)s::VARCHAR AS JSONB)) AS r(key VARCHAR COLLATE "C", name VARCHAR, address
    VARCHAR, mailbox VARCHAR, roles TEXT) ON CONFLICT DO NOTHING

-- name: insert.answer
INSERT INTO review_answer (scope, key, digest, body, at) SELECT r.scope, r.key, r.digest, r.body, r.at
FROM jsonb_to_recordset(CAST(%(answer_rows)s::VARCHAR AS JSONB)) AS r(scope VARCHAR, key VARCHAR, digest VARCHAR,
    body TEXT, at TIMESTAMP WITH TIME ZONE)

-- name: insert.imported
INSERT INTO review_imported (digest) SELECT r.digest
FROM jsonb_to_recordset(CAST(%(imported_rows)s::VARCHAR AS JSONB)) AS r(digest VARCHAR)

-- name: insert.odd_event
INSERT INTO review_odd_event (digest, subject, reason, event, at) SELECT r.digest, r.subject, r.reason, r.event,
    r.at
FROM jsonb_to_recordset(CAST(%(odd_event_rows)s::VARCHAR AS JSONB)) AS r(digest VARCHAR, subject VARCHAR, reason
    TEXT, event TEXT, at TIMESTAMP WITH TIME ZONE)

-- name: insert.workflow
INSERT INTO review_workflow (revision, kind, document) SELECT r.revision, r.kind, r.document
FROM jsonb_to_recordset(CAST(%(workflow_rows)s::VARCHAR AS JSONB)) AS r(revision VARCHAR, kind VARCHAR, document
    TEXT) ON CONFLICT DO NOTHING

-- name: insert.person_partner
INSERT INTO review_person_partner (person, partner) SELECT coalesce((SELECT review_person.key
FROM review_person
WHERE review_person.key = r.person), (SELECT review_person.key
FROM review_person
WHERE review_person.mailbox = r.mailbox), r.person) AS coalesce_1, r.partner
FROM jsonb_to_recordset(CAST(%(person_partner_rows)s::VARCHAR AS JSONB)) AS r(person VARCHAR COLLATE "C", partner
    VARCHAR COLLATE "C", mailbox VARCHAR) ON CONFLICT DO NOTHING

-- name: dossier
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id, review_answer.scope, review_answer.key, review_answer.digest,
    review_answer.body, review_answer.at, CASE WHEN (%(windows)s::VARCHAR IS NOT NULL) THEN CAST((SELECT
    json_object_agg(entry.value, (SELECT count(*) AS count_1
FROM review_activity
WHERE review_activity.subject_id = review_subject.id AND review_activity.excluded = '' AND review_activity.last_seen
    >= CAST(entry.value AS TIMESTAMP WITH TIME ZONE))) AS json_object_agg_1
FROM jsonb_array_elements_text(CAST(%(windows)s::VARCHAR AS JSONB)) AS entry(value)) AS TEXT) END AS anon_1, CASE
    WHEN %(wants_clocks)s THEN CAST((SELECT json_agg(json_build_array(review_clock.sla, review_clock.cycle,
    review_clock.round, review_clock.state, review_clock.started_at, review_clock.due_at, review_clock.within,
    review_clock.calendar, review_clock.rest, review_clock.paused_at, review_clock.reminded,
    review_clock.breached_at, review_clock.stopped_at, review_clock.wakes_at)) AS json_agg_1
FROM review_clock
WHERE review_clock.subject_id = review_subject.id) AS TEXT) END AS anon_2, CASE WHEN %(wants_children)s THEN
    CAST((SELECT json_agg(json_build_array(child.kind, child.slug, child.state, child.evidence)) AS json_agg_2
FROM review_subject AS child
WHERE child.parent_id = review_subject.id) AS TEXT) END AS anon_3
FROM review_subject LEFT OUTER JOIN review_answer ON review_answer.scope = %(scope)s::VARCHAR AND review_answer.key
    = %(key)s::VARCHAR
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug = %(slug)s::VARCHAR COLLATE "C"

-- name: hit.update
UPDATE review_subject SET state=%(state)s::VARCHAR, since=%(since)s::TIMESTAMP WITH TIME ZONE,
    number=%(number)s::INTEGER, revision=%(revision)s::BIGINT, workflow=%(workflow)s::VARCHAR,
    facts=%(facts)s::JSONB, said=%(said)s::JSONB, facts_hash=%(facts_hash)s::VARCHAR, evidence=%(evidence)s::JSONB,
    waivers=%(waivers)s::JSONB, submission=%(submission)s::JSONB, head=%(head)s::VARCHAR WHERE review_subject.id =
    %(its_id)s::BIGINT AND review_subject.revision = %(read_revision)s::BIGINT RETURNING review_subject.id,
    review_subject.parent_id

-- name: hit.insert
INSERT INTO review_subject (kind, slug, partner, state, since, number, revision, workflow, created_at, facts, said,
    facts_hash, evidence, waivers, submission, parent, parent_id, head) VALUES (%(kind)s::VARCHAR COLLATE "C",
    %(slug)s::VARCHAR COLLATE "C", %(partner)s::VARCHAR COLLATE "C", %(state)s::VARCHAR, %(since)s::TIMESTAMP WITH
    TIME ZONE, %(number)s::INTEGER, %(revision)s::BIGINT, %(workflow)s::VARCHAR, %(created_at)s::TIMESTAMP WITH TIME
    ZONE, %(facts)s::JSONB, %(said)s::JSONB, %(facts_hash)s::VARCHAR, %(evidence)s::JSONB, %(waivers)s::JSONB,
    %(submission)s::JSONB, %(parent)s::VARCHAR COLLATE "C", %(parent_id)s::BIGINT, %(head)s::VARCHAR) RETURNING
    review_subject.id, review_subject.parent_id

-- name: part.parent
UPDATE review_subject SET revision=(review_subject.revision + 1) FROM hit WHERE review_subject.id = hit.parent_id

-- name: part.move
INSERT INTO review_move (subject_id, number, transition, source, target, role, by, at, workflow, round, facts_hash,
    comment, verdicts, previous, hash) SELECT hit.id, r.number, r.transition, r.source, r.target, r.role, r.by,
    r.at, r.workflow, r.round, r.facts_hash, r.comment, CAST(r.verdicts AS JSONB) AS verdicts, r.previous, r.hash
FROM hit JOIN jsonb_to_recordset(CAST(%(move_rows)s::VARCHAR AS JSONB)) AS r(number INTEGER, transition VARCHAR,
    source VARCHAR, target VARCHAR, role VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE, workflow VARCHAR, round
    INTEGER, facts_hash VARCHAR, comment TEXT, verdicts TEXT, previous VARCHAR, hash VARCHAR) ON true

-- name: part.move.one
INSERT INTO review_move (subject_id, number, transition, source, target, role, by, at, workflow, round, facts_hash,
    comment, verdicts, previous, hash) SELECT hit.id, %(move_number)s::INTEGER AS anon_1,
    %(move_transition)s::VARCHAR AS anon_2, %(move_source)s::VARCHAR AS anon_3, %(move_target)s::VARCHAR AS anon_4,
    %(move_role)s::VARCHAR AS anon_5, %(move_by)s::VARCHAR AS anon_6, %(move_at)s::TIMESTAMP WITH TIME ZONE AS
    anon_7, %(move_workflow)s::VARCHAR AS anon_8, %(move_round)s::INTEGER AS anon_9, %(move_facts_hash)s::VARCHAR AS
    anon_10, %(move_comment)s::VARCHAR AS anon_11, %(move_verdicts)s::JSONB AS anon_12, %(move_previous)s::VARCHAR
    AS anon_13, %(move_hash)s::VARCHAR AS anon_14
FROM hit

-- name: part.fact_change
INSERT INTO review_fact_change (subject_id, name, value, role, by, at) SELECT hit.id, r.name, CAST(r.value AS JSONB)
    AS value, r.role, r.by, r.at
FROM hit JOIN jsonb_to_recordset(CAST(%(fact_change_rows)s::VARCHAR AS JSONB)) AS r(name VARCHAR, value TEXT, role
    VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE) ON true

-- name: part.fact_change.one
INSERT INTO review_fact_change (subject_id, name, value, role, by, at) SELECT hit.id, %(fact_change_name)s::VARCHAR
    AS anon_1, %(fact_change_value)s::JSONB AS anon_2, %(fact_change_role)s::VARCHAR AS anon_3,
    %(fact_change_by)s::VARCHAR AS anon_4, %(fact_change_at)s::TIMESTAMP WITH TIME ZONE AS anon_5
FROM hit

-- name: part.evidence
INSERT INTO review_evidence (subject_id, probe, outcome, at, by, expires_at, note, number) SELECT hit.id, r.probe,
    r.outcome, r.at, r.by, r.expires_at, r.note, r.number
FROM hit JOIN jsonb_to_recordset(CAST(%(evidence_rows)s::VARCHAR AS JSONB)) AS r(probe VARCHAR, outcome VARCHAR, at
    TIMESTAMP WITH TIME ZONE, by VARCHAR, expires_at TIMESTAMP WITH TIME ZONE, note TEXT, number INTEGER) ON true

-- name: part.evidence.one
INSERT INTO review_evidence (subject_id, probe, outcome, at, by, expires_at, note, number) SELECT hit.id,
    %(evidence_probe)s::VARCHAR AS anon_1, %(evidence_outcome)s::VARCHAR AS anon_2, %(evidence_at)s::TIMESTAMP WITH
    TIME ZONE AS anon_3, %(evidence_by)s::VARCHAR AS anon_4, %(evidence_expires_at)s::TIMESTAMP WITH TIME ZONE AS
    anon_5, %(evidence_note)s::VARCHAR AS anon_6, %(evidence_number)s::INTEGER AS anon_7
FROM hit

-- name: part.waiver
INSERT INTO review_waiver (subject_id, guard, reason, by, at, until) SELECT hit.id, r.guard, r.reason, r.by, r.at,
    r.until
FROM hit JOIN jsonb_to_recordset(CAST(%(waiver_rows)s::VARCHAR AS JSONB)) AS r(guard VARCHAR, reason TEXT, by
    VARCHAR, at TIMESTAMP WITH TIME ZONE, until TIMESTAMP WITH TIME ZONE) ON true

-- name: part.waiver.one
INSERT INTO review_waiver (subject_id, guard, reason, by, at, until) SELECT hit.id, %(waiver_guard)s::VARCHAR AS
    anon_1, %(waiver_reason)s::VARCHAR AS anon_2, %(waiver_by)s::VARCHAR AS anon_3, %(waiver_at)s::TIMESTAMP WITH
    TIME ZONE AS anon_4, %(waiver_until)s::TIMESTAMP WITH TIME ZONE AS anon_5
FROM hit

-- name: part.finding
INSERT INTO review_finding (subject_id, number, round, criterion, result, comment, about, by, at, late) SELECT
    hit.id, r.number, r.round, r.criterion, r.result, r.comment, r.about, r.by, r.at, r.late
FROM hit JOIN jsonb_to_recordset(CAST(%(finding_rows)s::VARCHAR AS JSONB)) AS r(number INTEGER, round INTEGER,
    criterion VARCHAR, result VARCHAR, comment TEXT, about VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE, late
    BOOLEAN) ON true

-- name: part.finding.one
INSERT INTO review_finding (subject_id, number, round, criterion, result, comment, about, by, at, late) SELECT
    hit.id, %(finding_number)s::INTEGER AS anon_1, %(finding_round)s::INTEGER AS anon_2,
    %(finding_criterion)s::VARCHAR AS anon_3, %(finding_result)s::VARCHAR AS anon_4, %(finding_comment)s::VARCHAR AS
    anon_5, %(finding_about)s::VARCHAR AS anon_6, %(finding_by)s::VARCHAR AS anon_7, %(finding_at)s::TIMESTAMP WITH
    TIME ZONE AS anon_8, CAST(%(finding_late)s AS BOOLEAN) AS anon_9
FROM hit

-- name: part.remark
INSERT INTO review_remark (subject_id, number, text, role, by, at, round, internal) SELECT hit.id, r.number, r.text,
    r.role, r.by, r.at, r.round, r.internal
FROM hit JOIN jsonb_to_recordset(CAST(%(remark_rows)s::VARCHAR AS JSONB)) AS r(number INTEGER, text TEXT, role
    VARCHAR, by VARCHAR, at TIMESTAMP WITH TIME ZONE, round INTEGER, internal BOOLEAN) ON true

-- name: part.remark.one
INSERT INTO review_remark (subject_id, number, text, role, by, at, round, internal) SELECT hit.id,
    %(remark_number)s::INTEGER AS anon_1, %(remark_text)s::VARCHAR AS anon_2, %(remark_role)s::VARCHAR AS anon_3,
    %(remark_by)s::VARCHAR AS anon_4, %(remark_at)s::TIMESTAMP WITH TIME ZONE AS anon_5, %(remark_round)s::INTEGER
    AS anon_6, CAST(%(remark_internal)s AS BOOLEAN) AS anon_7
FROM hit

-- name: part.submission
INSERT INTO review_submission (subject_id, round, opened_at, opened_by, facts_hash, claimed_by, claimed_at,
    decision, taken, facts) SELECT hit.id, r.round, r.opened_at, r.opened_by, r.facts_hash, r.claimed_by,
    r.claimed_at, r.decision, CAST(r.taken AS JSONB) AS taken, CAST(r.facts AS JSONB) AS facts
FROM hit JOIN jsonb_to_recordset(CAST(%(submission_rows)s::VARCHAR AS JSONB)) AS r(round INTEGER, opened_at
    TIMESTAMP WITH TIME ZONE, opened_by VARCHAR, facts_hash VARCHAR, claimed_by VARCHAR, claimed_at TIMESTAMP WITH
    TIME ZONE, decision VARCHAR, taken TEXT, facts TEXT) ON true ON CONFLICT (subject_id, round) DO UPDATE SET
    opened_at = excluded.opened_at, opened_by = excluded.opened_by, facts_hash = excluded.facts_hash, claimed_by =
    excluded.claimed_by, claimed_at = excluded.claimed_at, decision = excluded.decision, taken = excluded.taken

-- name: part.submission.one
INSERT INTO review_submission (subject_id, round, opened_at, opened_by, facts_hash, claimed_by, claimed_at,
    decision, taken, facts) SELECT hit.id, %(submission_round)s::INTEGER AS anon_1,
    %(submission_opened_at)s::TIMESTAMP WITH TIME ZONE AS anon_2, %(submission_opened_by)s::VARCHAR AS anon_3,
    %(submission_facts_hash)s::VARCHAR AS anon_4, %(submission_claimed_by)s::VARCHAR AS anon_5,
    %(submission_claimed_at)s::TIMESTAMP WITH TIME ZONE AS anon_6, %(submission_decision)s::VARCHAR AS anon_7,
    %(submission_taken)s::JSONB AS anon_8, %(submission_facts)s::JSONB AS anon_9
FROM hit ON CONFLICT (subject_id, round) DO UPDATE SET opened_at = excluded.opened_at, opened_by =
    excluded.opened_by, facts_hash = excluded.facts_hash, claimed_by = excluded.claimed_by, claimed_at =
    excluded.claimed_at, decision = excluded.decision, taken = excluded.taken

-- name: part.clock
INSERT INTO review_clock (subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, rest,
    paused_at, reminded, breached_at, stopped_at, wakes_at) SELECT hit.id, r.sla, r.cycle, r.round, r.state,
    r.started_at, r.due_at, r.within, r.calendar, r.rest, r.paused_at, r.reminded, r.breached_at, r.stopped_at,
    r.wakes_at
FROM hit JOIN jsonb_to_recordset(CAST(%(clock_rows)s::VARCHAR AS JSONB)) AS r(sla VARCHAR, cycle INTEGER, round
    INTEGER, state VARCHAR, started_at TIMESTAMP WITH TIME ZONE, due_at TIMESTAMP WITH TIME ZONE, within VARCHAR,
    calendar VARCHAR, rest BIGINT, paused_at TIMESTAMP WITH TIME ZONE, reminded INTEGER, breached_at TIMESTAMP WITH
    TIME ZONE, stopped_at TIMESTAMP WITH TIME ZONE, wakes_at TIMESTAMP WITH TIME ZONE) ON true ON CONFLICT
    (subject_id, sla) DO UPDATE SET cycle = excluded.cycle, round = excluded.round, state = excluded.state,
    started_at = excluded.started_at, due_at = excluded.due_at, within = excluded.within, calendar =
    excluded.calendar, rest = excluded.rest, paused_at = excluded.paused_at, reminded = excluded.reminded,
    breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, wakes_at = excluded.wakes_at

-- name: part.clock.one
INSERT INTO review_clock (subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, rest,
    paused_at, reminded, breached_at, stopped_at, wakes_at) SELECT hit.id, %(clock_sla)s::VARCHAR AS anon_1,
    %(clock_cycle)s::INTEGER AS anon_2, %(clock_round)s::INTEGER AS anon_3, %(clock_state)s::VARCHAR AS anon_4,
    %(clock_started_at)s::TIMESTAMP WITH TIME ZONE AS anon_5, %(clock_due_at)s::TIMESTAMP WITH TIME ZONE AS anon_6,
    %(clock_within)s::VARCHAR AS anon_7, %(clock_calendar)s::VARCHAR AS anon_8, %(clock_rest)s::BIGINT AS anon_9,
    %(clock_paused_at)s::TIMESTAMP WITH TIME ZONE AS anon_10, %(clock_reminded)s::INTEGER AS anon_11,
    %(clock_breached_at)s::TIMESTAMP WITH TIME ZONE AS anon_12, %(clock_stopped_at)s::TIMESTAMP WITH TIME ZONE AS
    anon_13, %(clock_wakes_at)s::TIMESTAMP WITH TIME ZONE AS anon_14
FROM hit ON CONFLICT (subject_id, sla) DO UPDATE SET cycle = excluded.cycle, round = excluded.round, state =
    excluded.state, started_at = excluded.started_at, due_at = excluded.due_at, within = excluded.within, calendar =
    excluded.calendar, rest = excluded.rest, paused_at = excluded.paused_at, reminded = excluded.reminded,
    breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, wakes_at = excluded.wakes_at

-- name: part.clock_event
INSERT INTO review_clock_event (subject_id, sla, cycle, kind, mark, at, due_at, note) SELECT hit.id, r.sla, r.cycle,
    r.kind, r.mark, r.at, r.due_at, r.note
FROM hit JOIN jsonb_to_recordset(CAST(%(clock_event_rows)s::VARCHAR AS JSONB)) AS r(sla VARCHAR, cycle INTEGER, kind
    VARCHAR, mark INTEGER, at TIMESTAMP WITH TIME ZONE, due_at TIMESTAMP WITH TIME ZONE, note TEXT) ON true

-- name: part.clock_event.one
INSERT INTO review_clock_event (subject_id, sla, cycle, kind, mark, at, due_at, note) SELECT hit.id,
    %(clock_event_sla)s::VARCHAR AS anon_1, %(clock_event_cycle)s::INTEGER AS anon_2, %(clock_event_kind)s::VARCHAR
    AS anon_3, %(clock_event_mark)s::INTEGER AS anon_4, %(clock_event_at)s::TIMESTAMP WITH TIME ZONE AS anon_5,
    %(clock_event_due_at)s::TIMESTAMP WITH TIME ZONE AS anon_6, %(clock_event_note)s::VARCHAR AS anon_7
FROM hit

-- name: part.notice
INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) SELECT r.name,
    r.subject, r.partner, r.cause, CAST(r.audience AS JSONB) AS audience, r.at, CAST(r.context AS JSONB) AS context,
    r.idem_key, r.status
FROM hit JOIN jsonb_to_recordset(CAST(%(notice_rows)s::VARCHAR AS JSONB)) AS r(name VARCHAR, subject VARCHAR,
    partner VARCHAR, cause VARCHAR, audience TEXT, at TIMESTAMP WITH TIME ZONE, context TEXT, idem_key VARCHAR
    COLLATE "C", status VARCHAR) ON true

-- name: part.notice.one
INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) SELECT
    %(notice_name)s::VARCHAR AS anon_1, %(notice_subject)s::VARCHAR AS anon_2, %(notice_partner)s::VARCHAR AS
    anon_3, %(notice_cause)s::VARCHAR AS anon_4, %(notice_audience)s::JSONB AS anon_5, %(notice_at)s::TIMESTAMP WITH
    TIME ZONE AS anon_6, %(notice_context)s::JSONB AS anon_7, %(notice_idem_key)s::VARCHAR COLLATE "C" AS anon_8,
    %(notice_status)s::VARCHAR AS anon_9
FROM hit

-- name: part.secret
INSERT INTO review_secret (subject_id, fact, version, sealed) SELECT hit.id, r.fact, r.version, r.sealed
FROM hit JOIN jsonb_to_recordset(CAST(%(secret_rows)s::VARCHAR AS JSONB)) AS r(fact VARCHAR, version INTEGER, sealed
    BYTEA) ON true

-- name: part.secret.one
INSERT INTO review_secret (subject_id, fact, version, sealed) SELECT hit.id, %(secret_fact)s::VARCHAR AS anon_1,
    %(secret_version)s::INTEGER AS anon_2, CAST(%(secret_sealed)s AS BYTEA) AS anon_3
FROM hit

-- name: part.secret_look
INSERT INTO review_secret_look (subject_id, fact, by, at) SELECT hit.id, r.fact, r.by, r.at
FROM hit JOIN jsonb_to_recordset(CAST(%(secret_look_rows)s::VARCHAR AS JSONB)) AS r(fact VARCHAR, by VARCHAR, at
    TIMESTAMP WITH TIME ZONE) ON true

-- name: part.secret_look.one
INSERT INTO review_secret_look (subject_id, fact, by, at) SELECT hit.id, %(secret_look_fact)s::VARCHAR AS anon_1,
    %(secret_look_by)s::VARCHAR AS anon_2, %(secret_look_at)s::TIMESTAMP WITH TIME ZONE AS anon_3
FROM hit

-- name: part.partner
INSERT INTO review_partner (key, name) SELECT r.key, r.name
FROM hit JOIN jsonb_to_recordset(CAST(%(partner_rows)s::VARCHAR AS JSONB)) AS r(key VARCHAR COLLATE "C", name
    VARCHAR) ON true ON CONFLICT (key) DO UPDATE SET name = excluded.name

-- name: part.partner.one
INSERT INTO review_partner (key, name) SELECT %(partner_key)s::VARCHAR COLLATE "C" AS anon_1,
    %(partner_name)s::VARCHAR AS anon_2
FROM hit ON CONFLICT (key) DO UPDATE SET name = excluded.name

-- name: part.person
INSERT INTO review_person (key, name, address, mailbox, roles) SELECT r.key, r.name, r.address, r.mailbox,
    CAST(r.roles AS JSONB) AS roles
FROM hit JOIN jsonb_to_recordset(CAST(%(person_rows)s::VARCHAR AS JSONB)) AS r(key VARCHAR COLLATE "C", name
    VARCHAR, address VARCHAR, mailbox VARCHAR, roles TEXT) ON true ON CONFLICT DO NOTHING

-- name: part.person.one
INSERT INTO review_person (key, name, address, mailbox, roles) SELECT %(person_key)s::VARCHAR COLLATE "C" AS anon_1,
    %(person_name)s::VARCHAR AS anon_2, %(person_address)s::VARCHAR AS anon_3, %(person_mailbox)s::VARCHAR AS
    anon_4, %(person_roles)s::JSONB AS anon_5
FROM hit ON CONFLICT DO NOTHING

-- name: part.person_partner
INSERT INTO review_person_partner (person, partner) SELECT coalesce((SELECT review_person.key
FROM review_person
WHERE review_person.key = r.person), (SELECT review_person.key
FROM review_person
WHERE review_person.mailbox = r.mailbox), r.person) AS coalesce_1, r.partner
FROM hit JOIN jsonb_to_recordset(CAST(%(person_partner_rows)s::VARCHAR AS JSONB)) AS r(person VARCHAR COLLATE "C",
    partner VARCHAR COLLATE "C", mailbox VARCHAR) ON true ON CONFLICT DO NOTHING

-- name: part.answer
INSERT INTO review_answer (scope, key, digest, body, at) SELECT r.scope, r.key, r.digest, r.body, r.at
FROM hit JOIN jsonb_to_recordset(CAST(%(answer_rows)s::VARCHAR AS JSONB)) AS r(scope VARCHAR, key VARCHAR, digest
    VARCHAR, body TEXT, at TIMESTAMP WITH TIME ZONE) ON true

-- name: part.answer.one
INSERT INTO review_answer (scope, key, digest, body, at) SELECT %(answer_scope)s::VARCHAR AS anon_1,
    %(answer_key)s::VARCHAR AS anon_2, %(answer_digest)s::VARCHAR AS anon_3, %(answer_body)s::VARCHAR AS anon_4,
    %(answer_at)s::TIMESTAMP WITH TIME ZONE AS anon_5
FROM hit

-- name: part.imported
INSERT INTO review_imported (digest) SELECT r.digest
FROM hit JOIN jsonb_to_recordset(CAST(%(imported_rows)s::VARCHAR AS JSONB)) AS r(digest VARCHAR) ON true

-- name: part.imported.one
INSERT INTO review_imported (digest) SELECT %(imported_digest)s::VARCHAR AS anon_1
FROM hit

-- name: apps
SELECT review_subject.id, review_subject.slug
FROM review_subject
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(slugs)s::VARCHAR AS JSONB)) AS entry(value))

-- name: subjects.lock
SELECT review_subject.id
FROM review_subject
WHERE review_subject.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_subject.id DESC FOR
    NO KEY UPDATE

-- name: insert.activity
INSERT INTO review_activity (subject_id, customer, first_seen, last_seen, source, excluded) SELECT r.subject_id,
    r.customer, r.first_seen, r.last_seen, r.source, r.excluded
FROM jsonb_to_recordset(CAST(%(activity_rows)s::VARCHAR AS JSONB)) AS r(subject_id BIGINT, customer VARCHAR COLLATE
    "C", first_seen TIMESTAMP WITH TIME ZONE, last_seen TIMESTAMP WITH TIME ZONE, source VARCHAR, excluded VARCHAR)
    ON CONFLICT (subject_id, customer) DO UPDATE SET first_seen = least(review_activity.first_seen,
    excluded.first_seen), last_seen = greatest(review_activity.last_seen, excluded.last_seen), source = CASE WHEN
    (excluded.last_seen >= review_activity.last_seen) THEN excluded.source ELSE review_activity.source END, excluded
    = CASE WHEN (excluded.last_seen >= review_activity.last_seen) THEN excluded.excluded ELSE
    review_activity.excluded END

-- name: people
SELECT review_person.key, review_person.name, review_person.address, CAST(review_person.roles AS TEXT) AS roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person.key ORDER
    BY review_person.key

-- name: person
SELECT review_person.key, review_person.name, review_person.address, CAST(review_person.roles AS TEXT) AS roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person.key
WHERE review_person.key = %(key)s::VARCHAR COLLATE "C" ORDER BY review_person.key

-- name: person_at
SELECT review_person.key, review_person.name, review_person.address, CAST(review_person.roles AS TEXT) AS roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person.key
WHERE review_person.mailbox = %(mailbox)s::VARCHAR ORDER BY review_person.key

-- name: members
SELECT review_person.key, review_person.name, review_person.address, CAST(review_person.roles AS TEXT) AS roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person.key
WHERE review_person.key IN (SELECT other.person
FROM review_person_partner AS other
WHERE other.partner = %(partner)s) ORDER BY review_person.key

-- name: staff
SELECT review_person.key, review_person.name, review_person.address, CAST(review_person.roles AS TEXT) AS roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person.key
WHERE EXISTS (SELECT 1
FROM jsonb_array_elements_text(review_person.roles) AS entry(value)
WHERE value = %(role)s) ORDER BY review_person.key

-- name: partners
SELECT review_partner.key, review_partner.name
FROM review_partner ORDER BY review_partner.key

-- name: partner
SELECT review_partner.key, review_partner.name
FROM review_partner
WHERE review_partner.key = %(key)s::VARCHAR COLLATE "C" ORDER BY review_partner.key

-- name: person.save
INSERT INTO review_person (key, name, address, mailbox, roles) VALUES (%(key)s::VARCHAR COLLATE "C",
    %(name)s::VARCHAR, %(address)s::VARCHAR, %(mailbox)s::VARCHAR, %(roles)s::JSONB) ON CONFLICT (key) DO UPDATE SET
    name = excluded.name, address = excluded.address, mailbox = excluded.mailbox, roles = excluded.roles

-- name: person.leave
DELETE FROM review_person_partner WHERE review_person_partner.person = %(key)s::VARCHAR COLLATE "C"

-- name: person.erase
DELETE FROM review_person WHERE review_person.key = %(key)s::VARCHAR COLLATE "C"

-- name: workflow
SELECT review_workflow.kind, review_workflow.document
FROM review_workflow
WHERE review_workflow.revision = %(revision)s::VARCHAR

-- name: odd_events
SELECT review_odd_event.digest, review_odd_event.subject, review_odd_event.reason, review_odd_event.event,
    review_odd_event.at
FROM review_odd_event ORDER BY review_odd_event.id

-- name: adopted
SELECT review_imported.digest
FROM review_imported
WHERE review_imported.digest IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(digests)s::VARCHAR AS JSONB)) AS entry(value)) UNION ALL SELECT
    review_odd_event.digest
FROM review_odd_event
WHERE review_odd_event.digest IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(digests)s::VARCHAR AS JSONB)) AS entry(value))

-- name: due
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_clock JOIN review_subject ON review_subject.id = review_clock.subject_id
WHERE review_clock.wakes_at <= CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) ORDER BY review_clock.wakes_at FOR
    NO KEY UPDATE OF review_subject SKIP LOCKED
LIMIT %(limit)s

-- name: next_ring
SELECT min(review_clock.wakes_at) AS min_1
FROM review_clock
WHERE review_clock.wakes_at IS NOT NULL

-- name: replanned
SELECT set_config('plan_cache_mode', 'force_custom_plan', true)

-- name: subjects.ids
SELECT review_subject.id
FROM review_subject
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(slugs)s::VARCHAR AS JSONB)) AS entry(value))

-- name: subjects.held
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_subject.parent_id
    IS NULL, review_subject.id FOR NO KEY UPDATE

-- name: subjects.free
SELECT review_subject.id
FROM review_subject
WHERE review_subject.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_subject.id FOR NO
    KEY UPDATE SKIP LOCKED

-- name: subjects.update
UPDATE review_subject SET state=r.state, since=r.since, number=r.number, revision=r.revision, workflow=r.workflow,
    facts=coalesce(CAST(r.facts AS JSONB), review_subject.facts), said=coalesce(CAST(r.said AS JSONB),
    review_subject.said), facts_hash=r.facts_hash, evidence=coalesce(CAST(r.evidence AS JSONB),
    review_subject.evidence), waivers=coalesce(CAST(r.waivers AS JSONB), review_subject.waivers),
    submission=CAST(r.submission AS JSONB), head=r.head FROM jsonb_to_recordset(CAST(%(subject_rows)s::VARCHAR AS
    JSONB)) AS r(state VARCHAR, since TIMESTAMP WITH TIME ZONE, number INTEGER, revision BIGINT, workflow VARCHAR,
    facts TEXT, said TEXT, facts_hash VARCHAR, evidence TEXT, waivers TEXT, submission TEXT, head VARCHAR, its_id
    BIGINT, read_revision BIGINT) WHERE review_subject.id = r.its_id AND review_subject.revision = r.read_revision

-- name: clock_events.of
SELECT review_subject.slug, review_clock_event.sla, review_clock_event.cycle, review_clock_event.kind,
    review_clock_event.mark, review_clock_event.at, review_clock_event.due_at, review_clock_event.note
FROM review_subject LEFT OUTER JOIN review_clock_event ON review_clock_event.subject_id = review_subject.id
WHERE review_subject.kind = %(kind)s::VARCHAR COLLATE "C" AND review_subject.slug IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(slugs)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_clock_event.id

-- name: timed
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE EXISTS (SELECT 1
FROM review_clock_event
WHERE review_clock_event.subject_id = review_subject.id) ORDER BY review_subject.kind, review_subject.slug

-- name: timed.kind
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE (EXISTS (SELECT 1
FROM review_clock_event
WHERE review_clock_event.subject_id = review_subject.id)) AND review_subject.kind = %(kind)s::VARCHAR COLLATE "C"
    ORDER BY review_subject.kind, review_subject.slug

-- name: clock_events.many
SELECT review_clock_event.sla, review_clock_event.cycle, review_clock_event.kind, review_clock_event.mark,
    review_clock_event.at, review_clock_event.due_at, review_clock_event.note, review_clock_event.subject_id
FROM review_clock_event
WHERE review_clock_event.subject_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_clock_event.id

-- name: moves.many
SELECT review_move.number, review_move.transition, review_move.source, review_move.target, review_move.role,
    review_move.by, review_move.at, review_move.workflow, review_move.round, review_move.facts_hash,
    review_move.comment, CAST(review_move.verdicts AS TEXT) AS verdicts, review_move.previous, review_move.hash,
    review_move.subject_id
FROM review_move
WHERE review_move.subject_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_move.number

-- name: open_clocks
SELECT DISTINCT review_subject.kind, review_subject.slug
FROM review_subject JOIN review_clock ON review_clock.subject_id = review_subject.id
WHERE review_clock.state IN ('running', 'paused') AND review_clock.calendar != %(calendar)s::VARCHAR ORDER BY
    review_subject.kind, review_subject.slug

-- name: calendar
SELECT review_calendar_version.name, CAST(review_calendar_version.document AS TEXT) AS document
FROM review_calendar_version
WHERE review_calendar_version.version = %(version)s::VARCHAR

-- name: insert.calendar_version
INSERT INTO review_calendar_version (name, version, document, at) SELECT r.name, r.version, CAST(r.document AS
    JSONB) AS document, r.at
FROM jsonb_to_recordset(CAST(%(calendar_version_rows)s::VARCHAR AS JSONB)) AS r(name VARCHAR, version VARCHAR,
    document TEXT, at TIMESTAMP WITH TIME ZONE) ON CONFLICT DO NOTHING

-- name: heartbeats
SELECT review_heartbeat.name, review_heartbeat.at, CAST(review_heartbeat.details AS TEXT) AS details
FROM review_heartbeat

-- name: insert.heartbeat
INSERT INTO review_heartbeat (name, at, details) SELECT r.name, r.at, CAST(r.details AS JSONB) AS details
FROM jsonb_to_recordset(CAST(%(heartbeat_rows)s::VARCHAR AS JSONB)) AS r(name VARCHAR, at TIMESTAMP WITH TIME ZONE,
    details TEXT) ON CONFLICT (name) DO UPDATE SET at = excluded.at, details = excluded.details

-- name: outbox.unaddressed
SELECT review_notice.id, review_notice.status, review_notice.name, review_notice.subject, review_notice.partner,
    review_notice.cause, CAST(review_notice.audience AS TEXT) AS audience, review_notice.at,
    CAST(review_notice.context AS TEXT) AS context
FROM review_notice
WHERE review_notice.status = 'pending' AND review_notice.id > %(after)s::BIGINT AND (review_notice.name NOT IN
    (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(but)s::VARCHAR AS JSONB)) AS entry(value))) ORDER BY review_notice.id
LIMIT %(limit)s

-- name: outbox.addressed
UPDATE review_notice SET status=%(stands)s::VARCHAR WHERE review_notice.id = %(number)s::BIGINT AND
    review_notice.status = 'pending'

-- name: outbox.readdress
UPDATE review_notice SET status='pending' WHERE review_notice.status = 'nobody'

-- name: insert.delivery
INSERT INTO review_delivery (idem_key, channel, event, subject, partner, cause, caused_at, recipient, reader,
    letter, letter_version, locale, context, message_id, thread_root, resends, bundle, once, created_at, status,
    priority, available_at, expires_at, attempts, unknowns, lease_token, lease_until, data_started_at, last_stage,
    last_code, last_enhanced, last_error, sent_at, remote_reply) SELECT r.idem_key, r.channel, r.event, r.subject,
    r.partner, r.cause, r.caused_at, r.recipient, CAST(r.reader AS JSONB) AS reader, r.letter, r.letter_version,
    r.locale, CAST(r.context AS JSONB) AS context, r.message_id, r.thread_root, r.resends, r.bundle, r.once,
    r.created_at, r.status, r.priority, r.available_at, r.expires_at, r.attempts, r.unknowns, r.lease_token,
    r.lease_until, r.data_started_at, r.last_stage, r.last_code, r.last_enhanced, r.last_error, r.sent_at,
    r.remote_reply
FROM jsonb_to_recordset(CAST(%(delivery_rows)s::VARCHAR AS JSONB)) AS r(idem_key VARCHAR COLLATE "C", channel
    VARCHAR, event VARCHAR, subject VARCHAR, partner VARCHAR, cause VARCHAR, caused_at TIMESTAMP WITH TIME ZONE,
    recipient VARCHAR, reader TEXT, letter VARCHAR, letter_version VARCHAR, locale VARCHAR, context TEXT, message_id
    VARCHAR, thread_root VARCHAR, resends INTEGER, bundle VARCHAR, once BOOLEAN, created_at TIMESTAMP WITH TIME
    ZONE, status VARCHAR, priority INTEGER, available_at TIMESTAMP WITH TIME ZONE, expires_at TIMESTAMP WITH TIME
    ZONE, attempts INTEGER, unknowns INTEGER, lease_token VARCHAR, lease_until TIMESTAMP WITH TIME ZONE,
    data_started_at TIMESTAMP WITH TIME ZONE, last_stage VARCHAR, last_code INTEGER, last_enhanced VARCHAR,
    last_error TEXT, sent_at TIMESTAMP WITH TIME ZONE, remote_reply TEXT) ON CONFLICT (idem_key) DO NOTHING

-- name: insert.announced
INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) SELECT r.name,
    r.subject, r.partner, r.cause, CAST(r.audience AS JSONB) AS audience, r.at, CAST(r.context AS JSONB) AS context,
    r.idem_key, r.status
FROM jsonb_to_recordset(CAST(%(notice_rows)s::VARCHAR AS JSONB)) AS r(name VARCHAR, subject VARCHAR, partner
    VARCHAR, cause VARCHAR, audience TEXT, at TIMESTAMP WITH TIME ZONE, context TEXT, idem_key VARCHAR COLLATE "C",
    status VARCHAR) ON CONFLICT (idem_key) DO NOTHING

-- name: outbox.known
SELECT review_delivery.id
FROM review_delivery
WHERE review_delivery.idem_key IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(keys)s::VARCHAR AS JSONB)) AS entry(value))

-- name: outbox.bundles
SELECT review_delivery.id, review_delivery.idem_key, review_delivery.channel, review_delivery.event,
    review_delivery.subject, review_delivery.partner, review_delivery.cause, review_delivery.caused_at,
    review_delivery.recipient, CAST(review_delivery.reader AS TEXT) AS reader, review_delivery.letter,
    review_delivery.letter_version, review_delivery.locale, CAST(review_delivery.context AS TEXT) AS context,
    review_delivery.message_id, review_delivery.thread_root, (SELECT review_delivery_content.content
FROM review_delivery_content
WHERE review_delivery_content.delivery_id = review_delivery.id) AS anon_1, review_delivery.resends,
    review_delivery.bundle, review_delivery.once, review_delivery.created_at, review_delivery.status,
    review_delivery.priority, review_delivery.available_at, review_delivery.expires_at, review_delivery.attempts,
    review_delivery.unknowns, review_delivery.lease_token, review_delivery.lease_until,
    review_delivery.data_started_at, review_delivery.last_stage, review_delivery.last_code,
    review_delivery.last_enhanced, review_delivery.last_error, review_delivery.sent_at, review_delivery.remote_reply
FROM review_delivery
WHERE review_delivery.status = 'pending' AND review_delivery.bundle != '' AND review_delivery.available_at <=
    CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) ORDER BY review_delivery.bundle, review_delivery.id
LIMIT %(limit)s

-- name: outbox.waiting
SELECT review_delivery.id
FROM review_delivery
WHERE review_delivery.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND review_delivery.status =
    'pending' ORDER BY review_delivery.id FOR UPDATE

-- name: outbox.loosen
UPDATE review_delivery SET bundle='' WHERE review_delivery.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND review_delivery.status =
    'pending'

-- name: outbox.merge
UPDATE review_delivery SET status='cancelled', last_error=%(why)s::VARCHAR WHERE review_delivery.id IN (SELECT
    CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND review_delivery.status =
    'pending'

-- name: outbox.claim
WITH picked AS
(SELECT review_delivery.id AS id
FROM review_delivery
WHERE review_delivery.status = 'pending' AND review_delivery.bundle = '' AND review_delivery.channel =
    %(by_channel)s::VARCHAR AND review_delivery.priority = %(of_priority)s::INTEGER AND review_delivery.available_at
    <= CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) AND (review_delivery.expires_at IS NULL OR
    review_delivery.expires_at > CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE)) ORDER BY
    review_delivery.available_at, review_delivery.id
 LIMIT %(limit)s::INTEGER OFFSET 0 FOR UPDATE SKIP LOCKED)
 UPDATE review_delivery SET status='sending', attempts=(review_delivery.attempts + 1),
    lease_token=%(new_token)s::VARCHAR, lease_until=CAST(%(until)s::VARCHAR AS TIMESTAMP WITH TIME ZONE),
    data_started_at=NULL WHERE review_delivery.id IN (SELECT picked.id
FROM picked) RETURNING review_delivery.id, review_delivery.idem_key, review_delivery.channel, review_delivery.event,
    review_delivery.subject, review_delivery.partner, review_delivery.cause, review_delivery.caused_at,
    review_delivery.recipient, CAST(review_delivery.reader AS TEXT) AS reader, review_delivery.letter,
    review_delivery.letter_version, review_delivery.locale, CAST(review_delivery.context AS TEXT) AS context,
    review_delivery.message_id, review_delivery.thread_root, (SELECT review_delivery_content.content
FROM review_delivery_content
WHERE review_delivery_content.delivery_id = review_delivery.id) AS anon_1, review_delivery.resends,
    review_delivery.bundle, review_delivery.once, review_delivery.created_at, review_delivery.status,
    review_delivery.priority, review_delivery.available_at, review_delivery.expires_at, review_delivery.attempts,
    review_delivery.unknowns, review_delivery.lease_token, review_delivery.lease_until,
    review_delivery.data_started_at, review_delivery.last_stage, review_delivery.last_code,
    review_delivery.last_enhanced, review_delivery.last_error, review_delivery.sent_at, review_delivery.remote_reply

-- name: outbox.renew
UPDATE review_delivery SET lease_until=CAST(%(until)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) WHERE
    review_delivery.status = 'sending' AND review_delivery.lease_token IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(tokens)s::VARCHAR AS JSONB)) AS entry(value))

-- name: outbox.release
UPDATE review_delivery SET status='pending', attempts=(review_delivery.attempts - 1), lease_token='',
    lease_until=NULL WHERE review_delivery.status = 'sending' AND review_delivery.lease_token IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(tokens)s::VARCHAR AS JSONB)) AS entry(value)) AND
    review_delivery.data_started_at IS NULL

-- name: outbox.abandon
UPDATE review_delivery SET lease_until=CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) WHERE
    review_delivery.status = 'sending' AND review_delivery.lease_token IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(tokens)s::VARCHAR AS JSONB)) AS entry(value))

-- name: outbox.intent
UPDATE review_delivery SET letter_version=CASE WHEN r.anew THEN r.letter_version ELSE review_delivery.letter_version
    END, message_id=CASE WHEN r.anew THEN r.message_id ELSE review_delivery.message_id END, thread_root=CASE WHEN
    r.anew THEN r.thread_root ELSE review_delivery.thread_root END, data_started_at=r.data_started_at FROM
    json_to_recordset(CAST(%(delivery_rows)s::VARCHAR AS JSON)) AS r(id BIGINT, lease_token VARCHAR, data_started_at
    TIMESTAMP WITH TIME ZONE, anew BOOLEAN, message_id VARCHAR, thread_root VARCHAR, letter_version VARCHAR) WHERE
    review_delivery.id = r.id AND review_delivery.lease_token = r.lease_token RETURNING review_delivery.id

-- name: outbox.ended
UPDATE review_delivery SET status=r.status, available_at=r.available_at, attempts=r.attempts, unknowns=r.unknowns,
    lease_token='', lease_until=NULL, data_started_at=r.data_started_at, last_stage=r.last_stage,
    last_code=r.last_code, last_enhanced=r.last_enhanced, last_error=r.last_error, sent_at=r.sent_at,
    remote_reply=r.remote_reply FROM json_to_recordset(CAST(%(delivery_rows)s::VARCHAR AS JSON)) AS r(id BIGINT,
    lease_token VARCHAR, status VARCHAR, available_at TIMESTAMP WITH TIME ZONE, attempts INTEGER, unknowns INTEGER,
    last_stage VARCHAR, last_code INTEGER, last_enhanced VARCHAR, last_error TEXT, sent_at TIMESTAMP WITH TIME ZONE,
    remote_reply TEXT, data_started_at TIMESTAMP WITH TIME ZONE) WHERE review_delivery.id = r.id AND
    review_delivery.lease_token = r.lease_token RETURNING review_delivery.id

-- name: outbox.keep
INSERT INTO review_delivery_content (delivery_id, content) SELECT r.delivery_id,
    convert_from(substr(CAST(%(contents)s AS BYTEA), r.start, r.size), 'UTF8') AS convert_from_1
FROM json_to_recordset(CAST(%(delivery_rows)s::VARCHAR AS JSON)) AS r(delivery_id BIGINT, lease_token VARCHAR, start
    INTEGER, size INTEGER), review_delivery
WHERE review_delivery.id = r.delivery_id AND review_delivery.lease_token = r.lease_token ON CONFLICT (delivery_id)
    DO UPDATE SET content = excluded.content

-- name: outbox.by_number
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)

-- name: outbox.sweep
UPDATE review_delivery SET status=CASE WHEN (review_delivery.data_started_at IS NULL AND review_delivery.attempts <
    %(most)s::INTEGER) THEN 'pending' WHEN (review_delivery.data_started_at IS NULL) THEN 'dead' WHEN (NOT
    review_delivery.once AND review_delivery.unknowns < 2) THEN 'pending' ELSE 'unknown' END,
    available_at=CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE), unknowns=(review_delivery.unknowns + CASE WHEN
    (review_delivery.data_started_at IS NULL) THEN 0 ELSE 1 END), lease_token='', lease_until=NULL,
    data_started_at=NULL, last_stage=CASE WHEN (review_delivery.data_started_at IS NULL) THEN
    review_delivery.last_stage ELSE 'content' END, last_error=CASE WHEN (review_delivery.data_started_at IS NULL AND
    review_delivery.attempts >= %(most)s::INTEGER) THEN 'no attempt came to an end' ELSE 'the worker that held it
    did not come back' END WHERE review_delivery.status = 'sending' AND review_delivery.lease_until <=
    CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) RETURNING review_delivery.status

-- name: outbox.over
SELECT 1
FROM review_delivery
WHERE review_delivery.status = 'sending' AND review_delivery.lease_until <= CAST(%(now)s::VARCHAR AS TIMESTAMP WITH
    TIME ZONE) UNION ALL SELECT 1
FROM review_delivery
WHERE review_delivery.status = 'pending' AND review_delivery.expires_at IS NOT NULL AND review_delivery.expires_at
    <= CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME ZONE)

-- name: outbox.expire
UPDATE review_delivery SET status='cancelled', last_error=%(why)s::VARCHAR WHERE review_delivery.status = 'pending'
    AND review_delivery.expires_at IS NOT NULL AND review_delivery.expires_at <= CAST(%(now)s::VARCHAR AS TIMESTAMP
    WITH TIME ZONE)

-- name: outbox.pauses
SELECT review_channel_pause.channel, review_channel_pause.since, review_channel_pause.until,
    review_channel_pause.failures, review_channel_pause.reason
FROM review_channel_pause ORDER BY review_channel_pause.channel

-- name: insert.channel_pause
INSERT INTO review_channel_pause (channel, since, until, failures, reason) SELECT r.channel, r.since, r.until,
    r.failures, r.reason
FROM jsonb_to_recordset(CAST(%(channel_pause_rows)s::VARCHAR AS JSONB)) AS r(channel VARCHAR, since TIMESTAMP WITH
    TIME ZONE, until TIMESTAMP WITH TIME ZONE, failures INTEGER, reason TEXT) ON CONFLICT (channel) DO UPDATE SET
    since = excluded.since, until = excluded.until, failures = excluded.failures, reason = excluded.reason

-- name: outbox.resume
DELETE FROM review_channel_pause WHERE review_channel_pause.channel = %(by_channel)s::VARCHAR

-- name: outbox.suppressions
SELECT review_suppression.address, review_suppression.reason, review_suppression.at
FROM review_suppression ORDER BY review_suppression.address

-- name: outbox.suppressed
SELECT review_suppression.address, review_suppression.reason, review_suppression.at
FROM review_suppression
WHERE review_suppression.address IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(addresses)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY
    review_suppression.address

-- name: insert.suppression
INSERT INTO review_suppression (address, reason, at) SELECT r.address, r.reason, r.at
FROM jsonb_to_recordset(CAST(%(suppression_rows)s::VARCHAR AS JSONB)) AS r(address VARCHAR COLLATE "C", reason TEXT,
    at TIMESTAMP WITH TIME ZONE) ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, at = excluded.at

-- name: outbox.restore
DELETE FROM review_suppression WHERE review_suppression.address = %(of_address)s::VARCHAR COLLATE "C"

-- name: outbox.stop
UPDATE review_delivery SET status=%(stands)s::VARCHAR, last_error=%(why)s::VARCHAR WHERE review_delivery.status =
    'pending' AND lower(review_delivery.recipient) = %(of_address)s

-- name: outbox.preferences
SELECT review_preference.person, review_preference.mode, CAST(review_preference.letters AS TEXT) AS letters,
    review_preference.quiet_from, review_preference.quiet_until, review_preference.zone
FROM review_preference
WHERE review_preference.person IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(people)s::VARCHAR AS JSONB)) AS entry(value))

-- name: insert.preference
INSERT INTO review_preference (person, mode, letters, quiet_from, quiet_until, zone) SELECT r.person, r.mode,
    CAST(r.letters AS JSONB) AS letters, r.quiet_from, r.quiet_until, r.zone
FROM jsonb_to_recordset(CAST(%(preference_rows)s::VARCHAR AS JSONB)) AS r(person VARCHAR COLLATE "C", mode VARCHAR,
    letters TEXT, quiet_from VARCHAR, quiet_until VARCHAR, zone VARCHAR) ON CONFLICT (person) DO UPDATE SET mode =
    excluded.mode, letters = excluded.letters, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
    zone = excluded.zone

-- name: outbox.census
SELECT review_delivery.channel, review_delivery.status, count(*) AS count_1
FROM review_delivery GROUP BY review_delivery.channel, review_delivery.status ORDER BY review_delivery.channel,
    review_delivery.status

-- name: outbox.rows
SELECT review_delivery.id, review_delivery.idem_key, review_delivery.channel, review_delivery.event,
    review_delivery.subject, review_delivery.partner, review_delivery.cause, review_delivery.caused_at,
    review_delivery.recipient, CAST(review_delivery.reader AS TEXT) AS reader, review_delivery.letter,
    review_delivery.letter_version, review_delivery.locale, CAST(review_delivery.context AS TEXT) AS context,
    review_delivery.message_id, review_delivery.thread_root, (SELECT review_delivery_content.content
FROM review_delivery_content
WHERE review_delivery_content.delivery_id = review_delivery.id) AS anon_1, review_delivery.resends,
    review_delivery.bundle, review_delivery.once, review_delivery.created_at, review_delivery.status,
    review_delivery.priority, review_delivery.available_at, review_delivery.expires_at, review_delivery.attempts,
    review_delivery.unknowns, review_delivery.lease_token, review_delivery.lease_until,
    review_delivery.data_started_at, review_delivery.last_stage, review_delivery.last_code,
    review_delivery.last_enhanced, review_delivery.last_error, review_delivery.sent_at, review_delivery.remote_reply
FROM review_delivery

-- name: outbox.page
ORDER BY review_delivery.id
LIMIT %(limit)s

-- name: where.outbox.after
review_delivery.id > %(after)s::BIGINT

-- name: where.outbox.ids
review_delivery.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value))

-- name: where.outbox.statuses
review_delivery.status IN (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(statuses)s::VARCHAR AS JSONB)) AS entry(value))

-- name: where.outbox.channel
review_delivery.channel = %(by_channel)s::VARCHAR

-- name: where.outbox.subject
review_delivery.subject = %(of_subject)s::VARCHAR

-- name: where.outbox.message_id
review_delivery.message_id = %(of_message)s::VARCHAR

-- name: outbox.turn
UPDATE review_delivery SET bundle='', status=%(stands)s::VARCHAR, last_error=%(why)s::VARCHAR WHERE
    review_delivery.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND review_delivery.status IN
    (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(statuses)s::VARCHAR AS JSONB)) AS entry(value))

-- name: outbox.afresh
UPDATE review_delivery SET bundle='', status='pending', available_at=CAST(%(now)s::VARCHAR AS TIMESTAMP WITH TIME
    ZONE), expires_at=NULL, attempts=0, unknowns=0, data_started_at=NULL WHERE review_delivery.id IN (SELECT
    CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND review_delivery.status IN
    (SELECT entry.value
FROM jsonb_array_elements_text(CAST(%(statuses)s::VARCHAR AS JSONB)) AS entry(value))

-- name: outbox.purge
DELETE FROM review_delivery WHERE review_delivery.status IN ('sent', 'cancelled') AND review_delivery.created_at <
    CAST(%(before)s::VARCHAR AS TIMESTAMP WITH TIME ZONE)

-- name: front.waiting
WITH place AS MATERIALIZED (SELECT row_number() OVER () - 1 AS nth, p.* FROM
        jsonb_to_recordset(CAST(%(places)s AS jsonb)) AS p(kind text, state text, workflow text))
SELECT s.id, s.kind, s.slug,
    (SELECT min(c.due_at) FROM review_clock AS c WHERE c.subject_id = s.id AND c.state = 'running'),
    CASE WHEN CAST(%(words)s AS integer) = 1 THEN coalesce(s.facts ->> 'name', '') ELSE '' END,
    CASE WHEN CAST(%(words)s AS integer) = 1 THEN s.partner ELSE '' END,
    CASE WHEN CAST(%(words)s AS integer) = 1 THEN CASE WHEN coalesce(s.submission ->> 'decision', '-') <> '' THEN ''
    ELSE s.submission ->> 'claimed_by' END ELSE '' END
FROM place CROSS JOIN review_subject AS s
WHERE s.kind = place.kind AND s.state = place.state AND (place.workflow = '' OR s.workflow = place.workflow)
    AND (CAST(%(again)s AS integer) < 0
        OR CASE WHEN coalesce(CAST(s.submission ->> 'round' AS integer), 0) > 1 THEN 1 ELSE 0 END = CAST(%(again)s
    AS integer))
    AND (CAST(%(tier)s AS text) = '' OR s.facts -> 'tier' = to_jsonb(CAST(%(tier)s AS text)))
    AND (CAST(%(component)s AS text) = '' OR EXISTS (SELECT 1 FROM review_subject AS child
        WHERE child.parent_id = s.id AND child.facts ->> 'type' = CAST(%(component)s AS text)))
    AND (CAST(%(unclaimed)s AS integer) = 0 OR CASE WHEN coalesce(s.submission ->> 'decision', '-') <> '' THEN ''
    ELSE s.submission ->> 'claimed_by' END = '')
    AND (CAST(%(claimed_by)s AS text) = '' OR CASE WHEN coalesce(s.submission ->> 'decision', '-') <> '' THEN ''
    ELSE s.submission ->> 'claimed_by' END = CAST(%(claimed_by)s AS text))

-- name: front.count
WITH place AS MATERIALIZED (SELECT row_number() OVER () - 1 AS nth, p.* FROM
        jsonb_to_recordset(CAST(%(places)s AS jsonb)) AS p(kind text, state text, workflow text))
SELECT count(*) FROM place CROSS JOIN review_subject AS s WHERE s.kind = place.kind AND s.state = place.state AND
    (place.workflow = '' OR s.workflow = place.workflow)

-- name: front.flow
SELECT CAST(CAST(m.at AT TIME ZONE 'UTC' AS date) AS text) AS day, s.kind, m.workflow, m.target,
    coalesce(b.workflow, ''), coalesce(b.target, ''), count(*)
FROM review_move AS m JOIN review_subject AS s ON s.id = m.subject_id
LEFT JOIN review_move AS b ON b.subject_id = m.subject_id AND b.number = m.number - 1
WHERE m.at > CAST(%(since)s AS timestamptz)
GROUP BY 1, 2, 3, 4, 5, 6

-- name: front.decided
WITH place AS MATERIALIZED (SELECT row_number() OVER () - 1 AS nth, p.* FROM
        jsonb_to_recordset(CAST(%(places)s AS jsonb)) AS p(kind text, state text, workflow text))
SELECT made.by, CAST(sum(made.times) AS integer) FROM (
    SELECT m.by, s.kind, m.transition, count(*) AS times
    FROM review_move AS m JOIN review_subject AS s ON s.id = m.subject_id
    WHERE m.at >= CAST(%(since)s AS timestamptz) AND m.role IN ('reviewer', 'manager')
    GROUP BY m.by, s.kind, m.transition) AS made
JOIN place ON place.kind = made.kind AND place.state = made.transition
GROUP BY made.by

-- name: front.standing
WITH place AS MATERIALIZED (SELECT row_number() OVER () - 1 AS nth, p.* FROM
        jsonb_to_recordset(CAST(%(places)s AS jsonb)) AS p(kind text, state text, workflow text))
SELECT place.nth, (SELECT string_agg(CAST(s.id AS text), ',') FROM review_subject AS s WHERE s.kind = place.kind AND
    s.state = place.state AND (place.workflow = '' OR s.workflow = place.workflow)) FROM place ORDER BY place.nth

-- name: front.versions
WITH place AS MATERIALIZED (SELECT row_number() OVER () - 1 AS nth, p.* FROM
        jsonb_to_recordset(CAST(%(places)s AS jsonb)) AS p(kind text, state text, workflow text))
SELECT s.id, s.revision FROM place CROSS JOIN review_subject AS s WHERE s.kind = place.kind AND s.state =
    place.state AND (place.workflow = '' OR s.workflow = place.workflow)

-- name: front.revisions
SELECT review_workflow.kind, review_workflow.revision
FROM review_workflow ORDER BY review_workflow.kind, review_workflow.revision

-- name: front.newest
SELECT max(review_fact_change.id) AS max_1
FROM review_fact_change

-- name: front.touched
SELECT review_fact_change.subject_id
FROM review_fact_change
WHERE review_fact_change.id > %(seen)s::BIGINT

-- name: front.subjects
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, CAST(review_subject.facts AS TEXT) AS facts, CAST(review_subject.said AS TEXT) AS
    said, review_subject.facts_hash, CAST(review_subject.evidence AS TEXT) AS evidence, CAST(review_subject.waivers
    AS TEXT) AS waivers, CAST(review_subject.submission AS TEXT) AS submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value))

-- name: front.steps
SELECT review_move.subject_id, review_move.workflow, review_move.target, review_move.at
FROM review_move
WHERE review_move.subject_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) ORDER BY review_move.subject_id,
    review_move.number

-- name: front.promises
SELECT review_clock.subject_id, review_clock.due_at, review_clock.sla
FROM review_clock
WHERE review_clock.subject_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value)) AND state = 'running' ORDER BY
    review_clock.due_at, review_clock.sla

-- name: front.components
SELECT child.parent_id, CAST(child.facts AS TEXT) AS facts
FROM review_subject AS child
WHERE child.parent_id IN (SELECT CAST(entry.value AS BIGINT) AS value
FROM jsonb_array_elements_text(CAST(%(ids)s::VARCHAR AS JSONB)) AS entry(value))

-- name: token
SELECT review_token.id, review_token.digest, review_token.sort, review_token.person, review_token.role,
    review_token.partner, review_token.label, review_token.created_at, review_token.expires_at,
    review_token.revoked_at
FROM review_token
WHERE review_token.id = %(its_id)s::VARCHAR COLLATE "C"

-- name: tokens
SELECT review_token.id, review_token.digest, review_token.sort, review_token.person, review_token.role,
    review_token.partner, review_token.label, review_token.created_at, review_token.expires_at,
    review_token.revoked_at
FROM review_token
WHERE review_token.sort = %(of_sort)s::VARCHAR ORDER BY review_token.created_at DESC, review_token.id

-- name: insert.token
INSERT INTO review_token (id, digest, sort, person, role, partner, label, created_at, expires_at, revoked_at) SELECT
    r.id, r.digest, r.sort, r.person, r.role, r.partner, r.label, r.created_at, r.expires_at, r.revoked_at
FROM jsonb_to_recordset(CAST(%(token_rows)s::VARCHAR AS JSONB)) AS r(id VARCHAR COLLATE "C", digest VARCHAR, sort
    VARCHAR, person VARCHAR, role VARCHAR, partner VARCHAR, label VARCHAR, created_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE, revoked_at TIMESTAMP WITH TIME ZONE)

-- name: token.revoke
UPDATE review_token SET revoked_at=CAST(%(at)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) WHERE review_token.id =
    %(its_id)s::VARCHAR COLLATE "C" AND review_token.revoked_at IS NULL

-- name: token.forget
DELETE FROM review_token WHERE review_token.expires_at < CAST(%(before)s::VARCHAR AS TIMESTAMP WITH TIME ZONE) OR
    review_token.revoked_at < CAST(%(before)s::VARCHAR AS TIMESTAMP WITH TIME ZONE)

-- name: version
SELECT version_num FROM review_alembic_version

-- name: version.known
SELECT count(to_regclass('review_alembic_version'))

-- name: before.schema
SELECT pg_advisory_xact_lock(hashtext('review_alembic_version'))

-- name: schema.version
CREATE TABLE review_alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT review_alembic_version_pkc PRIMARY KEY (version_num)
)

-- name: schema.review_answer
CREATE TABLE review_answer (
    scope VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    body TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_answer PRIMARY KEY (scope, key)
)

-- name: schema.review_calendar_version
CREATE TABLE review_calendar_version (
    name VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    document JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_calendar_version PRIMARY KEY (name, version)
)

-- name: schema.review_channel_pause
CREATE TABLE review_channel_pause (
    channel VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    failures INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_review_channel_pause PRIMARY KEY (channel)
)

-- name: schema.review_delivery
CREATE TABLE review_delivery (
    id BIGSERIAL NOT NULL,
    idem_key VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    caused_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recipient VARCHAR NOT NULL,
    reader JSONB NOT NULL,
    letter VARCHAR NOT NULL,
    letter_version VARCHAR NOT NULL,
    locale VARCHAR NOT NULL,
    context JSONB NOT NULL,
    message_id VARCHAR NOT NULL,
    thread_root VARCHAR NOT NULL,
    resends INTEGER NOT NULL,
    bundle VARCHAR NOT NULL,
    once BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status VARCHAR NOT NULL,
    priority INTEGER NOT NULL,
    available_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER NOT NULL,
    unknowns INTEGER NOT NULL,
    lease_token VARCHAR NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    data_started_at TIMESTAMP WITH TIME ZONE,
    last_stage VARCHAR NOT NULL,
    last_code INTEGER,
    last_enhanced VARCHAR NOT NULL,
    last_error TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    remote_reply TEXT NOT NULL,
    CONSTRAINT pk_review_delivery PRIMARY KEY (id),
    CONSTRAINT uq_review_delivery_idem_key UNIQUE (idem_key)
)

-- name: schema.review_delivery.storage
ALTER TABLE review_delivery SET (fillfactor = 50)

-- name: schema.ix_review_bundled
CREATE INDEX ix_review_bundled ON review_delivery (bundle) WHERE status = 'pending' AND bundle <> ''

-- name: schema.ix_review_due
CREATE INDEX ix_review_due ON review_delivery (channel, priority, available_at, id) WHERE status='pending' AND
    bundle=''

-- name: schema.ix_review_expiring
CREATE INDEX ix_review_expiring ON review_delivery (expires_at) WHERE status = 'pending' AND expires_at IS NOT NULL

-- name: schema.ix_review_leased
CREATE INDEX ix_review_leased ON review_delivery (lease_until) WHERE status = 'sending'

-- name: schema.review_heartbeat
CREATE TABLE review_heartbeat (
    name VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    details JSONB NOT NULL,
    CONSTRAINT pk_review_heartbeat PRIMARY KEY (name)
)

-- name: schema.review_imported
CREATE TABLE review_imported (
    digest VARCHAR NOT NULL,
    CONSTRAINT pk_review_imported PRIMARY KEY (digest)
)

-- name: schema.review_notice
CREATE TABLE review_notice (
    id BIGSERIAL NOT NULL,
    name VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    audience JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    context JSONB NOT NULL,
    idem_key VARCHAR COLLATE "C" NOT NULL,
    status VARCHAR NOT NULL,
    CONSTRAINT pk_review_notice PRIMARY KEY (id),
    CONSTRAINT uq_review_notice_idem_key UNIQUE (idem_key)
)

-- name: schema.ix_review_notice_pending
CREATE INDEX ix_review_notice_pending ON review_notice (id) WHERE status = 'pending'

-- name: schema.review_odd_event
CREATE TABLE review_odd_event (
    id BIGSERIAL NOT NULL,
    digest VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    event TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_odd_event PRIMARY KEY (id),
    CONSTRAINT uq_review_odd_event_digest UNIQUE (digest)
)

-- name: schema.review_partner
CREATE TABLE review_partner (
    key VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR NOT NULL,
    CONSTRAINT pk_review_partner PRIMARY KEY (key)
)

-- name: schema.review_person
CREATE TABLE review_person (
    key VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    mailbox VARCHAR,
    roles JSONB NOT NULL,
    CONSTRAINT pk_review_person PRIMARY KEY (key),
    CONSTRAINT uq_review_person_mailbox UNIQUE (mailbox)
)

-- name: schema.review_preference
CREATE TABLE review_preference (
    person VARCHAR COLLATE "C" NOT NULL,
    mode VARCHAR NOT NULL,
    letters JSONB NOT NULL,
    quiet_from VARCHAR NOT NULL,
    quiet_until VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    CONSTRAINT pk_review_preference PRIMARY KEY (person)
)

-- name: schema.review_subject
CREATE TABLE review_subject (
    id BIGSERIAL NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    slug VARCHAR COLLATE "C" NOT NULL,
    partner VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    number INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    workflow VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    facts JSONB NOT NULL,
    said JSONB NOT NULL,
    facts_hash VARCHAR NOT NULL,
    evidence JSONB NOT NULL,
    waivers JSONB NOT NULL,
    submission JSONB,
    parent VARCHAR COLLATE "C" NOT NULL,
    parent_id BIGINT,
    head VARCHAR NOT NULL,
    CONSTRAINT pk_review_subject PRIMARY KEY (id),
    CONSTRAINT uq_review_subject_kind_slug UNIQUE (kind, slug),
    CONSTRAINT fk_review_subject_parent_id FOREIGN KEY(parent_id) REFERENCES review_subject (id) ON DELETE RESTRICT
)

-- name: schema.ix_review_subject_kind_state_slug
CREATE INDEX ix_review_subject_kind_state_slug ON review_subject (kind, state, slug)

-- name: schema.ix_review_subject_parent_id
CREATE INDEX ix_review_subject_parent_id ON review_subject (parent_id)

-- name: schema.ix_review_subject_partner
CREATE INDEX ix_review_subject_partner ON review_subject (partner)

-- name: schema.review_suppression
CREATE TABLE review_suppression (
    address VARCHAR COLLATE "C" NOT NULL,
    reason TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_suppression PRIMARY KEY (address)
)

-- name: schema.review_token
CREATE TABLE review_token (
    id VARCHAR COLLATE "C" NOT NULL,
    digest VARCHAR NOT NULL,
    sort VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_review_token PRIMARY KEY (id)
)

-- name: schema.review_workflow
CREATE TABLE review_workflow (
    revision VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_review_workflow PRIMARY KEY (revision)
)

-- name: schema.review_activity
CREATE TABLE review_activity (
    subject_id BIGINT NOT NULL,
    customer VARCHAR COLLATE "C" NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    source VARCHAR NOT NULL,
    excluded VARCHAR NOT NULL,
    CONSTRAINT pk_review_activity PRIMARY KEY (subject_id, customer),
    CONSTRAINT fk_review_activity_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.ix_review_activity_counted
CREATE INDEX ix_review_activity_counted ON review_activity (subject_id, last_seen) WHERE excluded = ''

-- name: schema.review_clock
CREATE TABLE review_clock (
    subject_id BIGINT NOT NULL,
    sla VARCHAR NOT NULL,
    cycle INTEGER NOT NULL,
    round INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    within VARCHAR NOT NULL,
    calendar VARCHAR NOT NULL,
    rest BIGINT,
    paused_at TIMESTAMP WITH TIME ZONE,
    reminded INTEGER NOT NULL,
    breached_at TIMESTAMP WITH TIME ZONE,
    stopped_at TIMESTAMP WITH TIME ZONE,
    wakes_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_review_clock PRIMARY KEY (subject_id, sla),
    CONSTRAINT fk_review_clock_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)

-- name: schema.ix_review_clock_wakes_at
CREATE INDEX ix_review_clock_wakes_at ON review_clock (wakes_at) WHERE wakes_at IS NOT NULL

-- name: schema.review_clock_event
CREATE TABLE review_clock_event (
    id BIGSERIAL NOT NULL,
    subject_id BIGINT NOT NULL,
    sla VARCHAR NOT NULL,
    cycle INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    mark INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_review_clock_event PRIMARY KEY (id),
    CONSTRAINT uq_review_clock_event_subject_id_sla_cycle_kind_mark UNIQUE (subject_id, sla, cycle, kind, mark),
    CONSTRAINT fk_review_clock_event_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.review_delivery_content
CREATE TABLE review_delivery_content (
    delivery_id BIGINT NOT NULL,
    content VARCHAR NOT NULL,
    CONSTRAINT pk_review_delivery_content PRIMARY KEY (delivery_id),
    CONSTRAINT fk_review_delivery_content_delivery_id FOREIGN KEY(delivery_id) REFERENCES review_delivery (id) ON
    DELETE CASCADE
)

-- name: schema.review_delivery_content.storage
ALTER TABLE review_delivery_content ALTER COLUMN content SET STORAGE EXTERNAL

-- name: schema.review_evidence
CREATE TABLE review_evidence (
    id BIGSERIAL NOT NULL,
    subject_id BIGINT NOT NULL,
    probe VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by VARCHAR NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    note TEXT NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT pk_review_evidence PRIMARY KEY (id),
    CONSTRAINT fk_review_evidence_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.ix_review_evidence_subject_id
CREATE INDEX ix_review_evidence_subject_id ON review_evidence (subject_id)

-- name: schema.review_fact_change
CREATE TABLE review_fact_change (
    id BIGSERIAL NOT NULL,
    subject_id BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    value JSONB,
    role VARCHAR NOT NULL,
    by VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_fact_change PRIMARY KEY (id),
    CONSTRAINT fk_review_fact_change_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.ix_review_fact_change_subject_id
CREATE INDEX ix_review_fact_change_subject_id ON review_fact_change (subject_id)

-- name: schema.review_finding
CREATE TABLE review_finding (
    subject_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    round INTEGER NOT NULL,
    criterion VARCHAR NOT NULL,
    result VARCHAR NOT NULL,
    comment TEXT NOT NULL,
    about VARCHAR NOT NULL,
    by VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    late BOOLEAN NOT NULL,
    CONSTRAINT pk_review_finding PRIMARY KEY (subject_id, number),
    CONSTRAINT fk_review_finding_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)

-- name: schema.review_move
CREATE TABLE review_move (
    subject_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    transition VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    by VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    workflow VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    facts_hash VARCHAR NOT NULL,
    comment TEXT NOT NULL,
    verdicts JSONB NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    CONSTRAINT pk_review_move PRIMARY KEY (subject_id, number),
    CONSTRAINT fk_review_move_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE RESTRICT
)

-- name: schema.ix_review_move_at
CREATE INDEX ix_review_move_at ON review_move (at)

-- name: schema.review_person_partner
CREATE TABLE review_person_partner (
    person VARCHAR COLLATE "C" NOT NULL,
    partner VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT pk_review_person_partner PRIMARY KEY (person, partner),
    CONSTRAINT fk_review_person_partner_person FOREIGN KEY(person) REFERENCES review_person (key) ON DELETE CASCADE
)

-- name: schema.ix_review_person_partner_partner
CREATE INDEX ix_review_person_partner_partner ON review_person_partner (partner)

-- name: schema.review_remark
CREATE TABLE review_remark (
    subject_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    role VARCHAR NOT NULL,
    by VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    round INTEGER NOT NULL,
    internal BOOLEAN NOT NULL,
    CONSTRAINT pk_review_remark PRIMARY KEY (subject_id, number),
    CONSTRAINT fk_review_remark_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)

-- name: schema.review_secret
CREATE TABLE review_secret (
    subject_id BIGINT NOT NULL,
    fact VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    CONSTRAINT pk_review_secret PRIMARY KEY (subject_id, fact, version),
    CONSTRAINT fk_review_secret_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)

-- name: schema.review_secret_look
CREATE TABLE review_secret_look (
    id BIGSERIAL NOT NULL,
    subject_id BIGINT NOT NULL,
    fact VARCHAR NOT NULL,
    by VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_secret_look PRIMARY KEY (id),
    CONSTRAINT fk_review_secret_look_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.ix_review_secret_look_subject_id
CREATE INDEX ix_review_secret_look_subject_id ON review_secret_look (subject_id)

-- name: schema.review_submission
CREATE TABLE review_submission (
    subject_id BIGINT NOT NULL,
    round INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_by VARCHAR NOT NULL,
    facts_hash VARCHAR NOT NULL,
    claimed_by VARCHAR NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    decision VARCHAR NOT NULL,
    taken JSONB NOT NULL,
    facts JSONB NOT NULL,
    CONSTRAINT pk_review_submission PRIMARY KEY (subject_id, round),
    CONSTRAINT fk_review_submission_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.review_waiver
CREATE TABLE review_waiver (
    id BIGSERIAL NOT NULL,
    subject_id BIGINT NOT NULL,
    guard VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    by VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_review_waiver PRIMARY KEY (id),
    CONSTRAINT fk_review_waiver_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)

-- name: schema.ix_review_waiver_subject_id
CREATE INDEX ix_review_waiver_subject_id ON review_waiver (subject_id)
