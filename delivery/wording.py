"""Puts a notice into words: the sentence for the chat, the fields of a form, the question it leaves open."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import texts
from delivery.policy import EMERGENCY, DeliveryPolicy, Template
from kit.clock import local
from models.outreach.notices import Notice
from models.people.accounts import Question
from wechat.templates import fit_values

SHOW, SHOW_ALARM = "notices.show", "notices.show_alarm"
SHOWING = frozenset({SHOW, SHOW_ALARM})
"""The handler's actions that read a notice out to somebody who got only a form; an alarm goes before all else."""
_TITLE_LENGTH = 60
_HEADING_LENGTH = 30


def facts_of(notice: Notice) -> dict[str, Any]:
    """The facts that fill the sentence."""
    found: dict[str, Any] = json.loads(notice.facts) if notice.facts else {}
    return found


def text_of(notice: Notice) -> str:
    """The whole text for the chat; the choices are listed unless the sentence itself says what to answer."""
    said = texts.render(notice.say, **facts_of(notice))
    if not notice.asks or texts.section("delivery", "words")["reply_mark"] in said:
        return said
    return "\n".join([said, *(f"{number} {asked['label']}" for number, asked in enumerate(notice.asks, 1))])


def spoken_of(notice: Notice) -> str:
    """The words as a human being says or reads them outside the chat: without what to answer there; empty if none."""
    words = texts.section("delivery", "words")
    stop, mark = str(words["full_stop"]), str(words["reply_mark"])
    parts = [part for line in texts.render(notice.say, **facts_of(notice)).splitlines() for part in line.split(stop)]
    kept = [part.strip() for part in parts if part.strip() and mark not in part]
    ends = str(words["ends"])
    return "".join(part if part[-1] in ends else part + stop for part in kept)


def title_of(notice: Notice) -> str:
    """What the notice is about in a few words; never a fact of the person (promise V12)."""
    if own := texts.section("delivery", "cards").get(notice.say):
        return str(own)[:_TITLE_LENGTH]
    names = texts.section("delivery", "say")
    return str(names.get(f"topic_{notice.topic}", names["topic_service"]))[:_TITLE_LENGTH]


def form_values(notice: Notice, template: Template, now: datetime) -> dict[str, str]:
    """The fields of a template: title, time and how to read the rest. Raises `UnfitValue` where one cannot fit."""
    here = local(now)
    pattern = str(texts.section("delivery", "words")["form_time"])
    known = {
        "title": title_of(notice),
        "hint": texts.render("delivery.form_hint"),
        "time": pattern.format(year=here.year, month=here.month, day=here.day, clock=f"{here:%H:%M}"),
    }
    return fit_values({name: known.get(value, value) for name, value in template.fields.items()})


async def leave_question(notice: Notice, openid: str, now: datetime, policy: DeliveryPolicy) -> None:
    """What a digit of this account means from now on: the notice's choices, or "1 to read" after a mere form."""
    choices = notice.asks or []
    if notice.channel == "sms":
        return
    if notice.channel in ("template", "subscription"):
        view = texts.render("delivery.form_view")
        do = SHOW_ALARM if notice.topic == EMERGENCY else SHOW
        choices = [{"label": view, "do": do, "args": {"notice": notice.id}}]
    if not choices:
        return
    at_least = now + timedelta(hours=policy.answer_hours)
    await Question.create(
        openid=openid,
        title=heading_of(notice),
        choices=choices,
        asked_at=now,
        valid_until=max(at_least, notice.expires_at or at_least),
        notice_id=notice.id,
    )


def heading_of(notice: Notice) -> str:
    """How an open question is named in a list: by the first words this account has read of it; a form by its topic."""
    if notice.channel not in ("customer", "mass"):
        return title_of(notice)
    words = texts.section("delivery", "words")
    first = text_of(notice).splitlines()[0].partition(words["full_stop"])[0]
    clause = first if len(first) <= _HEADING_LENGTH else first.partition(words["comma"])[0]
    return clause if len(clause) <= _HEADING_LENGTH else title_of(notice)
