"""The reader of ABC: what sounds when, and what it says of a text that is wrong."""

import random
import re
import time
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labkit import data
from labkit.notation import abc, bars, canonical, playing, tunebook
from labkit.notation.abc import BarLine, Tune
from labkit.notation.keys import Key


def tune(notes: str, key: str = "C", meter: str = "4/4", unit: str = "1/8") -> Tune:
    return abc.read(f"X:1\nT:A tune\nM:{meter}\nL:{unit}\nK:{key}\n{notes}\n")


def pitches(notes: str, key: str = "C") -> list[int]:
    return [pitch for event in tune(notes, key).events for pitch in event.pitches]


def lengths(notes: str, meter: str = "4/4") -> list[str]:
    """Durations in eighth notes."""
    return [str(event.duration * 8) for event in tune(notes, meter=meter).events]


def said(notes: str, *kinds: str, **header: str) -> list[str]:
    return [str(problem) for problem in tune(notes, **header).wrong(*(kinds or ("header", "symbol")))]


# --- notes and rests --------------------------------------------------------------------------------------------------


def test_letters_and_marks_give_the_octave() -> None:
    assert pitches("C,, C, C c c' c''") == [36, 48, 60, 72, 84, 96]
    assert pitches("CDEFGAB c") == [60, 62, 64, 65, 67, 69, 71, 72]


def test_the_key_raises_and_lowers_its_letters_in_every_octave() -> None:
    assert pitches("F f f' C", "D") == [66, 78, 90, 61]
    assert pitches("B, e", "Gm") == [58, 75]


def test_an_accidental_holds_for_its_letter_in_every_octave_until_the_next_bar_line() -> None:
    assert pitches("^F f F, | F") == [66, 78, 54, 65]
    assert pitches("=f F | f", "G") == [77, 65, 78]
    assert pitches("_B B =B B") == [70, 70, 71, 71]
    assert pitches("^^C __D") == [62, 60]


@pytest.mark.parametrize("line", ["|", "||", ":|", "|:", "::", "|]", "[|"])
def test_every_bar_line_ends_an_accidental(line: str) -> None:
    assert pitches(f"^C {line} C") == [61, 60]


def test_an_ending_inside_a_bar_does_not_end_an_accidental() -> None:
    assert pitches("^C [1 C") == [61, 61]


def test_a_tie_carries_an_accidental_over_a_bar_line_to_the_same_note_only() -> None:
    assert pitches("^c-|c c") == [73, 73, 72]
    assert pitches("^c-|d c") == [73, 74, 72]
    assert pitches("^c-|C") == [73, 60]
    assert [event.tied for event in tune("^c-|c d").events] == [True, False, False]


def test_a_hyphen_between_different_notes_is_a_slur() -> None:
    assert [event.tied for event in tune("c-d").events] == [False, False]
    assert [event.tied for event in tune("c-").events] == [False, False][:1]


def test_slurs_decorations_graces_words_and_spaces_are_passed_over() -> None:
    notes = '(C ~D) .E H!trill!F {gag}G "Am"A "^slowly"B y v u`c % and so on'
    assert pitches(notes) == [60, 62, 64, 65, 67, 69, 71, 72]
    assert said(notes) == []


def test_rests_take_time_and_have_no_pitch() -> None:
    assert [(event.pitches, event.duration) for event in tune("z x2").events] == [
        ((), Fraction(1, 8)),
        ((), Fraction(1, 4)),
    ]


def test_a_capital_z_rests_for_whole_bars() -> None:
    read = tune("Z3|CDEF", meter="2/4")
    assert [event.duration for event in read.events[:3]] == [Fraction(1, 2)] * 3
    assert len(bars.split(read)) == 4
    assert said("Z0") == ["line 6, column 1: Z0 is no number of bars that I know."]
    assert said("Z123456789")[0].endswith("is no number of bars that I know.")


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "eighths"),
    [
        *[("C", "1"), ("C2", "2"), ("C3/2", "3/2"), ("C/", "1/2"), ("C//", "1/4"), ("C/4", "1/4"), ("C3/", "3/2")],
        *[("C7/8", "7/8"), ("C/3", "1/3"), ("C12", "12"), ("C3//", "3/4"), ("C//4", "1/8")],
    ],
)
def test_a_length_multiplies_the_unit(written: str, eighths: str) -> None:
    assert lengths(written) == [eighths]


