"""Says how a character sounds to an ear that merges n/l, h/f, zh/z and ing/in; no tones."""

import json
from functools import cache
from importlib import resources


def merged(syllable: str) -> str:
    """A toneless syllable with the sounds merged that dialects and hurried fingers mix up."""
    for sharp, soft in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in")):
        syllable = syllable.replace(sharp, soft)
    if syllable.startswith("n") and not syllable.startswith("ng"):
        syllable = "l" + syllable[1:]
    return "f" + syllable[1:] if syllable.startswith("hu") else syllable


@cache
def table() -> dict[str, str]:
    """Character to merged syllable, for the characters of everyday writing; built by `train`."""
    text = resources.files("conversation.understanding").joinpath("sounds.json").read_text("utf-8")
    rows: dict[str, str] = json.loads(text)
    return {character: sound for sound, characters in rows.items() for character in characters}


def sounds(text: str) -> list[str]:
    """The merged syllable of each character; anything else stands for itself."""
    known = table()
    return [known.get(character, character) for character in text]
