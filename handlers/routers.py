"""The face towards members: one router a capability; where two know the same word, the first counts."""

from conversation.router import Router
from handlers.care import care_plans, curtain, emergency, life_events, visits
from handlers.county import platform, pulse
from handlers.help import (
    heard,
    help,  # noqa: A004  the capability has this name on every floor
    human,
    posts,
    questions,
    talk,
    wishes,
)
from handlers.outreach import broadcasts, calls, notices
from handlers.people import (
    binding,
    check_in,
    consents,
    duty_persons,
    exports,
    handover,
    logins,
    looks,
    my,
    proposals,
    registrations,
    welcome,
)

ROUTERS: tuple[Router, ...] = (
    emergency.router,
    welcome.router,
    consents.router,
    binding.router,
    logins.router,
    check_in.router,
    posts.router,
    proposals.router,
    visits.router,
    life_events.router,
    care_plans.router,
    curtain.router,
    handover.router,
    broadcasts.router,
    exports.router,
    duty_persons.router,
    calls.router,
    my.router,
    looks.router,
    pulse.router,
    questions.router,
    registrations.router,
    notices.router,
    heard.router,
    platform.router,
    wishes.router,
    human.router,
    help.router,
    talk.router,
)
