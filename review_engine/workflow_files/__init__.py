"""Workflow files: read from TOML, linted, verified, drawn, and kept ready to be played."""
