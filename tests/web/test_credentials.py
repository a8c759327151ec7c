"""Who is asking, from the Authorization header: what is good is admitted, what is forged or over is not."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, cast

import pytest
from fastapi import Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.testclient import TestClient
from joserfc import jwk
from joserfc import jwt as tokens

from review_engine import ReviewEngine
from review_engine.domain.actors import Actor
from review_engine.domain.errors import InvalidInput, NotAdmitted, ReviewEngineError
from review_engine.web.credentials import bearer, jwt
from review_engine.web.principal import Provider, actor_of

RSA = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
EC = jwk.ECKey.generate_key("P-256", {"kid": "three"})
SECRET = jwk.OctKey.generate_key(256)
GOOD: dict[str, Any] = {"iss": "https://id.example.com", "aud": "reviews", "sub": "u-1", "company": "acme"}

Ask = Callable[[str | None], "Actor | str"]


def member(claims: Mapping[str, Any]) -> Actor | None:
    """The host's own reading of its claims."""
    return Actor.partner(claims["sub"], of=claims["company"]) if "company" in claims else None


def trusting(key: Any, **more: Any) -> Provider:
    return jwt(key, audience="reviews", issuer="https://id.example.com", actor=member, **more)


def asking(provider: Provider) -> Ask:
    """Sends a header to a service that uses the provider; answers who it was, or the code of the error."""
    app = FastAPI()

    @app.get("/me")
    def me(somebody: Annotated[object, Depends(provider)]) -> dict[str, str]:
        return {"actor": str(actor_of(somebody))}

    client = TestClient(app)

    def ask(header: str | None) -> "Actor | str":
        try:
            told = client.get("/me", headers={"Authorization": header} if header is not None else {})
        except ReviewEngineError as error:
            return error.code
        return str(told.json()["actor"])

    return ask


def signed(key: Any, *, alg: str = "RS256", kid: str | None = "one", **changes: Any) -> str:
    claims = {**GOOD, "exp": int(time.time()) + 600, **changes}
    header = {"alg": alg, **({"kid": kid} if kid else {})}
    wanted = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + tokens.encode(header, wanted, key, algorithms=[alg])


def unsigned(header: Mapping[str, Any], claims: Mapping[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return "Bearer " + ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def public(key: Any) -> dict[str, Any]:
    document: dict[str, Any] = key.as_dict(private=False)
    return document


@pytest.fixture(scope="module")
def ask() -> Ask:
    return asking(trusting({"keys": [public(RSA), public(EC)]}))


def test_a_jwt_of_the_issuer_is_admitted(ask: Ask) -> None:
    assert ask(signed(RSA)) == "partner:u-1"
    assert ask(signed(EC, alg="ES256", kid="three")) == "partner:u-1"
    assert ask(signed(RSA, aud=["others", "reviews"])) == "partner:u-1"


@pytest.mark.parametrize(
    "key",
    [public(RSA), RSA.as_pem(private=False), RSA.as_pem(private=False).decode(), RSA, lambda: {"keys": [public(RSA)]}],
    ids=["jwk", "pem", "text", "key", "function"],
)
def test_a_key_is_taken_in_every_form(key: Any) -> None:
    assert asking(trusting(key))(signed(RSA)) == "partner:u-1"


def test_a_changed_key_is_met_by_a_function() -> None:
    keys = [OTHER]
    ask = asking(trusting(lambda: {"keys": [public(keys[0])]}))
    assert ask(signed(RSA)) == "not_admitted"
    keys[0] = RSA
    assert ask(signed(RSA)) == "partner:u-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"exp": "tomorrow"},
        {"aud": "somebody else"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
    ],
    ids="-".join,  # never the values: an hour ago is another for each worker
)
def test_claims_that_do_not_hold_are_not_admitted(ask: Ask, changes: dict[str, Any]) -> None:
    assert ask(signed(RSA, **changes)) == "not_admitted"


def test_clocks_may_differ_a_little(ask: Ask) -> None:
    assert ask(signed(RSA, exp=int(time.time()) - 10)) == "partner:u-1"


def test_nobody_is_admitted_unsigned(ask: Ask) -> None:
    claims = {**GOOD, "exp": int(time.time()) + 600}
    for alg in ("none", "None", "NONE", "", None, 5):
        assert ask(unsigned({"alg": alg, "kid": "one"}, claims)) == "not_admitted"
    assert ask(unsigned({"kid": "one"}, claims)) == "not_admitted"


def test_a_public_key_verifies_no_hmac(ask: Ask) -> None:
    for pem in (RSA.as_pem(private=False), json.dumps(public(RSA)).encode()):
        forged = {"alg": "HS256", "kid": "one"}
        claims = {**GOOD, "exp": int(time.time()) + 600}
        head = unsigned(forged, claims).removeprefix("Bearer ").rpartition(".")[0]
        seal = hmac.digest(pem, head.encode(), hashlib.sha256)
        assert ask(f"Bearer {head}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}") == "not_admitted"


def test_another_key_under_a_known_name_is_not_admitted(ask: Ask) -> None:
    assert ask(signed(OTHER)) == "not_admitted"
    assert ask(signed(OTHER, kid="two")) == "not_admitted"
    assert ask(signed(RSA, kid="three")) == "not_admitted"
    assert ask(signed(EC, alg="ES256", kid="one")) == "not_admitted"


def test_a_token_that_was_changed_is_not_admitted(ask: Ask) -> None:
    head, claims, seal = signed(RSA).removeprefix("Bearer ").split(".")
    other = signed(RSA, sub="u-2").split(".")[1]
    for token in (f"{head}.{other}.{seal}", f"{head}.{claims}.", f"{head}.{claims}", "a.b.c", "", "...", "x" * 9000):
        assert ask(f"Bearer {token}") == "not_admitted"


def test_deep_and_odd_claims_are_not_admitted(ask: Ask) -> None:
    deep = "Bearer " + ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b"[" * 2000 + b"]" * 2000, b"{}", b"x")
    )
    assert ask(deep) == "not_admitted"
    assert ask(unsigned([], [], b"x")) == "not_admitted"  # type: ignore[arg-type]


