"""What a letter's template may not hold, found in its source, each with its line: before a letter is ever rendered.

The sandbox keeps templates from harm at run time; these rules keep a harmless-looking one from letting strangers' words
out of their place: marking them as safe, putting them outside of a quoted attribute, letting them choose a template or
a link's target.
"""

import re
from collections.abc import Collection, Iterator

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from review_engine.channels.inlining import MisplacedCode, inlined, tags
from review_engine.channels.letter_shelf import environment

Finding = tuple[int, str, str]
"""A line, what is wrong there, and the cure."""

_ACTIVE = re.compile(
    r"<\s*(script|iframe|object|embed|form|link|base)\b|\bon[a-z]+\s*=|javascript:|@import", re.IGNORECASE
)
_IMAGE = re.compile(r"<img\b(?![^>]*\balt\s*=)[^>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d+|#x[0-9a-fA-F]+);")
_UNQUOTED = re.compile(r"=\s*\Z")
_TARGET = re.compile(r"\b(?:href|src)\s*=\s*[\"']\Z", re.IGNORECASE)
_LINKS = frozenset({"link", "queue"})

TEXT_PARSER, HTML_PARSER = environment(None, html=False), environment(None, html=True)


def faults_of(source: str, *, html: bool, known: Collection[str], style: str = "") -> Iterator[Finding]:
    """Everything that is wrong with one template.

    Args:
        source: its text.
        html: whether it is HTML.
        known: the names it may use.
        style: the stylesheet that will be written into it.
    """
    parser: Environment = HTML_PARSER if html else TEXT_PARSER
    try:
        tree = parser.parse(source)
        parser.compile(parser.parse(source))
    except TemplateSyntaxError as error:
        yield error.lineno, f"this is not a template: {error.message}".rstrip("."), "Mend it."
        return
    yield from _names(tree, known)
    yield from _constructs(tree)
    yield from _markup(source, tree, style) if html else _plain(source)


def referenced(source: str, *, html: bool) -> list[str]:
    """The templates that a template extends or includes, as far as their names stand in it."""
    parser: Environment = HTML_PARSER if html else TEXT_PARSER
    try:
        return [name for name in meta.find_referenced_templates(parser.parse(source)) if name]
    except TemplateSyntaxError:
        return []


def line_at(source: str, place: int) -> int:
    """The line of a position in a text, from 1."""
    return source.count("\n", 0, place) + 1


def _names(tree: nodes.Template, known: Collection[str]) -> Iterator[Finding]:
    for name in sorted(meta.find_undeclared_variables(tree) - set(known)):
        line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 1)
        yield line, f"no notice of this letter holds '{name}'", f"Known are: {', '.join(sorted(known))}."


def _constructs(tree: nodes.Template) -> Iterator[Finding]:
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name in ("safe", "attr"):
            yield filtered.lineno, f"the filter '{filtered.name}' lets words out of their place", "Leave it out."
    for kind in (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport):
        for chosen in tree.find_all(kind):
            if isinstance(getattr(chosen, "template", None), nodes.Const):
                continue
            yield chosen.lineno, "the name of a template is computed", "Write the name in quotes."
    read = [(each.lineno, str(each.attr)) for each in tree.find_all(nodes.Getattr)]
    read += [(each.lineno, str(getattr(each.arg, "value", ""))) for each in tree.find_all(nodes.Getitem)]
    for line, name in read:
        if name.startswith("_"):
            yield line, f"'{name}' is not a letter's to read", "Leave it out."


def _plain(source: str) -> Iterator[Finding]:
    for found in _ENTITY.finditer(source):
        yield line_at(source, found.start()), f"{found[0]} would be read as it stands", "Write the character itself."


def _markup(source: str, tree: nodes.Template, style: str) -> Iterator[Finding]:
    for found in _ACTIVE.finditer(source):
        yield line_at(source, found.start()), f"mail programs do not run {found[0].strip()}", "Leave it out."
    for found in _IMAGE.finditer(source):
        yield line_at(source, found.start()), "an image says nothing to who cannot see it", 'Give it alt="...".'
    for output in tree.find_all(nodes.Output):
        before = ""
        for piece in output.nodes:
            if isinstance(piece, nodes.TemplateData):
                before = piece.data
                continue
            if _UNQUOTED.search(before):
                yield piece.lineno, "an attribute is not quoted", 'Write it like href="{{ link }}".'
            elif _TARGET.search(before) and not _is_link(piece):
                cure = "Use link, queue, or an address with the filter utm."
                yield piece.lineno, "a link leads where strangers' words may send it", cure
            before = ""
    try:
        mended = tags(inlined(source, style)) != tags(source)
    except MisplacedCode as error:
        yield error.line, str(error), "Put the condition around the whole tag, or inside the quotes."
        return
    if mended:
        cure = "Close every tag, nest them properly, and write <tbody> in every table."
        yield 1, "the HTML is not well formed, and a parser would mend it in its own way", cure


def _is_link(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name == "utm"
    if isinstance(node, nodes.Getitem):
        return getattr(node.arg, "value", "") == "link"
    return isinstance(node, nodes.Name) and node.name in _LINKS
