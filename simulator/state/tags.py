"""The account's tags: their names and numbers (wechat.md §3.7); who wears one is kept with the phone."""

from __future__ import annotations

from simulator.errors import Refused

MOST = 100
MOST_PER_PERSON = 20
LONGEST = 30
SYSTEM = frozenset({0, 1, 2})


class Tags:
    """Numbers below 100 are the platform's own."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self._next = 100

    def create(self, name: object) -> int:
        checked = self._checked(name)
        if len(self.names) >= MOST:
            raise Refused(45056)
        self.names[self._next] = checked
        self._next += 1
        return self._next - 1

    def rename(self, tag: object, name: object) -> None:
        self.names[self.known(tag)] = self._checked(name)

    def remove(self, tag: object) -> int:
        number = self.known(tag)
        del self.names[number]
        return number

    def known(self, tag: object) -> int:
        """The tag's number if the account may use it: 45058 the platform's own, 45159 unknown."""
        if tag in SYSTEM and not isinstance(tag, bool):
            raise Refused(45058)
        if not isinstance(tag, int) or tag not in self.names:
            raise Refused(45159)
        return tag

    def _checked(self, name: object) -> str:
        if not isinstance(name, str) or not name or name in self.names.values():
            raise Refused(45157)
        if len(name) > LONGEST:
            raise Refused(45158)
        return name
