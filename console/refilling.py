"""Puts what somebody had typed back into the form of a page, whichever form it is; plain text in, plain text out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]

_PICKED = ("checkbox", "radio")
_LEFT_ALONE = ("submit", "button", "image", "file", "password", "reset")
TOKEN = "csrf"
"""The page's own token stays; an old one opens nothing."""


def refilled(page: str, action: str, fields: Sequence[tuple[str, str]], note: str) -> str | None:
    """The page with its form for `action` filled and opened, `note` (HTML) at its beginning; None without such a form.

    Of several forms with one action it is the one with most of the fields. Hidden fields are filled too: they say which
    version of a thing was changed, so that what somebody else did meanwhile is noticed.
    """
    seen = _Forms()
    seen.feed(page)
    names = {name for name, _ in fields}
    fitting = [(len(names & one.names), -number) for number, one in enumerate(seen.found) if one.action == action]
    if not fitting:
        return None
    filling = _Filling(fields, chosen=-max(fitting)[1], note=note)
    filling.feed(page)
    filling.close()
    return "".join(filling.said)


@dataclass
class _Form:
    action: str
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    """Which forms there are, and the names of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        said = dict(attrs)
        if tag == "form":
            is_post = (said.get("method") or "").lower() == "post"
            self.found.append(_Form((said.get("action") or "") if is_post else ""))
        elif self.found and tag != "button" and (name := said.get("name")):
            self.found[-1].names.add(name)


class _Filling(HTMLParser):
    """Says the page again, with one form filled."""

    def __init__(self, fields: Sequence[tuple[str, str]], *, chosen: int, note: str) -> None:
        super().__init__(convert_charrefs=False)
        self.said: list[str] = []
        self._fields, self._chosen, self._note = fields, chosen, note
        self._forms = -1
        self._is_inside = False
        self._folded: list[int] = []
        self._select = ""
        self._is_replaced = False
        self._used: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self._say(self.get_starttag_text() or "")
        if tag == "details":
            self._folded.append(len(self.said) - 1)
            if self._is_inside:
                self._unfold()
        elif tag == "form":
            self._begin_form()
        elif self._is_inside:
            self._fill(tag, attrs)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self._is_replaced = self._is_replaced and tag != "textarea"
        if tag == "form":
            self._is_inside = False
        elif tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "select":
            self._select = ""
        self._say(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self._say(f"<!--{data}-->")

    def _say(self, words: str) -> None:
        if not self._is_replaced:
            self.said.append(words)

    def _begin_form(self) -> None:
        self._forms += 1
        self._is_inside = self._forms == self._chosen
        if self._is_inside:
            self._unfold()
            self._say(self._note)

    def _unfold(self) -> None:
        """What is folded around the form is opened: nobody looks for what they cannot see."""
        for at in self._folded:
            if not self.said[at].startswith("<details open"):
                self.said[at] = self.said[at].replace("<details", "<details open", 1)

    def _fill(self, tag: str, attrs: Attributes) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "input" and name != TOKEN:
            self._fill_input(name, said, attrs)
        elif tag == "textarea" and (value := self._next(name)) is not None:
            # A line break after the tag is not part of the text: one that was typed needs another before it.
            self._say("\n" + escape(value))
            self._is_replaced = True
        elif tag == "select":
            self._select = name
        elif tag == "option" and (values := self._values(self._select)):
            self._again(tag, attrs, "selected", said.get("value") in values)

    def _fill_input(self, name: str, said: dict[str, str | None], attrs: Attributes) -> None:
        kind = (said.get("type") or "text").lower()
        if kind in _PICKED:
            self._again("input", attrs, "checked", (said.get("value") or "on") in self._values(name))
        elif kind not in _LEFT_ALONE and (value := self._next(name)) is not None:
            kept: Attributes = [one for one in attrs if one[0] != "value"]
            self._again("input", [*kept, ("value", value)])

    def _again(self, tag: str, attrs: Attributes, mark: str = "", is_marked: bool = False) -> None:
        """The tag just said, with other attributes."""
        kept: Attributes = [(name, value) for name, value in attrs if name != mark]
        kept += [(mark, None)] if is_marked else []
        words = [name if value is None else f'{name}="{escape(value)}"' for name, value in kept]
        self.said[-1] = f"<{' '.join([tag, *words])}>"

    def _next(self, name: str) -> str | None:
        """What was typed into the next field of this name."""
        values = self._values(name)[self._used[name] :]
        self._used[name] += 1
        return values[0] if values else None

    def _values(self, name: str) -> list[str]:
        return [value for one, value in self._fields if one == name]
