"""Calendar files: TOML in, a ``Calendar`` out, or every fault of the file at once with its line and its cure.

    zone         = "Europe/Berlin"                        an IANA name
    hours.monday = [["09:00", "12:00"], ["13:00", "17:00"]]   a missing day is closed
    holidays     = ["2026-05-15", { date = "2026-12-28", name = "Company day" }]
    country      = "DE"                                   and its public holidays, with subdivision = "BE" for a part
    years        = [2015, 2045]                           the years whose public holidays are looked up
    holiday_rule = "start_date"                           or "civil_date"
    overrides."2026-12-24" = [["09:00", "12:00"]]         replaces that date's hours; [] closes it

The name is the file's. Public holidays are looked up once, here, so that a calendar is pure data from then on and the
same a year later, whatever the list of holidays says by then.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any, cast

from review_engine.domain.calendar import WEEKDAYS, Calendar, HolidayRule, InvalidCalendar, Shift
from review_engine.domain.errors import shown, suggestion
from review_engine.domain.faults import CalendarFileInvalid, Fault
from review_engine.domain.hours import HOLIDAY_RULES, overlaps, zone_named
from review_engine.domain.openings import FIRST_YEAR, LAST_YEAR
from review_engine.workflow_files.lines import Lines

KEYS = ("zone", "hours", "holidays", "country", "subdivision", "years", "holiday_rule", "overrides")
DEFAULT_YEARS = (2015, 2045)

_PAIRS = 'Write pairs of times, such as [["09:00", "12:00"], ["13:00", "17:00"]].'
_HOLIDAY = 'Write dates, such as "2026-12-25", or { date = "2026-12-25", name = "Christmas Day" }.'
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_WHERE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def read_calendar(path: str | PathLike[str]) -> Calendar:
    """The calendar of one file, named after it.

    Raises:
        CalendarFileInvalid: the file cannot be read or has faults; ``faults`` holds them all.
    """
    place = Path(path)
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        fault = Fault(str(path), 1, "", f"the file cannot be read: {reason}", "Check its name and its permissions.")
        raise CalendarFileInvalid(str(path), [fault]) from error
    return calendar_from(text, name=place.stem, path=str(path))


def calendar_from(text: str, *, name: str, path: str) -> Calendar:
    """The calendar that ``text`` declares.

    Args:
        text: TOML.
        name: what workflows call the calendar.
        path: what faults call the file.

    Raises:
        CalendarFileInvalid: the text has faults; ``faults`` holds them all.
    """
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarFileInvalid(path, [_not_toml(str(error), text, path)]) from error
    reading = _Reading(declared, Lines(text), path)
    calendar = reading.calendar(name)
    if calendar is None:
        raise CalendarFileInvalid(path, reading.faults)
    return calendar


def _not_toml(message: str, text: str, path: str) -> Fault:
    where = _WHERE.search(message)
    line = int(where.group(1)) if where and where.group(1) else text.count("\n") + 1
    what = f"this is not TOML: {_WHERE.sub('', message)}"
    return Fault(path, line, "", what, "Mind quotes, brackets and keys given twice.")


class _Reading:
    """One file being read; faults are collected, and what has none is kept."""

    def __init__(self, declared: dict[str, Any], lines: Lines, path: str) -> None:
        self.faults: list[Fault] = []
        self._declared = declared
        self._lines = lines
        self._path = path

    def calendar(self, name: str) -> Calendar | None:
        """The calendar, or None when there are faults."""
        self._known_keys()
        zone = self._zone()
        hours, overrides = self._opening_times()
        rule = self._rule()
        holidays = {**self._public_holidays(), **self._holidays()}
        return None if self.faults else Calendar(name, zone, hours, holidays, overrides, rule)

    def _fault(self, place: str, what: str, cure: str) -> None:
        self.faults.append(Fault(self._path, self._lines.of(place), place, what, cure))

    def _known_keys(self) -> None:
        for key in self._declared:
            if key not in KEYS:
                near = get_close_matches(key, WEEKDAYS, n=1)
                cure = f"Did you mean 'hours.{near[0]}'?" if near else suggestion(key, [*KEYS])
                self._fault(_quoted(key), f"there is no key {shown(key)} in a calendar", cure)

    def _zone(self) -> str:
        zone = self._declared.get("zone")
        if zone is None:
            self._fault("zone", "the time zone is missing", 'Add a line such as zone = "Europe/Berlin".')
            return ""
        try:
            return zone_named(zone).key
        except InvalidCalendar as error:
            self._fault("zone", error.what, error.cure)
            return ""

    def _rule(self) -> HolidayRule:
        rule = self._declared.get("holiday_rule", HOLIDAY_RULES[0])
        if rule not in HOLIDAY_RULES:
            self._fault(
                "holiday_rule", f"there is no holiday rule {shown(str(rule))}", suggestion(str(rule), [*HOLIDAY_RULES])
            )
        return cast(HolidayRule, rule)

    def _opening_times(self) -> tuple[dict[str, tuple[Shift, ...]], dict[date, tuple[Shift, ...]]]:
        """Weekly hours and overrides; that there are none is a fault unless others explain it."""
        before = len(self.faults)
        hours, overrides = self._hours(), self._overrides()
        if len(self.faults) == before and not any(hours.values()) and not any(overrides.values()):
            self._fault(
                "hours",
                "the calendar has no open hours at all",
                'Give at least one weekday hours, such as hours.monday = [["09:00", "17:00"]].',
            )
        return hours, overrides

    def _table(self, key: str, example: str) -> Mapping[str, Any]:
        value = self._declared.get(key, {})
        if isinstance(value, dict):
            return value
        self._fault(key, f"{key} is not a table", f"Write it as {example}.")
        return {}

    def _hours(self) -> dict[str, tuple[Shift, ...]]:
        hours = {}
        for day, times in self._table("hours", 'hours.monday = [["09:00", "17:00"]]').items():
            place = f"hours.{_quoted(day)}"
            if day not in WEEKDAYS:
                near = [name for name in WEEKDAYS if day and name.startswith(day.lower()[:3])]
                cure = f"Did you mean '{near[0]}'?" if near else suggestion(day, [*WEEKDAYS])
                self._fault(place, f"there is no weekday {shown(day)}", cure)
            hours[day] = self._shifts(times, place)
        return hours

    def _overrides(self) -> dict[date, tuple[Shift, ...]]:
        overrides: dict[date, tuple[Shift, ...]] = {}
        for text, times in self._table("overrides", 'overrides."2026-12-24" = [["09:00", "12:00"]]').items():
            place = f"overrides.{_quoted(text)}"
            day = self._date(text, place, 'Write the date as "YYYY-MM-DD", in quotes.')
            shifts = self._shifts(times, place)
            if day in overrides:
                self._fault(place, f"{day} has two overrides", "Keep one of them.")
            if day:
                overrides[day] = shifts
        return overrides

    def _shifts(self, times: object, place: str) -> tuple[Shift, ...]:
        """The shifts of one day, as far as they have no faults."""
        if not isinstance(times, list) or (times and all(isinstance(time, str) for time in times)):
            self._fault(place, f"{shown(str(times))} is not a list of shifts", _PAIRS)
            return ()
        shifts = []
        for number, pair in enumerate(times):
            element = f"{place}[{number}]"
            if not (isinstance(pair, list) and [type(time) for time in pair] == [str, str]):
                self._fault(element, f"{shown(str(pair))} is not a start and an end", _PAIRS)
                continue
            try:
                shifts.append(Shift.parse(*pair))
            except InvalidCalendar as error:
                self._fault(element, error.what, error.cure)
        for one, two in overlaps(shifts):
            self._fault(
                place, f"the shifts {one} and {two} overlap", "Let one end before the other begins, or join them."
            )
        return tuple(shifts)

    def _date(self, value: object, place: str, cure: str) -> date | None:
        """A date written as text or as TOML's own kind."""
        day = value if type(value) is date else _iso_date(value)
        if day is None:
            self._fault(place, f"{shown(str(value))} is not a date", cure)
        return day

    def _holidays(self) -> dict[date, str]:
        """The holidays the file lists itself."""
        listed = self._declared.get("holidays", [])
        if not isinstance(listed, list):
            self._fault("holidays", "holidays is not a list", _HOLIDAY)
            return {}
        holidays: dict[date, str] = {}
        first: dict[date, int] = {}
        for number, entry in enumerate(listed):
            place = f"holidays[{number}]"
            day, name = self._holiday(entry, place)
            if day in first:
                line = self._lines.of(f"holidays[{first[day]}]")
                self._fault(place, f"the holiday {day} is given twice, first on line {line}", "Remove one of the two.")
            elif day:
                holidays[day], first[day] = name, number
        return holidays

    def _holiday(self, entry: object, place: str) -> tuple[date | None, str]:
        if not isinstance(entry, dict):
            return self._date(entry, place, _HOLIDAY), ""
        for key in entry:
            if key not in ("date", "name"):
                self._fault(place, f"there is no key {shown(key)} in a holiday", suggestion(key, ["date", "name"]))
        name = entry.get("name", "")
        if not isinstance(name, str):
            self._fault(place, f"{shown(str(name))} is not a name", _HOLIDAY)
        if "date" not in entry:
            self._fault(place, "the holiday has no date", _HOLIDAY)
            return None, ""
        return self._date(entry["date"], place, _HOLIDAY), str(name)

    def _public_holidays(self) -> dict[date, str]:
        """The holidays of the country, looked up for the declared years."""
        country, part = self._declared.get("country"), self._declared.get("subdivision")
        first, last = self._years()
        if country is None:
            if part is not None:
                self._fault(
                    "subdivision", "a subdivision is given, but no country", 'Add a line such as country = "DE".'
                )
            return {}
        if not self._is_supported(country, part) or not first:
            return {}
        from holidays import country_holidays

        found = country_holidays(country, subdiv=part, years=range(first, last + 1), language="en_US")
        return {day: name for day, name in sorted(found.items()) if first <= day.year <= last}

    def _is_supported(self, country: object, part: object) -> bool:
        """Whether there is a list of holidays for that country and that part of it."""
        from holidays import list_supported_countries

        parts = list_supported_countries(include_aliases=True)
        if not isinstance(country, str) or country not in parts:
            cure = _code_cure(country, parts, "Write a two-letter code of ISO 3166, such as US or DE.")
            self._fault("country", f"no holidays are known for the country {shown(str(country))}", cure)
            return False
        if part is not None and part not in parts[country]:
            some = ", ".join(sorted(parts[country])) or "none at all"
            cure = _code_cure(part, parts[country], f"{country} has {some}.")
            self._fault("subdivision", f"{country} has no subdivision {shown(str(part))}", cure)
            return False
        return True

    def _years(self) -> tuple[int, int]:
        years = self._declared.get("years", [*DEFAULT_YEARS])
        if isinstance(years, list) and [type(year) for year in years] == [int, int]:
            first, last = years
            if FIRST_YEAR <= first <= last <= LAST_YEAR:
                return first, last
        self._fault(
            "years",
            f"{shown(str(years))} is not a first and a last year",
            f"Write both, within {FIRST_YEAR} to {LAST_YEAR}, such as years = {[*DEFAULT_YEARS]}.",
        )
        return 0, 0


def _iso_date(value: object) -> date | None:
    """The date of a text such as 2026-12-24, if it is one; other spellings of ISO 8601 are not read."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DATE.match(value) else None
    except ValueError:
        return None


def _quoted(key: str) -> str:
    """A key as it stands in a dotted path."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"'


def _code_cure(given: object, known: Iterable[str], otherwise: str) -> str:
    by_capitals = {code.upper(): code for code in known}
    near = get_close_matches(str(given).upper(), by_capitals, n=1, cutoff=0.7)
    return f"Did you mean '{by_capitals[near[0]]}'?" if near else otherwise
