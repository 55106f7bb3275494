"""The occasions of visits: festivals, round birthdays, and what comes back each week, month or quarter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain

from kit.county import Period
from kit.lunar import LAST_YEAR, BirthDate, double_ninth, lunar_new_year
from services.care.visit_rules.kinds import VisitKind
from services.care.visit_rules.policy import BirthdayPolicy, FestivalKind, VisitPolicy, VisitRules

_OLDEST = 120
_FESTIVAL_DATES: dict[FestivalKind, Callable[[int], date]] = {
    "spring_festival": lunar_new_year,
    "july_first": lambda year: date(year, 7, 1),
    "double_ninth": double_ninth,
}
_MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_KINDS: dict[str, VisitKind] = {
    "wellbeing": "wellbeing_visit",
    "tier_county": "tier_visit",
    "tier_township": "tier_visit",
    "tier_community": "tier_visit",
    "home_round": "home_round",
    "home_study": "home_study_delivery",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day that obliges to a visit: `rule` says why, `number` which one (the festival's year, the age, the week).

    `opens` is the first day of its window where the occasion brings that with it.
    """

    on: date
    rule: str
    number: int | str
    opens: date | None = None

    @property
    def key(self) -> str:
        """Names the occasion for good, whatever day a changed policy moves it to: "decade_birthday:80"."""
        return f"{self.rule}:{self.number}"

    @property
    def kind(self) -> VisitKind:
        """The kind of visit the occasion asks for."""
        return kind_of(self.rule)


@dataclass(frozen=True, slots=True)
class Window:
    """The days, both included, in which a visit is in time."""

    opens: date
    closes: date


def kind_of(rule: str) -> VisitKind:
    """The kind of visit that a rule asks for."""
    if rule in _FESTIVAL_DATES:
        return "festival_visit"
    return _KINDS.get(rule, "decade_birthday_visit")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What comes back once in each period: `wellbeing` each week, `tier_county` each year."""

    rule: str
    period: Period


@dataclass(frozen=True, slots=True)
class Care:
    """What a care plan asks for: how many risks there are, which tiers visit, what is brought to the house."""

    risks: int = 0
    tiers: tuple[str, ...] = ()
    home_round: bool = False
    home_study: bool = False


def rhythms_of(care: Care, policy: VisitPolicy) -> tuple[Rhythm, ...]:
    """The rhythms of somebody with a care plan: visits by risk, each tier's own, the doctor, the reading."""
    rhythms = [Rhythm("wellbeing", policy.wellbeing[min(care.risks, len(policy.wellbeing) - 1)])]
    rhythms += [Rhythm(f"tier_{tier}", period) for tier, period in policy.tiers if tier in care.tiers]
    if care.home_round:
        rhythms.append(Rhythm("home_round", "month"))
    if care.home_study:
        rhythms.append(Rhythm("home_study", "month"))
    return tuple(rhythms)


@dataclass(frozen=True, slots=True)
class Celebrant:
    """What the rules need to know of a person; `birth` is None when nobody knows it."""

    birth: BirthDate | None = None
    sex: str = ""
    override: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A person's occasions up to a horizon, and the day of the first one beyond it (None: there is none)."""

    due: tuple[Occasion, ...]
    next_on: date | None


def festival(kind: FestivalKind, year: int) -> date:
    """The day of a festival (三节) in solar `year`. ValueError outside 1900–2100."""
    return _FESTIVAL_DATES[kind](year)


def next_festival(kind: FestivalKind, after: date) -> Occasion:
    """The first such festival strictly later than `after`."""
    year = after.year if festival(kind, after.year) > after else after.year + 1
    return Occasion(festival(kind, year), kind, year)


def next_decade_birthday(
    birth: BirthDate, sex: str, policy: BirthdayPolicy, override: int | None, after: date
) -> Occasion | None:
    """The first marked birthday strictly later than `after`; None when the tables or the ages end.

    `override` is the member's own offset. Where a round and an extra age share a day, the round one stands
    for both.
    """
    offset = policy.offset(sex) if override is None else override
    candidates = chain(_round_birthdays(birth, offset, policy, after), _extra_birthdays(birth, policy))
    ahead = (occasion for occasion in candidates if occasion.on > after)
    return min(ahead, key=lambda occasion: occasion.on, default=None)


def outlook(person: Celebrant, rules: VisitRules, after: date, horizon: date) -> Outlook:
    """All occasions strictly later than `after` up to `horizon`, earliest first, and when the next one is."""
    festivals, next_festival_on = _festivals_between(rules.visits.festivals, after, horizon)
    due, later = list(festivals), [next_festival_on] if next_festival_on else []
    for birthday in _birthdays(person, rules.birthdays, after):
        if birthday.on > horizon:
            later.append(birthday.on)
            break
        due.append(birthday)
    return Outlook(tuple(sorted(due, key=lambda one: one.on)), min(later, default=None))


