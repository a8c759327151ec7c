"""Links from letters to the platform's pages: where they lead, and the UTM parameters that every one of them carries.

What a partner is asked to do with links to the platform, the platform does itself: whoever reads the web statistics
sees which letter brought a visitor.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from review_engine.domain.errors import InvalidConfiguration, shown

UTM = ("utm_source", "utm_medium", "utm_campaign")
MEDIUM = "email"

_BASE = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+(?:/[A-Za-z0-9._~/-]*)?\Z")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the platform's pages are.

    Args:
        base_url: what every address begins with, such as ``https://developers.example.com``.
        subject: path of a subject's page; ``{key}`` stands for its key.
        queue: path of the reviewers' queue.
        source: the ``utm_source`` of every link.

    Raises:
        InvalidConfiguration: ``base_url`` is no web address, or has a query; a path does not begin with a slash.
    """

    base_url: str
    subject: str = "/{key}"
    queue: str = "/queue"
    source: str = "developer-center"

    def __post_init__(self) -> None:
        cure = "Write it like https://developers.example.com, without a query."
        if not _BASE.match(self.base_url):
            raise InvalidConfiguration(f"{shown(self.base_url)} is not where pages can be", where="mail", cure=cure)
        if not self.subject.startswith("/") or not self.queue.startswith("/") or not _WORD.match(self.source):
            cure = "A path begins with a slash; a source has letters, digits, dots and dashes."
            raise InvalidConfiguration("a path or source of links cannot be used", where="mail", cure=cure)

    def tracking(self, campaign: str) -> str:
        """The query that says which letter a visitor comes from."""
        return _tracking(self.source, campaign)

    def of(self, key: str, campaign: str) -> str:
        """The page of a subject, as a letter links to it."""
        path = self.subject.replace("{key}", quote(key, safe="/"))
        return f"{self.base_url.rstrip('/')}{path}?{_tracking(self.source, campaign)}"

    def queue_of(self, campaign: str) -> str:
        """The reviewers' queue, as a letter links to it."""
        return f"{self.base_url.rstrip('/')}{self.queue}?{_tracking(self.source, campaign)}"


@lru_cache(maxsize=512)
def _tracking(source: str, campaign: str) -> str:
    values = (source, MEDIUM, campaign)
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in zip(UTM, values, strict=True))


def with_query(url: str, query: str) -> str:
    """The address with a query added to the one it has, before its fragment."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def untracked(url: str) -> list[str]:
    """The UTM parameters that an address lacks."""
    given = {name for name, value in parse_qsl(urlsplit(url).query) if value}
    return [name for name in UTM if name not in given]
