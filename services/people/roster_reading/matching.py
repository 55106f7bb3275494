"""Who on a new roster is already known: new, the same, changed, or for a person to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from services.people.roster_reading.drafts import MemberDraft

Verdict = Literal["new", "same", "update", "ambiguous"]
_BIRTH = ("birth", "birth_calendar", "birth_leap")
_DATES = ("joined", "retires_on")


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member we hold, described as a roster row would describe him."""

    id: int
    held: MemberDraft


@dataclass(frozen=True, slots=True)
class Change:
    """One field that the roster gives otherwise than we hold it."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Match:
    """What one draft means for us; `candidates` are the ids of all it might be, one for same and update."""

    draft: MemberDraft
    verdict: Verdict
    candidates: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a roster would do, in the order of its rows."""

    matches: tuple[Match, ...]

    def of(self, verdict: Verdict) -> tuple[Match, ...]:
        """All matches with this verdict."""
        return tuple(match for match in self.matches if match.verdict == verdict)


def match(drafts: Iterable[MemberDraft], existing: Sequence[KnownMember]) -> Plan:
    """Find each draft by name and phone, else name and whole birth, else name and branch.

    A field the roster leaves blank changes nothing; two rows never claim one member.
    """
    by_name: dict[str, list[KnownMember]] = defaultdict(list)
    for known in existing:
        by_name[known.held.name].append(known)
    return Plan(tuple(_once(_judge(draft, by_name[draft.name]) for draft in drafts)))


def _once(matches: Iterator[Match]) -> Iterator[Match]:
    claimed: set[int] = set()
    for found in matches:
        if found.verdict in ("same", "update") and claimed & set(found.candidates):
            yield Match(found.draft, "ambiguous", found.candidates)
        else:
            claimed |= set(found.candidates) if found.verdict != "ambiguous" else set()
            yield found


def _judge(draft: MemberDraft, namesakes: Sequence[KnownMember]) -> Match:
    for is_sign in (_same_phone, _same_birth, _same_branch):
        found = [known for known in namesakes if is_sign(draft, known.held)]
        if len(found) > 1:
            found = [known for known in found if not _differs(draft, known.held)] or found
        if len(found) == 1 and not (is_sign is _same_branch and _differs(draft, found[0].held)):
            return _compared(draft, found[0])
        if found:
            return Match(draft, "ambiguous", tuple(known.id for known in found))
    unsure = [known.id for known in namesakes if not _is_told_apart(draft, known.held)]
    return Match(draft, "ambiguous" if unsure else "new", tuple(unsure))


def _same_phone(draft: MemberDraft, held: MemberDraft) -> bool:
    return draft.phone is not None and draft.phone == held.phone


def _same_birth(draft: MemberDraft, held: MemberDraft) -> bool:
    return _is_whole(draft.birth) and all(getattr(draft, name) == getattr(held, name) for name in _BIRTH)


def _same_branch(draft: MemberDraft, held: MemberDraft) -> bool:
    return draft.branch is not None and draft.branch == held.branch


def _differs(draft: MemberDraft, held: MemberDraft) -> bool:
    """Both births or both phones known, and neither agrees."""
    return not _same_phone(draft, held) and not _same_birth(draft, held) and _is_told_apart(draft, held)


def _is_told_apart(draft: MemberDraft, held: MemberDraft) -> bool:
    births = _is_whole(draft.birth) and _is_whole(held.birth) and draft.birth_calendar == held.birth_calendar
    phones = draft.phone is not None and held.phone is not None
    return (births and draft.birth != held.birth) or (phones and draft.phone != held.phone)


def _is_whole(day: str | None) -> bool:
    return day is not None and day.count("-") == 2


def _compared(draft: MemberDraft, known: KnownMember) -> Match:
    changes = tuple(_changes(draft, known.held))
    return Match(draft, "update" if changes else "same", (known.id,), changes)


def _changes(draft: MemberDraft, held: MemberDraft) -> Iterator[Change]:
    for name in (field.name for field in fields(MemberDraft)):
        new, old = getattr(draft, name), getattr(held, name)
        if name in _BIRTH and not _tells_more(draft.birth, held.birth, draft, held):
            continue
        if name in _DATES and new and old and old.startswith(new):
            continue
        if new not in (None, ()) and new != old:
            yield Change(name, old, new)


def _tells_more(new: str | None, old: str | None, draft: MemberDraft, held: MemberDraft) -> bool:
    """A file that knows only 1946-02 does not unlearn the day we hold in the same calendar."""
    if new is None:
        return False
    return not (draft.birth_calendar == held.birth_calendar and old is not None and old.startswith(new + "-"))
