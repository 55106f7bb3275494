"""What staff answer about a post, made into what is kept: a name, a number of places, a period."""

from __future__ import annotations

import re

from conversation.context import Context
from conversation.understanding import spoken_number
from conversation.understanding.dates import named_days
from conversation.understanding.numerals import plain_numbers
from kit.errors import Refusal
from services.help.posts import rules
from texts import section

_LONGEST_TITLE, _LONGEST_DUTIES, _LONGEST_PLACE, _MOST_SLOTS = 14, 40, 30, 500
_MOST_SKILLS = 3


async def clean_title(ctx: Context, text: str) -> str:
    """The name of a post; raises `posts.title_wanted`."""
    return _words(text, 2, _LONGEST_TITLE, "posts.title_wanted")


async def clean_duties(ctx: Context, text: str) -> str | None:
    """What is to be done, in a sentence, or nothing; raises `posts.duties_wanted`."""
    return None if _is_nothing(text) else _words(text, 2, _LONGEST_DUTIES, "posts.duties_wanted")


async def clean_place(ctx: Context, text: str) -> str | None:
    """Where, or nothing; raises `posts.place_wanted`."""
    return None if _is_nothing(text) else _words(text, 2, _LONGEST_PLACE, "posts.place_wanted")


def _words(text: str, shortest: int, longest: int, refusal: str) -> str:
    words = " ".join(text.split())
    if not shortest <= len(words) <= longest:
        raise Refusal(refusal, limit=longest)
    return words


def _is_nothing(text: str) -> bool:
    return text.strip() in section("posts", "setting_up")["nothing"]


async def clean_slots(ctx: Context, text: str) -> int:
    """How many people; raises `posts.slots_wanted`."""
    found = re.search(r"\d+", plain_numbers(text))
    slots = spoken_number(text) or (int(found[0]) if found else None)
    if slots is None or not 1 <= slots <= _MOST_SLOTS:
        raise Refusal("posts.slots_wanted", limit=_MOST_SLOTS)
    return slots


async def clean_exertion(ctx: Context, text: str) -> str:
    """Light, medium or heavy, by number or word; raises `posts.exertion_wanted`."""
    number = spoken_number(text)
    if number is not None and 1 <= number <= len(rules.EXERTIONS):
        return rules.EXERTIONS[number - 1]
    named = [name for name, word in section("posts", "exertion").items() if word in text]
    if len(named) != 1:
        raise Refusal("posts.exertion_wanted")
    return named[0]


async def clean_skills(ctx: Context, text: str) -> list[str]:
    """The skills known by these words, else the words themselves; none for 不用."""
    if _is_nothing(text):
        return []
    known = rules.skills_in(text)
    return sorted(known)[:_MOST_SKILLS] if known else [_words(text, 2, _LONGEST_TITLE, "posts.skills_wanted")]


async def clean_period(ctx: Context, text: str) -> list[str | None]:
    """From which day until which; one day alone is the last one, 长期 means no end."""
    if re.search(section("posts", "setting_up")["no_end"], text):
        return [None, None]
    days = named_days(text, ctx.today)
    if not days or days[-1] < ctx.today or days != sorted(days):
        raise Refusal("posts.period_wanted")
    return [days[0].isoformat() if len(days) > 1 else None, days[-1].isoformat()]
