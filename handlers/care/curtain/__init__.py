"""窗帘行动: agreeing to a daily sign of life, a watcher's round, and what those say who were told that none came."""

from handlers.care.curtain import agreeing, away, watching
from handlers.care.curtain.router import router

__all__ = ["agreeing", "away", "router", "watching"]
