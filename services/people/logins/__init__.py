"""Opening the console: by scanning a code with one's own account, or with a one-time code on paper."""

from services.people.logins.passwords import behind, drop_password, has_password, set_password
from services.people.logins.scans import SCENE, Begun, approve, approved, begin, scanned
from services.people.logins.second import ask_digits, awaited
from services.people.logins.sessions import (
    IDLE,
    Lapsed,
    Opened,
    close,
    close_all,
    lapsed,
    open_session,
    prove,
    resume,
    seconds_left,
)
from services.people.logins.tries import forget, require_patience, wrong

__all__ = [
    "IDLE",
    "SCENE",
    "Begun",
    "Lapsed",
    "Opened",
    "approve",
    "approved",
    "ask_digits",
    "awaited",
    "begin",
    "behind",
    "close",
    "close_all",
    "drop_password",
    "forget",
    "has_password",
    "lapsed",
    "open_session",
    "prove",
    "require_patience",
    "resume",
    "scanned",
    "seconds_left",
    "set_password",
    "wrong",
]
