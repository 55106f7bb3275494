"""`python -m tests.year`: the demo county through a simulated year; the last line is one JSON object."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
from datetime import date

from tests.year.play import FAULTS, Played, play, summary

FIRST, DAYS = date(2026, 1, 5), 365
_LONGEST_LIST = 20


def _told(day: date) -> None:
    if day.day == 1:
        print(f"{day:%Y-%m} ({time.monotonic() - _BEGUN:.0f} s)", flush=True)


_BEGUN = time.monotonic()


def main() -> int:
    """1 when a fault is not 0 or the sums do not add up."""
    seed = int(os.environ.get("SEED") or secrets.randbelow(10**6))
    print(f"seed {seed}", flush=True)
    played = asyncio.run(play(seed, FIRST, DAYS, _told))
    figures = summary(played)
    _print_list(played)
    for name, found in played.faults.items():
        for one in found[:_LONGEST_LIST]:
            print(f"!!! {name}: {one}")
    print(f"{played.says} messages written, {played.kills} kills, {played.outages} outages, "
          f"{time.monotonic() - _BEGUN:.0f} s")  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    is_whole = figures["due"] == figures["done"] + figures["excused"] + figures["open"]
    return int(not is_whole or any(figures[name] for name in FAULTS))


def _print_list(played: Played) -> None:
    """Everybody by name: due = done + excused + open, and the same for all."""
    print("name  due = done + excused + open")
    total = dict.fromkeys(("done", "excused", "open"), 0)
    for name, counted in played.by_name.items():
        parts = [counted[part] for part in total]
        print(f"{name}  {sum(parts)} = {' + '.join(map(str, parts))}")
        total = {part: total[part] + counted[part] for part in total}
    print(f"all  {sum(total.values())} = {' + '.join(map(str, total.values()))}")


if __name__ == "__main__":
    sys.exit(main())
