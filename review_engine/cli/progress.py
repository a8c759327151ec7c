"""A progress bar on standard error for long work; nothing where nobody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from review_engine.cli.call import Call

_CHUNK = 1 << 20


@contextmanager
def watched(call: Call, path: str, title: str) -> Iterator[Callable[[int], None]]:
    """A bar over the lines of a file; yields what is to be called with the number of lines done."""
    with counted(call, title, _count(path) if _seen(call) else None) as done:
        yield done


@contextmanager
def counted(call: Call, title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar up to ``total`` (None where nobody knows); yields what is to be called with how much is done."""
    if not _seen(call):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


def _seen(call: Call) -> bool:
    return not call.as_json and sys.stderr.isatty()


def _count(path: str) -> int | None:
    """Lines of a file; None where that cannot be known beforehand."""
    file = Path(path)
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(_CHUNK), b""))
