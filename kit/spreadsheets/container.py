"""The zip around an xlsx file: opened with distrust, unpacked under a count, never onto the disk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from kit.errors import Refusal
from kit.spreadsheets.table import MOST_ENTRIES, MOST_UNPACKED

CHUNK = 64 * 1024
CONTENT_TYPES = "[Content_Types].xml"
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)")


def unpack(content: bytes) -> Mapping[str, bytes]:
    """The parts by name; refuses bombs, locked, macro and foreign files, and declarations in the XML."""
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        _require_plain(entries)
        parts = _read_counted(archive, entries)
    _require_workbook(parts)
    return parts


def _require_plain(entries: list[ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or len({entry.filename for entry in entries}) < len(entries):
        raise Refusal("roster.too_large_unpacked")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refusal("roster.locked")
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise Refusal("roster.unreadable")


def _read_counted(archive: ZipFile, entries: list[ZipInfo]) -> dict[str, bytes]:
    # The sizes in the directory are the sender's words, so the count is of what really comes out.
    left, parts = MOST_UNPACKED, {}
    for entry in entries:
        chunks = []
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Refusal("roster.too_large_unpacked")
                chunks.append(chunk)
        parts[entry.filename] = b"".join(chunks)
    return parts


def _require_workbook(parts: Mapping[str, bytes]) -> None:
    kinds = parts.get(CONTENT_TYPES, b"")
    if b"macroEnabled" in kinds or any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise Refusal("roster.macros")
    if b"spreadsheetml.sheet.main" not in kinds:
        raise Refusal("roster.wrong_kind")
    for name, part in parts.items():
        # Zero bytes go first: in UTF-16 the same declaration is written with one between the letters.
        if name.lower().endswith((".xml", ".rels")) and _DECLARATION.search(part.replace(b"\0", b"")):
            raise Refusal("roster.unsafe")
