"""Reads a story: who says what, what is answered, what arrives, and what the day is like.

# 时间：2026-10-12 09:00                 the day and hour it begins (this one when not said)
# 名册：{"members": [{"key": …}]}        people and places beside the fixed cast, in the form of a seed file
# 县里设置：birthdays.offset_male = -1    the county's own numbers, as in county.toml
# 没开窗                                 nobody has written lately: notices can't go as chat messages
王百川 > 报到                            says; a name without an account is a new phone
< 请问您的姓名？（回复 0 返回）            answered at once, line by line; … stands for any words
< …                                     and whatever else is answered
王百川 > [关注]                          does: [扫码 community:guihua] [点菜单 我要报到] [语音] [图片] [表情] [位置] …
周五常 < 王百川到桂花社区报到…            arrives unasked, within some seconds; further lines follow with <
王百川 < [图片]                          a picture arrives
[过 3天]  [到 2026-10-15 08:30]          the clock moves; so it does at a second # 时间：… further down
[平台 {"busy": 2}]  [平台 好了]           the platform has a bad day (simulator/README.md), and is well again
{绑定条:王百川}                          inside words: the digits of a slip printed for this person
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kit.clock import SHANGHAI

MORNING = datetime(2026, 10, 12, 9, 0, tzinfo=SHANGHAI)

_TIME = re.compile(r"时间：(\d{4}-\d\d-\d\d \d\d:\d\d)")
_SETTING = re.compile(r"县里设置：([\w.]+ = (?:\[[^\]]*\]|[^。\s]+))")
_ROSTER = re.compile(r"名册：(\{.*\})")
_EVENT = re.compile(r"\[(\S+?)(?: (.+))?\]$")
_SPAN = re.compile(r"\[过 ?(\d+)(天|小时|分钟|秒)\]$")
_BAD_DAY = re.compile(r"\[平台 (\{.*\}|好了)\]$")
_MOMENT = re.compile(r"\[到 (\d{4}-\d\d-\d\d \d\d:\d\d)\]$")
_UNITS = {"天": "days", "小时": "hours", "分钟": "minutes", "秒": "seconds"}


@dataclass
class Beat:
    """One thing that happens: `kind` is says, does, hears, arrives, passes, comes or ails."""

    line: int
    kind: str
    who: str = ""
    words: str = ""
    argument: str = ""
    expected: list[str] = field(default_factory=list)
    span: timedelta = timedelta()
    moment: datetime = MORNING


@dataclass
class Story:
    """A story as it stands in its file."""

    name: str
    at: datetime = MORNING
    county: list[str] = field(default_factory=list)
    roster: dict[str, list[Any]] = field(default_factory=dict)
    windows_open: bool = True
    beats: list[Beat] = field(default_factory=list)

    @property
    def settings(self) -> list[str]:
        """The county's numbers; festival visits only where the story is about them, since they ask questions too."""
        is_about_festivals = any(line.startswith("visits.festivals") for line in self.county)
        return self.county if is_about_festivals else [*self.county, "visits.festivals = []"]


def read_story(path: Path) -> Story:
    """The story of this file. Raises `ValueError` naming the line that is neither."""
    story = Story(path.stem)
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            _setting(story, number, line)
        elif line and not _continued(story, line):
            story.beats.append(_beat(path.name, number, line))
    return story


def _setting(story: Story, number: int, line: str) -> None:
    if (found := _TIME.search(line)) and story.beats:
        story.beats.append(Beat(number, "comes", moment=_local(found[1])))
    elif found:
        story.at = _local(found[1])
    story.county += _SETTING.findall(line)
    if found := _ROSTER.search(line):
        for name, rows in json.loads(found[1]).items():
            story.roster.setdefault(name, []).extend(rows)
    story.windows_open = story.windows_open and "没开窗" not in line


def _continued(story: Story, line: str) -> bool:
    """Whether the line goes on with what is heard or arrives."""
    last = story.beats[-1] if story.beats else None
    if not line.startswith("<") or last is None or last.kind not in ("hears", "arrives"):
        return False
    last.expected.append(line.lstrip("<").strip())
    return True


def _beat(file: str, number: int, line: str) -> Beat:
    if found := _SPAN.match(line):
        return Beat(number, "passes", span=timedelta(**{_UNITS[found[2]]: int(found[1])}))
    if found := _MOMENT.match(line):
        return Beat(number, "comes", moment=_local(found[1]))
    if found := _BAD_DAY.match(line):
        return Beat(number, "ails", argument="" if found[1] == "好了" else found[1])
    if line.startswith("<"):
        return Beat(number, "hears", expected=[line.lstrip("<").strip()])
    who, mark, rest = _parted(line)
    if mark == ">":
        event = _EVENT.match(rest)
        return Beat(number, "does", who, event[1], event[2] or "") if event else Beat(number, "says", who, rest)
    if mark == "<":
        return Beat(number, "arrives", who, expected=[rest])
    raise ValueError(f"{file}:{number}: {line}")


def _parted(line: str) -> tuple[str, str, str]:
    found = re.match(r"(\S+) (>|<<?) ?(.*)$", line)
    return (found[1], found[2][0], found[3].strip()) if found else ("", "", "")


def _local(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
