"""What waits on a secretary's desk: the lines of the first page, the lists behind them, and people as found there."""

from services.county.desk import behalf
from services.county.desk.behalf import HOWS, LIFE, Entry, Ties, ties, version_of
from services.county.desk.calling import Told, answer_call
from services.county.desk.exporting import Exported, count_to_export, export_people
from services.county.desk.gaps import SMALLEST_COUNT, Estate, estates_without_branch, give_liaison, without_liaison
from services.county.desk.history import Past, ahead, happened
from services.county.desk.importing import home_place, require_within
from services.county.desk.lists import LISTED, Asked, DueVisit, asked, due_visits, open_posts
from services.county.desk.morning import Line, in_office, lines, tell_lines
from services.county.desk.people import FOUND, May, Page, Row, found_by, may_do, page, search, theirs
from services.county.desk.people_figures import count as count_members
from services.county.desk.requesting import (
    Listed,
    Wanted,
    agree_to_export,
    ask_for_export,
    cancel_export,
    exports_here,
    ready_export,
    refuse_export,
)
from services.county.desk.tree import (
    Appointing,
    Place,
    PlacePage,
    add_place,
    alone_at,
    appoint,
    close_place,
    end_office,
    office_of_theirs,
    place_of_theirs,
    place_page,
    rename_place,
    tops,
)
from services.county.desk.visit_figures import count_month, months_to_count

__all__ = [
    "FOUND",
    "HOWS",
    "LIFE",
    "LISTED",
    "SMALLEST_COUNT",
    "Appointing",
    "Asked",
    "DueVisit",
    "Entry",
    "Estate",
    "Exported",
    "Line",
    "Listed",
    "May",
    "Page",
    "Past",
    "Place",
    "PlacePage",
    "Row",
    "Ties",
    "Told",
    "Wanted",
    "add_place",
    "agree_to_export",
    "ahead",
    "alone_at",
    "answer_call",
    "appoint",
    "ask_for_export",
    "asked",
    "behalf",
    "cancel_export",
    "close_place",
    "count_members",
    "count_month",
    "count_to_export",
    "due_visits",
    "end_office",
    "estates_without_branch",
    "export_people",
    "exports_here",
    "found_by",
    "give_liaison",
    "happened",
    "home_place",
    "in_office",
    "lines",
    "may_do",
    "months_to_count",
    "office_of_theirs",
    "open_posts",
    "page",
    "place_of_theirs",
    "place_page",
    "ready_export",
    "refuse_export",
    "rename_place",
    "require_within",
    "search",
    "tell_lines",
    "theirs",
    "ties",
    "tops",
    "version_of",
    "without_liaison",
]
