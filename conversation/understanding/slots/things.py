"""Finds what it is about: kind of help, kind of trouble, goods, audience, reason, topic."""

import re

from conversation.understanding.lexicon import table
from conversation.understanding.numerals import number as numeral
from conversation.understanding.slots.message import Message, pattern, ranked
from conversation.understanding.slots.names import person


def _first(path: str, text: str) -> str | None:
    return next((name for name, find in ranked(path) if find.search(text)), None)


def kind(intent: str, message: Message) -> dict[str, str]:
    """The kind of help wanted, by the list of domain.md 2.7."""
    found = _first("kinds", message.plain)
    return {"kind": found} if found else {}


def category(intent: str, message: Message) -> dict[str, str]:
    """The kind of public trouble, by the list of domain.md 2.8."""
    found = _first("categories", message.plain)
    return {"category": found} if found else {}


def goods(intent: str, message: Message) -> dict[str, str]:
    """The goods wanted as `item` and how many as `qty` if a number was said."""
    text = message.normal
    named = pattern("goods").search(text)
    item = named[0] if named else None
    if item is None:
        guess = pattern("new_goods").search(message.plain)
        item = guess[1] if guess and guess[1] not in table("understanding", "slots.no_goods") else None
    units = table("understanding", "slots.goods_units")
    count = re.search(rf"(?<!\d)(\d+|[\u4e00-\u9fff])(?:{units})", text)
    value = numeral(count[1]) if count else None
    found = {"item": item or "", "qty": "" if value is None else str(value)}
    return {name: what for name, what in found.items() if what}


def action(intent: str, message: Message) -> dict[str, str]:
    """`pause` for a post kept but laid down for a time, `cancel` for a booking given back."""
    name, path = ("pause", "pause") if intent in ("release_post", "rest_post") else ("cancel", "cancel")
    return {"action": name} if pattern(path).search(message.plain) else {}


def topic(intent: str, message: Message) -> dict[str, str]:
    """Which notices to stop as `topic`, which to go on with as `keep`."""
    kept = re.search(table("understanding", "slots.keep"), message.plain)
    rest = message.plain.replace(kept[0], "") if kept else message.plain
    found = {"topic": _first("topics", rest), "keep": _first("topics", kept[0]) if kept else None}
    return {name: value for name, value in found.items() if value}


def audience(intent: str, message: Message) -> dict[str, str]:
    """Whom to tell, if not everybody: a group, an estate, a role, those who have not done something."""
    words = table("understanding", "slots.audience")
    not_yet = re.search(words["not_yet"], message.plain)
    if not_yet:
        return {"audience": words["prefix"] + not_yet[1]}
    group = re.search(words["group"], message.plain)
    if group:
        return {"audience": words["group_form"].format(numeral(group[1]))}
    for find in (
        pattern("estates"),
        pattern("communities"),
        pattern("estate_endings"),
        re.compile(words["roles"]),
    ):
        found = find.search(message.said)
        if found:
            return {"audience": found[0]}
    return {}


def reason(intent: str, message: Message) -> dict[str, str]:
    """Why a request is turned down, in the words of the message without the name of the person."""
    words = table("understanding", "slots.reasons")
    name = person(intent, message).get("name", "")
    for part in message.said.replace(name, "").split() if name else message.said.split():
        rest = re.sub(words["lead"], "", re.sub(rf"(?:{words['verbs']})", "", part))
        told = part if rest == part else rest
        told = re.sub(words["lead"], "", told)
        if len(told) > 2 and not re.search(words["objects"], told) and re.search(words["sounds_like"], told):
            return {"reason": told}
    return {}
