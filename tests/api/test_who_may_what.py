"""Who may do what: every operation of the OpenAPI document, asked by each of six, and what each is answered.

The table is the statement; the operations come from the document, so one that is added and not entered here fails.
Each cell has an engine of its own with the same data, so no answer depends on who asked before.
"""

from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from tests.api.desk import PEOPLE, Caller, Stage, actor_named, application, opened

TABLE: Final = """
operation              request                                            anonymous own foreign reviewer manager host
list_subjects          GET    /apps                                          401    200   200     200      200    200
register_subject       POST   /apps                                          401    201   403     201      201    201
read_subject           GET    /apps/acme-sync                                401    200   404     200      200    200
read_facts             GET    /apps/acme-sync/facts                          401    200   404     200      200    200
set_facts              PATCH  /apps/acme-sync/facts                          401    200   404     403      403    403
read_checklist         GET    /apps/acme-sync/checklist                      401    200   404     200      200    200
list_moves             GET    /apps/acme-sync/moves                          401    200   404     200      200    200
move_subject           POST   /apps/acme-sync/moves                          401    201   404     403      403    403
read_due               GET    /apps/acme-sync/due                            401    200   404     200      200    200
read_history           GET    /apps/acme-sync/history                        401    200   404     200      200    200
read_activity          GET    /apps/acme-beta/activity                       401    200   404     200      200    200
read_notices           GET    /apps/acme-beta/notices                        401    200   404     200      200    200
record_evidence        POST   /components/acme-sync.hook/evidence            401    403   404     201      201    201
waive_guard            POST   /apps/acme-beta/waivers                        401    403   404     201      201    403
disclose_secret        POST   /apps/acme-round/facts/test_user/disclosures   401    403   404     201      403    403
read_review            GET    /apps/acme-round/review                        401    200   404     200      200    200
assess_subject         POST   /apps/acme-round/review                        401    403   404     201      201    403
read_changes           GET    /apps/acme-round/changes                       401    200   404     200      200    200
list_remarks           GET    /apps/acme-round/remarks                       401    200   404     200      200    200
write_remark           POST   /apps/acme-round/remarks                       401    201   404     201      201    201
read_late_findings     GET    /late-findings                                 401    403   403     200      200    200
read_queue             GET    /queue                                         401    403   403     200      200    200
read_queue_feed        GET    /queue.ics                                     401    403   403     200      200    200
read_queue_lengths     GET    /queue/lengths                                 401    403   403     200      200    200
read_workload          GET    /workload                                      401    403   403     200      200    200
read_promises          GET    /promises                                      401    403   403     200      200    200
read_catalog           GET    /catalog                                       200    200   200     200      200    200
read_catalog_entry     GET    /catalog/acme-beta                             200    200   200     200      200    200
record_activity        POST   /activity                                      401    403   403     200      200    200
list_workflows         GET    /workflows                                     401    200   200     200      200    200
read_workflow          GET    /workflows/app                                 401    200   200     200      200    200
read_census            GET    /census                                        401    200   200     200      200    200
preview_calendar       POST   /calendars/business/preview                    401    403   403     200      200    200
apply_calendar         POST   /calendars/business/apply                      401    403   403     403      200    200
list_problems          GET    /problems                                      200    200   200     200      200    200
read_outbox            GET    /outbox                                        401    403   403     200      200    200
readdress_outbox       POST   /outbox/readdress                              401    403   403     200      200    200
purge_outbox           POST   /outbox/purge                                  401    403   403     200      200    200
replay_letter          POST   /outbox/1/replay                               401    403   403     200      200    200
resend_letter          POST   /outbox/1/resend                               401    403   403     201      201    201
hold_letter            POST   /outbox/1/hold                                 401    403   403     200      200    200
list_channels          GET    /channels                                      401    403   403     200      200    200
resume_channel         POST   /channels/email/resume                         401    403   403     200      200    200
list_webhooks          GET    /webhooks                                      401    403   403     200      200    200
resume_webhook         POST   /webhooks/crm/resume                           401    403   403     200      200    200
report_bounce          POST   /bounces                                       401    403   403     422      422    422
read_preferences       GET    /preferences                                   401    200   200     200      200    200
choose_preferences     PUT    /preferences                                   401    200   200     200      200    200
read_me                GET    /me                                            401    200   200     200      200    200
list_tokens            GET    /tokens                                        401    200   200     200      200    200
issue_token            POST   /tokens                                        401    201   403     403      403    201
revoke_token           DELETE /tokens/{token of p-ann}                       401    204   404     404      204    204
"""

