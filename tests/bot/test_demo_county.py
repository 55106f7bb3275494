"""The demo county is whole, the same each time, synthetic, and its birthday story lies a few days ahead."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import median

import pytest

from bot import demo_county
from kit.lunar import BirthDate
from models.people.members import Person
from services.county import seed
from services.people import members

TODAY = date(2026, 10, 12)


def test_the_county_is_the_same_each_time() -> None:
    assert demo_county.seed(TODAY) == demo_county.seed(TODAY)


def test_the_county_has_the_size_and_shares_of_the_reference() -> None:
    county = demo_county.seed(TODAY)
    people = county["members"]
    assert len(people) == 320
    kinds = Counter(place["kind"] for place in county["organisations"])
    assert kinds["building_group"] == 24
    assert kinds["unit_branch"] == 5
    assert kinds["partner_unit"] == 9
    ages = [TODAY.year - int(row["birth"][:4]) for row in people]
    assert 58 <= min(ages) <= max(ages) <= 97
    assert 68 <= median(ages) <= 74
    women = sum(row["sex"] == "female" for row in people) / len(people)
    lunar = sum(row.get("birth_calendar") == "lunar" for row in people) / len(people)
    alone = sum(row.get("lives_alone", False) for row in people) / len(people)
    assert 0.33 <= women <= 0.47
    assert 0.38 <= lunar <= 0.52
    assert 0.1 <= alone <= 0.2
    assert sum(row.get("birth_leap", False) for row in people) == 2
    assert {row["number"] for row in county["posts"] if row["organisation"] == "guihua"} == set(range(1, 15))


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 10, 12), date(2027, 2, 5), date(2028, 6, 20)], ids=str)
def test_the_eightieth_lunar_birthday_lies_a_few_days_ahead(today: date) -> None:
    zhao = next(row for row in demo_county.seed(today)["members"] if row["key"] == "birthday_subject")
    birth = BirthDate.parse(zhao["birth"], "lunar")
    ahead = birth.next_birthday(today)
    assert timedelta(days=7) < ahead - today < timedelta(days=45)
    assert birth.full_age(ahead) - 80 == zhao["birthday_offset"] == -1


@pytest.mark.usefixtures("db")
async def test_the_county_loads_and_the_phones_on_the_table_are_bound(
    monday: datetime,
) -> None:
    await seed.load(demo_county.seed(TODAY), now=monday)
    bound = {
        phone.part: [one.person.name for one in await members.who(phone.openid)] for phone in demo_county.DEMO_PHONES
    }
    assert bound.pop("newcomer") == bound.pop("stranger") == []
    assert bound == {phone.part: [phone.name] for phone in demo_county.DEMO_PHONES if phone.part in bound}
    newcomer = await Person.get(key="newcomer")
    assert (newcomer.name, newcomer.community_id) == ("王百川", None)