@pytest.mark.parametrize("written", ["C0", "C/0", "C1234", "C///////", "z0"])
def test_a_length_that_is_none_is_named(written: str) -> None:
    assert said(written) == [f"line 6, column 1: {written[1:]!r} is no length that I know."]


def test_the_unit_is_an_eighth_or_in_short_meters_a_sixteenth_where_the_header_has_none() -> None:
    assert abc.read("M:6/8\nK:C\nC\n").unit == Fraction(1, 8)
    assert abc.read("M:2/4\nK:C\nC\n").unit == Fraction(1, 16)
    assert abc.read("M:2/4\nL:1/4\nK:C\nC\n").unit == Fraction(1, 4)


@pytest.mark.parametrize(
    ("written", "eighths"),
    [
        ("A>B", "3/2 1/2"),
        ("A>>B", "7/4 1/4"),
        ("A>>>B", "15/8 1/8"),
        ("A<B", "1/2 3/2"),
        ("A<<B", "1/4 7/4"),
        ("A2>B2", "3 1"),
        ("A > B", "3/2 1/2"),
        ("A{g}>B", "3/2 1/2"),
        ("A>BC>D", "3/2 1/2 3/2 1/2"),
    ],
)
def test_broken_rhythm_lengthens_one_note_by_what_the_other_loses(written: str, eighths: str) -> None:
    assert lengths(written) == eighths.split()


def test_broken_rhythm_stands_between_two_notes() -> None:
    assert said(">A") == ["line 6, column 1: > stands between two notes."]
    assert said("A|>B") == ["line 6, column 3: > stands between two notes."]
    assert said("A>|B") == []  # some write the bar line inside
    assert said("A>") == ["line 6, column 1: The tune ends where a broken rhythm asks for one more note."]


@pytest.mark.parametrize(
    ("meter", "written", "eighths"),
    [
        ("4/4", "(3abc d", "2/3 2/3 2/3 1"),
        ("4/4", "(3a2bc", "4/3 2/3 2/3"),
        ("4/4", "(3:2:4abcd e", "2/3 2/3 2/3 2/3 1"),
        ("4/4", "(3::2ab c", "2/3 2/3 1"),
        ("4/4", "(3:4abc", "4/3 4/3 4/3"),
        ("4/4", "(2ab", "3/2 3/2"),
        ("4/4", "(5abcde", "2/5 2/5 2/5 2/5 2/5"),
        ("6/8", "(5abcde", "3/5 3/5 3/5 3/5 3/5"),
        ("9/8", "(7abcdefg", "3/7 3/7 3/7 3/7 3/7 3/7 3/7"),
        ("3/8", "(7abcdefg", "2/7 2/7 2/7 2/7 2/7 2/7 2/7"),
        ("6/8", "(4abcd", "3/4 3/4 3/4 3/4"),
        ("4/4", "(3 a b c", "2/3 2/3 2/3"),
        ("4/4", "(3a>bc", "1 1/3 2/3"),
    ],
)
def test_a_tuplet_squeezes_its_notes_into_the_time_that_the_meter_says(meter: str, written: str, eighths: str) -> None:
    assert lengths(written, meter) == eighths.split()


def test_a_tuplet_inside_another_or_without_its_notes_is_a_problem() -> None:
    assert said("(3ab(3cde") == ["line 6, column 5: A tuplet begins inside another."]
    assert said("(3ab") == ["line 6, column 1: The tune ends inside a tuplet."]
    assert said("(3:0abc") == ["line 6, column 1: A tuplet of no notes."]


def test_onsets_follow_one_another_without_gaps() -> None:
    events = tune("(3abc d>e|z2 [ce]4/ f-|f").events
    assert all(one.onset + one.duration == after.onset for one, after in pairwise(events))
    assert [event.bar for event in events] == [0, 0, 0, 0, 0, 1, 1, 1, 2]


