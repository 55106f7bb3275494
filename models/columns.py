"""Columns that behave alike on every database: moments in UTC, sealed text, the house's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from tortoise import fields
from tortoise.models import Model

from kit.vault import Vault, is_sealed


class _Ring:
    """Holds the vault of this process; opening the database puts it here."""

    vault: Vault | None = None

    @classmethod
    def get(cls) -> Vault:
        if cls.vault is None:
            raise RuntimeError("the database was not opened with a vault")
        return cls.vault


def use_vault(vault: Vault) -> None:
    """Seal and open with `vault` from now on."""
    _Ring.vault = vault


def blind(text: str, scope: str) -> str:
    """The blind index of `text` for look-ups in a sealed column."""
    return _Ring.get().blind(text, scope)


def seal(text: str, scope: str) -> str:
    """`text` sealed as the column `scope` would, for hand-written statements."""
    return _Ring.get().seal(text, scope)


def unseal(sealed: str, scope: str) -> str:
    """The text behind what `seal` made for `scope`."""
    return _Ring.get().open(sealed, scope)


def is_of_newest_key(sealed: str) -> bool:
    """Whether the newest key of the ring sealed it."""
    return _Ring.get().is_newest(sealed)


def opened_in(sealed: str, scopes: Iterable[str]) -> tuple[str, str] | None:
    """In which of these scopes it opens, and the text; None when in none."""
    ring = _Ring.get()
    for scope in scopes:
        try:
            return scope, ring.open(sealed, scope)
        except (InvalidTag, KeyError, ValueError):
            continue
    return None


class UtcDatetime(fields.DatetimeField[Any]):
    """A moment. Filters are converted too: SQLite compares text, and mixed zones would compare wrongly."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """The moment in UTC."""
        done = super().to_db_value(value, instance)
        return done.astimezone(UTC) if isinstance(done, datetime) and done.tzinfo else done


class Encrypted(fields.TextField):
    """Text that is unreadable in the database file, a backup or a log (promise V8)."""

    if TYPE_CHECKING:
        # The library types a text column as never empty; which of ours may be, `null` says.
        def __set__(self, instance: Model, value: str | None) -> None: ...

    def __init__(self, scope: str, **options: Any) -> None:
        super().__init__(**options)
        self.scope = scope

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """Sealed for this column's scope; nothing stays nothing."""
        return value if value is None else seal(str(value), self.scope)

    def to_python_value(self, value: Any) -> Any:
        """Opened when it comes from the database; untouched when it comes from code."""
        return unseal(value, self.scope) if isinstance(value, str) and is_sealed(value) else value


class Derived(fields.CharField[Any]):
    """Text worked out anew from its row whenever the row is written, so that it is found by an index.

    `source` names the property of the row that says it; a look-up compares with what it is given.
    """

    def __init__(self, source: str, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.source = source

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """What the row says now; for a look-up the value that is looked for."""
        return super().to_db_value(getattr(instance, self.source) if isinstance(instance, Model) else value, instance)


def pack(value: Any) -> str:
    """JSON as the house writes it: readable Chinese, no spare blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def facts_column(**options: Any) -> Any:
    """A JSON column for small facts."""
    return fields.JSONField(encoder=pack, decoder=json.loads, **options)


def moment_text(moment: datetime, dialect: str) -> Any:
    """A moment as a hand-written statement binds it: text on SQLite, itself on PostgreSQL."""
    return moment.astimezone(UTC).isoformat(" ") if dialect == "sqlite" else moment


def read_moment(value: Any) -> datetime | None:
    """A moment as a hand-written statement returns it, aware in UTC."""
    if value is None or isinstance(value, datetime):
        return value
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
