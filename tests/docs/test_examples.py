"""The examples run as they are, as somebody would run them, and do what they say."""

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT


def run(name: str, folder: Path) -> str:
    """What an example prints; a warning is an error."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / name)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_plain_host_pays_and_submits_in_one_transaction(tmp_path: Path) -> None:
    assert run("embed_sync.py", tmp_path).splitlines() == [
        "Refused: The order is paid: 2000 of 5000 cents are paid. Pay what is left.",
        "Paid after the refusal: 0",
        "Now: submitted",
        "1. register by Ann",
        "2. submit by Ann",
        "3. publish by Rita",
    ]
    assert list(tmp_path.iterdir()) == []


def test_every_example_is_run_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert [path.name for path in (ROOT / "examples").glob("*.py") if f'run("{path.name}"' not in source] == []
