"""Prints how well a table is understood: python -m conversation.understanding FILE.tsv [--slots] [--json]."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from conversation.understanding.figures import Figures, Row, confusions, measured, rows_of
from conversation.understanding.reading import Reading, counts_as, read


def main() -> None:
    """Reads the table named on the command line and prints figures, confusions and wrong lines."""
    parser = argparse.ArgumentParser(prog="python -m conversation.understanding", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--slots", action="store_true", help="the table has a third column key=value;...")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a report")
    wanted = parser.parse_args()
    rows = rows_of(wanted.file, wanted.slots)
    figures, readings = measured(rows, read)
    if wanted.json:
        print(json.dumps(asdict(figures)))
    else:
        _report(figures, rows, readings)


def _report(figures: Figures, rows: list[Row], readings: list[Reading]) -> None:
    for name, value in asdict(figures).items():
        print(f"{name:24}{value}")
    print("\nconfusions")
    for meant, got, count in confusions(rows, readings):
        print(f"{count:4}  {meant} read as {got}")
    print("\nwrong lines")
    for row, reading in zip(rows, readings, strict=True):
        if counts_as(reading.intent) != row.intent:
            print(f"  {row.text}\t{row.intent} read as {reading.intent} ({reading.confidence:.2f})")
        elif row.slots and dict(reading.slots) != row.slots:
            print(f"  {row.text}\tslots {row.slots} read as {dict(reading.slots)}")


if __name__ == "__main__":
    main()
