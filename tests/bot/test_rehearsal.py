"""A rehearsal follows the clock file: what a move makes due is done at once, and told when it is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.rehearsal import Rehearsal


class Clockwork:
    """Notes each round; the outbox finds something due once, as a delivery that leads to another one would."""

    def __init__(self, *broken: Exception) -> None:
        self.rounds, self.ticks, self._broken = 0, 0, list(broken)

    async def round(self, now: object) -> None:
        self.rounds += 1
        if self._broken:
            raise self._broken.pop()

    async def tick(self, name: str) -> dict[str, dict[str, int]]:
        self.ticks += 1
        return {name: {"due": int(self.ticks == 1)}}


async def _finish() -> None:
    await asyncio.sleep(0)


async def _until_caught_up(rehearsal: Rehearsal, offset: float) -> None:
    while rehearsal.caught_up != offset:
        await asyncio.sleep(0.01)


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "clock"
    file.write_text("0", "ascii")
    monkeypatch.setenv("JINQIU_CLOCK_FILE", str(file))
    return file


async def test_each_move_is_followed_by_one_round(clock_file: Path) -> None:
    clockwork = Clockwork()
    rehearsal = Rehearsal(clockwork, _finish)  # type: ignore[arg-type]
    rehearsal.start()
    await _until_caught_up(rehearsal, 0)
    clock_file.write_text("86400", "ascii")
    await _until_caught_up(rehearsal, 86400)
    await rehearsal.stop()
    assert (clockwork.rounds, clockwork.ticks) == (2, 3)


async def test_an_absent_database_ends_no_rehearsal(clock_file: Path) -> None:
    clockwork = Clockwork(OSError("away"))
    rehearsal = Rehearsal(clockwork, _finish)  # type: ignore[arg-type]
    rehearsal.start()
    await _until_caught_up(rehearsal, 0)
    clock_file.write_text("60", "ascii")
    await _until_caught_up(rehearsal, 60)
    await rehearsal.stop()
    assert clockwork.rounds == 2


async def test_without_a_rehearsal_nothing_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JINQIU_CLOCK_FILE", raising=False)
    rehearsal = Rehearsal(SimpleNamespace(), _finish)  # type: ignore[arg-type]
    rehearsal.start()
    await rehearsal.stop()
    assert rehearsal.caught_up is None
