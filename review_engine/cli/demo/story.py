"""The story: four companies, of which one goes all the way to Public, one is suspended, one withdraws, one is declined.

It follows the workflows that come with the package. Companies, people and addresses are invented.
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
    Ledger,
    Missing,
    Move,
    Person,
    Refusal,
    Register,
    Remarked,
    Secret,
    Seen,
    Used,
)
from review_engine.domain.reviews import FAILED, NOT_APPLICABLE, PASSED, Assessment

RITA: Final = Person("reviewer", "rita", "Rita Solberg", "rita@platform.example")
OMAR: Final = Person("reviewer", "omar", "Omar Haddad", "omar@platform.example")
MONA: Final = Person("manager", "mona", "Mona Feld", "mona@platform.example")
HOST: Final = Person("host", "host", "The platform", "")
STAFF: Final = (RITA, OMAR, MONA)

ANN: Final = Person("partner", "tidemark.contact", "Ann Whitlock", "ann@tidemark.example", "tidemark")
BEN: Final = Person("partner", "brightbell.contact", "Ben Castell", "ben@brightbell.example", "brightbell")
CLEO: Final = Person("partner", "quillpost.contact", "Cleo Marsh", "cleo@quillpost.example", "quillpost")
DAN: Final = Person("partner", "sunnyside.contact", "Dan Oduya", "dan@sunnyside.example", "sunnyside")

SYNC, INBOX, LETTERS = "app/tidemark-sync", "app/brightbell-inbox", "app/quillpost-letters"


def request(person: Person, company: str, used_for: str, use_cases: str) -> dict[str, object]:
    """What a company writes into its request for access."""
    site = f"https://{person.partner}.example"
    return {
        "company_name": company,
        "website": site,
        "company_email": person.address,
        "contact_name": person.name,
        "data_in": "Over our HTTPS interface, and by nightly import.",
        "data_out": "Events arrive in the customer's workspace and show up on its timeline.",
        "used_for": used_for,
        "use_cases": use_cases,
        "plan": "A cloud component first; documentation and launch within the quarter.",
        "agreement_version": "2026-01",
    }


def basic_info(slug: str, name: str, description: str, categories: list[str]) -> dict[str, object]:
    """What the catalog entry is made of."""
    site = f"https://{slug}.example"
    return {
        "name": name,
        "description": description,
        "website": site,
        "categories": categories,
        "logo_url": f"{site}/brand/logo.svg",
        "mark_url": f"{site}/brand/mark.svg",
        "support_email": f"support@{slug}.example",
        "agreement_version": "2026-01",
    }


def launch_info(slug: str) -> dict[str, object]:
    """What has to be ready on the day of the launch, and an account for the reviewers."""
    site = f"https://{slug}.example"
    return {
        "docs_url": f"{site}/docs/set-up",
        "platform_docs_url": f"{site}/drafts/platform-docs",
        "catalog_copy_url": f"{site}/drafts/catalog",
        "integrations_page_url": f"{site}/integrations",
        "launch_post_url": f"{site}/blog/launch",
        "brand_kit_url": f"{site}/brand",
        "utm_links": True,
        "test_user": f"reviewers@{slug}.example",
        "test_password": f"correct-horse-{slug}",
    }


VERIFIED: Final = {"company_verified": True, "fit_verified": True, "able_verified": True, "new_verified": True}


def all_passed(*but: Assessment) -> tuple[Assessment, ...]:
    """Every criterion is met, but for what is said otherwise."""
    criteria = ("spec_adhered_to", "docs_adhered_to", "volume_handled", "entry_accurate", "signup_works", "data_seen")
    said = {one.criterion for one in but}
    return (*(Assessment(PASSED, name) for name in criteria if name not in said), *but)


def asks(person: Person, company: str, facts: dict[str, object], says: str) -> tuple[Act, ...]:
    """A company fills in its request and sends it."""
    key = f"access_request/{person.partner}"
    return (
        Register(key, person, says, facts),
        Move(key, "send", person, f"{company} sends its request."),
    )


def arrives_in_beta(person: Person, key: str, name: str, reviewer: Person, about: dict[str, object]) -> tuple[Act, ...]:
    """The way of an App on which nothing goes wrong: built, tested, submitted, reviewed, approved."""
    hook = f"component/{person.partner}-hook"
    component = {"name": f"{name} hook", "type": "subscription", "hosting": "function"}
    return (
        Register(key, person, f"{person.name} creates {name}, with all that is asked for.", about),
        Register(hook, person, "It has one component, a function that receives events.", component, parent=key),
        Seen(hook, "test_suite", "green", HOST, "Its test suite runs.", "all six calls accepted"),
        Later(1, "09:30"),
        Move(key, "submit", person, f"{person.name} submits {name}."),
        Later(0, "15:10"),
        Move(key, "claim", reviewer, f"{reviewer.name} takes it."),
        Found(key, reviewer, all_passed(), f"{reviewer.name} goes through the six criteria and confirms each."),
    )


ASKING: Final = Chapter(
    "Four companies ask for access",
    (
        *asks(
            ANN,
            "Tidemark",
            request(ANN, "Tidemark", "Seeing where customers stall.", "Send product events to Tidemark funnels."),
            "Tidemark makes funnels; Ann Whitlock asks for access.",
        ),
        Later(0, "10:40"),
        *asks(
            BEN,
            "Brightbell",
            request(BEN, "Brightbell", "Writing to customers inside the product.", "Trigger messages by events."),
            "Brightbell sends messages inside products.",
        ),
        Later(0, "11:25"),
        *asks(
            CLEO,
            "Quillpost",
            request(CLEO, "Quillpost", "Newsletters.", "To be decided."),
            "Quillpost writes newsletters, and is brief about its plans.",
        ),
        Later(0, "13:05"),
        *asks(
            DAN,
            "Sunny Side",
            request(DAN, "Sunny Side Bakery", "Ordering bread.", "We would like to see our own web shop's visitors."),
            "Sunny Side is a bakery with a web shop.",
        ),
        Later(0, "14:30"),
        Refusal("access_request/tidemark", "approve", RITA, "Rita Solberg approves Tidemark, a little too quickly."),
        Edit("access_request/tidemark", RITA, VERIFIED, "She looks at website, address and plan, and confirms them."),
        Move("access_request/tidemark", "approve", RITA, "Now she approves."),
        Edit("access_request/brightbell", OMAR, VERIFIED, "Omar Haddad verifies Brightbell."),
        Move("access_request/brightbell", "approve", OMAR, "He approves."),
        Move(
            "access_request/sunnyside",
            "decline",
            RITA,
            "The bakery is a customer, not a builder of apps.",
            "You will be happier as a customer: the free plan shows you your own visitors.",
        ),
        Move(
            "access_request/quillpost",
            "ask",
            OMAR,
            "Omar would like to know more about Quillpost's plans.",
            "Which events would Quillpost use, and for what?",
        ),
        Later(1, "11:00"),
        Edit(
            "access_request/quillpost",
            CLEO,
            {"use_cases": "Send a letter when somebody has not been seen for two weeks."},
            "Cleo Marsh answers.",
        ),
        Move("access_request/quillpost", "send", CLEO, "She sends the request again; it has kept its place."),
        Later(0, "13:45"),
        Edit("access_request/quillpost", OMAR, VERIFIED, "Omar is content."),
        Move("access_request/quillpost", "approve", OMAR, "He approves."),
    ),
)

BUILDING: Final = Chapter(
    "Tidemark builds, and asks too early",
    (
        Later(1, "09:15"),
        Register(SYNC, ANN, "Ann Whitlock creates Tidemark Sync.", {"name": "Tidemark Sync"}),
        Register(
            "component/tidemark-hook",
            ANN,
            "It has one component, a webhook that receives events.",
            {
                "name": "Tidemark hook",
                "type": "subscription",
                "hosting": "webhook",
                "endpoint_url": "https://hook.tidemark.example/events",
            },
            parent=SYNC,
        ),
        Refusal(SYNC, "submit", ANN, "She submits it at once, to see what happens."),
        Later(2, "16:20"),
        Edit(
            SYNC,
            ANN,
            basic_info(
                "tidemark",
                "Tidemark Sync",
                "Shows where customers stall, from the events you already send.",
                ["Analytics", "Enrichment"],
            )
            | launch_info("tidemark"),
            "Two days later basic info, documents, launch and test account are filled in.",
        ),
        Seen("component/tidemark-hook", "test_suite", "red", HOST, "The test suite runs.", "group answered with 500"),
        Refusal(SYNC, "submit", ANN, "Two requirements are left."),
        Later(1, "10:05"),
        Seen(
            "component/tidemark-hook",
            "test_suite",
            "yellow",
            HOST,
            "The hook is mended.",
            "alias is not supported, fine",
        ),
    ),
)

REVIEW: Final = Chapter(
    "The review, in two rounds",
    (
        Move(SYNC, "submit", ANN, "Ann submits. From here on, facts are frozen and clocks run."),
        Later(1, "11:30"),
        Move(SYNC, "claim", RITA, "Rita Solberg starts the review."),
        Secret(
            SYNC, "test_password", RITA, "She signs in with the test account; that she saw the password is recorded."
        ),
        Remarked(SYNC, RITA, "Which plan does the test account have?", "She asks Ann something; nothing waits for it."),
        Later(0, "12:20"),
        Remarked(SYNC, ANN, "The largest one; everything is switched on.", "Ann answers."),
        Found(
            SYNC,
            RITA,
            all_passed(
                Assessment(FAILED, "docs_adhered_to", "Step 3 says 'Connect', the button says 'Enable'.", "docs_url"),
                Assessment(NOT_APPLICABLE, "volume_handled", "Funnels are sent once a day."),
            ),
            "Four of the six criteria hold, one does not apply. The documentation names a button that is not there.",
        ),
        Refusal(SYNC, "approve", RITA, "So it cannot be approved, not even by her."),
        Move(
            SYNC,
            "request_changes",
            RITA,
            "She asks for a change, and the clock of the decision halts while Ann has the word.",
            "Step 3 of the set-up page says 'Connect', the button says 'Enable'. Everything else is fine.",
        ),
        Later(2, "09:40"),
        Edit(SYNC, ANN, {"docs_url": "https://tidemark.example/docs/set-up-2"}, "Ann mends the page."),
        Move(SYNC, "submit", ANN, "She submits again; the clock goes on with the rest it had."),
        Later(0, "11:15"),
        Move(SYNC, "claim", RITA, "Rita takes it again."),
        Found(
            SYNC,
            RITA,
            all_passed(Assessment(NOT_APPLICABLE, "volume_handled", "Funnels are sent once a day.")),
            "She confirms the criteria for this round; last round's do not count.",
        ),
        Move(SYNC, "approve", RITA, "She approves what she saw, not what it may be tomorrow."),
    ),
)

CUSTOMERS: Final = Chapter(
    "Customers come, one by one",
    (
        Later(1, "10:00"),
        Missing(SYNC, "launch", "What is missing to go Public?"),
        Move(SYNC, "ask_for_button", RITA, "Rita asks for the Enable button."),
        Used(
            SYNC,
            {"tidemark-own": "partner's own", "tidemark-staging": "test workspace", "harbour-books": ""},
            "The first customer, and two workspaces that cannot count.",
        ),
        Later(3, "15:00"),
        Used(SYNC, {"lumen-lab": "", "harbour-books": ""}, "A second customer; the first one is back."),
        Edit(SYNC, HOST, {"oauth_enabled_at": NOW}, "The platform sees the Enable button go live."),
        Ledger(SYNC, "Who counts, and who does not?"),
        Later(2, "12:10"),
        Used(SYNC, {"pine-and-wool": ""}, "A third customer. Nobody presses anything."),
    ),
)

PROGRAMME: Final = Chapter(
    "Tidemark joins the partner programme",
    (
        Later(1, "09:00"),
        Register(
            "membership/tidemark",
            MONA,
            "Mona Feld, a manager, prepares an invitation.",
            {"app": SYNC, "beta_since": NOW},
        ),
        Move("membership/tidemark", "invite", MONA, "She invites Tidemark."),
        Later(1, "14:00"),
        Edit("membership/tidemark", ANN, {"agreement_version": "2026-01"}, "Ann accepts the programme agreement."),
        Move("membership/tidemark", "join", ANN, "Tidemark joins."),
        Edit("membership/tidemark", MONA, {"benefits": ["Training", "Co-marketing"]}, "Benefits are agreed."),
        Move("membership/tidemark", "grant_benefits", MONA, "Mona confirms them."),
    ),
)

BRIGHTBELL: Final = Chapter(
    "Brightbell is launched by exception, and suspended",
    (
        Later(1, "10:20"),
        *arrives_in_beta(
            BEN,
            INBOX,
            "Brightbell Inbox",
            OMAR,
            basic_info("brightbell", "Brightbell Inbox", "Messages inside your product.", ["Live Chat"])
            | launch_info("brightbell"),
        ),
        Move(INBOX, "approve", OMAR, "He approves."),
        Later(1, "11:00"),
        Edit(INBOX, HOST, {"oauth_enabled_at": NOW}, "The Enable button goes live."),
        Excuse(
            INBOX,
            "active_customers",
            MONA,
            "Shown on stage at the spring conference; customers sign up there.",
            "Mona waives the three customers, with a reason that stays on the record.",
        ),
        Later(3, "16:45"),
        Move(
            INBOX,
            "suspend",
            OMAR,
            "Omar finds that the new guide tells customers to break the Spec.",
            "The guide asks for an event 'Purchase'; the Spec calls it 'Order Completed'. Mend it, and you are back.",
        ),
    ),
)

QUILLPOST: Final = Chapter(
    "Quillpost thinks again",
    (
        Later(1, "09:10"),
        *arrives_in_beta(
            CLEO,
            LETTERS,
            "Quillpost Letters",
            RITA,
            basic_info("quillpost", "Quillpost Letters", "Letters to those you miss.", ["Email Marketing"])
            | launch_info("quillpost"),
        ),
        Later(0, "16:30"),
        Move(LETTERS, "withdraw", CLEO, "Before the decision, Cleo takes it back: a new version is on its way."),
    ),
)

STORY: Final = (ASKING, BUILDING, REVIEW, CUSTOMERS, PROGRAMME, BRIGHTBELL, QUILLPOST)
