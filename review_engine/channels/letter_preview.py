"""Every letter to look at, before anybody gets it: a folder with an index, and HTML and text of each side by side.

What is written is what would be sent, for sample notices of every workflow: the page shows the HTML at the width of a
screen and of a telephone, the text as it reads, and holds the message itself (``.eml``) to open in a mail program.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from review_engine.channels.letter_samples import AT, PARTNER, PEOPLE, STAFF, ZONE, Sample, samples
from review_engine.channels.letter_shelf import environment
from review_engine.channels.letters import DIGEST, Bundle, Letters, Waiting
from review_engine.channels.message import Letter, compose
from review_engine.domain.lifecycle import Lifecycle

_UNSUBSCRIBE: Final = "https://platform.example/letters/stop/sample"
_MARK: Final = """<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:110rem;padding:0 1rem;color:#1f2933}
a{color:#1d4ed8}table{border-collapse:collapse}td,th{padding:.35rem 1rem .35rem 0;text-align:left;vertical-align:top}
h2{margin:2rem 0 .5rem}.sides{display:flex;flex-wrap:wrap;gap:1.5rem}iframe{border:1px solid #c5cfda;height:70rem}
pre{white-space:pre-wrap;border:1px solid #c5cfda;padding:1rem;margin:0;width:38rem;max-width:100%;font-size:14px}
h3{font-size:1rem;margin:0 0 .3rem}</style>"""
_INDEX: Final = (
    '<!DOCTYPE html><html lang="en"><head><title>Letters</title>'
    + _MARK
    + """</head><body><h1>Letters</h1><p>{{ pages | length }} letters, with sample data.</p>
{% for kind, group in pages | groupby("kind") %}<h2>{{ kind }}</h2><table><thead><tr><th scope="col">Letter</th>
<th scope="col">To</th><th scope="col">Subject</th><th scope="col">Told by</th></tr></thead><tbody>
{% for page in group %}<tr><td><a href="{{ page.file }}.html">{{ page.name }}</a></td><td>{{ page.to }}</td>
<td>{{ page.letter.subject }}</td><td>{{ page.cause }}</td></tr>{% endfor %}</tbody></table>{% endfor %}</body></html>
"""
)
_PAGE: Final = (
    '<!DOCTYPE html><html lang="en"><head><title>{{ page.letter.subject }}</title>'
    + _MARK
    + """</head><body><p><a href="index.html">All letters</a></p><h1>{{ page.letter.subject }}</h1>
<p>{{ page.name }}, to {{ page.to }}. Told by: {{ page.cause }}.
<a href="{{ page.file }}/letter.eml">The message</a>{% if page.letter.calendar %},
<a href="{{ page.file }}/deadline.ics">its calendar entry</a>{% endif %}.</p>
<div class="sides"><div><h3>HTML</h3><iframe title="HTML" src="{{ page.file }}/letter.html" width="640"></iframe></div>
<div><h3>On a telephone</h3><iframe title="On a telephone" src="{{ page.file }}/letter.html" width="375"></iframe></div>
<div><h3>Text</h3><pre>{{ page.letter.text }}</pre></div></div></body></html>
"""
)


class Page(NamedTuple):
    """One letter of the preview."""

    kind: str
    name: str
    to: str
    cause: str
    file: str
    letter: Letter


def preview(letters: Letters, lifecycles: Iterable[Lifecycle], folder: Path) -> Path:
    """Write every letter with sample data into a folder, which is made if need be; answers with the index page.

    Args:
        letters: with the templates to look at.
        lifecycles: the workflows whose letters are wanted.
        folder: where to write; files of an earlier preview are written over.

    Raises:
        InvalidLetter: a letter cannot be rendered.
        OSError: the folder cannot be written to.
    """
    found = list(samples(lifecycles))
    pages = _named([*_single(letters, found), *_digests(letters, found)])
    folder.mkdir(parents=True, exist_ok=True)
    place = environment(None, html=True)
    for page in pages:
        _write(folder / page.file, page.letter)
        (folder / f"{page.file}.html").write_text(place.from_string(_PAGE).render(page=page), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(place.from_string(_INDEX).render(pages=pages), encoding="utf-8")
    return index


def _single(letters: Letters, found: list[Sample]) -> Iterator[Page]:
    """A page for each notice, cause and side."""
    for sample in found:
        for reader in sample.to:
            name = sample.notice.name
            letter = letters.render(sample.notice, reader, people=PEOPLE)
            yield Page(sample.kind, name, "staff" if reader.staff else "partner", sample.cause, name, letter)


def _digests(letters: Letters, found: list[Sample]) -> Iterator[Page]:
    """A bad morning, and a week."""
    ours = [sample.notice for sample in found if STAFF in sample.to]
    morning = Bundle("sample morning", AT, ours, period="This morning", zone=ZONE)
    theirs = [sample.notice for sample in found if PARTNER in sample.to][:6]
    waiting = [
        Waiting("app/acme-sync", "App", "Acme Sync", "Submitted", "First response", "2 business days", _due(3)),
        Waiting("app/globex-flow", "App", "Globex Flow", "In review", "Decision", "16 business hours", _due(4)),
    ]
    week = Bundle("sample week", AT, ours[:4], waiting, "This week", ZONE)
    told = [(morning, STAFF, "a bad morning"), (week, STAFF, "the weekly digest")]
    told.append((Bundle("sample partner", AT, theirs, period="Today", zone=ZONE), PARTNER, "letters put together"))
    for bundle, reader, cause in told:
        letter = letters.digest(bundle, reader, unsubscribe=_UNSUBSCRIBE, people=PEOPLE)
        yield Page(DIGEST, DIGEST, "staff" if reader.staff else "partner", cause, DIGEST, letter)


def _due(day: int) -> str:
    return AT.replace(day=day).isoformat()


def _named(pages: list[Page]) -> list[Page]:
    """Every page with a file name of its own."""
    taken: dict[str, int] = {}
    named: list[Page] = []
    for page in pages:
        count = taken[page.file] = taken.get(page.file, 0) + 1
        named.append(page if count == 1 else page._replace(file=f"{page.file}-{count}"))
    return named


def _write(folder: Path, letter: Letter) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "letter.html").write_text(letter.html, encoding="utf-8")
    (folder / "letter.txt").write_text(letter.text, encoding="utf-8")
    (folder / "letter.eml").write_bytes(compose(letter))
    if letter.calendar:
        (folder / "deadline.ics").write_text(letter.calendar, encoding="utf-8", newline="")
