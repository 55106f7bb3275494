"""The county's own numbers: every rule's figure is a setting with the default of the domain reference."""

from __future__ import annotations

import tomllib
from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

Period = Literal["week", "month", "quarter", "half", "year"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckInNumbers(_Section):
    """报到: working days until the answer is due, and when reviewer and township are reminded."""

    answer_days: int = 3
    remind_reviewer_day: int = 2
    tell_township_day: int = 4
    offers: int = 3
    ceremony_notice_days: int = 30


class PostNumbers(_Section):
    """认领: how many posts a person may hold, who may do what, how long a freed place is kept for the next, 评岗."""

    max_posts: int = 3
    quiet_approval_days: int = 2
    light_only_from_age: int = 80
    no_risky_from_age: int = 75
    list_length: int = 5
    claims_per_day: int = 10
    offer_hours: int = Field(default=48, ge=1)
    appraise_month: int = Field(default=12, ge=1, le=12)


class LookNumbers(_Section):
    """Looks at telephones, birthdays and addresses: from how many within an hour the county is told (V9)."""

    per_hour: int = Field(default=200, ge=1)


class BindingNumbers(_Section):
    """Paper slips: life and how many wrong tries a day are borne."""

    slip_days: int = 14
    tries_per_account: int = 5
    tries_per_community: int = 50


class BirthdayNumbers(_Section):
    """Decade birthdays (逢十生日): completed years minus the round number, by sex, and further ages kept."""

    first_age: int = 60
    offset_female: Literal[0, -1, -2] = 0
    offset_male: Literal[0, -1, -2] = 0
    extra_full_ages: tuple[int, ...] = ()
    extra_nominal_ages: tuple[int, ...] = ()


class VisitNumbers(_Section):
    """五必到: which festivals, windows, reminders, when an overdue visit rises, how far ahead duties are made."""

    festivals: tuple[Literal["spring_festival", "july_first", "double_ninth"], ...] = (
        "spring_festival",
        "july_first",
        "double_ninth",
    )
    festival_window_days: int = 14
    birthday_window_days: int = 3
    remind_days: tuple[int, ...] = (7, 3, 1, 0)
    remind_at: time = time(8, 30)
    overdue_at: time = time(18, 30)
    rise_days: tuple[int, int, int] = (1, 3, 7)
    rise_hours: tuple[int, int, int] = (12, 24, 48)
    """Hospital, death and hardship count in hours."""
    hospital_days: int = 3
    hospital_again_days: int = 30
    discharge_days: int = 7
    condolence_hours: int = 24
    condolence_call_days: tuple[int, ...] = (7, 30, 100, 365)
    hardship_days: int = 3
    hardship_urgent_hours: int = 24
    wellbeing: tuple[Period, Period, Period] = ("quarter", "month", "week")
    """探访: how often somebody with a care plan is visited who has no, one, or two and more risks."""
    tier_county: Period = "year"
    tier_township: Period = "half"
    tier_community: Period = "quarter"
    """三级联访: how often each level visits those named for it."""
    most_open: int = 60
    """So many open duties one visitor can bear: more are not handed over to them."""
    report_hold_hours: int = 24
    """For so long a reported, unconfirmed death holds back what is sent by itself."""
    report_rise_hours: tuple[int, int, int, int] = (4, 8, 16, 24)
    """After so long an unconfirmed report is put to secretary, community, township, county."""
    plan_ahead_days: int = 60
    greet: bool = True
    greet_at: time = time(8, 30)


class CurtainNumbers(_Section):
    """窗帘行动: by when a sign of life is expected, and after how many minutes without one who is told."""

    open_by: time = time(9, 0)
    close_by: time = time(20, 0)
    hello_minutes: int = Field(default=30, ge=0)
    """So long before, whoever gives the sign by a message and has not written yet is greeted."""
    most_watched: int = Field(default=10, ge=1)
    """So many people one watcher looks after (domain.md 2.13)."""
    backup_minutes: int = 30
    """After so long the second watcher is asked, where the first has not looked."""
    unwatched_rise_minutes: tuple[int, int, int] = (60, 120, 240)
    """After so long nobody has looked: community, township, county."""
    knock_minutes: int = 10
    family_minutes: int = 20
    duty_minutes: int = 30
    """No sign: both watchers knock, the family is told, whoever is on duty is told."""
    rise_minutes: tuple[int, int, int, int] = (20, 30, 60, 120)
    """No sign: secretary, community, township, county."""


class WishNumbers(_Section):
    """等我办的事: after how many hours a wish nobody has settled is told to secretary, community, township, county.

    By the same hours rises the word of somebody visited that nobody came.
    """

    rise_hours: tuple[int, int, int, int] = (24, 48, 96, 168)


class TalkNumbers(_Section):
    """The chat: how many messages of one account within a minute are answered (promise X17)."""

    per_minute: int = 40


class NoticeNumbers(_Section):
    """Notices: quiet hours, the daily cap, and what a broadcast or an export needs."""

    quiet: tuple[tuple[time, time], ...] = ((time(21, 0), time(7, 30)), (time(12, 0), time(14, 0)))
    per_day: int = 3
    second_person_above: int = 50
    cancel_minutes: int = 10
    broadcasts_per_day: int = 5
    exports_per_day: int = 5
    answer_hours: int = 24
    ways: tuple[Literal["customer", "subscription", "template", "mass", "sms", "liaison", "phone", "paper"], ...] = (
        "customer",
        "subscription",
        "template",
        "mass",
        "sms",
        "liaison",
        "phone",
        "paper",
    )
    """The ways this county has; their order is fixed, and one of the last three must be left."""
    liaison_hours: int = 24
    phone_hours: int = 48
    paper_hours: int = 96
    phone_tries: int = 3

    @field_validator("ways")
    @classmethod
    def _ends_with_people(cls, ways: tuple[str, ...]) -> tuple[str, ...]:
        if not {"liaison", "phone", "paper"} & set(ways):
            raise ValueError("at least one of liaison, phone, paper must be left")
        return ways


class SmsNumbers(_Section):
    """短信: any gateway that takes one HTTP request a message, or a file for trying it out; empty: no SMS."""

    url: str = ""
    """`https://…` with `{phone}`, `{words}`, `{once}` where wanted, or `file:///…/sms.jsonl`."""
    method: Literal["POST", "GET"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    accepted: str = ""
    """What the gateway's answer must contain to count as taken."""

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://", "file:///")):
            raise ValueError("https://…, http://… or file:///…")
        return url


class SpeechNumbers(_Section):
    """Recognition of voices, off unless one of the two is set: an address, or a program on this machine.

    `answer` is where the words stand in the JSON that comes back, `headers` what the service wants beside them.
    """

    url: str = ""
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    answer: str = "text"
    command: str = ""
    seconds: float = 20.0


class PlatformNumbers(_Section):
    """The platform's allowances as far as the account's console shows them; they have changed before."""

    message_allowance: int = 5
    message_window_hours: int = 48
    tap_allowance: int = 3
    tap_window_minutes: int = 1
    daily: dict[str, int] = Field(default_factory=dict)
    """Calls a day where the account's console shows other figures: customer, template, subscription, mass …"""
    per_second: dict[str, int] = Field(default_factory=dict)
    """Calls a second, by the same names."""
    mass_a_month: int = 0
    """Mass messages one account may get a month (4 for a verified service account); 0: none are sent."""
    mass_kept: int = 1
    templates: dict[str, str] = Field(default_factory=dict)
    subscriptions: dict[str, str] = Field(default_factory=dict)


class County(_Section):
    """Everything a county may set; what `county.toml` leaves out keeps its default."""

    name: str = ""
    account_name: str = ""
    phone: str = ""
    privacy_version: str = "2026-1"
    kinds: dict[str, tuple[str, Literal["county", "township", "community", "branch", "group", "other"]]] = Field(
        default_factory=dict
    )
    """Further kinds of organisations, or other names for known ones: kind = [name shown, tier]."""
    texts: dict[str, str] = Field(default_factory=dict)
    """Sentences in the county's own words: "emergency.do_fall" = "…"; texts are the county's to approve."""
    office_hours: tuple[time, time] = (time(8, 30), time(17, 30))
    check_in: CheckInNumbers = CheckInNumbers()
    posts: PostNumbers = PostNumbers()
    binding: BindingNumbers = BindingNumbers()
    looks: LookNumbers = LookNumbers()
    birthdays: BirthdayNumbers = BirthdayNumbers()
    visits: VisitNumbers = VisitNumbers()
    curtain: CurtainNumbers = CurtainNumbers()
    wishes: WishNumbers = WishNumbers()
    talk: TalkNumbers = TalkNumbers()
    notices: NoticeNumbers = NoticeNumbers()
    sms: SmsNumbers = SmsNumbers()
    platform: PlatformNumbers = PlatformNumbers()
    speech: SpeechNumbers = SpeechNumbers()


def read_county(path: Path) -> County:
    """The county of `path`; a missing file means the defaults. Raises `ValueError` naming what is wrong in it."""
    if not path.exists():
        return County()
    try:
        return County.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as exc:
        raise ValueError(f"{path.name}: {exc}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        raise ValueError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from exc
