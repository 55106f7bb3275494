"""Accounts are tied to people by slip, by QR code or after a check, and untied at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from cast import Cast, arrange

from kit.clock import at_local, local_day
from kit.county import BindingNumbers
from kit.errors import Refusal
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding, BindingSlip
from models.people.members import Consent
from services.people import access, binding, consents, members
from services.people.binding import PrintedSlip
from services.people.binding.telling import next_round

pytestmark = pytest.mark.usefixtures("db")
POLICY = BindingNumbers()


async def _slip(cast: Cast, now: datetime) -> PrintedSlip:
    (slip,) = await binding.make_slips(cast.community, now=now, policy=POLICY, persons=[cast.wang])
    return slip


async def _bound_to(openid: str) -> list[str]:
    return [speaker.person.name for speaker in await members.who(openid)]


async def test_slips_are_made_for_those_not_bound_yet(monday: datetime) -> None:
    cast = await arrange(monday)
    await members.register("褚十一", branch=cast.branch)
    slips = await binding.make_slips(cast.community, now=monday, policy=POLICY)
    assert [slip.name for slip in slips] == ["褚十一"]
    assert slips[0].until == local_day(monday) + timedelta(days=14)


async def test_slip_numbers_are_unique_in_a_community_and_nowhere_stored(monday: datetime) -> None:
    cast = await arrange(monday)
    people = [await members.register(f"褚{number}", branch=cast.branch) for number in range(60)]
    slips = await binding.make_slips(cast.community, now=monday, policy=POLICY, persons=people)
    assert len({slip.code for slip in slips}) == 60
    assert all(len(slip.code) == 4 and slip.code.isdigit() for slip in slips)
    stored = {str(value) for row in await BindingSlip.all().values() for value in row.values()}
    assert not stored & ({slip.code for slip in slips} | {slip.scene for slip in slips})


async def test_the_digits_with_the_full_name_bind_once(monday: datetime) -> None:
    cast = await arrange(monday)
    slip = await _slip(cast, monday)
    tried = await binding.bind_by_slip("oNew", slip.code, " 王百川 ", now=monday, policy=POLICY)
    assert tried.person == cast.wang
    assert await _bound_to("oNew") == ["王百川"]
    again = await binding.bind_by_slip("oOther", slip.code, "王百川", now=monday, policy=POLICY)
    assert again.person is None


async def test_the_qr_code_binds_once(monday: datetime) -> None:
    cast = await arrange(monday)
    slip = await _slip(cast, monday)
    assert await binding.bind_by_scene("oNew", slip.scene, now=monday) == cast.wang
    with pytest.raises(Refusal, match=r"binding\.slip_spent"):
        await binding.bind_by_scene("oOther", slip.scene, now=monday)


async def test_a_slip_ends_after_its_days_and_when_a_newer_one_is_made(monday: datetime) -> None:
    cast = await arrange(monday)
    old = await _slip(cast, monday)
    new = await _slip(cast, monday)
    with pytest.raises(Refusal, match=r"binding\.slip_spent"):
        await binding.bind_by_scene("oNew", old.scene, now=monday)
    with pytest.raises(Refusal, match=r"binding\.slip_spent"):
        await binding.bind_by_scene("oNew", new.scene, now=monday + timedelta(days=14))


async def test_after_five_wrong_tries_a_day_staff_must_help(monday: datetime) -> None:
    cast = await arrange(monday)
    slip = await _slip(cast, monday)
    wrong = "0000" if slip.code != "0000" else "0001"
    left = [
        (await binding.bind_by_slip("oNew", wrong, "王百川", now=monday, policy=POLICY)).tries_left for _ in range(5)
    ]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(Refusal, match=r"binding\.by_staff"):
        await binding.bind_by_slip("oNew", slip.code, "王百川", now=monday, policy=POLICY)
    tomorrow = monday + timedelta(days=1)
    assert (await binding.bind_by_slip("oNew", slip.code, "王百川", now=tomorrow, policy=POLICY)).person == cast.wang


async def test_many_accounts_together_cannot_guess_in_one_community(monday: datetime) -> None:
    cast = await arrange(monday)
    (slip,) = await binding.make_slips(cast.community, now=monday, policy=POLICY, persons=[cast.zhao])
    wrong = "0000" if slip.code != "0000" else "0001"
    for number in range(50):
        await binding.bind_by_slip(f"oGuess{number // 4}", wrong, "赵一禾", now=monday, policy=POLICY)
    with pytest.raises(Refusal, match=r"binding\.by_staff"):
        await binding.bind_by_slip("oFresh", slip.code, "赵一禾", now=monday, policy=POLICY)


async def test_the_right_digits_with_another_name_do_not_bind(monday: datetime) -> None:
    cast = await arrange(monday)
    slip = await _slip(cast, monday)
    tried = await binding.bind_by_slip("oNew", slip.code, "赵一禾", now=monday, policy=POLICY)
    assert tried.person is None


async def test_the_secretary_is_told_and_can_undo(monday: datetime) -> None:
    cast = await arrange(monday)
    tie = await binding.bind("oNew", cast.qian, how="slip", now=monday)
    told = await Notice.get(say="binding.told")
    assert (told.recipient, told.say) == (f"person:{cast.secretary.id}", "binding.told")
    assert told.asks[0]["args"] == {"binding": tie.id}
    reach = await access.reach_of(cast.secretary, local_day(monday))
    assert await binding.undo(tie.id, reach, now=monday) == cast.qian
    assert await _bound_to("oNew") == []


async def test_on_a_day_of_many_the_secretary_hears_twice_and_sees_them_all(monday: datetime) -> None:
    cast = await arrange(monday)
    people = [await members.register(f"金{number}", branch=cast.branch) for number in "一二三四五六"]
    for minute, person in enumerate(people):
        await binding.bind(f"oNew{minute}", person, how="slip", now=monday + timedelta(minutes=minute))
    told = await Notice.filter(recipient=f"person:{cast.secretary.id}").order_by("id")
    assert [one.say for one in told] == ["binding.told", "binding.told_more"]
    assert told[1].due_at == at_local(local_day(monday), time(11, 30))
    reach = await access.reach_of(cast.secretary, local_day(monday))
    first = await binding.bound_lately(reach, now=monday + timedelta(hours=1), limit=4)
    rest = await binding.bound_lately(reach, now=monday + timedelta(hours=1), limit=4, before=first[-1].id)
    assert [tie.person.name for tie in (*first, *rest)][:6] == [person.name for person in reversed(people)]


@pytest.mark.parametrize(
    ("clock", "day", "told"), [((9, 0), 0, (11, 30)), ((11, 30), 0, (17, 30)), ((18, 0), 1, (11, 30))]
)
def test_the_next_round(monday: datetime, clock: tuple[int, int], day: int, told: tuple[int, int]) -> None:
    today = local_day(monday)
    assert next_round(at_local(today, time(*clock))) == at_local(today + timedelta(days=day), time(*told))


async def test_only_those_in_reach_can_undo(monday: datetime) -> None:
    cast = await arrange(monday)
    tie = await binding.bind("oNew", cast.feng, how="slip", now=monday)
    reach = await access.reach_of(cast.secretary, local_day(monday))
    for tie_id in (tie.id, 999_999):
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await binding.undo(tie_id, reach, now=monday)


async def test_a_new_phone_takes_the_place_of_the_lost_one(monday: datetime) -> None:
    cast = await arrange(monday)
    await binding.bind("oNewPhone", cast.zhao, how="slip", now=monday)
    assert await _bound_to("oZhao") == []
    assert await _bound_to("oNewPhone") == ["赵一禾"]


async def test_one_phone_may_serve_two(monday: datetime) -> None:
    cast = await arrange(monday)
    tie = await binding.bind("oZhao", cast.wang, how="slip", now=monday)
    assert (tie.relation, tie.consent) == ("proxy", "slip")
    assert await _bound_to("oZhao") == ["赵一禾", "王百川"]


async def test_binding_twice_changes_nothing(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await binding.bind("oZhao", cast.zhao, how="slip", now=monday) == await Binding.get(openid="oZhao")
    assert await Notice.all().count() == 0


async def test_what_the_account_agreed_to_becomes_the_persons_own(monday: datetime) -> None:
    cast = await arrange(monday)
    await binding.follow("oNew", now=monday)
    await consents.give("basic", version="1", openid="oNew", now=monday)
    await binding.bind("oNew", cast.wang, how="slip", now=monday)
    assert await consents.has_consent(cast.wang, "basic", version="1")
    assert not await Consent.filter(openid="oNew").exists()


@pytest.mark.parametrize(
    ("name", "tail", "fits"),
    [
        pytest.param("王百川", "0008", True, id="fits"),
        pytest.param("王百川", "0009", False, id="another number"),
        pytest.param("王百", "0008", False, id="another name"),
    ],
)
async def test_name_and_last_four_wait_for_a_named_person(name: str, tail: str, fits: bool, monday: datetime) -> None:
    cast = await arrange(monday)
    wish = await binding.ask_staff("oNew", name, tail, now=monday, is_workday=True)
    assert (wish.kind, wish.state, wish.keeper_id) == ("binding", "open", cast.chief.id)
    assert (wish.person_id == cast.wang.id) is fits
    assert await _bound_to("oNew") == []


async def test_staff_confirm_and_the_account_is_told(monday: datetime) -> None:
    cast = await arrange(monday)
    wish = await binding.ask_staff("oNew", "钱二梅", "0002", now=monday, is_workday=True)
    assert wish.keeper_id == cast.worker.id
    reach = await access.reach_of(cast.worker, local_day(monday))
    assert await binding.confirm(wish, reach, now=monday) == cast.qian
    assert await _bound_to("oNew") == ["钱二梅"]
    assert await Notice.filter(recipient="openid:oNew", say="binding.checked").exists()
    with pytest.raises(Refusal, match=r"binding\.already_settled"):
        await binding.confirm(wish, reach, now=monday)


async def test_staff_of_another_place_cannot_confirm(monday: datetime) -> None:
    cast = await arrange(monday)
    wish = await binding.ask_staff("oNew", "冯九思", "", now=monday, is_workday=True)
    reach = await access.reach_of(cast.worker, local_day(monday))
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await binding.confirm(wish, reach, now=monday, person=cast.feng)


async def test_asking_again_changes_the_one_open_wish(monday: datetime) -> None:
    await arrange(monday)
    first = await binding.ask_staff("oNew", "王百川", "1111", now=monday, is_workday=True)
    second = await binding.ask_staff("oNew", "王百川", "0008", now=monday, is_workday=True)
    assert first.id == second.id


async def test_unfollowing_ends_the_binding_at_once(monday: datetime) -> None:
    await arrange(monday)
    await binding.unfollow("oZhao", now=monday)
    assert await _bound_to("oZhao") == []
    account = await Account.get(openid="oZhao")
    assert (account.follows, account.unfollowed_at) == (False, monday)
    await binding.follow("oZhao", now=monday + timedelta(hours=1))
    assert await _bound_to("oZhao") == []
