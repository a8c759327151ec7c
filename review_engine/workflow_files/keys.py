"""The permitted keys of a workflow file, said once: the reader, the JSON Schema and the reference are made from them.

To give workflows a new key, add it here with a sentence, and read it in ``reader``.
"""

from typing import Final

from review_engine.domain.actors import STAFF, Role
from review_engine.domain.facts import TYPES
from review_engine.domain.lifecycle import AUDIENCES, NEEDS
from review_engine.workflow_files.shapes import (
    Anything,
    Book,
    Either,
    Flag,
    Key,
    Length,
    Many,
    Name,
    OneOf,
    Record,
    Reference,
    Text,
    Whole,
)

ROLES: Final = OneOf("role", tuple(role.value for role in Role))
_STAFF = OneOf("staff role", tuple(sorted(role.value for role in STAFF)))
_NAMES = Many(Reference())
_KIND_LONGEST = 40

_LIFECYCLE = Record(
    {
        "name": Key(
            Name(_KIND_LONGEST), "The kind of subject this workflow is for, as in app/acme-sync.", required=True
        ),
        "title": Key(Text(), "What people call such a subject.", required=True),
        "starts": Key(Reference(), "The state a new subject stands in.", required=True),
        "calendar": Key(Reference(), "The calendar, a file in calendars/, that business time is counted by."),
        "parent": Key(Reference(), "The kind of subject that this one is a component of."),
        "children": Key(Book(Reference()), "Groups of components: a name for the group, and their kind."),
        "welcomes": Key(_NAMES, "The notices that are sent when a subject is registered."),
        "offered": Key(Flag(), "Whether pages offer to begin one; true if left out. It can be registered either way."),
    }
)

_STATE = Record(
    {
        "title": Key(Text(), "As people read it.", required=True),
        "says": Key(Text(), "One sentence on what it means to stand here."),
        "waits_for": Key(ROLES, "Whose turn it is; leave it out for nobody's."),
        "milestone": Key(Flag(), "Worth celebrating on a timeline."),
        "final": Key(Flag(), "Nothing leaves it."),
        "listed": Key(
            Either(Record({"badge": Key(Text(), "The badge that the catalog shows, such as beta.")})),
            "Shown in the public catalog, perhaps with a badge.",
        ),
        "frozen": Key(Flag(), "The partner's facts may not change here."),
        "voids_clocks": Key(Flag(), "Running promises are cancelled here, neither kept nor broken."),
    }
)

_FACT = Record(
    {
        "title": Key(Text(), "As a form labels it.", required=True),
        "type": Key(OneOf("type of fact", TYPES), "What its value must be.", required=True),
        "by": Key(Many(ROLES, 1), "The roles that may set it.", required=True),
        "section": Key(Text(), "The part of the form it stands in."),
        "max": Key(Whole(), "Most characters of a text, most entries of choices, largest count."),
        "among": Key(Many(Text(), 1), "The permitted values of a choice or choices."),
        "says": Key(Text(), "One line of guidance below the field."),
    }
)

_TRANSITION = Record(
    {
        "title": Key(Text(), "As a button reads.", required=True),
        "from": Key(Many(Reference(), 1), "The states it may be taken from.", required=True),
        "to": Key(Reference(), "The state it leads to.", required=True),
        "by": Key(Many(ROLES, 1), "The roles that may take it.", required=True),
        "guards": Key(_NAMES, "The guards that must hold, in the order they are shown."),
        "needs": Key(Many(OneOf("need", NEEDS)), "What whoever takes it must hand in."),
        "notices": Key(_NAMES, "The notices that are sent when it was taken."),
        "opens": Key(
            OneOf("thing to open", ("submission",)), "Begins a round: decisions are bound to the facts as they are."
        ),
        "claims": Key(Flag(), "Whoever takes it becomes the reviewer of the round."),
        "decides": Key(Flag(), "A decision of the round, refused when the facts are no longer those submitted."),
        "auto": Key(Flag(), "The engine takes it by itself once all guards hold."),
        "creates": Key(OneOf("thing to create", ("partner",)), "Makes the subject's owner a partner of the directory."),
        "says": Key(Text(), "One sentence for people on what it does."),
    }
)

_GUARD = Record(
    {
        "title": Key(Text(), "The truth that must hold, worded for the partner.", required=True),
        "check": Key(Reference(), "The check that answers it. Its parameters stand beside it, as keys.", required=True),
        "fix": Key(Text(), "What the reader can do when it does not hold.", required=True),
        "waivable": Key(Flag(), "Whether a manager may record an exception."),
    },
    rest=Anything(),
)

