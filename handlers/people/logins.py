"""登录电脑: the chat asks for the two digits on the screen, so that nobody opens a stranger's page by a scan."""

from __future__ import annotations

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Reply, begin, say
from conversation.router import CONSENT, MEMBER, Router
from conversation.understanding.numerals import spoken_digits
from kit.errors import Refusal
from services.people import logins

router = Router("logins")


@router.action(needs=(CONSENT, MEMBER))
async def scanned(ctx: Context) -> Reply:
    """The code on a login page was scanned: who holds an office is asked for the digits beside it."""
    row = await logins.scanned(str(ctx.chosen["nonce"]), ctx.owner, now=ctx.now)
    return begin("login", scan=row.id)


@router.action(needs=(CONSENT, MEMBER))
async def second(ctx: Context) -> Reply:
    """The password was right: whoever it belongs to is asked for the digits on the screen."""
    row = await logins.awaited(int(ctx.chosen["login"]), ctx.owner, now=ctx.now)
    return begin("login", scan=row.id)


async def _two_digits(ctx: Context, text: str) -> str:
    digits = spoken_digits(text)
    if len(digits) != 2:
        raise Refusal("logins.digits_wanted")
    return digits


async def _digits_done(ctx: Context, answers: Answers) -> Reply:
    is_open = await logins.approve(int(answers["scan"]), answers["digits"], ctx.person, now=ctx.now)
    return say("logins.approved") if is_open else say("logins.wrong_digits")


router.dialog(Dialog("login", (Step("digits", "logins.ask_digits", _two_digits),), _digits_done))
