"""Processes that work know of each other: they share the pace, and a newcomer waits until it is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.platform import Lease
from scheduler import presence
from scheduler.presence import Presence
from services.county import knocks


async def test_one_process_has_the_whole_pace_at_once(db):
    one = Presence("one")
    await one.begin()
    assert one.share() == 1
    await one.end()
    assert not await Lease.exists()


async def test_a_newcomer_sends_nothing_until_the_others_have_counted_it(db, monkeypatch):
    first, second = Presence("one"), Presence("two")
    await first.begin()
    await second.begin()
    assert second.share() == 0
    await first._renew()
    assert first.share() == 0.5
    monkeypatch.setattr(second, "_young_until", float("-inf"))
    assert second.share() == 0.5
    await second.end()
    await first._renew()
    assert first.share() == 1
    await first.end()


async def test_one_that_was_paused_sends_nothing_until_it_has_counted_again(db, monkeypatch):
    one = Presence("one")
    await one.begin()
    monkeypatch.setattr(one, "_known_until", float("-inf"))
    assert one.share() == 0
    await one._renew()
    assert one.share() == 1
    await one.end()


async def test_a_dead_one_is_not_counted_for_long(db):
    long_ago = datetime.now(UTC) - timedelta(seconds=presence.SECONDS + 1)
    await knocks.show_up("dead", long_ago + timedelta(seconds=presence.SECONDS), long_ago)
    one = Presence("one")
    await one.begin()
    assert one.share() == 1
    await one.end()


async def test_on_the_embedded_database_nobody_else_can_be(db):
    now = datetime.now(UTC)
    await knocks.show_up("killed", now + timedelta(seconds=30), now)
    one = Presence("one", is_alone=True)
    await one.begin()
    assert one.share() == 1
    assert await knocks.present(now) == {"one"}
    await one.end()
