"""The shelf of letters: template folders, the host's before ours, each template read, checked for sense and compiled
once.

The templates run in a sandbox (a host's editors write them, and strangers' words pass through them), a name that
does not exist is an error and never an empty space, and HTML is escaped by default. There is one environment for
text and one for HTML, because they differ in that last point only.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from traceback import walk_tb

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    nodes,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from review_engine.channels import letter_words as words
from review_engine.channels.flat import flat
from review_engine.channels.inlining import MisplacedCode, inlined
from review_engine.channels.links import with_query
from review_engine.domain.errors import InvalidFile
from review_engine.domain.faults import Fault

SUBJECT, TEXT, HTML = "subject.txt", "body.txt", "body.html"
REQUIRED = (SUBJECT, TEXT, HTML)
DEADLINE = "deadline.txt"
"""If a letter has it: the title of the calendar entry that the letter carries for its due date."""
STYLE = "_base/style.css"

Folder = str | PathLike[str]


class InvalidLetter(InvalidFile):
    """A letter that is missing or cannot be rendered; ``faults`` say where and why."""

    code = "invalid_letter"


@dataclass(frozen=True, slots=True)
class Sheets:
    """One letter's templates, compiled. ``deadline`` is None for a letter without a calendar entry."""

    subject: Template
    text: Template
    html: Template
    deadline: Template | None


class Shelf:
    """Letters by the name of their notice.

    Args:
        folders: each with one folder a letter; the first that has a file wins, file by file.
    """

    def __init__(self, folders: Iterable[Folder]) -> None:
        self.folders = tuple(Path(folder) for folder in folders)
        self._loader = _Loader(self)
        self.text = environment(self._loader, html=False)
        self.html = environment(self._loader, html=True)
        self._sources: dict[tuple[Environment, str], tuple[str, str]] = {}
        self._sheets: dict[str, Sheets] = {}
        self._style: str | None = None

    def letter(self, name: str) -> Sheets:
        """The templates of a letter.

        Raises:
            InvalidLetter: a file is missing, or is no template.
        """
        sheets = self._sheets.get(name)
        if sheets is None:
            sheets = self._sheets[name] = self._read(name)
        return sheets

    def file(self, path: str) -> Path | None:
        """Where a file of a letter lies, such as ``_base/style.css``; None if nowhere."""
        if any(part in ("", ".", "..") for part in path.split("/")):
            return None
        return next((found for folder in self.folders if (found := folder / path).is_file()), None)

    def style(self) -> str:
        """The stylesheet of HTML letters; empty if there is none."""
        if self._style is None:
            file = self.file(STYLE)
            self._style = file.read_text(encoding="utf-8") if file else ""
        return self._style

    def explained(self, error: Exception, path: str, names: Mapping[str, object] | None = None) -> InvalidLetter:
        """A template's error as one that says where it is and what to do.

        Args:
            error: what Jinja raised.
            path: the template that was asked for.
            names: what it was rendered with, to find the place again where nothing is folded.
        """
        if names is not None:
            place = self.html if path.endswith(".html") else self.text
            try:
                place.get_template(path).render(names)
            except Exception as again:  # the same error, now with its place
                error = again
        return InvalidLetter("a letter cannot be written", [self.fault(error, path)], where=path)

    def fault(self, error: Exception, path: str) -> Fault:
        """A template's error as a fault with its file and line."""
        place, line = path, 1
        if isinstance(error, TemplateNotFound):
            what = f"there is no template {error.name}"
            return Fault(
                str(self.file(path) or path), line, "", what, f"Add the file {error.name} to a letters folder."
            )
        found = self.file(path)
        name, number = getattr(error, "filename", None), getattr(error, "lineno", None)
        if name is None:
            name, number = _place(error, self.folders)
        place = str(name or found or path)
        return Fault(place, number or line, "", _worded(error), _CURE)

    def _read(self, name: str) -> Sheets:
        known = name.isidentifier() and not name.startswith("_")
        if not known:
            raise self.explained(TemplateNotFound(f"{name}/{SUBJECT}"), f"{name}/{SUBJECT}")
        deadline = f"{name}/{DEADLINE}"
        return Sheets(
            self._template(self.text, f"{name}/{SUBJECT}"),
            self._template(self.text, f"{name}/{TEXT}"),
            self._template(self.html, f"{name}/{HTML}"),
            self._template(self.text, deadline) if self.file(deadline) else None,
        )

    def _template(self, place: Environment, path: str) -> Template:
        def parse(name: str) -> nodes.Template:
            if (place, name) not in self._sources:
                self._sources[place, name] = self._loader.get_source(place, name)[:2]
            source, file = self._sources[place, name]
            return place.parse(source, name, file)

        try:
            return flat(place, path, str(self.file(path) or path), parse) or place.get_template(path)
        except (TemplateError, OSError, UnicodeDecodeError, RecursionError) as error:
            raise self.explained(error, path) from None


_CURE = "Mend the template; 'review-engine letters check' shows every fault at once."


def environment(loader: BaseLoader | None, *, html: bool) -> ImmutableSandboxedEnvironment:
    """The sandbox that letters are rendered in.

    Args:
        loader: where templates come from; None for one that only parses.
        html: whether what is put in is escaped.
    """
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    quoted: Callable[[str], str] = words.quoted_html if html else words.quoted_text
    made.filters |= {
        "quoted": quoted,
        "short": words.short,
        "sentence": words.sentence,
        "listed": words.listed,
        "padded": words.padded,
        "value": words.value_of,
        "utm": _utm,
        "when": _when,
    }
    made.globals.clear()
    return made


class _Loader(BaseLoader):
    """Reads templates from the shelf's folders; HTML comes with its stylesheet written into it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def get_source(self, environment: Environment, template: str) -> "tuple[str, str, Callable[[], bool]]":
        """As ``jinja2.BaseLoader``."""
        file = self._shelf.file(template)
        if file is None:
            raise TemplateNotFound(template)
        source = file.read_text(encoding="utf-8")
        if template.endswith(".html"):
            try:
                source = inlined(source, self._shelf.style())
            except MisplacedCode as error:
                raise TemplateSyntaxError(str(error), error.line, template, str(file)) from None
        return source, str(file), lambda: True


@pass_context
def _utm(context: Context, url: str) -> str:
    return with_query(url, context["tracking"])


@pass_context
def _when(context: Context, instant: str) -> str:
    return words.when(instant, context["reader_zone"], context["zone_name"])


def _place(error: Exception, folders: tuple[Path, ...]) -> tuple[str | None, int | None]:
    """The innermost template that a traceback leads through."""
    found: tuple[str | None, int | None] = (None, None)
    for frame, line in walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if any(file.is_relative_to(folder) for folder in folders):
            found = str(file), line
    return found


def _worded(error: Exception) -> str:
    if isinstance(error, UndefinedError):
        return f"a name has no value here: {error}"
    return (
        f"{type(error).__name__}: {error}".rstrip(".")
        if not isinstance(error, TemplateError)
        else str(error).rstrip(".")
    )
