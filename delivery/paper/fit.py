"""Words into boxes: Chinese lines that break where they may, and letters that shrink before they overflow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import texts
from delivery.paper import fonts
from delivery.paper.canvas import Box, Canvas, Ink

Side = Literal["left", "middle", "right"]
_BODY = 0.88  # how far a character stands above its base line, of its size; the rest hangs below
_STEP = 0.94
_ALMOST = 0.995  # so that rounding never makes a fitting line too wide
_RUN = re.compile(r"\n|[!-~]+|\s|.", re.DOTALL)  # a number or a Latin word is one piece, as is each Chinese character


def lay(canvas: Canvas, words: str, box: Box, ink: Ink, *, side: Side = "middle") -> None:
    """Write the words into the box, in the size of `ink` or as much smaller as they need.

    Centred words also stand in the middle of the box's height, others at its top.
    """
    ink, lines = fitted(words, box, ink)
    if side == "middle":
        lines = balanced(words, box.width, ink.width_of) if len(lines) > 1 else lines
        box = Box(box.left, box.top + (box.height - ink.height_of(len(lines))) / 2, box.width, box.height)
    for row, line in enumerate(lines):
        room = box.width - ink.width_of(line)
        left = box.left + {"left": 0.0, "middle": room / 2, "right": room}[side]
        canvas.write(line, (left, box.top + ink.size * (row * ink.leading + _BODY)), ink)


def lay_name(canvas: Canvas, name: str, box: Box, ink: Ink, *, side: Side = "middle") -> None:
    """Write a name into the box, as large as possible: in one line, or broken after one of its dots (·)."""
    dot = texts.section("paper", "marks")["name_dot"]
    breaks = [place + 1 for place, character in enumerate(name[:-1]) if character == dot]
    layouts = [name, *(f"{name[:place]}\n{name[place:]}" for place in breaks)]
    inks = [_in_these_lines(layout.split("\n"), box, ink) for layout in layouts]
    best = max(range(len(layouts)), key=lambda which: inks[which].size)
    lines, ink = layouts[best], inks[best]
    spare = (box.height - ink.height_of(lines.count("\n") + 1)) / 2
    lay(canvas, lines, Box(box.left, box.top + spare, box.width, box.height - 2 * spare), ink, side=side)


def on_one_line(words: str, box: Box, ink: Ink) -> Ink:
    """The largest ink up to the given one in which the words fit the box without a break."""
    return _in_these_lines([words], box, ink)


def _in_these_lines(lines: list[str], box: Box, ink: Ink) -> Ink:
    widest = max(fonts.width(line, bold=ink.bold) for line in lines)
    size = min(ink.size, ink.size * box.height / ink.height_of(len(lines)), box.width / max(widest, 1e-6))
    return replace(ink, size=size * _ALMOST)


def fitted(words: str, box: Box, ink: Ink) -> tuple[Ink, list[str]]:
    """The largest ink up to the given one in which the words fit the box, and the lines they break into.

    Words that would need less than a third of the size are cut with an ellipsis: nobody could read them.
    """
    least = ink.size / 3
    while ink.size > least:
        lines = wrapped(words, box.width, ink.width_of)
        if _is_inside(lines, box, ink):
            return ink, lines
        ink = replace(ink, size=ink.size * _STEP)
    return ink, _cut(words, box, ink)


def _is_inside(lines: list[str], box: Box, ink: Ink) -> bool:
    is_low = len(lines) == 1 or ink.height_of(len(lines)) <= box.height
    return is_low and all(ink.width_of(line) <= box.width for line in lines)


def _cut(words: str, box: Box, ink: Ink) -> list[str]:
    ellipsis = texts.section("paper", "marks")["ellipsis"]
    kept = words
    while kept:
        lines = wrapped(kept + ellipsis, box.width, ink.width_of)
        if _is_inside(lines, box, ink):
            return lines
        kept = kept[: len(kept) * 9 // 10]
    return [ellipsis]


def balanced(words: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The fewest lines within the width, about equally long, so that no character stands alone."""
    lines = wrapped(words, width, measure)
    narrow, wide = width / 2, width
    for _ in range(6):
        middle = (narrow + wide) / 2
        tried = wrapped(words, middle, measure)
        if len(tried) <= len(lines) and all(measure(line) <= middle for line in tried):
            wide, lines = middle, tried
        else:
            narrow = middle
    return lines


def wrapped(words: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines within the width: none starts with closing punctuation, ends with opening or cuts a number."""
    lines = [""]
    for piece in _pieces(words):
        if piece == "\n":
            lines.append("")
        elif lines[-1] and measure((lines[-1] + piece).rstrip()) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(words: str) -> Iterator[str]:
    marks = texts.section("paper", "marks")
    held = ""
    for part in _RUN.findall(words):
        if part == "\n":
            yield from (held, part)
            held = ""
        elif not held or part in marks["never_first"] or held[-1] in marks["never_last"]:
            held += part
        else:
            yield held
            held = part
    yield held
