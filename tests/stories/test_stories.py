"""Every story runs through the real app and the pretend platform, over encrypted HTTP.

On SQLite the app runs inside the test, on PostgreSQL as two `web` and two `worker` processes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from kit import clock
from kit.county import BindingNumbers
from models.database import transaction
from models.people.members import Person
from services.people import binding, organisation
from tests.stories.reading import Story, read_story
from tests.stories.telling import Teller, seed_of
from tests.storm.scene import rows, town_now
from tests.whole import inside, many
from tests.whole.phones import Phones
from tests.whole.servers import create
from tests.whole.town import COUNTY, Town

STORIES = sorted(Path(__file__).parent.glob("*.story"), key=lambda path: (read_story(path).settings, path.stem))
"""Those with the same county's numbers one after the other: others mean a new start of all processes."""
POSTGRES = os.environ.get("JINQIU_TEST_DATABASE", "")
pytestmark = [pytest.mark.xdist_group("stories")] if POSTGRES else []
"""One town of processes is enough: its stories stay in one worker."""


async def slip(name: str, now: datetime | None = None) -> str:
    """The digits of a slip printed for this person, as the secretary hands it over."""
    person = await Person.get(name=name)
    place = await organisation.find("guihua")
    async with transaction():
        printed = await binding.make_slips(place, now=now or clock.now(), policy=BindingNumbers(), persons=[person])
    return printed[0].code


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town | None]:
    """The processes on PostgreSQL, open for all stories; none on SQLite."""
    if not POSTGRES:
        yield None
        return
    url = asyncio.run(create(os.environ["JINQIU_TEST_SERVER"], f"{POSTGRES.rsplit('/', 1)[1]}_town"))
    opened = Town(tmp_path_factory.mktemp("town"), url=url, roles=many.MANY)
    asyncio.run(_opened(opened))
    yield opened
    asyncio.run(opened.close())


async def _opened(town: Town) -> None:
    await town.command("init")
    await town.open()


@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
async def test_the_story_is_told_word_for_word(path: Path, tmp_path: Path, town: Town | None) -> None:
    story = read_story(path)
    county = "\n".join(story.settings) + "\n" + COUNTY
    async with aiohttp.ClientSession() as http:
        if town is not None:
            await _in_town_or_again(story, county, town, http)
            return
        async with inside.house(tmp_path, seed_of(story), story.at, county) as platform:
            teller = Teller(story, Phones(http, platform), slip)
            await teller.lay_out()
            await teller.tell()


async def _in_town_or_again(story: Story, county: str, town: Town, http: aiohttp.ClientSession) -> None:
    """On several processes a notice may arrive a moment before or after somebody speaks, and then takes the digit.

    So a story that fails is told once more to an empty house, and it is said aloud; what is wrong fails both times.
    """
    try:
        await _in_town(story, county, town, http)
    except AssertionError as first:
        print(f"\n!!! told again: {first}", file=sys.__stderr__, flush=True)
        await _in_town(story, county, town, http)


async def _in_town(story: Story, county: str, town: Town, http: aiohttp.ClientSession) -> None:
    async def town_slip(name: str) -> str:
        return await slip(name, town_now(town))

    async with rows(town):
        phones = await many.begin_anew(town, seed_of(story), story.at, county, http)
        teller = Teller(story, phones, town_slip, partial(many.at_rest, town))
        await teller.lay_out()
        await many.let_go(town)
        await teller.tell()
