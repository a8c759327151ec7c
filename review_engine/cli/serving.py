"""The command that serves the whole engine over HTTP: interface, pages, and the clocks and letters beside them."""

import gc
import logging
import sys
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Annotated

import typer

import review_engine
from review_engine.cli.call import Call, call_of
from review_engine.domain.errors import InvalidInput

_PANEL = "To begin with"
_NEEDS = ("fastapi", "uvicorn", "multipart")
_NOT_SERVED = 1
_KEYLESS = (
    "there is no secret key, so partners cannot enter test accounts, and letters carry no link to end them. "
    "Set REVIEW_ENGINE_SECRET_KEY to a key made by 'review-engine key', and keep a copy of it."
)


def install(app: typer.Typer) -> None:
    """Plug this command in."""
    app.command(rich_help_panel=_PANEL)(serve)


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 for any that is free.")] = 8000,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve the demonstration; one signs in as any of its people.")
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave clocks and letters to review-engine worker.")
    ] = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="Answer /metrics, for Prometheus.")] = False,
) -> None:
    """Serve the REST interface and the pages until it is told to stop (Ctrl-C or SIGTERM)."""
    call = call_of(ctx)
    call.trusted("Serving")
    _check(host, demo)
    gc.disable()  # what is built up until it answers stays; see _ready
    try:
        served = _served(call, host, port, demo=demo, metrics=metrics, worker=not no_worker)
    finally:
        gc.enable()
    if not served:
        raise typer.Exit(_NOT_SERVED)
    if not call.as_json:
        typer.echo("It has stopped.")


def _served(call: Call, host: str, port: int, *, demo: bool, metrics: bool, worker: bool) -> bool:
    """Serve until told to stop; whether it began at all."""
    from review_engine.service import asgi
    from review_engine.service.server import listen, run

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with listen(host, port) as listening:
        address = _address(host, listening.getsockname()[1])
        engine = _demonstration(call, address) if demo else call.engine
        try:
            web = _at_home(host) if demo else call.settings.web
            app = asgi(engine, demo=demo, metrics=metrics, worker=worker, web=web)
            return run(app, listening, ready=lambda: _ready(call, engine, address, demo))
        finally:
            engine.close()


def _check(host: str, demo: bool) -> None:
    """Whether what serving needs is installed, and whether nobody but this machine is let into a demonstration.

    Raises:
        InvalidInput: it is not so.
    """
    if any(find_spec(name) is None for name in _NEEDS):
        raise InvalidInput("the libraries for serving are missing", cure="pip install 'review-engine[web]'")
    if demo and not _loopback(host):
        raise InvalidInput(
            "a demonstration lets everybody in as anybody, so it is for this machine only",
            where=host,
            cure="Leave --host out.",
        )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _demonstration(call: Call, address: str) -> "review_engine.ReviewEngine":
    from review_engine.cli.demo.place import DEMO_DATABASE, reopened

    return reopened(call.database or DEMO_DATABASE, address)


def _at_home(host: str) -> "review_engine.settings.WebSettings":
    """Answer for names of this machine only, so that no page of elsewhere can make a browser talk to it."""
    from review_engine.settings import WebSettings

    return WebSettings(hosts=("localhost", "127.0.0.1", "::1", host))


def _ready(call: Call, engine: "review_engine.ReviewEngine", address: str, demo: bool) -> None:
    """It answers. What was built until now is there to stay, so the collector need not go over it again and again."""
    gc.freeze()
    gc.enable()
    _announce(call, engine, address, demo)


def _announce(call: Call, engine: "review_engine.ReviewEngine", address: str, demo: bool) -> None:
    people = _people(engine) if demo else []
    lines = [f"Serving on {address} (Ctrl-C stops it)."]
    if people:
        lines += ["Sign in as one of these, without a password:", *(f"  {name}, {role}" for name, role in people)]
    warnings = [] if demo or call.settings.secret_key is not None else [_KEYLESS]
    document = {
        "address": address,
        "people": [{"name": name, "role": role} for name, role in people],
        "warnings": warnings,
    }
    call.answer(document, "\n".join(lines))
    sys.stdout.flush()
    for warning in warnings:
        call.warn(warning)


def _people(engine: "review_engine.ReviewEngine") -> list[tuple[str, str]]:
    from review_engine.cli.people import register_of

    people = register_of(engine).people()
    staff = [(person.name, role.value) for person in people for role in sorted(person.roles)]
    members = [(person.name, f"partner: {partner}") for person in people for partner in sorted(person.partners)]
    return staff + members
