"""The server over real sockets: what is half sent, wrong or endless gets a problem, and never a 5xx."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from review_engine.domain.errors import InvalidInput
from review_engine.service.server import _send_at_once, listen
from tests.house.tree import ROOT
from tests.service.plain_server import LIMIT

PATIENCE = 30.0
GET = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a.example\r\n"


class Served:
    """The process, and what a client may do to it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.process = process
        self.port = int(process.stdout.readline())

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def answers(self, *pieces: bytes, close: bool = False) -> tuple[int, dict[str, Any]]:
        """Send pieces, and read until the other side closes; ``close`` ends our side of the connection first."""
        with self.connect() as connection:
            for piece in pieces:
                connection.sendall(piece)
            if close:
                connection.shutdown(socket.SHUT_WR)
            return answer(read(connection))


def read(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    told = b""
    while piece := connection.recv(65_536):
        told += piece
    return told


def answer(told: bytes) -> tuple[int, dict[str, Any]]:
    """The status and the document of an answer."""
    head, _, body = told.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.service.plain_server"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Served(running)
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
    finally:
        running.kill()
        running.communicate()


@pytest.fixture(autouse=True)
def still_answering(served: Served) -> Iterator[None]:
    """After every test an honest request is answered as ever."""
    yield
    assert served.answers(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")) == (200, {"bytes": 0})


def test_a_head_that_never_ends_is_a_408(served: Served) -> None:
    status, problem = served.answers(POST + b"X-Slow: y")
    assert (status, problem["code"]) == (408, "too_slow")


def test_a_second_request_that_never_ends_is_a_408_too(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(GET)
        connection.recv(65_536)
        connection.sendall(b"GET / HT")
        assert answer(read(connection))[0] == 408


def test_whoever_connects_and_says_nothing_is_sent_away(served: Served) -> None:
    assert served.answers()[0] == 408


def test_a_body_that_never_ends_is_a_408(served: Served) -> None:
    status, problem = served.answers(POST + b"Content-Length: 10\r\n\r\nhalf")
    assert (status, problem["code"]) == (408, "too_slow")


def test_a_body_in_chunks_that_never_ends_is_a_408(served: Served) -> None:
    assert served.answers(POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")[0] == 408


def test_whoever_leaves_half_way_leaves_nothing_behind(served: Served) -> None:
    for piece in (b"PO", POST, POST + b"Content-Length: 10\r\n\r\nhalf", POST + b"Transfer-Encoding: chunked\r\n\r\n5"):
        with served.connect() as connection:
            connection.sendall(piece)


def test_a_length_above_the_limit_is_a_413_at_once(served: Served) -> None:
    status, problem = served.answers(POST + b"Content-Length: 999999999999\r\nExpect: 100-continue\r\n\r\n")
    assert (status, problem["code"], problem["title"]) == (413, "too_large", "The request is too large")


def test_a_large_body_that_is_sent_all_the_same_hears_the_answer(served: Served) -> None:
    body = b"x" * (4 * LIMIT)
    assert served.answers(POST + f"Content-Length: {len(body)}\r\n\r\n".encode(), body)[0] == 413


def test_chunks_above_the_limit_are_a_413(served: Served) -> None:
    chunks = (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 4 + b"0\r\n\r\n"
    assert served.answers(POST + b"Transfer-Encoding: chunked\r\n\r\n", chunks)[0] == 413


def test_an_endless_body_does_not_fill_the_memory(served: Served) -> None:
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = 0
    with served.connect() as connection:
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 200 * 1024 * 1024:
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:
            assert sent > LIMIT
    assert sent < 200 * 1024 * 1024
    assert process.memory_info().rss - before < 32 * 1024 * 1024


@pytest.mark.parametrize(
    "request_text",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a.example\r\nBroken\x00: yes\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a.example\r\n" + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
        POST + b"Content-Length: ten\r\n\r\nhello",
        POST + b"Content-Length: -1\r\n\r\nhello",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: gzip\r\n\r\nhello",
    ],
    ids=lambda text: repr(text[:60]),
)
def test_what_cannot_be_read_is_a_problem(served: Served, request_text: bytes) -> None:
    status, problem = served.answers(request_text)
    assert 400 <= status < 500
    assert problem["status"] in {400, 501}


def test_a_request_behind_one_that_cannot_be_read_is_read_on_its_own(served: Served) -> None:
    smuggled = POST + b"Content-Length: 5\r\n\r\nhelloGET\r\n\r\n"
    with served.connect() as connection:
        connection.sendall(smuggled)
        told = read(connection)
    assert told.startswith(b"HTTP/1.1 200")
    assert told.count(b"HTTP/1.1") == 2
    assert b"HTTP/1.1 400" in told


def test_a_port_that_is_taken_is_said_plainly(served: Served) -> None:
    with pytest.raises(InvalidInput, match="nothing can listen there"):
        listen("127.0.0.1", served.port)
    with pytest.raises(InvalidInput):
        listen("no such host", 0)


def test_no_packet_of_an_answer_waits_for_the_one_before_it() -> None:
    class Transport:
        def get_extra_info(self, name: str) -> socket.socket:
            return sockets[name]

    with socket.socket() as connection:
        sockets = {"socket": connection}
        _send_at_once(Transport())
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
