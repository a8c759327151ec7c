"""The socket of the catalog that customers see: whether it shows a subject at this moment."""

from typing import Protocol


class Catalog(Protocol):
    """A catalog, seen from outside."""

    def serves(self, subject: str) -> bool:
        """Whether customers find the subject there; asked now and then, until it says so.

        Args:
            subject: key of a subject that stands in a listed state, such as ``app/acme-sync``.

        Raises:
            whatever its host's code raises; that counts as not served.
        """
