"""Shared runs of notes: small tunes, a slow search beside the fast one, and the picture."""

from fractions import Fraction
from itertools import pairwise

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.evaluation import metrics, novelty, plots
from labkit.notation import abc
from labkit.notation.corpus import Entry

HEAD = "M:4/4\nL:1/8\nK:Cmaj\n"


def entry(notes: str, title: str = "A tune", head: str = HEAD) -> Entry:
    return Entry(text=f"{head}{notes}\n", title=title, book="", number="1", family="", part="train")


SCALE = entry("CDEFGABc|c2B2A2G2|F8|]", "The Scale")
LEAPS = entry("C4c4|G,4g4|c8|]", "The Leaps")
LIBRARY = novelty.Library([SCALE, LEAPS])


def longest(notes: str, head: str = HEAD, library: novelty.Library = LIBRARY) -> novelty.Match:
    return library.longest(f"{head}{notes}\n")


def test_a_run_is_found_with_its_tune_and_its_bars() -> None:
    match = longest("G,8|c8|z8|e2c2B2A2|G2e6|]")
    assert (match.length, match.entry, match.holders) == (4, SCALE, 1)
    assert (match.own_start, match.its_start) == (3, 8)
    assert (match.own_bars, match.its_bars) == ((4, 5), (2, 2))


def test_the_same_notes_in_another_key_are_the_same() -> None:
    assert longest("DEFGABcd|d2c2B2A2|G8|]", "M:4/4\nL:1/8\nK:Dmaj\n").length == 13


def test_other_durations_are_other_notes() -> None:
    assert longest("C2D2E2F2|]").length == 1
    assert longest("CDE2|]").length == 2


def test_a_rest_between_two_notes_tells_them_from_two_without() -> None:
    assert longest("CDzEF|]").length == 2


def test_the_rest_after_the_last_note_of_a_run_does_not_count() -> None:
    assert longest("CDEz|]").length == 3


def test_of_a_chord_the_top_note_counts_and_tied_notes_are_one() -> None:
    assert longest("[A,C][G,D]E/-E/F|]").length == 4


def test_the_first_tune_that_holds_a_run_is_named_and_the_others_counted() -> None:
    library = novelty.Library([LEAPS, entry("EFGA|]", "One"), entry("CDEF|CDEF|]", "Two"), entry("CDEFG|]", "Three")])
    match = longest("cdef|]", library=library)
    assert match.entry is not None
    assert (match.length, match.entry.title, match.holders) == (4, "Two", 2)


def test_no_run_crosses_from_one_tune_of_the_library_into_the_next() -> None:
    library = novelty.Library([entry("CDE|]"), entry("FGA|]")])
    assert longest("CDEFGA|]", library=library).length == 3


def test_each_note_knows_the_longest_run_that_it_is_in() -> None:
    assert longest("CDEG,2DE|]").per_note == (3, 3, 3, 1, 2, 2)


@pytest.mark.parametrize(("notes", "length"), [("", 0), ("z8|]", 0), ("C8|]", 1)])
def test_tunes_with_hardly_a_note_share_hardly_a_note(notes: str, length: int) -> None:
    match = longest(notes)
    assert (match.length, match.entry, len(match.per_note)) == (length, None, length)


def test_a_library_without_tunes_shares_nothing() -> None:
    assert longest("CDEF|]", library=novelty.Library([])).length == 1


def test_what_other_real_tunes_share_stands_beside() -> None:
    library = novelty.Library([SCALE], [entry("CDE|]"), entry("cC|]")])
    np.testing.assert_array_equal(library.real, [3, 1])


def slow(own: str, others: list[str]) -> int:
    """Try every run of notes: the specification."""

    def steps(text: str) -> list[tuple[int, Fraction, Fraction]]:
        notes = [event for event in abc.read(text).events if event.pitches]
        return [(b.pitches[0] - a.pitches[0], a.duration, b.duration) for a, b in pairwise(notes)]

    mine, found = steps(own), 0
    for its in map(steps, others):
        for i in range(len(mine)):
            for j in range(len(its)):
                length = 0
                while i + length < len(mine) and j + length < len(its) and mine[i + length] == its[j + length]:
                    length += 1
                found = max(found, length)
    return found + 1


NOTES = st.text(alphabet="CDE", min_size=1, max_size=20)


@settings(max_examples=60)
@given(NOTES, st.lists(NOTES, min_size=1, max_size=4))
def test_the_fast_search_finds_what_trying_everything_finds(own: str, others: list[str]) -> None:
    library = novelty.Library([entry(other) for other in others])
    assert library.longest(HEAD + own).length == slow(HEAD + own, [HEAD + other for other in others])


@settings(max_examples=40)
@given(st.text() | st.text(alphabet="MLK:/12\nCDEc|[]():^z-<", max_size=60))
def test_no_text_is_too_bad_to_be_looked_up(text: str) -> None:
    match = LIBRARY.longest(text)
    assert len(match.per_note) == len(match.notes)


def test_the_lens_names_the_source_and_what_real_tunes_share(capsys: pytest.CaptureFixture[str]) -> None:
    library = novelty.Library([SCALE], [entry("CDE|]"), entry("CDEFG|]")])
    plots.lens(HEAD + "C8|CDEFG4|]\n", library)
    plt.gcf().canvas.draw()
    plt.close("all")
    assert capsys.readouterr().out == (
        "The longest shared run: 4 of 6 notes, bar 2. It stands in “The Scale”, bar 1.\n"
        "Real tunes that no model learned from share 4 notes (median) with a training tune; "
        "1 in 10 shares 5 or more. 50% share as much as this tune or more.\n"
    )


def test_the_lens_draws_long_tunes_and_tunes_without_notes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "MOST_ROWS", 2)
    plots.lens(HEAD + "CDEFGABc|" * 30, LIBRARY)
    plt.gcf().canvas.draw()
    plots.lens("?", LIBRARY)
    plt.close("all")
    said = capsys.readouterr().out
    assert "The last 80 notes are not drawn." in said
    assert "There is no note to look at." in said


def test_the_ladder_is_drawn_with_its_shares_said(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = metrics.measure([f"{HEAD}C8|C8|]"]), metrics.measure([])
    plots.ladder({"a model": bad, "real tunes": good})
    plt.gcf().canvas.draw()
    plt.close("all")
    said = capsys.readouterr().out
    assert "Real tunes: 100% can be read, 100% have only full bars, too, 100% get to the last rung." in said


@pytest.mark.slow
def test_held_out_real_tunes_share_phrases_but_no_tune_with_the_training_tunes() -> None:
    library = novelty.training()
    assert 8 <= np.median(library.real) <= 12
    assert library.real.max() < 50
    assert library.longest(library.entries[0].text).entry == library.entries[0]
