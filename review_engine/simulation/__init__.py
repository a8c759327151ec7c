"""A year of submissions in a few seconds: the real engine, in memory, with people who are drawn by lot.

Not a model of the engine but the engine itself, with its workflows, guards, clocks and watch. Only the people are made
up, and the time is turned from one event to the next. The same seed tells the same year to the letter, and every
submission has its lot of its own, so two years that differ in one promise differ by what that promise does: what a
manager asks before promising more.
"""
