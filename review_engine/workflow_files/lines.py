"""On which line of a TOML file a key, a table or an element of an array stands.

The standard library's reader keeps values and forgets where they stood, and a fault without a line is half a fault. So
the text is walked a second time, for positions only: nothing here judges the file or reads its values.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)
_PLAIN = re.compile(r"[^,\]}#\n]+")
_PART = re.compile(r"""\s*(?:\[(\d+)\]|("(?:[^"\\]|\\.)*"|'[^']*')|([^.\["']+))\s*\.?""")


class Lines:
    """Line numbers of one TOML text, from 1.

    Args:
        text: TOML that has been read without error; of other text, what precedes the error is known.
    """

    def __init__(self, text: str) -> None:
        self._known = _Walk(text).known

    def of(self, path: str | Sequence[str | int]) -> int:
        """The line on which ``path`` first stands, else its nearest parent; 1 when not even that is there.

        Args:
            path: dotted, as in ``transitions.submit.guards``, with quotes around keys that hold a dot and elements of
                arrays by number: ``overrides."2024-12-24"``, ``holidays[3]`` or ``holidays.3``. Or the parts of it.
        """
        found: Path = ()
        for part in _parts(path) if isinstance(path, str) else path:
            number = int(part) if isinstance(part, str) and part.isdecimal() else part
            step = next((step for step in (part, number) if (*found, step) in self._known), None)
            if step is None:
                break
            found = (*found, step)
        return self._known[found]


def _parts(path: str) -> list[str | int]:
    parts: list[str | int] = []
    for index, quoted, bare in _PART.findall(path):
        parts.append(int(index) if index else _plain(quoted) if quoted else bare.strip())
    return parts


def _plain(key: str) -> str:
    """A key without its quotes; what TOML would not read stays as it is."""
    if key[0] not in "\"'":
        return key
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError:
        return key


class _Walk:
    """One pass over the text; ``known`` maps each path to the line on which it first stands."""

    def __init__(self, text: str) -> None:
        self.known: dict[Path, int] = {(): 1}
        self._text = text
        self._at = 0
        self._breaks = [at for at, character in enumerate(text) if character == "\n"]
        self._elements: dict[Path, int] = {}
        table: Path = ()
        while self._peek():
            before = self._at
            table = self._header() if self._peek() == "[" else self._pair(table)
            if self._at == before:  # not TOML
                return

    def _peek(self) -> str:
        """The next character that means something."""
        self._skip(_BLANK)
        return self._text[self._at : self._at + 1]

    def _skip(self, form: re.Pattern[str]) -> str:
        match = form.match(self._text, self._at)
        if not match:
            return ""
        self._at = match.end()
        return match.group()

    def _take(self, characters: str) -> bool:
        taken = self._text.startswith(characters, self._at)
        self._at += len(characters) if taken else 0
        return taken

    def _note(self, path: Path) -> None:
        line = bisect_right(self._breaks, self._at - 1) + 1
        for length in range(1, len(path) + 1):
            self.known.setdefault(path[:length], line)

    def _keys(self) -> list[str]:
        """A key, dotted or not."""
        keys = []
        while key := self._skip(_KEY):
            keys.append(_plain(key))
            self._skip(_SPACE)
            if not self._take("."):
                break
            self._skip(_SPACE)
        return keys

    def _header(self) -> Path:
        """``[table]`` or ``[[element of an array of tables]]``; the path that the pairs below it continue."""
        begins = self._at
        element = self._take("[[")
        if not element:
            self._take("[")
        self._skip(_SPACE)
        path: Path = ()
        keys = self._keys()
        ends, self._at = self._at, begins
        for depth, key in enumerate(keys, 1):
            path = (*path, key)
            if element and depth == len(keys):
                self._elements[path] = self._elements.get(path, 0) + 1
            if path in self._elements:
                path = (*path, self._elements[path] - 1)
        self._note(path)
        self._at = ends
        self._take("]]" if element else "]")
        return path

    def _pair(self, table: Path) -> Path:
        """``key = value``; the table it stands in."""
        begins = self._at
        keys = self._keys()
        if not keys:
            return table
        path = (*table, *keys)
        ends, self._at = self._at, begins
        self._note(path)
        self._at = ends
        self._skip(_SPACE)
        if self._take("="):
            self._skip(_SPACE)
            self._value(path)
        return table

    def _value(self, path: Path) -> None:
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            while self._peek() not in ("}", ""):
                before = self._at
                self._pair(path)
                self._peek()
                self._take(",")
                if self._at == before:
                    return
            self._take("}")
        elif not self._skip(_TEXT):
            self._skip(_PLAIN)

    def _array(self, path: Path) -> None:
        number = 0
        while self._peek() not in ("]", ""):
            before = self._at
            self._note((*path, number))
            self._value((*path, number))
            self._peek()
            self._take(",")
            if self._at == before:
                return
            number += 1
        self._take("]")