def occasion_day(person: Celebrant, rules: VisitRules, key: str) -> date | None:
    """The day of the occasion named `key` by today's rules, past or to come; None when it is not marked (any more)."""
    rule, _, number = key.partition(":")
    for kind in rules.visits.festivals:
        if kind == rule:
            return festival(kind, int(number))
    birthdays = _birthdays(person, rules.birthdays, date.min + timedelta(days=400))
    return next((one.on for one in birthdays if one.key == key), None)


def window(kind: VisitKind, due_on: date, policy: VisitPolicy) -> Window:
    """When a visit on such a day is in time: some days before the due day, up to the day itself."""
    lead = policy.festival_days_before if kind == "festival_visit" else policy.birthday_days_before
    return Window(due_on - timedelta(days=lead), due_on)


def period_of(rhythm: Rhythm, day: date) -> Occasion:
    """The occasion of the period that `day` lies in: due on its last day, open from its first."""
    if rhythm.period == "week":
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return Occasion(first + timedelta(days=6), rhythm.rule, f"{year}-W{week:02}", first)
    months = _MONTHS[rhythm.period]
    part = (day.month - 1) // months
    first = date(day.year, part * months + 1, 1)
    following = date(day.year + (first.month + months > 12), (first.month + months - 1) % 12 + 1, 1)
    return Occasion(following - timedelta(days=1), rhythm.rule, _period_name(rhythm.period, first, part), first)


def _period_name(period: Period, first: date, part: int) -> str:
    names = {"month": f"-{first.month:02}", "quarter": f"-Q{part + 1}", "half": f"-H{part + 1}", "year": ""}
    return f"{first.year}{names[period]}"


def rhythm_outlook(rhythms: tuple[Rhythm, ...], today: date, near: date) -> Outlook:
    """What the rhythms ask for in periods that have not ended and begin by `near`, and when the next one begins.

    A period that passed while nobody planned is over: a visit of three weeks ago helps nobody.
    """
    due, later = [], []
    for rhythm in rhythms:
        occasion = period_of(rhythm, today)
        while (opens := occasion.opens or occasion.on) <= near:
            due.append(occasion)
            occasion = period_of(rhythm, occasion.on + timedelta(days=1))
        later.append(opens)
    return Outlook(tuple(sorted(due, key=lambda one: one.on)), min(later, default=None))


@lru_cache(maxsize=4096)
def _festivals_between(
    kinds: tuple[FestivalKind, ...], after: date, horizon: date
) -> tuple[tuple[Occasion, ...], date | None]:
    due: list[Occasion] = []
    beyond: list[date] = []
    for kind in kinds:
        occasion = next_festival(kind, after)
        while occasion.on <= horizon:
            due.append(occasion)
            occasion = next_festival(kind, occasion.on)
        beyond.append(occasion.on)
    return tuple(due), min(beyond, default=None)


def _birthdays(person: Celebrant, policy: BirthdayPolicy, after: date) -> Iterator[Occasion]:
    """The marked birthdays one after the other, as long as there are any."""
    if person.birth is None:
        return
    occasion = next_decade_birthday(person.birth, person.sex, policy, person.override, after)
    while occasion is not None:
        yield occasion
        occasion = next_decade_birthday(person.birth, person.sex, policy, person.override, occasion.on)


def _round_birthdays(birth: BirthDate, offset: int, policy: BirthdayPolicy, after: date) -> Iterator[Occasion]:
    first = -(-policy.from_age // 10) * 10
    for number in range(first, _OLDEST + 1, 10):
        year = birth.year + number + offset
        # A lunar birthday falls in its year or the next solar one, so earlier years need no converting.
        if after.year - 1 <= year <= LAST_YEAR:
            yield Occasion(birth.birthday(year), "decade_birthday", number)


def _extra_birthdays(birth: BirthDate, policy: BirthdayPolicy) -> Iterator[Occasion]:
    for extra in policy.extra_ages:
        year = birth.year + extra.age
        if year > LAST_YEAR:
            continue
        if extra.counting == "full":
            yield Occasion(birth.birthday(year), "full_age_birthday", extra.age)
        else:
            yield Occasion(_nominal_birthday(birth, extra.age), "nominal_age_birthday", extra.age)


def _nominal_birthday(birth: BirthDate, age: int) -> date:
    # Solar birthdays near the lunar New Year may skip a nominal age or meet one twice: the first to reach it.
    years = (birth.year + age + back for back in (-2, -1, 0))
    return next(day for year in years if birth.nominal_age(day := birth.birthday(year)) >= age)
