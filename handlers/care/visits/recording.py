"""What became of a visit: a digit and a line, or plain words read back; taken over and taken back."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.understanding.dates import named_days
from conversation.understanding.numerals import plain_numbers
from handlers.care.visits.listing import duties_of, page_of
from handlers.care.visits.router import router
from kit.errors import Refusal
from services.care import life_events, visits
from services.people import access
from texts import render, section

if TYPE_CHECKING:
    from models.people.members import Person
    from services.care.visits import Duty, Recorded, Result

LONGEST_LINE = 200
_MOST_OFFERED = 3


@router.intent("report_done")
async def report(ctx: Context) -> Reply:
    """ "赵一禾家去过了 身体硬朗": the duty is found by the name and read back; else the list is asked."""
    duties = await duties_of(ctx, ctx.person)
    if not duties:
        return confirm("wishes.read_back", "wishes.keep", args=_as_wish(ctx), wish=ctx.text.strip()[:40])
    named = visits.named_in(ctx.text, duties)
    if not named:
        return Reply("").followed_by("visits.mine")
    if len(named) > 1:
        return menu("visits.which", page_of(named, 0))
    result = _said_result(ctx.text)
    if result == "visited" and named[0].kind == "home_round":
        return Reply("").followed_by("visits.result", visit=named[0].task_id, result=result)
    if result is None:
        return Reply("").followed_by("visits.open", visit=named[0].task_id)
    return _read_back(named[0], result, _said_line(ctx.text, named[0]))


@router.action()
async def result(ctx: Context) -> Reply:
    """A result was chosen: ask for one line, then keep both; the doctor is asked for coarse words."""
    if ctx.chosen["result"] == "visited" and await visits.is_home_round(int(ctx.chosen["visit"])):
        return begin("visits.home_round", visit=ctx.chosen["visit"], by=ctx.person.id)
    return begin("visits.result", visit=ctx.chosen["visit"], result=ctx.chosen["result"], by=ctx.person.id)


@router.action()
async def keep(ctx: Context) -> Reply:
    """A read-back was confirmed; without a line the line is asked for."""
    if not ctx.chosen.get("line"):
        return await result(ctx)
    line = visits.opened_line(ctx.chosen["line"])
    return await _kept(ctx, ctx.person, int(ctx.chosen["visit"]), ctx.chosen["result"], line)


@router.action()
async def also(ctx: Context) -> Reply:
    """Another duty behind the same door, done in the same visit with the same words."""
    reach, line = await access.reach_of(ctx.person, ctx.today), visits.opened_line(ctx.chosen["line"])
    chosen: Result = ctx.chosen["result"]
    kept = await visits.record(int(ctx.chosen["visit"]), chosen, line, by=ctx.person, reach=reach, now=ctx.now)
    return say("visits.also_done", names=kept.name).undoable("visits.undo", record=kept.record_id)


@router.action()
async def undo(ctx: Context) -> Reply:
    """撤销 within ten minutes."""
    return say("visits.undone", name=await visits.undo(int(ctx.chosen["record"]), by=ctx.person, now=ctx.now))


@router.action()
async def take_over(ctx: Context) -> Reply:
    """接手: what rose becomes one's own, and is opened."""
    reach, visit = await access.reach_of(ctx.person, ctx.today), int(ctx.chosen["visit"])
    name = await visits.take_over(visit, by=ctx.person, reach=reach, now=ctx.now)
    return say("visits.taken_over", name=name).followed_by("visits.open", visit=visit)


@router.action()
async def home(ctx: Context) -> Reply:
    """已经出院了: nothing more to visit there; a call in some days."""
    policy = (await visits.rules_now(ctx.county)).visits.events
    reach = await access.reach_of(ctx.person, ctx.today)
    opened = await visits.details(int(ctx.chosen["visit"]), ctx.person, reach, now=ctx.now)
    await life_events.discharge_of(opened.duty.subject_id, by=ctx.person, now=ctx.now, policy=policy)
    return say("life_events.discharged")


async def _clean_line(ctx: Context, text: str) -> str:
    line = text.strip()
    if not line:
        raise Refusal("visits.findings_empty")
    if len(line) > LONGEST_LINE:
        raise Refusal("visits.findings_too_long")
    return line


def _asks_findings(answers: Answers) -> bool:
    return bool(answers["result"] != "not_needed")


def _asks_reason(answers: Answers) -> bool:
    return not _asks_findings(answers)


def _visitor(ctx: Context, answers: Answers) -> Person:
    return next((one.person for one in ctx.speakers if one.person.id == answers["by"]), None) or ctx.person


