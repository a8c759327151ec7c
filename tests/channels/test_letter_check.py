"""Faults of letters are found before a partner finds them, each with its file and line."""

from functools import lru_cache
from pathlib import Path

import pytest

from review_engine.channels.letter_check import check_letters
from review_engine.domain.faults import Fault
from review_engine.domain.lifecycle import Lifecycle
from review_engine.settings import shipped
from review_engine.testing import open_test_engine

FOLDER = shipped("templates") / "email"
BODY = '{% extends "_base/layout.txt" %}\n{% block body %}\nHello.\n'
HTML = '{% extends "_base/layout.html" %}\n{% block body %}\n<p>Hello.</p>\n'
END = "{% endblock %}\n"


@lru_cache(maxsize=1)
def lifecycles() -> dict[str, Lifecycle]:
    engine = open_test_engine()
    return {kind: engine.lifecycle(kind) for kind in engine.desk.library.kinds()}


def faults(own: Path, files: dict[str, str], kind: str = "component") -> list[Fault]:
    """What is found when a host's own files stand before ours."""
    for path, text in files.items():
        (own / path).parent.mkdir(parents=True, exist_ok=True)
        (own / path).write_text(text, encoding="utf-8")
    return check_letters([own, FOLDER], [lifecycles()[kind]])


def test_the_shipped_letters_have_no_faults() -> None:
    assert [str(fault) for fault in check_letters([FOLDER], lifecycles().values())] == []


def test_a_letter_that_is_missing_is_named_with_every_file_it_needs(tmp_path: Path) -> None:
    found = check_letters([tmp_path], [lifecycles()["component"]])
    missing = {fault.path for fault in found if "has no" in fault.what}
    for name in ("component_admitted", "waiting_list_joined", "digest"):
        assert {str(tmp_path / name / file) for file in ("subject.txt", "body.txt", "body.html")} <= missing


@pytest.mark.parametrize(
    ("file", "text", "line", "what"),
    [
        ("body.txt", BODY + "{{ naem }}\n" + END, 4, "no notice of this letter holds 'naem'"),
        ("body.txt", BODY + "{{ promise }}\n" + END, 4, "no notice of this letter holds 'promise'"),
        ("body.txt", BODY + "{% if staff %}\n" + END, 5, "this is not a template"),
        ("body.txt", BODY + "{{ name | shuot }}\n" + END, 4, "No filter named 'shuot'"),
        ("body.txt", BODY + "{{ name.__class__ }}\n" + END, 4, "'__class__' is not a letter's to read"),
        ("body.txt", BODY + "{{ name['_x'] }}\n" + END, 4, "'_x' is not a letter's to read"),
        ("body.txt", BODY + "{{ name | attr('format') }}\n" + END, 4, "the filter 'attr'"),
        ("body.txt", BODY + "{% include name %}\n" + END, 4, "the name of a template is computed"),
        ("body.txt", BODY + '{% include "_base/none.txt" %}\n' + END, 1, "there is no template '_base/none.txt'"),
        ("body.txt", BODY + "R&amp;D\n" + END, 4, "&amp; would be read as it stands"),
        ("body.txt", BODY + "{{ recorded[0]['title'] }}\n" + END, 4, "a name has no value here"),
        ("body.txt", BODY + "https://platform.example/docs\n" + END, 4, "lacks utm_source, utm_medium, utm_campaign"),
        ("body.html", HTML + "{{ comment | safe }}\n" + END, 4, "the filter 'safe'"),
        ("body.html", HTML + "<a href={{ link }}>x</a>\n" + END, 4, "an attribute is not quoted"),
        ("body.html", HTML + '<a href="{{ name }}">x</a>\n' + END, 4, "a link leads where strangers' words may"),
        ("body.html", HTML + '<p {% if staff %}id="x"{% endif %}>x</p>\n' + END, 4, "outside of a quoted attribute"),
        ("body.html", HTML + "<script>x</script>\n" + END, 4, "mail programs do not run <script"),
        ("body.html", HTML + '<p onclick="x">x</p>\n' + END, 4, "mail programs do not run onclick="),
        ("body.html", HTML + '<img src="https://x.example/a.png">\n' + END, 4, "an image says nothing"),
        ("body.html", HTML + "<table><tr><td>x</td></tr></table>\n" + END, 1, "not well formed"),
        ("body.html", HTML + '<a href="https://platform.example/x?utm_source=a">x</a>\n' + END, 4, "lacks utm_medium"),
        ("subject.txt", "One\nTwo", 1, "the subject has several lines"),
        ("subject.txt", "{{ name }} " + "and so on " * 12, 1, "the subject has"),
        ("subject.txt", "{% if round %}x{% endif %}", 1, "the subject is empty"),
        ("deadline.txt", "{{ dread }}", 1, "no notice of this letter holds 'dread'"),
    ],
)
def test_a_fault_is_found_with_its_file_and_line(tmp_path: Path, file: str, text: str, line: int, what: str) -> None:
    found = faults(tmp_path, {f"component_admitted/{file}": text})
    mine = [fault for fault in found if what in fault.what]
    assert {(fault.path, fault.line) for fault in mine} == {(str(tmp_path / "component_admitted" / file), line)}
    assert all(fault.cure for fault in mine)


def test_a_letter_with_several_causes_has_to_be_right_for_all_of_them(tmp_path: Path) -> None:
    found = faults(tmp_path, {"review_wanted/body.txt": BODY + "{{ recorded[0]['title'] }}\n" + END}, "app")
    told = " ".join(fault.what for fault in found)
    for cause in ("Submit for review", "Give the review back", "Grant the appeal"):
        assert f"(told by: {cause})" in told


def test_the_layout_may_name_only_what_every_letter_holds(tmp_path: Path) -> None:
    layout = (FOLDER / "_base" / "card.txt").read_text(encoding="utf-8") + "{{ transition }}\n"
    (fault,) = [
        fault for fault in faults(tmp_path, {"_base/card.txt": layout}) if "no notice of this letter" in fault.what
    ]
    assert (fault.path, fault.line) == (str(tmp_path / "_base" / "card.txt"), layout.count("\n"))


def test_all_faults_are_told_at_once_and_each_once(tmp_path: Path) -> None:
    text = BODY + "{{ one }} {{ name | safe }}\n{{ two }}\n" + END
    found = faults(tmp_path, {"component_admitted/body.txt": text, "waiting_list_joined/subject.txt": "a\nb"})
    assert len(found) == len(set(found)) >= 4
    assert {fault.line for fault in found if fault.path.endswith("component_admitted/body.txt")} >= {4, 5}


def test_a_file_that_is_no_text_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "component_admitted").mkdir()
    (tmp_path / "component_admitted" / "body.txt").write_bytes(b"\xff\xfe")
    found = check_letters([tmp_path, FOLDER], [lifecycles()["component"]])
    assert any("not UTF-8" in fault.what for fault in found)