def test_whoever_sends_nothing_or_something_else_is_nobody(ask: Ask) -> None:
    for header in (None, "", "Basic dTpw", "Bearer"):
        assert ask(header) == "not_admitted"


def test_claims_that_mean_nobody_here_are_not_admitted(ask: Ask) -> None:
    assert ask(signed(RSA, company=None)) == "not_admitted"


def test_a_shared_secret_is_taken_where_it_was_asked_for() -> None:
    ask = asking(trusting(SECRET))
    assert ask(signed(SECRET, alg="HS256", kid=None)) == "partner:u-1"
    assert ask(signed(RSA)) == "not_admitted"


def test_algorithms_may_be_narrowed_and_never_widened() -> None:
    assert asking(trusting(RSA, algorithms=["RS512"]))(signed(RSA)) == "not_admitted"
    with pytest.raises(InvalidInput, match="HS256"):
        trusting(RSA, algorithms=["RS256", "HS256"])
    with pytest.raises(InvalidInput, match="none"):
        trusting(RSA, algorithms=["none"])


@pytest.mark.parametrize("key", ["", b"-----BEGIN", {}, {"kty": "RSA"}, {"keys": []}, {"keys": "x"}], ids=str)
def test_a_key_that_is_none_is_refused_at_once(key: Any) -> None:
    with pytest.raises(InvalidInput):
        trusting(key)


def test_what_is_wrong_with_a_token_is_not_said(ask: Ask) -> None:
    provider = trusting(public(RSA))
    told = set()
    for header in (signed(RSA, exp=0), signed(RSA, aud="x"), signed(OTHER), "Bearer nonsense"):
        with pytest.raises(NotAdmitted) as refused:
            provider(HTTPAuthorizationCredentials(scheme="Bearer", credentials=header.removeprefix("Bearer ")))
        told.add(str(refused.value))
    assert len(told) == 1


def test_a_token_of_the_engine_is_handed_to_the_engine_and_to_nobody_else() -> None:
    asked: list[str] = []

    class Engine:
        def admit(self, secret: str) -> Actor:
            asked.append(secret)
            return Actor.reviewer("rita")

    ask = asking(bearer(cast(ReviewEngine, Engine())))
    assert ask("Bearer rve_1_abc") == "reviewer:rita"
    assert ask("bearer rve_1_abc") == "reviewer:rita"
    assert [ask(None), ask("Basic dTpw"), ask("Bearer"), ask("Bearer " + "x" * 9000)] == ["not_admitted"] * 4
    assert asked == ["rve_1_abc", "rve_1_abc"]
