"""A password opens nothing alone: the chat asks its owner for the digits; guessing is slowed and stopped."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Shown, Site, with_code
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit import clock
from kit.errors import Refusal
from models.columns import blind
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import Binding, Question
from models.people.console import ConsolePassword, ConsoleSession, LoginTry
from models.people.members import Person
from models.people.organisation import Role
from services.people import logins

pytestmark = pytest.mark.usefixtures("db")

GOOD = "海棠 灯塔 七把伞 🌧"
PHONE = "19900000004"


@pytest.fixture
async def talk(cast: Cast) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, clock.now())
    yield opened
    await opened.inbox.stop()


async def _with_password(site: Site, person: Person) -> Browser:
    browser = await with_code(site, person)
    await browser.look("/console/me")
    assert (await browser.send("/console/me/password", password=GOOD)).status == 303
    return browser


async def _tried(site: Site, password: str = GOOD, phone: str = PHONE) -> tuple[Browser, Shown]:
    browser = site.browser()
    await browser.look("/console/login")
    return browser, await browser.send("/console/login/password", phone=phone, password=password)


async def _asked(openid: str) -> None:
    """The chat has put the question of the newest notice."""
    notice = await Notice.filter(say="logins.password_used").order_by("-id").first()
    assert notice is not None
    now = clock.now()
    await Question.create(openid=openid, title="?", choices=notice.asks, asked_at=now, notice_id=notice.id,
                          valid_until=now + timedelta(days=1))  # fmt: skip


def _digits(shown: Shown) -> str:
    found = re.search(r'id="digits">(\d\d)<', shown.text)
    assert found
    return found[1]


async def test_a_password_and_the_digits_by_chat_open_the_desk(site: Site, cast: Cast, talk: Talk) -> None:
    await _with_password(site, cast.secretary)
    browser, shown = await _tried(site)
    digits = _digits(shown)
    assert (await browser.send("/console/login/look")).status == 204
    await _asked("oSecretary")
    assert "两位数字" in await talk.say("oSecretary", "1")
    assert "马上打开" in await talk.say("oSecretary", digits)
    assert (await browser.send("/console/login/look")).headers["Location"] == "/console/"
    assert (await ConsoleSession.filter(ended_at=None).order_by("-id").first() or ConsoleSession()).how == "password"


async def test_nobody_else_can_say_the_digits(site: Site, cast: Cast, talk: Talk) -> None:
    await _with_password(site, cast.secretary)
    browser, shown = await _tried(site)
    await _asked("oWorker")
    assert "过时" in await talk.say("oWorker", "1")
    assert (await browser.send("/console/login/look")).status == 204
    assert _digits(shown)


async def test_wrong_unknown_and_not_in_office_look_alike(site: Site, cast: Cast) -> None:
    await _with_password(site, cast.secretary)
    answers = [await _tried(site, "wrong wrong"), await _tried(site, GOOD, "19900000777"), await _tried(site, "", "")]
    pages = {re.sub(r"[0-9a-f]{40}", "", shown.text) for _, shown in answers}
    assert ({shown.status for _, shown in answers}, len(pages)) == ({422}, 1)
    await Role.filter(person_id=cast.secretary.id).delete()
    assert (await _tried(site))[1].status == 422
    assert not await Notice.filter(say="logins.password_used").exists()


async def test_guessing_is_slowed_then_stopped_and_the_owner_is_back_soon(site: Site, cast: Cast) -> None:
    await _with_password(site, cast.secretary)
    answers = [(await _tried(site, f"wrong {number}"))[1].text for number in range(6)]
    assert "不对" in answers[0]
    assert "太快" in answers[5]
    now = clock.now()
    for _ in range(5):
        await LoginTry.create(what=blind("address:127.0.0.1", "login.try"), at=now)
    assert "太多了" in (await _tried(site))[1].text
    await LoginTry.all().update(at=now - timedelta(minutes=16))
    assert (await _tried(site))[1].status == 200


async def test_a_stolen_password_does_not_ring_for_ever(site: Site, cast: Cast) -> None:
    await _with_password(site, cast.secretary)
    answers = [(await _tried(site))[1].status for _ in range(6)]
    assert answers == [200] * 5 + [422]


@pytest.mark.parametrize(
    ("password", "said"),
    [("七个字不够用的", "至少要8"), ("password", "太好猜"), ("PassWord", "太好猜"), ("11111111", "太好猜"),
     (PHONE, "太好猜"), ("x" * 129, "至少要8")],
)  # fmt: skip
async def test_a_weak_password_is_refused_in_words(site: Site, cast: Cast, password: str, said: str) -> None:
    browser = await with_code(site, cast.secretary)
    await browser.look("/console/me")
    refused = await browser.send("/console/me/password", password=password)
    assert refused.status == 422
    assert said in refused.text
    assert not await ConsolePassword.exists()


async def test_a_new_password_ends_the_other_sessions_and_is_kept_as_argon2id(site: Site, cast: Cast) -> None:
    other = await with_code(site, cast.secretary)
    browser = await _with_password(site, cast.secretary)
    assert (await other.look("/console/")).status == 303
    assert (await browser.look("/console/")).status == 200
    assert (await ConsolePassword.get()).phrase.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    entries = await AuditEntry.filter(action="password_set")
    assert [(row.actor, row.facts) for row in entries] == [(f"person:{cast.secretary.id}", None)]


async def test_a_password_is_set_only_soon_after_a_login_and_given_up_at_once(site: Site, cast: Cast) -> None:
    browser = await _with_password(site, cast.secretary)
    await ConsoleSession.all().update(proven_at=clock.now() - timedelta(minutes=20))
    assert (await browser.send("/console/me/password", password=GOOD + "！")).status == 422
    await browser.send("/console/me/password/drop")
    assert (await _tried(site))[1].status == 422


async def test_who_has_no_chat_sets_no_password(cast: Cast) -> None:
    await Binding.filter(person_id=cast.secretary.id).delete()
    with pytest.raises(Refusal, match=r"console\.password_no_chat"):
        await logins.set_password(cast.secretary, GOOD, keep=0, now=clock.now())


async def test_leaving_everywhere_ends_this_session_too(site: Site, cast: Cast) -> None:
    first, second = await with_code(site, cast.secretary), await with_code(site, cast.secretary)
    await first.look("/console/me")
    assert (await first.send("/console/me/leave")).headers["Location"] == "/console/login"
    assert [(await one.look("/console/")).status for one in (first, second)] == [303, 303]


async def test_a_second_admin_is_asked_for_until_there_is_one(site: Site, cast: Cast) -> None:
    worker = await with_code(site, cast.worker)
    assert "只有您一位管理员" in (await worker.look("/console/")).text
    await Role.create(person_id=cast.qian.id, role="community_worker", organisation_id=cast.community.id)
    assert "只有您一位管理员" not in (await worker.look("/console/")).text
    assert "只有您一位管理员" not in (await (await with_code(site, cast.secretary)).look("/console/")).text
