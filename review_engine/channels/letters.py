"""From a notice to a letter: the words of its templates, in the reader's own time zone, in the thread of its round.

The same notice for the same reader is the same letter, byte for byte, whenever it is written: what it says was
frozen when it was caused, its Message-ID follows from the notice and the reader, its date is the notice's. That is
what makes a letter that was sent twice recognisable as one. This room knows templates and notices; who the readers
are, and when and over what a letter travels, is for others to know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from jinja2 import Template
from jinja2.runtime import Context

from review_engine.channels import letter_words as words
from review_engine.channels.deadline import Deadline, calendar
from review_engine.channels.letter_shelf import DEADLINE, HTML, SUBJECT, TEXT, Folder, Sheets, Shelf
from review_engine.channels.letter_view import Reader, Setting, due_of, view
from review_engine.channels.links import Pages
from review_engine.channels.message import Letter, Mailbox, message_id
from review_engine.domain.canonical import instant
from review_engine.domain.errors import InvalidConfiguration, shown
from review_engine.domain.notices import Notice

DIGEST: Final = "digest"
"""The letter that holds many."""

WEEKLY: Final = "weekly_digest"
"""The letter about everything that waits for staff."""

SUBJECT_MAX: Final = 200
"""Characters of a subject, whatever a template makes of a long name."""

_AUTOMATIC: Final = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))
_QUEUES: Final = (("late", "Overdue"), ("soon", "Due this week"), ("", "Waiting"))
_SOON: Final = timedelta(days=7)
_GROUPS: Final = (("late", "Overdue"), ("dated", "With a date"), ("", "For your information"))


class Waiting(NamedTuple):
    """Something in a queue, for a digest: what, where it stands, and the promise that runs (texts may be empty)."""

    key: str
    kind: str
    name: str
    stands: str
    promise: str = ""
    within: str = ""
    due_at: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Many notices for one person, to be told in one letter.

    Args:
        key: unique for ever; the Message-ID follows from it.
        at: the date of the letter (aware).
        notices: what is told, in any order.
        waiting: what waits for the reader, told or not; for a weekly digest.
        period: what the notices have in common, as the subject says it: ``this week``, ``this morning``.
        zone: the zone of the calendars that due dates are counted by.
    """

    key: str
    at: datetime
    notices: Sequence[Notice]
    waiting: Sequence[Waiting] = ()
    period: str = ""
    zone: str = "UTC"


