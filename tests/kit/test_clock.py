"""The house's clock: movable by a file, days as the county counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from kit import clock


@pytest.mark.parametrize(
    ("utc", "day"),
    [("2026-10-11T15:59:59", "2026-10-11"), ("2026-10-11T16:00:00", "2026-10-12")],
    ids=["before midnight", "midnight in the county"],
)
def test_the_day_begins_at_the_countys_midnight(utc: str, day: str) -> None:
    assert clock.local_day(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == date.fromisoformat(day)


def test_a_wall_clock_time_is_a_moment() -> None:
    assert clock.at_local(date(2026, 10, 12), time(8, 30)) == datetime(2026, 10, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("3600", 3600), ("-60.5\n", -60.5), ("", 0), ("12x", 0)],
    ids=["on", "back", "empty", "half"],
)
def test_the_clock_file_moves_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, seconds: float
) -> None:
    file = tmp_path / "clock"
    file.write_text(written)
    monkeypatch.setenv("JINQIU_CLOCK_FILE", str(file))
    assert clock.offset() == timedelta(seconds=seconds)
    assert abs(clock.now() - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=5)
    assert clock.is_moved()


def test_a_missing_clock_file_moves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINQIU_CLOCK_FILE", str(tmp_path / "none"))
    assert clock.offset() == timedelta()
