"""A pretend platform with phones, a client that talks to it, and people bound to the phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from delivery_cast import SENT

from delivery.courier import Courier
from delivery.ledger import RowQuotaLedger, RowTokenStore
from delivery.policy import DeliveryPolicy
from models.people.accounts import Account, Binding
from models.people.members import Person
from models.people.organisation import Organisation, Role
from simulator.platform import WORLD, Config, World, build
from wechat.client import Credentials, WeChatClient, connect
from wechat.limits import Limits


@dataclass
class Office:
    """The platform with its phones, and our client."""

    world: World
    client: WeChatClient
    now: datetime

    async def person(self, number: int, *, window: bool = True, follows: bool = True, **known) -> Person:
        """Somebody with a phone, bound to it; `window` opens the chat at both ends."""
        openid = f"oPhone{number:022d}"
        phone = self.world.phones.create(f"phone {number}", openid, following=follows)
        if window:
            phone.windows.opened("message", self.world.clock.now())
        person = await Person.create(name=f"somebody {number}", **known)
        until = self.now + timedelta(hours=48) if window else None
        allowance = 5 if window else 0
        await Account.create(
            openid=openid, first_seen=self.now, follows=follows, window_until=until, allowance=allowance
        )
        await Binding.create(openid=openid, person=person, since=self.now)
        return person

    def shown(self, number: int) -> list[str]:
        """What stands on the phone's screen."""
        phone = self.world.phones.get(f"oPhone{number:022d}")
        return [str(entry.get("text", "")) for entry in phone.screen if entry["kind"] in SENT]

    async def outage(self) -> None:
        """From now on the platform drops every call; the token was fetched before."""
        await self.client.callback_ip()
        self.world.faults.outage, self.world.faults.outage_kind = 1e12, "drop"

    def courier(self, owner: str = "here", **policy) -> Courier:
        async def draw(picture: str) -> bytes:
            return b"\x89PNG" + picture.encode()

        return Courier(self.client, DeliveryPolicy(**policy), draw, owner)


@pytest.fixture
async def office(db, monday) -> AsyncIterator[Office]:
    app = build(Config(job_delay=0.0))
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        account = Config().account
        credentials = Credentials(account.app_id, account.secret, str(server.make_url("")))
        limits = Limits(RowQuotaLedger(), lambda: monday)
        client = connect(http, credentials, RowTokenStore(account.app_id), limits, lambda: monday)
        world = app[WORLD]
        yield Office(world, client, monday)


@pytest.fixture
async def secretary(db) -> Person:
    """The one named person who is asked to tell somebody."""
    place = await Organisation.create(name="county", kind="county_work_committee")
    await Organisation.filter(id=place.id).update(path=f"/{place.id}/")
    person = await Person.create(name="secretary", standing="staff")
    await Role.create(person=person, role="county_worker", organisation=place)
    return person
