"""What is vendored is named in NOTICE, with hashes that agree."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
LISTED = dict(
    reversed(line) for line in re.findall(r"^([0-9a-f]{64})  (\S+)$", (HOUSE / "NOTICE").read_text("utf-8"), re.M)
)


@pytest.mark.parametrize("path", sorted(LISTED))
def test_a_vendored_file_is_the_one_named_in_the_notice(path: str) -> None:
    assert hashlib.sha256((HOUSE / path).read_bytes()).hexdigest() == LISTED[path]


def test_every_typeface_in_the_house_is_named_in_the_notice() -> None:
    folder = HOUSE / "delivery" / "paper" / "fonts"
    present = {str(file.relative_to(HOUSE)) for file in folder.iterdir() if file.suffix in {".woff", ".txt"}}
    assert present
    assert present <= set(LISTED)
