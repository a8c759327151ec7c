"""The store on one SQLite file: the embedded default.

SQLite is called inline, on the caller's thread: handing a statement to another thread and back costs more than the
statement (a hundred times more, when it was tried).
"""

from review_engine.store.front import DatabaseFront
from review_engine.store.outbox import DatabaseOutbox
from review_engine.store.people import DatabaseRegister
from review_engine.store.sqlite_database import SQLiteDatabase
from review_engine.store.timers import TimedStore
from review_engine.store.tokens import DatabaseTokens


class SQLiteStore(TimedStore):
    """A store on a file.

    Args:
        path: of the file.
        synchronous: ``full`` (what is acknowledged survives a power cut) or ``normal`` (it survives a crash of the
            process or the machine's software only).
    """

    def __init__(self, path: str, synchronous: str = "full") -> None:
        self.database = SQLiteDatabase(path, synchronous)
        super().__init__(self.database)
        self.register = DatabaseRegister(self.database)
        self.outbox = DatabaseOutbox(self.database)
        self.front = DatabaseFront(self.database)
        self.tokens = DatabaseTokens(self.database)
