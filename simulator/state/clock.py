"""The platform's clock: the wall clock plus an offset that a rehearsal may move."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

BEIJING = timezone(timedelta(hours=8))


class Clock:
    """Seconds since 1970, shifted by the clock file's number (seams.md §1) or, without one, in memory."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._offset = 0.0

    def offset(self) -> float:
        """Seconds added to the wall clock; re-read at each use, a missing file is 0."""
        if self._file is None:
            return self._offset
        try:
            with open(self._file, encoding="ascii") as handle:
                self._offset = float(handle.read())
        except FileNotFoundError:
            self._offset = 0.0
        except ValueError:
            # Somebody is writing the file at this moment: the last good number counts.
            return self._offset
        return self._offset

    def now(self) -> float:
        return time.time() + self.offset()

    def day(self) -> date:
        """Today in Beijing, where the platform's daily counters turn over."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(BEIJING).date()

    def month(self) -> str:
        return self.day().strftime("%Y-%m")

    def set(self, offset: float) -> None:
        """Put the clock `offset` seconds off the wall clock, for every process that reads the file."""
        self._offset = offset
        if self._file is None:
            return
        draft = self._file.with_name(self._file.name + ".new")
        draft.write_text(f"{offset:g}" if offset != int(offset) else str(int(offset)), encoding="ascii")
        os.replace(draft, self._file)
