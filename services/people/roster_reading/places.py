"""Where somebody lives: estate, building and room out of one cell or four."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.people.roster_reading.dates import chinese_number
from services.people.roster_reading.words import form, is_blank, pattern, tidy


@dataclass(frozen=True, slots=True)
class Home:
    """A home as far as the row tells; `room` begins with the entrance (单元) where one is known."""

    community: str | None = None
    estate: str | None = None
    building: str | None = None
    room: str | None = None


def read_home(cells: Mapping[str, str]) -> Home:
    """The home from 社区, 小区, 楼栋, 单元, 房号 and 住址; columns of their own go before the address."""
    address = _from_address(tidy(cells.get("address", "")))
    building, entrance = _building(_said(cells, "building"))
    entrance = _entrance(_said(cells, "entrance")) or entrance
    room = _room(_said(cells, "room"), entrance)
    return Home(
        community=_said(cells, "community") or address.community,
        estate=_said(cells, "estate") or address.estate,
        building=building or address.building,
        room=room or address.room,
    )


def _said(cells: Mapping[str, str], name: str) -> str:
    text = tidy(cells.get(name, ""))
    return "" if is_blank(text) else text


def _from_address(text: str) -> Home:
    found = pattern("address").fullmatch(text) or pattern("address_dashes").fullmatch(text)
    if not found:
        return Home(estate=None if is_blank(text) else text[:40])
    building, _ = _building(found["building"])
    return Home(
        found["community"],
        found["estate"] or None,
        building,
        _room(found["room"], _entrance(found["entrance"])),
    )


def _building(text: str) -> tuple[str | None, str | None]:
    """3栋 from 3, 3#, 三栋, 3号楼; an entrance written behind it comes second."""
    if both := pattern("building_and_entrance").fullmatch(text):
        return _building(both["building"])[0], _entrance(both["entrance"])
    found = pattern("building").fullmatch(text)
    if not found:
        return text[:20] or None, None
    return form("building", number=_digits(found["number"])), None


def _entrance(text: str | None) -> str | None:
    found = pattern("unit").fullmatch(text or "")
    return form("entrance", number=_digits(found["number"])) if found else (text or None)


def _room(text: str, entrance: str | None) -> str | None:
    found = pattern("room").fullmatch(text.strip("-"))
    if found:
        text = found["number"]
        entrance = entrance or _entrance(found["entrance"])
    return f"{entrance or ''}{text}" or None


def _digits(text: str) -> str:
    """三 and 十二 as 3 and 12; letters in capitals."""
    return str(chinese_number(text)) if not text.isascii() else text.upper().lstrip("0") or text
