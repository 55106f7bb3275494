"""A change of the field key: what the old one sealed is sealed with the new one, beside a service that goes on."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cast import arrange
from furnished import KEY, settings_of

from bot import portions
from bot.commands import keys
from bot.house import database
from delivery.outbox import Letter, post_notice, to_openid
from kit import clock
from kit.settings import Settings
from kit.vault import Vault
from models import resealing
from models.arrivals import open_seat, sealed_seat
from models.columns import seal, unseal
from models.database import connection, transaction
from models.help.wishes import Wish
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import Account
from models.people.members import EmergencyContact, Person
from models.schema import upgrade

NEW = base64.b64encode(b"n" * 32).decode()
OLD_MARK, NEW_MARK = (Vault(base64.b64decode(key)).seal("x", "y")[:10] for key in (KEY, NEW))

SEAT = {"menu": {"text": "请选", "choices": []}}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "_SHORTEST_PAUSE", 0.0)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = settings_of(tmp_path / "data")
    found.data_dir.mkdir()
    async with database(found):
        await upgrade()
        async with transaction():
            await arrange(clock.now())
            await _lived_in()
    return found


async def _lived_in() -> None:
    """Something sealed by hand and in the middle of JSON, besides the columns."""
    now = clock.now()
    await InboxMessage.create(openid="oZhao", identity="1", kind="text", created=now, received_at=now, state="failed",
                              reply=seal("您好", "inbox.reply"), words="你好")  # fmt: skip
    await Account.filter(openid="oZhao").update(seat=sealed_seat(SEAT | {"line": seal("腿疼", "visit.findings")}))
    await post_notice(to_openid("oZhao"), Letter("binding.checked"), once="a", now=now)
    await Wish.create(kind="words", words="想要一副老花镜", made_at=now)


async def everything() -> str:
    texts = []
    for shelf in resealing.shelves():
        rows = await connection().execute_query_dict(f'SELECT "{shelf.column}" AS value FROM "{shelf.table}"')
        texts += [str(row["value"]) for row in rows]
    return "\n".join(texts)


async def test_everything_is_sealed_with_the_new_key_and_opens_with_it_alone(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    both = settings.model_copy(update={"field_key": f"{KEY},{NEW}"})
    async with database(settings):
        before = await everything()
        assert OLD_MARK in before
    assert await keys.reseal(both) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    async with database(both):
        after = await everything()
        assert OLD_MARK not in after
        assert after.count(NEW_MARK) == before.count(OLD_MARK)
        assert [one.name for one in await Person.by_phone("19900000001")] == ["赵一禾"]
        assert (await AuditEntry.get(action="resealed")).facts == {"values": before.count(OLD_MARK), "left": 0}
    async with database(settings.model_copy(update={"field_key": NEW})):
        assert (await Person.get(name="赵一禾")).phone == "19900000001"
        assert (await Wish.get()).words == "想要一副老花镜"
        assert (await InboxMessage.get()).words == "你好"
        assert (await Notice.get()).facts == "{}"
        assert await EmergencyContact.all()
        seat = open_seat((await Account.get(openid="oZhao")).seat)
        assert seat.items() > SEAT.items()
        assert unseal(seat["line"], "visit.findings") == "腿疼"


async def test_broken_off_it_goes_on_and_the_second_time_nothing_is_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    both = settings.model_copy(update={"field_key": f"{KEY},{NEW}"})
    real, calls = keys.reseal_some, 0

    async def breaks(shelf: Any, after: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 12:
            raise OSError("power cut")
        return await real(shelf, after)

    monkeypatch.setattr(keys, "reseal_some", breaks)
    assert await keys.reseal(both) == 1
    async with database(both):
        assert OLD_MARK in await everything()
    assert await keys.reseal(both) == 0
    async with database(both):
        assert OLD_MARK not in await everything()


async def test_a_value_no_key_opens_is_left_and_told(settings: Settings) -> None:
    both = settings.model_copy(update={"field_key": f"{KEY},{NEW}"})
    async with database(settings.model_copy(update={"field_key": base64.b64encode(b"?" * 32).decode()})):
        await Wish.create(kind="words", words="谁也打不开", made_at=clock.now())
    assert await keys.reseal(both) == 1


async def test_with_one_key_there_is_nothing_to_change(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await keys.reseal(settings) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
