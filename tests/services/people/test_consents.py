"""Consents are rows by purpose and version: given, withdrawn at once, asked again for a new version."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import arrange

from kit.errors import Refusal
from models.people.accounts import Account
from models.people.members import Consent
from services.people import consents

pytestmark = pytest.mark.usefixtures("db")


async def test_each_purpose_has_its_own(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await consents.has_consent(cast.zhao, "health")
    assert not await consents.has_consent(cast.qian, "health")


async def test_agreeing_twice_is_one_row(monday: datetime) -> None:
    cast = await arrange(monday)
    await consents.give("voice", version="1", person=cast.qian, now=monday)
    await consents.give("voice", version="1", person=cast.qian, now=monday + timedelta(days=1))
    assert await Consent.filter(person=cast.qian, purpose="voice").count() == 1


async def test_a_new_version_asks_again(monday: datetime) -> None:
    cast = await arrange(monday)
    await consents.give("voice", version="1", person=cast.qian, now=monday)
    assert not await consents.has_consent(cast.qian, "voice", version="2")


async def test_withdrawing_counts_at_once_and_keeps_the_row(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await consents.withdraw("health", person=cast.zhao, now=monday) == 1
    assert not await consents.has_consent(cast.zhao, "health")
    assert (await Consent.get(person=cast.zhao, purpose="health")).withdrawn_at == monday
    assert await consents.withdraw("health", person=cast.zhao, now=monday) == 0


async def test_an_account_nobody_is_bound_to_may_agree(monday: datetime) -> None:
    await Account.create(openid="oNew", first_seen=monday)
    assert not await consents.account_consented("oNew", version="1")
    await consents.give("basic", version="1", openid="oNew", now=monday)
    assert await consents.account_consented("oNew", version="1")
    assert not await consents.account_consented("oNew", version="2")
    await consents.withdraw("basic", openid="oNew", now=monday)
    assert not await consents.account_consented("oNew", version="1")


async def test_an_unknown_purpose_is_refused(monday: datetime) -> None:
    with pytest.raises(Refusal, match=r"consents\.purpose_unknown"):
        await consents.give("everything", version="1", openid="oNew", now=monday)
