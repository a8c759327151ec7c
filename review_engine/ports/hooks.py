"""The socket for what a host adds in code: its own checks, by name."""

from collections.abc import Callable
from typing import Protocol

from review_engine.domain.verdicts import Verdict


class CheckRegistry(Protocol):
    """Takes a host's checks; workflows may then name them."""

    def add(self, name: str, function: Callable[..., Verdict]) -> object:
        """Register a function of a ``Case`` and keyword parameters, which answers with a ``Verdict``.

        Raises:
            InvalidInput: the name is taken, or the function cannot be called that way.
        """
