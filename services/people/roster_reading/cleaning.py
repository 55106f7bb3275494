"""One cell at a time: what people typed as the value meant, with a sentence where that is unsure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, cast

from services.people.roster_reading.drafts import Contact, Problem, error, warning
from services.people.roster_reading.words import is_blank, meanings, pattern, tidy, words

_BRACKETED = re.compile(r"[(\[【<].*?[)\]】>]")
_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_SEVERAL = re.compile(r"[/,，、;；|\n]|(?<=\d{7})\s+(?=1\d{2})")
_NOT_DIGITS = re.compile(r"[-\s()\[\]—–.·_]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_PRIVATE_USE = range(0xE000, 0xF900)
_LIST_MARKS = re.compile(r"[、,，;；/。\s]+")


def clean_name(text: str) -> tuple[str | None, Problem | None]:
    """The name without blanks, titles and bracketed remarks; ·, rare characters, two characters are names."""
    plain = _BRACKETED.sub("", tidy(text).rstrip("*"))
    plain = pattern("name_dots").sub("·", plain)
    plain = pattern("name_suffix").sub("", plain).strip("·")
    if not plain:
        return None, error("roster.row_name_missing")
    if not pattern("name").fullmatch(plain) or pattern("note").fullmatch(plain):
        return None, error("roster.row_name_bad", value=text)
    if any(ord(character) in _PRIVATE_USE for character in plain):
        return plain, warning("roster.row_name_private_character")
    return plain, None


def clean_phone(text: str) -> tuple[str | None, Problem | None]:
    """The first number in the cell, digits only; a mobile has eleven, a landline may lack its area code."""
    whole = _from_scientific(tidy(text))
    if whole is None:
        return None, error("roster.row_phone_rounded", value=text)
    entries = [whole] if whole != tidy(text) else [part for part in _SEVERAL.split(text) if not is_blank(part.strip())]
    numbers = [number for entry in entries if (number := _phone_number(entry))]
    if not numbers:
        return None, None if not entries else error("roster.row_phone_bad", value=text)
    if len(entries) > 1:
        return numbers[0], warning("roster.row_phone_several")
    return numbers[0], None if _MOBILE.fullmatch(numbers[0]) else warning("roster.row_phone_landline")


def _from_scientific(text: str) -> str | None:
    """1.9900000001E+10 is whole; of 1.99E+10 the last digits are gone for good: None."""
    found = _SCIENTIFIC.fullmatch(text)
    if not found:
        return text
    if len(found[1] or "") < int(found[2]):
        return None
    return str(int(Decimal(text)))


def _phone_number(text: str) -> str | None:
    digits = _NOT_DIGITS.sub("", _BRACKETED.sub(lambda bracket: re.sub(r"\D", "", bracket[0]), tidy(text)))
    digits = re.sub(r"^[^\d+]+|[^\d]+$", "", digits)
    found = _MOBILE.fullmatch(digits) or pattern("landline").fullmatch(digits)
    return found[1] if found else None


def clean_sex(text: str) -> tuple[Literal["male", "female"] | None, Problem | None]:
    """male or female; anything else is said and left open."""
    found = meanings("sex").get(tidy(text).upper())
    if found is None:
        return None, warning("roster.row_sex_unclear", value=text)
    return cast(Literal["male", "female"], found), None


def clean_flag(text: str, heading: str) -> tuple[bool | None, Problem | None]:
    """Yes or no by the words in `texts`; anything else is said and left open."""
    found = meanings("flag").get(_BRACKETED.sub("", tidy(text)).upper())
    if found is None:
        return None, warning("roster.row_flag_unclear", heading=heading, value=text)
    return found == "yes", None


def clean_words(text: str, table: str) -> tuple[str, ...]:
    """The entries of a list in one cell, each as its identifier where we know one, in order, once."""
    entries = [entry for entry in _LIST_MARKS.split(text) if not is_blank(tidy(entry))]
    return tuple(dict.fromkeys(meanings(table).get(tidy(entry).upper(), tidy(entry)) for entry in entries))


def clean_roles(text: str) -> tuple[tuple[str, ...], Problem | None]:
    """The offices in a 职务 cell; former posts such as 局长 are none of ours and are named as not matched."""
    known = meanings("role")
    found, unclear = [], False
    for entry in _LIST_MARKS.split(text):
        plain = _BRACKETED.sub("", tidy(entry))
        role = next((known[word] for word in sorted(known, key=len, reverse=True) if plain.endswith(word)), None)
        found += [role] if role else []
        unclear |= not role and not is_blank(plain) and plain not in words("values.no_role")
    return tuple(dict.fromkeys(found)), warning("roster.row_role_unclear", value=text) if unclear else None


def clean_contact(person: str, phone: str, relation: str) -> tuple[Contact | None, Problem | None]:
    """Whom to call first, from up to three cells or from one such as 钱二梅(女儿)19900000002."""
    whole = tidy(person)
    found = pattern("contact").fullmatch(whole)
    name = found["name"] if found else None
    number, _ = clean_phone(phone or (found["phone"] if found else None) or "")
    kin = tidy(relation) or (found["relation"] if found else None) or None
    if not name and not (kin and number) and not (number and not whole):
        return None, warning("roster.row_contact_unclear", value=person or phone or relation)
    return Contact(name or kin or "", kin, number), None


def without_identity(text: str) -> str:
    """The text with any identity number taken out: we never hold one, wherever it was typed."""
    return pattern("identity").sub("", text)


def is_deceased(text: str) -> bool:
    """Whether a remark says that this person, not a relative, has died."""
    return bool(pattern("deceased").search(pattern("not_deceased").sub("", text)))
