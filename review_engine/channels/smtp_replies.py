"""What a relay's answer means for the letter, for its recipient, and for everybody else's letters.

The room exists because the same number means three things by the moment at which it is said: 550 after RCPT is about
one address, 550 after MAIL is about us, and a broken line means "try again" before the letter was handed over and
"nobody knows" after it. These rules are pure, so that they can be read, and tested, without a network.

=============================  ==============================================================================
answer                         outcome
=============================  ==============================================================================
2xx to the final dot           ``sent``
4xx, at any stage              ``retry``
5xx to RCPT, DATA, content     ``dead``; the address is suppressed on 5.1.1, 5.1.6 and 5.1.10 only
5xx earlier                    ``channel_down``: no letter would pass, so none may be given up for it
500, 502, 503, 530 at any      ``channel_down``: the relay wants another dialogue (encryption, a login), not another
stage                          letter
no answer, before the content  ``retry``: the letter is known not to be accepted
no answer, after it            ``unknown``
=============================  ==============================================================================
"""

import re

from review_engine.ports.channels import Delivery, Outcome, Stage, safe_text

__all__ = ["Delivery", "Outcome", "Stage", "broken", "enhanced_code", "goes_on", "judge", "safe_text"]

GOODBYE = 421  # the relay closes the connection after this one (RFC 5321, 3.8)

_ACCEPTED = range(200, 300)
_GO_ON = 354
_ABOUT_THE_LETTER: frozenset[Stage] = frozenset({"rcpt", "data", "content"})
_ABOUT_THE_DIALOGUE = frozenset({500, 502, 503, 530})
_NO_SUCH_ADDRESS = frozenset(
    {"5.1.1", "5.1.6", "5.1.10"}
)  # no mailbox, moved without a trace, the domain takes no mail
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)", re.ASCII)
_FIRST_DIGIT = 100


def goes_on(stage: Stage, code: int) -> bool:
    """Whether the dialogue goes on after this reply: a 2xx to MAIL and RCPT, 354 to DATA."""
    return code == _GO_ON if stage == "data" else code in _ACCEPTED and stage != "content"


def judge(stage: Stage, code: int, text: str) -> Delivery:
    """The outcome of an attempt that ended with this reply. See the table above."""
    enhanced = enhanced_code(code, text)
    outcome = _outcome(stage, code)
    suppress = outcome == "dead" and enhanced in _NO_SUCH_ADDRESS
    return Delivery(outcome, stage, code, enhanced, safe_text(text), suppress)


def broken(stage: Stage, what: str) -> Delivery:
    """The outcome of an attempt that ended without a reply: lost connection, deadline, something that is no SMTP."""
    return Delivery("unknown" if stage == "content" else "retry", stage, text=safe_text(what))


def enhanced_code(code: int, text: str) -> str:
    """The enhanced status code at the head of a reply's text; empty if there is none, or if it contradicts the code."""
    found = _ENHANCED.match(text)
    return found[0] if found and int(found[1]) == code // _FIRST_DIGIT else ""


def _outcome(stage: Stage, code: int) -> Outcome:
    match code // _FIRST_DIGIT:
        case 2 if stage == "content":
            return "sent"
        case 4:
            return "retry"
        case 5 if stage in _ABOUT_THE_LETTER and code not in _ABOUT_THE_DIALOGUE:
            return "dead"
        case 5:
            return "channel_down"
        case _:  # a reply that has no meaning here
            return "unknown" if stage == "content" else "retry"
