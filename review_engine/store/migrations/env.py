"""How Alembic runs our migrations: on our tables only, in one transaction, with a version table of our own."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

# Importing them is what fills the metadata.
from review_engine.store import front_tables, outbox_tables, review_tables, tables  # noqa: F401
from review_engine.store.columns import PREFIX, metadata
from review_engine.store.schema import VERSION_TABLE


def ours(name: str | None, sort: str, _parents: object) -> bool:
    """Whether something in the database is ours to compare: tables by their prefix."""
    return sort != "table" or (name is not None and name.startswith(PREFIX))


def run() -> None:
    """Run the migrations on the database the configuration names."""
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=VERSION_TABLE,
            include_name=ours,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
