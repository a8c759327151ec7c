"""Rules between files: kinds are unique, components and their apps agree, calendars and letters are there."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from review_engine.domain.errors import shown, suggestion
from review_engine.domain.lifecycle import Lifecycle
from review_engine.workflow_files.graph import circle
from review_engine.workflow_files.names_declared import Finding


def relations(lifecycle: Lifecycle, all_kinds: Mapping[str, Lifecycle]) -> Iterator[Finding]:
    """A workflow's components and its parent, as far as the other files say."""
    for group, kind in lifecycle.children.items():
        place = f"lifecycle.children.{group}"
        child = all_kinds.get(kind)
        if child is None:
            yield place, f"there is no workflow {shown(kind)}", suggestion(kind, sorted(all_kinds))
        elif child.parent != lifecycle.name:
            whose = f"components of '{child.parent}'" if child.parent else "components of nothing"
            yield place, f"subjects of kind '{kind}' are {whose}", f'Its file has to say parent = "{lifecycle.name}".'
    parent = all_kinds.get(lifecycle.parent)
    if lifecycle.parent and parent is None:
        yield (
            "lifecycle.parent",
            f"there is no workflow {shown(lifecycle.parent)}",
            suggestion(lifecycle.parent, sorted(all_kinds)),
        )
    elif parent is not None and lifecycle.name not in parent.children.values():
        yield (
            "lifecycle.parent",
            f"the workflow '{parent.name}' has no components of kind '{lifecycle.name}'",
            f'Add a group there, under [lifecycle.children]: components = "{lifecycle.name}".',
        )
    yield from _circles(lifecycle, all_kinds)


def _circles(lifecycle: Lifecycle, all_kinds: Mapping[str, Lifecycle]) -> Iterator[Finding]:
    found = circle({kind: list(other.children.values()) for kind, other in sorted(all_kinds.items())})
    if lifecycle.name in found:
        group = next(group for group, kind in lifecycle.children.items() if kind in found)
        way = " has ".join(f"'{kind}'" for kind in found)
        yield f"lifecycle.children.{group}", f"kinds are components of each other: {way}", "Break the circle."


def calendar_there(lifecycle: Lifecycle, calendars: Collection[str]) -> Iterator[Finding]:
    """The calendar a workflow names."""
    name = lifecycle.calendar
    if name and name not in calendars:
        yield "lifecycle.calendar", f"there is no calendar {shown(name)}", suggestion(name, sorted(calendars))


def letters_there(lifecycle: Lifecycle, templates: Path) -> Iterator[Finding]:
    """The letter of every notice."""
    known = [folder.name for folder in templates.iterdir() if folder.is_dir()] if templates.is_dir() else []
    for name in lifecycle.notices:
        if name not in known:
            cure = suggestion(name, sorted(known)) if known else f"Add the folder {name} with its letter."
            yield f"notices.{name}", f"there is no letter for the notice {shown(name)}", cure
