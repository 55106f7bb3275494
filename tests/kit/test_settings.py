"""Settings name what is missing, make their own key once, and show no secret."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from kit.settings import Settings

KEY = base64.b64encode(b"k" * 32).decode()


def settings(**said: object) -> Settings:
    return Settings(_env_file=None, **said)  # type: ignore[arg-type, call-arg]


def test_what_the_platform_needs_is_named() -> None:
    assert settings(wechat_mode="plain").missing() == [
        "JINQIU_WECHAT_APP_ID",
        "JINQIU_WECHAT_SECRET",
        "JINQIU_WECHAT_TOKEN",
        "JINQIU_WECHAT_ORIGINAL_ID",
    ]
    assert "JINQIU_WECHAT_AES_KEY" in settings().missing()


def test_the_environment_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINQIU_PORT", "9001")
    assert settings().port == 9001


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = settings(data_dir=tmp_path).field_keys()
    assert settings(data_dir=tmp_path).field_keys() == first
    assert (tmp_path / "field.key").stat().st_mode & 0o777 == 0o600


def test_several_keys_are_a_ring() -> None:
    assert settings(field_key=f"{KEY}, {KEY}").field_keys() == (b"k" * 32, b"k" * 32)


@pytest.mark.parametrize("written", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_bad_key_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="JINQIU_FIELD_KEY"):
        settings(field_key=written).field_keys()


def test_no_secret_is_shown() -> None:
    shown = repr(settings(wechat_secret="S3CRET", wechat_token="T0KEN", field_key=KEY, metrics_token="M3T"))
    assert not any(secret in shown for secret in ("S3CRET", "T0KEN", KEY, "M3T"))


@pytest.mark.parametrize(
    ("url", "is_sqlite", "file"),
    [
        ("", True, "data/jinqiu.sqlite3"),
        ("sqlite:///srv/a.db", True, "/srv/a.db"),
        ("postgres://u@h/d", False, "data/jinqiu.sqlite3"),
    ],
    ids=["none", "sqlite", "postgres"],
)
def test_which_database(url: str, is_sqlite: bool, file: str) -> None:
    found = settings(database_url=url)
    assert (found.is_sqlite, str(found.database_file)) == (is_sqlite, file)
