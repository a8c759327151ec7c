"""The command that runs the clocks, and the one look at whether somebody does."""

import logging
from datetime import timedelta
from typing import Annotated

import typer

from review_engine.cli.call import Call, call_of
from review_engine.cli.promises import PANEL

_NOBODY = 1


def install(app: typer.Typer) -> None:
    """Plug this command in."""
    app.command(rich_help_panel=PANEL)(worker)


def worker(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, and leave.")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Say which workers are alive; exit code 1 if none is.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="What its heartbeat is called; else host:process.")] = None,
    rest: Annotated[int, typer.Option(min=1, max=3600, help="The longest sleep between two looks, in seconds.")] = 30,
) -> None:
    """Run the clocks and deliver what is to be told, until it is told to stop (Ctrl-C or SIGTERM)."""
    call = call_of(ctx)
    call.trusted("Running the clocks")
    if status:
        _status(call)
    elif once:
        _once(call)
    else:
        _run(call, name, timedelta(seconds=rest))


def _status(call: Call) -> None:
    from review_engine.cli import timesheets
    from review_engine.worker import standing

    found = standing(call.engine)
    alive = any(one.alive for one in found)
    document = {"alive": alive, "workers": [one.as_dict() for one in found]}
    call.answer(document, lambda: timesheets.workers(found, call.engine.clock()))
    if not alive:
        raise typer.Exit(_NOBODY)


def _once(call: Call) -> None:
    tick = call.engine.tick()
    settled = sum(len(given.moves) for given in call.engine.settle())
    post = call.engine.deliver_all()
    document = {
        "reminders": tick.reminders,
        "breaches": tick.breaches,
        "moves": tick.moves,
        "settled": settled,
        "put_off": tick.put_off,
        "late_by_seconds": tick.late_by,
        "delivered": post.sent,
        "delivered_later": post.retried,
        "not_delivered": post.dead + post.unknown,
    }
    told = f"{tick.reminders} reminders, {tick.breaches} breaches, {tick.moves + settled} moves by the engine."
    told += f" {post.sent} messages delivered." + (f" {post.retried} are tried again later." if post.retried else "")
    call.answer(document, told + (f" {tick.put_off} could not be decided; the log says why." if tick.put_off else ""))


def _run(call: Call, name: str | None, rest: timedelta) -> None:
    from review_engine.worker import Worker

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("review_engine").setLevel(logging.INFO)
    at_work = Worker(call.engine, name=name, rest=rest)
    at_work.run()
    call.answer({"name": at_work.name, "stopped": True}, f"{at_work.name} has stopped.")
