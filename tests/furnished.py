"""A house on disk with the cast in it: made once, copied for each test, since making tables takes a second."""

from __future__ import annotations

import base64
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cast import arrange

from bot.house import database
from kit import clock
from kit.settings import Settings
from models.database import transaction
from models.schema import upgrade

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@cache
def _store() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="furnished-")


def settings_of(folder: Path, **said: Any) -> Settings:
    """Settings of a house in `folder`, nothing of this machine's environment file in them."""
    return Settings(data_dir=folder, field_key=KEY, _env_file=None, **said)  # type: ignore[call-arg]


async def furnished(folder: Path, **said: Any) -> Settings:
    """A house in `folder` with this release's tables and the cast."""
    pattern = settings_of(Path(_store().name) / "pattern")
    if not pattern.database_file.exists():
        pattern.data_dir.mkdir()
        async with database(pattern):
            await upgrade()
            async with transaction():
                await arrange(clock.now())
    folder.mkdir(parents=True)
    shutil.copyfile(pattern.database_file, folder / pattern.database_file.name)
    return settings_of(folder, **said)
