"""Ready-made things to send: a picture, a voice, and texts of the kind nobody expects."""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image, ImageDraw

from simulator.errors import NotPossible
from simulator.words import word

AMR_SILENCE = b"#!AMR\n" + (b"\x3c" + b"\x08\x1c" * 15 + b"\x00") * 50
HUGE_BYTES = 20 * 1024


def voice() -> bytes:
    """One second of silence as the phone would record it."""
    return AMR_SILENCE


@cache
def picture() -> bytes:
    """A small landscape in the colours of autumn."""
    image = Image.new("RGB", (480, 320), "#f3e6c4")
    draw = ImageDraw.Draw(image)
    draw.ellipse((330, 40, 410, 120), fill="#e8a33d")
    draw.polygon([(0, 320), (0, 210), (140, 120), (260, 220), (380, 150), (480, 230), (480, 320)], fill="#8a9a5b")
    chance = random.Random(9)
    for _ in range(90):
        x, y = chance.randrange(480), chance.randrange(190, 320)
        draw.ellipse((x, y, x + 9, y + 6), fill=chance.choice(["#d98e2b", "#c2672c", "#e3b657"]))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def odd_text(kind: str) -> str | bytes:
    """huge: 20 KB; emoji: four-byte and joined characters; malformed: no UTF-8; empty: nothing."""
    if kind == "huge":
        once = word("odd", "huge")
        return once * (HUGE_BYTES // len(once.encode()))
    if kind == "emoji":
        return word("odd", "emoji")
    if kind == "malformed":
        return b"\xe6\x8a\xff\xfe\xc0\xaf" + "\ud800".encode("utf-8", "surrogatepass")
    if kind == "empty":
        return ""
    raise NotPossible(f"unknown-oddity {kind}", status=400)
