"""Real notices of every name that the shipped workflows know: an engine in memory is led through all of it, once."""

from functools import lru_cache

from review_engine.domain.actors import Actor
from review_engine.domain.notices import Notice
from review_engine.store.vault import new_key
from review_engine.testing import TurnableClock, open_test_engine
from review_engine.usecases.watch import watch
from tests.stories.world import ANN, APP, CRITERIA, HOST, MONA, OMAR, REQUEST, RITA, VERIFIED, World


@lru_cache(maxsize=1)
def every_notice() -> tuple[Notice, ...]:
    """Every notice that came out, oldest first; at least one of each name."""
    clock = TurnableClock()
    engine = open_test_engine(clock=clock, secret_key=new_key())
    clock.calendar = engine.desk.library.calendar("business")
    world = World(engine, clock)
    for journey in (_app, _appeals, _withdrawn, _access, _classic, _component, _membership):
        journey(world)
    told = tuple(kept.notice for kept in engine.notices(by=HOST))
    engine.close()
    return told


def _pass(world: World, *spans: str) -> None:
    """Let time go by, and the clocks ring."""
    for span in spans:
        world.clock.turn(span)
        watch(world.engine.desk, now=world.clock())


def _app(world: World) -> None:
    engine = world.engine
    world.complete()
    engine.move(APP, "submit", by=ANN)
    _pass(world, "7 business hours", "6 business hours", "2 business days")
    engine.move(APP, "claim", by=RITA)
    engine.move(APP, "take_over", by=OMAR)
    engine.move(APP, "ask_second", by=OMAR, comment="The volume test puzzles me.")
    engine.remark(APP, "Which plan is the test account on?", by=OMAR)
    engine.remark(APP, "The large one.", by=ANN)
    engine.edit(APP, {**CRITERIA, "adheres_to_docs": False}, by=OMAR)
    engine.move(APP, "request_changes", by=OMAR, comment="Step 3 names another button.\n\nAll else is fine.")
    _pass(world, "8 business days")
    engine.move(APP, "submit", by=ANN)
    engine.move(APP, "claim", by=RITA)
    engine.move(APP, "release", by=RITA)
    engine.move(APP, "claim", by=RITA)
    engine.edit(APP, CRITERIA, by=RITA)
    world.tested("green")
    engine.move(APP, "approve", by=RITA)
    engine.move(APP, "ask_for_button", by=RITA)
    engine.move(APP, "ask_for_replay", by=RITA)
    world.use("north", "south")
    world.use("east")
    world.enable_button()
    _pass(world, "40 days")
    engine.move(APP, "demote", by=MONA, comment="Nobody uses it any more.")


def _appeals(world: World) -> None:
    engine = world.engine
    engine.move(APP, "suspend", by=RITA, comment="The guide breaks the Spec.")
    engine.move(APP, "reinstate", by=MONA, comment="Mended.")
    engine.move(APP, "suspend", by=RITA, comment="Again.")
    engine.move(APP, "appeal", by=ANN, comment="It was an old page.")
    _pass(world, "3 business days", "3 business days")
    engine.move(APP, "grant_appeal", by=MONA, comment="Look at it afresh.")
    engine.move(APP, "claim", by=RITA)
    engine.move(APP, "reject", by=RITA, comment="It sells the data it receives.")
    engine.move(APP, "appeal", by=ANN, comment="It does not.")
    engine.move(APP, "uphold_decision", by=MONA, comment="It does.")
    engine.move(APP, "relist", by=MONA, comment="It no longer does.")
    engine.move(APP, "deprecate", by=ANN, comment="We make something better.")
    engine.move(APP, "remove", by=MONA, comment="Nobody uses it.")


def _withdrawn(world: World) -> None:
    engine, key = world.engine, "app/acme-second"
    engine.register(key, partner="acme", by=ANN, facts={"name": "Acme Second"})
    engine.move(key, "withdraw", by=ANN)
    world.tested("green")
    engine.move(APP, "relist", by=MONA, comment="Once more.")
    engine.move(APP, "remove", by=MONA, comment="For good.")
    engine.move(APP, "appeal", by=ANN, comment="Please.")
    engine.move(APP, "grant_appeal", by=MONA, comment="Well.")
    engine.move(APP, "claim", by=RITA)
    engine.move(APP, "request_changes", by=RITA, comment="The logo.")
    _pass(world, "7 business days", "4 business days")


