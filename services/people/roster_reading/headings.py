"""The heading row: which line it is, and what each branch's own wording of a column means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

import texts
from kit.errors import Refusal
from services.people.roster_reading.words import CAPABILITY, tidy, without, words

SEARCHED_ROWS = 15
MOST_HEADING = 60
DIGITS = "0123456789"
LONG_HEADING = 4
NEARLY = 86.0
_BRACKETS = re.compile(r"[(\[{<【].*?[)\]}>】]")
_DECORATION = re.compile(r"[*:;,.、，：；。!?\"'()\[\]【】<>]")
_MERGED_SOUNDS = ((re.compile("^([zcs])h"), r"\1"), (re.compile("ng$"), "n"), (re.compile("^[nr]"), "l"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading stands for: a field, or a reason not to read; for births also the calendar it names."""

    field: str | None = None
    reason: str = ""
    calendar: str | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """Where the headings stand (`index` from 0) and what each means."""

    index: int
    headings: tuple[str, ...]
    meanings: tuple[Meaning, ...]


def heading_words() -> frozenset[str]:
    """All wordings of headings, for choosing the sheet that holds the roster."""
    return frozenset(_exact())


def find_heading_row(rows: Sequence[Sequence[str]]) -> HeadingRow:
    """The line that names most columns, 姓名 among them; raises `Refusal("roster.no_heading")`."""
    candidates = [_as_headings(rows, index) for index in range(min(len(rows), SEARCHED_ROWS))]
    named = [row for row in candidates if any(meaning.field == "name" for meaning in row.meanings)]
    if not named:
        raise Refusal("roster.no_heading")
    return max(named, key=_recognised)


def _recognised(row: HeadingRow) -> tuple[int, int]:
    fields = {meaning.field for meaning in row.meanings if meaning.field}
    return len(fields), -sum(meaning.guessed for meaning in row.meanings)


def _as_headings(rows: Sequence[Sequence[str]], index: int) -> HeadingRow:
    above = rows[index - 1] if index else ()
    found = []
    for column, heading in enumerate(rows[index]):
        over = above[column] if column < len(above) else ""
        found.append(_with_group(over, heading))
    return HeadingRow(index, tuple("".join(cell.split()) for cell in rows[index]), tuple(found))


def _with_group(over: str, heading: str) -> Meaning:
    """电话 below 紧急联系人 is the contact's; below a title it is the member's."""
    own = understand_heading(heading)
    if not over or not heading or over == heading:
        return own
    over = _bare(over)
    if (joined := _exact().get(over + _bare(heading))) is not None:
        return joined
    if own.field and any(over.startswith(word) for word in words("relatives")):
        return Meaning(reason="relative")
    return own


@cache
def understand_heading(heading: str) -> Meaning:
    """The meaning of one heading: by its exact words, without filling words, then by sound."""
    text = tidy(heading).rstrip(DIGITS)  # 电话2 is one more telephone
    if not text or len(text) > MOST_HEADING:
        return Meaning(reason="unknown" if text else "blank")
    calendar = _calendar(text)
    plain = without(text, words("calendars", "marks_in_headings"))
    for spelling in (text, _bare(text), _bare(plain), without(_bare(plain), words("neutral"))):
        if (found := _exact().get(spelling)) is not None:
            return Meaning(found.field, found.reason, calendar if found.field == "birth" else None)
    if calendar and not _bare(plain):
        return Meaning("birth", calendar=calendar)
    if reason := _unread(text):
        return Meaning(reason=reason)
    near = _by_sound(_bare(plain))
    return Meaning(near.field, near.reason, calendar if near.field == "birth" else None, guessed=bool(near.field))


def _calendar(text: str) -> str | None:
    marks = {
        kind: any(word in text for word in words("calendars", kind) if len(word) > 1) for kind in ("lunar", "solar")
    }
    if marks["lunar"] != marks["solar"]:
        return "lunar" if marks["lunar"] else "solar"
    return None


def _unread(text: str) -> str | None:
    """A heading that only contains a word for what we must not hold is left alone too."""
    for reason in ("identity", "health", "hardship"):
        if any(word in text for word in words("unread", reason) if len(word) > 1):
            return reason
    return "relative" if any(word in text for word in words("relatives")) else None


@cache
def _exact() -> dict[str, Meaning]:
    fields = texts.section(CAPABILITY, "headings")
    unread = texts.section(CAPABILITY, "unread")
    found = {_bare(tidy(word)): Meaning(reason=reason) for reason, entries in unread.items() for word in entries}
    return found | {_bare(tidy(word)): Meaning(field) for field, entries in fields.items() for word in entries}


def _by_sound(text: str) -> Meaning:
    """性名 sounds like 姓名; in longer headings one wrong or missing character is forgiven."""
    if len(text) >= 2 and (found := _sounds().get(_sound(text))) is not None:
        return found
    if len(text) >= LONG_HEADING:
        for word, meaning in _exact().items():
            if len(word) >= LONG_HEADING and fuzz.ratio(text, word) >= NEARLY:
                return meaning
    return Meaning(reason="unknown")


@cache
def _sounds() -> dict[tuple[str, ...], Meaning]:
    return {_sound(word): meaning for word, meaning in reversed(_exact().items()) if len(word) >= 2}


def _sound(text: str) -> tuple[str, ...]:
    # Here and not above: the dictionary behind it takes a second to load, and only an import needs it.
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(text)
    for sound, merged in _MERGED_SOUNDS:
        syllables = [sound.sub(merged, syllable) for syllable in syllables]
    return tuple(syllables)


def _bare(text: str) -> str:
    return _DECORATION.sub("", _BRACKETS.sub("", tidy(text)))
