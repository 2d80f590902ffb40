"""What is measured of tunes: small tunes whose figures can be counted by hand."""

import builtins
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.base import style
from labkit.evaluation import metrics, plots
from labkit.notation import abc

HEAD = "M:4/4\nL:1/8\nK:Cmaj\n"
GOOD = HEAD + "|:C2D2E2F2|G4C4:|\n"
SHORT_BAR = HEAD + "C2D2E2F2|G4C2|C8|]\n"
STRANGE = HEAD + "C2D2§E2F2|G4C4|]\n"
HEADLESS = "C2D2E2F2|G4C4|]\n"
UNBALANCED = HEAD + "C2D2E2F2|G4C4:|\n"
CUT = HEAD + "C2D2E2F2|G4C"


def counts(rungs: tuple[metrics.Share, ...]) -> list[int]:
    return [rung.count for rung in rungs]


def test_bits_per_character_divides_by_the_characters_of_the_text_and_by_ln_2() -> None:
    assert metrics.bits_per_character(30 * math.log(2), ["abcdefghij", "klmno"]) == pytest.approx(2.0)


def test_bits_per_character_of_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no character"):
        metrics.bits_per_character(1.0, [])


def test_each_fault_keeps_a_tune_from_its_rung_and_from_all_after_it() -> None:
    texts = [GOOD, UNBALANCED, SHORT_BAR, STRANGE, HEADLESS, CUT]
    assert counts(metrics.ladder(texts)) == [5, 4, 3, 2, 1]


def test_a_flag_says_better_than_the_text_whether_a_tune_ended_by_itself() -> None:
    assert counts(metrics.ladder([GOOD, GOOD], ended=[True, False])) == [1] * 5
    assert counts(metrics.ladder([GOOD[:-2] + "|C8"], ended=[True]))[0] == 1


def test_flags_must_be_as_many_as_tunes() -> None:
    with pytest.raises(ValueError, match="1 entries for 2 tunes"):
        metrics.ladder([GOOD, GOOD], ended=[True])


def test_the_interval_is_wilsons() -> None:
    low, high = metrics.Share("", 8, 10).interval  # Wilson (1927), the usual example
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert metrics.Share("", 0, 10).interval == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert metrics.Share("", 10, 10).interval == (pytest.approx(0.7225, abs=1e-4), pytest.approx(1))


def test_read_is_up_to_the_symbols_and_valid_is_everything() -> None:
    measured = metrics.measure([GOOD, SHORT_BAR, STRANGE, CUT])
    assert (measured.read, measured.valid) == (0.5, 0.25)


def test_the_tunes_on_the_last_rung_are_those_that_the_ladder_counts() -> None:
    texts = [GOOD, UNBALANCED, SHORT_BAR, STRANGE, HEADLESS, CUT, GOOD]
    assert metrics.right(texts) == [GOOD, GOOD]
    assert metrics.right(texts, [False] + [True] * 6) == [GOOD]
    with pytest.raises(ValueError, match="zip"):
        metrics.right(texts, [True])


def test_notes_in_the_key_are_counted_with_its_sharps_and_with_accidentals() -> None:
    assert metrics.in_key(abc.read("M:4/4\nL:1/8\nK:Dmaj\nFC=C^G|]")) == (2, 4)
    assert metrics.in_key(abc.read(HEAD + "[CE^G]|]")) == (2, 3)


@pytest.mark.parametrize(("notes", "tonic"), [("G4C4", 1), ("C4G4", 0), ("G4c'4z4", 1), ("C4[CEG]4", 1)])
def test_the_last_note_is_the_tonic_in_any_octave_and_in_a_chord(notes: str, tonic: int) -> None:
    assert metrics.ends_on_tonic(abc.read(HEAD + notes + "|]")) == (tonic, 1)


