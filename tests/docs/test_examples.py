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


def test_a_fastapi_service_has_reviews_under_a_prefix_of_its_own(tmp_path: Path) -> None:
    assert run("embed_fastapi.py", tmp_path).splitlines() == [
        "Nobody: 401",
        "Registered: 201",
        "Refused with 409: Somebody uses it: 1 of 3 installs. Ask a few customers to try it.",
        "Now: submitted",
        "Decided: published",
        "From the same page once more: 412",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_flask_application_writes_both_or_neither(tmp_path: Path) -> None:
    assert run("embed_flask.py", tmp_path).splitlines() == [
        "Written: 201",
        "Refused with 409: 2000 of 5000 cents are paid",
        "Paid after the refusal: 0",
        "Now: submitted",
        "By Ann: 403, 'Publish' is not for a partner",
        "By Rita: published",
        "Clocks turned: 0",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_django_project_brings_its_users_and_groups(tmp_path: Path) -> None:
    assert run("embed_django.py", tmp_path).splitlines() == [
        "Registered: 201",
        "Nobody: 401",
        "Gus of Globex: there is no app 'app/acme-sync'",
        "Refused with 409: 8 requirements are not met",
        "Rita withdraws: 403",
        "Ann withdraws: withdrawn",
        "In the history it is user 1 who made move 2",
        "Due now: 0",
    ]
    assert list(tmp_path.iterdir()) == []


def test_every_example_is_run_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert [path.name for path in (ROOT / "examples").glob("*.py") if f'run("{path.name}"' not in source] == []
