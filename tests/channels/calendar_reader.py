"""A small reader of iCalendar documents, written for tests from RFC 5545 and not from the code that writes them."""

import re


def read(document: str) -> dict[str, str]:
    """The properties of the one event, unfolded and unescaped; asserts that the document is well formed."""
    assert document.endswith("\r\n")
    raw = document.encode("utf-8")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    for line in raw.split(b"\r\n"):
        line.decode("utf-8")  # no character is torn
    lines = re.sub("\r\n[ \t]", "", document).rstrip("\r\n").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert not any("VALARM" in line for line in lines if line.startswith(("BEGIN:", "END:")))
    pairs = [line.split(":", 1) for line in lines]
    assert all(re.fullmatch("[A-Z-]+", name) for name, _ in pairs)
    return {name: _unescaped(value) for name, value in pairs if name not in ("BEGIN", "END")}


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