def test_bars_occur_again_only_with_the_same_pitches_and_the_same_rhythm() -> None:
    tune = abc.read(HEAD + "C4D4|C4D4|C2D6|c4d4|^C4D4|]")
    assert metrics.repeated_bars(tune) == (2, 5)


@pytest.mark.parametrize(("notes", "bits"), [("CCCC", 0.0), ("CDCD", 1.0), ("CDEF", 2.0), ("CCDE", 1.5)])
def test_pitch_entropy_is_that_of_the_shares_of_pitches(notes: str, bits: float) -> None:
    assert metrics.pitch_entropy(abc.read(HEAD + notes + "|]"))[0] == pytest.approx(bits)


def test_shares_of_notes_are_of_all_notes_not_means_over_tunes() -> None:
    measured = metrics.measure([HEAD + "^C|]", HEAD + "CDE|]"])
    share = measured.figures[0]
    assert (share.name, share.value, share.tunes) == ("notes that are in the key", 0.75, 2)
    assert share.low < 0.75 < share.high


def test_tunes_without_a_header_or_a_note_have_no_figures() -> None:
    measured = metrics.measure([HEADLESS, HEAD, ""])
    assert all(figure.tunes == 0 and math.isnan(figure.value) for figure in measured.figures)


def test_the_report_says_what_is_to_be_seen(capsys: pytest.CaptureFixture[str]) -> None:
    again = HEAD + "|:C2D2E2F2|C2D2E2F2|C2D2E2F2|G4C4:|\n"
    off = HEAD + "^C2^D2^F2^G2|^A2^C2^D2^F2|^G4^C2E2|\n"
    measured = metrics.report([off] * 40 + [STRANGE] * 10, [again] * 50)
    said = capsys.readouterr().out
    assert "Most of the others (40) fail at rung 1: it ends by itself." in said
    assert "tunes that end on the tonic 20% (real: 100%)" in said
    assert "All real tunes get to the last rung because the collection keeps no others." in said
    assert "nan" not in said
    assert measured["real tunes"].valid == 1


def test_the_table_holds_what_others_measured_too(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.table(
        {"a model": metrics.measure([GOOD], bits=1.8512, copies=[4, 9, 5]), "real tunes": metrics.measure([GOOD])}
    )
    said = capsys.readouterr().out
    assert "1.851" in said
    assert "5 (4-9)" in said


def test_what_was_measured_goes_into_json() -> None:
    measured = metrics.measure([GOOD], bits=2.0, copies=[3])
    assert json.loads(json.dumps(measured.as_dict()))["valid"] == 1


def test_no_tune_at_all_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.report([], [])
    assert "there is no tune" in capsys.readouterr().out


@settings(max_examples=60)
@given(st.lists(st.text() | st.text(alphabet='MLK:/1248\nCDEFGABcde|[]():^_=z-<>"!', max_size=80), max_size=4))
def test_no_text_is_too_bad_to_be_judged(texts: list[str]) -> None:
    metrics.seen(metrics.measure([*texts, *(HEAD + text for text in texts)]), metrics.measure([GOOD]))


def test_temperature_is_told_in_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    right = "M:2/4\nL:1/8\nK:Gmaj\nGABc|d2d2|]\n"
    columns = {0.5: metrics.measure([right] * 4, copies=[3] * 4), 1.5: metrics.measure([right, right[:25]] * 2)}
    plots.temperatures(columns, np.array([1, 2, 3]))
    said = capsys.readouterr().out
    assert "T = 0.5: 100% of the tunes have no mistake; half of them copy at most 3 notes." in said
    assert "T = 1.5: 50% of the tunes have no mistake." in said
    assert "Half of the real tunes share at most 2 notes with a training tune." in said


def test_a_notebook_shows_the_table_without_breaking_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(builtins, "display", shown.append, raising=False)
    style.print_wide(["a < b", "second"])
    assert shown[0].data == '<pre style="white-space: pre; overflow-x: auto">a &lt; b\nsecond</pre>'
