"""Nine days round Double Ninth of the year that `make year` plays whole: the same people, troubles and counters."""

from __future__ import annotations

from datetime import date

import pytest

from tests.year.faults import dead
from tests.year.play import FAULTS, play, summary

FIRST, DAYS, SEED = date(2026, 10, 11), 9, 20_261_018


@pytest.mark.storm
async def test_double_ninth_is_kept_through_outages_kills_and_deaths() -> None:
    played = await play(SEED, FIRST, DAYS)
    figures = summary(played)
    assert {name: played.faults[name] for name in FAULTS if played.faults[name]} == {}
    assert figures["due"] == figures["done"] + figures["excused"] + figures["open"] >= figures["members"] == 320
    assert figures["done"] > 20
    assert played.kills
    assert played.outages
    assert dead(played.books.news)
    assert any(one.undone for one in played.books.news)
