"""The nightly backup, made by the service itself on each machine; `/readyz` warns when it is old or never restored."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.backup import nightly
from bot.house import House
from scheduler.job import Deps, Job, job


def backup_job(house: House) -> Job:
    """The timed job of this process; of those that share a data folder one wins the night's knock.

    Several machines each keep copies of their own: what is needed to restore stands on whichever is left.
    """

    @job(daily="02:30")
    async def backup(now: datetime, deps: Deps) -> dict[str, int]:
        """Each night: a copy beside the data, the old ones gone."""
        return await nightly(house.settings, now)

    return replace(backup, circle=folder_mark(house.settings.data_dir))


def folder_mark(folder: Path) -> str:
    """A name of this data folder's own, written into it once: machines have different ones."""
    path = folder / "folder.id"
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(4))
    return path.read_text("ascii")[:8]
