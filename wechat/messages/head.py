"""What every push has in common, and how a kind of push says which elements it is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any, ClassVar

from wechat.packets import Fields

_LONGEST_KEY = 80


def text(value: object) -> str:
    """An element's text, exactly as sent. Raises ValueError where the element has a structure instead."""
    if isinstance(value, str):
        return value
    raise ValueError("text expected")


def whole(value: object) -> int:
    """A whole number; empty counts as 0. Raises ValueError for anything else."""
    written = text(value).strip()
    if not written:
        return 0
    if len(written) > 20 or not written.isascii():
        raise ValueError("number expected")
    return int(written)


def decimal(value: object) -> float:
    """A finite number (coordinates). Raises ValueError for anything else."""
    number = float(text(value))
    if not math.isfinite(number):
        raise ValueError("number expected")
    return number


def element(name: str, read: Callable[[Any], Any] = text, missing: Any = "") -> Any:
    """A dataclass field filled from the element `name`; `missing` is read where the element is absent."""
    default = read(missing)
    return field(default=default, metadata={"element": name, "read": read, "missing": missing})


def items(value: object, *path: str) -> tuple[Mapping[str, Any], ...]:
    """The structures found along `path`: none, one or many, which the platform writes alike."""
    for name in path:
        value = value.get(name, "") if isinstance(value, dict) else value
    found = value if isinstance(value, list) else [value]
    return tuple(entry for entry in found if isinstance(entry, dict))


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One push: `to` is our account (`gh_…`), `openid` the sender, `created` whole seconds since 1970.

    `raw` is the packet as sent (inner one, decrypted); `read` of it gives an equal value again. The repr
    shows the kind alone, so no log can show a person or a text (X8).
    """

    answerable: ClassVar[bool] = True
    """Whether the platform shows a passive reply to it (wechat.md §2.5)."""

    to: str = element("ToUserName")
    openid: str = element("FromUserName")
    created: int = element("CreateTime", whole)
    raw: str = field(default="", kw_only=True, compare=False)

    @property
    def kind(self) -> str:
        """The platform's own word for it, in lower case: `text`, `image`, … or the event's name."""
        return ""

    @property
    def identity(self) -> str:
        """What makes a repeat recognisable among this person's pushes (R2): unique as (openid, identity)."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.kind}>"


def digest(*parts: str) -> str:
    """A short stable name for `parts`, for identities that would be too long for a column."""
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def bounded(key: str) -> str:
    """`key` itself where it is short, else its digest."""
    return key if len(key) <= _LONGEST_KEY else digest(key)


def digest_of(everything: Fields) -> str:
    """The name of a packet whose kind we do not know: over all of its elements."""
    return digest(*(f"{name}={everything[name]}" for name in sorted(everything)))


Plan = tuple[tuple[str, Callable[[Any], Any], Any], ...]


def plan_of(kind: type[Message]) -> Plan:
    """Which elements make up `kind`, in the order of its fields; worked out once, at import."""
    made = (f for f in fields(kind) if "element" in f.metadata)
    return tuple((f.metadata["element"], f.metadata["read"], f.metadata["missing"]) for f in made)
