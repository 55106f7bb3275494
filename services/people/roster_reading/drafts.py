"""What reading a roster yields: drafts of members, and for each row and column what was made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["warning", "error", "duplicate", "note"]
Status = Literal["ok", "warning", "error", "duplicate", "note"]
MOST_QUOTED = 20
_GRAVITY: tuple[Status, ...] = ("error", "duplicate", "note", "warning")


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence of `texts` with its facts; only an error keeps the row out until it is mended or skipped."""

    key: str
    level: Level = "warning"
    facts: Mapping[str, object] = field(default_factory=dict)


def warning(key: str, **facts: object) -> Problem:
    """Something to look at; the row goes in all the same."""
    return Problem(key, "warning", _quoted(facts))


def error(key: str, **facts: object) -> Problem:
    """Something to mend before this row may go in."""
    return Problem(key, "error", _quoted(facts))


def _quoted(facts: Mapping[str, object]) -> dict[str, object]:
    """What a cell said, cut so that the sentence about it stays one."""
    return {
        name: f"{fact[:MOST_QUOTED]}…" if isinstance(fact, str) and len(fact) > MOST_QUOTED else fact
        for name, fact in facts.items()
    }


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call first for a member (紧急联系人)."""

    name: str
    relation: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """A member as a roster row describes one; fields as in the seed file, None where the row is silent.

    Dates are ISO text cut to what the file gave: "1946", "1946-02" or "1946-02-09". `birth` stands in
    `birth_calendar`, unconverted.
    """

    name: str
    sex: Literal["male", "female"] | None = None
    birth: str | None = None
    birth_calendar: Literal["solar", "lunar"] = "solar"
    birth_leap: bool = False
    phone: str | None = None
    branch: str | None = None
    community: str | None = None
    unit: str | None = None
    estate: str | None = None
    building: str | None = None
    room: str | None = None
    joined: str | None = None
    retires_on: str | None = None
    lives_alone: bool | None = None
    skills: tuple[str, ...] = ()
    preferred_channel: str | None = None
    contacts: tuple[Contact, ...] = ()
    state: Literal["deceased"] | None = None


@dataclass(frozen=True, slots=True)
class RowReading:
    """One row of the file under its number there; `draft` is None when it names nobody."""

    number: int
    draft: MemberDraft | None
    problems: tuple[Problem, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The gravest of its problems; "ok" without any."""
        levels = {problem.level for problem in self.problems}
        return next((level for level in _GRAVITY if level in levels), "ok")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was recognised; `guessed` when its heading is only nearly one we know."""

    letter: str
    heading: str
    field: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Ignored:
    """A column that was not read; `reason` names the sentence `roster.column_<reason>` that says why."""

    letter: str
    heading: str
    reason: str


@dataclass(frozen=True, slots=True)
class RosterReading:
    """A whole roster as understood; nothing of it is stored yet."""

    sheet: str
    heading_row: int
    columns: tuple[Column, ...]
    ignored: tuple[Ignored, ...]
    rows: tuple[RowReading, ...]

    @property
    def is_blocked(self) -> bool:
        """All or nothing: one row with an error keeps the whole file out, unless that row is skipped."""
        return any(row.status == "error" for row in self.rows)

    def counts(self) -> dict[str, int]:
        """The facts of the summary sentence: rows of people, and how they stand."""
        found = Counter(row.status for row in self.rows)
        return {
            "rows": len(self.rows) - found["note"],
            "ok": found["ok"] + found["warning"],
            "warnings": found["warning"],
            "errors": found["error"],
            "duplicates": found["duplicate"],
        }

    def applicable(self, skipping: frozenset[int] = frozenset()) -> tuple[MemberDraft, ...]:
        """The drafts to store, without the rows in `skipping`. ValueError while an error is left."""
        kept = [row for row in self.rows if row.number not in skipping]
        if any(row.status == "error" for row in kept):
            raise ValueError("a row with an error is neither mended nor skipped")
        return tuple(row.draft for row in kept if row.draft and row.status in ("ok", "warning"))
