"""The counters of the year have teeth: each fault, put into books by hand, is found; clean books show none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.year import faults
from tests.year.almanac import Owed, festivals
from tests.year.faults import Books
from tests.year.hands import QUICK, News, Person

FIRST, LAST = date(2026, 10, 5), date(2026, 10, 25)
MORNING = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
PEOPLE = {key: Person(key, f"众{key}", f"o{key}", QUICK) for key in ("a", "b")}
FESTIVAL = [Owed(key, "festival_visit", festivals(2026)[2]) for key in PEOPLE]


def send(key: str, at: datetime, number: int = 1) -> dict[str, Any]:
    return {
        "openid": f"o{key}",
        "at": at.timestamp(),
        "text": "提醒您",
        "api": "template",
        "client_msg_id": f"n{number}",
    }


def duty(key: str, **changed: Any) -> dict[str, Any]:
    row = {"id": key, "subject": key, "occasion": "double_ninth:2026", "visit_task_kind": "festival_visit"}
    return row | {"due_on": "2026-10-18", "tier": "community", "state": "assigned", "assignee": "b"} | changed


def notice(key: str, **changed: Any) -> dict[str, Any]:
    row = {"id": 1, "recipient": key, "topic": "visit", "state": "accepted", "reason": "template", "outcome": "sent"}
    return row | {"channel": "template", "sent_at": "x", "queued_at": MORNING.isoformat()} | changed


def books(**changed: Any) -> Books:
    rows = {"visit_task": changed.pop("duties", [duty("a"), duty("b")])}
    rows |= {"notice": changed.pop("notices", [notice("a")]), "call": changed.pop("calls", [])}
    known = {"sent": [send("a", MORNING)], "owed": FESTIVAL, "news": [], "people": PEOPLE}
    return Books(**(known | changed), rows=rows, first=FIRST, last=LAST)


def death(key: str, confirmed: datetime) -> News:
    return News("death", key, PEOPLE[key].name, confirmed, confirmed=confirmed)


WRONG = {
    "unaccounted": (
        {"duties": [duty("a")]},
        {"duties": [duty("a"), duty("b"), duty("a", due_on="2026-10-20", occasion="x:1")]},
        {"news": [News("hospital", "a", "众a", MORNING, confirmed=MORNING)]},
    ),
    "doubled": (
        {"duties": [duty("a"), duty("b"), duty("a", id="c")]},
        {"sent": [send("a", MORNING), send("a", MORNING, 2)]},
        {"sent": [send("a", MORNING)] * 2, "notices": [notice("a"), notice("a", id=2)]},
    ),
    "after_death": ({"news": [death("a", MORNING - timedelta(seconds=6))]},),
    "in_quiet_hours": (
        {"sent": [send("a", MORNING + timedelta(hours=3, minutes=5))]},
        {"sent": [send("a", MORNING - timedelta(hours=2))]},
    ),
    "over_daily_cap": ({"sent": [send("a", MORNING + timedelta(minutes=one), one) for one in range(4)]},),
    "ended_without_person": (
        {"notices": [notice("a", state="expired", reason="expired_told")]},
        {"notices": [notice("a", state="unknown", reason="unknown")]},
        {"notices": [notice("a", state="waiting", reason="no_window")]},
        {"duties": [duty("a", state="done"), duty("b")]},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_fault_is_found(name: str) -> None:
    for changed in WRONG[name]:
        assert getattr(faults, name)(books(**changed)), changed


@pytest.mark.parametrize("name", WRONG)
def test_clean_books_show_none(name: str) -> None:
    assert not getattr(faults, name)(books())


def test_what_ends_with_a_named_person_is_no_fault() -> None:
    call = {"notice": 1, "keeper": "b", "settled_by": None}
    assert not faults.ended_without_person(books(notices=[notice("a", state="unknown")], calls=[call]))


def test_who_died_is_owed_no_festival_but_the_family_a_visit() -> None:
    of_the_dead = [duty("b"), *(duty("a", visit_task_kind=kind, due_on=day, occasion=f"{kind}:{day}") for kind, day in (
        ("condolence_visit", "2026-10-13"), ("condolence_call", "2026-10-19"),
    ))]  # fmt: skip
    assert not faults.unaccounted(books(news=[death("a", MORNING)], duties=of_the_dead))


def test_the_sums_by_name_add_up() -> None:
    by_name = faults.listing(books(duties=[duty("a", state="done"), duty("b", state="cancelled")]))
    assert {name: dict(counted) for name, counted in by_name.items()} == {"众a": {"done": 1}, "众b": {"excused": 1}}
