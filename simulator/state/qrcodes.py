"""QR codes with a scene: temporary and permanent, by ticket (wechat.md §3.8)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from simulator.errors import Refused
from simulator.state.clock import Clock

LONGEST = 2_592_000
DEFAULT_LIFE = 60
PERMANENT = 100_000
URL = "http://weixin.qq.com/q/"


@dataclass(frozen=True)
class QrCode:
    """One code: what scanning it says, the text inside the picture, until when it works (None: for ever)."""

    ticket: str
    scene: str
    url: str
    until: float | None


@dataclass(frozen=True)
class ShortKey:
    """A long text behind a short key."""

    long_data: str
    made_at: int
    until: float


class QrCodes:
    """All codes of the account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, QrCode] = {}
        self.short_keys: dict[str, ShortKey] = {}

    def create(self, action: str, scene: dict[str, object], life: object) -> QrCode:
        """A new code, or the old one for a permanent scene asked for again."""
        text = _scene_text(action, scene)
        if "LIMIT" not in action:
            return self._keep(text, self._clock.now() + _life(life))
        known = next((code for code in self._all.values() if code.until is None and code.scene == text), None)
        if known is None and sum(code.until is None for code in self._all.values()) >= PERMANENT:
            raise Refused(45009)
        return known or self._keep(text, None)

    def by_ticket(self, ticket: str) -> QrCode | None:
        return self._all.get(ticket)

    def find(self, wanted: str) -> QrCode | None:
        """The newest code with this ticket, scene or printed url."""
        codes = reversed(self._all.values())
        return next((code for code in codes if wanted in (code.ticket, code.scene, code.url)), None)

    def is_live(self, code: QrCode) -> bool:
        return code.until is None or code.until > self._clock.now()

    def listing(self) -> list[dict[str, object]]:
        """The codes that work now, newest first, for the phone page."""
        live = [code for code in reversed(self._all.values()) if self.is_live(code)]
        return [{"ticket": code.ticket, "scene": code.scene, "permanent": code.until is None} for code in live]

    def _keep(self, scene: str, until: float | None) -> QrCode:
        ticket = base64.b64encode(secrets.token_bytes(70)).decode("ascii")
        code = QrCode(ticket, scene, URL + secrets.token_urlsafe(15), until)
        self._all[ticket] = code
        return code


def _scene_text(action: str, scene: dict[str, object]) -> str:
    if action in ("QR_SCENE", "QR_LIMIT_SCENE"):
        number = scene.get("scene_id")
        most = 100_000 if action == "QR_LIMIT_SCENE" else 2**32 - 1
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
            raise Refused(40053)
        return str(number)
    if action in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise Refused(40053)
        return text
    raise Refused(40052)


def _life(seconds: object) -> int:
    if seconds is None:
        return DEFAULT_LIFE
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= LONGEST:
        raise Refused(40053)
    return seconds
