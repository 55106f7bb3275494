"""The branch's own spreadsheet: 210 people who never were, as a secretary keeps them, with her slips of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from kit.spreadsheets import write_xlsx

HEADINGS = ("序号", "姓名", "性别", "出生年月", "手机号码", "党支部", "社区", "小区", "楼号", "门牌号", "是否独居")
SIZE, WITHOUT_TELEPHONE, IN_THE_CHAT = 210, 25, 154
BRANCH, COMMUNITY, ESTATE = "金桂花园党支部", "桂花社区", "金桂花园"
_FAMILY, _FIRST, _SECOND = "赵钱孙许吴郑冯陈褚卫蒋沈韩杨", "一二三四五六七", "禾梅山木友常川"
FIRST_TELEPHONE = 19_900_001_001


@dataclass(frozen=True)
class Entry:
    """One line of the spreadsheet."""

    name: str
    sex: str
    born: date
    telephone: str
    building: int
    room: str
    lives_alone: bool


def people(today: date) -> list[Entry]:
    """All of them: three turn eighty in the days before the next Monday, two in the week that begins then."""
    names = ["".join(parts) for parts in product(_FAMILY, _FIRST, _SECOND)]
    step = len(names) // SIZE
    births = list(_births(today))
    return [_entry(number, names[number * step], births[number]) for number in range(SIZE)]


def _births(today: date) -> Iterator[date]:
    """Nobody but the first five has a round birthday within the year's half around this week."""
    monday = today + timedelta(days=7 - today.weekday())
    for days in (-3, -2, -1, 2, 4):
        day = monday + timedelta(days=days)
        yield day.replace(year=day.year - 80)
    for number in range(SIZE - 5):
        age = (61, 63, 66, 67, 68, 72, 73, 76, 77, 78, 82, 84, 86, 91)[number % 14]
        yield date(today.year - age, number % 12 + 1, number % 27 + 1)


def _entry(number: int, name: str, born: date) -> Entry:
    telephone = "" if number >= SIZE - WITHOUT_TELEPHONE else str(FIRST_TELEPHONE + number)
    sex, building, room = ("男", "女")[number % 2], number % 12 + 1, f"{number % 6 + 1}0{number % 3 + 1}"
    return Entry(name, sex, born, telephone, building, room, number % 9 == 0)


def sheet(entries: list[Entry]) -> bytes:
    """The file as she sends it: one telephone number a digit short, one person written down twice, a line of sums."""
    rows = [_row(number, entry) for number, entry in enumerate(entries, 1)]
    rows.append((str(SIZE + 1), *_row(3, entries[2])[1:]))
    wrong = list(_row(SIZE + 2, entries[-1]))
    wrong[1], wrong[3] = "沈千山", "1950-13-45"
    return write_xlsx(HEADINGS, [*rows, tuple(wrong)])


def _row(number: int, one: Entry) -> tuple[str, ...]:
    alone = "是" if one.lives_alone else "否"
    place = (BRANCH, COMMUNITY, ESTATE, f"{one.building}栋", one.room, alone)
    return (str(number), one.name, one.sex, one.born.isoformat(), one.telephone, *place)
