"""What a post asks of somebody and whether it suits them: offered is what suits, the person decides (promise V16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from kit.county import PostNumbers
from texts import section

Advice = Literal["light_only", "risky", "stairs"]

EXERTIONS = ("light", "medium", "heavy")


@dataclass(frozen=True, slots=True)
class Work:
    """What a post asks; `words` are its title and duties."""

    exertion: str = "light"
    flags: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    post_type: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Fitness:
    """What is known of somebody: full years, whether stairs are hard, what they know how to do."""

    age: int | None = None
    walks_badly: bool = False
    skills: frozenset[str] = frozenset()


def advice(work: Work, fitness: Fitness, numbers: PostNumbers) -> tuple[Advice, ...]:
    """Why this work is not offered to this person, empty when it is (domain §2.3); unknown age excludes nothing."""
    age = fitness.age or 0
    found: list[Advice] = []
    if age >= numbers.light_only_from_age and work.exertion != "light":
        found.append("light_only")
    if age >= numbers.no_risky_from_age and is_risky(work):
        found.append("risky")
    if fitness.walks_badly and (needs_legs(work) or work.exertion != "light"):
        found.append("stairs")
    return tuple(found)


def is_risky(work: Work) -> bool:
    """Whether the work is done at night, on a ladder or in traffic."""
    return _is_about(work, "risky")


def needs_legs(work: Work) -> bool:
    """Whether the work means stairs."""
    return _is_about(work, "stairs")


def is_home_visit(work: Work) -> bool:
    """Whether the work leads into homes, where two go together."""
    return _is_about(work, "home_visit")


def _is_about(work: Work, kind: str) -> bool:
    marks = section("posts", "marks")
    named = {*work.flags, work.post_type or ""} & set(marks[f"{kind}_flags"])
    return bool(named) or _has_word(work.words, marks[f"{kind}_words"])


def walks_badly(said: str | None) -> bool:
    """Whether stairs are hard, by what was noted or said about walking; nothing said means no."""
    if not said:
        return False
    words = section("posts", "walking")
    return not _has_word(said, words["well"]) and _has_word(said.lower(), words["badly"])


def skills_in(text: str) -> frozenset[str]:
    """The skills that words speak of: "我会写毛笔字" is calligraphy."""
    return frozenset(skill for skill, words in section("posts", "skills").items() if _has_word(text, words))


def has_skill(work: Work, skills: Collection[str]) -> bool:
    """Whether the person knows what the work needs, by its skills or its very name."""
    known = section("posts", "skills")
    return bool(set(work.skills) & set(skills)) or any(
        _has_word(work.words, [skill, *known.get(skill, ())]) for skill in skills
    )


def order(work: Work, fitness: Fitness, *, distance: int, number: int) -> tuple[bool, int, int, int]:
    """Where a post stands in a list: skills first, then near, then light, then by number."""
    exertion = EXERTIONS.index(work.exertion) if work.exertion in EXERTIONS else len(EXERTIONS)
    return (not has_skill(work, fitness.skills), distance, exertion, number)


def _has_word(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)