def test_the_notes_of_a_chord_sound_together_for_the_time_of_the_first() -> None:
    (event,) = tune("[C2E2^G2]3/").events
    assert event.pitches == (60, 64, 68)
    assert event.duration == Fraction(3, 8)
    assert [str(one) for one in event.written] == ["C", "E", "^G"]


def test_a_tie_inside_a_chord_or_after_it_ties_it() -> None:
    assert [event.tied for event in tune("[C-E]C").events] == [True, False]
    assert [event.tied for event in tune("[CE]-[CE]").events] == [True, False]


# --- bar lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "sign", "ending"),
    [
        *[("|", "|", ""), ("||", "||", ""), ("|||", "||", ""), ("|]", "|]", ""), ("[|", "||", ""), ("[|]", "|", "")],
        *[
            ("|:", "|:", ""),
            (":|", ":|", ""),
            ("::", "::", ""),
            (":||:", "::", ""),
            (":|]", ":|", ""),
            ("||:", "|:", ""),
        ],
        *[("[|:", "|:", ""), ("|[|", "||", ""), (":|:", "::", ""), ("[|]:|", ":|", ""), (":]", ":|", "")],
        *[("[|]|]", "|]", ""), (":| |:", "::", ""), ("| |", "|", ""), (":||", ":|", ""), ("|1", "|", "1")],
        *[("| [1", "|", "1"), ("[1", "", "1"), (":|2", ":|", "2"), (":|[2", ":|", "2"), ("|1,3", "|", "1,3")],
    ],
)
def test_bar_lines_are_read_in_all_their_forms(written: str, sign: str, ending: str) -> None:
    (line,) = [item for item in tune(f"C2{written}D").items if isinstance(item, BarLine)]
    assert (line.sign, line.ending) == (sign, ending)
    assert said(f"C2{written}D") == []


def test_a_lone_colon_is_no_bar_line() -> None:
    assert said("C2:D") == ["line 6, column 3: ':' is no bar line that I know."]


def test_a_bar_line_at_the_end_of_a_line_and_one_at_the_beginning_of_the_next_are_one() -> None:
    read = tune("CDEF GABc|\n|:cBAG FEDC:|")
    assert [item.sign for item in read.items if isinstance(item, BarLine)] == ["|:", ":|"]


def test_an_old_exclamation_mark_breaks_the_line_and_a_pair_is_a_decoration() -> None:
    assert pitches("C!D E|!F !trill!G!") == [60, 62, 64, 65, 67]
    assert said("C!D E|!F !trill!G!") == []


def test_a_backslash_at_the_end_of_a_line_is_passed_over() -> None:
    assert said("CDEF\\\nGABc\\ % on\nc") == []
    assert said("C\\D") == ["line 6, column 2: '\\\\' is no symbol that I know."]


# --- the header -------------------------------------------------------------------------------------------------------


def test_the_header_gives_title_meter_unit_and_key() -> None:
    read = abc.read("X:3\nT:One\nT:Two\nR:reel\nM:C|\nL:1/16\n% a remark\nK:Ador % mode\nA\n")
    assert (read.title, read.meter, read.meter_name, read.unit) == ("One", Fraction(1), "2/2", Fraction(1, 16))
    assert read.key == Key("A", "dor")
    assert not read.wrong("header", "symbol")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("M:4/4\nL:1/8\nCDEF", "line 2, column 1: There is no K: line."),
        ("M:4/4\n\nK:C\nCDEF", "line 1, column 1: There is no K: line."),
        ("M:4/4\nK:Qmaj\nCDEF", "line 2, column 1: K:Qmaj is none that I know."),
        ("M:free\nK:C\nCDEF", "line 1, column 1: M:free is none that I know."),
        ("M:0/4\nK:C\nCDEF", "line 1, column 1: M:0/4 is none that I know."),
        ("M:4/4\nL:x\nK:C\nCDEF", "line 2, column 1: L:x is none that I know."),
    ],
)
def test_a_header_that_lacks_something_says_what_and_where(text: str, sentence: str) -> None:
    assert str(abc.read(text).wrong("header")[0]) == sentence


