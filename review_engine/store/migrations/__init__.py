"""Migrations of our tables, run by Alembic with a version table of our own: a host's migrations stay the host's."""
