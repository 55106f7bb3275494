"""Finds people, posts, activities and courses: known ones by name, unknown ones by their endings."""

import re
from functools import cache

from conversation.understanding.lexicon import table
from conversation.understanding.slots.message import Message, pattern
from conversation.understanding.sounds import sounds
from conversation.understanding.tokens import person_pattern


@cache
def _by_sound(path: str) -> list[tuple[str, str]]:
    words: list[str] = table("understanding", f"slots.{path}")
    return [(f" {' '.join(sounds(word))} ", word) for word in sorted(words, key=len, reverse=True) if len(word) > 1]


def _known(path: str, said: str) -> str | None:
    found = pattern(path).search(said)
    if found:
        return found[0]
    heard = f" {' '.join(sounds(said.replace(' ', '')))} "
    return next((word for sound, word in _by_sound(path) if len(word) > 2 and sound in heard), None)


def post(intent: str, message: Message) -> dict[str, str]:
    """The title of a service post as said, with 岗 where it follows at once."""
    said = message.said
    if table("understanding", "slots.curtain") in said:
        return {"name": table("understanding", "slots.curtain_post")}
    name = _known("posts", said)
    ending = table("understanding", "slots.post_ending")
    if name:
        return {"name": name + ending if f"{name}{ending}" in said else name}
    found = pattern("post_endings").search(said)
    return {"name": found[0]} if found and not re.search(table("understanding", "slots.no_post"), found[0]) else {}


def activity(intent: str, message: Message) -> dict[str, str]:
    """The name of an activity, meeting or duty; unknown ones by their ending."""
    said = message.said
    for path in ("activity_visits", "activity_endings"):
        found = pattern(path).search(said)
        if found and not re.search(table("understanding", "slots.no_activity"), found[0]):
            return {"name": _without_activity(found[0])}
    name = _known("activities", said)
    return {"name": name} if name else {}


def _without_activity(name: str) -> str:
    short = name.removesuffix(table("understanding", "slots.activity_word"))
    return short if short in table("understanding", "slots.activities") else name


def course(intent: str, message: Message) -> dict[str, str]:
    """The subject of a course without 班 or 课; unknown ones by what stands before these."""
    name = _known("courses", message.said)
    if name:
        return {"name": name}
    found = pattern("course_endings").search(message.said)
    return {"name": found[1]} if found else {}


@cache
def _people() -> tuple[re.Pattern[str], re.Pattern[str]]:
    surname = f"[{table('lexicon', 'people.surnames')}]"
    before, after = table("understanding", "slots.name_before"), table("understanding", "slots.name_after")
    full = rf"{surname}[\u4e00-\u9fff]{{1,2}}"
    unknown = rf"(?:(?<=[ \d])|^|(?:{before}))({full}?)(?={after}|$| |,)|(?:{before})({full})(?= |$)"
    return re.compile(person_pattern()), re.compile(unknown)


def person(intent: str, message: Message) -> dict[str, str]:
    """The person named, with the form of address if only the surname was given."""
    known, unknown = _people()
    found = known.search(message.said)
    if found:
        return {"name": found[0]}
    for guess in unknown.finditer(message.said):
        name = guess[1] or guess[2]
        if not pattern("name_not").search(name):
            return {"name": name}
    return {}
