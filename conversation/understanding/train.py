"""Trains the classifier from the utterance tables: python -m conversation.understanding.train [FILE.tsv ...].

Further files hold what people in office have said a phrase means (`heard export FILE.tsv`): intent and phrase.
"""

import csv
import hashlib
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from math import exp, fsum, sqrt
from operator import add
from os import cpu_count
from pathlib import Path
from typing import NamedTuple

from conversation.understanding.features import features
from conversation.understanding.normal import normal
from conversation.understanding.reading import counts_as
from conversation.understanding.sounds import merged
from conversation.understanding.weights import NAME, Weights, packed, row_of, weights_of

HERE = Path(__file__).parent
TABLES = HERE.parents[1] / "texts" / "utterances"
ROUNDS = 12
STEP, LAST_STEP = 1.0, 0.1
"""How far one look moves a weight, in the first round and after the last."""
RUNS = 4
"""The weights are the mean of so many trainings, each in its own order: chance evens out, reading costs the same."""
SHRINK = 0.02
SEEN_AT_LEAST = 2
NEGLIGIBLE = 0.002
LEFT_OUT = 0.5
"""The share of features left out at each look, drawn anew: no line may lean on a single word."""


class Line(NamedTuple):
    """One utterance: what it means, how it was put, who speaks like that."""

    intent: str
    text: str
    author: str


def lines(further: Sequence[Path] = ()) -> list[Line]:
    """All training lines of the repository and of these further files, in stable order.

    A file without a third column has its own name for an author; a further intent trains the one it counts as.
    """
    found = []
    for path in [*sorted(TABLES.glob("*.tsv")), *further]:
        text = path.read_text("utf-8")
        rows = csv.reader(filter(None, text.splitlines()), delimiter="\t", quoting=csv.QUOTE_NONE)
        found += [Line(counts_as(row[0]), row[1], row[2] if len(row) > 2 else path.stem) for row in rows]
    return found


def source(further: Sequence[Path] = ()) -> str:
    """A digest of the data the weights come from: the utterance tables, the word lists and further files."""
    digest = hashlib.sha256()
    for path in [*sorted(TABLES.glob("*.tsv")), TABLES.parent / "lexicon.toml", *further]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


Examples = list[tuple[int, list[str]]]
Rows = dict[str, list[float]]


def train(data: Sequence[Line], made_from: str = "") -> Weights:
    """Weights for these lines; the same lines in the same order give the same weights."""
    intents = sorted({line.intent for line in data})
    examples: Examples = [(intents.index(line.intent), features(normal(line.text))) for line in data]
    counts = Counter(name for _, names in examples for name in names)
    kept = {name for name, seen in counts.items() if seen >= SEEN_AT_LEAST}
    examples = [(meant, [name for name in names if name in kept]) for meant, names in examples]
    with ProcessPoolExecutor(min(RUNS, cpu_count() or 1)) as processes:
        runs = list(processes.map(partial(_descend, examples, len(intents)), range(RUNS)))
    return _rounded(intents, _mean(runs), made_from)


def _descend(examples: Examples, wide: int, run: int) -> Rows:
    rows: Rows = defaultdict(partial(_zeros, wide))
    moved: Rows = defaultdict(lambda: [1e-3] * wide)
    order = list(range(len(examples)))
    chance = random.Random(run)
    for turn in range(ROUNDS):
        step = STEP - (STEP - LAST_STEP) * turn / ROUNDS
        chance.shuffle(order)
        for at in order:
            meant, whole = examples[at]
            names = [name for name in whole if chance.random() >= LEFT_OUT] or whole
            _step(rows, moved, names, _errors(rows, names, meant, wide), step)
        print(f"run {run + 1} of {RUNS}, round {turn + 1} of {ROUNDS}", file=sys.stderr, flush=True)
    return rows


def _zeros(wide: int) -> list[float]:
    return [0.0] * wide


def _mean(runs: Sequence[Rows]) -> Rows:
    names = sorted({name for rows in runs for name in rows})
    return {
        name: [fsum(column) / len(runs) for column in zip(*(rows[name] for rows in runs), strict=True)]
        for name in names
    }


def _errors(rows: Rows, names: Sequence[str], meant: int, wide: int) -> list[tuple[int, float]]:
    totals = [0.0] * wide
    for name in names:
        totals = list(map(add, totals, rows[name]))
    factor = 1 / sqrt(len(names) or 1)
    top = max(totals)
    grown = [exp((total - top) * factor) for total in totals]
    whole = sum(grown)
    errors = [(at, share / whole) for at, share in enumerate(grown) if share / whole > NEGLIGIBLE or at == meant]
    return [(at, (share - (at == meant)) * factor) for at, share in errors]


def _step(rows: Rows, moved: Rows, names: Sequence[str], errors: list[tuple[int, float]], step: float) -> None:
    for name in names:
        row, sums = rows[name], moved[name]
        for at, error in errors:
            error += SHRINK * 0.01 * row[at]
            sums[at] += error * error
            row[at] -= step * error / sqrt(sums[at])


def _rounded(intents: list[str], rows: Rows, made_from: str) -> Weights:
    ceiling = max(abs(weight) for row in rows.values() for weight in row)
    unit = ceiling / 127
    ordered = sorted(rows.items())
    small = b"".join(row_of(round(weight / unit) for weight in row) for _, row in ordered)
    # Learnt while a share of the features was left out, read with all of them: smaller, or it would be too sure.
    return weights_of(intents, [name for name, _ in ordered], small, unit * sqrt(1 - LEFT_OUT), made_from)


def _write_sounds() -> None:
    from pypinyin import Style, pinyin

    by_sound: dict[str, list[str]] = defaultdict(list)
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            character = bytes((row, cell)).decode("gb2312", errors="ignore")
            if character:
                by_sound[merged(pinyin(character, style=Style.NORMAL)[0][0])].append(character)
    rows = {sound: "".join(characters) for sound, characters in sorted(by_sound.items())}
    (HERE / "sounds.json").write_text(json.dumps(rows, ensure_ascii=False, indent=0) + "\n", "utf-8")


def main(arguments: Sequence[str]) -> None:
    """Writes sounds.json and weights.bin anew."""
    further = [Path(argument) for argument in arguments]
    _write_sounds()
    (HERE / NAME).write_bytes(packed(train(lines(further), source(further))))


if __name__ == "__main__":
    main(sys.argv[1:])
