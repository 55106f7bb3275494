"""What was not understood is kept without anything personal, given a meaning once, and counts from then on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cast import Cast, arrange

from bot.learning import learn
from conversation import learned
from kit.errors import Refusal
from models.help.heard import Heard, Meaning
from services.county import upkeep
from services.county.upkeep import KeepPolicy
from services.help import heard
from services.people import access, erasure

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture(autouse=True)
def nothing_learned() -> Iterator[None]:
    yield
    learned.load([])


MASKED = [
    ("帮钱二梅改一下那个号", "帮某改一下那个号"),
    ("给王老师捎个口信", "给某老师捎个口信"),
    ("老李师傅啥时候得空", "某师傅啥时候得空"),
    ("我电话换成19900000002了", "我电话换成#了"),
    ("一三九零零零零零零零二打这个", "#打这个"),
    ("三号那个我要", "三号那个我要"),
    ("住3栋502那个屋", "住3栋#那个屋"),
]


@pytest.mark.parametrize(("said", "kept"), MASKED, ids=[said for said, _ in MASKED])
async def test_names_and_long_numbers_are_left_out(cast: Cast, said: str, kept: str) -> None:
    assert await heard.masked(said) == kept


async def test_the_same_words_are_one_phrase_and_the_commonest_comes_first(cast: Cast, monday: datetime) -> None:
    for said in ("咕噜咕噜", "哗啦啦一下", "哗啦啦 一下。"):
        await heard.keep("oQian", said, ["order_service"], person=cast.qian, now=monday)
    waiting = await heard.waiting(None)
    assert [(one.words, one.count) for one in waiting] == [("哗啦啦一下", 2), ("咕噜咕噜", 1)]


async def test_only_whose_office_reaches_there_sees_it(cast: Cast, monday: datetime) -> None:
    await heard.keep("oQian", "哗啦啦一下", [], person=cast.qian, now=monday)
    day = monday.date()
    for person, sees in ((cast.secretary, 1), (cast.worker, 1), (cast.chief, 1), (cast.feng, 0), (cast.wang, 0)):
        assert len(await heard.waiting(await access.reach_of(person, day))) == sees, person.name


async def test_a_meaning_counts_for_the_same_and_for_almost_the_same_words(cast: Cast, monday: datetime) -> None:
    await heard.keep("oQian", "把那个老年大学的单子弄一下子", [], person=cast.qian, now=monday)
    (phrase,) = await heard.waiting(None)
    assert await heard.means(phrase, "enrol_course", by="console", now=monday) == "报名上课"
    learned.load(await heard.meanings())
    assert learned.meaning_of("把那个老年大学的单子弄一下子", also_near=False) == "enrol_course"
    assert learned.meaning_of("把那个老年大学的单子弄一下", also_near=False) is None
    assert learned.meaning_of("把那个老年大学的单子弄一下", also_near=True) == "enrol_course"
    assert learned.meaning_of("把那个扔掉", also_near=True) is None
    assert await heard.waiting(None) == []


async def test_a_number_in_it_may_be_another_one(cast: Cast, monday: datetime) -> None:
    await heard.keep("oQian", "咕噜3号", [], person=cast.qian, now=monday)
    (phrase,) = await heard.waiting(None)
    await heard.means(phrase, "claim_post", by="console", now=monday)
    learned.load(await heard.meanings())
    assert learned.meaning_of("咕噜 5号", also_near=False) == "claim_post"


@pytest.mark.parametrize("intent", ["approve", "broadcast", "nothing_known"])
async def test_what_only_office_holders_say_is_no_meaning(cast: Cast, monday: datetime, intent: str) -> None:
    await heard.keep("oQian", "咕噜咕噜", [], person=cast.qian, now=monday)
    (phrase,) = await heard.waiting(None)
    with pytest.raises(Refusal, match="intent_unknown"):
        await heard.means(phrase, intent, by="console", now=monday)


async def test_the_wrong_meaning_is_taken_back(cast: Cast, monday: datetime) -> None:
    await heard.keep("oQian", "咕噜咕噜", [], person=cast.qian, now=monday)
    (phrase,) = await heard.waiting(None)
    await heard.means(phrase, "ask_points", by="console", now=monday)
    await heard.take_back(phrase.id, None, by="console", now=monday)
    assert not await Meaning.exists()
    assert len(await heard.waiting(None)) == 1


async def test_it_goes_after_thirty_days_and_with_its_account_but_what_was_learned_stays(
    cast: Cast, monday: datetime
) -> None:
    async def each(portion):
        return await portion

    for openid, said in (("oQian", "咕噜咕噜"), ("oFeng", "哗啦啦一下")):
        await heard.keep(openid, said, [], person=cast.qian, now=monday)
    await heard.means((await heard.waiting(None))[0], "ask_points", by="console", now=monday)
    await erasure.erase_account("oFeng", now=monday)
    assert await Heard.all().count() == 1
    counted = await upkeep.delete_old(monday + timedelta(days=31), KeepPolicy(), each)
    assert counted["heard"] == 1
    assert not await Heard.exists()
    assert await heard.meanings() == [("ask_points", "咕噜咕噜")]


async def test_the_data_folder_holds_a_table_to_train_with(cast: Cast, monday: datetime, tmp_path: Path) -> None:
    await heard.keep("oQian", "咕噜咕噜", [], person=cast.qian, now=monday)
    await heard.means((await heard.waiting(None))[0], "ask_points", by="console", now=monday)
    assert await learn(tmp_path) == 1
    assert (tmp_path / "meanings.tsv").read_text("utf-8") == "ask_points\t咕噜咕噜\theard\n"
    assert learned.meaning_of("咕噜 咕噜", also_near=False) == "ask_points"


async def test_how_the_list_is_asked_for_is_known_from_the_start() -> None:
    assert learned.meaning_of("没听懂的话", also_near=False) == "unheard"
