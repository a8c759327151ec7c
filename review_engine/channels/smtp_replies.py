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
from dataclasses import dataclass
from typing import Literal

Stage = Literal["envelope", "connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content"]
Outcome = Literal["sent", "retry", "dead", "unknown", "channel_down"]

GOODBYE = 421  # the relay closes the connection after this one (RFC 5321, 3.8)
LONGEST_TEXT = 500  # characters kept of what a relay says

_ACCEPTED = range(200, 300)
_GO_ON = 354
_ABOUT_THE_LETTER: frozenset[Stage] = frozenset({"rcpt", "data", "content"})
_ABOUT_THE_DIALOGUE = frozenset({500, 502, 503, 530})
_NO_SUCH_ADDRESS = frozenset(
    {"5.1.1", "5.1.6", "5.1.10"}
)  # no mailbox, moved without a trace, the domain takes no mail
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)", re.ASCII)
_FIRST_DIGIT = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one attempt to hand one letter over ended.

    Args:
        outcome: ``sent``; ``retry``, known not to be accepted, later it may be; ``dead``, refused for good;
            ``unknown``, handed over and not acknowledged; ``channel_down``, the relay refuses us, whatever the letter.
        stage: what the attempt was at: ``envelope`` is before any network, ``content`` after the final dot.
        code: the relay's reply code; None when it said nothing, or the verdict is ours.
        enhanced: the enhanced status code (RFC 3463), such as ``5.1.1``; empty if there was none.
        text: what the relay said, or what happened, in words: printable, at most 500 characters.
        suppress_address: True when the relay says that there is no such address; write to it no more.
    """

    outcome: Outcome
    stage: Stage
    code: int | None = None
    enhanced: str = ""
    text: str = ""
    suppress_address: bool = False


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


def safe_text(text: str) -> str:
    """A stranger's words as they may be stored and shown: printable, one line, cut to 500 characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_TEXT]).strip()


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
