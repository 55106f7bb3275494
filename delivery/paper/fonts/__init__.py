"""The typefaces of everything drawn: the vendored one, and Debian's for rare characters of names.

Vendored are the `.woff` files and not the smaller `.woff2` ones: they unpack in 65 ms instead of 4 s, so no
unpacked copy has to be kept anywhere.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import structlog
from fontTools.ttLib import TTFont  # type: ignore[import-untyped, unused-ignore]  # fontTools ships no types

import texts

log = structlog.get_logger()

_HERE = Path(__file__).parent
_DEBIAN = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED = 2  # the simplified Chinese face inside Debian's collection files


def path(*, bold: bool) -> Path:
    """The vendored typeface file, Noto Sans SC regular or bold."""
    return _HERE / f"noto-sans-sc-chinese-simplified-{700 if bold else 400}-normal.woff"


def rare_path(*, bold: bool) -> Path:
    """Debian's collection (package fonts-noto-cjk) with what the vendored file lacks; it may be absent."""
    return _DEBIAN / f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc"


@cache
def unpacked(*, bold: bool) -> bytes:
    """The vendored typeface as plain TrueType, kept in memory: opening it at a size then costs under 1 ms."""
    plain = io.BytesIO()
    with TTFont(path(bold=bold), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        font.flavor = None
        font.save(plain, reorderTables=None)
    return plain.getvalue()


@cache
def _advances(*, bold: bool, rare: bool) -> dict[int, float]:
    """Width of each character the file holds, at size 1; empty where the file is absent."""
    file = rare_path(bold=bold) if rare else path(bold=bold)
    if not file.exists():
        return {}
    with TTFont(file, fontNumber=SIMPLIFIED if rare else -1, lazy=True) as font:
        widths, units = font["hmtx"].metrics, font["head"].unitsPerEm
        return {character: widths[glyph][0] / units for character, glyph in font.getBestCmap().items()}


def width(words: str, *, bold: bool) -> float:
    """How wide the words are at size 1."""
    return sum(_advances(bold=bold, rare=rare)[ord(c)] for part, rare in runs(words) for c in part)


def _is_ordinary(character: str) -> bool:
    return ord(character) in _advances(bold=False, rare=False)


@lru_cache(maxsize=512)
def runs(words: str) -> tuple[tuple[str, bool], ...]:
    """The words cut where the typeface changes: pairs of (part, needs the rare typeface).

    A character in neither typeface becomes the printers' stand-in mark, so that a name stays recognisable.
    """
    legible = "".join(map(_legible, words))
    parts = groupby(legible, key=_is_ordinary)
    return tuple(("".join(part), not ordinary) for ordinary, part in parts)


@lru_cache(maxsize=8192)
def _legible(character: str) -> str:
    if _is_ordinary(character) or ord(character) in _advances(bold=False, rare=True):
        return character
    log.warning("paper.glyph_missing")
    return str(texts.section("paper", "marks")["stand_in"])
