"""The desk of the command line: one line for every answer, one exit code for every outcome."""

from __future__ import annotations

import functools
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Concatenate, ParamSpec

from tortoise.exceptions import BaseORMException

import texts
from kit.errors import Refusal
from kit.log import redact
from kit.settings import Settings
from wechat.errors import OutcomeUnknown, TokenUnavailable, Unreachable, WeChatError

P = ParamSpec("P")
Command = Callable[Concatenate[Settings, P], Awaitable[int]]

DONE, REFUSED, WRONG_USE = 0, 1, 2
_NO_TABLES = ("no such table", "does not exist")
"""What SQLite and PostgreSQL say where `init` has not been run."""


def say(key: str, **facts: object) -> None:
    """One line on standard output."""
    print(texts.render(f"commands.{key}", **facts))


def complain(key: str, **facts: object) -> None:
    """One line on standard error; `key` is whole, since refusals come from every capability."""
    print(" ".join(texts.render(key, **facts).split()), file=sys.stderr)


def platform_trouble(exc: WeChatError) -> str:
    """Which sentence tells it: nobody answers there, no token was to be had just now, or the platform says no."""
    if isinstance(exc, TokenUnavailable):
        return "platform_no_token"
    return "platform_away" if isinstance(exc, Unreachable | OutcomeUnknown) else "platform_bad"


def command(run: Command[P]) -> Command[P]:
    """Turns what a command raises into one line and an exit code: 1 refused, 2 wrong use."""

    @functools.wraps(run)
    async def answered(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return await run(settings, *args, **kwargs)
        except Refusal as refusal:
            complain(refusal.key, **refusal.facts)
            return REFUSED
        except FileNotFoundError as exc:
            complain("commands.no_file", file=exc.filename)
            return WRONG_USE
        except ValueError as exc:
            complain("commands.setting_wrong", problem=redact(str(exc)))
            return WRONG_USE
        except WeChatError as exc:
            complain(f"commands.{platform_trouble(exc)}", problem=exc)
            return REFUSED
        except (BaseORMException, ConnectionError, socket.gaierror) as exc:
            has_tables = not any(sign in str(exc) for sign in _NO_TABLES)
            complain("commands.database_away" if has_tables else "commands.not_initialised", problem=type(exc).__name__)
            return REFUSED
        except OSError as exc:
            complain("commands.not_writable", file=exc.filename, problem=exc.strerror or type(exc).__name__)
            return REFUSED

    return answered


def write_private(path: Path, content: bytes) -> None:
    """A new file that only its owner reads; raises `commands.file_exists` rather than overwrite."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        raise Refusal("commands.file_exists", file=path.name) from exc
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def operator() -> str:
    """How the book of deeds names whoever runs a command."""
    return "console"
