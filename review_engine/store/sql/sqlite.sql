-- name: subject
-- given: kind, slug
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.kind = ? AND review_subject.slug = ?

-- name: subjects
-- given: kind, slugs
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.kind = ? AND review_subject.slug IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: scan
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject

-- name: scan.page
-- given: limit
ORDER BY review_subject.kind, review_subject.slug
LIMIT ?

-- name: census
SELECT review_subject.kind, review_subject.state, count(*) AS count_1
FROM review_subject

-- name: census.group
GROUP BY review_subject.kind, review_subject.state

-- name: where.kind
-- given: kind
review_subject.kind = ?

-- name: where.states
-- given: states
review_subject.state IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: where.partners
-- given: partners
review_subject.partner IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: where.parent
-- given: above_kind, above_slug
review_subject.parent_id = (SELECT above.id
FROM review_subject AS above
WHERE above.kind = ? AND above.slug = ?)

-- name: where.after
-- given: after_kind, after_slug
(review_subject.kind, review_subject.slug) > (?, ?)

-- name: active
-- given: id, since
SELECT count(*) AS count_1
FROM review_activity
WHERE review_activity.subject_id = ? AND review_activity.excluded = '' AND review_activity.last_seen >= ?

-- name: clocks
-- given: id
SELECT review_clock.sla, review_clock.cycle, review_clock.round, review_clock.state, review_clock.started_at,
    review_clock.due_at, review_clock.within, review_clock.calendar, review_clock.rest, review_clock.paused_at,
    review_clock.reminded, review_clock.breached_at, review_clock.stopped_at, review_clock.wakes_at
FROM review_clock
WHERE review_clock.subject_id = ?

-- name: children
-- given: id
SELECT child.kind, child.slug, child.state, child.evidence
FROM review_subject AS child
WHERE child.parent_id = ?

-- name: answer
-- given: scope, key
SELECT review_answer.scope, review_answer."key", review_answer.digest, review_answer.body, review_answer.at
FROM review_answer
WHERE review_answer.scope = ? AND review_answer."key" = ?

-- name: active.many
-- given: windows, ids
SELECT review_activity.subject_id, anon_1.value, count(*) AS count_1
FROM review_activity, json_each(?) AS anon_1
WHERE review_activity.subject_id IN (SELECT anon_2.value
FROM json_each(?) AS anon_2) AND review_activity.excluded = '' AND review_activity.last_seen >= anon_1.value GROUP
    BY review_activity.subject_id, anon_1.value

-- name: clocks.many
-- given: ids
SELECT review_clock.sla, review_clock.cycle, review_clock.round, review_clock.state, review_clock.started_at,
    review_clock.due_at, review_clock.within, review_clock.calendar, review_clock.rest, review_clock.paused_at,
    review_clock.reminded, review_clock.breached_at, review_clock.stopped_at, review_clock.wakes_at,
    review_clock.subject_id
FROM review_clock
WHERE review_clock.subject_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: children.many
-- given: ids
SELECT child.kind, child.slug, child.state, child.evidence, child.parent_id
FROM review_subject AS child
WHERE child.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: ledger.move
-- given: kind, slug
SELECT review_move.number, review_move.transition, review_move.source, review_move.target, review_move.role,
    review_move."by", review_move.at, review_move.workflow, review_move.round, review_move.facts_hash,
    review_move.comment, review_move.verdicts, review_move.previous, review_move.hash
FROM review_move JOIN review_subject ON review_subject.id = review_move.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_move.number

-- name: ledger.fact_change
-- given: kind, slug
SELECT review_fact_change.name, review_fact_change.value, review_fact_change.role, review_fact_change."by",
    review_fact_change.at
FROM review_fact_change JOIN review_subject ON review_subject.id = review_fact_change.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_fact_change.id

-- name: ledger.evidence
-- given: kind, slug
SELECT review_evidence.probe, review_evidence.outcome, review_evidence.at, review_evidence."by",
    review_evidence.expires_at, review_evidence.note, review_evidence.number
FROM review_evidence JOIN review_subject ON review_subject.id = review_evidence.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_evidence.id

-- name: ledger.waiver
-- given: kind, slug
SELECT review_waiver.guard, review_waiver.reason, review_waiver."by", review_waiver.at, review_waiver.until
FROM review_waiver JOIN review_subject ON review_subject.id = review_waiver.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_waiver.id

-- name: ledger.submission
-- given: kind, slug
SELECT review_submission.round, review_submission.opened_at, review_submission.opened_by,
    review_submission.facts_hash, review_submission.claimed_by, review_submission.claimed_at,
    review_submission.decision, review_submission.taken, review_submission.facts
FROM review_submission JOIN review_subject ON review_subject.id = review_submission.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_submission.round

-- name: ledger.clock_event
-- given: kind, slug
SELECT review_clock_event.sla, review_clock_event.cycle, review_clock_event.kind, review_clock_event.mark,
    review_clock_event.at, review_clock_event.due_at, review_clock_event.note
FROM review_clock_event JOIN review_subject ON review_subject.id = review_clock_event.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_clock_event.id

-- name: ledger.activity
-- given: kind, slug
SELECT review_activity.customer, review_activity.first_seen, review_activity.last_seen, review_activity.source,
    review_activity.excluded
FROM review_activity JOIN review_subject ON review_subject.id = review_activity.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_activity.customer

-- name: ledger.secret_look
-- given: kind, slug
SELECT review_secret_look.fact, review_secret_look."by", review_secret_look.at
FROM review_secret_look JOIN review_subject ON review_subject.id = review_secret_look.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_secret_look.id

-- name: ledger.finding
-- given: kind, slug
SELECT review_finding.round, review_finding.number, review_finding.criterion, review_finding.result,
    review_finding.comment, review_finding.about, review_finding."by", review_finding.at, review_finding.late
FROM review_finding JOIN review_subject ON review_subject.id = review_finding.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_finding.number

-- name: ledger.remark
-- given: kind, slug
SELECT review_remark.number, review_remark.text, review_remark.role, review_remark."by", review_remark.at,
    review_remark.round, review_remark.internal
FROM review_remark JOIN review_subject ON review_subject.id = review_remark.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? ORDER BY review_remark.number

-- name: histories
SELECT review_subject.kind, review_subject.slug, review_subject.head, review_move.number, review_move.transition,
    review_move.source, review_move.target, review_move.role, review_move."by", review_move.at,
    review_move.workflow, review_move.round, review_move.facts_hash, review_move.comment, review_move.verdicts,
    review_move.previous, review_move.hash
FROM review_subject LEFT OUTER JOIN review_move ON review_move.subject_id = review_subject.id ORDER BY
    review_subject.kind, review_subject.slug, review_move.number

-- name: histories.kind
-- given: kind
SELECT review_subject.kind, review_subject.slug, review_subject.head, review_move.number, review_move.transition,
    review_move.source, review_move.target, review_move.role, review_move."by", review_move.at,
    review_move.workflow, review_move.round, review_move.facts_hash, review_move.comment, review_move.verdicts,
    review_move.previous, review_move.hash
