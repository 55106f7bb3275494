"""The days of the year: when the clock stops, who looks at their phone, what befalls people, house and platform."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.year.faults import SHANGHAI, dead
from tests.year.hands import QUICK, SILENT, SLOW, Hands, News, Person
from tests.year.house import House

STOPS = (time(8, 31), time(15), time(18, 35))
_EARLY, _EARLY_SHARE = time(7, 40), 0.25
_IN_QUIET_HOURS = (time(0, 30), time(5, 45), time(12, 40), time(21, 40))
_QUIET_SHARE = 0.12
_AT_ONCE = 12
"""So many people look at their phones at one stop; the others at the next."""
_TEMPLATE = "CommunityNotice_000000000000000000000000Sim"
_SAID = {"death": "{name}去世了", "hospital": "{name}住院了", "hardship": "{name}家里有困难"}
_KINDS_OF_OUTAGE = ("503", "drop")

Deed = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Shares:
    """How much happens in so many days."""

    deaths: int
    stays: int
    hardships: int
    rumours: int
    unfollowed: int
    outages: int
    kills: int
    days_off: int

    @classmethod
    def of(cls, days: int) -> Shares:
        """A year has the figures below; a shorter time its part, and at least one of each."""

        def part(many: int) -> int:
            return max(1, round(many * days / 365))

        return cls(part(7), part(14), part(5), part(3), part(4), part(10), part(6), 3 if days > 60 else 0)


@dataclass
class Course:
    """Plays the days from `first` to `last`."""

    house: House
    hands: Hands
    people: Mapping[str, Person]
    seed: Mapping[str, Any]
    first: date
    last: date
    chance: random.Random
    waiting: list[tuple[date, Person, str]] = field(default_factory=list)
    deeds: dict[date, list[Deed]] = field(default_factory=dict)
    outages: set[tuple[date, time]] = field(default_factory=set)
    kills: set[tuple[date, time]] = field(default_factory=set)
    off: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        self._by_openid = {one.openid: one for one in self.people.values() if one.openid}
        self._plan(Shares.of((self.last - self.first).days))

    # What is to happen.

    def _plan(self, shares: Shares) -> None:
        subjects = [one for one in self.people.values() if not one.is_staff]
        self.chance.shuffle(subjects)
        taken = iter(subjects)
        for kind, many in (("death", shares.deaths), ("hospital", shares.stays), ("hardship", shares.hardships)):
            for number in range(many):
                person = next(one for one in taken if self._place_of(one))
                self._later(self._some_day(10), self._telling(kind, person, is_true=True, by_office=number % 3 == 0))
        for _ in range(shares.rumours):
            self._later(self._some_day(5), self._telling("death", next(taken), is_true=False))
        self._later(self._some_day(20), self._mistake(next(one for one in taken if self._place_of(one))))
        following = {row["key"] for row in self.seed["members"] if row.get("follows")}
        bound = [one for one in taken if one.openid and one.key in following]
        for person in bound[: shares.unfollowed]:
            self._later(self._some_day(5), self._leaving(person))
        self._plan_bad_days(shares)
        for month in range(0, (self.last - self.first).days, 30):
            self._later(self.first + timedelta(days=month + 3), self._broadcast)

    def _plan_bad_days(self, shares: Shares) -> None:
        stops = [(self._some_day(2), self.chance.choice(STOPS)) for _ in range(shares.outages + shares.kills)]
        self.outages, self.kills = set(stops[: shares.outages]), set(stops[shares.outages :])
        banned = self._some_day(12)
        self._later(banned, lambda: self.house.platform(banned=[_TEMPLATE]))
        self._later(banned + timedelta(days=4), self.house.platform)
        self._later(self._some_day(2), lambda: self.house.platform(lose={"/cgi-bin/message/custom/send": 2}))
        self._later(self._some_day(2), lambda: self.house.platform(busy=4))
        if shares.days_off:
            off = self._some_day(20)
            self.off = off, off + timedelta(days=shares.days_off)

    def _some_day(self, before_the_end: int) -> date:
        days = (self.last - self.first).days
        return self.first + timedelta(days=self.chance.randrange(1, max(2, days - before_the_end)))

    def _later(self, day: date, deed: Deed) -> None:
        self.deeds.setdefault(day, []).append(deed)

    # How a day goes.

    async def play(self, told: Callable[[date], None]) -> None:
        """All days, one after the other."""
        for number in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=number)
            if self.off and self.off[0] <= day < self.off[1]:
                continue
            if self.off and day == self.off[1]:
                await self.house.switched_off_until(_at(day, time(0, 10)))
            await self._day(day)
            told(day)

    async def _day(self, day: date) -> None:
        quiet = [stop for stop in _IN_QUIET_HOURS if self.chance.random() < _QUIET_SHARE]
        early = [_EARLY] if self.chance.random() < _EARLY_SHARE else []
        for stop in sorted([*STOPS, *early, *quiet]):
            if _at(day, stop) <= self.house.now:
                continue
            await self._stop(day, stop)
            if stop not in quiet:
                await self._look_at_phones(day, stop)
            if stop == STOPS[1]:
                for deed in self.deeds.pop(day, []):
                    await deed()

    async def _stop(self, day: date, stop: time) -> None:
        moment = _at(day, stop)
        if (day, stop) in self.kills:
            await self.house.kill_in(moment, self.chance.random() * 0.4)
        elif (day, stop) in self.outages:
            await self.house.platform(outage=3600, outage_kind=self.chance.choice(_KINDS_OF_OUTAGE))
            await self.house.move(moment)
            await self.house.platform()
            await self.house.move(moment + timedelta(minutes=20))
        else:
            await self.house.move(moment)

    async def _look_at_phones(self, day: date, stop: time) -> None:
        for one in await self.house.read_sent():
            person = self._by_openid.get(one["openid"])
            if person and person.manner != SILENT:
                when = day + timedelta(days=1) if person.manner == SLOW else day
                self.waiting.append((when, person, one["text"]))
        now = [entry for entry in self.waiting if entry[0] <= day][:_AT_ONCE]
        self.waiting = [entry for entry in self.waiting if entry not in now]
        shown: dict[str, list[str]] = {}
        for _, person, text in now:
            shown.setdefault(person.key, []).append(text)
        gone = dead(self.hands.news)
        for key in [key for key in shown if key not in gone and self.people[key].manner != SILENT]:
            await self.hands.attend(self.people[key], shown="\n".join(shown[key]))

    # What happens to people.

    def _telling(self, kind: str, person: Person, *, is_true: bool, by_office: bool = False) -> Deed:
        """A neighbour says it, or the community enters what it knows already."""

        async def tell() -> None:
            if person.key in dead(self.hands.news) or person.manner == "gone":
                return
            news = News(kind, person.key, person.name, self.house.now, is_true)
            self.hands.news.append(news)
            reporter = self._worker_of(person) if by_office else self._neighbour(person)
            await self.hands.report(reporter, _SAID[kind].format(name=person.name), news)
            if kind == "hospital" and is_true and self.chance.random() < 0.7:
                days = self.chance.randrange(4, 45)
                self._later(self.house_day() + timedelta(days=days), self._going_home(news))

        return tell

    def _place_of(self, person: Person) -> str:
        """The community somebody has checked in to; empty for who has yet to."""
        return str(next(row.get("community", "") for row in self.seed["members"] if row["key"] == person.key))

    def _worker_of(self, person: Person) -> Person:
        """Who works for the community the person lives in; the first one's worker for who has none."""
        place = self._place_of(person)
        found = [row["key"] for row in self.seed["staff"] if row["role"] == "community_worker" and row["at"] == place]
        return self.people[found[0] if found else "worker"]

    def house_day(self) -> date:
        """The county's day."""
        return self.house.now.astimezone(SHANGHAI).date()

    def _neighbour(self, person: Person) -> Person:
        gone = dead(self.hands.news)
        others = [one for one in self.people.values() if one.openid and one.manner == QUICK and not one.is_staff]
        return self.chance.choice([one for one in others if one.key not in gone and one.key != person.key])

    def _going_home(self, news: News) -> Deed:
        async def go() -> None:
            worker = self._worker_of(self.people[news.key])
            if news.confirmed and news.key not in dead(self.hands.news):
                await self.hands.discharge(worker, news)

        return go

    def _mistake(self, person: Person) -> Deed:
        async def make() -> None:
            if person.key in dead(self.hands.news):
                return
            news = News("death", person.key, person.name, self.house.now)
            self.hands.news.append(news)
            worker = self._worker_of(person)
            await self.hands.report(worker, _SAID["death"].format(name=person.name), news)
            if news.confirmed and "撤回来了" in await self.hands.say(worker, "撤销"):
                news.undone = self.house.now

        return make

    def _leaving(self, person: Person) -> Deed:
        async def leave() -> None:
            if person.key not in dead(self.hands.news):
                await self.house.phones.do(person.openid, "unfollow")
                person.manner = SILENT

        return leave

    async def _broadcast(self) -> None:
        secretary = self.people["secretary"]
        if secretary.key not in dead(self.hands.news):
            day = self.house_day() + timedelta(days=3)
            words = f"{day.month}月{day.day}日上午9点在社区二楼开会，有事问我"
            await self.hands.broadcast(secretary, words)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)
