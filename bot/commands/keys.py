"""`reseal`: after a change of the field key, everything is sealed with the new one."""

from __future__ import annotations

from bot.commands.desk import DONE, REFUSED, command, complain, operator, say
from bot.house import database
from bot.portions import portion
from kit import clock
from kit.settings import Settings
from kit.vault import Vault
from models.resealing import Shelf, reseal_some, shelves
from services.people import audit


@command
async def reseal(settings: Settings, /) -> int:
    """`reseal`: beside the running service, which must know both keys already; broken off, it goes on where it was."""
    if not Vault(*settings.field_keys()).has_old_keys:
        complain("commands.reseal_one_key")
        return REFUSED
    done = left = 0
    async with database(settings):
        for shelf in shelves():
            more, lost = await _reseal(shelf)
            done, left = done + more, left + lost
        async with portion():
            await audit.note(operator(), "resealed", now=clock.now(), values=done, left=left)
    say("resealed", count=done)
    if left:
        complain("commands.reseal_left", count=left)
    return REFUSED if left else DONE


async def _reseal(shelf: Shelf) -> tuple[int, int]:
    done, left, after = 0, 0, None
    while True:
        async with portion():
            some = await reseal_some(shelf, after)
        if some is None:
            return done, left
        done, left, after = done + some.done, left + some.left, some.last
