"""What people choose, on the command line."""

import pytest

from tests.cli.commands import Terminal


def test_what_nobody_chose_is_at_once_and_at_any_hour(shop: Terminal) -> None:
    assert shop("preferences", "show", "rita").out == "rita: immediate, at any hour, UTC\n"


def test_a_choice_is_kept_and_what_is_not_named_stays(shop: Terminal) -> None:
    words = ("--letter", "weekly_digest=off", "--quiet", "20:00-07:30", "--zone", "Europe/Berlin")
    assert shop("preferences", "set", "rita@platform.example", *words).code == 0
    assert shop.json("preferences", "set", "rita", "--mode", "digest") == {
        "person": "rita",
        "mode": "digest",
        "letters": {"weekly_digest": "off"},
        "quiet": "20:00-07:30",
        "zone": "Europe/Berlin",
    }
    assert "weekly_digest: off" in shop("preferences", "show", "rita").out
    assert shop.json("preferences", "set", "rita", "--quiet", "none")["quiet"] is None


@pytest.mark.parametrize(
    "words",
    [("--mode", "never"), ("--letter", "tips"), ("--quiet", "8 to 9"), ("--zone", "Mars/Base")],
)
def test_what_cannot_be_chosen_is_refused(shop: Terminal, words: tuple[str, str]) -> None:
    answer = shop("preferences", "set", "rita", *words)
    assert answer.code not in (0, 1), answer


def test_nobody_chooses_for_somebody_who_is_not_there_or_in_a_partner_s_name(shop: Terminal) -> None:
    assert shop("preferences", "show", "nobody").code == 4
    assert shop("--as", "partner:ann@acme.example", "preferences", "show", "rita").code == 5
