"""The lock that ends with its holder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kit.folder_lock import FolderLock

HOLD = "import sys, time; from kit.folder_lock import FolderLock; from pathlib import Path; \
lock = FolderLock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(60)"


def test_only_one_has_it_and_asking_twice_changes_nothing(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    assert (first.take(), first.take(), second.take()) == (True, True, False)
    first.give_back()
    assert second.take()
    second.give_back()


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"True"
        ours = FolderLock(tmp_path / "lock")
        assert not ours.take()
        holder.kill()
        holder.wait()
    assert ours.take()
    ours.give_back()
