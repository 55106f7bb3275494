"""The one router that the rooms of this capability share."""

from __future__ import annotations

from conversation.router import Router

router = Router("broadcasts")

LIST_LENGTH = 5
