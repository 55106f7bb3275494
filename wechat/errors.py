"""What the platform's error codes mean for us: one closed table from code to verdict.

The family of failures on this floor::

    Exception
    ├── Refused                a push at our door that is not the platform's, or not for us
    └── WeChatError            the platform says no (HTTP 200 with errcode≠0): `.code`, `.ruling`, `.verdict`
        ├── Unreachable        the call never left this machine: safe to try again
        ├── OutcomeUnknown     it left, no usable answer came (5xx, timeout, reset): never resend blindly
        ├── Throttled          HTTP 429: turned away at the gate, nothing happened there
        ├── QuotaSpent         our own meter stopped it before it left (R12)
        └── TokenUnavailable   no access token for now (R13)

Codes and meanings: wechat.md §4. A code that is not in the table is `final`, and told to the developer: a
permanent failure harms one item, an endless retry harms the account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kit.clock import local


class Verdict(StrEnum):
    """What to do after the platform's answer."""

    OK = "ok"  # treat as done
    REFRESH_TOKEN = "refresh_token"  # compare-and-swap the token, then once more
    RETRY = "retry"  # again with growing pauses, a few times; a send only under its idempotency id
    WAIT = "wait"  # not before `wait_seconds`; the row stays due
    FINAL = "final"  # over for this recipient or item
    OTHER_CHANNEL = "other_channel"  # this way is shut, another may be open
    STOP_AND_ALERT = "stop_and_alert"  # stop the whole job and tell the operator
    OUR_BUG = "our_bug"  # the request was wrong: tell the developer, never retry
    UNKNOWN_OUTCOME = "unknown_outcome"  # may have happened: mark it so, do not resend
    RESTART_AUTH = "restart_auth"  # send the browser through web authorisation again


class Mark(StrEnum):
    """What the code tells about the recipient, to be remembered."""

    NOTHING = ""
    UNFOLLOWED = "unfollowed"
    UNWILLING = "unwilling"  # blacklisted, refuses or cannot receive
    NO_GRANT = "no_grant"  # no subscription grant left
    WINDOW_CLOSED = "window_closed"  # the 48 h window of customer messages is over
    WINDOW_SPENT = "window_spent"  # inside the window, but no message left in it


class Tell(StrEnum):
    """Who has to hear of it."""

    NOBODY = ""
    OPERATOR = "operator"  # who keeps the account in the platform's console
    DEVELOPER = "developer"


class Scope(StrEnum):
    """How far a `stop_and_alert` reaches."""

    ITEM = "item"
    TEMPLATE = "template"
    FEATURE = "feature"
    ACCOUNT = "account"


MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Ruling:
    """A line of the table. `wait` is in seconds; `until_midnight` means the next 00:00 in Asia/Shanghai."""

    verdict: Verdict
    wait: int = 0
    until_midnight: bool = False
    mark: Mark = Mark.NOTHING
    tell: Tell = Tell.NOBODY
    scope: Scope = Scope.ITEM

    def wait_seconds(self, now: datetime) -> int:
        """Seconds from `now` before it makes sense to come back."""
        return seconds_to_midnight(now) if self.until_midnight else self.wait


def seconds_to_midnight(now: datetime) -> int:
    """Seconds from `now` to the next midnight in Asia/Shanghai, when daily quotas start anew; at least 1."""
    here = local(now)
    next_day = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((next_day - here).total_seconds()))


_OK = Ruling(Verdict.OK)
_TOKEN = Ruling(Verdict.REFRESH_TOKEN)
_RETRY = Ruling(Verdict.RETRY)
_FINAL = Ruling(Verdict.FINAL)
_UNWILLING = Ruling(Verdict.FINAL, mark=Mark.UNWILLING)
_UNFOLLOWED = Ruling(Verdict.FINAL, mark=Mark.UNFOLLOWED)
_BUG = Ruling(Verdict.OUR_BUG, tell=Tell.DEVELOPER)
_AUTH = Ruling(Verdict.RESTART_AUTH)


def _stop(scope: Scope, wait: int = 0) -> Ruling:
    return Ruling(Verdict.STOP_AND_ALERT, wait=wait, tell=Tell.OPERATOR, scope=scope)


_ACCOUNT, _FEATURE, _TEMPLATE = _stop(Scope.ACCOUNT), _stop(Scope.FEATURE), _stop(Scope.TEMPLATE)

