"""Weighs features for each intent with the numbers that training left beside this module."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from math import exp, sqrt
from typing import NamedTuple

NAME = "weights.bin"
BYTES = 2
RAISED = 128
AT_ONCE = 255


class Weights(NamedTuple):
    """What training left: the intents, where each feature's row starts, the rows, the scale of their numbers.

    A row holds one number of -127 … 127 per intent, raised by 128, in two bytes: rows then add up as one
    large whole number, which is ten times as fast as adding lists.
    """

    intents: Sequence[str]
    starts: Mapping[str, int]
    rows: bytes
    scale: float
    source: str


def weights_of(intents: Sequence[str], features: Sequence[str], rows: bytes, scale: float, source: str) -> Weights:
    """Weights whose rows stand one after the other in the order of the features."""
    wide = len(intents) * BYTES
    return Weights(intents, {name: at * wide for at, name in enumerate(features)}, rows, scale, source)


def row_of(numbers: Iterable[int]) -> bytes:
    """One row of numbers from -127 to 127 in the form that adds up as one large number."""
    return b"".join((number + RAISED).to_bytes(BYTES, "little") for number in numbers)


def packed(weights: Weights) -> bytes:
    """The weights as one compressed file: a line of JSON, then the rows in the order of its features."""
    head = {
        "intents": weights.intents,
        "scale": weights.scale,
        "source": weights.source,
        "rows": [*weights.starts],
    }
    return zlib.compress(json.dumps(head, ensure_ascii=False).encode() + b"\n" + weights.rows, 9)


def unpacked(content: bytes) -> Weights:
    """The reverse of `packed`."""
    head, _, body = zlib.decompress(content).partition(b"\n")
    facts = json.loads(head)
    return weights_of(facts["intents"], facts["rows"], body, facts["scale"], facts["source"])


@cache
def trained() -> Weights:
    """The weights kept beside this module."""
    return unpacked(resources.files("conversation.understanding").joinpath(NAME).read_bytes())


def shares(weights: Weights, features: Iterable[str]) -> dict[str, float]:
    """How likely each intent is, as shares that add up to one."""
    starts = [start for start in map(weights.starts.get, features) if start is not None]
    totals = _totals(weights, starts)
    known = len(starts)
    factor = weights.scale / sqrt(known or 1)
    top = max(totals)
    grown = [exp((total - top) * factor) for total in totals]
    whole = sum(grown)
    return {intent: share / whole for intent, share in zip(weights.intents, grown, strict=True)}


def known_share(weights: Weights, features: Sequence[str]) -> float:
    """How much of a message training has met before, from 0 to 1."""
    return sum(feature in weights.starts for feature in features) / max(1, len(features))


def _totals(weights: Weights, starts: Sequence[int]) -> list[int]:
    """The sum of the rows; at most 255 at once, or two bytes would overflow into the next intent."""
    wide = len(weights.intents) * BYTES
    totals = [0] * len(weights.intents)
    for begin in range(0, len(starts), AT_ONCE):
        part = starts[begin : begin + AT_ONCE]
        large = sum(int.from_bytes(weights.rows[start : start + wide], "little") for start in part)
        content = large.to_bytes(wide, "little")
        for at in range(len(totals)):
            totals[at] += int.from_bytes(content[at * BYTES : at * BYTES + BYTES], "little") - RAISED * len(part)
    return totals
