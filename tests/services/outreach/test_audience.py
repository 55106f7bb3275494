"""An audience in words is understood as places, ages, sex and offices, always inside the writer's own reach."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cast import Cast, arrange

from kit.clock import local_day
from kit.errors import Refusal
from models.people.accounts import Account, Binding
from models.people.members import Consent, Person
from services.outreach import audience
from services.outreach.audience import Said, read_said
from services.outreach.audience.people import Found, is_of_age
from services.people import access

SAID = [
    ("桂花社区全体", Said(places=("桂花社区",))),
    ("金桂花园 75岁以上", Said(places=("金桂花园",), from_age=75)),
    ("金桂花园七十五岁以上的女同志", Said(places=("金桂花园",), from_age=75, sex="female")),
    ("我们支部", Said(own="branch")),
    ("给支部所有人", Said(own="branch")),
    ("桂花第一支部全体", Said(places=("桂花第1支部",))),
    ("第3社区", Said(places=("第3社区",))),
    ("我们社区的老党员", Said(own="community")),
    ("全县离休干部", Said(own="county", standing="veteran_retiree")),
    ("离退休干部党员", Said()),
    ("全体", Said()),
    ("女同志", Said(sex="female")),
    ("3栋的", Said(building="3")),
    ("金桂花园三号楼", Said(places=("金桂花园",), building="3")),
    ("金桂花园1号楼党小组", Said(places=("金桂花园1号楼党小组",))),
    ("通知第二党小组", Said(places=("第2党小组",))),
    ("70到80岁", Said(from_age=70, to_age=80)),
    ("七十至八十岁的", Said(from_age=70, to_age=80)),
    ("70-80岁男同志", Said(from_age=70, to_age=80, sex="male")),
    ("80岁以下", Said(to_age=80)),
    ("不到80岁的", Said(to_age=79)),
    ("超过80岁", Said(from_age=81)),
    ("满80岁", Said(from_age=80)),
    ("八十岁", Said(from_age=80, to_age=80)),
    ("楼栋长", Said(offices=("楼栋长",))),
    ("没确认的", Said(is_missed=True)),
    ("我们支部，包括我", Said(own="branch", has_writer=True)),
    ("全体连我自己", Said(has_writer=True)),
    ("金桂花园（含本人）", Said(places=("金桂花园",), has_writer=True)),
    ("还没回复的人", Said(is_missed=True)),
    ("清泉里和春晖苑", Said(places=("清泉里和春晖苑",))),
    ("锦和家园的", Said(places=("锦和家园",))),
    ("县教育局离退休党支部全体", Said(places=("县教育局离退休党支部",))),
]


@pytest.mark.parametrize(("text", "said"), SAID, ids=[text for text, _ in SAID])
def test_words_are_read(text: str, said: Said) -> None:
    assert read_said(text) == said


@pytest.mark.parametrize("text", ["独居的", "桂花社区困难党员", "住院的", "空巢老人", "有高血压的"])
def test_nobody_is_picked_by_circumstances_in_a_chat(text: str) -> None:
    with pytest.raises(Refusal, match=r"broadcasts\.no_tags"):
        read_said(text)


BIRTHS = [
    ("in the middle of the range", "1946-05-01", "solar", True),
    ("75 on that very day", "1951-10-12", "solar", True),
    ("75 only tomorrow", "1951-10-13", "solar", False),
    ("75 by the lunar calendar two days ago", "1951-09-01", "lunar", True),
    ("75 by the lunar calendar tomorrow", "1951-09-04", "lunar", False),
]


@pytest.mark.parametrize(("born", "calendar", "fits"), [row[1:] for row in BIRTHS], ids=[row[0] for row in BIRTHS])
def test_ages_are_completed_years_in_the_own_calendar(monday, born: str, calendar: str, fits: bool) -> None:
    row = {"birth": born, "birth_calendar": calendar, "birth_leap": False}
    assert is_of_age(row, local_day(monday), 75, None) is fits


@pytest.fixture
async def cast(db, monday) -> Cast:
    return await arrange(monday)


async def _everybody(meant: audience.Audience, reach: access.Reach, on: date) -> Found:
    """All pages as one."""
    whole = Found()
    async for page in audience.pages(meant, reach, on):
        whole.ids += page.ids
        whole.opted_out += page.opted_out
        whole.without_birth += page.without_birth
    assert await audience.count_of(meant, reach, on) == len(whole.ids)
    return whole


async def _names(cast: Cast, who: Person, text: str, monday) -> set[str]:
    reach = await access.reach_of(who, local_day(monday))
    meant = await audience.understood(text, reach, local_day(monday))
    found = await _everybody(meant, reach, local_day(monday))
    return set(await Person.filter(id__in=found.ids).values_list("name", flat=True))


BRANCH = {"赵一禾", "钱二梅", "吴六合", "李四友"}
FOUND = [
    ("secretary", "我们支部", BRANCH - {"李四友"}),
    ("secretary", "我们支部，包括我", BRANCH),
    ("secretary", "全体", BRANCH - {"李四友"}),
    ("secretary", "女同志", {"赵一禾", "钱二梅"}),
    ("secretary", "75岁以上", {"赵一禾", "钱二梅"}),
    ("secretary", "79到80岁的女同志", {"赵一禾"}),
    ("secretary", "金桂花园", BRANCH - {"李四友"}),
    ("secretary", "金桂花园1号楼", {"赵一禾"}),
    ("secretary", "1栋的", {"赵一禾"}),
    ("secretary", "党小组长", {"吴六合"}),
    ("leader", "全体", {"赵一禾"}),
    ("worker", "桂花社区全体", BRANCH),
    ("township_worker", "柳塘社区", {"冯九思"}),
    ("township_worker", "桂花社区和柳塘社区", {*BRANCH, "冯九思"}),
    ("township_worker", "柳岸新村、金桂花园党支部 男同志", {"冯九思", "吴六合", "李四友"}),
    ("chief", "全县", {*BRANCH, "冯九思", "王百川"}),
    ("chief", "县教育局", {"王百川"}),
]


@pytest.mark.parametrize(("who", "text", "names"), FOUND, ids=[f"{row[0]}: {row[1]}" for row in FOUND])
async def test_an_audience_is_found_in_the_roster(cast, monday, who: str, text: str, names: set[str]) -> None:
    assert await _names(cast, getattr(cast, who), text, monday) == names


UNKNOWN = [
    ("secretary", "柳塘社区", "another's community"),
    ("secretary", "桂花社区全体", "the level above"),
    ("secretary", "县教育局", "another branch"),
    ("secretary", "月亮小区", "what exists nowhere"),
    ("secretary", "全县", "the county of somebody below it"),
]


@pytest.mark.parametrize(("who", "text"), [row[:2] for row in UNKNOWN], ids=[row[2] for row in UNKNOWN])
async def test_what_is_not_theirs_looks_like_what_does_not_exist(cast, monday, who: str, text: str) -> None:
    with pytest.raises(Refusal, match=r"broadcasts\.audience_unknown"):
        await _names(cast, getattr(cast, who), text, monday)


async def test_a_member_without_office_may_not(cast, monday) -> None:
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await _names(cast, cast.zhao, "全体", monday)


async def test_a_building_of_two_estates_is_asked_about(cast, monday) -> None:
    await Person.filter(id=cast.feng.id).update(estate="柳岸新村", building="1")
    with pytest.raises(Refusal, match=r"broadcasts\.which_estate") as refused:
        await _names(cast, cast.township_worker, "1栋", monday)
    assert "柳岸新村" in str(refused.value.facts["names"])
    assert await _names(cast, cast.township_worker, "柳岸新村1栋", monday) == {"冯九思"}


async def test_a_name_that_fits_several_is_asked_about(cast, monday) -> None:
    with pytest.raises(Refusal, match=r"broadcasts\.audience_ambiguous"):
        await _names(cast, cast.chief, "党支部", monday)


async def test_the_dead_the_withdrawn_and_those_who_opted_out_are_left_out(cast, monday) -> None:
    await Person.filter(id=cast.zhao.id).update(state="deceased")
    await Consent.filter(person_id=cast.qian.id, purpose="basic").update(withdrawn_at=monday)
    cast.leader.opted_out = ["broadcast"]
    await cast.leader.save()
    reach = await access.reach_of(cast.secretary, local_day(monday))
    meant = await audience.understood("全体，包括我", reach, local_day(monday))
    found = await _everybody(meant, reach, local_day(monday))
    assert (found.ids, found.opted_out) == ([cast.secretary.id], 1)


async def test_who_has_no_birth_is_counted_apart_when_the_age_decides(cast, monday) -> None:
    await Person.filter(id=cast.qian.id).update(birth=None)
    reach = await access.reach_of(cast.secretary, local_day(monday))
    meant = await audience.understood("75岁以上", reach, local_day(monday))
    found = await _everybody(meant, reach, local_day(monday))
    assert (found.ids, found.without_birth) == ([cast.zhao.id], 1)


async def test_ways_are_counted_by_chat_form_and_liaison(cast, monday) -> None:
    await Account.filter(openid="oZhao").update(window_until=monday + timedelta(hours=1), allowance=2)
    await Binding.filter(openid="oQian").update(until=monday)
    ids = [cast.zhao.id, cast.qian.id, cast.leader.id, cast.secretary.id]
    from delivery.policy import DeliveryPolicy, Template

    plain = await audience.ways_to(ids, DeliveryPolicy(), at=monday, on=local_day(monday))
    # 钱二梅 and 吴六合 by the secretary, the secretary by the community worker.
    assert (plain.chat, plain.form, plain.told, plain.tellers) == (1, 0, 3, 2)
    formed = await audience.ways_to(
        ids, DeliveryPolicy(templates={"*": Template("t")}), at=monday, on=local_day(monday)
    )
    assert (formed.chat, formed.form, formed.told, formed.tellers) == (1, 2, 1, 1)
    both = plain + formed
    assert (both.total, both.tellers) == (8, 2)
