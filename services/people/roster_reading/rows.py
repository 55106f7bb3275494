"""One row of a roster: its cells under their fields, cleaned into a draft with what there is to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar, cast

from services.people.roster_reading import births, cleaning
from services.people.roster_reading.births import BirthCell
from services.people.roster_reading.dates import Calendar, RoughDate, read_date
from services.people.roster_reading.drafts import Contact, MemberDraft, Problem, RowReading, error, warning
from services.people.roster_reading.headings import HeadingRow
from services.people.roster_reading.places import read_home
from services.people.roster_reading.words import is_blank, meanings, tidy

T = TypeVar("T")
MOST_CELL = 120  # longer than any address; the patterns behind are not made for essays
_CELL_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")
_FORMULA = re.compile(r"=[A-Za-z0-9(\"@+\-{_\\$']")


@dataclass(slots=True)
class RowCells:
    """The cells of one row under their fields, the first filled column of a field first."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    births: list[BirthCell] = field(default_factory=list)
    remark: str = ""
    problems: list[Problem] = field(default_factory=list)

    def first(self, name: str) -> str:
        """What the row says for this field; "" where it is silent."""
        return next(iter(self.texts.get(name, ())), "")

    def keep(self, cleaned: tuple[T, Problem | None]) -> T:
        """Note the problem, hand on the value."""
        value, problem = cleaned
        self.problems += [problem] if problem else []
        return value


def gather(row: Sequence[str], headings: HeadingRow) -> RowCells:
    """Sort the cells by what their headings mean; identity numbers, formulas and cell errors stay out."""
    cells = RowCells()
    for text, heading, meaning in zip(row, headings.headings, headings.meanings, strict=False):
        if meaning.reason == "remark":
            cells.remark += text
        if not meaning.field or is_blank(tidy(text)):
            continue
        kept = _admit(text, heading, cells)
        if not kept:
            continue
        if meaning.field == "birth":
            cells.births.append(BirthCell(kept, cast("Calendar | None", meaning.calendar)))
        cells.texts.setdefault(meaning.field, []).append(kept)
        cells.headings.setdefault(meaning.field, heading)
    return cells


def _admit(text: str, heading: str, cells: RowCells) -> str:
    if len(text) > MOST_CELL:
        cells.problems.append(error("roster.row_cell_too_long", heading=heading))
        return ""
    if _FORMULA.match(text):
        cells.problems.append(error("roster.row_formula", heading=heading))
        return ""
    if _CELL_ERROR.fullmatch(text.upper()):
        cells.problems.append(error("roster.row_cell_error", heading=heading))
        return ""
    kept = cleaning.without_identity(text)
    if kept != text:
        cells.problems.append(warning("roster.row_identity_removed", heading=heading))
    return kept.strip()


def read_row(number: int, cells: RowCells, section: str | None, today: date) -> RowReading:
    """The person of one row; `section` is the branch named by the last line standing alone above it."""
    name = cells.keep(cleaning.clean_name(cells.first("name")))
    roles = cells.keep(cleaning.clean_roles(cells.first("role")))
    if name is None:
        return RowReading(number, None, tuple(cells.problems), roles)
    draft = _draft(name, cells, section, today)
    return RowReading(number, draft, tuple(cells.problems), roles)


def _draft(name: str, cells: RowCells, section: str | None, today: date) -> MemberDraft:
    born = _birth(cells, today)
    home = read_home({field: texts[0] for field, texts in cells.texts.items()})
    return MemberDraft(
        name=name,
        sex=cells.keep(cleaning.clean_sex(cells.first("sex"))) if cells.first("sex") else None,
        birth=str(born) if born else None,
        birth_calendar=(born.calendar if born else None) or "solar",
        birth_leap=bool(born and born.leap),
        phone=_phone(cells),
        branch=_branch(cells, section),
        community=home.community,
        unit=_plain(cells.first("unit")),
        estate=home.estate,
        building=home.building,
        room=home.room,
        joined=_joined(cells, born, today),
        retires_on=_retirement(cells),
        lives_alone=_flag(cells, "lives_alone"),
        skills=cleaning.clean_words(cells.first("skills"), "skills"),
        preferred_channel=meanings("channel").get(tidy(cells.first("channel")).upper()),
        contacts=_contacts(cells),
        state=_state(cells),
    )


def _birth(cells: RowCells, today: date) -> RoughDate | None:
    is_lunar, is_leap = _flag(cells, "calendar"), _flag(cells, "leap")
    told: Calendar | None = None if is_lunar is None else "lunar" if is_lunar else "solar"
    marked = [BirthCell(cell.text, cell.calendar or told, bool(is_leap)) for cell in cells.births]
    born, problems = births.read_birth(marked, today)
    cells.problems += problems
    return born


def _flag(cells: RowCells, name: str) -> bool | None:
    text = cells.first(name)
    return cells.keep(cleaning.clean_flag(text, cells.headings[name])) if text else None


def _phone(cells: RowCells) -> str | None:
    """The first mobile number of all phone columns, else the first number."""
    numbers = [cells.keep(cleaning.clean_phone(text)) for text in cells.texts.get("phone", ())]
    known = [number for number in numbers if number]
    return next((number for number in known if number.startswith("1")), known[0] if known else None)


def _branch(cells: RowCells, section: str | None) -> str | None:
    if own := _plain(cells.first("branch")):
        return own
    if section:
        cells.problems.append(warning("roster.row_branch_from_section", branch=section))
    return section


def _plain(text: str) -> str | None:
    return " ".join(text.split()) or None


def _joined(cells: RowCells, born: RoughDate | None, today: date) -> str | None:
    if not cells.first("joined"):
        return None
    joined, problems = births.read_joined(cells.first("joined"), born, today)
    cells.problems += problems
    return joined


def _retirement(cells: RowCells) -> str | None:
    text = cells.first("retires_on")
    found = read_date(text) if text else None
    if text and (found is None or found.year is None or not found.is_possible):
        cells.problems.append(warning("roster.row_retires_bad", value=text))
        return None
    return str(found) if found else None


def _contacts(cells: RowCells) -> tuple[Contact, ...]:
    texts = [cells.first(name) for name in ("contact", "contact_phone", "contact_relation")]
    if not (texts[0] or texts[1]):
        return ()
    contact = cells.keep(cleaning.clean_contact(*texts))
    return (contact,) if contact else ()


def _state(cells: RowCells) -> Literal["deceased"] | None:
    """R23 counts from the roster on: who is marked dead anywhere in the row is not written to."""
    if not cleaning.is_deceased(f"{cells.first('name')} {cells.remark}"):
        return None
    cells.problems.append(warning("roster.row_deceased"))
    return "deceased"
