"""The switches that make the platform behave badly, as it does on its bad days (wechat.md §7)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields
from typing import Any

from simulator.errors import NotPossible

ALWAYS = -1


@dataclass
class Faults:
    """All off by default. Counts go down with each use; `-1` means until switched off.

    latency          seconds before each API answer
    busy             so many next calls are answered -1
    refuse           {path: code} or {path: [code, times]}: this API refuses with the code
    http             {path: [status, times]} or {path: [status, times, seconds]}: no answer of the platform's own but
                     this HTTP status from a gateway before it (429, 502 …), with the seconds as Retry-After
    lose             {path: times}: the action is done, then the connection is cut without an answer
    outage           seconds from now in which nothing answers; `outage_kind` is "503", "drop" (the connection ends),
                     "silent" (the request is taken and nothing follows) or "closed" (nobody listens at the port)
    duplicate        so many repeats of each push after it was answered
    concurrent       so many copies of each push at the same moment
    same_stamp       repeats reuse timestamp and nonce
    shuffle          seconds within which pushes are delayed at random, so that they overtake each other
    event_first      job events are pushed before the call that caused them is answered
    job_status       what TEMPLATESENDJOBFINISH reports instead of success
    extra_fields     answers carry fields nobody knows
    control_chars    answers carry raw control characters inside strings
    admin_confirms   mass sends to all wait for the administrator
    snapshot         web authorisation gives a snapshot page's visitor
    banned           template ids that are banned (43116)
    """

    latency: float = 0.0
    busy: int = 0
    refuse: dict[str, Any] = field(default_factory=dict)
    http: dict[str, list[int]] = field(default_factory=dict)
    lose: dict[str, int] = field(default_factory=dict)
    outage: float = 0.0
    outage_kind: str = "503"
    duplicate: int = 0
    concurrent: int = 0
    same_stamp: bool = False
    shuffle: float = 0.0
    event_first: bool = False
    job_status: str = ""
    extra_fields: bool = False
    control_chars: bool = False
    admin_confirms: bool = False
    snapshot: bool = False
    banned: list[str] = field(default_factory=list)

    def apply(self, wanted: dict[str, Any]) -> None:
        """Set the named switches; an unknown name or a wrong type changes nothing."""
        kinds = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in wanted.items():
            if name not in kinds:
                raise NotPossible(f"unknown-fault {name}", status=400)
            if not _fits(value, kinds[name]):
                raise NotPossible(f"wrong-type {name}", status=400)
        for name, value in wanted.items():
            setattr(self, name, time.monotonic() + value if name == "outage" and value else value)

    def clear(self) -> None:
        fresh = Faults()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))

    def standing(self) -> dict[str, Any]:
        """The switches as they are, the outage as the seconds that remain."""
        standing = {each.name: getattr(self, each.name) for each in fields(self)}
        standing["outage"] = round(max(0.0, self.outage - time.monotonic()), 1) if self.outage else 0.0
        return standing

    def is_out(self) -> bool:
        return self.outage > time.monotonic()

    def is_shut(self) -> bool:
        """Whether the port itself is closed now."""
        return self.outage_kind == "closed" and self.is_out()

    def refusal(self, path: str) -> int | None:
        """The code this call must be refused with, if any; counts it."""
        if self.busy:
            self.busy -= 1 if self.busy > 0 else 0
            return -1
        rule = self.refuse.get(path)
        if rule is None:
            return None
        code, times = rule if isinstance(rule, list) else (rule, ALWAYS)
        if times > 0:
            self.refuse[path] = [code, times - 1]
        return int(code) if times else None

    def gateway(self, path: str) -> tuple[int, int] | None:
        """The HTTP status this call must meet and its Retry-After (0 is none), if any; counts it."""
        rule = self.http.get(path)
        if rule is None or not rule[1]:
            return None
        status, times, *wait = rule
        if times > 0:
            self.http[path] = [status, times - 1, *wait]
        return status, wait[0] if wait else 0

    def is_answer_lost(self, path: str) -> bool:
        left = self.lose.get(path, 0)
        if left > 0:
            self.lose[path] = left - 1
        return left != 0


def _fits(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
