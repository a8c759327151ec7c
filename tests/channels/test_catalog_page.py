"""Whether a catalog serves a page: asked of a real server, by the rules that webhooks go by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from review_engine.channels.catalog_page import page_of_catalog
from review_engine.domain.errors import InvalidConfiguration


@asynccontextmanager
async def catalog(status: str, asked: list[str]) -> AsyncIterator[str]:
    """A catalog that answers every page with this status; yields the address of its pages."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode("ascii"))
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode("ascii"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{{kind}}/{{slug}}"
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("status", "served"),
    [("200 OK", True), ("204 Empty", True), ("301 Moved", False), ("404 Not Found", False), ("503 Busy", False)],
)
async def test_a_page_is_served_when_it_answers_with_success(status: str, served: bool) -> None:
    asked: list[str] = []
    async with catalog(status, asked) as url:
        assert await asyncio.to_thread(page_of_catalog(url, allow_private=True), "app/acme-sync") is served
    (request,) = asked
    assert request.startswith("GET /app/acme-sync HTTP/1.1\r\n")


async def test_a_catalog_at_a_private_address_is_not_asked() -> None:
    asked: list[str] = []
    async with catalog("200 OK", asked) as url:
        secure = page_of_catalog(url.replace("http://", "https://"))
        assert await asyncio.to_thread(secure, "app/acme-sync") is False
    assert asked == []


def test_nobody_at_home_means_not_served(unused_tcp_port: int) -> None:
    shows = page_of_catalog(f"http://127.0.0.1:{unused_tcp_port}/{{slug}}", allow_private=True)
    assert shows("app/acme-sync") is False


@pytest.mark.parametrize("url", ["https://market.example/catalog", "ftp://market.example/{slug}", "{slug}"])
def test_an_address_that_tells_no_app_from_another_is_refused(url: str) -> None:
    with pytest.raises(InvalidConfiguration):
        page_of_catalog(url)


def test_a_catalog_in_the_clear_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(InvalidConfiguration):
        page_of_catalog("http://market.example/{slug}")
