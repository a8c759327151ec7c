"""Work for processes of their own: moves on one subject, as fast as they come."""

from review_engine.domain.keys import SubjectKey
from review_engine.store.opening import open_store
from tests.contracts.builders import ASK, KEY, moving


def move_often(url: str, number: int, times: int, key: SubjectKey = KEY) -> None:
    """Move one subject so many times, through a store of this process's own."""
    store = open_store(url)
    for turn in range(times):
        store.change(key, ASK, moving(f"by-{number}-{turn}"))
    store.close()
