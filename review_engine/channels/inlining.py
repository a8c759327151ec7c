"""A letter's HTML with its stylesheet written into the elements, as mail programs want it, while it is still a
template.

Mail programs drop stylesheets, so every rule has to stand in the ``style`` attribute of the elements it is for.
Doing that to each letter costs as much as rendering it; doing it once to the template's source costs nothing later.
The price is that expressions must survive an HTML parser. Between tags each stands as a comment while the parser
looks (a comment may stand even where a table allows no text); inside a quoted attribute and in a title, as a word of
private letters.

``@media`` rules cannot be written into elements. They stay in the document's head, for the dark and for small
screens; class names that no such rule names are left out. This room knows HTML and CSS, and nothing of notices.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from css_inline import CSSInliner

_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_MARK = re.compile("(?:<!--)?\ue000([0-9]+)\ue001(?:-->)?")
_BARE_MARK = re.compile("\ue000[0-9]+\ue001")
_PIECE = re.compile(
    r"""<!--.*?-->|<(?:title|style)\b.*?</(?:title|style)\s*>|<(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.DOTALL
)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)")
_DOCUMENT = re.compile(r"<(?:!doctype|html)\b", re.IGNORECASE)
_CLASS = re.compile(r' class="([^"]*)"')
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_SELECTED = re.compile(r"\.([A-Za-z][A-Za-z0-9_-]*)")


class MisplacedCode(ValueError):
    """Template code inside a tag and outside of a quoted attribute, where no parser can keep it. ``line`` is from 1."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(f"{code} stands inside a tag, outside of a quoted attribute")
        self.line = line


def inlined(source: str, css: str) -> str:
    """A template's HTML, a whole document or a part of one, with the rules of ``css`` in its elements.

    Raises:
        MisplacedCode: an expression stands where it cannot be kept.
    """
    codes: list[str] = []

    def mark(code: re.Match[str]) -> str:
        codes.append(code[0])
        return f"\ue000{len(codes) - 1}\ue001"

    marked = _shielded(_CODE.sub(mark, source), codes)
    document, part = _inliners(css)
    done = document(marked) if _DOCUMENT.search(source) else part(marked)
    return _MARK.sub(lambda found: codes[int(found[1])], _needed_classes(done, css))


def tags(source: str) -> list[str]:
    """The names of all tags in their order, but for styles, to see whether the parser had to mend anything."""
    names = [name.lower() for name in _TAG.findall(_CODE.sub("", source))]
    return [name for name in names if name.lstrip("/") != "style"]


def _shielded(marked: str, codes: list[str]) -> str:
    """Every mark between tags as a comment; those within tags, comments and titles as they are."""
    pieces: list[str] = []
    end = 0
    for piece in _PIECE.finditer(marked):
        pieces += [_BARE_MARK.sub(r"<!--\g<0>-->", marked[end : piece.start()]), piece[0]]
        end = piece.end()
        stray = _BARE_MARK.search(_QUOTED.sub("", piece[0])) if _is_tag(piece[0]) else None
        if stray:
            number = int(stray[0][1:-1])
            before = marked[: piece.start()]
            line = 1 + _MARK.sub(lambda found: codes[int(found[1])], before).count("\n")
            raise MisplacedCode(codes[number], line)
    return "".join([*pieces, _BARE_MARK.sub(r"<!--\g<0>-->", marked[end:])])


def _is_tag(piece: str) -> bool:
    return not piece.lower().startswith(("<!--", "<title", "<style"))


@lru_cache(maxsize=8)
def _inliners(css: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    document = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, extra_css=css)
    part = CSSInliner(load_remote_stylesheets=False)
    return document.inline, lambda html: part.inline_fragment(html, css)


def _needed_classes(html: str, css: str) -> str:
    """Class names stay only where a rule for the dark or for small screens needs them."""
    needed = {name for rule in _MEDIA.findall(css) for name in _SELECTED.findall(rule)}

    def kept(found: re.Match[str]) -> str:
        names = [name for name in found[1].split() if name in needed]
        return f' class="{" ".join(names)}"' if names else ""

    return _CLASS.sub(kept, html)
