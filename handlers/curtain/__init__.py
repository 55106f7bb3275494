"""窗帘行动: agreeing to a daily sign of life, a watcher's round, and what those say who were told that none came."""

from handlers.curtain import agreeing, away, watching
from handlers.curtain.router import router

__all__ = ["agreeing", "away", "router", "watching"]
