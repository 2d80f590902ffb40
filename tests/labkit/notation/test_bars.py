"""Whether bars fill their meter and repeats balance, and in which order bars are played."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import data
from labkit.notation import abc, bars, playing


def tune(notes: str, meter: str = "4/4") -> abc.Tune:
    return abc.read(f"M:{meter}\nL:1/8\nK:C\n{notes}\n")


def said(notes: str, meter: str = "4/4") -> list[str]:
    return [str(problem) for problem in tune(notes, meter).problems]


def played(notes: str) -> str:
    """The first letter of each bar, in the order of sounding."""
    return "".join(str(bar.events[0].written[0]) for bar in playing.played(tune(notes)))


# --- full bars --------------------------------------------------------------------------------------------------------


def test_bars_that_fill_the_meter_are_right() -> None:
    assert said("C8|D8|]") == []
    assert said("C6|D3E3|]", "6/8") == []
    assert said("(3CDE F6|]") == []


@pytest.mark.parametrize(
    ("notes", "meter", "sentence"),
    [
        ("C6|D7|E6|]", "6/8", "line 4, column 4: 7 eighth notes where 6 fit."),
        ("C6|D5|E6|]", "6/8", "line 4, column 4: 5 eighth notes where 6 fit."),
        ("C8|\nDEF|G8|]", "4/4", "line 5, column 1: 3 eighth notes where 8 fit."),
        ("C8|D8D/|E8|]", "4/4", "line 4, column 4: 8 1/2 eighth notes where 8 fit."),
        ("C8|D/|E8|]", "4/4", "line 4, column 4: 1/2 eighth note where 8 fit."),
        ("C8|(3DEF D|E8|]", "4/4", "line 4, column 6: 3 eighth notes where 8 fit."),
        ("C8|D7E/3|E8|]", "4/4", "line 4, column 4: 7 1/3 eighth notes where 8 fit."),
    ],
)
def test_a_bar_that_is_too_long_or_too_short_is_named_by_its_first_note(notes: str, meter: str, sentence: str) -> None:
    assert said(notes, meter) == [sentence]


def test_a_tune_without_a_note_says_so() -> None:
    assert said("") == ["line 1, column 1: There is no note."]
    assert said("|:|]") == ["line 1, column 1: There is no note."]


# --- upbeats and divided bars -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "notes",
    [
        "C2|D8|E6|]",  # the last bar makes up for the upbeat
        "C2|D8|E8|]",  # or does not
        "|:C2|D8|E6:|",
        "|:C2|D8|E6::C|D8|E7:|",  # each section with its own upbeat
        "|:C8|D6:|E2|F8|]",
        "|:C2|D8|1E6:|2E8|]",  # the first ending leads back to the upbeat
        "|:C2|D8|1E6:|2E6||F2|G8|]",
        "|:C8|D6:|C2|D8|E6|]",
        "C4|:D4E4|F4:|",
        "|:C|D8|E6[1E:|[2E2|:F8|G8:|",  # an ending inside a bar: 6 + 1 + the upbeat of 1
        "|:C8|D6[1E2:|[2E2|]",
    ],
)
def test_upbeats_and_what_completes_them_are_understood(notes: str) -> None:
    assert said(notes) == []


@pytest.mark.parametrize(
    ("notes", "number"),
    [
        ("C2|D8|E7|]", 1),  # the last bar is short, but not by the upbeat
        ("C8|D8|E7|]", 1),  # there is no upbeat
        ("C7|D8|E8|]", 1),  # too long for an upbeat that nothing completes
        ("C2|D8|E6||F|G8|A7|]", 1),  # 6 + 1
        ("C2|D8|E6|F2|G8|]", 2),  # divided by a plain bar line
        ("|:C2|D8|E7::C2|D8|E6:|", 1),
        ("|:C|D8|E6[1E3:|[2E2|:F8|G8:|", 1),  # 6 + 3 + the upbeat of 1
    ],
)
def test_a_short_bar_that_nothing_completes_is_wrong(notes: str, number: int) -> None:
    assert len(said(notes)) == number


def test_an_upbeat_of_up_to_half_a_bar_needs_no_completion() -> None:
    assert said("C4|D8|]") == []
    assert said("C5|D8|]") == ["line 4, column 1: 5 eighth notes where 8 fit."]
    assert said("C5|D8|E3|]") == []


# --- repeats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "sentence"),
    [
        ("|:C8|]", "line 4, column 1: A repeat is opened and not closed."),
        ("|:C8|:D8:|", "line 4, column 5: A repeat is opened inside another."),
        ("C8|1D8|]", "line 4, column 3: An ending 1 comes outside a repeat."),
        ("|:C8|1D8:|E8|]", "line 4, column 9: Ending 1 comes without an ending 2."),
        ("C8|2D8|]", "line 4, column 3: Ending 2 does not follow ending 1 and the end of a repeat."),
    ],
)
def test_a_repeat_that_does_not_balance_is_named_at_its_line(notes: str, sentence: str) -> None:
    assert said(notes) == [sentence]


@pytest.mark.parametrize(
    ("notes", "sentence"),
    [
        ("C8:|", "A repeat is closed that was not opened."),
        ("C8|1D8:|2E8|]", "An ending 1 comes outside a repeat."),
        ("|:C8|1D8:|2E8:|3F8|]", "Ending 3 does not follow ending 1 and the end of a repeat."),
        ("|::C8::|", "A section is played 3 times."),
    ],
)
def test_what_abc_allows_is_not_called_wrong_and_known_to_be_beyond_the_course(notes: str, sentence: str) -> None:
    read = tune(notes)
    assert read.problems == []
    assert read.beyond[0].message.startswith(f"{sentence} ABC allows it; ")
    assert all(problem.legal and problem.kind == "repeat" for problem in read.beyond)
    assert read.outside("repeat") == read.beyond


def test_repeats_with_both_endings_balance() -> None:
    assert said("|:C8|1D8:|2E8|]") == []
    assert said("|:C8:||:D8|1E8:|2F8||G8|]") == []
    assert said("|:C8::D8:|") == []


@pytest.mark.parametrize(
    ("notes", "order"),
    [
        ("C8|D8|]", "CD"),
        ("|:C8|D8:|E8|]", "CDCDE"),
        ("C8|D8:|E8|]", "CDCDE"),  # an opening that is understood
        ("|:C8::D8:|", "CCDD"),
        ("|:C8|1D8:|2E8|]", "CDCE"),
        ("|:C8|1D8:|2E8|F8|]", "CDCEF"),
        ("|:C8|1D8|E8:|2F8|G8||A8|]", "CDECFGA"),
        ("|:C8|1D8:|2E8|:F8|1G8:|2A8|]", "CDCEFGFA"),
        ("A8||B8:|C8|]", "ABBC"),  # back to the double bar
        ("A8|:B8|C8:|D8|]", "ABCBCD"),
        ("|:C8|1D8:|2E8:|F8|]", "CDCEF"),
        ("|:A8||B8:|", "ABAB"),  # a double bar inside a repeat that is open
        ("|:A8||B8|1C8:|2D8|]", "ABCABD"),
        ("A8|B8:|C8|D8:|", "ABABCDCD"),
        ("|:C8|1D8:|2E8:|F8|G8:|", "CDCEFGFG"),
        ("|:C8|1D8:|2E8|F8|G8:|", "CDCEFGFG"),  # the part after a second ending as long as the first
        ("|:C8|1D8|E8:|2F8|G8:|", "CDECFG"),
        ("|:C8|1D8:|2E8:|3F8|]", "CDCECF"),
        ("|:C8|[1,3D8:|[2E8|]", "CDCECD"),
        ("|:C8|[1,3D8:|[2,4E8|]", "CDCECDCE"),
        ("|:C8|[1-3D8:|[4E8|]", "CDCDCDCE"),
        ("|:C8|1D8:|E8|F8|]", "CDCEF"),
        ("|::C8::|D8|]", "CCCD"),
    ],
)
def test_repeats_are_played_twice_with_their_endings(notes: str, order: str) -> None:
    assert played(notes) == order


@pytest.mark.parametrize(
    ("order", "notes", "bars_played"),
    [
        ("AAB", "P:A\nC8|\nP:B\nD8|]", "CCD"),
        ("A2.B", "P:A\nC8|\nP:B\nD8|]", "CCD"),
        ("(AB)2", "P:A\n|:C8:|\nP:B\nD8|]", "CCDCCD"),
        ("((AB)2A)2", "[P:A]C8|[P:B]D8|]", "CDCDCCDCDC"),
        ("A3B", "P:A\nC8|[1D8:|[2E8:|[3F8||\nP:B\nG8|]", "CDCECFG"),  # an ending for each time
        ("AB", "A8|\nP:A\nC8|\nP:B\nD8|]", "ACD"),  # what stands before the first part comes first
        ("AC", "P:A\nC8|\nP:B\nD8|]", "C"),
        ("AB)", "P:A\nC8|\nP:B\nD8|]", "CD"),  # no order: as it is written
        ("AAB", "C8|D8|]", "CD"),  # no part has a name
    ],
)
def test_parts_are_played_in_the_order_of_the_header(order: str, notes: str, bars_played: str) -> None:
    read = abc.read(f"P:{order}\nM:4/4\nL:1/8\nK:C\n{notes}\n")
    assert not read.problems
    assert "".join(str(bar.events[0].written[0]) for bar in playing.played(read)) == bars_played


@pytest.mark.parametrize("order", ["(((((((((A9)9)9)9)9)9)9)9)9)9", "A" * 5000, "A99999999999", "((((", "9", ")A("])
def test_an_order_of_any_length_is_read_at_once(order: str) -> None:
    assert len(playing.order_of(order)) <= playing.LONGEST_ORDER


@given(st.lists(st.sampled_from(["C8", "|", "|:", ":|", "::", "|1", ":|2", "[1", "|]", "||", "|3"]), max_size=40))
def test_playing_ends_whatever_the_repeats(pieces: list[str]) -> None:
    read = tune("".join(pieces))
    order = playing.played(read)
    assert len(order) <= playing.LONGEST
    assert bool(order) == bool(read.events)


def test_every_bar_of_a_real_tune_is_played_once_or_twice() -> None:
    for entry in data.tunes().entries[::40]:
        read = abc.read(entry.text)
        order = playing.played(read)
        times = [sum(bar.events[0] is one.events[0] for one in order) for bar in bars.split(read)]
        assert set(times) <= {1, 2}, entry.text
