"""What a check may be called with, read from its signature, so that a workflow file is judged when it is loaded.

A guard's parameters come from TOML: text, numbers, booleans, lists, tables. The check's annotations say what they have
to be, and what a text names (a declared fact, a role, a transition). A ``timedelta`` is written as plain time
("28 days"). Nothing is left to be found out when a transition is taken.
"""

import inspect
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from review_engine.domain.durations import Duration
from review_engine.domain.errors import InvalidInput, shown, suggestion


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a text that names something the workflow declares."""

    sort: str


FactName = Annotated[str, Names("fact")]
StateName = Annotated[str, Names("state")]
TransitionName = Annotated[str, Names("transition")]
RoleName = Annotated[str, Names("role")]
GroupName = Annotated[str, Names("group of components")]
GroupState = Annotated[str, Names("state of the group")]

Known = Mapping[str, Collection[str]]
"""Sort of name -> the declared names."""

_LISTS: dict[object, Callable[[list[Any]], object]] = {
    list: list, tuple: tuple, set: set, frozenset: frozenset, Sequence: tuple, Collection: tuple, Iterable: tuple,
}  # fmt: skip
_LENGTH_MAX = 60
_PLAIN: dict[object, tuple[str, Callable[[object], bool]]] = {
    str: ("text", lambda value: isinstance(value, str)),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    float: ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
}


class Misfit(InvalidInput):
    """A parameter that does not fit the check; ``parameter`` names it, empty for the guard as a whole."""

    def __init__(self, parameter: str, what: str, cure: str) -> None:
        self.parameter = parameter
        super().__init__(what, where=parameter, cure=cure)


class Parameter(NamedTuple):
    """One parameter of a check: its name, what its values must be, and whether it may be left out."""

    name: str
    annotation: object
    required: bool


class Signature(NamedTuple):
    """What a check may be called with; ``anything`` when it takes parameters of any name."""

    parameters: Mapping[str, Parameter]
    anything: bool = False


def signature_of(function: Callable[..., object], given: int) -> Signature:
    """The parameters of a check after the first ``given`` ones, which the engine itself hands in.

    Raises:
        InvalidInput: the function cannot be called that way.
    """
    name = getattr(function, "__name__", repr(function))
    try:
        declared = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise InvalidInput(
            f"the signature of check {shown(name)} cannot be read", cure="Use a plain function."
        ) from None
    ahead = [one for one in declared[:given] if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    rest = declared[given:]
    if len(ahead) < given or any(one.kind is one.POSITIONAL_ONLY for one in rest):
        raise InvalidInput(
            f"check {shown(name)} cannot be called with a case and named parameters",
            cure="Declare it as: def name(case, *, at_least: int) -> Verdict.",
        )
    hints = _hints(function)
    named = (one for one in rest if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD))
    return Signature(
        {one.name: Parameter(one.name, hints.get(one.name, Any), one.default is one.empty) for one in named},
        anything=any(one.kind is one.VAR_KEYWORD for one in rest),
    )


def _hints(function: Callable[..., object]) -> Mapping[str, object]:
    plain = inspect.isroutine(function)
    try:
        return get_type_hints(function if plain else type(function).__call__, include_extras=True)
    except Exception:  # an annotation that cannot be resolved is no reason to refuse the check; it goes unchecked
        return {}


def fitted(signature: Signature, params: Mapping[str, object], known: Known) -> tuple[dict[str, object], list[Misfit]]:
    """The parameters as the check takes them, and everything that is wrong with them."""
    read: dict[str, object] = {}
    misfits: list[Misfit] = []
    for name, value in params.items():
        parameter = signature.parameters.get(name)
        if parameter is None and not signature.anything:
            cure = suggestion(name, sorted(signature.parameters))
            misfits.append(Misfit(name, f"the check takes no parameter {shown(name)}", cure))
        else:
            read[name] = fit(name, parameter.annotation if parameter else Any, value, Fitting(known, misfits))
    misfits += [
        Misfit("", f"the check needs the parameter '{one.name}'", f"Add {one.name} = {example(one.annotation)}.")
        for one in signature.parameters.values()
        if one.required and one.name not in params
    ]
    return read, misfits


class Fitting(NamedTuple):
    """What a value is held against: the declared names, and where misfits go."""

    known: Known
    misfits: list[Misfit]

    def refuse(self, name: str, what: str, cure: str) -> None:
        """Note a misfit."""
        self.misfits.append(Misfit(name, what, cure))

    def wrong(self, name: str, word: str, annotation: object) -> None:
        """Note a value of the wrong type."""
        into = "" if "[" in name else f"{name} = "
        self.refuse(name, f"the parameter '{name}' must be {word}", f"Write {into}{example(annotation)}.")


def fit(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    """``value`` as the annotation asks for it; what does not fit is noted, and the value is of no use then."""
    if annotation in _PLAIN:
        word, holds = _PLAIN[annotation]
        return value if holds(value) else fitting.wrong(name, word, annotation)
    reader = _reader_of(annotation)
    return reader(name, annotation, value, fitting) if reader else value


def _reader_of(annotation: Any) -> Callable[[str, Any, object, Fitting], object] | None:
    """Who reads values of that annotation; nobody when it is none that a workflow file could hold."""
    origin = get_origin(annotation) or annotation
    if origin is Annotated:
        return _named
    if origin in (Union, types.UnionType):
        return _either
    if origin in _LISTS:
        return _list
    if origin is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum)):
        return _option
    return {timedelta: _time, Duration: _time, dict: _table, Mapping: _table}.get(origin)


def example(annotation: Any) -> str:
    """A value of that type as it would stand in a workflow file."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return f'"<{args[1].sort}>"' if isinstance(args[1], Names) else example(args[0])
    if (origin or annotation) in _LISTS:
        return f"[{example(args[0]) if args else '...'}]"
    if origin in (Union, types.UnionType):
        return example(args[0])
    plain = {str: '"..."', int: "1", float: "1.0", bool: "true", timedelta: '"14 days"', Duration: '"2 business days"'}
    return plain.get(annotation, "...")


