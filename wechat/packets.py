"""Reads the platform's packets into plain text fields, and writes text safely into CDATA.

One parse for the outer and the inner packet, and no other XML parser on this floor (X6): expat with our
handlers. A packet that is nothing but fields of plain words, as nearly all are, is cut at its tags without it;
whatever does not fit that shape to the last character goes to expat. wechatpy reads through xmltodict, which is
as sound but much slower, has no bound on depth, and fails with half a dozen kinds of exception; here every
failure is `Refused`.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn
from xml.parsers import expat

from wechat.errors import Refused

MAX_DEPTH = 8
_ROOT = "<xml>"

Fields = dict[str, Any]
"""Element name → text, nested fields, or a list of these where an element is repeated."""

# A document type can only stand before the root element: whatever else stands there is refused unread.
_PROLOG = re.compile(r"\ufeff?\s*(?:<\?xml\s[^<>]*\?>\s*)?<xml[\s>/]")
_LIST_WRAPPERS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
_LEGAL = "\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_ILLEGAL = re.compile(f"[^{_LEGAL}]")
# What a parser would hand on as it is: `\r` it would change, `]` may be the end; outside CDATA also not `<` and `&`.
_HIGH = "\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_QUOTED, _PLAIN = f"[\t\n -\\\\^-{_HIGH}]*+", f"[\t\n -%'-;=-\\\\^-{_HIGH}]*+"
_FIELD = re.compile(rf"[ \t\n]*+<([A-Za-z]\w*+)>(?:<!\[CDATA\[({_QUOTED})\]\]>|({_PLAIN}))</\1>", re.ASCII)


def parse(text: str) -> Fields:
    """The fields of one `<xml>` packet, or of one JSON packet. Raises `Refused` for anything else."""
    if text.startswith("{"):
        return _parse_json(text)
    if text.startswith(_ROOT):
        if (fields := _flat(text)) is not None:
            return fields
    elif not _PROLOG.match(text):
        raise Refused("doctype" if "<!DOCTYPE" in text or "<!ENTITY" in text else "xml")
    try:
        return _parse(text)
    except expat.ExpatError:
        cleaned = _ILLEGAL.sub("", text)
    if cleaned == text:
        raise Refused("xml")
    return _parse_cleaned(cleaned)


def _flat(text: str) -> Fields | None:
    """The fields of a packet that is nothing but differently named fields of words; None for any other."""
    fields: Fields = {}
    at = len(_ROOT)
    while found := _FIELD.match(text, at):
        name, quoted, plain = found.groups()
        if name in fields:
            return None
        fields[name] = plain if quoted is None else quoted
        at = found.end()
    return fields if text[at:] == "</xml>" else None


def _parse_cleaned(text: str) -> Fields:
    # People paste control characters; the platform forwards them raw, and they would lose the whole message.
    try:
        return _parse(text)
    except expat.ExpatError:
        raise Refused("xml") from None


def _parse(text: str) -> Fields:
    frames: list[Fields | None] = []
    words: list[str] = []
    root: Fields = {}

    def start(_name: str, _attributes: dict[str, str]) -> None:
        if len(frames) >= MAX_DEPTH:
            raise Refused("depth")
        frames.append(None)
        words.clear()

    def end(name: str) -> None:
        inner = frames.pop()
        value: Any = "".join(words) if inner is None else inner
        words.clear()
        if not frames:
            root.update(inner or {})
            return
        parent = frames[-1]
        if parent is None:
            frames[-1] = {name: value}
        elif name not in parent:
            parent[name] = value
        else:
            _repeat(parent, name, value)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _forbid
    parser.Parse(text, True)
    return root


def _repeat(parent: Fields, name: str, value: Any) -> None:
    held = parent[name]
    if isinstance(held, list):
        held.append(value)
    else:
        parent[name] = [held, value]


def _forbid(*_declaration: object) -> NoReturn:
    raise Refused("doctype")


def _parse_json(text: str) -> Fields:
    try:
        fields = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise Refused("json") from None
    plain = {legal(name): _plain(value, 2) for name, value in fields.items()}
    if "List" in plain:
        # JSON packets leave out the wrapper that XML ones have around it.
        plain |= {wrapper: {"List": plain["List"]} for wrapper in _LIST_WRAPPERS}
    return plain


def _plain(value: Any, depth: int) -> Any:
    # JSON can spell what XML cannot carry (`\\u0000`, half a surrogate pair), and no database takes it.
    if depth > MAX_DEPTH:
        raise Refused("depth")
    if isinstance(value, dict):
        return {legal(name): _plain(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, depth + 1) for inner in value]
    return "" if value is None else legal(str(value))


def legal(text: str) -> str:
    """`text` without the characters XML cannot carry (control characters, lone surrogates)."""
    return _ILLEGAL.sub("", text)


def cdata(text: str) -> str:
    """`text` as CDATA that no content can break out of: `]]>` is split over two sections."""
    safe = _ILLEGAL.sub("", text)
    if "]]>" in safe:
        safe = safe.replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"
