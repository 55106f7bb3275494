"""Opening the console: by scanning a code with one's own account, or with a one-time code on paper."""

from services.logins.passwords import behind, drop_password, has_password, set_password
from services.logins.scans import SCENE, Begun, approve, approved, begin, scanned
from services.logins.second import ask_digits, awaited
from services.logins.sessions import IDLE, Opened, close, close_all, open_session, prove, resume
from services.logins.tries import forget, require_patience, wrong

__all__ = [
    "IDLE",
    "SCENE",
    "Begun",
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
    "open_session",
    "prove",
    "require_patience",
    "resume",
    "scanned",
    "set_password",
    "wrong",
]
