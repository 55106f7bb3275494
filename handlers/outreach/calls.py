"""转告: whoever tells others sees whom, what to read aloud and why, and answers with one digit what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.router import Router
from kit.errors import Refusal
from services.care import life_events
from services.help import wishes
from services.outreach import calls
from texts import in_groups, render

if TYPE_CHECKING:
    from models.outreach.calls import Call
    from models.people.members import Person
    from services.care.life_events.reporting import Kind

router = Router("calls")

_LIST_LENGTH = 5
_NEWS: dict[str, Kind] = {"in_hospital": "hospital", "died": "death"}
_REPORTED_AS = {"in_hospital": "report_illness", "died": "report_death"}
_MOVES_AT_ONCE = ("not_home", "wrong_number")


@router.intent("my_calls")
async def mine(ctx: Context) -> Reply:
    """Whom this person is to tell, five lines at a time; the fifth leads on when there are more."""
    listed = await calls.list_of(ctx.person, now=ctx.now, after=int(ctx.chosen.get("after", 0)), limit=_LIST_LENGTH + 1)
    if not listed:
        return say("calls.none")
    shown = listed if len(listed) <= _LIST_LENGTH else listed[: _LIST_LENGTH - 1]
    choices = [Choice(name or render("wishes.stranger"), "calls.one", {"call": call.id}) for call, name in shown]
    if len(shown) < len(listed):
        choices.append(Choice(render("calls.more"), "calls.mine", {"after": shown[-1][0].id}))
    return menu("calls.mine", choices, count=await calls.count_of(ctx.person, now=ctx.now))


@router.action()
async def one(ctx: Context) -> Reply:
    """One of them: the words to read aloud, the telephone, why it came here, and what may come of it."""
    call = await calls.one_of(int(ctx.chosen["call"]), ctx.person)
    seen = await calls.show(call, by=ctx.person, now=ctx.now)
    choices = [_result(call, result) for result in calls.RESULTS[call.way]]
    choices.append(Choice(render("calls.other"), "calls.other", {"call": call.id}))
    facts = {"name": seen.name or render("wishes.stranger"), "why": render(seen.why), "words": seen.spoken}
    if not seen.phone:
        return menu("calls.one_without_phone", choices, **facts)
    return menu("calls.one", choices, phone=in_groups(seen.phone), **facts)


def _result(call: Call, result: str) -> Choice:
    return Choice(render(f"calls.{result}"), "calls.record", {"call": call.id, "result": result})


@router.action()
async def other(ctx: Context) -> Reply:
    """Something else came of it."""
    call = await calls.one_of(int(ctx.chosen["call"]), ctx.person)
    choices = [_result(call, result) for result in calls.FURTHER[call.way]]
    return menu("calls.other_what", choices, name=await _name(call))


@router.action()
async def record(ctx: Context) -> Reply:
    """The digit: told, or what else; news of a death is asked about once more before it is passed on."""
    call, result = await calls.one_of(int(ctx.chosen["call"]), ctx.person), str(ctx.chosen["result"])
    name = await _name(call)
    if result == "died" and not ctx.chosen.get("sure"):
        args = {"call": call.id, "result": result, "sure": True}
        return confirm("calls.ask_sure", "calls.record", no=Choice("", "calls.one", {"call": call.id}), args=args,
                       name=name)  # fmt: skip
    is_told = await calls.record(call, result, by=ctx.person, now=ctx.now)
    if result in calls.REPORTS:
        await _report(ctx, call, result)
        return say("calls.reported" if result == "died" else "calls.kept", name=name)
    if result == "asks_back":
        return begin("call_question", call=call.id)
    key = "calls.done" if is_told else "calls.moves_on" if result in _MOVES_AT_ONCE else "calls.kept"
    return say(key, name=name).undoable("calls.take_back", call=call.id)


async def _report(ctx: Context, call: Call, result: str) -> None:
    """News that one named person confirms; nothing follows before. Of an account nobody is bound to it is a wish."""
    person = await calls.person_of(call)
    if person is None:
        asking = await _asking(ctx, None)
        await wishes.keep(_REPORTED_AS[result], asking, now=ctx.now, words=render(f"calls.{result}"))
        return
    said = life_events.Report(_NEWS[result], person.name, ctx.openid, words=render(f"calls.{result}"),
                              reporter=ctx.person, subject=person)  # fmt: skip
    await life_events.report(said, hold=timedelta(hours=ctx.county.visits.report_hold_hours), now=ctx.now)


async def _asking(ctx: Context, person: Person | None) -> wishes.Asking:
    return wishes.Asking(ctx.openid, person, await wishes.place_of(person, ctx.account.scanned_id))


async def _name(call: Call) -> str:
    person = await calls.person_of(call)
    return person.name if person else render("wishes.stranger")


@router.action()
async def take_back(ctx: Context) -> Reply:
    """撤销: it was the wrong line."""
    await calls.take_back(int(ctx.chosen["call"]), by=ctx.person, now=ctx.now)
    return say("calls.taken_back")


# What the person asked back: one sentence, for whoever looks after them.


async def _clean_question(ctx: Context, text: str) -> str:
    if len(text.strip()) < 2:
        raise Refusal("wishes.say_more")
    return text.strip()[:300]


async def _asked_back(ctx: Context, answers: Answers) -> Reply:
    call = await calls.one_of(int(answers["call"]), ctx.person)
    person = await calls.person_of(call)
    kept = await wishes.keep("asks_back", await _asking(ctx, person), now=ctx.now, words=str(answers["question"]))
    if kept.keeper is None:
        return say("wishes.kept_by_phone", phone=kept.phone or ctx.county.phone)
    return say("calls.question_kept", keeper=kept.keeper.name, name=await _name(call))


router.dialog(Dialog("call_question", (Step("question", "calls.ask_question", _clean_question),), _asked_back))