_WARNING = Record(
    {
        "at": Key(Length(), "How long after the clock started.", required=True),
        "notices": Key(Many(Reference(), 1), "The notices that are sent.", required=True),
    }
)

_SLA = Record(
    {
        "title": Key(Text(), "The promise as people read it.", required=True),
        "runs_in": Key(Many(Reference(), 1), "The states in which the clock runs.", required=True),
        "pauses_in": Key(_NAMES, "The states in which it halts and keeps its rest; any other state stops it."),
        "within": Key(Length(), "How long, in business days, business hours or plain time.", required=True),
        "warn": Key(Many(_WARNING), "Reminders before it is due."),
        "breach": Key(
            Record(
                {
                    "notices": Key(_NAMES, "The notices that are sent."),
                    "escalate_to": Key(_STAFF, "The role that takes over the care for it."),
                    "move": Key(Reference(), "The transition that the engine takes."),
                }
            ),
            "What happens when it is due and not met.",
        ),
        "tiers": Key(
            Record(
                {
                    "fact": Key(Reference(), "The fact that says which tier a subject is in.", required=True),
                    "within": Key(Book(Length(), free=True), "By the fact's value, how long instead.", required=True),
                }
            ),
            "Other durations for some subjects.",
        ),
    }
)

_NOTICE = Record(
    {
        "to": Key(Many(OneOf("audience", AUDIENCES), 1), "Who hears it.", required=True),
        "optional": Key(Flag(), "Whether a person may decline it."),
        "once_listed": Key(Flag(), "The partner is told only once the catalog is seen serving the subject."),
        "expires": Key(Length(), "How long after its cause it makes sense; later it is not sent any more."),
    }
)

_MILESTONE = Record(
    {
        "guard": Key(Reference(), "The guard that counts active customers.", required=True),
        "in": Key(Many(Reference(), 1), "The states in which it is told.", required=True),
        "at": Key(Many(Whole(), 1), "The numbers of active customers, each told once.", required=True),
        "notices": Key(Many(Reference(), 1), "The notices that are sent.", required=True),
    }
)

_REPLY = Record(
    {
        "title": Key(Text(), "What reviewers pick it by.", required=True),
        "says": Key(Text(), "The words that are put into the comment.", required=True),
        "criterion": Key(Reference(), "The guard it is offered for; leave it out for all."),
    }
)

_CONVERSATION = Record(
    {
        "partner": Key(Reference(), "The notice by which the partner hears what staff wrote."),
        "reviewer": Key(Reference(), "The notice by which the reviewer hears what the partner wrote."),
    }
)

_ADOPT = Record(
    {
        "states": Key(
            Book(Reference(), free=True), "What the catalog calls a status, and the state it stands for.", required=True
        ),
        "delisted": Key(Reference(), "The state of what is no longer in the catalog."),
        "facts": Key(Book(Text("the name of a field")), "A fact, and the field of the catalog that it is read from."),
    }
)

WORKFLOW: Final = Record(
    {
        "lifecycle": Key(
            _LIFECYCLE, "What this workflow is called, where it starts, whose calendar it follows.", required=True
        ),
        "states": Key(Book(_STATE), "Where a subject can stand.", required=True),
        "facts": Key(Book(_FACT), "What is known of a subject, who may say it, and where it stands on the form."),
        "transitions": Key(
            Book(_TRANSITION), "Who may move a subject, from where to where, and on what terms.", required=True
        ),
        "guards": Key(Book(_GUARD), "What must be true. Named for the truth, worded for the partner."),
        "sla": Key(Book(_SLA), "The promises that are kept, and what happens when they are not."),
        "notices": Key(Book(_NOTICE), "Who hears what. The words live in templates/email/<name>/."),
        "milestones": Key(Book(_MILESTONE), "Numbers of active customers that are worth a letter."),
        "conversation": Key(_CONVERSATION, "Who hears of a remark; without it, nobody is told."),
        "replies": Key(Book(_REPLY), "Canned replies, for what reviewers have to say again and again."),
        "adopt": Key(_ADOPT, "How an existing catalog is read into this workflow."),
        "renamed": Key(
            Book(Reference()), "States of earlier revisions that are gone, and where their subjects now stand."
        ),
    }
)
