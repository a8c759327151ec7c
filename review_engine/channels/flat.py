"""A template with its layout and its inclusions folded into it, so that rendering is one function and not ten.

Inheritance and inclusion are for those who write letters. To the machine they are calls, each with a context of its
own, and they cost more than the words. Since a letter's layout never changes between two letters, the syntax trees are
put together once, before they are compiled. What cannot be folded (``super()``, ``self``, macros, imports, names of
templates that are computed) is compiled by Jinja as it stands: slower, with the same result.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from jinja2 import Environment, Template, nodes

Parse = Callable[[str], nodes.Template]
"""Answers the name of a template with a syntax tree of its own."""

_DEPTH_MAX: Final = 20
_UNFOLDABLE: Final = (nodes.Import, nodes.FromImport, nodes.Macro, nodes.CallBlock)
_SETTING: Final = (nodes.Assign, nodes.AssignBlock)


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
        body = list(_merged(_Folding(parse).folded(name, {}, 0)))
    except Unfoldable:
        return None
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(environment)
    return Template.from_code(environment, environment.compile(tree, name, filename), environment.make_globals(None))


class _Folding:
    """Puts trees together."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self._sets = False  # whether any template sets a name, which then has to stay in its block

    def folded(self, name: str, blocks: dict[str, list[nodes.Node]], depth: int) -> list[nodes.Node]:
        """A template's body, with the blocks of those that extend it in place of its own."""
        if depth > _DEPTH_MAX:
            raise Unfoldable("templates rest on each other in a circle")
        tree = self._parse(name)
        self._look(tree)
        parents = [node for node in tree.body if isinstance(node, nodes.Extends)]
        if not parents:
            return self._spliced(tree.body, blocks, depth)
        if tree.body[0] is not parents[0] or any(isinstance(node, _SETTING) for node in tree.body):
            raise Unfoldable("something stands beside the blocks")
        for block in tree.find_all(nodes.Block):
            blocks.setdefault(block.name, block.body)
        return self.folded(_constant(parents[0].template), blocks, depth + 1)

    def _look(self, tree: nodes.Template) -> None:
        for node in tree.find_all(nodes.Node):
            if isinstance(node, _UNFOLDABLE) or (isinstance(node, nodes.Name) and node.name in ("super", "self")):
                raise Unfoldable("a template refers to itself, or to another one")
            self._sets = self._sets or isinstance(node, _SETTING)

    def _spliced(self, body: Iterable[nodes.Node], blocks: dict[str, list[nodes.Node]], depth: int) -> list[nodes.Node]:
        """Statements with every block and inclusion among them, at any depth, replaced by what it stands for."""
        if depth > _DEPTH_MAX:
            raise Unfoldable("templates rest on each other in a circle")
        done: list[nodes.Node] = []
        for node in body:
            if isinstance(node, nodes.Block):
                done += self._scoped(self._spliced(blocks.get(node.name, node.body), blocks, depth + 1), node.lineno)
            elif isinstance(node, nodes.Include):
                if node.ignore_missing or not node.with_context:
                    raise Unfoldable("an inclusion that may be missing, or sees no names")
                done += self._scoped(self.folded(_constant(node.template), {}, depth + 1), node.lineno)
            else:
                for field in ("body", "else_", "elif_"):
                    nested = getattr(node, field, None)
                    if isinstance(nested, list):
                        setattr(node, field, list(_merged(self._spliced(nested, blocks, depth + 1))))
                done.append(node)
        return done

    def _scoped(self, body: list[nodes.Node], line: int) -> list[nodes.Node]:
        """What a block sets stays in the block."""
        return [nodes.Scope(body, lineno=line)] if self._sets else body


def _constant(node: nodes.Node) -> str:
    if not isinstance(node, nodes.Const) or not isinstance(node.value, str):
        raise Unfoldable("the name of a template is computed")
    return node.value


def _merged(body: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
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
