"""`print duties` and `print reading`: the list of visits by name, and the page that is read out at the door."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import texts
from bot.commands.desk import DONE, command, operator, say, write_private
from bot.house import county_of, database
from delivery.paper import duty_list, notice_sheet
from delivery.paper.duty_list import DutyListFacts, DutyRow
from delivery.paper.notice_sheet import Household, NoticeSheetFacts
from kit import clock
from kit.errors import Refusal
from kit.settings import Settings
from kit.spreadsheets import write_csv
from models.database import transaction
from services.care import visits
from services.care.visits import Account, Line
from services.people import audit, organisation
from texts.days import spoken_day

_LONGEST_READING = 600


@command
async def duties(settings: Settings, /, at: str, file: Path, *, first: str | None, last: str | None) -> int:
    """`print duties --at ORGANISATION [--from DAY] [--to DAY] FILE.pdf|csv`: due = done + excused + open, by name."""
    today = clock.local_day(clock.now())
    begins = date.fromisoformat(first) if first else date(today.year, 1, 1)
    ends = date.fromisoformat(last) if last else today + timedelta(days=14)
    if file.suffix not in (".pdf", ".csv"):
        raise Refusal("commands.duties_kind", file=file.name)
    async with database(settings), transaction():
        place = await organisation.find(at)
        found = await visits.account(place, begins, ends)
        about = f"organisation:{place.id}"
        await audit.note(operator(), "duties_printed", now=clock.now(), subject=about, count=len(found.lines))
    facts = _facts(found, today)
    if file.suffix == ".csv":
        rows = [row.cells for row in facts.rows]
        content = write_csv(duty_list.headings(), [*rows, (facts.total,), (facts.missing,)])
    else:
        content = await asyncio.to_thread(duty_list.pdf, facts)
    write_private(file, content)
    say("duties_done", file=file.name, total=facts.total)
    return DONE


def _facts(found: Account, today: date) -> DutyListFacts:
    counted = found.sums
    total = texts.render("paper.duties_total", **{name: counted[name] for name in ("due", "done", "excused", "open")})
    names = texts.render("words.comma").join(found.unaccounted)
    missing = texts.render("paper.duties_missing", names=names) if names else texts.render("paper.duties_complete")
    missing = missing + _tiers(found)
    title = texts.render(
        "paper.duties_title", place=found.place, first=spoken_day(found.first), day=spoken_day(found.last)
    )
    return DutyListFacts(title, total, missing, today, tuple(map(_row, found.lines)))


def _tiers(found: Account) -> str:
    """What each tier of 三级联访 has done of its own."""
    names = texts.section("visits", "levels")
    each = [
        texts.render("paper.duties_tier", tier=names[tier], done=row["done"], due=row["due"])
        for tier, row in sorted(found.by_tier().items())
    ]
    return texts.render("paper.duties_tiers", tiers=texts.render("words.comma").join(each)) if each else ""


def _row(line: Line) -> DutyRow:
    standings = texts.section("paper", "standings")
    reason = texts.section("paper", "reasons").get(line.reason, "")
    standing = texts.render("paper.duties_reason", reason=reason) if reason else standings[line.standing]
    return DutyRow(spoken_day(line.due_on), visits.occasion_in_words(line.occasion), line.name, line.visitor, standing)


@command
async def reading(settings: Settings, /, at: str, words: Path, file: Path) -> int:
    """`print reading --at ORGANISATION TEXT.txt FILE.pdf`: in large print, with whom it is brought to this month.

    The first line of the text is its title. Nothing confidential belongs in it.
    """
    title, _, body = words.read_text("utf-8").strip().partition("\n")
    if not title or len(title) + len(body) > _LONGEST_READING:
        raise Refusal("commands.reading_length", most=_LONGEST_READING)
    county, today = county_of(settings), clock.local_day(clock.now())
    async with database(settings):
        place = await organisation.find(at)
        people = await visits.open_towards(place, "home_study_delivery", on=today)
        phone = await organisation.phone_of(place) or county.phone
    if not people:
        raise Refusal("commands.reading_nobody", place=place.name)
    households = tuple(Household(one.name, one.building or "", one.room or "") for one in people)
    door = NoticeSheetFacts(title, body.strip() or title, place.name, phone, today)
    listed = NoticeSheetFacts(title, body.strip() or title, place.name, phone, today, to_tell=households)
    write_private(file, await asyncio.to_thread(notice_sheet.pdf_of, [door, listed]))
    say("reading_done", count=len(people), file=file.name)
    return DONE
