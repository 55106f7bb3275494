"""The router that the files of this capability share."""

from __future__ import annotations

from conversation.router import Router

router = Router("posts")
