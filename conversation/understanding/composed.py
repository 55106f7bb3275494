"""Writes own-composed.tsv from building blocks: python -m conversation.understanding.composed.

The blocks stand in texts/utterances/composed.toml; the same blocks give the same lines every time.
"""

import random
import re
import tomllib
from collections.abc import Sequence

from conversation.understanding.train import TABLES

BLOCKS = TABLES / "composed.toml"
LINES = TABLES / "own-composed.tsv"
AUTHOR = "composed"
FROM_EACH_ROW = 14
"""How many lines one row of blocks gives: enough to show each word of it about twice."""


def composed() -> list[str]:
    """The lines `intent<TAB>text<TAB>author`, each text once."""
    blocks = tomllib.loads(BLOCKS.read_text("utf-8"))
    chance = random.Random(11)
    found: dict[str, str] = {}
    for intent, rows in blocks["intents"].items():
        for row in rows:
            for _ in range(FROM_EACH_ROW):
                found.setdefault(_said(row, blocks["words"], chance), intent)
    return [f"{intent}\t{text}\t{AUTHOR}" for text, intent in found.items()]


def _said(row: str, words: dict[str, str], chance: random.Random) -> str:
    filled = re.sub(r"\{(\w+)\}", lambda part: words[part[1]], row)
    said = "".join(_one(choices, chance) for choices in filled.split(" "))
    return " ".join(said.replace("~", " ").split())


def _one(choices: str, chance: random.Random) -> str:
    among: Sequence[str] = choices.split("|")
    return chance.choice(among)


def main() -> None:
    """Writes the table anew."""
    LINES.write_text("\n".join(composed()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
