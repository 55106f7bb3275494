"""What was typed goes back into whichever form it came from, and nothing else of the page changes."""

from __future__ import annotations

import pytest

from console.refilling import refilled

NOTE = '<p id="kept">!</p>'


def _form(inside: str, action: str = "/a") -> str:
    token = '<input type="hidden" name="csrf" value="new">'
    return f'<p>一&amp;二</p><form method="post" action="{action}">{token}{inside}</form>'


@pytest.mark.parametrize(
    ("inside", "fields", "expected"),
    [
        ('<input name="x">', [("x", "精神很好")], '<input name="x" value="精神很好">'),
        ('<input name="x" value="旧" required>', [("x", '"新"<')],
         '<input name="x" required value="&quot;新&quot;&lt;">'),
        ('<input name="x"><input name="x">', [("x", "1"), ("x", "2")],
         '<input name="x" value="1"><input name="x" value="2">'),
        ("<textarea name=\"x\">旧</textarea>", [("x", "新\n</textarea>")],
         '<textarea name="x">\n新\n&lt;/textarea&gt;</textarea>'),
        ('<input type="radio" name="x" value="1" checked><input type="radio" name="x" value="2">', [("x", "2")],
         '<input type="radio" name="x" value="1"><input type="radio" name="x" value="2" checked>'),
        ('<input type="checkbox" name="x" value="1" checked>', [("y", "2")],
         '<input type="checkbox" name="x" value="1">'),
        ('<select name="x"><option value="1" selected>一</option><option value="2">二</option></select>', [("x", "2")],
         '<select name="x"><option value="1">一</option><option value="2" selected>二</option></select>'),
        ('<input type="hidden" name="version" value="9">', [("version", "7"), ("csrf", "old")],
         '<input type="hidden" name="version" value="7">'),
        ('<input type="password" name="x">', [("x", "1")], '<input type="password" name="x">'),
        ('<button name="do" value="ask">问</button>', [("do", "ask")], '<button name="do" value="ask">问</button>'),
    ],
    ids=["text", "escaped", "twice", "lines", "radio", "unticked", "select", "version", "password", "button"],
)  # fmt: skip
def test_a_field_gets_what_was_typed_into_it(inside: str, fields: list[tuple[str, str]], expected: str) -> None:
    assert refilled(_form(inside), "/a", fields, NOTE) == _form("").replace(
        '<input type="hidden" name="csrf" value="new">',
        f'{NOTE}<input type="hidden" name="csrf" value="new">{expected}',
    )


def test_of_two_forms_with_one_action_the_one_with_the_fields_is_filled() -> None:
    page = _form('<button name="do" value="restore">继续</button>') + _form('<input name="reason">')
    filled = refilled(page, "/a", [("reason", "救灾"), ("do", "ask")], NOTE)
    assert filled is not None
    assert filled.index(NOTE) > filled.index("继续")
    assert 'value="救灾"' in filled


def test_what_is_folded_around_the_form_is_opened() -> None:
    page = f'<details><summary>别的</summary></details><details class="x"><summary>写</summary>{_form("")}</details>'
    filled = refilled(page, "/a", [("x", "1")], NOTE)
    assert filled is not None
    assert "<details><summary>别的" in filled
    assert '<details open class="x">' in filled


@pytest.mark.parametrize("page", ["<p>空</p>", _form("", "/b"), '<form action="/a"><input name="x"></form>'])
def test_a_page_without_the_form_is_not_changed(page: str) -> None:
    assert refilled(page, "/a", [("x", "1")], NOTE) is None
