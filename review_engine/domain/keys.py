"""How a subject is called: ``app/acme-sync``. One spelling on every surface, in the history and in the database."""

import re
from typing import NamedTuple

from review_engine.domain.errors import InvalidKey, shown

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


class SubjectKey(NamedTuple):
    """Kind and slug; unique together. Prints as ``kind/slug``."""

    kind: str
    slug: str

    @classmethod
    def parse(cls, text: "str | SubjectKey", kind: str = "app") -> "SubjectKey":
        """Read ``kind/slug``, or a bare slug of the default kind.

        Raises:
            InvalidKey: the text is not of that form.
        """
        if isinstance(text, SubjectKey):
            return text
        if not isinstance(text, str):
            raise InvalidKey(f"{shown(repr(text))} is not a subject's key", cure="Write it as text: kind/slug.")
        head, slash, tail = text.partition("/")
        key = cls(head, tail) if slash else cls(kind, text)
        if not _KIND.match(key.kind) or not _SLUG.match(key.slug):
            raise InvalidKey(
                f"{shown(text)} is not a subject's key",
                cure="Write kind/slug, such as app/acme-sync: small letters, digits, dot, dash and underscore, "
                "at most 100 characters.",
            )
        return key

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"
