"""通知: a secretary writes to an audience, sees who gets it and how, sends, and follows who has it."""

from handlers.outreach.broadcasts import deciding, following, writing
from handlers.outreach.broadcasts.router import router

__all__ = ["deciding", "following", "router", "writing"]
