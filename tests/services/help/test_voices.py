"""A voice is passed on to a named person; it is kept here only with its owner's own consent, thirty days at most."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange

from models.database import connection
from models.help.voices import Voice
from models.outreach.notices import Notice
from services.county import upkeep
from services.county.upkeep import KeepPolicy
from services.help import voices
from services.people import consents, erasure

pytestmark = pytest.mark.usefixtures("db")
SOUND = b"#!AMR\n" + b"\x3c" * 200


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


async def test_without_consent_nothing_is_fetched_and_it_can_still_be_heard(cast: Cast, monday: datetime) -> None:
    await voices.take_in(1, "oQian", "m1", may_keep=False, now=monday)
    assert await voices.to_fetch(monday) == []
    assert await voices.is_there(1, now=monday)
    assert await voices.sound_of(1) == (None, "m1")
    assert not await voices.is_there(1, now=monday + timedelta(days=4))


async def test_a_consent_given_later_fetches_what_is_still_there(cast: Cast, monday: datetime) -> None:
    await voices.take_in(1, "oQian", "m1", may_keep=False, now=monday)
    await voices.agree("oQian", cast.qian, version="2026-1", now=monday)
    assert await consents.has_consent(cast.qian, "voice")
    (found,) = await voices.to_fetch(monday)
    assert await voices.claim(found, now=monday) is not None
    assert await voices.claim(found, now=monday) is None
    await voices.keep(found, SOUND, "")
    assert await voices.sound_of(1) == (SOUND, "m1")
    rows = await connection().execute_query_dict("SELECT sound FROM voice")
    assert "#!AMR" not in str(rows[0]["sound"])


async def test_what_the_platform_has_no_more_is_given_up(cast: Cast, monday: datetime) -> None:
    await voices.take_in(1, "oQian", "m1", may_keep=True, now=monday)
    assert await voices.claim((await voices.to_fetch(monday))[0], now=monday + timedelta(days=4)) is None
    assert (await Voice.get(wish_id=1)).state == "lost"


async def test_consent_taken_back_deletes_what_was_kept(cast: Cast, monday: datetime) -> None:
    await voices.agree("oQian", cast.qian, version="2026-1", now=monday)
    await voices.take_in(1, "oQian", "m1", may_keep=True, now=monday)
    await voices.keep((await Voice.get()).id, SOUND, "")
    await voices.forget_all("oQian", cast.qian, now=monday)
    assert not await Voice.exists()
    assert not await voices.may_keep("oQian", cast.qian)


async def test_nobody_is_asked_about_it_again_and_again(cast: Cast, monday: datetime) -> None:
    await voices.take_in(1, "oQian", "m1", may_keep=False, now=monday)
    assert await voices.should_ask("oQian", now=monday)
    later = monday + timedelta(minutes=5)
    await voices.take_in(2, "oQian", "m2", may_keep=False, now=later)
    assert not await voices.should_ask("oQian", now=later)
    assert await voices.should_ask("oQian", now=later + timedelta(days=31))


async def test_it_goes_after_thirty_days_and_with_its_account(cast: Cast, monday: datetime) -> None:
    async def each(portion):
        return await portion

    await voices.take_in(1, "oQian", "m1", may_keep=True, now=monday)
    await voices.take_in(2, "oFeng", "m2", may_keep=True, now=monday)
    await erasure.erase_account("oFeng", now=monday)
    assert await Voice.all().count() == 1
    assert (await upkeep.delete_old(monday + timedelta(days=31), KeepPolicy(), each))["voices"] == 1
    assert not await Voice.exists()


async def test_it_is_played_to_the_one_who_opened_it(cast: Cast, monday: datetime) -> None:
    await voices.play(7, "oSecretary", name="钱二梅", now=monday)
    notice = await Notice.get()
    assert (notice.recipient, notice.picture, notice.in_reply) == ("openid:oSecretary", "voice:7", True)
