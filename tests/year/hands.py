"""What people do with their phones: they answer digits to lists, as patiently or as little as they are."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import texts
from tests.year.house import House

_LINE = re.compile(r"^(\d+) (.+)$", re.MULTILINE)
_DAY = re.compile(r"(\d+)月(\d+)日")
_MOST_TURNS = 40
_WORK = (("走访", "我的走访"), ("转告", "转告名单"))
"""A word of a message, and what helpers ask for when they read it: whom to visit, whom to tell."""
_ROUNDS = 3
_AHEAD = timedelta(days=10)
QUICK, SLOW, SILENT = "quick", "slow", "silent"


@dataclass
class Person:
    """Somebody of the seed; `manner` is how they treat their phone, `openid` empty for who has none."""

    key: str
    name: str
    openid: str
    manner: str
    is_staff: bool = False


@dataclass
class News:
    """Something that happened to somebody, as everybody in the story knows it; `told` is when it was reported."""

    kind: str
    key: str
    name: str
    told: datetime
    is_true: bool = True
    confirmed: datetime | None = None
    undone: datetime | None = None
    over: datetime | None = None


def manners(seed: Mapping[str, Any], chance: random.Random) -> dict[str, Person]:
    """Everybody by their key: staff answers, the others answer at once, later or never."""
    found = {}
    for row in seed["members"]:
        manner = chance.choices((QUICK, SLOW, SILENT), (50, 20, 30))[0] if row.get("follows") else SILENT
        found[row["key"]] = Person(row["key"], row["name"], row.get("openid", ""), manner)
    for row in seed["staff"]:
        manner = chance.choices((QUICK, SILENT), (85, 15))[0]
        found[row["key"]] = Person(row["key"], row["name"], row.get("openid", ""), manner, is_staff=True)
    return found


@dataclass
class Hands:
    """All phones of the county in one pair of hands."""

    house: House
    chance: random.Random
    news: list[News] = field(default_factory=list)
    says: int = 0
    odd: list[str] = field(default_factory=list)

    async def say(self, person: Person, words: str) -> str:
        """The answer to these words."""
        self.says += 1
        return await self.house.phones.say(person.openid, words)

    async def attend(self, person: Person, *, shown: str = "") -> None:
        """They look at their phone: answer what was asked, then do what stands on their lists."""
        await self._talk(person, await self.say(person, "1"))
        for word in (asked for mark, asked in _WORK if mark in shown):
            for _ in range(_ROUNDS):
                reply = await self.say(person, word)
                if not self._is_soon(reply):
                    break
                await self._talk(person, reply)

    def _is_soon(self, reply: str) -> bool:
        """Whether it is a list whose first line is for these days; what is due in a month waits."""
        lines = menu_of(reply)
        day = _DAY.search(next(iter(lines), ""))
        if not lines or day is None:
            return bool(lines)
        now = self.house.now
        due = now.replace(month=int(day[1]), day=min(28, int(day[2])))
        due = due.replace(year=now.year + 1) if due < now - timedelta(days=180) else due
        return due <= now + _AHEAD

    async def report(self, person: Person, words: str, news: News) -> None:
        """Somebody says what happened; whoever may confirm it does so at once."""
        reply = await self.say(person, words)
        if "您已经核实过了" in reply:
            reply = await self.say(person, "1")
            news.confirmed = self.house.now
        if "哪一位" in reply:
            reply = await self.say(person, news.name)
        if "什么人" in reply:
            reply = await self.say(person, "邻居")
        if not reply.startswith(("记下了", "听到这个消息")):
            self.odd.append(f"{person.name} {words}: {reply}")

    async def discharge(self, worker: Person, news: News) -> None:
        """Home again, says somebody of the office."""
        reply = await self.say(worker, f"{news.name}出院了")
        if "对就回复1" in reply:
            reply = await self.say(worker, "1")
        if reply.startswith("好的，出院就好"):
            news.over = self.house.now
        else:
            self.odd.append(f"{worker.name} {news.name}出院了: {reply}")

    async def broadcast(self, writer: Person, words: str) -> None:
        """A notice to their own branch."""
        reply = await self.say(writer, "发通知")
        if "写一条新通知" in (lines := menu_of(reply)):
            await self.say(writer, lines["写一条新通知"])
        await self.say(writer, "我们支部")
        reply = await self.say(writer, words)
        if "发" not in (lines := menu_of(reply)):
            self.odd.append(f"{writer.name} {words}: {reply}")
            return
        await self.say(writer, lines["发"])

    async def _talk(self, person: Person, reply: str) -> None:
        """Go on until the answer asks nothing more that this person would answer."""
        for _ in range(_MOST_TURNS):
            answer = self._answer(reply)
            if not answer:
                return
            reply = await self.say(person, answer)
        self.odd.append(f"{person.name}: {reply}")

    def _answer(self, reply: str) -> str:
        """What somebody sensible types next; empty where there is nothing to say."""
        if "说一句就行" in reply:
            return self.chance.choice(("没什么", "身体硬朗", "精神很好"))
        lines = menu_of(reply)
        return self._from_menu(reply, lines) if lines else ""

    def _from_menu(self, reply: str, lines: Mapping[str, str]) -> str:
        also = next((digit for label, digit in lines.items() if label.endswith("也一起办了")), "")
        if also:
            return also
        if "属实" in lines:
            return self._judged(reply, lines)
        for first, others in _CHOICES:
            if first in lines:
                common = self.chance.random() < 0.85
                rest = [lines[label] for label in others if label in lines]
                return lines[first] if common or not rest else self.chance.choice(rest)
        is_list = any(reply.startswith(head) for head in _LISTS)
        return "1" if is_list and lines else ""

    def _judged(self, reply: str, lines: Mapping[str, str]) -> str:
        """Whoever confirms has telephoned and knows."""
        found = next((one for one in self.news if f"说{one.name}" in reply and not one.confirmed), None)
        if found is None or not found.is_true:
            return lines["不属实"]
        found.confirmed = self.house.now
        return lines["属实"]


def menu_of(reply: str) -> dict[str, str]:
    """The lines of a list in an answer: what they say, and the digit that chooses them."""
    return {label: digit for digit, label in _LINE.findall(reply)}


_LISTS = tuple(texts.sentence(key).split("{")[0] for key in ("visits.mine", "calls.mine", "life_events.waiting"))
"""How the lists begin that people work off from the top."""
_CHOICES = (
    ("去过了", ("没见到人", "改成打电话了", "不用去")),
    ("打过电话了", ("没人接", "去看过了")),
    ("当面告诉了", ("没找到人",)),
    ("打通了，告诉了", ("没人接", "过会儿再打")),
    ("大字通知送到了", ()),
    ("来了", ("没来",)),
    ("问过了，去过了", ("请再去一次",)),
    ("还是不用来", ()),
)
