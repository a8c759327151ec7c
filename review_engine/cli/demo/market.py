"""The rest of the market: other companies' Apps, played quietly, so that whoever looks around finds a desk at work.

When the story ends one App is overdue, others wait or are being reviewed, one waits for its partner, one for a manager,
and the catalog has a shelf or two. Companies, people and addresses are invented.
"""

from typing import Final

from review_engine.cli.demo.acts import (
    NOW,
    Act,
    Chapter,
    Edit,
    Excuse,
    Found,
    Later,
    Move,
    Person,
    Register,
    Remarked,
    Seen,
    Used,
)
from review_engine.cli.demo.story import HOST, MONA, OMAR, RITA, all_passed, basic_info, launch_info
from review_engine.domain.reviews import FAILED, NOTED, PASSED, Assessment

JO: Final = Person("partner", "juniper.jo", "Jo Lindqvist", "jo@juniper.example", "juniper")
WES: Final = Person("partner", "willow.wes", "Wes Okafor", "wes@willow.example", "willow")
CAI: Final = Person("partner", "cinder.cai", "Cai Romero", "cai@cinder.example", "cinder")
OLA: Final = Person("partner", "opal.ola", "Ola Brandt", "ola@opal.example", "opal")
NEIGHBOURS: Final = ((JO, "Juniper"), (WES, "Willow & Marsh"), (CAI, "Cinder Labs"), (OLA, "Opal"))


def built(person: Person, slug: str, name: str, description: str, categories: list[str], sort: str) -> tuple[Act, ...]:
    """An App with everything that a submission asks for, and one component that passes its tests."""
    about = basic_info(slug, name, description, categories) | launch_info(slug)
    component = {"name": f"{name} {sort}", "type": "subscription", "hosting": sort}
    return (
        Register(f"app/{slug}", person, "", about),
        Register(f"component/{slug}-{sort}", person, "", component, parent=f"app/{slug}"),
        Seen(f"component/{slug}-{sort}", "test_suite", "green", HOST, "", "all six calls accepted"),
    )


def submitted(person: Person, slug: str) -> Move:
    """It is handed in."""
    return Move(f"app/{slug}", "submit", person, "")


def approved(slug: str, reviewer: Person) -> tuple[Act, ...]:
    """A review on which nothing goes wrong."""
    key = f"app/{slug}"
    return (
        Move(key, "claim", reviewer, ""),
        Found(key, reviewer, all_passed(), ""),
        Move(key, "approve", reviewer, ""),
    )


def public(slug: str, customers: tuple[str, ...]) -> tuple[Act, ...]:
    """The button goes live and customers come."""
    key = f"app/{slug}"
    return (Edit(key, HOST, {"oauth_enabled_at": NOW}, ""), Used(key, dict.fromkeys(customers, ""), ""))


SHELVES: Final = Chapter(
    "What stood in the catalog already",
    (
        *built(JO, "juniper-heatmaps", "Juniper Heatmaps", "Where visitors look, scroll and give up.",
               ["Heatmaps & Recordings", "Analytics"], "webhook"),
        *built(WES, "willow-surveys", "Willow Surveys", "Ask customers at the moment it matters.",
               ["Surveys"], "function"),
        *built(CAI, "cinder-flags", "Cinder Flags", "Switch features on for those who are ready for them.",
               ["Feature Flagging", "A/B Testing"], "webhook"),
        *built(OLA, "opal-crm", "Opal CRM", "Every conversation with a customer in one place.",
               ["CRM", "Customer Success"], "function"),
        Later(1, "10:10"),
        *(submitted(person, slug) for person, slug in
          ((JO, "juniper-heatmaps"), (WES, "willow-surveys"), (CAI, "cinder-flags"), (OLA, "opal-crm"))),
        Later(1, "11:45"),
        *approved("juniper-heatmaps", RITA),
        *approved("willow-surveys", OMAR),
        *approved("cinder-flags", RITA),
        Later(1, "10:30"),
        *approved("opal-crm", OMAR),
        Later(4, "14:00"),
        *public("juniper-heatmaps", ("amber-books", "slate-tools", "fern-foods")),
        *public("opal-crm", ("amber-books", "corner-cycles", "north-tea", "slate-tools")),
        Used("app/willow-surveys", {"corner-cycles": "", "willow-own": "partner's own"}, ""),
        Edit("app/cinder-flags", HOST, {"oauth_enabled_at": NOW}, ""),
        Excuse("app/cinder-flags", "active_customers", MONA,
               "Moved over from the former catalog with forty customers, listed one by one in the contract.", ""),
    ),
)  # fmt: skip

