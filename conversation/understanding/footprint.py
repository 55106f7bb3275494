"""Prints what the understanding costs a fresh process: python -m conversation.understanding.footprint."""

import json
import subprocess
import sys
from typing import NamedTuple

_FIRST_READING = """
import resource, time
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
before, began = resident(), time.perf_counter()
from conversation.understanding import read
read("")
print(time.perf_counter() - began, resident() - before)
"""


class Footprint(NamedTuple):
    """Seconds until the first message is read, and megabytes of memory held by then (read from Linux's /proc)."""

    seconds: float
    megabytes: float


def footprint() -> Footprint:
    """Measured in a process of its own."""
    said = subprocess.run([sys.executable, "-c", _FIRST_READING], capture_output=True, text=True, check=True).stdout
    seconds, megabytes = map(float, said.split())
    return Footprint(round(seconds, 2), round(megabytes, 1))


if __name__ == "__main__":
    print(json.dumps(footprint()._asdict()))
