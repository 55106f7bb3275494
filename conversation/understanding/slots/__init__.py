"""Picks the particulars out of a message once its intent is known."""

from conversation.understanding.slots.counts import minutes, number, pension, people, phone
from conversation.understanding.slots.message import Message
from conversation.understanding.slots.names import activity, course, person, post
from conversation.understanding.slots.places import hospital, residence, venue
from conversation.understanding.slots.things import action, audience, category, goods, kind, reason, topic
from conversation.understanding.slots.times import swap_times, when

_BY_INTENT = {
    "check_in": (residence, person),
    "sign_in_activity": (activity,),
    "browse_posts": (post,),
    "claim_post": (number, post),
    "release_post": (number, post, action),
    "rest_post": (number, post, action),
    "report_done": (number, minutes),
    "order_service": (kind,),
    "order_status": (number, kind),
    "accept_order": (number, kind),
    "decline_order": (number, kind),
    "report_problem": (category,),
    "redeem_points": (number, goods),
    "ask_activities": (activity,),
    "join_activity": (number, activity, people),
    "leave_activity": (number, activity),
    "ask_courses": (course,),
    "enrol_course": (number, course, people),
    "book_venue": (venue, when, minutes, people, action),
    "update_phone": (phone,),
    "report_illness": (person, hospital),
    "report_hardship": (person,),
    "discharged": (person,),
    "care_card": (person,),
    "report_death": (person, residence),
    "unsubscribe_notices": (topic,),
    "family_proxy": (person,),
    "broadcast": (audience,),
    "approve": (number, person),
    "reject": (number, person, reason),
    "ask_dues": (pension,),
    "ask_transfer": (residence,),
    "swap_duty": (person, swap_times),
}
_KEPT = {
    "report_death": {"name", "community"},
    "ask_transfer": {"estate", "community"},
    "book_venue": {"venue", "when", "minutes", "capacity", "action"},
    "join_activity": {"name", "number", "qty"},
    "enrol_course": {"name", "number", "qty"},
}


def slots(intent: str, message: Message) -> dict[str, str]:
    """The particulars that belong to this intent, by the slot names of domain.md 3.3; only what was said."""
    found: dict[str, str] = {}
    for pick in _BY_INTENT.get(intent, ()):
        for name, value in pick(intent, message).items():
            found.setdefault(name, value)
    kept = _KEPT.get(intent)
    return found if kept is None else {name: value for name, value in found.items() if name in kept}
