"""Each route says what its verb says: the same value, in the shape the reference promises."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from review_engine import ReviewEngine
from review_engine.ports.outbox import Pause
from review_engine.testing import TurnableClock
from tests.api.desk import ANN, HOST, MO, PREFIX, RITA, Caller, application
from tests.usecases.conftest import CRITERIA, READY_FACTS


def shape(engine: ReviewEngine, method: str, path: str) -> TypeAdapter[Any]:
    """The model that the reference gives for an answer."""
    for route in application(engine).routes:
        contexts = getattr(route, "effective_route_contexts", lambda: iter(()))
        for context in contexts():
            if context.path == f"{PREFIX}{path}" and method in context.methods:
                return TypeAdapter(context.response_model)
    raise AssertionError(f"there is no {method} {path}")


READABLE = [
    ("/{collection}", "/apps", ANN),
    ("/{collection}/{slug}", "/apps/acme-beta", ANN),
    ("/{collection}/{slug}/facts", "/apps/acme-beta/facts", ANN),
    ("/{collection}/{slug}/checklist", "/apps/acme-sync/checklist", ANN),
    ("/{collection}/{slug}/moves", "/apps/acme-beta/moves", ANN),
    ("/{collection}/{slug}/due", "/apps/acme-round/due", ANN),
    ("/{collection}/{slug}/history", "/apps/acme-beta/history", ANN),
    ("/{collection}/{slug}/activity", "/apps/acme-beta/activity", ANN),
    ("/{collection}/{slug}/notices", "/apps/acme-beta/notices", ANN),
    ("/{collection}/{slug}/review", "/apps/acme-round/review", RITA),
    ("/{collection}/{slug}/changes", "/apps/acme-round/changes?since=2026-03-01T00:00:00Z", RITA),
    ("/{collection}/{slug}/remarks", "/apps/acme-round/remarks", ANN),
    ("/late-findings", "/late-findings", RITA),
    ("/queue", "/queue", RITA),
    ("/queue/lengths", "/queue/lengths?since=2026-03-01T00:00:00Z&until=2026-03-04T00:00:00Z", RITA),
    ("/workload", "/workload", RITA),
    ("/promises", "/promises", RITA),
    ("/catalog", "/catalog", ""),
    ("/catalog/{slug}", "/catalog/acme-beta", ""),
    ("/workflows", "/workflows", ANN),
    ("/workflows/{kind}", "/workflows/app", ANN),
    ("/census", "/census", ANN),
    ("/problems", "/problems", ""),
    ("/outbox", "/outbox", HOST),
    ("/channels", "/channels", HOST),
    ("/webhooks", "/webhooks", HOST),
    ("/preferences", "/preferences", ANN),
    ("/tokens", "/tokens", ANN),
    ("/me", "/me", ANN),
]


@pytest.mark.parametrize(("route", "path", "who"), READABLE, ids=[path for _, path, _ in READABLE])
def test_what_is_read_has_the_shape_that_the_reference_gives(
    engine: ReviewEngine, ann: Caller, route: str, path: str, who: str
) -> None:
    answer = ann.as_(who).get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    shape(engine, "GET", route).validate_python(answer.json())


def test_every_route_that_is_read_is_among_them(engine: ReviewEngine) -> None:
    document = application(engine).openapi()
    got = {path.removeprefix(PREFIX) for path, item in document["paths"].items() if "get" in item}

    assert {route for route, _, _ in READABLE} | {"/queue.ics"} == got


def test_a_subject_is_registered_and_found_again(ann: Caller) -> None:
    made = ann.post("/apps", {"slug": "acme-new", "partner": "acme", "facts": {"name": "New"}})
    found = ann.client.get(made.headers["location"], headers={"authorization": f"Bearer {ANN}"})

    assert (made.status_code, found.status_code) == (201, 200)
    assert found.headers["etag"] == made.headers["etag"] == f'"{found.json()["etag"]}"'
    assert (found.json()["facts"], found.json()["waits_for"]) == ({"name": "New"}, "partner")


def test_a_component_names_its_parent(ann: Caller) -> None:
    made = ann.post("/components", {"slug": "acme-hook", "partner": "acme", "parent": "acme-sync"})
    listed = ann.get("/components?parent=acme-sync").json()["items"]

    assert made.status_code == 201
    assert "acme-hook" in [line["slug"] for line in listed]


def test_lists_come_in_pages_that_link_to_the_next(ann: Caller) -> None:
    first = ann.get("/apps?limit=2&state=public_beta&state=in_review&state=preview")
    link = first.headers["link"].removeprefix("<").partition(">")[0]
    second = ann.client.get(link, headers={"authorization": f"Bearer {ANN}"})

    assert [line["slug"] for line in first.json()["items"]] == ["acme-beta", "acme-round"]
    assert first.json()["next"] == "acme-round"
    assert [line["slug"] for line in second.json()["items"]] == ["acme-sync"]
    assert (second.json()["next"], "link" in second.headers) == (None, False)


def test_a_list_is_narrowed_by_state_and_owner(ann: Caller) -> None:
    assert [line["slug"] for line in ann.get("/apps?state=in_review").json()["items"]] == ["acme-round"]
    assert ann.get("/apps?partner=eve-corp").json()["items"] == []
    assert [line["slug"] for line in ann.as_(RITA).get("/apps?partner=eve-corp").json()["items"]] == ["eve-app"]
    assert ann.get("/apps?state=in_revue").json()["cure"] == "Did you mean 'in_review'?"


def test_facts_are_set_and_cleared_and_the_rest_stays(ann: Caller) -> None:
    done = ann.ask("PATCH", "/apps/acme-sync/facts", {"description": "Better.", "website": None})
    facts = ann.get("/apps/acme-sync/facts").json()

    assert done.status_code == 200
    assert done.headers["etag"] == f'"{facts["etag"]}"'
    assert (facts["facts"]["description"], "website" in facts["facts"]) == ("Better.", False)
    assert facts["facts"]["name"] == READY_FACTS["name"]
    assert facts["said"]["description"]["by"] == "p-ann"


def test_a_secret_shows_as_its_version_until_the_reviewer_looks_at_it(ann: Caller) -> None:
    shown = ann.get("/apps/acme-round").json()["facts"]["test_password"]
    looked = ann.as_(RITA).post("/apps/acme-round/facts/test_password/disclosures")

    assert shown.startswith("sealed:")
    assert (looked.status_code, looked.json()) == (201, {"fact": "test_password", "text": "correct horse"})
    assert looked.headers["cache-control"] == "no-store"
    assert ann.as_(MO).post("/apps/acme-round/facts/test_password/disclosures").status_code == 403


def test_a_move_is_acknowledged_and_stands_in_the_history(ann: Caller) -> None:
    moved = ann.post("/apps/acme-sync/moves", {"transition": "submit"})
    history = ann.get("/apps/acme-sync/history").json()

    assert (moved.status_code, moved.json()["state"], moved.json()["moves"]) == (201, "submitted", ["submit"])
    assert (history["verified"], history["head"]) == (True, moved.json()["hash"])
    assert [move["transition"] for move in history["moves"]] == ["register", "submit"]


def test_moves_come_in_pages(ann: Caller) -> None:
    first = ann.get("/apps/acme-beta/moves?limit=3").json()
    rest = ann.get(f"/apps/acme-beta/moves?limit=3&after={first['next']}").json()

    assert [move["number"] for move in first["items"] + rest["items"]] == [1, 2, 3, 4]
    assert rest["next"] is None


def test_a_refusal_names_every_unmet_guard_with_its_cure(ann: Caller) -> None:
    ann.post("/apps", {"slug": "acme-new", "partner": "acme"})
    refused = ann.post("/apps/acme-new/moves", {"transition": "submit"})
    (checklist,) = ann.get("/apps/acme-new/checklist?transition=submit").json()["items"]
    problem = refused.json()

    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert (problem["code"], problem["status"]) == ("refused", 409)
    unmet = [item["guard"] for item in checklist["items"] if item["outcome"] in ("failed", "unknown")]
    assert [guard["guard"] for guard in problem["unmet"]] == unmet
    assert all(guard["title"] and (guard["reason"] or guard["cure"]) for guard in problem["unmet"])


def test_what_would_be_due_is_asked_without_moving(ann: Caller) -> None:
    supposed = ann.get("/apps/acme-sync/due?if=submit").json()["items"]

    assert {each["sla"] for each in supposed} == {"first_response", "decision"}
    assert all(each["supposed"] and each["says"] for each in supposed)
    assert ann.get("/apps/acme-sync").json()["state"] == "preview"
    assert ann.get("/apps/acme-sync/due").json()["items"] == []


def test_evidence_and_exceptions_are_recorded(ann: Caller, clock: TurnableClock) -> None:
    seen = {"probe": "test_suite", "outcome": "red", "seen_at": clock().isoformat(), "lasts_days": 30, "note": "Late."}
    recorded = ann.as_(HOST).post("/components/acme-sync.hook/evidence", seen)
    waived = ann.as_(MO).post("/apps/acme-beta/waivers", {"guard": "active_customers", "reason": "A launch partner."})

    assert (recorded.status_code, waived.status_code) == (201, 201)
    evidence = ann.get("/components/acme-sync.hook").json()["evidence"]["test_suite"]
    assert (evidence["outcome"], evidence["expires_at"]) == ("red", "2026-04-01T18:00:00.000000Z")
    assert ann.get("/apps/acme-beta").json()["waivers"]["active_customers"]["by"] == "manager:m-mo"


def test_findings_are_recorded_on_the_page_they_were_made_from(ann: Caller) -> None:
    rita = ann.as_(RITA)
    sheet = rita.get("/apps/acme-round/review")
    criteria = [each["name"] for each in sheet.json()["criteria"]]
    found = {"assessments": [{"result": "passed", "criterion": name} for name in criteria]}
    done = rita.post("/apps/acme-round/review", found, headers={"if-match": sheet.headers["etag"]})
    approved = rita.post("/apps/acme-round/moves", {"transition": "approve"})

    assert (len(criteria), done.status_code) == (len(CRITERIA), 201)
    assert (approved.status_code, approved.json()["state"]) == (201, "public_beta")


def test_findings_handed_in_with_a_decision_are_kept_with_it_or_not_at_all(ann: Caller) -> None:
    rita = ann.as_(RITA)
    criteria = [each["name"] for each in rita.get("/apps/acme-round/review").json()["criteria"]]
    found = [{"result": "passed", "criterion": name} for name in criteria]
    refused = rita.post("/apps/acme-round/moves", {"transition": "approve", "assessments": found[:1]})
    assert refused.status_code == 409
    assert criteria[0] not in {unmet["guard"] for unmet in refused.json()["unmet"]}
    assert rita.get("/apps/acme-round/review").json()["findings"] == []
    done = rita.post("/apps/acme-round/moves", {"transition": "approve", "assessments": found})
    assert (done.status_code, done.json()["state"]) == (201, "public_beta")
    assert len(rita.get("/apps/acme-round/review").json()["findings"]) == len(criteria)


def test_partner_and_reviewer_talk(ann: Caller) -> None:
    ann.as_(RITA).post("/apps/acme-round/remarks", {"text": "Careful here.", "internal": True})
    said = ann.post("/apps/acme-round/remarks", {"text": "The one named demo."})

    assert (said.status_code, said.json()["by"]) == (201, "p-ann")
    assert [each["text"] for each in ann.get("/apps/acme-round/remarks").json()["items"]] == [
        "Which account?",
        "The one named demo.",
    ]
    assert len(ann.as_(RITA).get("/apps/acme-round/remarks").json()["items"]) == 3


def test_customers_uses_come_in_batches_and_may_launch_an_app(ann: Caller, clock: TurnableClock) -> None:
    host = ann.as_(HOST)
    host.ask("PATCH", "/apps/acme-beta/facts", {"oauth_enabled_at": clock().isoformat()})
    at = clock().isoformat()
    rows = [{"app": "acme-beta", "customer": f"new-{n}", "at": at, "source": "installs"} for n in range(3)]
    rows.append({"app": "nobody", "customer": "ws", "at": at})
    counted = host.post("/activity", {"rows": rows})

    assert counted.status_code == 200, counted.text
    assert (counted.json()["merged"], counted.json()["unknown"]) == (3, ["nobody"])
    assert [receipt["state"] for receipt in counted.json()["moves"]] == ["public"]
    assert sum(line["counts"] for line in ann.get("/apps/acme-beta/activity").json()["items"]) == 5


def test_the_census_counts_what_one_may_see(ann: Caller) -> None:
    def seen(who: Caller) -> int:
        return sum(line["subjects"] for line in who.get("/census?kind=app").json()["items"])

    assert (seen(ann), seen(ann.as_(RITA))) == (3, 4)
    assert ann.get("/census?kind=apps").status_code == 422


def test_a_workflow_tells_enough_to_draw_a_form(ann: Caller) -> None:
    workflow = ann.get("/workflows/app").json()
    (categories,) = [fact for fact in workflow["facts"] if fact["name"] == "categories"]

    assert (workflow["collection"], workflow["starts"]) == ("apps", "preview")
    assert (categories["type"], categories["max"], "CRM" in categories["among"]) == ("choices", 2, True)


def test_an_edited_calendar_is_previewed_and_applied(ann: Caller) -> None:
    preview = ann.as_(RITA).post("/calendars/business/preview")
    applied = ann.as_(MO).post("/calendars/business/apply")

    assert (preview.status_code, preview.json()["clocks"]) == (200, 0)
    assert (applied.status_code, applied.json()["calendar"]) == (200, "business")


def test_a_letter_is_held_replayed_and_sent_again(ann: Caller, engine: ReviewEngine) -> None:
    engine.deliver_all()
    host = ann.as_(HOST)
    first, *_ = host.get("/outbox?status=sent&limit=1").json()["items"]
    again = host.post(f"/outbox/{first['number']}/resend", {"force": True})
    held = host.post(f"/outbox/{again.json()['number']}/hold")
    replayed = host.post(f"/outbox/{again.json()['number']}/replay")

    assert (again.status_code, again.json()["status"]) == (201, "pending")
    assert (held.json()["status"], replayed.json()["status"]) == ("held", "pending")
    assert host.post(f"/outbox/{first['number']}/resend", {}).status_code == 422
    assert host.post("/outbox/999999/replay").status_code == 404


def test_the_outbox_comes_in_pages_and_without_the_words(ann: Caller, engine: ReviewEngine) -> None:
    engine.deliver_all()
    first = ann.as_(RITA).get("/outbox?limit=2").json()
    rest = ann.as_(RITA).get(f"/outbox?after={first['next']}&limit=500").json()

    assert len(first["items"]) == 2
    assert rest["items"][0]["number"] > first["items"][-1]["number"]
    assert all("content" not in letter for letter in first["items"])
    assert ann.as_(HOST).post("/outbox/purge", {"older_than_days": 0}).json()["count"] >= 0
    assert ann.as_(HOST).post("/outbox/readdress").json()["count"] >= 0


def test_channels_are_listed_and_resumed(ann: Caller) -> None:
    names = [channel["name"] for channel in ann.as_(HOST).get("/channels").json()["items"]]

    assert {"email", "log"} <= set(names)
    assert ann.as_(HOST).post("/channels/email/resume").json() == {"resumed": False}


def test_webhook_endpoints_are_listed_by_the_names_of_the_configuration_and_resumed(
    engine: ReviewEngine, ann: Caller
) -> None:
    assert engine.post is not None
    engine.post.outbox.pause(Pause("webhook:crm", engine.clock(), None, 1, "it answered 410"))

    (endpoint,) = ann.as_(HOST).get("/webhooks").json()["items"]
    assert endpoint["name"] == "crm"
    assert endpoint["paused"]["reason"] == "it answered 410"
    assert ann.as_(HOST).post("/webhooks/crm/resume").json() == {"resumed": True}
    assert ann.as_(HOST).get("/webhooks").json()["items"] == []


def test_a_bounce_is_handed_in_whole(ann: Caller) -> None:
    handed = {"content": b"From: nobody\r\n\r\nno report", "headers": {"content-type": "message/rfc822"}}
    answer = ann.as_(HOST).ask("POST", "/bounces", **handed)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert ann.as_(HOST).post("/bounces", {"a": 1}).status_code == 415


def test_one_chooses_ones_letters(ann: Caller) -> None:
    chosen = {"mode": "digest", "letters": {"tips": "off"}, "quiet_from": "22:00", "quiet_until": "07:00",
              "zone": "Europe/Berlin"}  # fmt: skip
    kept = ann.ask("PUT", "/preferences", chosen)

    assert kept.status_code == 200
    assert ann.get("/preferences").json() == kept.json() == {"person": "p-ann", **chosen}
    assert ann.ask("PUT", "/preferences", {**chosen, "zone": "../../etc/passwd"}).status_code == 422


def test_one_learns_who_one_is(ann: Caller) -> None:
    assert ann.get("/me").json() == {"role": "partner", "key": "p-ann", "name": "Ann", "partners": ["acme"]}


def test_the_problems_there_are_can_be_looked_up(ann: Caller) -> None:
    codes = {each["code"]: each["status"] for each in ann.as_("").get("/problems").json()["items"]}

    assert (codes["refused"], codes["not_found"], codes["move_conflict"]) == (409, 404, 409)
