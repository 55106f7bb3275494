"""Builds 东禾县, the synthetic county of the demo, as a seed file; the same day gives the same county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import texts
from bot.demo_county.care import care_plans
from bot.demo_county.offices import duties, posts, staff
from bot.demo_county.people import OPENIDS, People
from bot.demo_county.places import Places

__all__ = ["DEMO_PHONES", "DemoPhone", "seed"]


@dataclass(frozen=True, slots=True)
class DemoPhone:
    """A phone that stands on the simulator's table: whose it is, its account, and what it shows."""

    part: str
    name: str
    openid: str
    shows: str
    follows: bool = True


def _demo_phones() -> tuple[DemoPhone, ...]:
    names, shows = texts.section("demo", "named"), texts.section("demo", "phones")
    unbound = ("newcomer", "stranger")
    return tuple(
        DemoPhone(part, names[part], openid, shows[part], follows=part not in unbound)
        for part, openid in OPENIDS.items()
    )


DEMO_PHONES = _demo_phones()


def seed(today: date) -> dict[str, Any]:
    """The county as a seed file (seams §4): a birthday and a retirement fall soon after `today`."""
    places = Places()
    people = People(places, today)
    return {
        "organisations": places.rows,
        "members": people.members,
        "roles": people.roles,
        "posts": posts(places.keys),
        "staff": staff(people),
        "duties": duties(),
        "care_plans": care_plans(people),
    }
