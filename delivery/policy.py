"""Decides by which way a notice goes to a person now, and says why in a sentence a secretary can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from delivery.quiet import QuietPolicy, earliest_push
from kit.clock import local_day

GONE = frozenset({"deceased", "withdrawn", "erased"})
HELD = "death_reported"
EMERGENCY = "emergency"
BY_PLATFORM = ("customer", "subscription", "template", "mass", "sms")
BY_PEOPLE = ("liaison", "phone", "paper")
WAYS = (*BY_PLATFORM, *BY_PEOPLE)
"""Every way in the order in which they are tried; a county leaves some of them out."""
_NEVER = timedelta(days=3650)


class Step(StrEnum):
    """What happens to a notice next."""

    SEND = "send"  # by `channel`, to `openid`
    WAIT = "wait"  # nothing before `until`
    TELL = "tell"  # onto a named person's list, by `channel`; `rises`: of the next one upwards
    EXPIRE = "expire"  # of no more use; somebody is told unless it was a greeting
    STOP = "stop"  # must not be sent at all, nobody is told


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the account: its id, and which of our values fills which of its fields."""

    id: str
    fields: Mapping[str, str] = field(default_factory=lambda: {"thing1": "title", "thing2": "hint", "time3": "time"})

    @classmethod
    def read(cls, written: str) -> Self:
        """From the county's file: the id, and after it the fields if they are not the usual ones.

        `"AbC… thing2=title thing4=hint time5=time"`; a value other than `title`, `hint` and `time` stands as written.
        """
        template_id, *pairs = written.split()
        return cls(template_id, dict(pair.split("=", 1) for pair in pairs)) if pairs else cls(template_id)


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """The county's numbers for notices; templates by topic, `*` for every topic without its own.

    `ways` are those the county has; `mass_a_month` is how many mass messages one account may get (0: none are sent),
    of which `mass_kept` wait for urgent ones until the month's last week. `hours` say how long each human way may
    take before the next one is tried, `phone_tries` how often nobody may answer.
    """

    quiet: QuietPolicy = field(default_factory=QuietPolicy)
    templates: Mapping[str, Template] = field(default_factory=dict)
    subscriptions: Mapping[str, Template] = field(default_factory=dict)
    greetings: frozenset[str] = frozenset({"greeting", "visit_check", "desk"})
    answer_hours: int = 24
    picture_days: int = 30
    retry_seconds: tuple[int, ...] = (5, 15, 30, 60, 120, 300)
    emergency_seconds: int = 60
    ways: tuple[str, ...] = WAYS
    mass_a_month: int = 0
    mass_kept: int = 1
    has_sms: bool = False
    hours: Mapping[str, int] = field(default_factory=lambda: {"liaison": 24, "phone": 48, "paper": 96})
    phone_tries: int = 3

    def __post_init__(self) -> None:
        if not set(self.ways) & set(BY_PEOPLE):
            raise ValueError("no way is left that ends with a human being")

    def template_for(self, topic: str) -> Template | None:
        """The template of the topic, else the one for everything."""
        return self.templates.get(topic) or self.templates.get("*")

    def subscription_for(self, topic: str) -> Template | None:
        """The subscription template of the topic, else the one for everything."""
        return self.subscriptions.get(topic) or self.subscriptions.get("*")


@dataclass(frozen=True, slots=True)
class Line:
    """One account that speaks for the recipient, and the platform's leave to write to it."""

    openid: str
    follows: bool = True
    window_until: datetime | None = None
    allowance: int = 0
    grants: frozenset[str] = frozenset()
    mass_got: int = 0

    def is_open(self, now: datetime) -> bool:
        """Whether the 48 hours (or the minute) of customer messages still run."""
        return self.follows and self.window_until is not None and self.window_until > now


