"""Where everything is kept: one contract (``ports.store``), three plugs (memory, SQLite, PostgreSQL)."""
