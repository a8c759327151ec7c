"""Secrets at rest: sealed with Fernet (AES-128-CBC and HMAC-SHA256, from `cryptography`) under a key of the host's.

Without a key nothing is sealed and nothing pretended: the first attempt to keep a secret is refused.
"""

from typing import Protocol

from review_engine.domain.errors import InvalidConfiguration, SecretKeyMissing


class _Cipher(Protocol):
    def encrypt(self, data: bytes) -> bytes: ...

    def decrypt(self, token: bytes) -> bytes: ...


_CURE = "Set REVIEW_ENGINE_SECRET_KEY to a key made by 'review-engine key', and keep a copy of it."


class FernetVault:
    """Seals under one key, given as text."""

    def __init__(self, key: str | None) -> None:
        self._key = key
        self._fernet: _Cipher | None = None

    def seal(self, text: str) -> bytes:
        """The text, encrypted.

        Raises:
            SecretKeyMissing: there is no key.
            InvalidConfiguration: the key is not of the form.
        """
        return self._cipher().encrypt(text.encode("utf-8"))

    def open(self, sealed: bytes) -> str:
        """The text again.

        Raises:
            SecretKeyMissing: there is no key, or it was sealed under another one.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._cipher().decrypt(sealed).decode("utf-8")
        except InvalidToken:
            raise SecretKeyMissing("the secret was sealed under another key", cure=_CURE) from None

    def _cipher(self) -> _Cipher:
        if self._key is None:
            raise SecretKeyMissing("there is no key to keep secrets under", cure=_CURE)
        if self._fernet is None:
            from cryptography.fernet import Fernet

            try:
                self._fernet = Fernet(self._key)
            except ValueError:
                raise InvalidConfiguration(
                    "the secret key is not 32 bytes in URL-safe base64", where="secret_key", cure=_CURE
                ) from None
        return self._fernet


def new_key() -> str:
    """A fresh key, as text."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode("ascii")