IN_FLIGHT: Final = Chapter(
    "What is under way",
    (
        Later(6, "09:40"),
        *built(CAI, "cinder-chat", "Cinder Chat", "Talk to visitors while they are still there.",
               ["Live Chat"], "webhook"),
        submitted(CAI, "cinder-chat"),
        *built(JO, "juniper-journeys", "Juniper Journeys", "The paths customers take, drawn as one map.",
               ["Analytics"], "function"),
        *built(OLA, "opal-onboarding", "Opal Onboarding", "First steps that customers finish.",
               ["Customer Success"], "webhook"),
        submitted(OLA, "opal-onboarding"),
        *built(WES, "willow-push", "Willow Push", "Messages to telephones, at a decent hour.",
               ["SMS & Push Notifications"], "function"),
        submitted(WES, "willow-push"),
        Later(1, "11:20"),
        Move("app/cinder-chat", "claim", RITA, ""),
        Found(
            "app/cinder-chat",
            RITA,
            all_passed(
                Assessment(FAILED, "signup_works", "The key is under Account, not under Settings.", "docs_url"),
            ),
            "",
        ),
        Move("app/cinder-chat", "request_changes", RITA, "",
             "The page on setting up sends readers to Settings; the key is under Account."),
        Move("app/willow-push", "claim", OMAR, ""),
        Found("app/willow-push", OMAR,
              (Assessment(FAILED, "spec_adhered_to", "Events are renamed after they arrive."),), ""),
        Move("app/willow-push", "reject", OMAR, "", "The App rewrites other tools' events, which the Spec forbids."),
        Move("app/opal-onboarding", "claim", OMAR, ""),
        Later(1, "09:15"),
        Edit("app/cinder-chat", CAI, {"docs_url": "https://cinder-chat.example/docs/set-up-2"}, ""),
        submitted(CAI, "cinder-chat"),
        submitted(JO, "juniper-journeys"),
        Found("app/opal-onboarding", OMAR, (
            Assessment(PASSED, "spec_adhered_to"),
            Assessment(FAILED, "entry_accurate", "The logo does not render on a dark page.", "logo_url"),
            Assessment(NOTED, "", "The launch post still says 'coming soon'.", "launch_post_url")), ""),
        Move("app/opal-onboarding", "request_changes", OMAR, "",
             "The logo cannot be seen on a dark page, and the launch post says 'coming soon'."),
        Move("app/willow-push", "appeal", WES, "",
             "Renaming can be switched off, and is off for everybody since Monday."),
        Later(2, "15:30"),
        *built(WES, "willow-warehouse", "Willow Warehouse", "Events in your own tables, every five minutes.",
               ["Raw Data"], "function"),
        submitted(WES, "willow-warehouse"),
        Move("app/cinder-chat", "claim", RITA, ""),
        Found("app/cinder-chat", RITA, (
            Assessment(PASSED, "signup_works"),
            Assessment(FAILED, "entry_accurate", "The mark is not square.", "mark_url")), ""),
        Remarked("app/cinder-chat", RITA, "I should have seen the mark in the first round. Sorry about that.", ""),
        Remarked("app/cinder-chat", RITA, "If the mark is all, approve without a third round.", "", internal=True),
        Later(1, "09:10"),
        Register("app/juniper-tags", JO, "", {"name": "Juniper Tags", "categories": ["Tag Managers"]}),
        *built(OLA, "opal-referrals", "Opal Referrals", "Thank those who bring others.", ["Referrals"], "webhook"),
        Edit("app/opal-referrals", MONA, {"tier": "priority"}, ""),
        submitted(OLA, "opal-referrals"),
    ),
)  # fmt: skip

MARKET: Final = (SHELVES, IN_FLIGHT)
