"""Who is asking, from the Authorization header: a token that the engine gave out, or a JWT of the host's own issuer.

Both are providers as ``principal`` means them: FastAPI dependencies that answer somebody or None. A credential that is
there and not good is ``NotAdmitted``, and which of its faults it was is not said to whoever sent it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from review_engine.domain.actors import Actor
from review_engine.domain.errors import InvalidInput, NotAdmitted
from review_engine.engine import ReviewEngine
from review_engine.ports.directory import Person
from review_engine.web.principal import Provider

Claims = Mapping[str, Any]
Key = Any
"""A key of joserfc's, a set of them, a JWK or JWKS as a mapping, or a public key in PEM as text or bytes."""

LEEWAY = timedelta(seconds=30)
"""By how much clocks may differ."""

_ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "OKP": ("EdDSA", "Ed25519", "Ed448"),
    "oct": ("HS256", "HS384", "HS512"),
}
_CREDENTIAL_MAX = 8 * 1024

_log = logging.getLogger("review_engine.web")
_scheme = HTTPBearer(auto_error=False, description="A token from `review-engine token create`, or from POST /tokens.")
_jwt_scheme = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A JWT of the issuer that is trusted here.")


def bearer(engine: ReviewEngine) -> Provider:
    """A provider that admits whoever sends a token of the engine's as ``Authorization: Bearer ...``.

    Args:
        engine: which gave the tokens out.
    """

    def admitted(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)] = None) -> Actor | None:
        return engine.admit(_bounded(given.credentials)) if given else None

    return admitted


def jwt(
    key: "Key | Callable[[], Key]",
    *,
    audience: str,
    issuer: str,
    actor: Callable[[Claims], "Actor | Person | None"],
    algorithms: Sequence[str] = (),
    leeway: timedelta = LEEWAY,
) -> Provider:
    """A provider that admits whoever sends a JWT of a trusted issuer as ``Authorization: Bearer ...``.

    ``exp``, ``aud`` and ``iss`` must be there and hold; ``nbf`` and ``iat`` must hold where they are there. Unsigned
    tokens are never taken, and an algorithm must be one of the key's own sort: a public key verifies no HMAC.

    Args:
        key: what signatures are verified with, or a function that answers it, for keys that change; asked each time.
        audience: this service, as the issuer names it.
        issuer: who signs.
        actor: who somebody is, from the claims; None for nobody here.
        algorithms: those that are taken; empty for all of the key's sort.
        leeway: by how much the clocks of issuer and service may differ.

    Raises:
        InvalidInput: the key cannot be used, or an algorithm that is not of its sort was asked for.
    """
    dynamic = callable(key) and not hasattr(key, "key_type")
    fixed = None if dynamic else _verifier(key, algorithms)

    def admitted(
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_jwt_scheme)] = None,
    ) -> "Actor | Person | None":
        if given is None:
            return None
        keys, allowed = fixed or _verifier(key(), algorithms)
        return actor(_claims(_bounded(given.credentials), keys, allowed, audience, issuer, leeway))

    return admitted


def _bounded(credential: str) -> str:
    if len(credential) > _CREDENTIAL_MAX:
        raise _refused()
    return credential


def _refused() -> NotAdmitted:
    return NotAdmitted("the token is not valid here, or not any longer", cure="Sign in again, or send another token.")


def _claims(token: str, keys: Any, allowed: list[str], audience: str, issuer: str, leeway: timedelta) -> Claims:
    from joserfc import jwt as tokens
    from joserfc.errors import JoseError

    rules = tokens.JWTClaimsRegistry(
        leeway=int(leeway.total_seconds()),
        exp={"essential": True},
        aud={"essential": True, "value": audience},
        iss={"essential": True, "value": issuer},
    )
    try:
        decoded = tokens.decode(token, keys, algorithms=allowed)
        rules.validate(decoded.claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        _log.info("a JWT was not admitted: %s", type(error).__name__)
        raise _refused() from None
    return decoded.claims


def _verifier(key: Key, algorithms: Sequence[str]) -> tuple[Any, list[str]]:
    """The keys, and the algorithms that they may be used with."""
    from joserfc import jwk

    keys = _imported(key)
    sorts = {each.key_type for each in (keys if isinstance(keys, jwk.KeySet) else [keys])}
    own = [name for sort in sorted(sorts) for name in _ALGORITHMS.get(sort, ())]
    foreign = sorted(set(algorithms) - set(own))
    if foreign or not own:
        raise InvalidInput(
            f"no key here verifies {', '.join(foreign) or 'anything'}", cure=f"This sort of key takes {', '.join(own)}."
        )
    return keys, list(algorithms) or own


def _imported(key: Key) -> Any:
    from joserfc import jwk
    from joserfc.errors import JoseError

    if hasattr(key, "key_type") or isinstance(key, jwk.KeySet):
        return key
    try:
        if isinstance(key, Mapping):
            document: Any = dict(key)
            return jwk.KeySet.import_key_set(document) if "keys" in document else jwk.import_key(document)
        return _from_pem(key)
    except (JoseError, ValueError, TypeError, KeyError):
        cure = "Hand in a JWK, a JWKS, or a public key in PEM."
        raise InvalidInput("this cannot be read as a key for tokens", cure=cure) from None


def _from_pem(pem: str | bytes) -> Any:
    from joserfc import jwk
    from joserfc.errors import JoseError

    for sort in ("RSA", "EC", "OKP"):
        try:
            return jwk.import_key(pem, sort)
        except (JoseError, ValueError, TypeError):
            continue
    raise ValueError("no public key in PEM")
