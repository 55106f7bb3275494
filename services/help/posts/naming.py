"""Finds the post somebody means by its name, also half said or misheard: 理发, 环境监督岗, 调节员."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from rapidfuzz import fuzz

from conversation.understanding.sounds import sounds
from texts import section


class Titled(Protocol):
    """Whatever carries a post's title: the post, or somebody's holding of it."""

    @property
    def title(self) -> str:
        """The post's name."""


Post = TypeVar("Post", bound=Titled)

SOUNDS_ALIKE = 80
"""From this likeness of sound on a title counts as meant, in percent."""


def meant(said: str, posts: Sequence[Post]) -> list[Post]:
    """The posts whose title fits best what was said: exactly, in part, or by sound; none when nothing fits."""
    wanted = _core(said)
    if not wanted:
        return []
    for fits in (_exactly, _in_part, _by_sound):
        found = [post for post in posts if fits(wanted, _core(post.title))]
        if found:
            return found
    return []


def mentioned(text: str, posts: Sequence[Post]) -> list[Post]:
    """The posts whose title stands in the words: "现在招楼栋长不"."""
    return [post for post in posts if _core(post.title) in text]


def _exactly(wanted: str, title: str) -> bool:
    return wanted == title


def _in_part(wanted: str, title: str) -> bool:
    return wanted in title or title in wanted


def _by_sound(wanted: str, title: str) -> bool:
    heard, known = " ".join(sounds(wanted)), " ".join(sounds(title))
    if len(wanted) >= 3 and fuzz.partial_ratio(heard, known) >= SOUNDS_ALIKE and len(wanted) <= len(title):
        return True
    return fuzz.ratio(heard, known) >= SOUNDS_ALIKE


def _core(name: str) -> str:
    """The name without blanks and without what every post is called: 岗位, 岗, 员."""
    name = "".join(name.split())
    for ending in section("posts", "names")["endings"]:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name
