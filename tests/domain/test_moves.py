"""The chain of moves finds every kind of tampering."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from review_engine.domain.moves import GENESIS, Move, verify
from review_engine.domain.verdicts import Verdict
from tests.domain.sample import NOW


def chain(length: int = 4) -> list[Move]:
    moves: list[Move] = []
    for number in range(1, length + 1):
        moves.append(
            Move(
                "app/acme-sync", number, "step", "here", "there", "partner", "p-ann", NOW + timedelta(minutes=number),
                "r1", 1, "f" * 64, "why", (Verdict("docs", "passed"),), moves[-1].hash if moves else GENESIS,
            ).sealed()
        )  # fmt: skip
    return moves


def test_an_untouched_chain_verifies_against_its_head() -> None:
    moves = chain()
    assert verify("app/acme-sync", moves, moves[-1].hash) == []


TAMPERINGS: dict[str, Callable[[list[Move]], list[Move]]] = {
    "another comment": lambda moves: [moves[0], replace(moves[1], comment="because"), *moves[2:]],
    "another actor": lambda moves: [replace(moves[0], by="p-eve"), *moves[1:]],
    "another time": lambda moves: [*moves[:3], replace(moves[3], at=NOW)],
    "another verdict": lambda moves: [replace(moves[0], verdicts=(Verdict("docs", "failed"),)), *moves[1:]],
    "a move left out": lambda moves: [moves[0], *moves[2:]],
    "two moves exchanged": lambda moves: [moves[0], moves[2], moves[1], moves[3]],
    "the newest cut off": lambda moves: moves[:3],
    "a move sealed anew": lambda moves: [*moves[:2], replace(moves[2], comment="because").sealed(), moves[3]],
    "a move of another subject": lambda moves: [*moves[:3], replace(moves[3], subject="app/other").sealed()],
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(tampering: str) -> None:
    moves = chain()
    assert verify("app/acme-sync", TAMPERINGS[tampering](moves), moves[-1].hash)


def test_without_a_head_a_chain_cut_at_its_end_looks_sound() -> None:
    assert verify("app/acme-sync", chain()[:3]) == []
