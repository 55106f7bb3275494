"""The duties to visit, from rule or event to row, reminder, result, confirmation and rise; one engine for every kind.

A rule names an occasion (services/care/visit_rules) or an event asks for a visit (services/care/life_events);
planning or opening makes the duty with its window and visitor, reminding tells the visitor, results close it,
confirming asks the person visited, rising tells the next level while it stays open.
"""

from services.care.visits.accounting import Account, Line, account, open_towards
from services.care.visits.adapting import give
from services.care.visits.assigning import Suggested, assign, suggestions
from services.care.visits.confirming import say_came, say_not_came, to_ask_by_the_way
from services.care.visits.doubting import Doubt, DoubtRising, doubt_of, doubts_for, settle_doubt
from services.care.visits.foreseeing import Change, preview
from services.care.visits.gifts import Shown, gift_of, gift_shown, note_gift, settle_gift
from services.care.visits.home_rounds import TAGS, Round, is_home_round, last_round, note_round
from services.care.visits.keepers import Keepers
from services.care.visits.listing import Details, Duty, Told, details, due_for, in_words, named, named_in
from services.care.visits.naming import change_in_words, day_in_words, lunar_note, occasion_in_words, sentence_of
from services.care.visits.opening import Call, call_off, open_duty, open_of_event, take_up_again
from services.care.visits.passing import clear_up, hand_over, leave_to_others, stop_for
from services.care.visits.planning import EXCUSED, NO_VISIT, Planned, look_again, note_rules, plan_page
from services.care.visits.refusing import ask_again, live_elsewhere, please_do_not_visit, visits_welcome
from services.care.visits.reminding import ToRemind, greet_page, remind, visitors_to_remind
from services.care.visits.results import (
    RESULTS,
    Recorded,
    Result,
    opened_line,
    record,
    sealed_line,
    send_again,
    state_before,
    take_over,
    undo,
)
from services.care.visits.rising import VisitRising
from services.care.visits.settings import (
    BLANKS,
    LOCAL,
    change,
    county_now,
    may_change,
    number_of,
    place_of,
    rules_now,
)

__all__ = [
    "BLANKS",
    "EXCUSED",
    "LOCAL",
    "NO_VISIT",
    "RESULTS",
    "TAGS",
    "Account",
    "Call",
    "Change",
    "Details",
    "Doubt",
    "DoubtRising",
    "Duty",
    "Keepers",
    "Line",
    "Planned",
    "Recorded",
    "Result",
    "Round",
    "Shown",
    "Suggested",
    "ToRemind",
    "Told",
    "VisitRising",
    "account",
    "ask_again",
    "assign",
    "call_off",
    "change",
    "change_in_words",
    "clear_up",
    "county_now",
    "day_in_words",
    "details",
    "doubt_of",
    "doubts_for",
    "due_for",
    "gift_of",
    "gift_shown",
    "give",
    "greet_page",
    "hand_over",
    "in_words",
    "is_home_round",
    "last_round",
    "leave_to_others",
    "live_elsewhere",
    "look_again",
    "lunar_note",
    "may_change",
    "named",
    "named_in",
    "note_gift",
    "note_round",
    "note_rules",
    "number_of",
    "occasion_in_words",
    "open_duty",
    "open_of_event",
    "open_towards",
    "opened_line",
    "place_of",
    "plan_page",
    "please_do_not_visit",
    "preview",
    "record",
    "remind",
    "rules_now",
    "say_came",
    "say_not_came",
    "sealed_line",
    "send_again",
    "sentence_of",
    "settle_doubt",
    "settle_gift",
    "state_before",
    "stop_for",
    "suggestions",
    "take_over",
    "take_up_again",
    "to_ask_by_the_way",
    "undo",
    "visitors_to_remind",
    "visits_welcome",
]
