"""What the pretend platform is told before it starts: the account, where to push, the rules' numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

HOUR = 3600.0
DAY = 24 * HOUR

Mode = Literal["plain", "compatible", "safe"]


@dataclass(frozen=True)
class Account:
    """The service account as the platform's console shows it (wechat.md §1.1); all values are made up."""

    app_id: str = "wx5a17c0de5a17c0de"
    secret: str = "0123456789abcdef0123456789abcdef"
    original_id: str = "gh_5a17c0de0001"
    token: str = "JinqiuDemoToken"
    aes_key: str = "jinqiu0demo0key0jinqiu0demo0key0jinqiu0demo"
    mode: Mode = "safe"
    verified: bool = True


@dataclass(frozen=True)
class Window:
    """How many customer messages one kind of user action opens, and for how many seconds (§3.3)."""

    messages: int
    seconds: float


WINDOWS: Mapping[str, Window] = MappingProxyType(
    {
        "message": Window(5, 48 * HOUR),
        "tap": Window(3, 60),
        "follow": Window(3, 60),
        "scan": Window(3, 60),
    }
)


@dataclass(frozen=True)
class PhonePreset:
    """A phone that stands on the table from the start."""

    openid: str
    name: str
    following: bool = False


@dataclass(frozen=True)
class Config:
    """Everything `simulator.platform.build` needs; the defaults make a working demo."""

    account: Account = field(default_factory=Account)
    webhook: str = "http://127.0.0.1:8080/wechat"
    clock_file: Path | None = None
    phones: tuple[PhonePreset, ...] = ()
    templates_file: Path | None = None
    whitelist: frozenset[str] | None = None
    redirect_hosts: frozenset[str] | None = None
    windows: Mapping[str, Window] = field(default_factory=lambda: WINDOWS)
    message_adds: bool = False
    daily_quotas: Mapping[str, int] = field(default_factory=dict)
    push_budget: float = 5.0
    push_attempts: int = 3
    retry_pause: float = 0.0
    job_delay: float = 0.3
