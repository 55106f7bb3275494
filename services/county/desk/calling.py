"""The call list at the desk: what came of a call, with the news and the questions that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.errors import Refusal
from models.outreach.calls import Call
from models.people.members import Person
from services.care import life_events
from services.care.life_events.reporting import Kind
from services.help import wishes
from services.outreach import calls
from services.people import members
from texts import render

_NEWS: Mapping[str, Kind] = {"in_hospital": "hospital", "died": "death"}
_WISHED = {"in_hospital": "report_illness", "died": "report_death"}
_MOVES_AT_ONCE = ("not_home", "wrong_number")
_SHORTEST, _LONGEST = 2, 300


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a call: the result, what the person asks back, how long a reported death holds what goes out."""

    result: str
    question: str
    hold: timedelta


async def answer_call(call: Call, told: Told, *, by: Person, now: datetime) -> str:
    """Record it with all that follows; the word for what was done (`call_told`, `call_moves`, `call_kept` …).

    Raises `wishes.say_more` for a question without words, else what `calls.record` raises.
    """
    if told.result == "asks_back" and len(told.question.strip()) < _SHORTEST:
        raise Refusal("wishes.say_more")
    is_told = await calls.record(call, told.result, by=by, now=now)
    if told.result in calls.REPORTS:
        await _report(call, told, by, now)
        return "call_reported"
    if told.result == "asks_back":
        words = told.question.strip()[:_LONGEST]
        await wishes.keep("asks_back", await _asking(call, by), now=now, words=words)
        return "call_asked"
    return "call_told" if is_told else "call_moves" if told.result in _MOVES_AT_ONCE else "call_kept"


async def _report(call: Call, told: Told, by: Person, now: datetime) -> None:
    """News that one named person confirms; of an account nobody is bound to it is a wish."""
    words, person = render(f"calls.{told.result}"), await calls.person_of(call)
    if person is None:
        await wishes.keep(_WISHED[told.result], await _asking(call, by), now=now, words=words)
        return
    said = life_events.Report(_NEWS[told.result], person.name, f"desk:{by.id}", words=words,
                              reporter=by, subject=person)  # fmt: skip
    await life_events.report(said, hold=told.hold, now=now)


async def _asking(call: Call, by: Person) -> wishes.Asking:
    """Whom it concerns; the answer goes to the caller's own account, where there is one."""
    person, own = await calls.person_of(call), await members.openids_of(by)
    return wishes.Asking(own[0] if own else "", person, await wishes.place_of(person, None))