FROM review_subject LEFT OUTER JOIN review_move ON review_move.subject_id = review_subject.id
WHERE review_subject.kind = ? ORDER BY review_subject.kind, review_subject.slug, review_move.number

-- name: drips
-- given: since
SELECT review_finding."by", count(*) AS count_1, sum(CASE WHEN (review_finding.late IS 1) THEN 1 ELSE 0 END) AS
    sum_1
FROM review_finding
WHERE review_finding.round > 1 AND review_finding.result IN ('failed', 'noted') AND review_finding.at >= ? GROUP BY
    review_finding."by" ORDER BY review_finding."by"

-- name: sealed
-- given: kind, slug, fact
SELECT review_secret.fact, review_secret.version, review_secret.sealed
FROM review_secret JOIN review_subject ON review_subject.id = review_secret.subject_id
WHERE review_subject.kind = ? AND review_subject.slug = ? AND review_secret.fact = ? ORDER BY review_secret.version
    DESC

-- name: notices
-- given: after, limit
SELECT review_notice.id, review_notice.status, review_notice.name, review_notice.subject, review_notice.partner,
    review_notice.cause, review_notice.audience, review_notice.at, review_notice.context
FROM review_notice
WHERE review_notice.id > ? ORDER BY review_notice.id
LIMIT ?

-- name: notices.of
-- given: after, first, behind, limit
SELECT review_notice.id, review_notice.status, review_notice.name, review_notice.subject, review_notice.partner,
    review_notice.cause, review_notice.audience, review_notice.at, review_notice.context
FROM review_notice
WHERE review_notice.id > ? AND review_notice.idem_key >= ? AND review_notice.idem_key < ? ORDER BY review_notice.id
LIMIT ?

-- name: subject.id
-- given: kind, slug
SELECT review_subject.id
FROM review_subject
WHERE review_subject.kind = ? AND review_subject.slug = ?

-- name: subject.lock
UPDATE review_subject SET revision=review_subject.revision WHERE review_subject.id = 0

-- name: subject.update
-- given: state, since, number, revision, workflow, facts, said, facts_hash, evidence, waivers, submission, head, its_id, read_revision
UPDATE review_subject SET state=?, since=?, number=?, revision=?, workflow=?, facts=?, said=?, facts_hash=?,
    evidence=?, waivers=?, submission=?, head=? WHERE review_subject.id = ? AND review_subject.revision = ?

-- name: subject.bump
-- given: its_id
UPDATE review_subject SET revision=(review_subject.revision + 1) WHERE review_subject.id = ?

-- name: subjects.bump
-- given: ids
UPDATE review_subject SET revision=(review_subject.revision + 1) WHERE review_subject.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: subjects.new
-- given: count
WITH RECURSIVE ids(anon_1, nth) AS
(SELECT coalesce(max(review_subject.id), 0) + 1 AS anon_1, 1 AS nth
FROM review_subject UNION ALL SELECT ids.anon_1 + 1 AS anon_2, ids.nth + 1 AS anon_3
FROM ids
WHERE ids.nth < ?)
 SELECT ids.anon_1
FROM ids

