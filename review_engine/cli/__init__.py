"""The command line: the topmost floor. Each module holds one group of commands and plugs it into ``root``.

Nothing heavy is imported here or at the head of a command's module: the engine is opened when a command needs it, so
that ``review-engine --help`` answers at once.
"""


def main() -> None:
    """What the console script ``review-engine`` calls."""
    from review_engine.cli.root import app

    app(prog_name="review-engine")