async def _finish(ctx: Context, answers: Answers) -> Reply:
    by = _visitor(ctx, answers)
    line = str(answers.get("line") or answers.get("reason"))
    return await _kept(ctx, by, int(answers["visit"]), answers["result"], line)


router.dialog(
    Dialog(
        "visits.result",
        (
            Step("line", "visits.ask_findings", _clean_line, _asks_findings),
            Step("reason", "visits.ask_reason", _clean_line, _asks_reason),
        ),
        _finish,
    )
)


# The doctor's round: coarse words and the next day, no line (domain §2.6).


async def _clean_tags(ctx: Context, text: str) -> list[str]:
    if text.strip() in section("visits", "said")["none"]:
        return []
    said = {int(digit) for digit in re.findall(r"\d", plain_numbers(text))}
    if not said or not said <= set(range(1, len(visits.TAGS) + 1)):
        raise Refusal("visits.tags_wanted")
    return [tag for number, tag in enumerate(visits.TAGS, 1) if number in said]


async def _clean_next(ctx: Context, text: str) -> str:
    """The day, or nothing where none is fixed yet."""
    if text.strip() in section("visits", "said")["none"]:
        return ""
    days = named_days(text, ctx.today)
    if not days or days[0] <= ctx.today:
        raise Refusal("visits.next_wanted")
    return days[0].isoformat()


async def _round_kept(ctx: Context, answers: Answers) -> Reply:
    by = _visitor(ctx, answers)
    reach = await access.reach_of(by, ctx.today)
    kept = await visits.record(int(answers["visit"]), "visited", "", by=by, reach=reach, now=ctx.now)
    next_on = str(answers["next"])
    await visits.note_round(kept.record_id, answers["tags"], date.fromisoformat(next_on) if next_on else None)
    return say("visits.done_round", name=kept.name).undoable("visits.undo", record=kept.record_id)


router.dialog(
    Dialog(
        "visits.home_round",
        (Step("tags", "visits.ask_tags", _clean_tags), Step("next", "visits.ask_next", _clean_next)),
        _round_kept,
    )
)


def _said_result(text: str) -> Result | None:
    """The first result whose words are said; "not" before "done", since 没见到 holds 见到."""
    words = section("visits", "said")
    order: tuple[Result, ...] = ("not_needed", "not_home", "called", "visited")
    return next((one for one in order if any(word in text for word in words[one])), None)


def _said_line(text: str, duty: Duty) -> str:
    """What is left when the name and the words of the result are taken away: the finding."""
    dropped = sorted(section("visits", "said")["dropped"], key=len, reverse=True)
    before, _, after = text.partition(duty.name)
    known = "|".join(map(re.escape, dropped))
    rest = re.sub(rf"^(?:{known}|\W)+", "", after) or re.sub(rf"^(?:{known}|\W)+$", "", before)
    return rest.strip()


def _read_back(duty: Duty, result: Result, line: str) -> Reply:
    args = {"visit": duty.task_id, "result": result, "line": visits.sealed_line(line) if line else ""}
    known = visits.in_words(duty)
    key = f"visits.read_back_{result}"
    return confirm(key, "visits.keep", args=args, name=known["name"], occasion=known["occasion"])


async def _kept(ctx: Context, by: Person, visit: int, result: Result, line: str) -> Reply:
    reach = await access.reach_of(by, ctx.today)
    kept = await visits.record(visit, result, line, by=by, reach=reach, now=ctx.now)
    key = f"visits.done_{'late' if kept.is_late and result == 'visited' else result}"
    choices = await _further(ctx, kept, result, line)
    reply = menu(key, choices, name=kept.name) if choices else say(key, name=kept.name)
    return reply.undoable("visits.undo", record=kept.record_id)


async def _further(ctx: Context, kept: Recorded, result: Result, line: str) -> list[Choice]:
    """What else this visit may have been: other duties behind the same door, a gift."""
    sealed = visits.sealed_line(line)
    choices = []
    for task in kept.also[:_MOST_OFFERED]:
        name, occasion = await visits.named(task)
        args = {"visit": task, "result": result, "line": sealed}
        choices.append(Choice(render("visits.also", name=name, occasion=occasion), "visits.also", args))
    if result == "called" and (last := await visits.to_ask_by_the_way(kept.task_id, ctx.person.id)) is not None:
        choices += [
            Choice(render("visits.last_came"), "visits.came", {"visit": last}),
            Choice(render("visits.last_not_came"), "visits.not_came", {"visit": last}),
        ]
    if result == "visited":
        choices.append(Choice(render("visits.gift"), "visits.gift", {"visit": kept.task_id}))
    return choices


def _as_wish(ctx: Context) -> dict[str, str]:
    return {"kind": "report_done", "words": ctx.text[:300]}