-- name: insert.subject
-- given: id, kind, slug, partner, state, since, number, revision, workflow, created_at, facts, said, facts_hash, evidence, waivers, submission, parent, parent_id, head
INSERT INTO review_subject (id, kind, slug, partner, state, since, number, revision, workflow, created_at, facts,
    said, facts_hash, evidence, waivers, submission, parent, parent_id, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert.move
-- given: subject_id, number, transition, source, target, role, by, at, workflow, round, facts_hash, comment, verdicts, previous, hash
INSERT INTO review_move (subject_id, number, transition, source, target, role, "by", at, workflow, round,
    facts_hash, comment, verdicts, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert.fact_change
-- given: subject_id, name, value, role, by, at
INSERT INTO review_fact_change (subject_id, name, value, role, "by", at) VALUES (?, ?, ?, ?, ?, ?)

-- name: insert.evidence
-- given: subject_id, probe, outcome, at, by, expires_at, note, number
INSERT INTO review_evidence (subject_id, probe, outcome, at, "by", expires_at, note, number) VALUES (?, ?, ?, ?, ?,
    ?, ?, ?)

-- name: insert.waiver
-- given: subject_id, guard, reason, by, at, until
INSERT INTO review_waiver (subject_id, guard, reason, "by", at, until) VALUES (?, ?, ?, ?, ?, ?)

-- name: insert.finding
-- given: subject_id, number, round, criterion, result, comment, about, by, at, late
INSERT INTO review_finding (subject_id, number, round, criterion, result, comment, about, "by", at, late) VALUES (?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert.remark
-- given: subject_id, number, text, role, by, at, round, internal
INSERT INTO review_remark (subject_id, number, text, role, "by", at, round, internal) VALUES (?, ?, ?, ?, ?, ?, ?,
    ?)

-- name: insert.submission
-- given: subject_id, round, opened_at, opened_by, facts_hash, claimed_by, claimed_at, decision, taken, facts
INSERT INTO review_submission (subject_id, round, opened_at, opened_by, facts_hash, claimed_by, claimed_at,
    decision, taken, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject_id, round) DO UPDATE SET
    opened_at = excluded.opened_at, opened_by = excluded.opened_by, facts_hash = excluded.facts_hash, claimed_by =
    excluded.claimed_by, claimed_at = excluded.claimed_at, decision = excluded.decision, taken = excluded.taken

-- name: insert.clock
-- given: subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, rest, paused_at, reminded, breached_at, stopped_at, wakes_at
INSERT INTO review_clock (subject_id, sla, cycle, round, state, started_at, due_at, within, calendar, rest,
    paused_at, reminded, breached_at, stopped_at, wakes_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON
    CONFLICT (subject_id, sla) DO UPDATE SET cycle = excluded.cycle, round = excluded.round, state = excluded.state,
    started_at = excluded.started_at, due_at = excluded.due_at, within = excluded.within, calendar =
    excluded.calendar, rest = excluded.rest, paused_at = excluded.paused_at, reminded = excluded.reminded,
    breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, wakes_at = excluded.wakes_at

-- name: insert.clock_event
-- given: subject_id, sla, cycle, kind, mark, at, due_at, note
INSERT INTO review_clock_event (subject_id, sla, cycle, kind, mark, at, due_at, note) VALUES (?, ?, ?, ?, ?, ?, ?,
    ?)

-- name: insert.notice
-- given: name, subject, partner, cause, audience, at, context, idem_key, status
INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) VALUES (?, ?, ?,
    ?, ?, ?, ?, ?, ?)

-- name: insert.secret
-- given: subject_id, fact, version, sealed
INSERT INTO review_secret (subject_id, fact, version, sealed) VALUES (?, ?, ?, ?)

-- name: insert.secret_look
-- given: subject_id, fact, by, at
INSERT INTO review_secret_look (subject_id, fact, "by", at) VALUES (?, ?, ?, ?)

-- name: insert.partner
-- given: key, name
INSERT INTO review_partner ("key", name) VALUES (?, ?) ON CONFLICT ("key") DO UPDATE SET name = excluded.name

-- name: insert.person
-- given: key, name, address, mailbox, roles
INSERT INTO review_person ("key", name, address, mailbox, roles) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: insert.answer
-- given: scope, key, digest, body, at
INSERT INTO review_answer (scope, "key", digest, body, at) VALUES (?, ?, ?, ?, ?)

-- name: insert.imported
-- given: digest
INSERT INTO review_imported (digest) VALUES (?)

-- name: insert.odd_event
-- given: digest, subject, reason, event, at
INSERT INTO review_odd_event (digest, subject, reason, event, at) VALUES (?, ?, ?, ?, ?)

-- name: insert.workflow
-- given: revision, kind, document
INSERT INTO review_workflow (revision, kind, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: insert.person_partner
-- given: person, mailbox, person, partner
INSERT INTO review_person_partner (person, partner) SELECT coalesce((SELECT review_person."key"
FROM review_person
WHERE review_person."key" = ?), (SELECT review_person."key"
FROM review_person
WHERE review_person.mailbox = ?), ?) AS coalesce_1, ? AS anon_1
WHERE 1 ON CONFLICT DO NOTHING

-- name: apps
-- given: kind, slugs
SELECT review_subject.id, review_subject.slug
FROM review_subject
WHERE review_subject.kind = ? AND review_subject.slug IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: insert.activity
-- given: subject_id, customer, first_seen, last_seen, source, excluded
INSERT INTO review_activity (subject_id, customer, first_seen, last_seen, source, excluded) VALUES (?, ?, ?, ?, ?,
    ?) ON CONFLICT (subject_id, customer) DO UPDATE SET first_seen = min(review_activity.first_seen,
    excluded.first_seen), last_seen = max(review_activity.last_seen, excluded.last_seen), source = CASE WHEN
    (excluded.last_seen >= review_activity.last_seen) THEN excluded.source ELSE review_activity.source END, excluded
    = CASE WHEN (excluded.last_seen >= review_activity.last_seen) THEN excluded.excluded ELSE
    review_activity.excluded END

-- name: people
SELECT review_person."key", review_person.name, review_person.address, review_person.roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person."key" ORDER
    BY review_person."key"

-- name: person
-- given: key
SELECT review_person."key", review_person.name, review_person.address, review_person.roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person."key"
WHERE review_person."key" = ? ORDER BY review_person."key"

-- name: person_at
-- given: mailbox
SELECT review_person."key", review_person.name, review_person.address, review_person.roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person."key"
WHERE review_person.mailbox = ? ORDER BY review_person."key"

-- name: members
-- given: partner
SELECT review_person."key", review_person.name, review_person.address, review_person.roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person."key"
WHERE review_person."key" IN (SELECT other.person
FROM review_person_partner AS other
WHERE other.partner = ?) ORDER BY review_person."key"

-- name: staff
-- given: role
SELECT review_person."key", review_person.name, review_person.address, review_person.roles,
    review_person_partner.partner
FROM review_person LEFT OUTER JOIN review_person_partner ON review_person_partner.person = review_person."key"
WHERE EXISTS (SELECT 1
FROM json_each(review_person.roles) AS anon_1
WHERE value = ?) ORDER BY review_person."key"

-- name: partners
SELECT review_partner."key", review_partner.name
FROM review_partner ORDER BY review_partner."key"

-- name: partner
-- given: key
SELECT review_partner."key", review_partner.name
FROM review_partner
WHERE review_partner."key" = ? ORDER BY review_partner."key"

-- name: person.save
-- given: key, name, address, mailbox, roles
INSERT INTO review_person ("key", name, address, mailbox, roles) VALUES (?, ?, ?, ?, ?) ON CONFLICT ("key") DO
    UPDATE SET name = excluded.name, address = excluded.address, mailbox = excluded.mailbox, roles = excluded.roles

-- name: person.leave
-- given: key
DELETE FROM review_person_partner WHERE review_person_partner.person = ?

-- name: person.erase
-- given: key
DELETE FROM review_person WHERE review_person."key" = ?

-- name: workflow
-- given: revision
SELECT review_workflow.kind, review_workflow.document
FROM review_workflow
WHERE review_workflow.revision = ?

-- name: odd_events
SELECT review_odd_event.digest, review_odd_event.subject, review_odd_event.reason, review_odd_event.event,
    review_odd_event.at
FROM review_odd_event ORDER BY review_odd_event.id

-- name: adopted
-- given: digests, digests
SELECT review_imported.digest
FROM review_imported
WHERE review_imported.digest IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) UNION ALL SELECT review_odd_event.digest
FROM review_odd_event
WHERE review_odd_event.digest IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)

-- name: due
-- given: now, limit
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_clock JOIN review_subject ON review_subject.id = review_clock.subject_id
WHERE review_clock.wakes_at <= ? ORDER BY review_clock.wakes_at
LIMIT ?

-- name: next_ring
SELECT min(review_clock.wakes_at) AS min_1
FROM review_clock
WHERE review_clock.wakes_at IS NOT NULL

-- name: clock_events.of
-- given: kind, slugs
SELECT review_subject.slug, review_clock_event.sla, review_clock_event.cycle, review_clock_event.kind,
    review_clock_event.mark, review_clock_event.at, review_clock_event.due_at, review_clock_event.note
FROM review_subject LEFT OUTER JOIN review_clock_event ON review_clock_event.subject_id = review_subject.id
WHERE review_subject.kind = ? AND review_subject.slug IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY review_clock_event.id

-- name: timed
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE EXISTS (SELECT 1
FROM review_clock_event
WHERE review_clock_event.subject_id = review_subject.id) ORDER BY review_subject.kind, review_subject.slug

-- name: timed.kind
-- given: kind
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE (EXISTS (SELECT 1
FROM review_clock_event
WHERE review_clock_event.subject_id = review_subject.id)) AND review_subject.kind = ? ORDER BY review_subject.kind,
    review_subject.slug

-- name: clock_events.many
-- given: ids
SELECT review_clock_event.sla, review_clock_event.cycle, review_clock_event.kind, review_clock_event.mark,
    review_clock_event.at, review_clock_event.due_at, review_clock_event.note, review_clock_event.subject_id
FROM review_clock_event
WHERE review_clock_event.subject_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY review_clock_event.id

-- name: moves.many
-- given: ids
SELECT review_move.number, review_move.transition, review_move.source, review_move.target, review_move.role,
    review_move."by", review_move.at, review_move.workflow, review_move.round, review_move.facts_hash,
    review_move.comment, review_move.verdicts, review_move.previous, review_move.hash, review_move.subject_id
FROM review_move
WHERE review_move.subject_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY review_move.number

-- name: open_clocks
-- given: calendar
SELECT DISTINCT review_subject.kind, review_subject.slug
FROM review_subject JOIN review_clock ON review_clock.subject_id = review_subject.id
WHERE review_clock.state IN ('running', 'paused') AND review_clock.calendar != ? ORDER BY review_subject.kind,
    review_subject.slug

-- name: calendar
-- given: version
SELECT review_calendar_version.name, review_calendar_version.document
FROM review_calendar_version
WHERE review_calendar_version.version = ?

-- name: insert.calendar_version
-- given: name, version, document, at
INSERT INTO review_calendar_version (name, version, document, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: heartbeats
SELECT review_heartbeat.name, review_heartbeat.at, review_heartbeat.details
FROM review_heartbeat

-- name: insert.heartbeat
-- given: name, at, details
INSERT INTO review_heartbeat (name, at, details) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at,
    details = excluded.details

-- name: outbox.unaddressed
-- given: after, but, limit
SELECT review_notice.id, review_notice.status, review_notice.name, review_notice.subject, review_notice.partner,
    review_notice.cause, review_notice.audience, review_notice.at, review_notice.context
FROM review_notice
WHERE review_notice.status = 'pending' AND review_notice.id > ? AND (review_notice.name NOT IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)) ORDER BY review_notice.id
LIMIT ?

-- name: outbox.addressed
-- given: stands, number
UPDATE review_notice SET status=? WHERE review_notice.id = ? AND review_notice.status = 'pending'

-- name: outbox.readdress
UPDATE review_notice SET status='pending' WHERE review_notice.status = 'nobody'

-- name: insert.delivery
-- given: idem_key, channel, event, subject, partner, cause, caused_at, recipient, reader, letter, letter_version, locale, context, message_id, thread_root, resends, bundle, once, created_at, status, priority, available_at, expires_at, attempts, unknowns, lease_token, lease_until, data_started_at, last_stage, last_code, last_enhanced, last_error, sent_at, remote_reply
INSERT INTO review_delivery (idem_key, channel, event, subject, partner, cause, caused_at, recipient, reader,
    letter, letter_version, locale, context, message_id, thread_root, resends, bundle, once, created_at, status,
    priority, available_at, expires_at, attempts, unknowns, lease_token, lease_until, data_started_at, last_stage,
    last_code, last_enhanced, last_error, sent_at, remote_reply) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (idem_key) DO NOTHING

-- name: insert.announced
-- given: name, subject, partner, cause, audience, at, context, idem_key, status
INSERT INTO review_notice (name, subject, partner, cause, audience, at, context, idem_key, status) VALUES (?, ?, ?,
    ?, ?, ?, ?, ?, ?) ON CONFLICT (idem_key) DO NOTHING

-- name: outbox.known
-- given: keys
SELECT review_delivery.id
FROM review_delivery
WHERE review_delivery.idem_key IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: outbox.bundles
-- given: now, limit
SELECT review_delivery.id, review_delivery.idem_key, review_delivery.channel, review_delivery.event,
    review_delivery.subject, review_delivery.partner, review_delivery.cause, review_delivery.caused_at,
    review_delivery.recipient, review_delivery.reader, review_delivery.letter, review_delivery.letter_version,
    review_delivery.locale, review_delivery.context, review_delivery.message_id, review_delivery.thread_root,
    (SELECT review_delivery_content.content
FROM review_delivery_content
WHERE review_delivery_content.delivery_id = review_delivery.id) AS anon_1, review_delivery.resends,
    review_delivery.bundle, review_delivery.once, review_delivery.created_at, review_delivery.status,
    review_delivery.priority, review_delivery.available_at, review_delivery.expires_at, review_delivery.attempts,
    review_delivery.unknowns, review_delivery.lease_token, review_delivery.lease_until,
    review_delivery.data_started_at, review_delivery.last_stage, review_delivery.last_code,
    review_delivery.last_enhanced, review_delivery.last_error, review_delivery.sent_at, review_delivery.remote_reply
FROM review_delivery
WHERE review_delivery.status = 'pending' AND review_delivery.bundle != '' AND review_delivery.available_at <= ?
    ORDER BY review_delivery.bundle, review_delivery.id
LIMIT ?

-- name: outbox.waiting
-- given: ids
SELECT review_delivery.id
FROM review_delivery
WHERE review_delivery.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND review_delivery.status = 'pending' ORDER BY review_delivery.id

-- name: outbox.loosen
-- given: ids
UPDATE review_delivery SET bundle='' WHERE review_delivery.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND review_delivery.status = 'pending'

-- name: outbox.merge
-- given: why, ids
UPDATE review_delivery SET status='cancelled', last_error=? WHERE review_delivery.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND review_delivery.status = 'pending'

-- name: outbox.claim
-- given: by_channel, of_priority, now, now, limit, new_token, until
WITH picked AS
(SELECT review_delivery.id AS id
FROM review_delivery
WHERE review_delivery.status = 'pending' AND review_delivery.bundle = '' AND review_delivery.channel = ? AND
    review_delivery.priority = ? AND review_delivery.available_at <= ? AND (review_delivery.expires_at IS NULL OR
    review_delivery.expires_at > ?) ORDER BY review_delivery.available_at, review_delivery.id
 LIMIT ? OFFSET 0)
 UPDATE review_delivery SET status='sending', attempts=(review_delivery.attempts + 1), lease_token=?, lease_until=?,
    data_started_at=NULL WHERE review_delivery.id IN (SELECT picked.id
FROM picked) RETURNING id, idem_key, channel, event, subject, partner, cause, caused_at, recipient, reader, letter,
    letter_version, locale, context, message_id, thread_root, (SELECT review_delivery_content.content
FROM review_delivery_content
WHERE delivery_id = id) AS anon_1, resends, bundle, once, created_at, status, priority, available_at, expires_at,
    attempts, unknowns, lease_token, lease_until, data_started_at, last_stage, last_code, last_enhanced, last_error,
    sent_at, remote_reply

-- name: outbox.renew
-- given: until, tokens
UPDATE review_delivery SET lease_until=? WHERE review_delivery.status = 'sending' AND review_delivery.lease_token IN
    (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: outbox.release
-- given: tokens
UPDATE review_delivery SET status='pending', attempts=(review_delivery.attempts - 1), lease_token='',
    lease_until=NULL WHERE review_delivery.status = 'sending' AND review_delivery.lease_token IN (SELECT
    anon_1.value
FROM json_each(?) AS anon_1) AND review_delivery.data_started_at IS NULL

-- name: outbox.abandon
-- given: now, tokens
UPDATE review_delivery SET lease_until=? WHERE review_delivery.status = 'sending' AND review_delivery.lease_token IN
    (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: outbox.intent
-- given: delivery_rows
UPDATE review_delivery SET letter_version=CASE WHEN json_extract(anon_1.value, '$.anew') THEN
    json_extract(anon_1.value, '$.letter_version') ELSE review_delivery.letter_version END, message_id=CASE WHEN
    json_extract(anon_1.value, '$.anew') THEN json_extract(anon_1.value, '$.message_id') ELSE
    review_delivery.message_id END, thread_root=CASE WHEN json_extract(anon_1.value, '$.anew') THEN
    json_extract(anon_1.value, '$.thread_root') ELSE review_delivery.thread_root END,
    data_started_at=json_extract(anon_1.value, '$.data_started_at') FROM json_each(?) AS anon_1 WHERE
    review_delivery.id = json_extract(anon_1.value, '$.id') AND review_delivery.lease_token =
    json_extract(anon_1.value, '$.lease_token') RETURNING id

-- name: outbox.ended
-- given: delivery_rows
UPDATE review_delivery SET status=json_extract(anon_1.value, '$.status'), available_at=json_extract(anon_1.value,
    '$.available_at'), attempts=json_extract(anon_1.value, '$.attempts'), unknowns=json_extract(anon_1.value,
    '$.unknowns'), lease_token='', lease_until=NULL, data_started_at=json_extract(anon_1.value,
    '$.data_started_at'), last_stage=json_extract(anon_1.value, '$.last_stage'),
    last_code=json_extract(anon_1.value, '$.last_code'), last_enhanced=json_extract(anon_1.value,
    '$.last_enhanced'), last_error=json_extract(anon_1.value, '$.last_error'), sent_at=json_extract(anon_1.value,
    '$.sent_at'), remote_reply=json_extract(anon_1.value, '$.remote_reply') FROM json_each(?) AS anon_1 WHERE
    review_delivery.id = json_extract(anon_1.value, '$.id') AND review_delivery.lease_token =
    json_extract(anon_1.value, '$.lease_token') RETURNING id

-- name: outbox.keep
-- given: contents, delivery_rows
INSERT INTO review_delivery_content (delivery_id, content) SELECT json_extract(anon_1.value, '$.delivery_id') AS
    json_extract_1, CAST(substr(CAST(? AS BLOB), json_extract(anon_1.value, '$.start'), json_extract(anon_1.value,
    '$.size')) AS TEXT) AS substr_1
FROM json_each(?) AS anon_1, review_delivery
WHERE review_delivery.id = json_extract(anon_1.value, '$.delivery_id') AND review_delivery.lease_token =
    json_extract(anon_1.value, '$.lease_token') ON CONFLICT (delivery_id) DO UPDATE SET content = excluded.content

-- name: outbox.sweep
-- given: most, now, most, now
UPDATE review_delivery SET status=CASE WHEN (review_delivery.data_started_at IS NULL AND review_delivery.attempts <
    ?) THEN 'pending' WHEN (review_delivery.data_started_at IS NULL) THEN 'dead' WHEN (review_delivery.once = 0 AND
    review_delivery.unknowns < 2) THEN 'pending' ELSE 'unknown' END, available_at=?,
    unknowns=(review_delivery.unknowns + CASE WHEN (review_delivery.data_started_at IS NULL) THEN 0 ELSE 1 END),
    lease_token='', lease_until=NULL, data_started_at=NULL, last_stage=CASE WHEN (review_delivery.data_started_at IS
    NULL) THEN review_delivery.last_stage ELSE 'content' END, last_error=CASE WHEN (review_delivery.data_started_at
    IS NULL AND review_delivery.attempts >= ?) THEN 'no attempt came to an end' ELSE 'the worker that held it did
    not come back' END WHERE review_delivery.status = 'sending' AND review_delivery.lease_until <= ? RETURNING
    status

-- name: outbox.over
-- given: now, now
SELECT 1
FROM review_delivery
WHERE review_delivery.status = 'sending' AND review_delivery.lease_until <= ? UNION ALL SELECT 1
FROM review_delivery
WHERE review_delivery.status = 'pending' AND review_delivery.expires_at IS NOT NULL AND review_delivery.expires_at
    <= ?

-- name: outbox.expire
-- given: why, now
UPDATE review_delivery SET status='cancelled', last_error=? WHERE review_delivery.status = 'pending' AND
    review_delivery.expires_at IS NOT NULL AND review_delivery.expires_at <= ?

-- name: outbox.pauses
SELECT review_channel_pause.channel, review_channel_pause.since, review_channel_pause.until,
    review_channel_pause.failures, review_channel_pause.reason
FROM review_channel_pause ORDER BY review_channel_pause.channel

-- name: insert.channel_pause
-- given: channel, since, until, failures, reason
INSERT INTO review_channel_pause (channel, since, until, failures, reason) VALUES (?, ?, ?, ?, ?) ON CONFLICT
    (channel) DO UPDATE SET since = excluded.since, until = excluded.until, failures = excluded.failures, reason =
    excluded.reason

-- name: outbox.resume
-- given: by_channel
DELETE FROM review_channel_pause WHERE review_channel_pause.channel = ?

-- name: outbox.suppressions
SELECT review_suppression.address, review_suppression.reason, review_suppression.at
FROM review_suppression ORDER BY review_suppression.address

-- name: outbox.suppressed
-- given: addresses
SELECT review_suppression.address, review_suppression.reason, review_suppression.at
FROM review_suppression
WHERE review_suppression.address IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY review_suppression.address

-- name: insert.suppression
-- given: address, reason, at
INSERT INTO review_suppression (address, reason, at) VALUES (?, ?, ?) ON CONFLICT (address) DO UPDATE SET reason =
    excluded.reason, at = excluded.at

-- name: outbox.restore
-- given: of_address
DELETE FROM review_suppression WHERE review_suppression.address = ?

-- name: outbox.stop
-- given: stands, why, of_address
UPDATE review_delivery SET status=?, last_error=? WHERE review_delivery.status = 'pending' AND
    lower(review_delivery.recipient) = ?

-- name: outbox.preferences
-- given: people
SELECT review_preference.person, review_preference.mode, review_preference.letters, review_preference.quiet_from,
    review_preference.quiet_until, review_preference.zone
FROM review_preference
WHERE review_preference.person IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: insert.preference
-- given: person, mode, letters, quiet_from, quiet_until, zone
INSERT INTO review_preference (person, mode, letters, quiet_from, quiet_until, zone) VALUES (?, ?, ?, ?, ?, ?) ON
    CONFLICT (person) DO UPDATE SET mode = excluded.mode, letters = excluded.letters, quiet_from =
    excluded.quiet_from, quiet_until = excluded.quiet_until, zone = excluded.zone

-- name: outbox.census
SELECT review_delivery.channel, review_delivery.status, count(*) AS count_1
FROM review_delivery GROUP BY review_delivery.channel, review_delivery.status ORDER BY review_delivery.channel,
    review_delivery.status

-- name: outbox.rows
SELECT review_delivery.id, review_delivery.idem_key, review_delivery.channel, review_delivery.event,
    review_delivery.subject, review_delivery.partner, review_delivery.cause, review_delivery.caused_at,
    review_delivery.recipient, review_delivery.reader, review_delivery.letter, review_delivery.letter_version,
    review_delivery.locale, review_delivery.context, review_delivery.message_id, review_delivery.thread_root,
    (SELECT review_delivery_content.content
FROM review_delivery_content
WHERE review_delivery_content.delivery_id = review_delivery.id) AS anon_1, review_delivery.resends,
    review_delivery.bundle, review_delivery.once, review_delivery.created_at, review_delivery.status,
    review_delivery.priority, review_delivery.available_at, review_delivery.expires_at, review_delivery.attempts,
    review_delivery.unknowns, review_delivery.lease_token, review_delivery.lease_until,
    review_delivery.data_started_at, review_delivery.last_stage, review_delivery.last_code,
    review_delivery.last_enhanced, review_delivery.last_error, review_delivery.sent_at, review_delivery.remote_reply
FROM review_delivery

-- name: outbox.page
-- given: limit
ORDER BY review_delivery.id
LIMIT ?

-- name: where.outbox.after
-- given: after
review_delivery.id > ?

-- name: where.outbox.ids
-- given: ids
review_delivery.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: where.outbox.statuses
-- given: statuses
review_delivery.status IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: where.outbox.channel
-- given: by_channel
review_delivery.channel = ?

-- name: where.outbox.subject
-- given: of_subject
review_delivery.subject = ?

-- name: where.outbox.message_id
-- given: of_message
review_delivery.message_id = ?

-- name: outbox.turn
-- given: stands, why, ids, statuses
UPDATE review_delivery SET bundle='', status=?, last_error=? WHERE review_delivery.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND review_delivery.status IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)

-- name: outbox.afresh
-- given: now, ids, statuses
UPDATE review_delivery SET bundle='', status='pending', available_at=?, expires_at=NULL, attempts=0, unknowns=0,
    data_started_at=NULL WHERE review_delivery.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND review_delivery.status IN (SELECT anon_2.value
FROM json_each(?) AS anon_2)

-- name: outbox.purge
-- given: before
DELETE FROM review_delivery WHERE review_delivery.status IN ('sent', 'cancelled') AND review_delivery.created_at < ?

-- name: front.waiting
-- given: places, words, words, words, again, again, tier, tier, component, component, unclaimed, claimed_by, claimed_by
WITH place AS MATERIALIZED (SELECT key AS nth, json_extract(value, '$.kind') AS kind,
        json_extract(value, '$.state') AS state, json_extract(value, '$.workflow') AS workflow
        FROM json_each(?))
SELECT s.id, s.kind, s.slug,
    (SELECT min(c.due_at) FROM review_clock AS c WHERE c.subject_id = s.id AND c.state = 'running'),
    CASE WHEN CAST(? AS integer) = 1 THEN coalesce(json_extract(s.facts, '$.name'), '') ELSE '' END,
    CASE WHEN CAST(? AS integer) = 1 THEN s.partner ELSE '' END,
    CASE WHEN CAST(? AS integer) = 1 THEN CASE WHEN coalesce(json_extract(s.submission, '$.decision'), '-') <> ''
    THEN '' ELSE json_extract(s.submission, '$.claimed_by') END ELSE '' END
FROM place CROSS JOIN review_subject AS s
WHERE s.kind = place.kind AND s.state = place.state AND (place.workflow = '' OR s.workflow = place.workflow)
    AND (CAST(? AS integer) < 0
        OR CASE WHEN coalesce(json_extract(s.submission, '$.round'), 0) > 1 THEN 1 ELSE 0 END = CAST(? AS integer))
    AND (CAST(? AS text) = '' OR json_extract(s.facts, '$.tier') = ?)
    AND (CAST(? AS text) = '' OR EXISTS (SELECT 1 FROM review_subject AS child
        WHERE child.parent_id = s.id AND json_extract(child.facts, '$.type') = CAST(? AS text)))
    AND (CAST(? AS integer) = 0 OR CASE WHEN coalesce(json_extract(s.submission, '$.decision'), '-') <> '' THEN ''
    ELSE json_extract(s.submission, '$.claimed_by') END = '')
    AND (CAST(? AS text) = '' OR CASE WHEN coalesce(json_extract(s.submission, '$.decision'), '-') <> '' THEN ''
    ELSE json_extract(s.submission, '$.claimed_by') END = CAST(? AS text))

-- name: front.count
-- given: places
WITH place AS MATERIALIZED (SELECT key AS nth, json_extract(value, '$.kind') AS kind,
        json_extract(value, '$.state') AS state, json_extract(value, '$.workflow') AS workflow
        FROM json_each(?))
SELECT count(*) FROM place CROSS JOIN review_subject AS s WHERE s.kind = place.kind AND s.state = place.state AND
    (place.workflow = '' OR s.workflow = place.workflow)

-- name: front.flow
-- given: since
SELECT substr(m.at, 1, 10) AS day, s.kind, m.workflow, m.target, coalesce(b.workflow, ''), coalesce(b.target, ''),
    count(*)
FROM review_move AS m JOIN review_subject AS s ON s.id = m.subject_id
LEFT JOIN review_move AS b ON b.subject_id = m.subject_id AND b.number = m.number - 1
WHERE m.at > ?
GROUP BY 1, 2, 3, 4, 5, 6

-- name: front.decided
-- given: places, since
WITH place AS MATERIALIZED (SELECT key AS nth, json_extract(value, '$.kind') AS kind,
        json_extract(value, '$.state') AS state, json_extract(value, '$.workflow') AS workflow
        FROM json_each(?))
SELECT made.by, CAST(sum(made.times) AS integer) FROM (
    SELECT m.by, s.kind, m.transition, count(*) AS times
    FROM review_move AS m JOIN review_subject AS s ON s.id = m.subject_id
    WHERE m.at >= ? AND m.role IN ('reviewer', 'manager')
    GROUP BY m.by, s.kind, m.transition) AS made
JOIN place ON place.kind = made.kind AND place.state = made.transition
GROUP BY made.by

-- name: front.standing
-- given: places
WITH place AS MATERIALIZED (SELECT key AS nth, json_extract(value, '$.kind') AS kind,
        json_extract(value, '$.state') AS state, json_extract(value, '$.workflow') AS workflow
        FROM json_each(?))
SELECT place.nth, (SELECT group_concat(s.id) FROM review_subject AS s WHERE s.kind = place.kind AND s.state =
    place.state AND (place.workflow = '' OR s.workflow = place.workflow)) FROM place ORDER BY place.nth

-- name: front.versions
-- given: places
WITH place AS MATERIALIZED (SELECT key AS nth, json_extract(value, '$.kind') AS kind,
        json_extract(value, '$.state') AS state, json_extract(value, '$.workflow') AS workflow
        FROM json_each(?))
SELECT s.id, s.revision FROM place CROSS JOIN review_subject AS s WHERE s.kind = place.kind AND s.state =
    place.state AND (place.workflow = '' OR s.workflow = place.workflow)

-- name: front.revisions
SELECT review_workflow.kind, review_workflow.revision
FROM review_workflow ORDER BY review_workflow.kind, review_workflow.revision

-- name: front.newest
SELECT max(review_fact_change.id) AS max_1
FROM review_fact_change

-- name: front.touched
-- given: seen
SELECT review_fact_change.subject_id
FROM review_fact_change
WHERE review_fact_change.id > ?

-- name: front.subjects
-- given: ids
SELECT review_subject.id, review_subject.kind, review_subject.slug, review_subject.partner, review_subject.state,
    review_subject.since, review_subject.number, review_subject.revision, review_subject.workflow,
    review_subject.created_at, review_subject.facts, review_subject.said, review_subject.facts_hash,
    review_subject.evidence, review_subject.waivers, review_subject.submission, review_subject.parent,
    review_subject.head, review_subject.parent_id
FROM review_subject
WHERE review_subject.id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: front.steps
-- given: ids
SELECT review_move.subject_id, review_move.workflow, review_move.target, review_move.at
FROM review_move
WHERE review_move.subject_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) ORDER BY review_move.subject_id, review_move.number

-- name: front.promises
-- given: ids
SELECT review_clock.subject_id, review_clock.due_at, review_clock.sla
FROM review_clock
WHERE review_clock.subject_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1) AND state = 'running' ORDER BY review_clock.due_at, review_clock.sla

-- name: front.components
-- given: ids
SELECT child.parent_id, child.facts
FROM review_subject AS child
WHERE child.parent_id IN (SELECT anon_1.value
FROM json_each(?) AS anon_1)

-- name: token
-- given: its_id
SELECT review_token.id, review_token.digest, review_token.sort, review_token.person, review_token.role,
    review_token.partner, review_token.label, review_token.created_at, review_token.expires_at,
    review_token.revoked_at
FROM review_token
WHERE review_token.id = ?

-- name: tokens
-- given: of_sort
SELECT review_token.id, review_token.digest, review_token.sort, review_token.person, review_token.role,
    review_token.partner, review_token.label, review_token.created_at, review_token.expires_at,
    review_token.revoked_at
FROM review_token
WHERE review_token.sort = ? ORDER BY review_token.created_at DESC, review_token.id

-- name: insert.token
-- given: id, digest, sort, person, role, partner, label, created_at, expires_at, revoked_at
INSERT INTO review_token (id, digest, sort, person, role, partner, label, created_at, expires_at, revoked_at) VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: token.revoke
-- given: at, its_id
UPDATE review_token SET revoked_at=? WHERE review_token.id = ? AND review_token.revoked_at IS NULL

-- name: token.forget
-- given: before, before
DELETE FROM review_token WHERE review_token.expires_at < ? OR review_token.revoked_at < ?

-- name: version
SELECT version_num FROM review_alembic_version

-- name: version.known
SELECT count(*) FROM sqlite_master WHERE name = 'review_alembic_version'

-- name: schema.version
CREATE TABLE review_alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT review_alembic_version_pkc PRIMARY KEY (version_num)
)

