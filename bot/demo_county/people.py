"""The people of the demo county: the few whose stories are told, and the crowd around them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import texts
from bot.demo_county.places import GROUPS_AN_ESTATE, Estate, Places, Row
from kit.lunar import exists, from_solar, leap_month

SIZE = 320
MEDIAN_AGE, YOUNGEST, OLDEST = 71, 58, 97
BIRTHDAY_IN_DAYS = 8
"""The lunar eightieth birthday of the story, so that the reminders 7, 3 and 1 days before it all lie ahead."""

OPENIDS = {
    "newcomer": "oDemoWangBaichuan",
    "secretary": "oDemoLiSiyou",
    "worker": "oDemoZhouWuchang",
    "birthday_subject": "oDemoZhaoYihe",
    "visitor": "oDemoSunSanmu",
    "leader": "oDemoWuLiuhe",
    "curtain": "oDemoQianErmei",
    "township_worker": "oDemoFengJiusi",
    "duty": "oDemoWeiShuangyan",
    "stranger": "oDemoStranger",
}

_FIRST_PHONE = 19_900_000_001
_SEED = 20_261_012


class People:
    """Everybody who lives in the county, and the offices members hold."""

    def __init__(self, places: Places, today: date) -> None:
        self.today = today
        # Synthetic people need no secret randomness, only the same county each time.
        self.chance = random.Random(_SEED)
        self.words: Mapping[str, Any] = texts.section("demo", "people")
        self.named: Mapping[str, str] = texts.section("demo", "named")
        self.building: str = texts.section("demo", "organisations")["building"]
        self.keys, self.estates, self.units = places.keys, places.estates, places.units
        self.members: list[Row] = []
        self.roles: list[Row] = []
        self._names: set[str] = set(self.named.values())
        self._phones = iter(range(_FIRST_PHONE, _FIRST_PHONE + 100_000))
        self._cast()
        self._secretaries_and_leaders()
        self._crowd()

    def phone(self) -> str:
        """The next number nobody has."""
        return str(next(self._phones))

    def _cast(self) -> None:
        """The few whose stories are told."""
        first, second = self.estates[0], self.estates[1]
        self._named("birthday_subject", first, **self._birthday_subject())
        self._named("visitor", first, sex="male", birth=f"{self.today.year - 66}-06-18", skills=["companionship"])
        self._named("leader", first, sex="male", birth=f"{self.today.year - 68}-03-12")
        self._named("curtain", first, liaison="leader", sex="female", birth=f"{self.today.year - 74}-11-02")
        self._named("secretary", first, sex="male", birth=f"{self.today.year - 64}-04-21")
        self._named("second_secretary", second, sex="female", birth=f"{self.today.year - 66}-08-15")
        self._newcomer()
        self._role("secretary", "branch_secretary", first.branch)
        self._role("leader", "group_leader", first.groups[0])
        self._role("second_secretary", "branch_secretary", second.branch)
        first.leaders, second.leaders = ["leader"], ["second_secretary"]

    def _birthday_subject(self) -> Row:
        said: Row = {"liaison": "visitor", "lives_alone": True, "sex": "female", "birthday_offset": -1}
        said["contacts"] = [self._contact(self.named["birthday_subject"], "daughter")]
        return said | {"consents": ["basic", "health", "family"]} | self._eightieth()

    def _eightieth(self) -> Row:
        """A lunar birth whose nominal eightieth birthday lies some days ahead."""
        for ahead in range(BIRTHDAY_IN_DAYS, BIRTHDAY_IN_DAYS + 60):
            lunar = from_solar(self.today + timedelta(days=ahead))
            if not lunar.leap and exists(lunar.year - 79, lunar.month, lunar.day):
                birth = f"{lunar.year - 79}-{lunar.month:02}-{lunar.day:02}"
                return {"birth": birth, "birth_calendar": "lunar"}
        raise ValueError("no lunar day ahead exists eighty years back")

    def _newcomer(self) -> None:
        """Retires this month, is not bound and has yet to check in."""
        retires_on = self.today + timedelta(days=20)
        row = self._row("newcomer", self.named["newcomer"], None)
        unit = self.units[0]
        row |= {
            "sex": "male",
            "birth": f"{self.today.year - 60}-09-12",
            "branch": f"unit-{self.keys[unit]}",
            "unit": unit,
            "retires_on": retires_on.isoformat(),
            "estate": self.estates[0].name,
        }
        self.members.append(row)

    def _secretaries_and_leaders(self) -> None:
        """Each branch has a secretary, each group a leader."""
        for estate in self.estates:
            if not any(role["at"] == estate.branch for role in self.roles):
                self._role(self._anybody(estate, age=66), "branch_secretary", estate.branch)
            led = {role["at"] for role in self.roles}
            for group in estate.groups:
                if group not in led:
                    leader = self._anybody(estate, age=68)
                    estate.leaders.append(leader)
                    self._role(leader, "group_leader", group)
        for unit in self.units:
            self._role(self._retiree(unit, age=64), "branch_secretary", f"unit-{self.keys[unit]}")

    def _crowd(self) -> None:
        """Everybody else, up to the size of the county; every fourth belongs to the former unit's branch."""
        self._leap_births()
        number = 0
        while len(self.members) < SIZE:
            number += 1
            if number % 4 == 0:
                self._retiree(self.units[number % len(self.units)])
            else:
                self._anybody(self.estates[number % len(self.estates)])

    def _leap_births(self) -> None:
        rare = iter(self.words["rare_names"])
        for year, month, day in ((1944, 4, 9), (1952, 5, 4)):
            if leap_month(year) == month:
                key = self._anybody(self.estates[2], name=next(rare, None))
                told = {"birth": f"{year}-{month:02}-{day:02}", "birth_calendar": "lunar", "birth_leap": True}
                self._member(key).update(told)
        for name in rare:
            self._anybody(self.estates[3], name=name)

    def _named(self, part: str, estate: Estate, **said: Any) -> None:
        row = self._row(part, self.named[part], estate)
        row |= {"sex": "male", "consents": ["basic"], **said}
        if part in OPENIDS:
            row |= {"openid": OPENIDS[part], "follows": True}
        self.members.append(row)

    def _anybody(self, estate: Estate, *, age: int | None = None, name: str | None = None) -> str:
        """One more who lives in the estate and belongs to its branch."""
        sex = self._sex()
        row = self._row(self._next_key(), name or self.new_name(sex), estate)
        row |= {"sex": sex, **self._birth(age), **self._life(estate)}
        self.members.append(row)
        return str(row["key"])

    def _retiree(self, unit: str, *, age: int | None = None) -> str:
        """One more whose membership stays with the former unit; most have checked in where they live."""
        estate = self.estates[len(self.members) % len(self.estates)]
        sex = self._sex()
        row = self._row(self._next_key(), self.new_name(sex), estate)
        row |= {"sex": sex, "unit": unit, **self._birth(age), **self._life(estate)}
        row["branch"] = f"unit-{self.keys[unit]}"
        if self.chance.random() < 0.4:
            del row["community"]
        self.members.append(row)
        return str(row["key"])

    def _row(self, key: str, name: str, estate: Estate | None) -> Row:
        row: Row = {"key": key, "name": name, "phone": self.phone()}
        if estate:
            number = self.chance.randint(1, GROUPS_AN_ESTATE)
            row |= {"branch": estate.branch, "community": estate.community, "estate": estate.name}
            row["building"] = self.building.format(number=number)
            row["room"] = f"{self.chance.randint(1, 6)}0{self.chance.randint(1, 4)}"
        return row

    def _life(self, estate: Estate) -> Row:
        """Circumstances in the shares of the reference: who lives alone, is bound, has agreed to what."""
        life: Row = {"consents": ["basic"]}
        if estate.leaders:
            life["liaison"] = self.chance.choice(estate.leaders)
        if self.chance.random() < 0.15:
            life |= {"lives_alone": True, "contacts": [self._contact(None, "son")]}
        if self.chance.random() < 0.25:
            life["skills"] = [self.chance.choice(texts.section("demo", "posts")["skills"])]
        if self.chance.random() < 0.55:
            life["openid"] = f"oDemoMember{len(self.members):04}"
            life["follows"] = self.chance.random() < 0.95
        if self.chance.random() < 0.2:
            life["preferred_channel"] = "phone"
        return life

    def _birth(self, age: int | None) -> Row:
        years = age or self._age()
        year, month, day = self.today.year - years, self.chance.randint(1, 12), self.chance.randint(1, 28)
        row: Row = {"birth": f"{year}-{month:02}-{day:02}"}
        if self.chance.random() < 0.45:
            row["birth_calendar"] = "lunar"
        row["joined"] = f"{year + self.chance.randint(20, 35)}-07-01"
        if year < 1935:
            row["standing"] = "veteran_retiree"
        return row

    def _age(self) -> int:
        # Round birthdays are over-represented on purpose: they are what the visits are about.
        if self.chance.random() < 0.15:
            return self.chance.choice((79, 80, 89, 90))
        return min(OLDEST, max(YOUNGEST, round(self.chance.gauss(MEDIAN_AGE - 1, 8))))

    def _sex(self) -> str:
        return "female" if self.chance.random() < 0.4 else "male"

    def new_name(self, sex: str) -> str:
        """A name nobody has."""
        while True:
            parts = (self.words["surnames"], self.words["numerals"], self.words[sex])
            name = "".join(map(self.chance.choice, parts))
            if name not in self._names:
                self._names.add(name)
                return name

    def _contact(self, name: str | None, relation: str) -> Row:
        shown = self.words["kin"].format(name=(name or self.chance.choice(self.words["surnames"]))[0])
        return {"name": shown, "relation": self.words[relation], "phone": self.phone()}

    def _member(self, key: str) -> Row:
        return next(row for row in self.members if row["key"] == key)

    def _next_key(self) -> str:
        return f"m{len(self.members) + 1}"

    def _role(self, member: str, role: str, at: str) -> None:
        self.roles.append({"member": member, "role": role, "at": at, "from": f"{self.today.year - 1}-01-01"})
