"""The walk itself, day by day: from a spreadsheet on Wednesday to the page of seven lines on Monday."""

from __future__ import annotations

from tests.walk import arriving, beginning, inspecting, monday, notice, working
from tests.walk.world import World


async def walk(world: World) -> None:
    """All days in their order."""
    secretary, worker = await world.desk(), await world.desk()
    await beginning.walk(world, secretary)
    await arriving.walk(world, secretary, worker)
    await working.walk(world, secretary, worker)
    await notice.walk(world, secretary, worker)
    await inspecting.walk(world, secretary, worker)
    await monday.walk(world, secretary)
