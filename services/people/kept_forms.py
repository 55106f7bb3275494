"""What somebody had typed when their session ended: kept for them alone, and gone once it is handed in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.people.console import KeptForm

LIFE = timedelta(hours=12)
MOST_SIGNS = 60_000
"""More than any form of the desk holds; what is larger is not typed."""

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: the page it stood on (empty where that page cannot be opened again), where it goes."""

    id: int
    page: str
    action: str
    fields: tuple[tuple[str, str], ...]


async def keep(person_id: int, page: str, action: str, fields: Fields, *, now: datetime) -> bool:
    """Keep what was sent, in place of what was kept before; False when it is too much."""
    packed = json.dumps([list(one) for one in fields], ensure_ascii=False)
    if len(packed) > MOST_SIGNS:
        return False
    await KeptForm.filter(person_id=person_id).delete()
    await KeptForm.create(person_id=person_id, page=page, action=action, fields_sent=packed, kept_at=now)
    return True


async def waiting(person_id: int, *, now: datetime) -> Kept | None:
    """What waits for this person."""
    row = await KeptForm.filter(person_id=person_id, kept_at__gt=now - LIFE).first()
    if row is None:
        return None
    fields = tuple((str(name), str(value)) for name, value in json.loads(row.fields_sent))
    return Kept(row.id, row.page, row.action, fields)


async def drop(person_id: int, number: int) -> bool:
    """It was handed in, or is not wanted any more; False where nothing of this person's was kept."""
    return bool(await KeptForm.filter(person_id=person_id, id=number).delete())
