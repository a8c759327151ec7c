"""What is done to templates once must give what doing it to every letter would give."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from css_inline import CSSInliner
from jinja2 import DictLoader, FileSystemLoader, nodes

from review_engine.channels.flat import flat
from review_engine.channels.inlining import MisplacedCode, inlined, tags
from review_engine.channels.letter_shelf import Shelf, environment
from review_engine.channels.letter_view import Reader, Setting, view
from review_engine.channels.links import Pages
from review_engine.settings import shipped
from tests.channels.journeys import every_notice

FOLDER = shipped("templates") / "email"
CSS = ".note { margin: 0 } .loud { color: red } @media (max-width: 9px) { .note { margin: 1px !important } }"
SETTING = Setting("Developer Center", Pages("https://developers.example.com"), {})
READERS = (Reader("ann", "ann@acme.example", "Ann <Whitlock>"), Reader("rita", "r@platform.example", staff=True))


class Styled(HTMLParser):
    """Tags with their attributes, but for classes, and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        self.found.append((tag, sorted((name, value or "") for name, value in attrs if name != "class")))

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.in_style:
            self.found.append(" ".join(data.split()))


def names_for_every_letter() -> list[tuple[str, dict[str, object]]]:
    made = []
    for notice in {notice.name: notice for notice in every_notice()}.values():
        for reader in READERS:
            names = view(notice, reader, SETTING, {"rita": "Rita"}, "https://developers.example.com/stop")
            made.append((notice.name, names | {"subject": "A subject"}))
    return made


def test_styles_written_into_templates_are_those_written_into_letters() -> None:
    shelf = Shelf([FOLDER])
    plain = environment(FileSystemLoader(FOLDER), html=True)
    after = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, extra_css=shelf.style())
    for name, names in names_for_every_letter():
        ours = shelf.letter(name).html.render(names)
        theirs = after.inline(plain.get_template(f"{name}/body.html").render(names))
        assert Styled(ours).found == Styled(theirs).found, name


def test_folded_templates_say_what_unfolded_ones_say() -> None:
    shelf = Shelf([FOLDER])
    for name, names in names_for_every_letter():
        sheets = shelf.letter(name)
        assert sheets.text.render(names) == shelf.text.get_template(f"{name}/body.txt").render(names)
        assert sheets.html.render(names) == shelf.html.get_template(f"{name}/body.html").render(names)
        assert not sheets.html.blocks, "it is not folded"


LAYERS = {
    "base": "{% block a %}{% block b %}{% endblock %}{% endblock %}|{% block c %}{% set x = 1 %}{{ x }}{% endblock %}.",
    "middle": '{% extends "base" %}{% block a %}A{% block b %}B{% endblock %}{% block d %}{% endblock %}{% endblock %}',
    "leaf": '{% extends "middle" %}{% block d %}{% if n %}{% include "part" %}{% else %}none{% endif %}{% endblock %}',
    "part": "{% for each in range_ %}{{ each }}{% if loop.last %}!{% endif %}{% endfor %}",
    "super": '{% extends "base" %}{% block a %}{{ super() }}+{% endblock %}',
    "self": "{% block a %}x{% endblock %}{{ self.a() }}",
    "macro": "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(1) }}",
    "computed": "{% include which %}",
    "circle": '{% extends "circle" %}',
    "sets": '{% set y = 2 %}{% extends "base" %}{% block c %}{{ y }}{% endblock %}',
    "maybe": '{% include "absent" ignore missing %}.',
}


@pytest.mark.parametrize("name", ["base", "middle", "leaf", "part"])
def test_layers_of_templates_are_folded_into_one(name: str) -> None:
    place = environment(DictLoader(LAYERS), html=False)
    made = flat(place, name, name, lambda each: place.parse(LAYERS[each], each))
    assert made is not None
    assert not made.blocks
    for names in ({"n": 1, "range_": [1, 2]}, {"n": 0, "range_": []}):
        assert made.render(names) == place.get_template(name).render(names)


@pytest.mark.parametrize("name", ["super", "self", "macro", "computed", "circle", "sets", "maybe"])
def test_what_needs_more_is_left_as_it_is(name: str) -> None:
    place = environment(DictLoader(LAYERS), html=False)

    def parse(each: str) -> nodes.Template:
        return place.parse(LAYERS[each], each)

    assert flat(place, name, name, parse) is None


def test_a_letter_that_cannot_be_folded_is_written_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "app_public").mkdir()
    own = (
        '{% extends "_base/layout.txt" %}{% block body %}Own.{% endblock %}{% block card %}{{ super() }}!{% endblock %}'
    )
    (tmp_path / "app_public" / "body.txt").write_text(own, encoding="utf-8")
    shelf = Shelf([tmp_path, FOLDER])
    names = next(names for name, names in names_for_every_letter() if name == "app_public")
    text = shelf.letter("app_public").text.render(names)
    assert "Own." in text
    assert shelf.letter("app_public").text.blocks


def test_expressions_survive_the_parser_where_they_stand() -> None:
    source = (
        '<table><tbody>{% for a in b %}<tr><td class="note">{{ a > 1 and "x" }}</td></tr>{% endfor %}</tbody></table>'
        '<a href="{{ link }}" class="loud">{# why #}{{ name }}</a>'
    )
    assert inlined(source, CSS) == (
        '<table><tbody>{% for a in b %}<tr><td class="note" style="margin: 0;">{{ a > 1 and "x" }}</td></tr>'
        '{% endfor %}</tbody></table><a href="{{ link }}" style="color: red;">{# why #}{{ name }}</a>'
    )


def test_a_document_keeps_its_title_and_its_rules_for_small_screens() -> None:
    made = inlined('<!DOCTYPE html><html><head><title>{{ t }}</title></head><body class="note"></body></html>', CSS)
    assert "<title>{{ t }}</title>" in made
    assert "@media (max-width: 9px)" in made
    assert '<body class="note" style="margin: 0;">' in made


def test_an_expression_that_no_parser_can_keep_is_refused_with_its_line() -> None:
    for stray in ("<p {% if x %}class='a'{% endif %}>", "<p class={{ x }}>", "<{{ x }}>"):
        with pytest.raises(MisplacedCode, match="outside of a quoted attribute") as refusal:
            inlined(f"<p>{{{{ one }}}}\n</p>\n{stray}", CSS)
        assert refusal.value.line == 3


def test_tags_show_whether_the_parser_had_to_mend_anything() -> None:
    sound, broken = "<table><tbody><tr><td>x</td></tr></tbody></table>", "<table><tr><td>x</table>"
    assert tags(inlined(sound, CSS)) == tags(sound)
    assert tags(inlined(broken, CSS)) != tags(broken)
