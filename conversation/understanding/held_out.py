"""Measures lines with weights trained without them: python -m conversation.understanding.held_out [NAME ...].

A name is an author of the utterance tables, or `wording-1` … `wording-5`: a fifth of all lines, those of one wording
always together. Without names: all of them. A few minutes each.
"""

import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from conversation.understanding.features import features
from conversation.understanding.figures import Figures, Row, doubted, measured
from conversation.understanding.normal import normal
from conversation.understanding.reading import read_with
from conversation.understanding.train import Line, lines, train

FIFTHS = 5


def held_out(rest: Sequence[Line], kept_back: Sequence[Line]) -> tuple[Figures, float]:
    """The figures of the lines kept back, and the share of calm ones that would be asked about danger."""
    read = partial(read_with, train(rest))
    rows = [Row(line.intent, line.text, None) for line in kept_back]
    figures, readings = measured(rows, read)
    return figures, doubted(rows, readings)


def fold_of(line: Line) -> str:
    """The fifth a line falls into by its wording: what has the same features falls together."""
    wording = " ".join(sorted(features(normal(line.text))))
    return f"wording-{zlib.crc32(wording.encode()) % FIFTHS + 1}"


def main() -> None:
    """Prints one JSON object per name."""
    known = lines()
    names = [*sorted({line.author for line in known}), *(f"wording-{fifth + 1}" for fifth in range(FIFTHS))]
    for name in sys.argv[1:] or names:
        kept_back = [line for line in known if name in (line.author, fold_of(line))]
        texts = {line.text for line in kept_back}
        figures, asked = held_out([line for line in known if line.text not in texts], kept_back)
        print(name, json.dumps(asdict(figures) | {"asked_about_danger": asked}), flush=True)


if __name__ == "__main__":
    main()
