"""Let people in by tokens: issue one, tell whose a secret is, list them, take one back.

Only a digest of the secret is kept. The secret is 256 random bits, so a plain SHA-256 is enough: there is nothing to
guess, and slow hashing would only slow every request down. A token says whose it is and narrows what they may do; what
they may do at all is asked of the directory each time, so whoever loses a role, or is erased, is out at once.
"""

import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from review_engine.domain.actors import STAFF, Actor, Role, check_key
from review_engine.domain.errors import InvalidInput, NotAdmitted, NotAllowed, NotFound, UnknownName, shown
from review_engine.ports.directory import UNKNOWN_PERSON, Directory
from review_engine.ports.reception import IssuedToken, TokenRecord, Tokens

TOKEN, SESSION, FEED = "token", "session", "feed"
SORTS = (TOKEN, SESSION, FEED)
"""A client's; a browser's; and one that stands in the address of a calendar feed, and opens nothing else."""

FORGOTTEN_AFTER = timedelta(days=90)
"""How long a token is still listed after it was over or taken back."""

_ID_BYTES, _SECRET_BYTES = 8, 32
_LABEL_MAX = 200
_OPENED_WITH = "opened with "
_FORM = re.compile(r"rve_([0-9a-f]{16})_[A-Za-z0-9_-]{43}\Z")
_NOBODY = TokenRecord("", "", "token", "nobody", Role.PARTNER, "", "", datetime.min.replace(tzinfo=UTC))
_NO_DIGEST = "0" * 64


def issue(
    tokens: Tokens,
    directory: Directory,
    person: str,
    *,
    role: Role,
    by: Actor,
    now: datetime,
    partner: str = "",
    label: str = "",
    lasts: timedelta | None = None,
    sort: str = "token",
) -> IssuedToken:
    """Issue a token. The secret is in the answer and nowhere else.

    Args:
        tokens: where they are kept.
        directory: who people are.
        person: key of whose it is; for the role of the host, a name for the service that will use it.
        role: in which it acts.
        by: who issues it: the host for anybody, everybody else for themselves, in the role (and for the partners) they
            are acting in. A manager too: whoever holds the secret acts under that name, and two people would be one.
        now: when (aware UTC).
        partner: narrows a partner's token to one of their partners.
        label: what it is for, one line.
        lasts: for how long; None for ever.
        sort: one of ``SORTS``.

    Raises:
        NotAllowed: it is not ``by``'s to issue, or would reach further than they do.
        InvalidKey: no person has such a key.
        NotFound: the directory knows nobody of that key, or not in that role, or not of that partner.
        InvalidInput: label, length or sort cannot be used; or the role cannot be had, or narrowed, by a token.
    """
    check_key(person, "a person's key")
    _refuse_unfit(role, partner, label, sort)
    _refuse_foreign(by, person, role)
    actor = _actor(directory, person, role, partner)
    if actor is None:
        raise NotFound(role.value, person, cure=UNKNOWN_PERSON)
    if by.role is Role.PARTNER and not actor.partners <= by.partners:
        raise NotAllowed(f"{by} does not act for all partners of that person", cure="Name a partner of your own.")
    record = TokenRecord("", "", sort, person, role, partner, label, now, _end(now, lasts))
    return _added(tokens, record, now)


def sign_in(
    tokens: Tokens, directory: Directory, secret: str, *, now: datetime, lasts: timedelta | None = None
) -> IssuedToken:
    """Open a session with a token: as narrow as the token is, and good no longer than the token.

    Args:
        tokens: where they are kept.
        directory: who people are.
        secret: of a token.
        now: when (aware UTC).
        lasts: for how long at most; None for as long as the token.

    Raises:
        NotAdmitted: as for ``admit``.
    """
    record, _ = _admitted(tokens, directory, secret, now, TOKEN)
    ends = [end for end in (record.expires_at, _end(now, lasts)) if end is not None]
    label = f"{_OPENED_WITH}{record.id}"
    session = record._replace(sort=SESSION, label=label, created_at=now, expires_at=min(ends, default=None))
    return _added(tokens, session, now)


def admit(tokens: Tokens, directory: Directory, secret: str, *, now: datetime, sort: str = TOKEN) -> Actor:
    """Whose the secret is, with the role and the partners the directory gives them now, as the token narrows them.

    An unknown number costs what a known one with a wrong secret costs, and all that fails is told in the same words.

    Raises:
        NotAdmitted: unknown, forged, over, taken back, or of another sort; a session whose token is no longer good; or
            the person has lost the role, or was erased.
        InvalidInput: no such sort.
    """
    _refuse_sort(sort)
    return _admitted(tokens, directory, secret, now, sort)[1]


