"""`doctor`: is everything in place? One line a finding, and exit code 1 when something is wrong."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from tortoise.exceptions import BaseORMException

from bot.commands.desk import DONE, REFUSED, command, platform_trouble, say
from bot.health import LEAST_FREE_BYTES
from bot.heartbeat import ring
from bot.house import database, house
from kit import clock
from kit.caller import read_proxies
from kit.county import read_county
from kit.settings import Settings
from models.database import transaction
from models.people.members import Person
from models.schema import pending
from services.county import upkeep, warnings, workdays
from texts import render
from wechat.errors import WeChatError

_BUILT = datetime(2026, 1, 1, tzinfo=UTC)
_FAR = 3600 * 24 * 365 * 20
_AHEAD_SECONDS = 300
Level = Literal["good", "bad", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it stands and the sentence that says so."""

    level: Level
    key: str
    facts: dict[str, Any]


def _found(level: Level, key: str, **facts: Any) -> Finding:
    return Finding(level, key, facts)


@command
async def doctor(settings: Settings, /) -> int:
    """Settings, key, county.toml, disk, database, tables, clock, platform; duty, workdays, backups as warnings."""
    findings = []
    async for finding in _examine(settings):
        findings.append(finding)
        said = render(f"commands.{finding.key}", **finding.facts)
        say(f"doctor_{finding.level}", what=" ".join(said.split()))
    return REFUSED if any(finding.level == "bad" for finding in findings) else DONE


async def _examine(settings: Settings) -> AsyncIterator[Finding]:
    yield _settings(settings)
    key, county = _field_key(settings), _county(settings)
    yield key
    yield county
    yield _disk(settings)
    if key.level == "bad":
        return
    for finding in await _database(settings):
        yield finding
    if settings.redis_url:
        yield await _redis(settings)
    yield await _heartbeat(settings)
    if settings.missing() or county.level == "bad":
        return
    yield await _platform(settings)


def _settings(settings: Settings) -> Finding:
    if missing := settings.missing():
        return _found("bad", "settings_missing", names=", ".join(missing))
    try:
        read_proxies(settings.trusted_proxy)
    except ValueError as exc:
        return _found("bad", "setting_wrong", problem=exc)
    return _found("good", "settings_good")


def _field_key(settings: Settings) -> Finding:
    try:
        settings.field_keys()
    except (ValueError, OSError) as exc:
        return _found("bad", "key_bad", problem=exc)
    return _found("good", "key_good")


def _county(settings: Settings) -> Finding:
    try:
        read_county(settings.county_file)
    except (ValueError, OSError) as exc:
        return _found("bad", "county_bad", problem=exc)
    return _found("good", "county_good")


def _disk(settings: Settings) -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    level: Level = "good" if free >= LEAST_FREE_BYTES else "bad"
    return _found(level, f"disk_{level}", megabytes=free // 2**20)


async def _database(settings: Settings) -> list[Finding]:
    """Reachable and writable, this release's tables, a key that fits; then clock and warnings out of its rows."""
    if settings.is_sqlite and not settings.database_file.exists():
        return [_found("bad", "not_initialised")]
    try:
        async with database(settings):
            if steps := await pending():
                return [_found("bad", "schema_bad", tables=", ".join(steps))]
            return [*await _rows(), _found("good", "schema_good"), await _clock(), *await _warnings()]
    except (BaseORMException, OSError, ssl.SSLError) as exc:
        return [_found("bad", "database_bad", problem=type(exc).__name__)]


async def _rows() -> list[Finding]:
    now = clock.now()
    async with transaction():
        await upkeep.note("doctor", now.isoformat(), now)
    found = [_found("good", "database_good")]
    try:
        await Person.filter(phone__isnull=False).order_by("-id").limit(1)
    except (InvalidTag, KeyError):
        found.append(_found("bad", "backup_wrong_key"))
    return found


async def _clock() -> Finding:
    """Against the marks of earlier days: a clock that went back, or that never was set, shows there."""
    now = clock.now()
    if clock.is_moved():
        return _found("warning", "clock_moved", seconds=int(clock.offset().total_seconds()))
    beat = await upkeep.noted(upkeep.HEARTBEAT)
    shown = f"{clock.local(now):%Y-%m-%d %H:%M:%S}"
    is_behind = beat is not None and (beat[1] - now).total_seconds() > _AHEAD_SECONDS
    if is_behind or not 0 < (now - _BUILT).total_seconds() < _FAR:
        other = f"{clock.local(beat[1] if beat else _BUILT):%Y-%m-%d %H:%M}"
        return _found("bad", "clock_bad", moment=shown, other=other)
    return _found("good", "clock_good", moment=shown)


async def _warnings() -> list[Finding]:
    now = clock.now()
    year = clock.local_day(now).year
    found = []
    missing = await warnings.places_without_duty(now)
    if missing:
        found.append(_found("warning", "duty_missing", places=", ".join(missing)))
    else:
        found.append(_found("good", "duty_good"))
    for wanted in {year, await workdays.year_to_load(clock.local_day(now)) or year}:
        is_loaded = await workdays.is_year_loaded(wanted)
        found.append(_found("good" if is_loaded else "warning",
                            "workdays_good" if is_loaded else "workdays_missing", year=wanted))  # fmt: skip
    return [*found, *await _backups(now)]


async def _backups(now: datetime) -> list[Finding]:
    last, proved = await upkeep.noted("backup"), await upkeep.noted("restored")
    if last is None:
        return [_found("warning", "backup_never")]
    days = max(0, (now - last[1]).days)
    is_old = now - last[1] > warnings.BACKUP_OLD
    found = [_found("warning", "backup_old", days=days) if is_old else _found("good", "backup_good", days=days + 1)]
    if proved is None or now - proved[1] > warnings.NEVER_RESTORED_AFTER:
        found.append(_found("warning", "backup_unproved"))
    return found


async def _heartbeat(settings: Settings) -> Finding:
    """Whether somebody hears when the service is dead."""
    if not settings.heartbeat_url:
        return _found("warning", "heartbeat_none")
    is_heard = await ring(settings.heartbeat_url)
    return _found("good", "heartbeat_good") if is_heard else _found("warning", "heartbeat_away")


async def _redis(settings: Settings) -> Finding:
    """Only a bell: a house without it works."""
    from bot.bell import answers

    is_there = await answers(settings.redis_url)
    return _found("good", "redis_good") if is_there else _found("warning", "redis_away")


async def _platform(settings: Settings) -> Finding:
    """A harmless call with a real token: secret, address list and network are right, or the platform says what not."""
    try:
        async with house(settings) as opened:
            await opened.client.callback_ip()
    except WeChatError as exc:
        return _found("bad", platform_trouble(exc), problem=exc)
    except (OSError, BaseORMException) as exc:
        return _found("bad", "platform_away", problem=type(exc).__name__)
    return _found("good", "platform_good")
