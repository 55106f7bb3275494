"""Templates of both kinds, their typed keys, and sending once per id (wechat.md §3.4, §3.5)."""

from __future__ import annotations

import re
import secrets
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import Refused
from simulator.state.clock import Clock
from simulator.words import word

MOST = 25
ONCE_SECONDS = 600
ID_LENGTH = 43

_KEY = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
_TYPE = re.compile(r"^([a-z_]+?)\d*$")


@dataclass(frozen=True)
class Template:
    """A private template; `kind` is template, or for subscription notices once (2) or always (3)."""

    template_id: str
    title: str
    content: str
    kind: str = "template"
    example: str = ""
    constants: dict[str, list[str]] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [found[1] for found in _KEY.finditer(self.content)]

    def filled(self, values: dict[str, str]) -> str:
        """The card's text with the values in their places."""
        return _KEY.sub(lambda found: values.get(str(found[1]), ""), self.content)


class Templates:
    """The account's templates, and the library that new ones are picked from."""

    def __init__(self, clock: Clock, file: Path | None) -> None:
        source = file or Path(__file__).parent.parent / "templates.toml"
        rows = tomllib.loads(source.read_text(encoding="utf-8"))
        self._clock = clock
        self._all = {row["template_id"]: Template(**row) for row in rows.get("template", [])}
        self.library: dict[str, dict[str, Any]] = {row["short"]: row for row in rows.get("library", [])}
        self._sent: dict[tuple[str, str], tuple[float, int]] = {}

    def listing(self, *kinds: str) -> list[Template]:
        return [each for each in self._all.values() if each.kind in kinds]

    def add(self, template: Template) -> None:
        """Put a template onto the account, as an operator would by hand."""
        self._all[template.template_id] = template

    def pick(self, short: object, keywords: object) -> str:
        """Take a template from the library with some of its keywords: 40246 when they do not fit."""
        row = self.library.get(str(short))
        if row is None:
            raise Refused(40247 if str(short).startswith(("TM", "OPENTM")) else 40037)
        if len(self.listing("template")) >= MOST:
            raise Refused(200012)
        lines = row["keywords"]
        if not isinstance(keywords, list) or not keywords or set(keywords) - set(lines):
            raise Refused(40246)
        template_id = secrets.token_urlsafe(33)[:ID_LENGTH]
        content = "\n".join(f"{name}: {{{{{lines[name]}.DATA}}}}" for name in keywords)
        self.add(Template(template_id, row["title"], content))
        return template_id

    def remove(self, template_id: object) -> None:
        self.find(template_id, "template", "once", "always")
        del self._all[str(template_id)]

    def find(self, template_id: object, *kinds: str) -> Template:
        """The account's template: 41016 missing, 40037 unknown or of the other kind."""
        if not isinstance(template_id, str) or not template_id:
            raise Refused(41016)
        template = self._all.get(template_id)
        if template is None or template.kind not in kinds:
            raise Refused(40037)
        return template

    def sent_before(self, openid: str, client_msg_id: object) -> int | None:
        """The msgid of the same person's send with this id in the last ten minutes, if any."""
        if not client_msg_id:
            return None
        at, msgid = self._sent.get((openid, str(client_msg_id)), (float("-inf"), 0))
        return msgid if self._clock.now() - at < ONCE_SECONDS else None

    def remember(self, openid: str, client_msg_id: object, msgid: int) -> None:
        if client_msg_id:
            self._sent[openid, str(client_msg_id)] = (self._clock.now(), msgid)


def checked_values(template: Template, data: object) -> dict[str, str]:
    """The values for the template's keys, or 47003 with the first key that breaks its type's rule."""
    if not isinstance(data, dict):
        raise Refused(47001)
    values: dict[str, str] = {}
    for key in template.names():
        given = data.get(key)
        value = given.get("value") if isinstance(given, dict) else None
        text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
        if not _is_good(template, key, text):
            raise Refused(47003, f"argument invalid! data.{key}.value invalid")
        values[key] = text
    return values


def _is_good(template: Template, key: str, text: str) -> bool:
    if not text or "\n" in text:
        return False
    if key in template.constants:
        return text in template.constants[key]
    found = _TYPE.match(key)
    rule = _RULES.get(found[1] if found else "")
    return rule is None or rule.fullmatch(text) is not None


_MOMENT = word("typed", "moment").removeprefix("^").removesuffix("$")
_RULES: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r".{1,20}"),
    "short_thing": re.compile(r".{1,5}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "number": re.compile(r"(?=.{1,32}$)-?\d+(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "phone_number": re.compile(r"[0-9+()\- ]{1,17}"),
    "phrase": re.compile(word("typed", "phrase")),
    "name": re.compile(word("typed", "name")),
    "car_number": re.compile(word("typed", "car_number")),
    "amount": re.compile(word("typed", "amount")),
    "time": re.compile(f"{_MOMENT}( ?~ ?{_MOMENT})?"),
    "date": re.compile(f"{_MOMENT}( ?~ ?{_MOMENT})?"),
}