-- name: schema.review_answer
CREATE TABLE review_answer (
    scope VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    body TEXT NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_review_answer PRIMARY KEY (scope, "key")
)
 WITHOUT ROWID

-- name: schema.review_calendar_version
CREATE TABLE review_calendar_version (
    name VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    document JSON NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_review_calendar_version PRIMARY KEY (name, version)
)

-- name: schema.review_channel_pause
CREATE TABLE review_channel_pause (
    channel VARCHAR NOT NULL,
    since DATETIME NOT NULL,
    until DATETIME,
    failures INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_review_channel_pause PRIMARY KEY (channel)
)

-- name: schema.review_delivery
CREATE TABLE review_delivery (
    id INTEGER NOT NULL,
    idem_key VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    caused_at DATETIME NOT NULL,
    recipient VARCHAR NOT NULL,
    reader JSON NOT NULL,
    letter VARCHAR NOT NULL,
    letter_version VARCHAR NOT NULL,
    locale VARCHAR NOT NULL,
    context JSON NOT NULL,
    message_id VARCHAR NOT NULL,
    thread_root VARCHAR NOT NULL,
    resends INTEGER NOT NULL,
    bundle VARCHAR NOT NULL,
    once BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    status VARCHAR NOT NULL,
    priority INTEGER NOT NULL,
    available_at DATETIME NOT NULL,
    expires_at DATETIME,
    attempts INTEGER NOT NULL,
    unknowns INTEGER NOT NULL,
    lease_token VARCHAR NOT NULL,
    lease_until DATETIME,
    data_started_at DATETIME,
    last_stage VARCHAR NOT NULL,
    last_code INTEGER,
    last_enhanced VARCHAR NOT NULL,
    last_error TEXT NOT NULL,
    sent_at DATETIME,
    remote_reply TEXT NOT NULL,
    CONSTRAINT pk_review_delivery PRIMARY KEY (id),
    CONSTRAINT uq_review_delivery_idem_key UNIQUE (idem_key)
)

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
    at DATETIME NOT NULL,
    details JSON NOT NULL,
    CONSTRAINT pk_review_heartbeat PRIMARY KEY (name)
)

