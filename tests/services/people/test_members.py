"""People are found and addressed rightly, their details stay right, and who has left hears nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from cast import arrange

from delivery.outbox import Letter, post_notice, to_person
from kit.errors import Refusal
from models.outreach.notices import Notice
from models.people.accounts import Binding
from models.people.members import Person
from services.people import members

ON = date(2026, 10, 12)


@pytest.mark.usefixtures("db")
async def test_an_account_speaks_for_itself_first(monday: datetime) -> None:
    cast = await arrange(monday)
    await Binding.filter(openid="oQian").update(until=monday)
    await Binding.create(openid="oQian", person=cast.zhao, relation="proxy", consent="spoken", since=monday)
    await Binding.create(openid="oQian", person=cast.qian, relation="self", since=monday)
    assert [(one.person.name, one.relation) for one in await members.who("oQian")] == [
        ("钱二梅", "self"),
        ("赵一禾", "proxy"),
    ]
    assert await members.who("oStranger") == []


@pytest.mark.usefixtures("db")
async def test_a_name_is_found_in_a_subtree_only(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await members.named("冯九思", beneath=[cast.community.path]) == []
    assert await members.named("冯九思", beneath=[cast.other_community.path]) == [cast.feng]
    assert await members.named("冯九思", beneath=[]) == []


@pytest.mark.usefixtures("db")
async def test_a_name_that_fits_two_is_refused_with_the_list(monday: datetime) -> None:
    cast = await arrange(monday)
    await members.register("赵一禾", branch=cast.other_branch)
    with pytest.raises(Refusal) as refused:
        await members.find("赵一禾")
    assert refused.value.facts["names"] == "金桂花园党支部/赵一禾 (zhao); 柳岸新村党支部/赵一禾"
    assert await members.find("zhao") == cast.zhao


@pytest.mark.parametrize(
    ("name", "birth", "address"),
    [
        pytest.param("赵一禾", "1946-02-09", "赵老", id="eighty"),
        pytest.param("赵一禾", "1946-10-13", "赵老师", id="eighty tomorrow"),
        pytest.param("王百川", None, "王老师", id="birth unknown"),
        pytest.param("欧阳十锦", "1960-01-01", "欧阳老师", id="long surname"),
        pytest.param("阿依古丽·五星", "1960-01-01", "阿依古丽老师", id="with a dot"),
        pytest.param("欧阳", "1960-01-01", "欧老师", id="two characters"),
    ],
)
def test_how_a_person_is_addressed(name: str, birth: str | None, address: str) -> None:
    assert members.honorific(Person(name=name, birth=birth), ON) == address


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("199 0000 0077", "19900000077", id="in groups"),
        pytest.param("+86 19900000077", "19900000077", id="with the country"),
        pytest.param("0746-1234567", "07461234567", id="landline"),
    ],
)
@pytest.mark.usefixtures("db")
async def test_a_new_number_is_kept_and_found_again(said: str, kept: str, monday: datetime) -> None:
    cast = await arrange(monday)
    await members.update_phone(cast.zhao, said)
    assert (await Person.get(key="zhao")).phone == kept
    assert await Person.by_phone(kept) == [cast.zhao]


@pytest.mark.parametrize(
    "said", ["1990000007", "29900000077", "abc", ""], ids=["short", "no mobile", "words", "nothing"]
)
async def test_a_malformed_number_is_refused(said: str) -> None:
    with pytest.raises(Refusal, match=r"members\.phone_malformed"):
        members.clean_phone(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        pytest.param("赵一禾", "赵一禾", id="plain"),
        pytest.param("我叫赵一禾。", "赵一禾", id="in a sentence"),
        pytest.param("赵 一禾", "赵一禾", id="with a blank"),
        pytest.param("𠮷百田", "𠮷百田", id="four bytes"),
        pytest.param("阿依古丽•五星", "阿依古丽·五星", id="another dot"),
        pytest.param("叫我老赵行不行呀", None, id="no name"),
        pytest.param("zhao", None, id="letters"),
        pytest.param("3712", None, id="digits"),
        pytest.param("赵", None, id="surname only"),
    ],
)
def test_what_counts_as_a_full_name(said: str, name: str | None) -> None:
    assert members.said_name(said) == name


@pytest.mark.usefixtures("db")
async def test_nothing_more_is_sent_to_the_dead(monday: datetime) -> None:
    cast = await arrange(monday)
    await post_notice(to_person(cast.zhao), Letter("binding.checked"), once="greeting", now=monday)
    await members.mark_deceased(cast.zhao, now=monday)
    assert (await Notice.get(business_key="greeting")).state == "expired"
    assert (await Person.get(key="zhao")).state == "deceased"
    assert await members.named("赵一禾") == []


@pytest.mark.usefixtures("db")
async def test_my_information_is_whole_and_plain(monday: datetime) -> None:
    cast = await arrange(monday)
    facts = await members.own_facts(await Person.get(id=cast.zhao.id), monday.date())
    assert (facts["name"], facts["phone"], facts["community"]) == ("赵一禾", "19900000001", "桂花社区")
    assert facts["contacts"] == [{"name": "赵小禾", "relation": "女儿", "phone": "19900000071"}]
    assert set(facts["consents"]) == {"basic", "health"}


@pytest.mark.usefixtures("db")
async def test_somebody_is_reachable_while_the_account_follows(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await members.is_reachable(cast.zhao)
    assert not await members.is_reachable(cast.wang)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("王百川", True), ("我叫王百川", True), ("冯九思", True), ("王川", True), ("冯九思去世了", False),
     ("李四走了", False), ("李走了", False), ("报到", False), ("我要报到", False), ("王百川13号", False)],
)  # fmt: skip
def test_a_bare_name_is_a_name_and_nothing_else(text: str, is_one: bool) -> None:
    assert members.is_bare_name(text) is is_one
