"""Checks: the pure functions that answer guards, from facts, evidence, people, counts and times."""
