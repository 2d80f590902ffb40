"""Keys in ABC, the sharps and flats they set, and notes that move from one to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.notation.keys import ACCIDENTALS, LETTERS, MODES, Key, Written, letters_between

TONICS = [letter + sign for letter in LETTERS for sign in ("", "#", "b")]
KEYS = [key for tonic in TONICS for mode in MODES if abs((key := Key(tonic, mode)).sharps) <= 7]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("C", "Cmaj"),
        ("Ador", "Ador"),
        ("E Minor", "Emin"),
        ("Em", "Emin"),
        ("EM", "Emin"),  # the standard lets capitals stand for small letters
        ("Bb", "Bbmaj"),
        ("F#m", "F#min"),
        ("G major", "Gmaj"),
        ("D MIX", "Dmix"),
        ("Dmixolydian", "Dmix"),
        ("Aaeolian", "Amin"),
        ("C ionian", "Cmaj"),
        ("F lydian", "Flyd"),
        ("E phrygian", "Ephr"),
        ("B locrian", "Bloc"),
        ("HP", "Amix"),
        ("Hp", "Amix"),
    ],
)
def test_a_key_is_read_as_it_is_usually_written(written: str, key: str) -> None:
    assert str(Key.read(written)) == key


@pytest.mark.parametrize("written", ["", "H", "Cfoo", "c", "none", "G# major", "Cb lyd x", "C clef=bass", "Fb"])
def test_what_is_no_key_is_none(written: str) -> None:
    assert Key.read(written) is None


@pytest.mark.parametrize(
    ("tonic", "sharps"),
    [("C", 0), ("G", 1), ("D", 2), ("F#", 6), ("C#", 7), ("F", -1), ("Bb", -2), ("Gb", -6), ("Cb", -7)],
)
def test_major_keys_have_the_sharps_of_the_circle_of_fifths(tonic: str, sharps: int) -> None:
    assert Key(tonic).sharps == sharps


@pytest.mark.parametrize("name", ["Cmaj", "Dmix", "Ador", "Emin", "Flyd", "Gmix", "Bphr", "F#loc"])
def test_the_sharps_that_a_key_sets_are_those_of_its_mode(name: str) -> None:
    sharps = {"Cmaj": "", "Dmix": "F", "Ador": "F", "Emin": "F", "Flyd": "", "Gmix": "", "Bphr": "F", "F#loc": "F"}
    key = Key.read(name)
    assert key
    assert [letter for letter, raised in key.alterations.items() if raised] == list(sharps[name])


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_key_reads_back_and_has_seven_notes_with_its_tonic(key: Key) -> None:
    assert Key.read(str(key)) == key
    assert len(key.scale) == 7
    assert key.tonic_class in key.scale
    assert sum(key.alterations.values()) == key.sharps


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_has_the_same_steps_from_every_tonic(mode: str) -> None:
    steps = {frozenset((note - key.tonic_class) % 12 for note in key.scale) for key in KEYS if key.mode == mode}
    assert len(steps) == 1


@given(st.sampled_from(KEYS), st.integers(-24, 24))
def test_a_transposed_key_is_as_many_semitones_higher_in_the_same_mode_and_never_needs_more_than_six_signs(
    key: Key, semitones: int
) -> None:
    other = key.transposed(semitones)
    assert other.mode == key.mode
    assert (other.tonic_class - key.tonic_class - semitones) % 12 == 0
    assert abs(other.sharps) <= 6


@pytest.mark.parametrize(
    ("written", "shown", "midi"),
    [
        (Written("C", 4), "C", 60),
        (Written("C", 5), "c", 72),
        (Written("A", 4, "_"), "_A", 69),
        (Written("B", 3), "B,", 59),
        (Written("C", 6, "^^"), "^^c'", 84),
        (Written("D", 2), "D,,", 38),
    ],
)
def test_a_note_is_written_with_its_octave_and_accidental(written: Written, shown: str, midi: int) -> None:
    assert str(written) == shown
    assert written.midi(0) == midi


NOTES = st.builds(Written, st.sampled_from(LETTERS), st.integers(3, 6), st.sampled_from(["", *ACCIDENTALS]))


def sounding(note: Written, key: Key) -> int:
    return note.midi(ACCIDENTALS[note.accidental] if note.accidental else key.alterations[note.letter])


@given(NOTES, st.sampled_from(KEYS), st.integers(-12, 12))
def test_a_moved_note_sounds_exactly_as_many_semitones_higher(note: Written, key: Key, semitones: int) -> None:
    other = key.transposed(semitones)
    moved = note.moved(letters_between(key, other, semitones), key, other)
    if moved:
        assert sounding(moved, other) - sounding(note, key) == semitones
        assert bool(moved.accidental) == bool(note.accidental)
    else:
        assert note.accidental in {"__", "^^", "_", "^"}  # a third sharp or flat would be needed


def test_a_note_without_an_accidental_can_always_be_moved() -> None:
    assert Written("F", 4).moved(4, Key("C"), Key("G")) == Written("C", 5)


def test_a_third_sharp_cannot_be_written() -> None:
    assert Written("F", 4, "^^").moved(0, Key("C"), Key("F#")) is None
