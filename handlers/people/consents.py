"""隐私告知: asks for consent before anything but the account itself is kept, and takes it back at a word."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import Router
from services.help import voices, wishes
from services.people import accounts, consents
from texts import render

router = Router("consents")


@router.action(needs=())
async def ask(ctx: Context) -> Reply:
    """The notice of at most 200 characters, the full text on request; what was wanted goes on after 同意."""
    then = {"then": ctx.chosen.get("then"), "args": ctx.chosen.get("args") or {}}
    choices = [
        Choice(render("consents.yes"), "consents.agree", then),
        Choice(render("consents.read"), "consents.full", then),
        Choice(render("consents.no"), "consents.refuse"),
    ]
    return menu("consents.notice", choices, who=ctx.county.name or render("consents.who"), phone=await _phone(ctx))


@router.action(needs=())
async def full(ctx: Context) -> Reply:
    """The whole text, then the question again."""
    then = {"then": ctx.chosen.get("then"), "args": ctx.chosen.get("args") or {}}
    choices = [
        Choice(render("consents.yes"), "consents.agree", then),
        Choice(render("consents.no"), "consents.refuse"),
    ]
    return menu("consents.full_text", choices, phone=await _phone(ctx))


@router.action(needs=())
async def agree(ctx: Context) -> Reply:
    """Consent is a row with version, time and how; then what was wanted goes on."""
    own = ctx.owner.id if ctx.owner else None
    await accounts.agree(ctx.account, person_id=own, version=ctx.county.privacy_version, now=ctx.now)
    thanks = say("consents.thanks")
    wanted = ctx.chosen.get("then")
    return thanks.followed_by(wanted, **(ctx.chosen.get("args") or {})) if wanted else thanks


@router.action(needs=())
async def refuse(ctx: Context) -> Reply:
    """Refusing costs nothing but the function that needs it (promise V3)."""
    return say("consents.refused", phone=await _phone(ctx))


@router.intent("consent", needs=())
async def said_agree(ctx: Context) -> Reply:
    """Somebody writes 同意 without having been asked just now."""
    return await agree(ctx)


@router.intent("withdraw_consent", needs=())
async def withdraw(ctx: Context) -> Reply:
    """撤回同意: one phrase, effective at once."""
    for speaker in ctx.speakers:
        if speaker.relation == "self":
            await consents.withdraw("basic", now=ctx.now, person=speaker.person)
    await consents.withdraw("basic", now=ctx.now, openid=ctx.openid)
    await voices.forget_all(ctx.openid, ctx.owner, now=ctx.now)
    ctx.account.consented = ""
    return say("consents.withdrawn", phone=await _phone(ctx))


async def _phone(ctx: Context) -> str:
    """The number of the place that counts for this account, else the county's."""
    return await wishes.phone_for(ctx.subject, ctx.account.scanned_id) or ctx.county.phone
