"""报到: a retiree registers with the community by chat; the community worker answers by a digit."""

from handlers.people.check_in import changing, registering, reviewing
from handlers.people.check_in.router import router

__all__ = ["changing", "registering", "reviewing", "router"]