_GROUPS: tuple[tuple[Ruling, tuple[int, ...]], ...] = (
    (_OK, (0, 40241, 45065, 45080, 45081, 46003)),
    (_TOKEN, (40001, 40014, 42001)),
    (_RETRY, (-1, 45169, 45171, 268487001, 268487002)),
    (Ruling(Verdict.RETRY, wait=1), (40007,)),  # the media expired: upload it once more, then our bug
    (Ruling(Verdict.WAIT, wait=MINUTE), (45011, 45066)),
    (Ruling(Verdict.WAIT, wait=4 * HOUR), (43117,)),
    (Ruling(Verdict.WAIT, wait=30 * MINUTE, tell=Tell.OPERATOR), (89504, 89505)),
    (Ruling(Verdict.WAIT, until_midnight=True, tell=Tell.OPERATOR), (45009, 45028)),
    (_FINAL, (40003, 65301, 9410012)),
    (_UNFOLLOWED, (43004, 50005)),
    (_UNWILLING, (43019, 48002, 50002, 70000)),
    (Ruling(Verdict.FINAL, tell=Tell.DEVELOPER), (49003,)),
    (Ruling(Verdict.OTHER_CHANNEL, mark=Mark.NO_GRANT), (43101,)),
    (Ruling(Verdict.OTHER_CHANNEL, mark=Mark.WINDOW_CLOSED), (45015,)),
    (Ruling(Verdict.OTHER_CHANNEL, mark=Mark.WINDOW_SPENT), (45047,)),
    (_ACCOUNT, (40013, 40125, 40243, 40164, 50004, 50007, 61004)),
    (_stop(Scope.ACCOUNT, wait=30 * MINUTE), (89501, 89503)),
    (_stop(Scope.ACCOUNT, wait=DAY), (89506,)),
    (_stop(Scope.ACCOUNT, wait=HOUR), (89507,)),
    (_FEATURE, (48001, 48004, 48006)),
    (_TEMPLATE, (40036, 40037, 40249, 43116)),
    (_AUTH, (40029, 40163, 42003, 40030, 42002, 42007)),
    (_BUG, (40002, 41001, 41002, 41004)),
    (_BUG, (40031, 40032, 40130, 45072)),
    (_BUG, (40246, 40247, 47001, 47003, 40033)),
    (_BUG, (40004, 40005, 40006, 40009)),
    (_BUG, (43002, 43003, 44002, 44004, 45002, 45003, 45004, 45008, 45067)),
    (_BUG, (45056, 45057, 45058, 45059, 45157, 45158, 45159)),
    (_BUG, (*range(40016, 40028), 40052, 40053, 40054, 40055, 65303, 65316, 65320)),
    (_BUG, (48021, 48022, 45062, 45113, 45162, 40200)),
    (_BUG, (53404, 53405, 53406, 53503, 53504, 53505)),
    (_BUG, (76001, 76002, 76003, 76004, 76021, 76022)),
    (_BUG, (40201, 40202, 40203, 9410010, 9410011)),
    (_BUG, (200012, 200014, 200020, 200021, 200022)),
)
TABLE: dict[int, Ruling] = {code: ruling for ruling, codes in _GROUPS for code in codes}
UNKNOWN_CODE = Ruling(Verdict.FINAL, tell=Tell.DEVELOPER)


def ruling_of(code: int, *, on_token_fetch: bool = False) -> Ruling:
    """The line for `code`; while fetching a token 40001 means a wrong secret, so it stops the account."""
    if on_token_fetch and code == 40001:
        return _ACCOUNT
    return TABLE.get(code, UNKNOWN_CODE)


class Refused(Exception):
    """A push we do not take. `reason` is a word for our counter, never for the caller (X2)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_RID = re.compile(r"rid: ?([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})")
_IP = re.compile(r"\b(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]+:[0-9a-f.:]+)\b")


class WeChatError(Exception):
    """The platform says no.

    Carries the code, the path that was called, the openids a batch failed for, the `rid` for the platform's
    own look-up, and what follows from the code. Its text never holds a URL, a token, an openid or the
    platform's free text (X8).
    """

    def __init__(self, code: int, api: str = "", errmsg: str = "", ruling: Ruling | None = None) -> None:
        self.code = code
        self.api = api
        self.ruling = ruling or ruling_of(code)
        rid = _RID.search(errmsg)
        self.rid = rid[1] if rid else ""
        ip = _IP.search(errmsg) if code == 40164 else None
        self.ip = ip[1] if ip else ""
        self.failed: tuple[str, ...] = ()
        super().__init__(self._line())

    @property
    def verdict(self) -> Verdict:
        """What to do now."""
        return self.ruling.verdict

    def _line(self) -> str:
        facts = (f"{type(self).__name__} {self.code}", self.api, self.verdict)
        extra = (f"rid={self.rid}" if self.rid else "", f"ip={self.ip}" if self.ip else "")
        return " ".join(part for part in (*facts, *extra) if part)


class Unreachable(WeChatError):
    """The call did not leave this machine (no connection): nothing happened there."""

    def __init__(self, api: str) -> None:
        super().__init__(0, api, ruling=Ruling(Verdict.RETRY, wait=5))


class OutcomeUnknown(WeChatError):
    """It left, no usable answer came. `code` is the HTTP status, -1 for "system busy", 0 for silence."""

    def __init__(self, api: str, code: int = 0, errmsg: str = "") -> None:
        super().__init__(code, api, errmsg, Ruling(Verdict.UNKNOWN_OUTCOME))


class Throttled(WeChatError):
    """HTTP 429: too many calls at once, turned away before anything was done; come back after `wait` seconds."""

    def __init__(self, api: str, wait: int) -> None:
        super().__init__(429, api, ruling=Ruling(Verdict.WAIT, wait=wait))


class QuotaSpent(WeChatError):
    """Our own meter stopped the call before it left; come back after `wait` seconds."""

    def __init__(self, api: str, wait: int) -> None:
        super().__init__(0, api, ruling=Ruling(Verdict.WAIT, wait=wait))


class TokenUnavailable(WeChatError):
    """There is no access token to be had right now; come back after `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(0, "stable_token", ruling=Ruling(Verdict.WAIT, wait=wait))
