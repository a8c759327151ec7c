"""People as resources: who you are here, and the tokens by which programs act for you."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Path, Query
from starlette.responses import Response

from review_engine.api.documents_of_letters import IssuedTokenTold, Me, Tokens
from review_engine.api.door import LOOK, READ, WRITE, Door, ok
from review_engine.api.examples import TOKEN
from review_engine.api.forms import NewToken
from review_engine.api.told import token_of
from review_engine.domain.actors import Actor
from review_engine.domain.errors import NotFound
from review_engine.usecases.admit import SORTS

TAG = "People"

SortWanted = Annotated[Literal[SORTS], Query(description="Of which sort.")]  # type: ignore[valid-type]
TokenId = Annotated[str, Path(description="The token's public id.", pattern=r"^[A-Za-z0-9-]{1,60}$")]


def people(door: Door) -> None:
    """Put up tokens and the question who one is."""
    engine = door.engine

    @door.route("GET", "/me", Me, tag=TAG, problems=READ,
                example={"role": "partner", "key": "p-ann", "name": "Ann", "partners": ["acme"]})  # fmt: skip
    def read_me(by: Actor = door.by) -> Response:
        """Read who you are here.

        The role you act in, and the organisations you belong to.
        """
        person = engine.directory.person(by.key)
        name = person.name if person else ""
        return ok({"role": by.role.value, "key": by.key, "name": name, "partners": sorted(by.partners)})

    @door.route("GET", "/tokens", Tokens, tag=TAG, problems=READ, example={"items": [TOKEN]})
    def list_tokens(sort: SortWanted = "token", by: Actor = door.by) -> Response:
        """List tokens.

        Your own; managers and the host see everybody's. Secrets are never shown again. A `session` is a browser that
        is signed in; taking it back signs it out.
        """
        return ok({"items": [token_of(record) for record in engine.tokens(by=by, sort=sort)]})

    @door.route("POST", "/tokens", IssuedTokenTold, tag=TAG, problems=WRITE, status=201,
                example={"secret": "rve_t3kq_...", "token": TOKEN})  # fmt: skip
    def issue_token(new: NewToken, by: Actor = door.by) -> Response:
        """Give out a token.

        For yourself, in the role you act in; the host may for anybody. The secret is shown this once.
        """
        issued = engine.issue_token(
            new.person if new.person is not None else by.key,
            role=new.role,
            by=by,
            partner=new.partner,
            label=new.label,
            sort=new.sort,
            lasts=timedelta(days=new.lasts_days) if new.lasts_days else None,
        )
        return ok({"secret": issued.secret, "token": token_of(issued.record)}, 201, {"cache-control": "no-store"})

    @door.route("DELETE", "/tokens/{id}", None, tag=TAG, problems=LOOK, status=204)
    def revoke_token(id: TokenId, by: Actor = door.by) -> Response:
        """Take a token back.

        From now on it lets nobody in, nor does any session that was opened with it.
        """
        if not engine.revoke_token(id, by=by):
            raise NotFound("token", id)
        return Response(status_code=204)
