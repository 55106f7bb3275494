"""The care plans of the demo county: a few of the oldest, who agreed to it, each a little different."""

from __future__ import annotations

import texts
from bot.demo_county.people import People
from bot.demo_county.places import Row

_TEAMS = 6
_OLD_FROM = 86


def care_plans(people: People) -> list[Row]:
    """One for the story's own elder, and one for each of the oldest of the county; six have a full team."""
    words = texts.section("demo", "care")
    rows = [_story(words["likes"][0], words["reach"][0])]
    for number, member in enumerate(_oldest(people)):
        member["consents"] = sorted({*member["consents"], "health"})
        row: Row = {"member": member["key"], "likes": words["likes"][number % len(words["likes"])]}
        row |= {"needs": words["needs"][number % len(words["needs"])], "tiers": ["community"]}
        row["risks"] = ["lives_alone"] if member.get("lives_alone") else []
        if number < _TEAMS:
            team = dict.fromkeys(("former_unit", "retired_cadre_bureau", "health_bureau", "insurance_bureau"), "chief")
            row |= {"home_round": True, "home_study": True, "tiers": ["county", "township", "community"]}
            row |= {"doctor": "worker", "team": team | {"county_hospital": "worker"}}
        rows.append(row)
    return rows


def _story(likes: str, reach: str) -> Row:
    return {"member": "birthday_subject", "likes": likes, "how_to_reach": reach, "risks": ["lives_alone"]}


def _oldest(people: People) -> list[Row]:
    year = people.today.year - _OLD_FROM
    known = [row for row in people.members if int(row["birth"][:4]) <= year and row["key"] != "birthday_subject"]
    return [row for row in known if row.get("community")]
