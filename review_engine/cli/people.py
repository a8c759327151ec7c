"""Commands about people and partners, where the engine keeps its own directory instead of asking a host's."""

import sys
from typing import Annotated, cast

import typer

import review_engine
from review_engine.cli.call import Call, call_of
from review_engine.cli.grouping import group
from review_engine.domain.actors import STAFF, Role
from review_engine.domain.errors import InvalidInput, NotFound
from review_engine.ports.directory import Partner, Person, Register

people = group("People: members of partners, reviewers, managers.")
partners = group("Organisations that own Apps.")


def install(app: typer.Typer) -> None:
    """Plug this group in."""
    app.add_typer(people, name="people", rich_help_panel="Installation")
    app.add_typer(partners, name="partners", rich_help_panel="Installation")


def register_of(engine: "review_engine.ReviewEngine") -> Register:
    """The engine's own directory, which can be written to.

    Raises:
        InvalidInput: the host keeps its people itself.
    """
    directory = engine.directory
    if not hasattr(directory, "add_person"):
        raise InvalidInput("people are kept by the host, not by this engine", cure="Change them there.")
    return cast(Register, directory)


def _register(call: Call) -> Register:
    """The directory, unless it is asked for in a partner's name."""
    call.trusted("The directory")
    return register_of(call.engine)


def _shown(person: Person) -> dict[str, object]:
    return {
        "key": person.key,
        "name": person.name,
        "address": person.address,
        "roles": sorted(role.value for role in person.roles),
        "partners": sorted(person.partners),
    }


@people.command()
def add(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="A key for the history; never a name or an address.")],
    name: Annotated[str, typer.Option(help="As letters greet.")] = "",
    address: Annotated[str, typer.Option(help="E-mail address.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="reviewer or manager; may be given again.")] = None,
    partner: Annotated[list[str] | None, typer.Option(help="A partner they belong to; may be given again.")] = None,
) -> None:
    """Add a person, or replace what is known of them."""
    call = call_of(ctx, creates=True)
    register = _register(call)
    roles = frozenset(Role.named(each) for each in role or ())
    if not roles <= STAFF:
        raise InvalidInput("only reviewer and manager are roles of staff", cure="Name partners with --partner.")
    for each in partner or ():
        if register.partner(each) is None:
            raise NotFound("partner", each, cure=f"Add it first: review-engine partners add {each} --name NAME")
    person = Person(key, name, address, roles, frozenset(partner or ()))
    register.add_person(person)
    call.answer(_shown(person), f"{key} is known now.")


@people.command("list")
def list_people(ctx: typer.Context) -> None:
    """List everybody, by key."""
    from review_engine.cli import sheets

    call = call_of(ctx)
    found = _register(call).people()
    call.answer([_shown(person) for person in found], lambda: sheets.people(found))


@people.command()
def erase(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="The person's key.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a person's name and address. Their key stays in the history, which still verifies."""
    call = call_of(ctx)
    register = _register(call)
    if not yes and not call.as_json and sys.stdin.isatty():
        typer.confirm(f"Forget the name and address of {key}? This cannot be undone.", abort=True)
    if not register.erase(key):
        raise NotFound("person", key)
    call.answer({"erased": key}, f"Name and address of {key} are forgotten; the history keeps the key.")


@partners.command("add")
def add_partner(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="The organisation's key.")],
    name: Annotated[str, typer.Option(help="Its name.")],
) -> None:
    """Add an organisation, or rename it."""
    call = call_of(ctx, creates=True)
    _register(call).add_partner(Partner(key, name))
    call.answer({"key": key, "name": name}, f"{key} is known now.")


@partners.command("list")
def list_partners(ctx: typer.Context) -> None:
    """List every organisation, by key."""
    from review_engine.cli import sheets

    call = call_of(ctx)
    found = _register(call).partners()
    call.answer([each._asdict() for each in found], lambda: sheets.partners(found))
