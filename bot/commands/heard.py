"""`heard list|means|export`: what was not understood, and what it means from now on."""

from __future__ import annotations

from pathlib import Path

from bot.commands.desk import DONE, command, operator, say, write_private
from bot.house import database
from bot.learning import table
from kit import clock
from kit.settings import Settings
from models.database import transaction
from services.help import heard


@command
async def show(settings: Settings, /) -> int:
    """`heard list`: number, first guess, how often, the masked words; one line each, the commonest first."""
    async with database(settings):
        waiting = await heard.waiting(None)
    if not waiting:
        say("heard_none")
    for one in waiting:
        guess = one.guesses[0] if one.guesses else "-"
        say("heard_line", number=one.id, guess=guess, count=one.count, words=one.words)
    return DONE


@command
async def means(settings: Settings, /, number: int, intent: str) -> int:
    """`heard means NUMBER INTENT`: the running service knows it within half a minute."""
    async with database(settings), transaction():
        phrase = await heard.one_of(number, None)
        title = await heard.means(phrase, intent, by=operator(), now=clock.now())
    say("heard_learned", words=phrase.words, meaning=title)
    return DONE


@command
async def export(settings: Settings, /, file: Path) -> int:
    """`heard export FILE.tsv`: every phrase that was given a meaning, as a table to train with."""
    async with database(settings):
        meanings = await heard.meanings()
    write_private(file, table(meanings).encode())
    say("heard_exported", count=len(meanings), file=file.name)
    return DONE
