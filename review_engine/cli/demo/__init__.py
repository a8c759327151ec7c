"""The demonstration: a handful of partners taken through the whole process in a few seconds.

``acts`` are the sorts of step a story is made of, ``story`` tells one as a list of them, ``stage`` plays it on a real
engine with a clock that is turned, and ``narrator`` prints what happened. Nothing is acted: every line that is printed
below a sentence was answered by the engine.
"""
