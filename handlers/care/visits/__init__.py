"""五必到 and every other visit, in the chat: whom to visit, what came of it, what the person visited says."""

from handlers.care.visits import confirming, gifts, listing, recording, refusing, rules, sums
from handlers.care.visits.router import router

__all__ = ["confirming", "gifts", "listing", "recording", "refusing", "router", "rules", "sums"]
