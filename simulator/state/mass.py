"""Mass sends (群发): the jobs, who may still receive, and the sender's own ids (wechat.md §3.6)."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulator.config import DAY
from simulator.errors import Refused
from simulator.state.clock import Clock
from simulator.state.phones import Phone

PER_PERSON_AND_MONTH = 4
TO_ALL_PER_MONTH = 4
TO_ALL_PER_DAY = 1
CLIENT_ID_BYTES = 64
RETRY_SPACING = 60
ADMIN_PATIENCE = 30 * 60


@dataclass
class Job:
    """One accepted mass send; `status` goes from SENDING to SEND_SUCCESS or SEND_FAIL, or to DELETE."""

    msg_id: int
    to_all: bool
    content: dict[str, Any]
    audience: list[Phone]
    submitted_at: float
    status: str = "SENDING"
    needs_admin: bool = False
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class ClientId:
    """A clientmsgid already used: which job it made and when it was last tried."""

    msg_id: int
    used_at: float
    repeated_at: float = float("-inf")


class MassSends:
    """All jobs, by msg_id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.jobs: dict[int, Job] = {}
        self.speed = 0
        self._client_ids: dict[str, ClientId] = {}
        self._to_all: Counter[str] = Counter()

    def require_new(self, client_id: object, scope_and_content: bytes) -> str:
        """The id this send is known by for 24 h; without one the platform makes it from scope and content."""
        if client_id is not None and (not isinstance(client_id, str) or len(client_id.encode()) > CLIENT_ID_BYTES):
            raise Refused(45067)
        own = hashlib.md5(scope_and_content, usedforsecurity=False).hexdigest()
        name = client_id if isinstance(client_id, str) and client_id else own
        known, now = self._client_ids.get(name), self._clock.now()
        if known is None or now - known.used_at >= DAY:
            return name
        too_fast, known.repeated_at = now - known.repeated_at < RETRY_SPACING, now
        raise Refused(45066) if too_fast else Refused(45065, msg_id=known.msg_id)

    def require_to_all_left(self) -> None:
        """To everybody at most four times a month and once a day."""
        month, day = self._clock.month(), self._clock.day().isoformat()
        if self._to_all[month] >= TO_ALL_PER_MONTH or self._to_all[day] >= TO_ALL_PER_DAY:
            raise Refused(45028)
        self._to_all[month] += 1
        self._to_all[day] += 1

    def submit(self, client_id: str, to_all: bool, content: dict[str, Any], audience: list[Phone]) -> Job:
        now = self._clock.now()
        job = Job(3_147_483_648 + len(self.jobs), to_all, content, audience, now)
        self.jobs[job.msg_id] = job
        self._client_ids[client_id] = ClientId(job.msg_id, now)
        return job

    def find(self, msg_id: object) -> Job:
        job = self.jobs.get(int(str(msg_id))) if str(msg_id).isdigit() else None
        if job is None:
            raise Refused(40035)
        return job

    def may_receive(self, phone: Phone) -> bool:
        """Following, not blocked, and fewer than four mass sends this month; counts this one."""
        month = self._clock.month()
        used = phone.mass_sends.get(month, 0)
        if not phone.following or phone.blacklisted or used >= PER_PERSON_AND_MONTH:
            return False
        phone.mass_sends[month] = used + 1
        return True
