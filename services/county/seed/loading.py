"""Puts the rows of a seed file into the house, in the order in which they lean on each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kit.county import County
from services.county.seed.care import load_care_plans
from services.county.seed.checking import check, read
from services.county.seed.marks import read_marks
from services.county.seed.offices import load_duties, load_posts, load_roles, load_staff
from services.county.seed.people import load_members
from services.county.seed.places import load_organisations

_DEFAULT_VERSION = County().privacy_version


async def load(seed: Mapping[str, Any], *, now: datetime, version: str = _DEFAULT_VERSION) -> dict[str, int]:
    """Load a seed file (seams §4); how many rows of each kind were new or changed: 0 for the same file again.

    A row that stands in the file as it was loaded before is left alone, whatever has become of it since.
    `version` is that of the privacy notice the consents count for. Raises `seed.unknown_fields` or
    `seed.refused` before anything is loaded.
    """
    file = read(seed)
    await check(file)
    marks = await read_marks()
    await load_organisations(file, marks)
    await load_members(file, marks, now, version)
    await load_staff(file, marks, now)
    await load_roles(file, marks)
    await load_posts(file, marks)
    await load_duties(file, marks)
    await load_care_plans(file, marks, now)
    await marks.save()
    return marks.counted
