"""Plays a time in the demo county and counts what came of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.demo_county import seed as demo_county
from tests.year import faults
from tests.year.almanac import owed
from tests.year.course import Course
from tests.year.faults import SHANGHAI, Books
from tests.year.hands import Hands, manners
from tests.year.house import House, opened, rows_of

FAULTS = ("unaccounted", "doubled", "after_death", "in_quiet_hours", "over_daily_cap", "ended_without_person")


@dataclass(frozen=True)
class Played:
    """What is left of the time: the books, each fault with its findings, the sums by name."""

    seed: int
    books: Books
    faults: dict[str, list[str]]
    by_name: dict[str, Counter[str]]
    says: int
    kills: int
    outages: int
    odd: list[str]


async def play(seed: int, first: date, days: int, told: Callable[[date], None] = lambda _: None) -> Played:
    """So many days of the demo county, from its first morning on."""
    chance, last = random.Random(seed), first + timedelta(days=days - 1)
    county = furnished(first)
    async with opened(county, datetime.combine(first, time(8), SHANGHAI)) as house:
        hands = Hands(house, chance)
        people = manners(county, chance)
        await Course(house, hands, people, county, first, last, chance).play(told)
        return await _played(seed, house, hands, Books(
            await _all_sent(house), rows_of(await house.town.command("dump")), list(owed(county, first, last)),
            hands.news, people, first, last,
        ))  # fmt: skip


def furnished(first: date) -> dict[str, Any]:
    """The demo county, and a phone for everybody in an office."""
    county = demo_county(first)
    staff = [{"openid": f"oYear{row['key']}", **row} for row in county["staff"]]
    return county | {"staff": staff}


async def _all_sent(house: House) -> list[dict[str, Any]]:
    await house.read_sent()
    return house.sent


async def _played(seed: int, house: House, hands: Hands, books: Books) -> Played:
    found = {name: getattr(faults, name)(books) for name in FAULTS}
    return Played(seed, books, found, faults.listing(books), hands.says, house.kills, house.outages, hands.odd)


def summary(played: Played) -> dict[str, Any]:
    """The figures of the year, under the names everybody asks for."""
    books, counted = played.books, sum(played.by_name.values(), Counter[str]())
    confirmed = sum(row["outcome"] == "confirmed" for row in books.rows["notice"])
    figures: dict[str, Any] = {"members": len(books.rows["member"]), "due": len(books.duties)}
    figures |= {part: counted[part] for part in ("done", "excused", "open")}
    figures |= {name: len(played.faults[name]) for name in FAULTS[:-1]}
    figures |= {"notices": len(books.rows["notice"]), "confirmed": confirmed, "by_way": faults.by_way(books)}
    return figures | {"ended_without_person": len(played.faults[FAULTS[-1]]), "seed": played.seed}
