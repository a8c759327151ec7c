"""How long one letter takes to compose, beside the standard library's EmailMessage with policy.SMTP.

Run: python benchmarks/compose_letter.py [letters]

Both make the same letter (text, HTML, references, unsubscribe headers; about 7.6 kB) in turns within one process, and
one result of each is parsed back first, so that neither is timed for work it did not do. Once in plain ASCII, and once
with typographic quotes, which have to be encoded. Printed: the median time of a letter, and the ratio.
"""

import email.policy
import sys
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from statistics import median
from time import perf_counter

from review_engine.channels.message import Letter, Mailbox, compose, message_id

PLAIN = (
    'The review of the app "Acme Segments" is complete. One point of the checklist is still open: the documentation\n'
    "link answers with an error. Please correct it and submit the app again; the second round takes at most two\n"
    "business days.\n"
)
TYPOGRAPHIC = PLAIN.replace(' "', " \u201c").replace('" ', "\u201d ").replace(";", " \u2013")
THREAD = tuple(message_id(f"round-{number}", "apps.example.com") for number in range(3))
HEADERS = (
    ("Auto-Submitted", "auto-generated"),
    (
        "List-Unsubscribe",
        "<https://apps.example.com/unsubscribe/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm4ifQ>",
    ),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
)
WHEN = datetime(2025, 3, 3, 10, 30, tzinfo=UTC)


def html(words: str) -> str:
    """The words as the letters' templates would set them."""
    return f'<p style="margin:0 0 16px;line-height:24px;color:#222222">{words}</p>\n' * 14


def ours(number: int, words: str) -> bytes:
    """The letter by review_engine.channels.message."""
    return compose(
        Letter(
            sender=Mailbox("reviews@apps.example.com", "App reviews"),
            to=Mailbox(f"ann{number}@acme.example", "Ann M\u00fcller"),
            subject=f"Changes requested: Acme Segments \u2013 round {number}",
            text=words * 10,
            html=html(words),
            message_id=message_id(f"notice-{number}", "apps.example.com"),
            date=WHEN,
            references=THREAD,
            headers=HEADERS,
        )
    )


def theirs(number: int, words: str) -> bytes:
    """The same letter by the standard library."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["Date"] = WHEN
    message["From"] = Address("App reviews", addr_spec="reviews@apps.example.com")
    message["To"] = Address("Ann M\u00fcller", addr_spec=f"ann{number}@acme.example")
    message["Subject"] = f"Changes requested: Acme Segments \u2013 round {number}"
    message["Message-ID"] = message_id(f"notice-{number}", "apps.example.com")
    message["In-Reply-To"] = THREAD[-1]
    message["References"] = " ".join(THREAD)
    for name, value in HEADERS:
        message[name] = value
    message.set_content(words * 10)
    message.add_alternative(html(words), subtype="html")
    return message.as_bytes()


def timed(letters: int, words: str) -> tuple[float, float]:
    """The median seconds a letter for ours and theirs, made in turns, so that a busy moment meets both."""
    mine, other = [], []
    for number in range(letters):
        start = perf_counter()
        ours(number, words)
        between = perf_counter()
        theirs(number, words)
        mine.append(between - start)
        other.append(perf_counter() - between)
    return median(mine), median(other)


def main() -> None:
    """Compare, and print the figures."""
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    parser = BytesParser(policy=email.policy.default)
    for name, words in (("ASCII", PLAIN), ("typographic quotes", TYPOGRAPHIC)):
        sizes = [len(made) for made in (ours(0, words), theirs(0, words))]
        subjects = {str(parser.parsebytes(made)["subject"]) for made in (ours(0, words), theirs(0, words))}
        assert len(subjects) == 1
        mine, other = timed(letters, words)
        print(f"{letters} letters, {name}; {sizes[0]:,} bytes each (EmailMessage: {sizes[1]:,})")
        print(f"  review_engine compose       {mine * 1e6:7.0f} us a letter")
        print(f"  EmailMessage + policy.SMTP  {other * 1e6:7.0f} us a letter")
        print(f"  ratio                       {other / mine:7.1f}")


if __name__ == "__main__":
    main()
