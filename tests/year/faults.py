"""The sums of the year and its six faults, counted from the platform's own book and the almanac, not by the house."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.year.almanac import Owed
from tests.year.hands import News, Person

Row = Mapping[str, Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")
AFTER_DEATH = timedelta(seconds=5)
A_DAY = 3
_QUIET = ((time(21), time(7, 30)), (time(12), time(14)))
_OPEN = ("planned", "assigned", "overdue", "escalated")
_BY_PLATFORM = ("customer", "template", "subscription", "mass")
_NEEDS_NOBODY = ("deceased", "withdrawn", "erased", "opted_out", "cancelled", "greeting")
_GREETINGS = ("greeting", "visit_check", "desk")
_FOLLOW_UPS = {"hospital": 3, "discharge": 7}
_CALLS = (7, 30, 100, 365)
_HOSPITAL_AGAIN = timedelta(days=30)
_SOONEST = timedelta(hours=4)


@dataclass(frozen=True)
class Books:
    """What the year left behind: the platform's sends, the rows of `dump`, what was owed, and what happened."""

    sent: Sequence[Row]
    rows: Mapping[str, Sequence[Row]]
    owed: Sequence[Owed]
    news: Sequence[News]
    people: Mapping[str, Person]
    first: date
    last: date

    @property
    def duties(self) -> list[Row]:
        """The duties of the year, by day and name."""
        found = [row for row in self.rows["visit_task"] if self.first < date.fromisoformat(row["due_on"]) <= self.last]
        return sorted(found, key=lambda row: (row["due_on"], row["subject"], row["occasion"]))


def standing(row: Row) -> str:
    """`done`, `excused` or `open`."""
    return "open" if row["state"] in _OPEN else "done" if row["state"] == "done" else "excused"


def local(stamp: float) -> datetime:
    """A moment of the platform's book on the county's wall clock."""
    return datetime.fromtimestamp(stamp, UTC).astimezone(SHANGHAI)


def day_of(moment: datetime) -> date:
    """The county's day."""
    return moment.astimezone(SHANGHAI).date()


def dead(news: Iterable[News]) -> dict[str, datetime]:
    """Who has died, and when it was confirmed."""
    return {one.key: one.confirmed for one in news if one.kind == "death" and one.confirmed and not one.undone}


def from_news(news: Iterable[News], last: date) -> set[Owed]:
    """The visits that what happened asks for (domain.md §2.4), up to the last day."""
    found: set[Owed] = set()
    for one in news:
        if one.confirmed:
            found |= {owed for owed in _follow(one, one.confirmed, last) if owed.due <= last}
    return found


