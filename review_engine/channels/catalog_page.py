"""Whether a host's catalog serves an app: its page is fetched over HTTPS and has to answer with success.

It is asked the way customers ask, from outside, and by the rules that webhooks go by: the name is resolved once, the
address has to be public, no redirect is followed (a missing page often leads to the front page), no body is read.
"""

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from review_engine.channels.webhook_request import Target, Unreachable, ask
from review_engine.domain.errors import InvalidConfiguration, shown

SLUG, KIND = "{slug}", "{kind}"
"""What stands for the subject in an address."""

_FINE = range(200, 300)


def page_of_catalog(url: str, *, allow_private: bool = False, deadline: float = 10.0) -> Callable[[str], bool]:
    """A function that tells whether the page of a subject is there.

    Args:
        url: address of a subject's page, with ``{slug}`` (and ``{kind}``) in its place.
        allow_private: whether the catalog may be on this machine or network, and reached in the clear.
        deadline: seconds an answer may take.

    Raises:
        InvalidConfiguration: the address cannot be used, or names no ``{slug}``.
    """
    if SLUG not in url:
        cure = "Write it like https://market.example/catalog/{slug}."
        raise InvalidConfiguration(f"{shown(url)} is the same for every app", where="catalog.url", cure=cure)
    Target.of(_filled(url, "app", "sample"), allow_private=allow_private, where="catalog.url")

    def serves(subject: str) -> bool:
        kind, _, slug = subject.partition("/")
        target = Target.of(_filled(url, kind, slug), allow_private=allow_private, where="catalog.url")
        return asyncio.run(_answers(target, allow_private, deadline))

    return serves


def _filled(url: str, kind: str, slug: str) -> str:
    return url.replace(SLUG, quote(slug, safe="")).replace(KIND, quote(kind, safe=""))


async def _answers(target: Target, allow_private: bool, deadline: float) -> bool:
    try:
        async with asyncio.timeout(deadline):
            code, _ = await ask(target, allow_private=allow_private)
    except (Unreachable, TimeoutError, OSError, EOFError, ValueError):
        return False
    return code in _FINE
