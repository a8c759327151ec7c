"""The socket of secrets: a test account's password is sealed before it reaches the store and opened for one reader."""

from typing import Protocol


class Vault(Protocol):
    """Seals and opens short texts."""

    def seal(self, text: str) -> bytes:
        """The text, encrypted.

        Raises:
            SecretKeyMissing: there is no key to seal with.
        """

    def open(self, sealed: bytes) -> str:
        """The text again.

        Raises:
            SecretKeyMissing: there is no key, or it was sealed under another one.
        """
