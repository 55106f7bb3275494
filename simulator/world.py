"""The whole state of the pretend platform, put together from its parts."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Coroutine
from typing import Any

from simulator.config import Config
from simulator.push.engine import Engine
from simulator.push.packets import Seal
from simulator.push.replies import Judge
from simulator.state.clock import Clock
from simulator.state.faults import Faults
from simulator.state.ledger import Ledger
from simulator.state.mass import MassSends
from simulator.state.media import Media
from simulator.state.menus import Menus
from simulator.state.phones import Phones
from simulator.state.qrcodes import QrCodes
from simulator.state.quotas import Quotas
from simulator.state.tags import Tags
from simulator.state.templates import Templates
from simulator.state.tokens import Tokens
from simulator.state.web_auth import WebAuth
from simulator.state.windows import Windows


class World:
    """One account and everybody around it; nothing outside this object is remembered."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.account = config.account
        self.whitelist = config.whitelist
        self.api_paths: frozenset[str] = frozenset()
        self.clock = Clock(config.clock_file)
        self.faults = Faults()
        self.ledger = Ledger()
        self.quotas = Quotas(self.clock, config.daily_quotas)
        self.tokens = Tokens(self.clock)
        self.phones = Phones(self.clock, lambda: Windows(config.windows, config.message_adds))
        self.media = Media(self.clock)
        self.menus = Menus()
        self.qrcodes = QrCodes(self.clock)
        self.tags = Tags()
        self.templates = Templates(self.clock, config.templates_file)
        self.mass = MassSends(self.clock)
        self.web_auth = WebAuth(self.clock)
        seal = Seal(self.account)
        judge = Judge(self.account.mode, self.account.original_id, seal, self.media)
        self.engine = Engine(config, seal, judge, self.clock, faults=self.faults, ledger=self.ledger)
        # Nineteen digits, as on the real platform: whoever reads it as a float loses the last ones (§2.6).
        self._msg_ids = itertools.count(7_300_000_000_000_000_001 + secrets.randbelow(10**15) * 100)
        self.is_closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._place_presets()

    def next_msg_id(self) -> int:
        return next(self._msg_ids)

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something happen beside the present call; it ends with the platform at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def open(self) -> None:
        await self.engine.open()

    async def close(self) -> None:
        """Stop what is under way and close the connection to the service."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.close()

    def _place_presets(self) -> None:
        for preset in self.config.phones:
            self.phones.create(preset.name, preset.openid, preset.following)
