"""Accounts that left are forgotten within the day, and the journal beside the rows says whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cast import arrange

from kit import journal
from models.database import transaction
from models.people.accounts import Account
from scheduler.people.erasure import JOURNAL, erasure, erasure_journal
from services.people import binding
from services.people.erasure import pseudonym_of

pytestmark = pytest.mark.usefixtures("db")


async def test_who_left_half_a_day_ago_is_erased_and_entered_in_the_journal(monday: datetime, tmp_path: Path) -> None:
    await arrange(monday)
    await binding.unfollow("oZhao", now=monday - timedelta(hours=13))
    await binding.unfollow("oQian", now=monday - timedelta(hours=1))
    tools: Any = SimpleNamespace(transaction=transaction, data_dir=tmp_path)
    assert await erasure.run(monday, tools) == {"erased": 1}
    assert not await Account.filter(openid="oZhao").exists()
    assert await Account.filter(openid="oQian").exists()
    assert [entry["account"] for entry in journal.entries(tmp_path / JOURNAL)] == [pseudonym_of("oZhao")]


async def test_each_machine_has_the_whole_journal_once(monday: datetime, tmp_path: Path) -> None:
    await arrange(monday)
    here, there = tmp_path / "here", tmp_path / "there"
    machines = [SimpleNamespace(transaction=transaction, data_dir=folder) for folder in (here, there)]
    for openid, folder, tools in (("oZhao", here, machines[0]), ("oQian", there, machines[1])):
        folder.mkdir()
        await binding.unfollow(openid, now=monday - timedelta(hours=13))
        await erasure.run(monday, cast(Any, tools))
    for tools in machines:
        assert await erasure_journal.run(monday, cast(Any, tools)) == {"entered": 1}
        assert await erasure_journal.run(monday, cast(Any, tools)) == {"entered": 0}
    entries = [sorted(one["account"] for one in journal.entries(folder / JOURNAL)) for folder in (here, there)]
    assert entries[0] == entries[1] == sorted([pseudonym_of("oZhao"), pseudonym_of("oQian")])


async def test_a_machine_whose_journal_was_lost_has_it_again(monday: datetime, tmp_path: Path) -> None:
    await arrange(monday)
    tools: Any = SimpleNamespace(transaction=transaction, data_dir=tmp_path)
    await binding.unfollow("oZhao", now=monday - timedelta(hours=13))
    await erasure.run(monday, tools)
    (tmp_path / JOURNAL).unlink()
    assert await erasure_journal.run(monday + timedelta(days=90), tools) == {"entered": 1}
