"""Every answer tells a browser what it may load, and only the hosts that are named are answered for."""

import pytest

from review_engine.web.headers import POLICY, SecurityHeaders, TrustedHosts
from tests.web.wire import Echo, ask


async def test_every_answer_carries_the_security_headers() -> None:
    headers = (await ask(SecurityHeaders(Echo()), method="GET")).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    assert "unsafe" not in POLICY


async def test_https_is_to_be_kept() -> None:
    direct = await ask(SecurityHeaders(Echo()), method="GET", scheme="https")
    behind_a_proxy = await ask(SecurityHeaders(Echo(), https=True), method="GET")
    assert direct.headers["strict-transport-security"] == "max-age=31536000"
    assert behind_a_proxy.headers["strict-transport-security"] == "max-age=31536000"


async def test_what_an_answer_says_itself_is_left_alone() -> None:
    echo = Echo(headers=((b"Referrer-Policy", b"no-referrer"),))
    answer = await ask(SecurityHeaders(echo, more={"X-Own": "yes"}), method="GET")
    told = [value for name, value in answer.messages[0]["headers"] if name.lower() == b"referrer-policy"]
    assert told == [b"no-referrer"]
    assert answer.headers["x-own"] == "yes"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("reviews.example.com", 200),
        ("Reviews.Example.com:8000", 200),
        ("eu.reviews.example.net", 200),
        ("[::1]:8000", 200),
        ("reviews.example.net", 400),
        ("evilreviews.example.com", 400),
        ("reviews.example.com.evil.example", 400),
        ("", 400),
        ("reviews.example.com:80@evil.example", 400),
        ("reviews.example.com:eighty", 400),
        ("reviews.example.com/evil", 400),
        ("[::1", 400),
        ("[::1]evil.example", 400),
        ("[reviews.example.com]", 400),
    ],
)
async def test_only_the_named_hosts_are_answered_for(host: str, status: int) -> None:
    trusted = TrustedHosts(Echo(), names=["reviews.example.com", "*.reviews.example.net", "::1"])
    assert (await ask(trusted, method="GET", headers=(("Host", host),))).status == status


async def test_a_request_for_no_host_or_for_two_is_refused() -> None:
    trusted = TrustedHosts(Echo(), names=["a.example"])
    assert (await ask(trusted, method="GET")).problem["code"] == "unknown_host"
    twice = (("Host", "a.example"), ("Host", "b.example"))
    assert (await ask(trusted, method="GET", headers=twice)).status == 400


async def test_without_names_every_host_is_answered_for_and_probes_always_are() -> None:
    anywhere = (("Host", "10.0.0.7"),)
    assert (await ask(TrustedHosts(Echo()), method="GET", headers=anywhere)).status == 200
    named = TrustedHosts(Echo(), names=["a.example"], but=["/healthz"])
    assert (await ask(named, method="GET", path="/healthz", headers=anywhere)).status == 200
    assert (await ask(named, method="GET", path="/", headers=anywhere)).status == 400