-- name: schema.review_imported
CREATE TABLE review_imported (
    digest VARCHAR NOT NULL,
    CONSTRAINT pk_review_imported PRIMARY KEY (digest)
)
 WITHOUT ROWID

-- name: schema.review_notice
CREATE TABLE review_notice (
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    cause VARCHAR NOT NULL,
    audience JSON NOT NULL,
    at DATETIME NOT NULL,
    context JSON NOT NULL,
    idem_key VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    CONSTRAINT pk_review_notice PRIMARY KEY (id),
    CONSTRAINT uq_review_notice_idem_key UNIQUE (idem_key)
)

-- name: schema.ix_review_notice_pending
CREATE INDEX ix_review_notice_pending ON review_notice (id) WHERE status = 'pending'

-- name: schema.review_odd_event
CREATE TABLE review_odd_event (
    id INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    event TEXT NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_review_odd_event PRIMARY KEY (id),
    CONSTRAINT uq_review_odd_event_digest UNIQUE (digest)
)

-- name: schema.review_partner
CREATE TABLE review_partner (
    "key" VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    CONSTRAINT pk_review_partner PRIMARY KEY ("key")
)

-- name: schema.review_person
CREATE TABLE review_person (
    "key" VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    mailbox VARCHAR,
    roles JSON NOT NULL,
    CONSTRAINT pk_review_person PRIMARY KEY ("key"),
    CONSTRAINT uq_review_person_mailbox UNIQUE (mailbox)
)