@dataclass(frozen=True, slots=True)
class Reach:
    """How the recipient can be reached at this moment; `pushes` are the moments of today's capped notices.

    `phone` is a telephone number, `line.mass_got` how many mass messages an account had this month.
    """

    lines: tuple[Line, ...] = ()
    state: str = "active"
    opted_out: frozenset[str] = frozenset()
    pushes: tuple[datetime, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a human being was asked before: to tell by `way`, `since` when, how often in vain, and what came last."""

    way: str
    since: datetime
    tries: int = 0
    result: str | None = None
    keeper_is_there: bool = True


@dataclass(frozen=True, slots=True)
class Matter:
    """What the decision needs to know of a notice; `shut` are ways that refused it just now, as (channel, openid).

    `is_public`: everybody may read it, so that many get it in one mass job. `needs_chat`: its words make no sense
    outside the chat. `asked`: who is being asked to tell it.
    """

    topic: str = "service"
    in_reply: bool = False
    expires_at: datetime | None = None
    has_picture: bool = False
    shut: frozenset[tuple[str, str]] = frozenset()
    is_public: bool = False
    is_urgent: bool = False
    needs_chat: bool = False
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The next step of a notice, with the key of the sentence that says why; `openid` is the address of `channel`."""

    step: Step
    why: str
    channel: str | None = None
    openid: str | None = None
    until: datetime | None = None
    template: Template | None = None
    rises: bool = False


def choose_way(matter: Matter, reach: Reach, now: datetime, policy: DeliveryPolicy) -> Way:
    """The way for `matter` now, the first of `WAYS` that is open: at the end always a named person.

    Death, withdrawal, opt-out, expiry, quiet hours and the daily cap are looked at anew each time (domain.md §2.21).
    """
    return _forbidden(matter, reach, now) or _in_time(
        _way_by_chat(matter, reach, now, policy), matter, reach, now, policy
    )


def _forbidden(matter: Matter, reach: Reach, now: datetime) -> Way | None:
    if reach.state in GONE:
        return Way(Step.STOP, f"delivery.why_{reach.state}")
    if matter.topic in reach.opted_out and matter.topic != EMERGENCY:
        return Way(Step.STOP, "delivery.why_opted_out")
    if matter.expires_at is not None and matter.expires_at <= now:
        return Way(Step.EXPIRE, "delivery.why_expired")
    if reach.state == HELD and matter.topic != EMERGENCY:
        return Way(Step.WAIT, "delivery.why_held", until=now + timedelta(hours=1))
    return None


def _in_time(way: Way, matter: Matter, reach: Reach, now: datetime, policy: DeliveryPolicy) -> Way:
    """`way`, unless it would ring a telephone in quiet hours or for the fourth time today."""
    if way.step is not Step.SEND or matter.in_reply:
        return way
    earliest = earliest_push(now, matter.topic, reach.pushes, policy.quiet)
    if earliest <= now:
        return way
    is_capped = len(reach.pushes) >= policy.quiet.daily_cap
    return Way(Step.WAIT, "delivery.why_cap" if is_capped else "delivery.why_quiet", until=earliest)


def _way_by_chat(matter: Matter, reach: Reach, now: datetime, policy: DeliveryPolicy) -> Way:
    for line in reach.lines if "customer" in policy.ways else ():
        if line.is_open(now) and line.allowance > 0 and ("customer", line.openid) not in matter.shut:
            return Way(Step.SEND, "delivery.why_window", "customer", line.openid)
    if matter.topic in policy.greetings:
        return _later(matter, reach) or Way(Step.EXPIRE, "delivery.why_greeting")
    if matter.has_picture and any(_may_still_write(line, matter) for line in reach.lines):
        return Way(
            Step.WAIT,
            "delivery.why_picture",
            until=matter.expires_at or now + timedelta(days=policy.picture_days),
        )
    further = _way_by_form(matter, reach, policy) or _way_by_mass(matter, reach, now, policy)
    return further or _way_by_sms(matter, reach, policy) or way_by_people(matter, reach, now, policy)


def _later(matter: Matter, reach: Reach) -> Way | None:
    """A greeting waits for the person to write first, as long as its day lasts."""
    if matter.expires_at is None or not any(line.follows for line in reach.lines):
        return None
    return Way(Step.WAIT, "delivery.why_greeting_waits", until=matter.expires_at)


def _may_still_write(line: Line, matter: Matter) -> bool:
    return line.follows and ("customer", line.openid) not in matter.shut


def _way_by_form(matter: Matter, reach: Reach, policy: DeliveryPolicy) -> Way | None:
    subscription, template = policy.subscription_for(matter.topic), policy.template_for(matter.topic)
    for line in reach.lines if "subscription" in policy.ways else ():
        is_granted = subscription is not None and subscription.id in line.grants
        if is_granted and ("subscription", line.openid) not in matter.shut:
            return Way(Step.SEND, "delivery.why_granted", "subscription", line.openid, template=subscription)
    for line in reach.lines if "template" in policy.ways else ():
        if template is not None and line.follows and ("template", line.openid) not in matter.shut:
            return Way(Step.SEND, "delivery.why_template", "template", line.openid, template=template)
    return None


def _way_by_mass(matter: Matter, reach: Reach, now: datetime, policy: DeliveryPolicy) -> Way | None:
    """Only what everybody may read; a mass message uses up one of the few of the month (wechat.md §3.6)."""
    if not matter.is_public or "mass" not in policy.ways:
        return None
    for line in reach.lines:
        has_room = mass_room(line.mass_got, local_day(now), policy, is_urgent=matter.is_urgent) > 0
        if line.follows and has_room and ("mass", line.openid) not in matter.shut:
            return Way(Step.SEND, "delivery.why_mass", "mass", line.openid)
    return None


def mass_room(got: int, on: date, policy: DeliveryPolicy, *, is_urgent: bool = False) -> int:
    """How many mass messages an account that `got` so many this month may still get for such a notice.

    The last of the month is kept for what is urgent, until a week before the month ends.
    """
    days_left = (on.replace(day=1) + timedelta(days=32)).replace(day=1) - on
    kept = 0 if is_urgent or days_left <= timedelta(days=7) else policy.mass_kept
    return max(0, policy.mass_a_month - kept - got)


def _way_by_sms(matter: Matter, reach: Reach, policy: DeliveryPolicy) -> Way | None:
    is_open = policy.has_sms and "sms" in policy.ways and ("sms", reach.phone) not in matter.shut
    if not is_open or not reach.phone or matter.needs_chat:
        return None
    return Way(Step.SEND, "delivery.why_sms", "sms", reach.phone)


def way_by_people(matter: Matter, reach: Reach, now: datetime, policy: DeliveryPolicy) -> Way:
    """Who is to tell it: the liaison, then somebody by telephone, then a sheet of paper, then the next one upwards.

    WAIT as long as whoever was asked still has time; never an end without a named person.
    """
    ways = [way for way in BY_PEOPLE if way in policy.ways and (way != "phone" or reach.phone)]
    ways = ways or [way for way in BY_PEOPLE if way in policy.ways]
    asked = matter.asked
    if asked is None:
        why = _why_told(matter, reach, now) if ways[0] == "liaison" else f"delivery.why_at_once_{ways[0]}"
        return Way(Step.TELL, why, ways[0])
    if asked.way not in ways:
        way = next((one for one in ways if BY_PEOPLE.index(one) > BY_PEOPLE.index(asked.way)), ways[-1])
        return Way(Step.TELL, f"delivery.why_at_once_{way}", way)
    if not asked.keeper_is_there:
        return Way(Step.TELL, "delivery.why_keeper_gone", asked.way, rises=True)
    return _after_asking(asked, ways, now, policy)


IN_VAIN = ("not_home", "wrong_number", "no_answer")


def _after_asking(asked: Asked, ways: Sequence[str], now: datetime, policy: DeliveryPolicy) -> Way:
    """What follows when whoever was asked had no luck, or never said anything."""
    is_in_vain = asked.result in IN_VAIN and (asked.result != "no_answer" or asked.tries >= policy.phone_tries)
    is_late = now - asked.since >= timedelta(hours=policy.hours[asked.way])
    if not is_in_vain and not is_late:
        return Way(Step.WAIT, "delivery.why_being_told", asked.way, until=now + _NEVER)
    further = ways[ways.index(asked.way) + 1 :]
    reason = asked.result if is_in_vain else f"{asked.way}_silent"
    if further:
        return Way(Step.TELL, f"delivery.why_{reason}_{further[0]}", further[0])
    return Way(Step.TELL, f"delivery.why_{reason}_upwards", asked.way, rises=True)


def _why_told(matter: Matter, reach: Reach, now: datetime) -> str:
    if not reach.lines:
        return "delivery.why_no_account"
    if not any(line.follows for line in reach.lines):
        return "delivery.why_unfollowed"
    if matter.shut:
        return "delivery.why_refused"
    if any(line.is_open(now) for line in reach.lines):
        return "delivery.why_spent"
    return "delivery.why_no_window"