def _follow(one: News, confirmed: datetime, last: date) -> set[Owed]:
    if one.kind == "hospital":
        over = one.over or datetime.combine(last, time(23), SHANGHAI)
        rounds = [confirmed + _HOSPITAL_AGAIN * number for number in range((over - confirmed) // _HOSPITAL_AGAIN + 1)]
        found = {Owed(one.key, "hospital_visit", day_of(moment + timedelta(days=3))) for moment in rounds}
        return found | ({Owed(one.key, "hospital_visit", day_of(over + timedelta(days=7)))} if one.over else set())
    hours = 24 if one.kind == "death" else 72
    due = day_of(max(one.told + timedelta(hours=hours), confirmed + _SOONEST))
    if one.kind == "hardship":
        return {Owed(one.key, "hardship_visit", due)}
    calls = {Owed(one.key, "condolence_call", day_of(one.told) + timedelta(days=days)) for days in _CALLS}
    return {Owed(one.key, "condolence_visit", due), *calls}


def unaccounted(books: Books) -> list[str]:
    """Visits owed that have no row, and rows nobody can give a reason for."""
    ended = {key: day_of(moment) for key, moment in dead(books.news).items()}
    events = from_news(books.news, books.last)
    wanted = {one for one in books.owed if one.subject not in ended or one.due < ended[one.subject]}
    rows = Counter(_owed_of(row) for row in books.duties)
    missing = [f"missing {one}" for one in sorted(wanted) if not rows[one]]
    missing += [f"missing {one}" for one in sorted(events) if not any(_is_near(one, row) for row in rows)]
    known = {*books.owed}
    extra = [row for row in rows if row not in known and not any(_is_near(one, row) for one in events)]
    return missing + [f"without a reason {one}" for one in sorted(extra)]


def _is_near(one: Owed, row: Owed) -> bool:
    """The same visit of an event: the clock of the house may have looked a little later than the story's."""
    return (one.subject, one.kind) == (row.subject, row.kind) and abs(row.due - one.due) <= timedelta(days=1)


def _owed_of(row: Row) -> Owed:
    kind = row["visit_task_kind"]
    tier = row["tier"] if kind == "tier_visit" else ""
    return Owed(row["subject"], kind, date.fromisoformat(row["due_on"]), tier)


def doubled(books: Books) -> list[str]:
    """Duties made twice, and people who got more messages than there were notices for them."""
    twice = [f"duty {one} x{many}" for one, many in Counter(map(_identity, books.duties)).items() if many > 1]
    keys = {person.openid: key for key, person in books.people.items() if person.openid}
    got = Counter(keys.get(one["openid"], one["openid"]) for one in books.sent)
    meant = Counter(row["recipient"] for row in books.rows["notice"] if _may_have_gone(row))
    more = [f"{key} got {many} of {meant[key]}" for key, many in got.items() if many > meant[key]]
    ids = Counter(one["client_msg_id"] for one in books.sent if one.get("client_msg_id"))
    return twice + more + [f"message {one} x{many}" for one, many in ids.items() if many > 1]


def _identity(row: Row) -> tuple[str, str]:
    return row["subject"], row["occasion"]


def _may_have_gone(row: Row) -> bool:
    return row["sent_at"] is not None and row["channel"] in (*_BY_PLATFORM, "liaison", "phone", "paper")


def after_death(books: Books) -> list[str]:
    """Messages to somebody whose death had been confirmed for five seconds."""
    ended = {books.people[key].openid: moment for key, moment in dead(books.news).items()}
    late = [one for one in books.sent if one["openid"] in ended and one["at"] > _until(ended[one["openid"]])]
    return [f"{local(one['at'])} {one['openid']} {one['text'][:40]!r}" for one in late]


def _until(moment: datetime) -> float:
    return (moment + AFTER_DEATH).timestamp()


def in_quiet_hours(books: Books) -> list[str]:
    """Messages between 21:00 and 7:30 or 12:00 and 14:00; nobody writes then, so that none is an answer."""
    return [f"{local(one['at'])} {one['openid']} {one['text'][:40]!r}" for one in books.sent if _is_quiet(one["at"])]


def _is_quiet(stamp: float) -> bool:
    clock = local(stamp).time()
    return any(
        starts <= clock < ends if starts < ends else clock >= starts or clock < ends for starts, ends in _QUIET
    )  # fmt: skip


def over_daily_cap(books: Books) -> list[str]:
    """Whoever got a fourth message in one day."""
    counted = Counter((one["openid"], local(one["at"]).date()) for one in books.sent)
    return [f"{day} {openid} got {many}" for (openid, day), many in sorted(counted.items()) if many > A_DAY]


def ended_without_person(books: Books) -> list[str]:
    """Notices whose end, or whose waiting, names nobody; duties that are late and told to nobody."""
    calls = {row["notice"]: row for row in books.rows.get("call", ())}
    notices = [row for row in books.rows["notice"] if not _is_in_hand(row, calls.get(row["id"]), books.last)]
    found = [f"notice {row['id']} {row['state']} {row['reason']} {row['topic']}" for row in notices]
    told = {row["matter"] for row in books.rows.get("rise_step", ())}
    week_ago = (books.last - timedelta(days=7)).isoformat()
    late = [row for row in books.duties if standing(row) == "open" and row["due_on"] <= week_ago]
    lost = [row for row in late if row["assignee"] is None and f"visit:{row['id']}" not in told]
    recorded = {row["visit_task"] for row in books.rows.get("visit_record", ()) if row["entered_by"]}
    unsaid = [row for row in books.duties if row["state"] == "done" and row["id"] not in recorded]
    return found + [f"duty {row['id']} {row['subject']} {row['occasion']}" for row in (*lost, *unsaid)]


def _is_in_hand(row: Row, call: Row | None, last: date) -> bool:
    """Whether it went out, was settled, needs nobody, is still fresh, or stands on a named person's list."""
    if row["state"] == "accepted" or row["reason"] in _NEEDS_NOBODY or row["topic"] in _GREETINGS:
        return True
    if row["state"] == "waiting" and day_of(datetime.fromisoformat(row["queued_at"])) > last - timedelta(days=2):
        return True
    return call is not None and (call["keeper"] or call["settled_by"]) is not None


def by_way(books: Books) -> dict[str, int]:
    """How notices reached people: by the platform's book, and by the ticks of whoever told them."""
    counted: Counter[str] = Counter(one["api"] for one in books.sent)
    told = {"told_by_liaison": "liaison", "told_by_phone": "call", "on_paper": "paper"}
    counted.update(told[row["outcome"]] for row in books.rows["notice"] if row["outcome"] in told)
    return dict(sorted(counted.items()))


def listing(books: Books) -> dict[str, Counter[str]]:
    """By the name of each person: how many duties towards them are done, excused and open."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in books.duties:
        name = books.people[row["subject"]].name if row["subject"] in books.people else str(row["subject"])
        found[name][standing(row)] += 1
    return dict(sorted(found.items()))
