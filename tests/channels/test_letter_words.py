"""Lines that fit, moments that are understood, strangers' words that do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_engine.channels import letter_words as words

AT = "2026-03-05T01:00:00.000000Z"


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "Thursday 5 March 2026 at 01:00 (UTC)"),
        ("America/Los_Angeles", "Wednesday 4 March 2026 at 17:00 (Pacific Time, UTC-8)"),
        ("Europe/Berlin", "Thursday 5 March 2026 at 02:00 (Central European Time, UTC+1)"),
        ("Asia/Kathmandu", "Thursday 5 March 2026 at 06:45 (Kathmandu time, UTC+5:45)"),
        ("America/Argentina/Buenos_Aires", "Wednesday 4 March 2026 at 22:00 (Buenos Aires time, UTC-3)"),
        ("Nowhere/Land", "Thursday 5 March 2026 at 01:00 (UTC)"),
        ("", "Thursday 5 March 2026 at 01:00 (UTC)"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_which_is_named(zone: str, told: str) -> None:
    assert words.when(AT, zone) == told


def test_summer_time_is_told_by_the_distance_from_utc() -> None:
    assert words.when("2026-07-01T00:00:00Z", "America/Los_Angeles").endswith("at 17:00 (Pacific Time, UTC-7)")


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    first, second = (words.when(f"2026-10-25T0{hour}:30:00Z", "Europe/Berlin") for hour in (0, 1))
    assert "at 02:30 CEST (Central European Time, UTC+2)" in first
    assert "at 02:30 CET (Central European Time, UTC+1)" in second


def test_two_zones_may_show_the_same() -> None:
    assert words.same_clock(AT, "Europe/Berlin", "Europe/Paris")
    assert not words.same_clock(AT, "Europe/Berlin", "UTC")
    assert words.same_clock("2026-01-01T00:00:00Z", "Europe/London", "UTC")


@given(st.text(st.sampled_from("ab -.>1:X"), max_size=400).map(lambda text: text.strip() or "x"))
def test_a_broken_line_loses_no_word_and_is_as_narrow_as_its_words_allow(line: str) -> None:
    pieces = words.broken(line).split("\n")
    assert "".join("".join(pieces).split()).replace(">", "") == "".join(line.split()).replace(">", "")
    for piece in pieces:
        assert len(piece) <= words.COLUMNS or " " not in piece.strip().removeprefix("> ").removeprefix("- ").strip()


def test_lists_labels_and_quotations_keep_their_indent() -> None:
    text = "word " * 20
    assert words.broken(f"- {text}").split("\n")[1].startswith("  word")
    assert words.broken(f"12. {text}").split("\n")[1].startswith("    word")
    assert words.broken(f"By when:     {text}").split("\n")[1].startswith(" " * 13 + "word")
    assert words.broken(f"> {text}").split("\n")[1].startswith("> word")
    assert words.broken(f"However: {text}").split("\n")[1].startswith("word")


def test_a_link_is_never_torn() -> None:
    link = "https://developers.example.com/" + "x" * 100
    assert words.broken(f"Look here: {link} and then go on reading") == f"Look here:\n{link}\nand then go on reading"


def test_several_blank_lines_are_one_and_the_signature_keeps_its_mark() -> None:
    assert words.laid_out("\n\nHello,   \n\n\n\nthere\n-- \nWe\n\n") == "Hello,\n\nthere\n-- \nWe\n"


@given(st.text(max_size=200))
def test_a_line_is_one_line_and_turns_nothing_around(text: str) -> None:
    line = words.line_of(text, 50)
    assert len(line) <= 50
    assert line == line.strip()
    assert not set(line) & {"\n", "\r", "\x00", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ud800"}


@given(st.text(max_size=200))
def test_lines_keep_only_line_breaks(text: str) -> None:
    lines = words.lines_of(text)
    assert not set(lines) & {"\r", "\x00", "\x0b", "\x85", "\u2028", "\u202e", "\ue000", "\ud800"}


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert words.short("x" * 60) == "x" * 45 + "..."
    assert words.lines_of("y" * 20_000).endswith("y...")


@pytest.mark.parametrize(
    ("given", "told"),
    [("not met", "Not met."), ("Is it?", "Is it?"), ("", ""), ("done.", "Done."), ("\u00e9t\u00e9", "\u00c9t\u00e9.")],
)
def test_reasons_become_sentences(given: str, told: str) -> None:
    assert words.sentence(given) == told


def test_values_read_as_people_say_them() -> None:
    assert words.value_of(True) == "yes"
    assert words.value_of(["a", "b", "c"]) == "a, b and c"
    assert words.value_of(["a"]) == "a"
    assert words.value_of([]) == ""
    assert words.value_of(50) == "50"


def test_words_of_strangers_are_escaped_in_html_and_quoted_in_text() -> None:
    said = "<b>1</b>\n\n& 2"
    assert str(words.quoted_html(said)) == "&lt;b&gt;1&lt;/b&gt;<br>\n<br>\n&amp; 2"
    assert words.quoted_text(said) == "> <b>1</b>\n>\n> & 2"