def _access(world: World) -> None:
    engine = world.engine
    for place in range(3):
        key = f"access_request/acme-{place}"
        member = Actor.partner(f"acme-{place}.contact", of=f"acme-{place}")
        facts = {**REQUEST, "company_email": f"ann{place}@acme.example"}
        engine.register(key, partner=f"acme-{place}", by=member, facts=facts)
        engine.move(key, "send", by=member)
    _pass(world, "5 business hours", "1 business day")
    engine.move("access_request/acme-0", "ask", by=RITA, comment="What is it for?")
    engine.move("access_request/acme-1", "keep_waiting", by=RITA, comment="We are full.")
    engine.move("access_request/acme-1", "resume", by=RITA)
    engine.edit("access_request/acme-1", VERIFIED, by=RITA)
    engine.move("access_request/acme-1", "approve", by=RITA)
    engine.move("access_request/acme-2", "decline", by=RITA, comment="You are a customer.")
    _pass(world, "11 business days", "11 business days")


def _classic(world: World) -> None:
    engine = world.engine
    for key in ("classic_app/one", "classic_app/two"):
        facts = {"name": "Acme Classic", "use_cases": "Send events.", "plan": "Soon.", "sort": "destination"}
        engine.register(key, partner="acme", by=ANN, facts=facts)
        engine.move(key, "request", by=ANN)
    _pass(world, "4 business days")
    engine.move("classic_app/two", "decline", by=RITA, comment="Not now.")
    key = "classic_app/one"
    engine.move(key, "let_in", by=RITA)
    site = "https://acme.example"
    engine.edit(key, {"description": "It was.", "website": site, "docs_url": site, "launch_post_url": site}, by=ANN)
    world.tested("green", key)
    engine.move(key, "submit", by=ANN)
    engine.move(key, "claim", by=RITA)
    _pass(world, "3 business days")
    engine.move(key, "request_changes", by=RITA, comment="The second page.")
    engine.move(key, "submit", by=ANN)
    engine.move(key, "claim", by=RITA)
    engine.edit(key, {"works": True}, by=RITA)
    engine.move(key, "approve", by=RITA)
    world.enable_button(key)
    world.use("north", "south", "east", app=key)
    engine.edit(key, {"programme_joined_at": "2026-03-02"}, by=HOST)
    engine.move(key, "join_programme", by=MONA)
    engine.move(key, "remove", by=MONA, comment="It is over.")


def _component(world: World) -> None:
    engine, key = world.engine, "component/acme-plugin"
    engine.register("app/third", partner="acme", by=ANN, facts={"name": "Acme Third"})
    engine.register(key, partner="acme", by=ANN, facts={"name": "Plugin", "type": "plugin"}, parent="app/third")
    engine.move(key, "join_waiting_list", by=ANN)
    _pass(world, "16 business days", "6 business days")
    engine.edit(key, {"admitted": True}, by=MONA)
    engine.move(key, "admit", by=MONA)


def _membership(world: World) -> None:
    engine = world.engine
    for slug in ("acme", "left", "ended", "declined"):
        engine.register(f"membership/{slug}", partner="acme", by=MONA, facts={"app": APP})
    _pass(world, "4 business days", "2 business days")
    for slug in ("acme", "left", "ended", "declined"):
        engine.edit(f"membership/{slug}", {"beta_since": "2026-03-02"}, by=MONA)
        engine.move(f"membership/{slug}", "invite", by=MONA)
    engine.move("membership/declined", "decline", by=ANN)
    for slug in ("left", "ended"):
        engine.edit(f"membership/{slug}", {"agreement_version": "2026-01"}, by=ANN)
        engine.move(f"membership/{slug}", "join", by=ANN)
        engine.edit(f"membership/{slug}", {"benefits": ["Training", "Co-marketing"]}, by=MONA)
        engine.move(f"membership/{slug}", "grant_benefits", by=MONA)
    engine.move("membership/left", "leave", by=ANN)
    engine.move("membership/ended", "end", by=MONA, comment="The agreement was broken.")
    _pass(world, "61 days", "31 days")
