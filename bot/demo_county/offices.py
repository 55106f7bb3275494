"""The posts of the demo county, its staff and who is on duty."""

from __future__ import annotations

from collections.abc import Mapping

import texts
from bot.demo_county.people import OPENIDS, People
from bot.demo_county.places import Row

_COMMON_POSTS = (1, 3, 7, 8, 12)
_FIRST_COMMUNITY = "guihua"


def staff(people: People) -> list[Row]:
    """A worker for each community, one for the first township and the county, a duty person."""
    chief = _officer(people, "chief", people.named["county_worker"], "county_worker", "county")
    township = _officer(people, "township", people.named["township_worker"], "township_worker", "qinghe")
    rows = [chief, township | {"openid": OPENIDS["township_worker"]}]
    worker = _officer(people, "worker", people.named["worker"], "community_worker", "guihua")
    rows.append(worker | {"openid": OPENIDS["worker"]})
    duty = _officer(people, "duty", people.named["duty"], "duty_volunteer", "county")
    rows.append(duty | {"openid": OPENIDS["duty"]})
    for number, estate in enumerate(people.estates):
        if all(row["at"] != estate.community for row in rows):
            name = people.new_name("female")
            rows.append(_officer(people, f"worker{number}", name, "community_worker", estate.community))
    return rows


def duties() -> list[Row]:
    """One person always for the county, the worker of the first community at night and on holidays."""
    return [
        {"person": "duty", "at": "county", "hours": "always"},
        {"person": "worker", "at": "guihua", "hours": "night"},
        {"person": "worker", "at": "guihua", "hours": "holiday"},
    ]


def posts(keys: Mapping[str, str]) -> list[Row]:
    """All fourteen in the first community, the commonest also in the others."""
    communities = [keys[name] for places in texts.section("demo", "tree").values() for name in places]
    rows: list[Row] = []
    for number, title, kind, slots, exertion, work, flags in texts.section("demo", "posts")["list"]:
        row = {"number": number, "title": title, "post_type": kind, "exertion": exertion, "duties": work}
        rows.append(row | {"flags": flags, "slots": slots, "organisation": _FIRST_COMMUNITY})
        for community in communities if number in _COMMON_POSTS else ():
            if community != _FIRST_COMMUNITY:
                rows.append(row | {"flags": flags, "slots": max(2, slots // 4), "organisation": community})
    return rows


def _officer(people: People, key: str, name: str, role: str, at: str) -> Row:
    return {"key": key, "name": name, "phone": people.phone(), "role": role, "at": at}