class Letters:
    """Writes letters. Safe to use from many threads.

    Args:
        folders: template folders, the host's before ours.
        sender: who letters are from, as ``Name <address>``.
        base_url: where the platform's pages are; or all there is to say of them.
        zone_names: time zone -> what people call it, where that is not the usual name or its city.

    Raises:
        InvalidConfiguration: the sender or the address cannot be used.
    """

    def __init__(
        self,
        folders: Iterable[Folder],
        *,
        sender: str | Mailbox,
        base_url: str | Pages,
        zone_names: Mapping[str, str] | None = None,
    ) -> None:
        self.shelf = Shelf(folders)
        self.sender = mailbox_of(sender) if isinstance(sender, str) else sender
        self.domain = self.sender.address.rpartition("@")[2]
        pages = Pages(base_url) if isinstance(base_url, str) else base_url
        self._setting = Setting(self.sender.name or self.domain, pages, zone_names or {})

    def message_id(self, idem_key: str, reader: Reader) -> str:
        """The Message-ID of a notice's letter to one reader; a notice with two readers is two letters."""
        return message_id(f"{idem_key}#{reader.key}", self.domain)

    def render(
        self,
        notice: Notice,
        reader: Reader,
        *,
        unsubscribe: str | None = None,
        people: Mapping[str, str] | None = None,
        date: datetime | None = None,
    ) -> Letter:
        """The letter of a notice for one reader, ready for ``message.compose``.

        Args:
            notice: what is told.
            reader: whom.
            unsubscribe: address that ends such letters for this reader; None where the notice may not be declined.
            people: person's key -> name, for those whom the letter may call by their names.
            date: the letter's date (aware); None for the notice's.

        Raises:
            InvalidLetter: the letter is missing, or its templates ask for what the notice does not hold.
        """
        sheets = self.shelf.letter(notice.name)
        names = view(notice, reader, self._setting, people or {}, unsubscribe)
        return self._written(notice, sheets, names, reader, unsubscribe, date or notice.at)

    def digest(
        self, bundle: Bundle, reader: Reader, *, unsubscribe: str | None = None, people: Mapping[str, str] | None = None
    ) -> Letter:
        """Many notices as one letter: each with its subject, its due date and its link, the most urgent first.

        Args:
            bundle: the notices.
            reader: whom.
            unsubscribe: as for :meth:`render`.
            people: as for :meth:`render`.

        Raises:
            InvalidLetter: as :meth:`render`.
        """
        items = [self._item(notice, reader, people or {}) for notice in bundle.notices]
        items.sort(key=lambda item: (item["soonest"], str(item["name"]), str(item["subject"])))
        groups = [
            {"title": title, "entries": [item for item in items if item["urgency"] == urgency]}
            for urgency, title in _GROUPS
        ]
        carrier = Notice(DIGEST, DIGEST, "", bundle.key, (), bundle.at, {"zone": bundle.zone})
        names = view(carrier, reader, self._setting, people or {}, unsubscribe) | {
            "period": words.line_of(bundle.period),
            "count": len(items),
            "groups": [group for group in groups if group["entries"]],
            "waiting": [
                self._queued(each._asdict() | {"state": each.stands, "mine": False}, carrier, reader)
                for each in bundle.waiting
            ],
        }
        return self._written(carrier, self.shelf.letter(DIGEST), names, reader, unsubscribe, bundle.at)

    def weekly(
        self,
        notice: Notice,
        reader: Reader,
        *,
        unsubscribe: str | None = None,
        people: Mapping[str, str] | None = None,
    ) -> Letter:
        """What waits for staff as one letter: overdue, due before a week is over, and the rest.

        Raises:
            InvalidLetter: as :meth:`render`.
        """
        entries = [self._queued(each, notice, reader) for each in _waiting(notice)]
        groups = [
            {"title": title, "entries": [entry for entry in entries if entry["urgency"] == urgency]}
            for urgency, title in _QUEUES
        ]
        total = notice.context.get("total")
        names = view(notice, reader, self._setting, people or {}, unsubscribe) | {
            "count": total if isinstance(total, int) else len(entries),
            "more": total - len(entries) if isinstance(total, int) else 0,
            "late": sum(entry["urgency"] == "late" for entry in entries),
            "groups": [group for group in groups if group["entries"]],
        }
        return self._written(notice, self.shelf.letter(WEEKLY), names, reader, unsubscribe, notice.at)

    def raw_subject(self, notice: Notice, reader: Reader, *, people: Mapping[str, str] | None = None) -> str:
        """The subject as its template makes it, before it is brought onto one line; for who checks letters.

        Raises:
            InvalidLetter: as :meth:`render`.
        """
        names = view(notice, reader, self._setting, people or {}, None)
        template = self.shelf.letter(notice.name).subject
        return self._filled(template, template.new_context(names, shared=True), f"{notice.name}/{SUBJECT}")

    def _written(
        self,
        notice: Notice,
        sheets: Sheets,
        names: dict[str, object],
        reader: Reader,
        unsubscribe: str | None,
        date: datetime,
    ) -> Letter:
        name = notice.name
        plain, html = sheets.text.new_context(names, shared=True), sheets.html.new_context(names, shared=True)
        names["subject"] = subject = words.line_of(
            self._filled(sheets.subject, plain, f"{name}/{SUBJECT}"), SUBJECT_MAX
        )
        return Letter(
            sender=self.sender,
            to=Mailbox(reader.address, str(names["hello"])),
            subject=subject,
            text=words.laid_out(self._filled(sheets.text, plain, f"{name}/{TEXT}")),
            html=_ascii(self._filled(sheets.html, html, f"{name}/{HTML}")),
            message_id=self.message_id(notice.idem_key, reader),
            date=date,
            references=self._references(notice, reader),
            headers=_headers(unsubscribe),
            calendar=self._calendar(notice, sheets, plain),
        )

    def _filled(self, template: Template, context: Context, path: str) -> str:
        """A template's words. The context is one for all bodies; a template that is not folded needs its own blocks."""
        if template.blocks:
            context = template.new_context(context.parent, shared=True)
        try:
            return "".join(template.root_render_func(context)).rstrip("\n")
        except Exception as error:  # a template may fail like any program; the letter is told apart, not lost
            raise self.shelf.explained(error, path, context.parent) from error

    def _references(self, notice: Notice, reader: Reader) -> tuple[str, ...]:
        """The letter that opened the round, for this reader's side; nothing for that letter itself."""
        thread = notice.context.get("thread")
        root = thread.get("staff" if reader.staff else "partner") if isinstance(thread, Mapping) else None
        return (self.message_id(str(root), reader),) if root and root != notice.idem_key else ()

    def _calendar(self, notice: Notice, sheets: Sheets, context: Context) -> str:
        """The calendar entry of a letter that has a title for it: the last of the due dates it tells."""
        names = context.parent
        if sheets.deadline is None or not names["deadlines"]:
            return ""
        last, number = names["deadlines"][-1], notice.context.get("number")
        title = self._filled(sheets.deadline, context, f"{notice.name}/{DEADLINE}")
        return calendar(
            Deadline(
                identity=f"{notice.subject}#{last['sla']}#{names['round']}",
                domain=self.domain,
                revision=number if isinstance(number, int) else 0,
                at=datetime.fromisoformat(last["at"]),
                told_at=notice.at,
                title=words.line_of(title, SUBJECT_MAX),
                says=f"{last['title']}.\n{names['link']}",
                link=names["link"],
            )
        )

    def _item(self, notice: Notice, reader: Reader, people: Mapping[str, str]) -> dict[str, object]:
        """A notice as one entry of a digest."""
        names = view(notice, reader, self._setting, people, None)
        due = due_of(notice.context)
        late = bool(due) and bool(due[0]["now"]) and due[0]["now"] > due[0]["due_at"]
        return names | {
            "subject": words.line_of(self.raw_subject(notice, reader, people=people), SUBJECT_MAX),
            "link": self._setting.pages.of(str(names["key"] or notice.subject), DIGEST),
            "soonest": due[0]["due_at"] if due else "9",
            "urgency": ("late" if late else "dated") if due else "",
        }

    def _queued(self, waiting: Mapping[str, object], told: Notice, reader: Reader) -> dict[str, object]:
        """Something that waits, as one entry of a letter that tells of many."""
        given = {name: waiting.get(name, "") for name in ("key", "kind", "name", "state")}
        due = {name: waiting.get(name, "") for name in ("promise", "within", "due_at")} if waiting.get("due_at") else {}
        now = instant(told.at)
        context = {"zone": told.context.get("zone", "UTC"), "tick": now, **given, **due}
        notice = Notice(told.name, str(given["key"]), "", told.cause, (), told.at, context)
        urgency = _urgency(str(due["due_at"]), now, instant(told.at + _SOON)) if due else ""
        return view(notice, reader, self._setting, {}, None) | {"urgency": urgency, "mine": waiting.get("mine") is True}