def test_an_empty_text_has_neither_meter_nor_key() -> None:
    read = abc.read("")
    assert [problem.message for problem in read.problems] == ["There is no K: line."]
    assert [problem.message[:21] for problem in read.beyond] == ["There is no M: line: "]


# --- what is refused --------------------------------------------------------------------------------------------------


def test_an_unknown_symbol_is_named_with_line_and_column() -> None:
    assert said("CDEF|\nGA§B|") == ["line 7, column 3: '§' is no symbol that I know."]
    assert said("C é") == ["line 6, column 3: 'é' is no symbol that I know."]
    assert said("C ٣") == ["line 6, column 3: '٣' is no symbol that I know."]


def test_a_rest_with_an_accidental_and_a_note_too_high_are_refused() -> None:
    assert said("^z") == ["line 6, column 1: '^' is no symbol that I know."]
    assert said("c''''''''") == ["line 6, column 1: No instrument plays that octave."]
    assert pitches("c''''''''") == [127]


def test_what_is_wrong_does_not_hide_the_rest() -> None:
    read = tune("CDE§F GABc|K")
    assert len(read.events) == 8
    assert [problem.kind for problem in read.problems] == ["symbol"]


# --- any text ---------------------------------------------------------------------------------------------------------

SYMBOLS = [*"ABCDEFGabcdefgzxZ^_=,'/|:[](){}<>-.~!\"\\%\n \x00+*0123456789", "(3", "[1", ":|2", "|:", "999999999"]
HEADER = "X:1\nM:6/8\nL:1/8\nK:D\n"
MANY = settings(max_examples=300)


def check(text: str) -> Tune:
    """Read any text: nothing is raised, and every problem has a place and a sentence."""
    read = abc.read(text)
    lines = tunebook.lines(text) or [""]
    for problem in read.outside():
        assert problem.kind in {"header", "symbol", "bar", "repeat"}
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert re.fullmatch(r".*[a-z].*\.", problem.message, flags=re.DOTALL)
    assert len(playing.played(read)) <= playing.LONGEST
    tidy = canonical.tidied(read)
    if not read.outside("header", "symbol"):
        assert canonical.text(tidy, 5) != ""
        assert canonical.family(tidy)
    return read


@MANY
@given(st.text())
@example("")
@example("\n")
@example("K:")
@example("K:C\n\x0bM:")
def test_any_text_is_read_without_raising(text: str) -> None:
    check(text)
    check(HEADER + text)


@MANY
@given(st.lists(st.sampled_from(SYMBOLS), max_size=80).map("".join))
@example("[1A|[1")
@example("|2A:|1B:|3")
@example("Z99Z99")
@example("A>" * 3)
@example("(9:9:9")
def test_any_row_of_symbols_of_abc_is_read_without_raising(notes: str) -> None:
    check(HEADER + notes)


@MANY
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_a_real_tune_with_a_few_slips_is_read_without_raising(seed: int, slips: int) -> None:
    entries = data.tunes().entries
    dice = random.Random(seed)  # noqa: S311
    characters = list(entries[dice.randrange(len(entries))].text)
    for _ in range(slips):
        place = dice.randrange(len(characters))
        characters[place] = dice.choice(["", characters[place] * 2, dice.choice(SYMBOLS)])
    check("".join(characters))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        *["{", "[", "(", '"', "!", "\\ ", "[A:", "[C11", "C1", "1", "|", ":|", "|:", "C|1C:|2", "C[1C:|[2", "C:|", ">"],
        *["-", "C-|", "(3", "Z99", "[CE]", "|: C", "^", "C,,,", "C/", "|     ", "[1,2", "::", "A>", "\n", "\x00", "x:"],
    ],
)
def test_a_very_long_text_is_read_quickly(piece: str) -> None:
    start = time.process_time()
    check(HEADER + piece * (20_000 // len(piece)))
    assert time.process_time() - start < 20  # a second; what grows with the square takes minutes
