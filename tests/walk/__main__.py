"""`python -m tests.walk [folder]`: the secretary's week in a real browser; one JSON line at the end.

With a folder (`docs/manual/pictures`) the pictures of the manual are taken into it. Needs Debian's chromium.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Error as BrowserError

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from kit import log  # noqa: E402  the tests' own tools lie beside this package
from tests.walk.book import WRONG, Book  # noqa: E402
from tests.walk.week import walk  # noqa: E402
from tests.walk.world import world  # noqa: E402


async def main(pictures: Path | None) -> int:
    """Walk the week; 0 when every step went well and nothing was found on any page."""
    log.configure()
    book = Book((*WRONG, BrowserError))
    with tempfile.TemporaryDirectory() as folder:
        async with world(Path(folder), book, pictures) as opened:
            await walk(opened)
    for finding in book.findings():
        print(finding)
    print(book.last_line(), flush=True)
    return int(not book.is_good)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None)))
