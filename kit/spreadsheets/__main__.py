"""The child process in which a foreign file is parsed: little memory, little time, no files, no secrets."""

from __future__ import annotations

import json
import resource
import sys

MEMORY = 768 * 2**20
CPU_SECONDS = 40


def _bind_hands() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Reads one line of JSON and the file from standard input, answers with JSON on standard output."""
    _bind_hands()
    from kit.errors import (
        Refusal,  # after the limits, so that they hold for the libraries too
    )
    from kit.spreadsheets.reading import read_table

    order = json.loads(sys.stdin.buffer.readline())
    try:
        table = read_table(sys.stdin.buffer.read(), order["filename"], order["expecting"])
        answer: dict[str, object] = {"sheet": table.sheet, "rows": table.rows}
    except Refusal as refusal:
        answer = {"refusal": refusal.key, "facts": refusal.facts}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
