"""Calendar files: what is read from them, and every way in which they can be wrong."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from review_engine.domain.calendar import Calendar, Shift
from review_engine.domain.errors import InvalidFile, InvalidInput
from review_engine.domain.faults import CalendarFileInvalid, Fault
from review_engine.workflow_files.calendars import calendar_from, read_calendar

SHIPPED = Path(__file__).parents[2] / "workflows" / "calendars"
OPEN = 'zone = "UTC"\nhours.monday = [["09:00", "17:00"]]\n'


def read(text: str) -> Calendar:
    return calendar_from(text, name="sample", path="sample.toml")


def faults(text: str) -> list[Fault]:
    """The faults of a text; it must have some."""
    with pytest.raises(CalendarFileInvalid) as refusal:
        read(text)
    return [fault for fault in refusal.value.faults if isinstance(fault, Fault)]


def only_fault(text: str) -> Fault:
    (fault,) = faults(text)
    return fault


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(
        """
        zone = "Europe/Berlin"
        holiday_rule = "civil_date"
        holidays = ["2026-05-15", 2026-05-16, { date = "2026-12-28", name = "Company day" }]
        overrides."2026-12-24" = [["09:00", "12:00"]]
        [hours]
        monday = [["13:00", "17:00"], ["09:00", "12:00"]]
        friday = [["22:00", "06:00:30"]]
        sunday = []
        """,
        encoding="utf-8",
    )
    assert read_calendar(file) == Calendar(
        name="desk",
        zone="Europe/Berlin",
        hours={
            "monday": [Shift(9 * 3600, 12 * 3600), Shift(13 * 3600, 17 * 3600)],
            "friday": [Shift(22 * 3600, 30 * 3600 + 30)],
        },
        holidays={date(2026, 5, 15): "", date(2026, 5, 16): "", date(2026, 12, 28): "Company day"},
        overrides={date(2026, 12, 24): [Shift(9 * 3600, 12 * 3600)]},
        holiday_rule="civil_date",
    )


def test_a_country_gives_its_public_holidays_for_thirty_years_unless_others_are_declared() -> None:
    usual = read(OPEN + 'country = "US"\n')
    assert (min(usual.holidays).year, max(usual.holidays).year) == (2015, 2045)
    assert usual.holidays[date(2026, 7, 4)] == "Independence Day"
    assert usual.holidays[date(2026, 7, 3)] == "Independence Day (observed)"
    short = read(OPEN + 'country = "US"\nyears = [2026, 2026]\n')
    assert {day.year for day in short.holidays} == {2026}


def test_a_subdivision_adds_its_own_holidays() -> None:
    womens_day = date(2026, 3, 8)
    assert womens_day in read(OPEN + 'country = "DE"\nsubdivision = "BE"\n').holidays
    assert womens_day not in read(OPEN + 'country = "DE"\n').holidays


def test_a_holiday_the_file_names_keeps_that_name_over_the_countrys() -> None:
    text = OPEN + 'country = "US"\nholidays = [{ date = 2026-07-04, name = "The Fourth" }]\n'
    assert read(text).holidays[date(2026, 7, 4)] == "The Fourth"


def test_a_calendar_read_from_a_file_comes_back_from_the_database_the_same() -> None:
    calendar = read_calendar(SHIPPED / "berlin_split.toml")
    assert Calendar.from_dict(calendar.to_dict()).version == calendar.version


@pytest.mark.parametrize(
    ("text", "place", "line", "what", "cure"),
    [
        ("zone = 'UTC'\n", "hours", 1, "no open hours at all", "hours.monday"),
        ("zone = 'UTC'\n[hours]\nmonday = []\n", "hours", 2, "no open hours at all", "hours.monday"),
        ("hours.monday = [['09:00', '17:00']]\n", "zone", 1, "time zone is missing", "Europe/Berlin"),
        ("\nzone = 'Mars/Base'\nhours.monday = [['09:00', '17:00']]\n", "zone", 2, "no time zone 'Mars/Base'", "IANA"),
        ("zone = 7\nhours.monday = [['09:00', '17:00']]\n", "zone", 1, "no time zone '7'", "IANA"),
        (OPEN + "contry = 'DE'\n", "contry", 3, "no key 'contry'", "'country'"),
        (OPEN + "friday = []\n", "friday", 3, "no key 'friday'", "'hours.friday'"),
        (OPEN + "hours.fri = [['09:00', '17:00']]\n", "hours.fri", 3, "no weekday 'fri'", "'friday'"),
        ("zone = 'UTC'\nhours = 3\n", "hours", 2, "not a table", "hours.monday"),
        (OPEN + "hours.friday = '09:00-17:00'\n", "hours.friday", 3, "not a list of shifts", "pairs of times"),
        (OPEN + "hours.friday = ['09:00', '17:00']\n", "hours.friday", 3, "is not a list of shifts", "pairs"),
        (OPEN + "hours.friday = [['09:00']]\n", "hours.friday[0]", 3, "not a start and an end", "pairs"),
        (OPEN + "hours.friday = [[9, 17]]\n", "hours.friday[0]", 3, "not a start and an end", "pairs"),
        (OPEN + "hours.friday = [\n['09:00', '25:00']]\n", "hours.friday[0]", 4, "'25:00' is not a time", '"24:00"'),
        (
            OPEN + "hours.friday = [['13:00', '17:00'], ['09:00', '13:30']]\n",
            "hours.friday",
            3,
            "09:00-13:30 and 13:00-17:00 overlap",
            "join them",
        ),
        (OPEN + "hours.friday = [['08:00', '07:00'], ['10:00', '11:00']]\n", "hours.friday", 3, "overlap", "join them"),
        (OPEN + "holidays = '2026-12-25'\n", "holidays", 3, "not a list", "2026-12-25"),
        (
            OPEN + "holidays = [\n'2026-12-25',\n'2026-13-01']\n",
            "holidays[1]",
            5,
            "'2026-13-01' is not a date",
            "dates",
        ),
        (OPEN + "holidays = ['20261225']\n", "holidays[0]", 3, "is not a date", "dates"),
        (OPEN + "holidays = [2026-12-25T10:00:00]\n", "holidays[0]", 3, "is not a date", "dates"),
        (OPEN + "holidays = [{ name = 'Nameless' }]\n", "holidays[0]", 3, "no date", "dates"),
        (OPEN + "holidays = [{ date = 2026-12-25, nam = 'x' }]\n", "holidays[0]", 3, "no key 'nam'", "'name'"),
        (OPEN + "holidays = [{ date = 2026-12-25, name = 3 }]\n", "holidays[0]", 3, "'3' is not a name", "dates"),
        (
            OPEN + "holidays = [\n'2026-12-25',\n2026-12-26,\n2026-12-25]\n",
            "holidays[2]",
            6,
            "2026-12-25 is given twice, first on line 4",
            "Remove",
        ),
        (OPEN + "country = 'XX'\n", "country", 3, "the country 'XX'", "ISO 3166"),
        (OPEN + "country = 'us'\n", "country", 3, "the country 'us'", "'US'"),
        (OPEN + "country = 49\n", "country", 3, "the country '49'", "ISO 3166"),
        (OPEN + "country = 'DE'\nsubdivision = 'be'\n", "subdivision", 4, "DE has no subdivision 'be'", "'BE'"),
        (OPEN + "country = 'DE'\nsubdivision = 'Atlantis'\n", "subdivision", 4, "no subdivision", "BY, HB"),
        (OPEN + "subdivision = 'BE'\n", "subdivision", 3, "no country", "country ="),
        (OPEN + "country = 'DE'\nyears = [2030, 2020]\n", "years", 4, "first and a last year", "[2015, 2045]"),
        (OPEN + "country = 'DE'\nyears = 2030\n", "years", 4, "first and a last year", "[2015, 2045]"),
        (OPEN + "country = 'DE'\nyears = [true, 3000]\n", "years", 4, "first and a last year", "2199"),
        (OPEN + "holiday_rule = 'start'\n", "holiday_rule", 3, "no holiday rule 'start'", "'start_date'"),
        (OPEN + "holiday_rule = ['start_date']\n", "holiday_rule", 3, "no holiday rule", "start_date"),
        (OPEN + "overrides = []\n", "overrides", 3, "not a table", 'overrides."2026-12-24"'),
        (OPEN + "overrides.2026-12-24 = 'closed'\n", "overrides.2026-12-24", 3, "not a list of shifts", "pairs"),
        (OPEN + "overrides.'24.12.2026' = []\n", 'overrides."24.12.2026"', 3, "is not a date", "YYYY-MM-DD"),
    ],
)
def test_a_fault_is_told_with_its_place_line_and_cure(text: str, place: str, line: int, what: str, cure: str) -> None:
    fault = only_fault(text)
    assert (fault.path, fault.place, fault.line) == ("sample.toml", place, line)
    assert what in fault.what
    assert cure in fault.cure


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_their_lines() -> None:
    found = faults(
        'zone = "Europe/Berlinn"\nholidays = ["soon", "2026-12-25", "2026-12-25"]\nshifts = 3\n'
        '[hours]\nmonday = [["09:00", "13:00"], ["12:00", "17:00"], ["x", "y"]]\n'
    )
    assert [fault.place for fault in found] == [
        "zone",
        "holidays[0]",
        "holidays[2]",
        "shifts",
        "hours.monday[2]",
        "hours.monday",
    ]


def test_a_fault_prints_as_editors_and_terminals_link_it() -> None:
    fault = only_fault(OPEN + "contry = 'DE'\n")
    assert str(fault) == "sample.toml:3: [contry] there is no key 'contry' in a calendar. Did you mean 'country'?"
    assert str(Fault("a.toml", 1, "", "this is not TOML")) == "a.toml:1: this is not TOML."


def test_an_invalid_file_is_one_error_that_counts_and_prints_its_faults() -> None:
    with pytest.raises(CalendarFileInvalid) as refusal:
        read("zone = 'UTC'\nx = 1\n")
    assert isinstance(refusal.value, InvalidFile | InvalidInput)
    assert "sample.toml: the calendar file has 2 faults" in str(refusal.value)
    assert all(str(fault) in str(refusal.value) for fault in refusal.value.faults)


@pytest.mark.parametrize(
    ("text", "line"), [("zone = 'UTC'\na = \n", 2), ("zone = 'UTC'\nzone = 'UTC'\n", 2), ("a = [\n1,", 2)]
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    fault = only_fault(text)
    assert fault.line == line
    assert "not TOML" in fault.what


def test_a_file_that_is_not_there_or_is_no_text_is_told_the_same_way(tmp_path: Path) -> None:
    with pytest.raises(CalendarFileInvalid, match="No such file"):
        read_calendar(tmp_path / "missing.toml")
    (tmp_path / "odd.toml").write_bytes(b"zone = '\xff'")
    with pytest.raises(CalendarFileInvalid, match="not UTF-8"):
        read_calendar(tmp_path / "odd.toml")


# The shipped calendars


def test_the_business_calendar_keeps_office_hours_and_american_holidays() -> None:
    calendar = read_calendar(SHIPPED / "business.toml")
    friday_evening = datetime(2026, 7, 3, 2, tzinfo=UTC)  # Thursday 19:00; Friday the third stands in for the Fourth
    assert calendar.name == "business"
    assert calendar.add_business_days(friday_evening, 2) == datetime(2026, 7, 9, 0, tzinfo=UTC)


def test_the_berlin_calendar_pauses_at_noon_and_has_half_days() -> None:
    calendar = read_calendar(SHIPPED / "berlin_split.toml")
    monday, eve = datetime(2026, 6, 15, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC)
    assert calendar.difference(monday, monday + timedelta(days=1)) == timedelta(hours=8)
    assert not calendar.is_open(datetime(2026, 6, 15, 11, 0, tzinfo=UTC))
    assert calendar.difference(eve, eve + timedelta(days=4)) == timedelta(hours=3)
    assert all(day.weekday() < 5 for day in calendar.overrides)


def test_the_calendar_that_is_always_open_never_closes() -> None:
    calendar = read_calendar(SHIPPED / "always.toml")
    a, b = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert calendar.difference(a, b) == b - a
    assert calendar.add(a, b - a) == b
