"""Every fault of the letters at once: found by reading them and by rendering them, before any partner could.

For each notice that a workflow names: whether its files are there, whether they name only what such a notice holds (by
reading the templates, and by rendering them with samples of every cause, full ones and bare ones), whether anything in
them is unsafe, whether every link to the platform carries its UTM parameters, whether the subject is one short line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Final

from review_engine.channels.letter_samples import AT, PEOPLE, STAFF, Sample, bare, samples, week_sample
from review_engine.channels.letter_shelf import DEADLINE, REQUIRED, SUBJECT, Folder, InvalidLetter, Shelf
from review_engine.channels.letter_view import ALWAYS, Reader
from review_engine.channels.letters import DIGEST, WEEKLY, Bundle, Letters
from review_engine.channels.links import untracked
from review_engine.channels.message import Letter
from review_engine.channels.template_rules import faults_of, line_at, referenced
from review_engine.domain.errors import shown
from review_engine.domain.faults import Fault
from review_engine.domain.lifecycle import Lifecycle
from review_engine.domain.notices import Notice

SUBJECT_MAX: Final = 120
"""Characters of a subject that people still read; the samples' names are of a usual length."""

BASE_URL: Final = "https://platform.example"
_DIGEST_NAMES: Final = frozenset({"period", "count", "groups", "waiting"})
_WEEKLY_NAMES: Final = frozenset({"count", "more", "late", "groups", "total", "tick", "waiting"})
_URL = re.compile(r"https?://[^\s\"'<>)]+")


def check_letters(
    folders: Iterable[Folder], lifecycles: Iterable[Lifecycle], *, base_url: str = BASE_URL
) -> list[Fault]:
    """Everything that is wrong with the letters of these workflows, and with the digest.

    Args:
        folders: template folders, the host's before ours.
        lifecycles: the workflows whose notices need letters.
        base_url: where the platform's pages are; links that begin with it are checked for UTM parameters.
    """
    shelf = Shelf(folders)
    letters = Letters(shelf.folders, sender="Developer Center <letters@platform.example>", base_url=base_url)
    found = list(samples(lifecycles))
    faults: list[Fault] = []
    looked_at: set[str] = set()
    for name in sorted({sample.notice.name for sample in found}):
        own = [sample for sample in found if sample.notice.name == name]
        known = ALWAYS.union(*(sample.notice.context for sample in own))
        faults += _missing(shelf, name)
        faults += _read(shelf, [f"{name}/{file}" for file in (*REQUIRED, DEADLINE)], known, looked_at)
        faults += _rendered(letters, name, own, base_url)
    faults += _missing(shelf, DIGEST)
    faults += _read(shelf, [f"{DIGEST}/{file}" for file in REQUIRED], ALWAYS | _DIGEST_NAMES, looked_at)
    faults += _missing(shelf, WEEKLY)
    faults += _read(shelf, [f"{WEEKLY}/{file}" for file in REQUIRED], ALWAYS | _WEEKLY_NAMES, looked_at)
    faults += _weekly(letters, base_url)
    faults += _digested(letters, [sample.notice for sample in found], base_url)
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.path, fault.line, fault.what))


def _missing(shelf: Shelf, name: str) -> Iterator[Fault]:
    for file in REQUIRED:
        if shelf.file(f"{name}/{file}") is None:
            place = str(shelf.folders[0] / name / file) if shelf.folders else f"{name}/{file}"
            yield Fault(place, 1, name, f"the letter of the notice '{name}' has no {file}", "Write it.")


def _read(shelf: Shelf, paths: Iterable[str], known: Iterable[str], looked_at: set[str]) -> Iterator[Fault]:
    """What reading finds, in these templates and in those they rest on. The latter may name what every letter holds."""
    for path in paths:
        file = shelf.file(path)
        if file is None or path in looked_at:
            continue
        looked_at.add(path)
        html = path.endswith(".html")
        try:
            source = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield Fault(str(file), 1, "", "it is not UTF-8 text", "Save it as UTF-8.")
            continue
        for line, what, cure in faults_of(source, html=html, known=frozenset(known), style=shelf.style()):
            yield Fault(str(file), line, "", what, cure)
        others = referenced(source, html=html)
        for other in others:
            if shelf.file(other) is None:
                yield Fault(str(file), 1, "", f"there is no template {shown(other)}", "Mend the name, or write it.")
        yield from _read(shelf, others, ALWAYS, looked_at)