BODIES: Final[dict[str, Any]] = {
    "register_subject": {"slug": "acme-new", "partner": "acme"},
    "set_facts": {"description": "Better words."},
    "move_subject": {"transition": "submit"},
    "record_evidence": {"probe": "test_suite", "outcome": "green"},
    "waive_guard": {"guard": "active_customers", "reason": "A launch partner."},
    "assess_subject": {"assessments": [{"result": "noted", "comment": "A fine app."}]},
    "write_remark": {"text": "Good morning."},
    "record_activity": {"rows": [{"app": "acme-beta", "customer": "ws-9", "at": "2026-03-02T17:00:00Z"}]},
    "purge_outbox": {"older_than_days": 1},
    "resend_letter": {"force": True},
    "choose_preferences": {"mode": "digest"},
    "issue_token": {"role": "partner", "person": "p-ann", "partner": "acme"},
}
PARAMETERS: Final[dict[str, dict[str, str]]] = {
    "read_changes": {"since": "2026-03-01T00:00:00Z"},
    "read_queue_lengths": {"since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"},
}
ROWS: Final = {row.split()[0]: row for row in TABLE.strip().splitlines()[1:]}
ABOUT_ONE: Final = sorted(name for name, row in ROWS.items() if row.split()[2].startswith(("/apps/", "/components/")))
LETTERS: Final = {"replay_letter", "resend_letter", "hold_letter"}


@pytest.fixture(scope="module")
def stage() -> Stage:
    """The engine of the moment."""
    set_up = Stage()
    set_up.engine = opened()
    return set_up


@pytest.fixture(scope="module")
def client(stage: Stage) -> TestClient:
    """One application for all cells."""
    engine: Any = stage
    return TestClient(application(engine), raise_server_exceptions=False)


def operations(client: TestClient) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Operation id -> method, path and what the document says of it."""
    document = client.get("/openapi.json").json()
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def ask(operation: str, caller: Caller, path: str) -> Any:
    """The row's request, by somebody."""
    method = ROWS[operation].split()[1]
    if operation == "report_bounce":
        return caller.ask(method, path, content=b"x", headers={"content-type": "message/rfc822"})
    return caller.ask(method, path, BODIES.get(operation), params=PARAMETERS.get(operation))


def path_of(operation: str, stage: Stage) -> str:
    """The row's path, with what is only known once there is an engine."""
    if operation == "revoke_token":
        issued: Any = stage.issue_token(
            "p-ann", role=actor_named("partner:p-ann:acme").role, by=actor_named("host:host")
        )
        return f"/tokens/{issued.record.id}"
    if operation in LETTERS:
        stage.deliver_all()
    return ROWS[operation].split()[2]


def test_every_operation_has_its_row(client: TestClient) -> None:
    assert sorted(ROWS) == sorted(operations(client))


@pytest.mark.parametrize("operation", sorted(ROWS))
def test_each_is_answered_as_the_table_says(operation: str, client: TestClient, stage: Stage) -> None:
    known = operations(client)[operation][2]["responses"]
    found = []
    for who in PEOPLE.values():
        stage.engine = opened()
        answer = ask(operation, Caller(client, who), path_of(operation, stage))
        assert str(answer.status_code) in known, f"{answer.status_code} is not in the reference: {answer.text}"
        found.append(str(answer.status_code))

    assert found == ROWS[operation].split()[-6:], dict(zip(PEOPLE, found, strict=True))


@pytest.mark.parametrize("operation", ABOUT_ONE)
def test_somebody_elses_reads_byte_for_byte_like_one_that_is_not_there(
    operation: str, client: TestClient, stage: Stage
) -> None:
    stage.engine = opened()
    theirs = ROWS[operation].split()[2]
    slug = theirs.split("/")[2]
    nowhere = theirs.replace(slug, "x" * len(slug))
    eve = Caller(client, PEOPLE["foreign"])
    there, absent = ask(operation, eve, theirs), ask(operation, eve, nowhere)

    assert there.status_code == absent.status_code == 404
    assert there.content.replace(slug.encode(), b"x" * len(slug)) == absent.content
    assert there.headers == absent.headers


def test_a_page_or_a_key_that_is_named_tells_no_more_of_somebody_elses(client: TestClient, stage: Stage) -> None:
    stage.engine = opened()
    eve = Caller(client, PEOPLE["foreign"])
    for headers in ({"if-match": '"0-0"'}, {"if-match": '"0-0", "1-1"'}, {"if-match": "*"}, {"idempotency-key": "k"}):
        for body in ({"transition": "submit"}, {"transition": "no_such"}, {"transition": "approve", "comment": "x"}):
            there = eve.post("/apps/acme-round/moves", body, headers=headers)
            absent = eve.post("/apps/xxxx-xxxxx/moves", body, headers=headers)

            assert there.status_code == absent.status_code == 404
            assert there.content.replace(b"acme-round", b"xxxx-xxxxx") == absent.content


def test_what_was_somebodys_is_not_found_in_lists_either(client: TestClient, stage: Stage) -> None:
    stage.engine = opened()
    eve = Caller(client, PEOPLE["foreign"])
    for path in ("/apps", "/apps?partner=acme", "/components?parent=app/acme-sync", "/census"):
        assert "acme" not in eve.get(path).text


def test_a_member_of_the_partner_may_not_act_as_its_reviewer_or_count_its_customers(
    client: TestClient, stage: Stage
) -> None:
    stage.engine = opened()
    insider = Caller(client, "reviewer:r-rita:acme")
    for operation in ("record_activity", "record_evidence", "waive_guard", "disclose_secret", "assess_subject"):
        assert ask(operation, insider, path_of(operation, stage)).status_code == 403, operation
