"""An account that left is forgotten whole; the roster row stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import arrange

from delivery.outbox import Letter, post_notice, to_openid
from models.database import connection
from models.help.wishes import Wish
from models.inbox import InboxMessage
from models.people.accounts import Account
from models.people.members import Person
from services.county import dump
from services.people import accounts, binding, consents, erasure

pytestmark = pytest.mark.usefixtures("db")


async def test_no_row_names_the_account_any_more(monday: datetime) -> None:
    await arrange(monday)
    await InboxMessage.create(openid="oDaughter", identity="1", kind="text", words="秘密", reply="回答",
                              created=monday, received_at=monday)  # fmt: skip
    await Account.create(openid="oDaughter", first_seen=monday)
    await Wish.create(kind="voice", openid="oDaughter", words="秘密", media_id="m1", made_at=monday)
    await post_notice(to_openid("oDaughter"), Letter("binding.checked"), once="a", now=monday)
    pseudonym = await erasure.erase_account("oDaughter", now=monday)
    text = "\n".join([line async for line in dump.lines()])
    assert "oDaughter" not in text
    assert pseudonym in text
    assert not await InboxMessage.filter(words__isnull=False).exists()
    leftover = await connection().execute_query_dict(
        "SELECT count(*) AS n FROM emergency_contact WHERE openid IS NOT NULL"
    )
    assert leftover[0]["n"] == 0


async def test_the_roster_row_stays(monday: datetime) -> None:
    cast = await arrange(monday)
    await binding.unfollow("oZhao", now=monday)
    await erasure.erase_account("oZhao", now=monday)
    assert (await Person.get(id=cast.zhao.id)).phone == "19900000001"


async def test_only_accounts_that_left_are_due(monday: datetime) -> None:
    await arrange(monday)
    await binding.unfollow("oZhao", now=monday)
    assert await erasure.accounts_due(monday - timedelta(minutes=1)) == []
    assert await erasure.accounts_due(monday) == ["oZhao"]
    await erasure.erase_account("oZhao", now=monday)
    await erasure.erase_account("oZhao", now=monday)
    assert await erasure.accounts_due(monday) == []


async def test_who_took_the_consent_back_is_forgotten_though_they_still_follow(monday: datetime) -> None:
    cast = await arrange(monday)
    await Account.create(openid="oStranger", first_seen=monday)
    await accounts.agree(await Account.get(openid="oStranger"), person_id=None, version="2026-1", now=monday)
    await consents.withdraw("basic", now=monday, person=cast.zhao)
    for openid in ("oZhao", "oStranger"):
        await consents.withdraw("basic", now=monday, openid=openid)
    assert await erasure.accounts_due(monday - timedelta(minutes=1)) == []
    assert await erasure.accounts_due(monday) == ["oStranger", "oZhao"]
    await erasure.erase_account("oZhao", now=monday)
    assert await erasure.accounts_due(monday) == ["oStranger"]


async def test_who_agreed_again_is_not_forgotten(monday: datetime) -> None:
    cast = await arrange(monday)
    await consents.withdraw("basic", now=monday, person=cast.zhao)
    await consents.withdraw("basic", now=monday, openid="oZhao")
    later = monday + timedelta(hours=1)
    await accounts.agree(await Account.get(openid="oZhao"), person_id=cast.zhao.id, version="2026-1", now=later)
    assert await erasure.accounts_due(later) == []
    await consents.withdraw("basic", now=later, person=cast.zhao)
    await consents.withdraw("basic", now=later, openid="oZhao")
    assert await erasure.accounts_due(monday) == []
    assert await erasure.accounts_due(later) == ["oZhao"]