def held(tokens: Tokens, *, by: Actor, sort: str = "token") -> list[TokenRecord]:
    """Every token for host and managers, their own for everybody else; newest first, without digests.

    Raises:
        InvalidInput: no such sort.
    """
    _refuse_sort(sort)
    return [without_digest(record) for record in tokens.all(sort=sort) if _may_see(by, record)]


def revoke(tokens: Tokens, id: str, *, by: Actor, now: datetime) -> bool:
    """Take a token back, at once. False where there is none of that number, or it is not the asker's to see."""
    record = tokens.token(id) if re.fullmatch(r"[0-9a-f]{16}", id) else None
    return record is not None and _may_see(by, record) and tokens.revoke(id, now)


def without_digest(record: TokenRecord) -> TokenRecord:
    """A record that may leave the house."""
    return record._replace(digest="")


def _admitted(tokens: Tokens, directory: Directory, secret: str, now: datetime, sort: str) -> tuple[TokenRecord, Actor]:
    form = _FORM.match(secret)
    record = tokens.token(form[1] if form else "") or _NOBODY
    genuine = hmac.compare_digest(_digest(secret), record.digest or _NO_DIGEST)
    good = genuine and record.sort == sort and not _over(record, now) and _source_good(tokens, record, now)
    actor = _actor(directory, record.person, record.role, record.partner) if good else None
    if actor is None:
        raise NotAdmitted("the token is not valid", cure="Sign in again, or ask for a new token.")
    return record, actor


def _over(record: TokenRecord, now: datetime) -> bool:
    return record.revoked_at is not None or (record.expires_at is not None and record.expires_at <= now)


def _source_good(tokens: Tokens, record: TokenRecord, now: datetime) -> bool:
    """Whether the token that a session was opened with is still good; where it was opened without one, yes."""
    if record.sort != SESSION or not record.label.startswith(_OPENED_WITH):
        return True
    source = tokens.token(record.label.removeprefix(_OPENED_WITH))
    return source is not None and not _over(source, now)


def _added(tokens: Tokens, unnamed: TokenRecord, now: datetime) -> IssuedToken:
    """Give a record its number and its secret, and keep it."""
    id = secrets.token_hex(_ID_BYTES)
    secret = f"rve_{id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    record = unnamed._replace(id=id, digest=_digest(secret))
    tokens.add(record)
    tokens.forget(now - FORGOTTEN_AFTER)
    return IssuedToken(secret, without_digest(record))


def _actor(directory: Directory, key: str, role: Role, partner: str) -> Actor | None:
    """Who somebody is in a role, as the directory has it now; None for nobody."""
    person = directory.person(key)
    if role is Role.HOST:
        return Actor(role, key) if person is None else None
    if person is None:
        return None
    if role in STAFF:
        return Actor(role, key, person.partners) if role in person.roles else None
    partners = person.partners & {partner} if partner else person.partners
    return Actor(role, key, partners) if partners else None


def _may_see(by: Actor, record: TokenRecord) -> bool:
    return by.role in (Role.HOST, Role.MANAGER) or (record.person == by.key and record.role is not Role.HOST)


def _refuse_foreign(by: Actor, person: str, role: Role) -> None:
    if by.role is Role.HOST:
        return
    own = by.key == person and by.role is role and by.role is not Role.ENGINE
    if not own:
        raise NotAllowed(
            f"{by} may not issue a token for {role.value} {shown(person)}",
            cure="Issue one for yourself, in the role you act in, or ask who runs the service.",
        )


def _refuse_unfit(role: Role, partner: str, label: str, sort: str) -> None:
    _refuse_sort(sort)
    if role is Role.ENGINE:
        raise InvalidInput("nobody can act as the engine", cure="Issue a token for the host.")
    if partner and role is not Role.PARTNER:
        raise InvalidInput(f"a {role.value}'s token cannot be narrowed to a partner", cure="Leave the partner out.")
    if len(label) > _LABEL_MAX or (label and not label.isprintable()):
        raise InvalidInput("the label cannot be used", cure=f"Write one line of at most {_LABEL_MAX} characters.")


def _refuse_sort(sort: str) -> None:
    if sort not in SORTS:
        raise UnknownName("sort of token", sort, SORTS)


def _end(now: datetime, lasts: timedelta | None) -> datetime | None:
    if lasts is None:
        return None
    if lasts <= timedelta(0):
        raise InvalidInput("the token would be over before it begins", cure="Give a length of time above zero.")
    try:
        return now + lasts
    except OverflowError:
        raise InvalidInput("so long no token lasts", cure="Leave the length out for one without an end.") from None


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
