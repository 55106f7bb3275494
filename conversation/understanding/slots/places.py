"""Finds where: community, estate, building, former employer, ward, room."""

import re
from functools import cache

from conversation.understanding.lexicon import any_of, table
from conversation.understanding.slots.message import Message, pattern


def _named(path: str, excluded: str, said: str) -> str | None:
    known = pattern(path).search(said)
    if known:
        return known[0]
    for found in pattern(f"{excluded}_endings").finditer(said):
        if found[0] not in table("understanding", f"slots.no_{excluded}"):
            return found[0]
    return None


def residence(intent: str, message: Message) -> dict[str, str]:
    """Community, estate, building number and former employer, as far as they are named."""
    said = message.said
    building = pattern("building").search(message.normal)
    employer = pattern("employer_endings").search(said)
    found = {
        "community": _named("communities", "community", said),
        "estate": _named("estates", "estate", said),
        "building": next(filter(None, building.groups())) if building else None,
        "unit": employer[0] if employer else None,
    }
    return {name: value for name, value in found.items() if value}


def hospital(intent: str, message: Message) -> dict[str, str]:
    """The hospital, ward, floor or bed as said."""
    said = message.said
    found = pattern("hospital_endings").search(said)
    if not found:
        return {}
    start = found.start()
    stop = table("understanding", "slots.hospital_stop")
    while start > 0 and found.start() - start < 5 and said[start - 1] not in stop:
        start -= 1
    return {"place": said[start : found.end()]}


@cache
def _room() -> re.Pattern[str]:
    houses, rooms = (
        any_of(table("understanding", "slots.venue_houses")),
        any_of(table("understanding", "slots.venues")),
    )
    floor = table("understanding", "slots.floor")
    return re.compile(rf"(?:(?:{houses})(?:{floor})?)?(?:{rooms})|(?:{floor})(?:{rooms})")


def venue(intent: str, message: Message) -> dict[str, str]:
    """The room as said, with the house and floor if they stand right before it."""
    for find in (_room(), pattern("venue_endings")):
        found = find.search(message.said)
        if found:
            return {"venue": found[0]}
    return {}
