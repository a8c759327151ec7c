"""Letters as files: the carrier of those who have no relay, and of whoever wants to look at letters before they go.

A file is named by the letter's Message-ID, so a letter that is carried twice is there once.
"""

import os
import re
from pathlib import Path
from types import TracebackType

from review_engine.ports.channels import BeforeData, Delivery

_MESSAGE_ID = re.compile(rb"^Message-ID: <([A-Za-z0-9]+)@", re.MULTILINE)
_UNSAFE = re.compile(r"[^A-Za-z0-9.@_-]")


class FolderCarrier:
    """Writes one ``.eml`` file a letter.

    Args:
        folder: where to; made when the first letter comes.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    async def __aenter__(self) -> "FolderCarrier":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    async def deliver(self, sender: str, recipient: str, message: bytes, before_data: BeforeData) -> Delivery:
        """Write the file, whole or not at all."""
        found = _MESSAGE_ID.search(message)
        name = found[1].decode("ascii") if found else "letter"
        file = self.folder / f"{_UNSAFE.sub('_', recipient)[:80]}-{name}.eml"
        await before_data()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_bytes(message)
            os.replace(part, file)
        except OSError as error:
            return Delivery("retry", "content", text=f"the file cannot be written: {error.strerror or error}")
        return Delivery("sent", "content", text=f"written to {file.name}")
