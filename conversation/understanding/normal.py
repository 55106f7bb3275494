"""Brings a message to one spelling: width, script, numerals, homophones, politeness at the ends."""

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

from conversation.understanding.lexicon import any_of, table, turned
from conversation.understanding.numerals import plain_numbers

_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_MODIFIERS = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\u3030\u303d\U0001f000-\U0001faff]+")
_BRACKETED = re.compile(r"\[([^\[\]]{1,6})\]")
EMOJI = "☺"
_DOTS = re.compile(r"(?<=[\u4e00-\u9fff]) *[\u00b7\u2022\u30fb\u2027\u2219\u22c5] *(?=[\u4e00-\u9fff])")
DOT = "\u00b7"
_KEPT = frozenset((EMOJI, DOT, "."))


@cache
def _script() -> OpenCC:
    return OpenCC("t2s")


@cache
def _ends() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = any_of(table("lexicon", "ends.polite"))
    fillers = any_of(table("lexicon", "ends.fillers"))
    head = re.compile(rf"^(?:(?:{words})\s*|(?:{fillers})\s+)+|^(?:{fillers})(?=.{{3}})")
    tail = re.compile(rf"(?:\s*(?:{words})|\s+(?:{fillers}))+$")
    return head, tail


@cache
def _always() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = turned(table("lexicon", "homophones.always"))
    return re.compile(any_of(list(pairs))), pairs


@cache
def _guarded() -> list[tuple[re.Pattern[str], str]]:
    rows: dict[str, str] = table("lexicon", "homophones.guarded")
    return [(re.compile(find), right) for find, right in rows.items()]


@lru_cache(256)
def spelled(text: str) -> str:
    """One width and script, small letters, single blanks for punctuation, emoji as one sign.

    The dot inside a name (阿依古丽·买买提) stays, as one and the same sign.
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = _BRACKETED.sub(EMOJI, _EMOJI.sub(EMOJI, _MODIFIERS.sub("", text)))
    text = _script().convert(text)
    text = _DOTS.sub("\0", text).replace(DOT, " ").replace("\0", DOT).replace(EMOJI, f" {EMOJI} ")
    kept = _POINT.sub(" ", "".join(c if c.isalnum() or c in _KEPT else " " for c in text))
    return " ".join(kept.split())


def without_ends(text: str) -> str:
    """The message without greetings, thanks and fillers at its ends; whole if nothing else is left."""
    head, tail = _ends()
    shorter = tail.sub("", head.sub("", text)).strip()
    return shorter or text


def corrected(text: str) -> str:
    """Homophones put right: nonsense words always, real words only where the context supports it."""
    pattern, pairs = _always()
    text = pattern.sub(lambda found: pairs[found[0]], text)
    for find, right in _guarded():
        text = find.sub(right, text)
    return text


def normal(text: str) -> str:
    """The message in the one spelling that patterns and the classifier read."""
    return plain_numbers(corrected(without_ends(spelled(text))))
