"""Measures readings against a table of utterances: the figures of `python -m conversation.understanding`."""

import csv
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from conversation.understanding.lexicon import table
from conversation.understanding.reading import EMERGENCY, Reading, counts_as

MAYBE_DANGER = 0.15
"""From this share of danger on the engine asks whether somebody is in danger."""


class Row(NamedTuple):
    """One line of a table: the intent meant, the text, the slots expected (None without a third column)."""

    intent: str
    text: str
    slots: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1; false alarms and n are counts; microseconds per message."""

    n: int
    top1: float
    top3: float
    emergency_recall: float
    emergency_false_alarms: int
    none_kept: float
    slots_exact: float | None
    microseconds: float


def rows_of(path: Path, with_slots: bool) -> list[Row]:
    """The rows of a table `intent<TAB>text`, or `intent<TAB>text<TAB>key=value;…` when `with_slots`."""
    found = []
    lines = path.read_text("utf-8").splitlines()
    for row in csv.reader(filter(None, lines), delimiter="\t", quoting=csv.QUOTE_NONE):
        expected = _pairs(row[2] if len(row) > 2 else "") if with_slots else None
        found.append(Row(row[0], row[1], expected))
    return found


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(";") if "=" in pair)


def is_action(reading: Reading) -> bool:
    """Whether this reading alone would start something; a doubtful one only brings guesses to choose from."""
    quiet: list[str] = table("understanding", "quiet.intents")
    return reading.intent not in quiet and reading.is_sure


def offered(reading: Reading) -> list[str]:
    """The three intents that would be offered if in doubt, as the 43 they count as."""
    return [counts_as(reading.intent), *(intent for intent, _ in reading.runners_up)][:3]


def measured(rows: Sequence[Row], read: Callable[[str], Reading]) -> tuple[Figures, list[Reading]]:
    """The figures of these rows and the readings they come from. Reads every row twice: once to warm up."""
    readings = [read(row.text) for row in rows]
    began = time.process_time()
    for row in rows:
        read(row.text)
    spent = (time.process_time() - began) * 1e6 / max(1, len(rows))
    return _figures(rows, readings, spent), readings


def _figures(rows: Sequence[Row], readings: Sequence[Reading], spent: float) -> Figures:
    both = list(zip(rows, readings, strict=True))
    alarms = [(row, got) for row, got in both if got.intent == EMERGENCY]
    with_slots = [(row, got) for row, got in both if row.slots]
    return Figures(
        n=len(rows),
        top1=_share([counts_as(got.intent) == row.intent for row, got in both]),
        top3=_share([row.intent in offered(got) for row, got in both]),
        emergency_recall=_share([got.intent == EMERGENCY for row, got in both if row.intent == EMERGENCY]),
        emergency_false_alarms=sum(row.intent != EMERGENCY for row, _ in alarms),
        none_kept=_share([not is_action(got) for row, got in both if row.intent == "none"]),
        slots_exact=_share([dict(got.slots) == row.slots for row, got in with_slots]) if with_slots else None,
        microseconds=round(spent, 1),
    )


def _share(answers: Sequence[bool]) -> float:
    return round(sum(answers) / len(answers), 4) if answers else 1.0


def doubted(rows: Sequence[Row], readings: Sequence[Reading]) -> float:
    """The share of calm lines after which one would be asked whether somebody is in danger."""
    calm = [got for row, got in zip(rows, readings, strict=True) if row.intent != EMERGENCY != got.intent]
    return _share([dict(got.runners_up).get(EMERGENCY, 0.0) >= MAYBE_DANGER for got in calm]) if calm else 0.0


def confusions(rows: Sequence[Row], readings: Sequence[Reading]) -> list[tuple[str, str, int]]:
    """Intent meant, intent read, how often; most frequent first."""
    pairs = Counter((row.intent, counts_as(got.intent)) for row, got in zip(rows, readings, strict=True))
    wrong = [(meant, got, count) for (meant, got), count in pairs.items() if meant != got]
    return sorted(wrong, key=lambda row: (-row[2], row[0], row[1]))