def _waiting(notice: Notice) -> list[Mapping[str, object]]:
    given = notice.context.get("waiting")
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list | tuple) else []


def _urgency(due_at: str, now: str, soon: str) -> str:
    return "late" if due_at < now else "soon" if due_at < soon else ""


def mailbox_of(text: str) -> Mailbox:
    """``Name <address>``, or an address alone.

    Raises:
        InvalidConfiguration: it is neither.
    """
    name, angle, rest = text.strip().rpartition("<")
    address = rest.removesuffix(">") if angle else text.strip()
    if "@" not in address or " " in address or (angle and not rest.endswith(">")):
        cure = "Write it like Developer Center <developer-center@example.com>."
        raise InvalidConfiguration(f"{shown(text)} is not who letters can be from", where="mail.sender", cure=cure)
    return Mailbox(address, name.strip().strip('"'))


def _headers(unsubscribe: str | None) -> tuple[tuple[str, str], ...]:
    if not unsubscribe:
        return _AUTOMATIC
    headers: tuple[tuple[str, str], ...] = (*_AUTOMATIC, ("List-Unsubscribe", f"<{unsubscribe}>"))
    if unsubscribe.startswith("https://"):  # one click needs it (RFC 8058, 3.1)
        headers = (*headers, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


def _ascii(html: str) -> str:
    """HTML in ASCII: what is not becomes a character reference, so that no relay has to encode the letter."""
    return html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode("ascii")
