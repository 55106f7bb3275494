"""How tests read the lock: what it pins, with which hashes, and what is installed instead."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker
from packaging.version import Version

FILE = Path(__file__).parents[2] / "requirements.lock"
LOCK = FILE.read_text("utf-8")
ENTRIES = re.findall(
    r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+?)(?: ; (.*?))? \\\n((?:    --hash=\S+(?: \\)?\n)+)", LOCK, re.M
)
PINNED = {name.lower(): pinned for name, pinned, _, _ in ENTRIES}
MEANT = {name: pinned for name, pinned, marker, _ in ENTRIES if not marker or Marker(marker).evaluate()}
"""What the lock wants on this machine."""

FLOORS = {"aiohttp": "3.13.3", "tortoise-orm": "0.16.6", "xmltodict": "0.15.1", "lxml": "6.1"}
"""Nothing older: known holes (promise X22)."""


def without_hash() -> list[str]:
    """Components that anybody could have replaced on their way."""
    return [name for name, _, _, hashes in ENTRIES if not re.search(r"--hash=sha256:[0-9a-f]{64}", hashes)]


def below_floor() -> list[str]:
    """Components older than their known holes."""
    return [name for name, floor in FLOORS.items() if name in PINNED and Version(PINNED[name]) < Version(floor)]


def installed() -> dict[str, str]:
    """The version of each component that is wanted here, as it is installed."""
    return {name: _installed(name) for name in MEANT}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