def _time(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    if not isinstance(value, str) or len(value) > _LENGTH_MAX:
        return fitting.wrong(name, "a length of time", annotation)
    try:
        duration = Duration.parse(value)
    except InvalidInput as error:
        return fitting.refuse(name, error.what, error.cure)
    if annotation is Duration:
        return duration
    if duration.is_business:
        return fitting.refuse(
            name, f"the parameter '{name}' is counted in plain time", f'Write {name} = "14 days", say.'
        )
    return timedelta(seconds=duration.seconds)


def _named(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    inner, *marks = get_args(annotation)
    before = len(fitting.misfits)
    read = fit(name, inner, value, fitting)
    for mark in marks if len(fitting.misfits) == before else ():
        declared = fitting.known.get(mark.sort) if isinstance(mark, Names) else None
        if declared is not None and read not in declared:
            fitting.refuse(name, f"there is no {mark.sort} {shown(str(read))}", suggestion(str(read), sorted(declared)))
    return read


def _either(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    options = [option for option in get_args(annotation) if option is not type(None)]
    for option in options:
        attempt = Fitting(fitting.known, [])
        read = fit(name, option, value, attempt)
        if not attempt.misfits:
            return read
    if len(options) == 1:
        return fit(name, options[0], value, fitting)
    return fitting.wrong(
        name, " or ".join(_PLAIN[one][0] if one in _PLAIN else "a list" for one in options), annotation
    )


def _list(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    if not isinstance(value, list):
        return fitting.wrong(name, "a list", annotation)
    of = (get_args(annotation) or (Any,))[0]
    before = len(fitting.misfits)
    entries = [fit(f"{name}[{place}]", of, entry, fitting) for place, entry in enumerate(value)]
    return _LISTS[get_origin(annotation) or annotation](entries) if len(fitting.misfits) == before else None


def _option(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    if get_origin(annotation) is Literal:
        options: dict[object, object] = {option: option for option in get_args(annotation)}
    else:
        options = {option.value: option for option in annotation}
    for option, read in options.items():
        if type(option) is type(value) and option == value:
            return read
    declared = [str(option) for option in options]
    return fitting.refuse(
        name, f"the parameter '{name}' cannot be {shown(str(value))}", suggestion(str(value), declared)
    )


def _table(name: str, annotation: Any, value: object, fitting: Fitting) -> object:
    if not isinstance(value, dict):
        return fitting.wrong(name, "a table", annotation)
    args = get_args(annotation)
    of = args[1] if len(args) == 2 else Any  # noqa: PLR2004 - key and value
    return {key: fit(f"{name}.{key}", of, entry, fitting) for key, entry in value.items()}
