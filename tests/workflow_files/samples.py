"""A small sound workflow, to be broken one fault at a time."""

from pathlib import Path

APP = """\
[lifecycle]
name = "app"
title = "App"
starts = "preview"
calendar = "business"

[lifecycle.children]
components = "component"

[states.preview]
title = "Preview"
waits_for = "partner"

[states.in_review]
title = "In review"
waits_for = "reviewer"
frozen = true

[states.changes_requested]
title = "Changes requested"
waits_for = "partner"

[states.public]
title = "Public"
listed = { badge = "beta" }
final = true

[states.withdrawn]
title = "Withdrawn"
final = true

[facts.docs_url]
title = "Your documentation"
type = "url"
by = ["partner"]

[facts.tier]
title = "Tier"
type = "choice"
by = ["manager"]
among = ["standard", "priority"]

[transitions.submit]
title = "Submit"
from = ["preview", "changes_requested"]
to = "in_review"
by = ["partner"]
guards = ["documents_present", "components_ready"]
opens = "submission"
notices = ["review_wanted"]

[transitions.request_changes]
title = "Request changes"
from = ["in_review"]
to = "changes_requested"
by = ["reviewer"]
needs = ["comment"]
decides = true
notices = ["changes_requested"]

[transitions.approve]
title = "Approve"
from = ["in_review"]
to = "public"
by = ["reviewer"]
decides = true

[transitions.withdraw_silent]
title = "Withdraw after no answer"
from = ["changes_requested"]
to = "withdrawn"
by = ["engine"]

[guards.documents_present]
title = "The documents are there"
check = "facts_present"
facts = ["docs_url"]
fix = "Add the missing links."

[guards.components_ready]
title = "Every component is ready"
check = "children_all"
of = "components"
states = ["ready"]
fix = "Finish the components."

[sla.decision]
title = "Decision within 2 business days"
runs_in = ["in_review"]
pauses_in = ["changes_requested"]
within = "2 business days"
tiers = { fact = "tier", within = { priority = "1 business day" } }
warn = [
    { at = "4 business hours", notices = ["review_due_soon"] },
    { at = "1 business day", notices = ["review_due_soon"] },
]
breach = { notices = ["review_overdue"], escalate_to = "manager" }

[sla.partner_reply]
title = "Partner answers within 10 business days"
runs_in = ["changes_requested"]
within = "10 business days"
breach = { move = "withdraw_silent" }

[notices]
review_wanted = { to = ["reviewers"] }
changes_requested = { to = ["partner"] }
review_due_soon = { to = ["reviewers"], optional = true }
review_overdue = { to = ["reviewers", "managers"] }

[adopt]
states = { PUBLIC = "public" }
delisted = "withdrawn"

[adopt.facts]
docs_url = "docs"

[renamed]
beta = "public"
"""

COMPONENT = """\
[lifecycle]
name = "component"
title = "Component"
starts = "building"
parent = "app"

[states.building]
title = "Being built"

[states.ready]
title = "Ready"
final = true

[transitions.finish]
title = "Finish"
from = ["building"]
to = "ready"
by = ["partner"]
"""

CALENDAR = """\
zone = "UTC"
hours.monday = [["09:00", "17:00"]]
hours.tuesday = [["09:00", "17:00"]]
"""


def changed(text: str, *swaps: tuple[str, str]) -> str:
    """The text with the first place of each old passage replaced; one that is not there is an error."""
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def folder_of(place: Path, app: str = APP, component: str = COMPONENT, **more: str) -> Path:
    """A folder with these workflows and a calendar."""
    for name, text in {"app": app, "component": component, **more}.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    (place / "calendars").mkdir()
    (place / "calendars" / "business.toml").write_text(CALENDAR, encoding="utf-8")
    return place


def line_of(text: str, passage: str) -> int:
    """The line on which a passage begins."""
    return text[: text.index(passage)].count("\n") + 1
