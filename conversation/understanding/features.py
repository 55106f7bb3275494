"""Turns a normal message into the features that the classifier weighs."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from conversation.understanding.families import families
from conversation.understanding.sounds import sounds
from conversation.understanding.tokens import CLASS_MARK, tokens


def features(text: str) -> list[str]:
    """Distinct features in stable order: characters, sounds, classed words, pairs of classes, families of words."""
    plain = text.replace(" ", "")
    words = tokens(text)
    found = dict.fromkeys(_runs("c", list(plain), (1, 2, 3)))
    found.update(dict.fromkeys(_apart(plain)))
    found.update(dict.fromkeys(_runs("s", sounds(plain), (2, 3))))
    found.update(dict.fromkeys(_runs("t", words, (1, 2, 3))))
    found.update(dict.fromkeys(_pairs(words)))
    found.update(dict.fromkeys(_relatives(plain)))
    found[f"length {min(len(plain), 20) // 3}"] = None
    return list(found)


def _relatives(plain: str) -> Iterator[str]:
    known = families(plain)
    for family in known:
        yield f"k {family.kin}"
        if family.number:
            yield f"f {family.number}"
    for first, second in pairwise(known):
        yield f"kk {first.kin} {second.kin}"


def _apart(plain: str) -> Iterator[str]:
    """Two characters with one or two of any kind between them: 我…去, 不…了."""
    for gap in (2, 3):
        for first, second in zip(plain, plain[gap:], strict=False):
            yield f"a {first}{second}"


def _runs(kind: str, parts: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    framed = ["^", *parts, "$"]
    for size in sizes:
        source = framed if size > 1 else parts
        for start in range(len(source) - size + 1):
            yield f"{kind} {' '.join(source[start : start + size])}"


def _pairs(words: Sequence[str]) -> Iterator[str]:
    classes = sorted({word for word in words if word.startswith(CLASS_MARK)})
    for first in range(len(classes)):
        for second in range(first + 1, len(classes)):
            yield f"p {classes[first]} {classes[second]}"
