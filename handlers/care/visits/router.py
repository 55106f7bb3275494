"""The router of all rooms of this capability."""

from conversation.router import Router

router = Router("visits")