def _rendered(letters: Letters, name: str, own: Iterable[Sample], base_url: str) -> Iterator[Fault]:
    if list(_missing(letters.shelf, name)):
        return
    for sample in own:
        for version in (sample, bare(sample)):
            for reader in sample.to or (STAFF,):
                for unsubscribe in (None, f"{base_url}/stop/x"):
                    try:
                        letter = letters.render(version.notice, reader, unsubscribe=unsubscribe, people=PEOPLE)
                    except InvalidLetter as error:
                        yield from _told(error, sample.cause)
                    else:
                        yield from _looked_at(letters, name, version.notice, reader, letter, base_url)


def _told(error: InvalidLetter, cause: str) -> Iterator[Fault]:
    for fault in error.faults:
        if isinstance(fault, Fault):
            yield Fault(fault.path, fault.line, fault.place, f"{fault.what} (told by: {cause})", fault.cure)


def _looked_at(
    letters: Letters, name: str, notice: Notice, reader: Reader, letter: Letter, base_url: str
) -> Iterator[Fault]:
    shelf = letters.shelf
    subject = letters.raw_subject(notice, reader, people=PEOPLE)
    place = str(shelf.file(f"{name}/{SUBJECT}"))
    if "\n" in subject.strip("\n"):
        yield Fault(place, 1, "", "the subject has several lines", "Write one line.")
    if len(subject) > SUBJECT_MAX:
        what = f"the subject has {len(subject)} characters"
        yield Fault(place, 1, "", what, f"Use at most {SUBJECT_MAX}; shorten names with the filter short.")
    if not subject.strip():
        yield Fault(place, 1, "", "the subject is empty", "Write one line.")
    for file, body in zip(REQUIRED[1:], (letter.text, unescape(letter.html)), strict=True):
        for url in sorted(set(_URL.findall(body))):
            lacks = untracked(url) if url.startswith(base_url) else []
            if lacks:
                path, line = _where(shelf, f"{name}/{file}", url)
                what = f"the link {shown(url)} lacks {', '.join(lacks)}"
                yield Fault(path, line, "", what, "Use link or queue, or put the filter utm behind the address.")


def _where(shelf: Shelf, path: str, url: str) -> tuple[str, int]:
    """The template and line where an address stands, as far as it stands there in so many words."""
    paths = [path]
    for each in paths:
        file = shelf.file(each)
        source = file.read_text(encoding="utf-8") if file else ""
        place = source.find(url.partition("?")[0])
        if place >= 0:
            return str(file), line_at(source, place)
        paths += [other for other in referenced(source, html=each.endswith(".html")) if other not in paths]
    return str(shelf.file(path) or Path(path)), 1


def _weekly(letters: Letters, base_url: str) -> Iterator[Fault]:
    """The letter of the week, with things of every urgency and with next to nothing."""
    if list(_missing(letters.shelf, WEEKLY)):
        return
    sample = week_sample()
    few = replace(sample, context={**sample.context, "total": 1, "waiting": []})
    for notice in (sample, few):
        try:
            letters.weekly(notice, STAFF, unsubscribe=f"{base_url}/stop/x")
        except InvalidLetter as error:
            yield from (fault for fault in error.faults if isinstance(fault, Fault))


def _digested(letters: Letters, notices: list[Notice], base_url: str) -> Iterator[Fault]:
    """The digest with one notice, and with every notice that can be written."""
    if list(_missing(letters.shelf, DIGEST)):
        return
    sound = [notice for notice in notices if not list(_missing(letters.shelf, notice.name))]
    for told in (sound[:1], sound):
        bundle = Bundle("sample", AT, told, period="This week")
        try:
            letters.digest(bundle, STAFF, unsubscribe=f"{base_url}/stop/x")
        except InvalidLetter as error:
            yield from (fault for fault in error.faults if isinstance(fault, Fault))
