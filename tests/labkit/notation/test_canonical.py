"""The one way in which a tune is written, its repeats made explicit, its transpositions."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import data
from labkit.notation import abc, canonical, corpus
from labkit.notation.abc import BarLine


def tidied(notes: str, key: str = "C") -> abc.Tune:
    return canonical.tidied(abc.read(f"X:1\nT:A tune\nM:C\nL:1/4\nK:{key}\n{notes}\n"))


def body(notes: str, semitones: int = 0) -> str:
    written = canonical.text(tidied(notes), semitones)
    assert written
    return written.splitlines()[3]


def sound(tune: abc.Tune) -> list[tuple[object, ...]]:
    return [(event.onset, event.duration, event.pitches, event.tied) for event in tune.events]


def test_a_canonical_text_has_three_lines_of_header_and_one_of_notes() -> None:
    assert canonical.text(tidied('C>D E/F/ "Am"(G {a}A) |\nz4 !trill!c4 | % end')) == (
        "M:4/4\nL:1/8\nK:Cmaj\nC3DEFG2A2|z8c8|]\n"
    )


def test_lengths_are_written_in_eighths_as_shortly_as_can_be() -> None:
    assert body("C/2 C C2 C3/4 C/4 C/8 C3/8 C/16") == "CC2C4C3/C/C/4C3/4C/8|]"


def test_broken_rhythm_is_written_out_and_tuplets_stay() -> None:
    assert body("C>D E<F (3C/D/E/ (3:2:2C D/ [CE]") == "C3DEF3(3CDE(3:2:2C2D[CE]2|]"


def test_ties_stay_and_slurs_go() -> None:
    assert body("C-C C-D") == "C2-C2C2D2|]"


@pytest.mark.parametrize(
    ("notes", "explicit"),
    [
        ("C4|D4:|", "|:C8|D8:|"),
        ("|:C4:|D4:|", "|:C8::D8:|"),
        ("|:C4:|D4|]", "|:C8:|D8|]"),
        ("C4||D4:|", "C8|:D8:|"),
        ("C4|1D4:|2E4:|", "|:C8|1D8:|2E8|]"),
        ("C4|1D4:|2E4:|F4:|", "|:C8|1D8:|2E8|:F8:|"),
        ("|:C4|D4", "C8|D8|]"),
        ("|:C4::D4|]", "|:C8:|D8|]"),
        ("C4|]D4||", "C8||D8|]"),
        ("C4::D4:|", "|:C8::D8:|"),
        ("|:C4[1D4:|[2E4|]", "|:C8[1D8:|2E8|]"),
    ],
)
def test_every_repeat_is_opened_and_closed(notes: str, explicit: str) -> None:
    assert body(notes) == explicit


def test_a_tune_without_notes_stays_empty() -> None:
    assert [problem.message for problem in canonical.tidied(abc.read("M:4/4\nK:C\n||:\n")).problems] == [
        "There is no note."
    ]


def test_a_tune_is_judged_again_when_it_is_tidy() -> None:
    assert abc.read("M:4/4\nL:1/8\nK:C\nC8:|\n").beyond
    assert not canonical.tidied(abc.read("M:4/4\nL:1/8\nK:C\nC8:|\n")).outside()
    assert canonical.tidied(abc.read("M:4/4\nL:1/8\nK:C\nC7|D8|E§:|\n")).wrong("symbol", "bar")


def test_a_family_name_stands_for_intervals_and_rhythm_in_any_key() -> None:
    names = {canonical.family(tidied(notes)) for notes in ("CDEF|G4", "DE^FG|A4", "CDE>F|G4", "CDEF|A4")}
    assert len(names) == 3
    assert canonical.family(tidied("CDEF|G4")) == canonical.family(tidied("DE^FG|A4"))


# --- the whole collection: each day a fifth of it ---------------------------------------------------------------------

fifth_daily = pytest.mark.parametrize("share", [5, pytest.param(1, marks=pytest.mark.thorough)])


@pytest.mark.slow
@fifth_daily
def test_the_text_of_every_tune_reads_without_a_problem_and_writes_itself(share: int) -> None:
    for entry in data.tunes().entries[::share]:
        read = abc.read(entry.text)
        assert not read.outside(), entry.text
        assert canonical.text(read) == entry.text
        assert canonical.text(canonical.tidied(read)) == entry.text


@pytest.mark.slow
@fifth_daily
def test_every_tune_sounds_as_it_stands_in_its_book(share: int) -> None:
    texts = {entry.text: entry for entry in data.tunes().entries}
    seen = set()
    for path in corpus.files():
        for raw in islice(corpus.tunes_of(path.read_text(encoding="utf-8", errors="replace")), 0, None, share):
            tidy = canonical.tidied(abc.read(raw))
            if not tidy.outside() and corpus.digest(raw) not in corpus.HELD_BACK:
                written = canonical.text(tidy)
                assert written in texts
                assert sound(abc.read(written)) == sound(abc.read(raw))
                seen.add(written)
    assert seen == set(texts) if share == 1 else len(seen) > len(texts) / share / 2


@given(st.integers(0, 10_000), st.integers(-11, 11))
def test_a_transposed_tune_has_every_pitch_as_much_higher_and_the_same_rhythm(index: int, semitones: int) -> None:
    entries = data.tunes().entries
    here = abc.read(entries[index % len(entries)].text)
    written = canonical.text(here, semitones)
    if written is None:
        assert any("^" in entries[index % len(entries)].text or "_" in str(one) for one in here.events)
        return
    there = abc.read(written)
    assert not there.problems
    assert [event.pitches for event in there.events] == [
        tuple(pitch + semitones for pitch in event.pitches) for event in here.events
    ]
    assert [event.duration for event in there.events] == [event.duration for event in here.events]
    assert [item.sign for item in there.items if isinstance(item, BarLine)] == [
        item.sign for item in here.items if isinstance(item, BarLine)
    ]
    assert canonical.family(there) == canonical.family(here)


def test_nearly_every_tune_can_be_written_in_every_key() -> None:
    entries = data.tunes().entries[::25]
    lost = sum(canonical.text(abc.read(one.text), semitones) is None for one in entries for semitones in range(-6, 6))
    assert lost < 0.002 * 12 * len(entries)
