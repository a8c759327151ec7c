"""A template with its layout and its inclusions folded into it, so that rendering is one function and not ten.

Inheritance and inclusion are for those who write letters. To the machine they are calls, each with a context of its
own, and they cost more than the words. Since a letter's layout never changes between two letters, the syntax trees
are put together once, before they are compiled. What cannot be folded (``super()``, ``self``, macros, imports, names
of templates that are computed) is compiled by Jinja as it stands: slower, with the same result.
"""

from collections.abc import Callable, Iterable
from typing import Final

from jinja2 import Environment, Template, nodes

Parse = Callable[[str], nodes.Template]
"""Answers the name of a template with its syntax tree."""

_DEPTH_MAX: Final = 20
_UNFOLDABLE: Final = (nodes.Import, nodes.FromImport, nodes.Macro, nodes.CallBlock)


class Unfoldable(Exception):
    """Something in a template needs what only separate templates have."""


def flat(environment: Environment, name: str, filename: str, parse: Parse) -> Template | None:
    """The template as one function; None if it cannot be folded.

    Args:
        environment: that it is rendered in.
        name: of the template.
        filename: of the template.
        parse: finds and parses a template, in the same environment.
    """
    try:
        body = list(_merged(_folded(parse(name), {}, parse, 0)))
    except Unfoldable:
        return None
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(environment)
    return Template.from_code(environment, environment.compile(tree, name, filename), environment.make_globals(None))


def _folded(tree: nodes.Template, blocks: dict[str, list[nodes.Node]], parse: Parse, depth: int) -> list[nodes.Node]:
    """A template's body with the blocks of those that extend it put in place of its own."""
    if depth > _DEPTH_MAX:
        raise Unfoldable("templates extend each other in a circle")
    _check(tree)
    parents = [node for node in tree.body if isinstance(node, nodes.Extends)]
    if not parents:
        return _spliced(tree.body, blocks, parse, depth)
    if any(isinstance(node, nodes.Assign | nodes.AssignBlock) for node in tree.body) or tree.body[0] is not parents[0]:
        raise Unfoldable("something stands beside the blocks")
    for block in tree.find_all(nodes.Block):
        blocks.setdefault(block.name, block.body)
    return _folded(parse(_constant(parents[0].template)), blocks, parse, depth + 1)


def _check(tree: nodes.Template) -> None:
    names = {node.name for node in tree.find_all(nodes.Name)}
    if "super" in names or "self" in names or any(tree.find(kind) for kind in _UNFOLDABLE):
        raise Unfoldable("a template refers to itself or to another one")


def _constant(node: nodes.Node) -> str:
    if not isinstance(node, nodes.Const) or not isinstance(node.value, str):
        raise Unfoldable("the name of a template is computed")
    return node.value


def _spliced(
    body: Iterable[nodes.Node], blocks: dict[str, list[nodes.Node]], parse: Parse, depth: int
) -> list[nodes.Node]:
    """Statements with every block and inclusion among them, at any depth, replaced by what it stands for."""
    done: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Block):
            inner = blocks.get(node.name, node.body)
            done += _scoped(_spliced(inner, blocks, parse, depth + 1), node.lineno)
        elif isinstance(node, nodes.Include):
            if node.ignore_missing or not node.with_context:
                raise Unfoldable("an inclusion that may be missing, or sees no names")
            done += _scoped(_folded(parse(_constant(node.template)), {}, parse, depth + 1), node.lineno)
        else:
            for field in ("body", "else_", "elif_"):
                nested = getattr(node, field, None)
                if isinstance(nested, list):
                    setattr(node, field, list(_merged(_spliced(nested, blocks, parse, depth + 1))))
            done.append(node)
    if depth > _DEPTH_MAX:
        raise Unfoldable("templates include each other in a circle")
    return done


def _scoped(body: list[nodes.Node], line: int) -> list[nodes.Node]:
    """What a block sets stays in the block."""
    tree = nodes.Template(body, lineno=line)
    sets = tree.find(nodes.Assign) or tree.find(nodes.AssignBlock)
    return [nodes.Scope(body, lineno=line)] if sets else body


def _merged(body: Iterable[nodes.Node]) -> Iterable[nodes.Node]:
    """Neighbouring pieces of output as one, so that fixed words are one string."""
    pieces: list[nodes.Expr] = []
    line = 1
    for node in body:
        if isinstance(node, nodes.Output):
            line = line if pieces else node.lineno
            for piece in node.nodes:
                last = pieces[-1] if pieces else None
                if isinstance(piece, nodes.TemplateData) and isinstance(last, nodes.TemplateData):
                    pieces[-1] = nodes.TemplateData(last.data + piece.data, lineno=last.lineno)
                else:
                    pieces.append(piece)
            continue
        if pieces:
            yield nodes.Output(pieces, lineno=line)
            pieces = []
        yield node
    if pieces:
        yield nodes.Output(pieces, lineno=line)
