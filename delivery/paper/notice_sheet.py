"""A notice in large print: for a door, or for a liaison (联络员) with the names to tell and tick off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import texts
from delivery.paper import code, day, fit, palette, shapes
from delivery.paper.canvas import Box, Canvas, Ink
from delivery.paper.document import A4, Document

_MARGIN = 18.0
_WIDE = A4[0] - 2 * _MARGIN
_FOOT = A4[1] - 24
_BODY_BOX = Box(_MARGIN, 48, _WIDE, 86)
_CODE = Box(A4[0] - _MARGIN - 36, 6, 36, 36)
_ROW = 13.0
_COLUMNS = (_MARGIN, _MARGIN + 52, _MARGIN + 116, _MARGIN + 144)  # where door, name, tick and day begin
_TITLE = Ink(14, palette.INK, bold=True)
_BODY = Ink(8.5, palette.INK)
_DOOR_TITLE, _DOOR_BODY = Ink(22, palette.INK, bold=True), Ink(15, palette.INK)
_SMALL = Ink(5.5, palette.BARK)
_HEAD = Ink(5.5, palette.BARK, bold=True)
_ENTRY = Ink(7, palette.INK, bold=True)


@dataclass(frozen=True)
class Household:
    """One person to tell and where: a building and, where known, a room."""

    name: str
    building: str
    room: str = ""


@dataclass(frozen=True)
class NoticeSheetFacts:
    """The notice and who is still to be told; without `to_tell` it is a sheet for a door and names nobody.

    `link` is what the QR code says; empty when the platform gave none.
    """

    title: str
    body: str
    community: str
    phone: str
    day: date
    liaison: str = ""
    to_tell: tuple[Household, ...] = ()
    link: str = ""


def pdf(facts: NoticeSheetFacts) -> bytes:
    """The sheet on A4, with as many pages as the names need; names stand by building in the order given."""
    return pdf_of([facts])


def pdf_of(sheets: Sequence[NoticeSheetFacts]) -> bytes:
    """Several sheets in one document, each begun on a page of its own; at least one is needed."""
    document = Document(A4, title=sheets[0].title, dated=sheets[0].day)
    for facts in sheets:
        _draw_sheet(document, facts)
    return document.pdf()


def _draw_sheet(document: Document, facts: NoticeSheetFacts) -> None:
    if not facts.to_tell:
        document.begin_page()
        draw_door(document, facts)
        return
    pages = _pages(facts)
    for number, households in enumerate(pages, start=1):
        document.begin_page()
        draw_list(document, facts, households, first=number == 1)
        page = texts.render("paper.sheet_page", page=number, pages=len(pages))
        _foot(document, facts, page)


def draw_door(canvas: Canvas, facts: NoticeSheetFacts) -> None:
    """The whole page in print that can be read from two steps away."""
    frame = Box(10, 10, A4[0] - 20, A4[1] - 20)
    canvas.stroke(shapes.closed(shapes.rounded(frame, 6)), palette.GOLD, 1.4)
    fit.lay(canvas, facts.title, Box(_MARGIN, 24, _WIDE, 58), _DOOR_TITLE)
    canvas.stroke([(_MARGIN + 30, 88), (A4[0] - _MARGIN - 30, 88)], palette.GOLD, 0.8)
    fit.lay(canvas, facts.body, Box(_MARGIN, 96, _WIDE, 140), _DOOR_BODY, side="left")
    ask = texts.render("paper.sheet_ask", phone=facts.phone)
    fit.lay(canvas, ask, Box(_MARGIN, 246, _WIDE, 12), Ink(10, palette.MAROON, bold=True))
    fit.lay(canvas, _origin(facts), Box(_MARGIN, 264, _WIDE, 9), Ink(7.5, palette.BARK))


def draw_list(canvas: Canvas, facts: NoticeSheetFacts, households: Sequence[Household], *, first: bool) -> None:
    """One page of names; the first one also carries the notice."""
    top = _MARGIN
    if first:
        _notice(canvas, facts)
        top = _list_top(facts)
    words = ("paper.sheet_room", "paper.sheet_name", "paper.sheet_told", "paper.sheet_when")
    for left, key in zip(_COLUMNS, words, strict=True):
        fit.lay(canvas, texts.render(key), Box(left + 2, top + 2, 40, 7), _HEAD, side="left")
    canvas.stroke([(_MARGIN, top + 11), (A4[0] - _MARGIN, top + 11)], palette.BARK, 0.6)
    for row, household in enumerate(households):
        _entry(canvas, household, top + 11 + row * _ROW)


def _notice(canvas: Canvas, facts: NoticeSheetFacts) -> None:
    fit.lay(canvas, _origin(facts), Box(_MARGIN, 14, _WIDE, 7), _SMALL, side="left")
    fit.lay(canvas, facts.title, Box(_MARGIN, 24, _WIDE - (_CODE.width if facts.link else 0), 17), _TITLE, side="left")
    if facts.link:
        code.draw(canvas, facts.link, _CODE, palette.INK)
    bottom = _body_bottom(facts)
    canvas.fill(
        shapes.rounded(Box(_MARGIN - 4, _BODY_BOX.top - 4, _WIDE + 8, bottom - _BODY_BOX.top + 9), 3),
        palette.CREAM,
    )
    fit.lay(canvas, facts.body, _BODY_BOX, _BODY, side="left")
    how = texts.render("paper.sheet_how", liaison=facts.liaison)
    fit.lay(canvas, how, Box(_MARGIN, bottom + 9, _WIDE, 7), _SMALL, side="left")


def _body_bottom(facts: NoticeSheetFacts) -> float:
    ink, lines = fit.fitted(facts.body, _BODY_BOX, _BODY)
    return _BODY_BOX.top + ink.height_of(len(lines))


def _list_top(facts: NoticeSheetFacts) -> float:
    return _body_bottom(facts) + 18


def _entry(canvas: Canvas, household: Household, top: float) -> None:
    door, name, tick, _ = _COLUMNS
    bottom = top + _ROW
    canvas.stroke([(_MARGIN, bottom), (A4[0] - _MARGIN, bottom)], palette.GREY, 0.2)
    where = f"{household.building} {household.room}".strip()
    for words, left, width in ((where, door, 48), (household.name, name, 60)):
        fit.lay_name(canvas, words, Box(left + 2, top + 1.5, width, 10), _ENTRY, side="left")
    square = shapes.rectangle(Box(tick + 6, top + 2.5, 8, 8))
    canvas.stroke(shapes.closed(square), palette.INK, 0.5)


def _foot(canvas: Canvas, facts: NoticeSheetFacts, page: str) -> None:
    ask = texts.render("paper.sheet_not_reached", phone=facts.phone)
    fit.lay(canvas, ask, Box(_MARGIN, A4[1] - 17, 130, 6), _SMALL, side="left")
    fit.lay(canvas, page, Box(A4[0] - _MARGIN - 42, A4[1] - 17, 42, 6), _SMALL, side="right")


def _origin(facts: NoticeSheetFacts) -> str:
    return texts.render("paper.sheet_from", community=facts.community, day=day.in_words(facts.day))


def by_building(households: Sequence[Household]) -> list[Household]:
    """The households with each building's together, in the order in which the buildings first come."""
    order = {building: place for place, building in enumerate(dict.fromkeys(h.building for h in households))}
    return sorted(households, key=lambda household: order[household.building])


def _pages(facts: NoticeSheetFacts) -> list[Sequence[Household]]:
    households = by_building(facts.to_tell)
    on_first, on_others = (int((_FOOT - top - 11) / _ROW) for top in (_list_top(facts), _MARGIN))
    rest = households[on_first:]
    return [households[:on_first], *(rest[at : at + on_others] for at in range(0, len(rest), on_others))]
