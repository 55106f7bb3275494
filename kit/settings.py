"""All configuration of the service, from the environment and a `.env` file (seams §1)."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.caller import Proxies, read_proxies


class Settings(BaseSettings):
    """What an operator may set; every name is prefixed with `JINQIU_`."""

    model_config = SettingsConfigDict(env_prefix="JINQIU_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    redis_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    wechat_app_id: str = ""
    wechat_secret: str = Field(default="", repr=False)
    wechat_token: str = Field(default="", repr=False)
    wechat_aes_key: str = Field(default="", repr=False)
    wechat_original_id: str = ""
    wechat_mode: Literal["safe", "compatible", "plain"] = "safe"
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_open_base: str = "https://open.weixin.qq.com"
    field_key: str = Field(default="", repr=False)
    county: str = ""
    trusted_proxy: str = ""
    metrics_token: str = Field(default="", repr=False)
    heartbeat_url: str = Field(default="", repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used: one working process."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path:
        """The SQLite file; meaningful only when `is_sqlite`."""
        if self.database_url.startswith("sqlite://") and self.database_url != "sqlite://":
            return Path(self.database_url.removeprefix("sqlite://"))
        return self.data_dir / "jinqiu.sqlite3"

    @property
    def county_file(self) -> Path:
        """Where the county's own numbers stand."""
        return Path(self.county) if self.county else self.data_dir / "county.toml"

    @property
    def proxies(self) -> Proxies:
        """Whose forwarding header is believed; raises `ValueError` for what is no address."""
        return read_proxies(self.trusted_proxy)

    def missing(self) -> list[str]:
        """The names of settings without which the service can't talk to the platform."""
        needed = ["wechat_app_id", "wechat_secret", "wechat_token", "wechat_original_id"]
        if self.wechat_mode != "plain":
            needed.append("wechat_aes_key")
        return [f"JINQIU_{name.upper()}" for name in needed if not getattr(self, name)]

    def field_keys(self) -> tuple[bytes, ...]:
        """The keys for sealed fields, newest last; made once into the data folder when none is set.

        JINQIU_FIELD_KEY holds one or several base64 keys, parted by commas. Raises `ValueError` for a bad one.
        """
        written = self.field_key or _own_key(self.data_dir / "field.key")
        try:
            keys = tuple(base64.b64decode(part.strip(), validate=True) for part in written.split(","))
        except binascii.Error as exc:
            raise ValueError("JINQIU_FIELD_KEY is not base64") from exc
        if any(len(key) != 32 for key in keys):
            raise ValueError("JINQIU_FIELD_KEY must hold 32 bytes")
        return keys


def _own_key(path: Path) -> str:
    """The generated key, written once with mode 0600; a second process starting at once reads the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    return path.read_text("utf-8").strip()