-- name: schema.review_preference
CREATE TABLE review_preference (
    person VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    letters JSON NOT NULL,
    quiet_from VARCHAR NOT NULL,
    quiet_until VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    CONSTRAINT pk_review_preference PRIMARY KEY (person)
)

-- name: schema.review_subject
CREATE TABLE review_subject (
    id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    slug VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    since DATETIME NOT NULL,
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    workflow VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    facts JSON NOT NULL,
    said JSON NOT NULL,
    facts_hash VARCHAR NOT NULL,
    evidence JSON NOT NULL,
    waivers JSON NOT NULL,
    submission JSON,
    parent VARCHAR NOT NULL,
    parent_id INTEGER,
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
    address VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_review_suppression PRIMARY KEY (address)
)

-- name: schema.review_token
CREATE TABLE review_token (
    id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    sort VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME,
    revoked_at DATETIME,
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
    subject_id INTEGER NOT NULL,
    customer VARCHAR NOT NULL,
    first_seen DATETIME NOT NULL,
    last_seen DATETIME NOT NULL,
    source VARCHAR NOT NULL,
    excluded VARCHAR NOT NULL,
    CONSTRAINT pk_review_activity PRIMARY KEY (subject_id, customer),
    CONSTRAINT fk_review_activity_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)
 WITHOUT ROWID

