"""What is too large, too slow or half sent is answered at the door, and the application never hears of it."""

import asyncio

import pytest

from review_engine.web.limits import Limits
from tests.web.wire import GONE, Echo, Header, ask, piece

CHUNKED: Header = ("Transfer-Encoding", "chunked")


def length(number: object) -> Header:
    return ("Content-Length", str(number))


async def test_a_body_reaches_the_application_whole() -> None:
    echo = Echo()
    answer = await ask(Limits(echo, body=10), piece(b"hello"), piece(b"world", more=False), headers=(length(10),))
    assert (answer.status, answer.body) == (200, b"helloworld")


async def test_a_body_in_chunks_reaches_the_application_whole() -> None:
    answer = await ask(Limits(Echo(), body=10), piece(b"hello"), piece(b"", more=False), headers=(CHUNKED,))
    assert answer.body == b"hello"


async def test_a_request_without_a_body_is_not_waited_for() -> None:
    answer = await ask(Limits(Echo()), method="GET")
    assert answer.status == 200


async def test_a_length_above_the_limit_is_refused_before_anything_arrives() -> None:
    echo = Echo()
    answer = await ask(Limits(echo, body=10), headers=(length(11), ("Expect", "100-continue")))
    assert (answer.status, answer.problem["code"], echo.asked) == (413, "too_large", 0)
    assert answer.headers["connection"] == "close"


async def test_chunks_that_grow_above_the_limit_are_refused() -> None:
    echo = Echo()
    answer = await ask(Limits(echo, body=10), piece(b"x" * 8), piece(b"x" * 8), GONE, headers=(CHUNKED,))
    assert (answer.status, answer.problem["status"], echo.asked) == (413, 413, 0)
    assert answer.messages[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_whoever_never_ends_is_answered_and_left() -> None:
    answer = await ask(Limits(Echo(), body=10), piece(b"x" * 65_536), headers=(CHUNKED,), forever=True)
    assert answer.status == 413
    assert answer.messages[-1]["more_body"] is False


async def test_a_path_may_take_more_than_the_rest() -> None:
    limits = Limits(Echo(), body=10, larger={"/activity": 20})
    body, told = piece(b"x" * 16, more=False), (length(16),)
    assert (await ask(limits, body, headers=told, path="/activity")).status == 200
    assert (await ask(limits, body, GONE, headers=told, path="/moves")).status == 413


@pytest.mark.parametrize(
    "headers",
    [
        (length("ten"),),
        (length("-1"),),
        (length("+1"),),
        (length("1_0"),),
        (length(""),),
        (length("9" * 30),),
        (length(5), length(6)),
        (length(5), CHUNKED),
    ],
    ids=str,
)
async def test_a_length_that_is_none_is_a_problem(headers: tuple[Header, ...]) -> None:
    echo = Echo()
    answer = await ask(Limits(echo, body=10), piece(b"hello", more=False), headers=headers)
    assert (answer.status, answer.problem["code"], echo.asked) == (400, "unreadable", 0)


async def test_a_body_that_is_shorter_than_it_says_is_a_problem() -> None:
    answer = await ask(Limits(Echo()), piece(b"he", more=False), headers=(length(5),))
    assert answer.status == 400


async def test_whoever_leaves_half_way_is_not_answered() -> None:
    echo = Echo()
    answer = await ask(Limits(echo), piece(b"he"), GONE, headers=(length(5),))
    assert (answer.messages, echo.asked) == ([], 0)


async def test_a_body_that_does_not_arrive_in_time_is_a_408() -> None:
    echo = Echo()
    answer = await ask(Limits(echo, seconds=0.001), piece(b"he"), headers=(length(5),))
    assert (answer.status, answer.problem["code"], echo.asked) == (408, "too_slow", 0)


async def test_the_application_still_hears_that_somebody_left() -> None:
    heard: list[str] = []

    async def listening(scope: object, receive: object, send: object) -> None:
        assert callable(receive)
        heard.extend([(await receive())["type"], (await receive())["type"]])

    await ask(Limits(listening), piece(b"x", more=False), GONE, headers=(length(1),))
    assert heard == ["http.request", "http.disconnect"]


async def test_what_is_not_http_passes() -> None:
    passed = asyncio.Event()

    async def lifespan(scope: object, receive: object, send: object) -> None:
        passed.set()

    async def nothing(message: object = None) -> dict[str, object]:
        return {}

    await Limits(lifespan)({"type": "lifespan"}, nothing, nothing)  # type: ignore[arg-type]
    assert passed.is_set()
