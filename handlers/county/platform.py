"""What the platform reports back: whether a template or subscription notice arrived, what people granted."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Reply
from conversation.router import Router
from delivery import reports
from wechat.messages import MassFinished, SubscribeChange, SubscribePopup, SubscribeSent, TemplateFinished

router = Router("platform")


@router.event(TemplateFinished, MassFinished, SubscribePopup, SubscribeChange, SubscribeSent)
async def reported(ctx: Context) -> Reply:
    """Noted; the platform shows no answer to such a push."""
    await reports.platform_said(ctx.message, ctx.now)
    return Reply("")