-- name: schema.ix_review_activity_counted
CREATE INDEX ix_review_activity_counted ON review_activity (subject_id, last_seen) WHERE excluded = ''

-- name: schema.review_clock
CREATE TABLE review_clock (
    subject_id INTEGER NOT NULL,
    sla VARCHAR NOT NULL,
    cycle INTEGER NOT NULL,
    round INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    started_at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    within VARCHAR NOT NULL,
    calendar VARCHAR NOT NULL,
    rest INTEGER,
    paused_at DATETIME,
    reminded INTEGER NOT NULL,
    breached_at DATETIME,
    stopped_at DATETIME,
    wakes_at DATETIME,
    CONSTRAINT pk_review_clock PRIMARY KEY (subject_id, sla),
    CONSTRAINT fk_review_clock_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)
 WITHOUT ROWID

-- name: schema.ix_review_clock_wakes_at
CREATE INDEX ix_review_clock_wakes_at ON review_clock (wakes_at) WHERE wakes_at IS NOT NULL

-- name: schema.review_clock_event
CREATE TABLE review_clock_event (
    id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    sla VARCHAR NOT NULL,
    cycle INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    mark INTEGER NOT NULL,
    at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_review_clock_event PRIMARY KEY (id),
    CONSTRAINT uq_review_clock_event_subject_id_sla_cycle_kind_mark UNIQUE (subject_id, sla, cycle, kind, mark),
    CONSTRAINT fk_review_clock_event_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.review_delivery_content
CREATE TABLE review_delivery_content (
    delivery_id INTEGER NOT NULL,
    content VARCHAR NOT NULL,
    CONSTRAINT pk_review_delivery_content PRIMARY KEY (delivery_id),
    CONSTRAINT fk_review_delivery_content_delivery_id FOREIGN KEY(delivery_id) REFERENCES review_delivery (id) ON
    DELETE CASCADE
)

-- name: schema.review_evidence
CREATE TABLE review_evidence (
    id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    probe VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    "by" VARCHAR NOT NULL,
    expires_at DATETIME,
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
    id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    value JSON,
    role VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_review_fact_change PRIMARY KEY (id),
    CONSTRAINT fk_review_fact_change_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.ix_review_fact_change_subject_id
CREATE INDEX ix_review_fact_change_subject_id ON review_fact_change (subject_id)

-- name: schema.review_finding
CREATE TABLE review_finding (
    subject_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    round INTEGER NOT NULL,
    criterion VARCHAR NOT NULL,
    result VARCHAR NOT NULL,
    comment TEXT NOT NULL,
    about VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    late BOOLEAN NOT NULL,
    CONSTRAINT pk_review_finding PRIMARY KEY (subject_id, number),
    CONSTRAINT fk_review_finding_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)
 WITHOUT ROWID

-- name: schema.review_move
CREATE TABLE review_move (
    subject_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    transition VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    workflow VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    facts_hash VARCHAR NOT NULL,
    comment TEXT NOT NULL,
    verdicts JSON NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    CONSTRAINT pk_review_move PRIMARY KEY (subject_id, number),
    CONSTRAINT fk_review_move_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE RESTRICT
)
 WITHOUT ROWID

-- name: schema.ix_review_move_at
CREATE INDEX ix_review_move_at ON review_move (at)

-- name: schema.review_person_partner
CREATE TABLE review_person_partner (
    person VARCHAR NOT NULL,
    partner VARCHAR NOT NULL,
    CONSTRAINT pk_review_person_partner PRIMARY KEY (person, partner),
    CONSTRAINT fk_review_person_partner_person FOREIGN KEY(person) REFERENCES review_person ("key") ON DELETE
    CASCADE
)
 WITHOUT ROWID

-- name: schema.ix_review_person_partner_partner
CREATE INDEX ix_review_person_partner_partner ON review_person_partner (partner)

-- name: schema.review_remark
CREATE TABLE review_remark (
    subject_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    role VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    round INTEGER NOT NULL,
    internal BOOLEAN NOT NULL,
    CONSTRAINT pk_review_remark PRIMARY KEY (subject_id, number),
    CONSTRAINT fk_review_remark_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)
 WITHOUT ROWID

-- name: schema.review_secret
CREATE TABLE review_secret (
    subject_id INTEGER NOT NULL,
    fact VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    CONSTRAINT pk_review_secret PRIMARY KEY (subject_id, fact, version),
    CONSTRAINT fk_review_secret_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)
 WITHOUT ROWID

-- name: schema.review_secret_look
CREATE TABLE review_secret_look (
    id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    fact VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_review_secret_look PRIMARY KEY (id),
    CONSTRAINT fk_review_secret_look_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)

-- name: schema.ix_review_secret_look_subject_id
CREATE INDEX ix_review_secret_look_subject_id ON review_secret_look (subject_id)

-- name: schema.review_submission
CREATE TABLE review_submission (
    subject_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    opened_at DATETIME NOT NULL,
    opened_by VARCHAR NOT NULL,
    facts_hash VARCHAR NOT NULL,
    claimed_by VARCHAR NOT NULL,
    claimed_at DATETIME,
    decision VARCHAR NOT NULL,
    taken JSON NOT NULL,
    facts JSON NOT NULL,
    CONSTRAINT pk_review_submission PRIMARY KEY (subject_id, round),
    CONSTRAINT fk_review_submission_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE
    CASCADE
)
 WITHOUT ROWID

-- name: schema.review_waiver
CREATE TABLE review_waiver (
    id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    guard VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    "by" VARCHAR NOT NULL,
    at DATETIME NOT NULL,
    until DATETIME,
    CONSTRAINT pk_review_waiver PRIMARY KEY (id),
    CONSTRAINT fk_review_waiver_subject_id FOREIGN KEY(subject_id) REFERENCES review_subject (id) ON DELETE CASCADE
)

-- name: schema.ix_review_waiver_subject_id
CREATE INDEX ix_review_waiver_subject_id ON review_waiver (subject_id)
