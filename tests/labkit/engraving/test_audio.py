"""The sound of a tune, by measuring it: pitch, time, ties, repeats, accents, joints, size."""

import io
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.engraving import audio
from labkit.notation import abc

HEADER = "M:4/4\nL:1/4\nK:C\n"
JIG = "M:6/8\nL:1/8\nK:D\n|:A|dfd dfd|ABA ABA|ded def|f3 f2:|\n"


def heard(body: str, header: str = HEADER, **options: float) -> np.ndarray:
    return audio.samples(abc.read(header + body), **options)


def played(body: str, header: str = HEADER, **options: float) -> list[audio.Note]:
    return audio.notes(abc.read(header + body), **options)


def level(sound: np.ndarray, begin: float, end: float) -> float:
    part = sound[round(begin * audio.RATE) : round(end * audio.RATE)]
    return float(np.sqrt(np.mean(part**2)))


@pytest.mark.parametrize(("note", "hertz"), [("A,", 220.0), ("A", 440.0), ("c", 523.251), ("b'", 1975.533)])
def test_a_held_note_is_in_tune_to_a_few_cents(note: str, hertz: float) -> None:
    sound = heard(f"{note}8|")
    part = sound[2000 : 2000 + audio.RATE * 2]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 2**20))
    frequencies = np.fft.rfftfreq(2**20, 1 / audio.RATE)
    near = (frequencies > hertz * 0.9) & (frequencies < hertz * 1.1)
    found = frequencies[near][spectrum[near].argmax()]
    assert abs(1200 * np.log2(found / hertz)) < 3
    assert spectrum[near].max() == pytest.approx(spectrum.max(), rel=0.3), "the fundamental is among the strongest"


def test_tempo_is_beats_per_minute_of_the_meter() -> None:
    assert played("A|A|", tempo=60)[1].onset == pytest.approx(0.5)  # a quarter where the half note is the beat
    jig = audio.notes(abc.read("M:6/8\nL:1/8\nK:D\nA3 A3|"), tempo=60)
    assert [note.onset for note in jig] == pytest.approx([0, 1])
    assert [note.seconds for note in jig] == pytest.approx([1, 1])
    assert [note.onset for note in audio.notes(abc.read("M:6/8\nL:1/8\nK:D\nA3 A3|"))] == pytest.approx([0, 60 / 110])


def test_a_tempo_that_nobody_plays_is_refused() -> None:
    with pytest.raises(ValueError, match="beats per minute, from 20 to 400"):
        played("A|", tempo=0)
    with pytest.raises(ValueError, match="swing goes from 0 to 1"):
        played("A|", swing=2)


def test_a_tie_makes_one_note_of_two_even_over_a_bar_line_and_in_a_chord() -> None:
    assert len(played("A4-|A4-|A4|")) == 1
    assert len(played("A2-A2|")) == 1
    assert len(played("A2A2|")) == 2
    chord = played("[CE]4-|[CG]4|")
    assert min((note.pitch, note.onset) for note in chord) == (60, 0)
    assert len(chord) == 3


def test_a_tied_note_is_not_struck_again() -> None:
    tied, struck = heard("A2-A2|A4|", tempo=60), heard("A2A2|A4|", tempo=60)
    before, after = (0.9, 0.98), (1.02, 1.1)
    assert level(tied, *after) < level(tied, *before)
    assert level(struck, *after) > 1.5 * level(struck, *before)


def test_repeats_and_endings_are_played_out() -> None:
    pitches = [note.pitch for note in played("|:C4|1D4:|2E4|]")]
    assert pitches == [60, 62, 60, 64]


def test_a_tie_into_a_repeat_leads_where_the_tune_goes() -> None:
    assert [note.seconds for note in played("|:C4|C4-:|C4|]", tempo=60)] == pytest.approx([2, 4, 4])


def test_the_beat_can_be_heard() -> None:
    sound = heard("AAA AAA|" * 2, "M:6/8\nL:1/8\nK:C\n", tempo=40)
    peaks = [level(sound, 0.5 * place, 0.5 * place + 0.1) for place in range(12)]
    first, second, fourth = peaks[6], peaks[7], peaks[9]
    assert first > 1.1 * fourth > 1.1 * 1.1 * second
    assert peaks[0] == pytest.approx(first, rel=0.1), "each bar begins strong"


def test_an_upbeat_is_no_first_beat() -> None:
    notes = played("A|AAAA|", tempo=60)
    assert notes[0].loudness < notes[1].loudness
    assert [note.loudness for note in notes[1:]] == [audio.LOUDNESS[strength] for strength in (3, 1, 2, 1)]


def test_swing_delays_the_second_of_two_eighths_and_nothing_else() -> None:
    straight = played("A/B/ A/B/ (3A/B/A/ A|", swing=0.0, tempo=30)
    swung = played("A/B/ A/B/ (3A/B/A/ A|", swing=1.0, tempo=30)
    late = [round(float(b.onset - a.onset), 3) for a, b in zip(straight, swung, strict=True)]
    assert late == [0, 0.167, 0, 0.167, 0, 0, 0, 0]
    assert swung[0].seconds == pytest.approx(2 * swung[1].seconds)
    assert played("ABA ABA|", "M:6/8\nL:1/8\nK:C\n", swing=1.0) == played("ABA ABA|", "M:6/8\nL:1/8\nK:C\n")


def test_no_click_where_notes_meet_or_end() -> None:
    """A click is a jump: it shows in the second difference, far above what the strings themselves do."""
    sound = heard("AcEa|Aceg|a2z2|", tempo=60)
    jumps = np.abs(np.diff(sound, 2))
    attacks = [round(0.5 * beat * audio.RATE) for beat in (0, 1, 2, 3, 4, 5, 6, 7, 8)]
    near_attack = max(jumps[at : at + 600].max() for at in attacks)
    end_of_note = round(5.0 * audio.RATE)
    assert jumps[end_of_note - 50 : end_of_note + 3000].max() < 0.1 * near_attack
    for at in attacks[1:]:
        assert jumps[at - 20 : at + 10].max() < near_attack, "the first half millisecond of a note is soft"
    assert jumps[:3].max() < 0.02
    assert abs(sound[-1]) < 1e-3


def test_the_level_is_bounded_and_finite_for_chords_and_strange_octaves() -> None:
    for body in ("[CEGceg]4|" * 4, "C,,,,,,,4|c'''''''''4|", "z4|", "A4|", "A99999|", "A/////|"):
        sound = heard(body)
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        assert np.abs(sound).max(initial=0) < 0.9
        assert abs(sound.mean()) < 0.01 if len(sound) else True


def test_a_very_long_tune_fades_out_after_a_minute(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = audio.save_wav(HEADER + "ABcd|" * 100, tmp_path / "long.wav")
    assert path
    assert path.stat().st_size <= 60 * audio.RATE * 2 + 100
    assert capsys.readouterr().out == "The whole tune takes 150 seconds; you hear the first 60.\n"
    sound = heard("ABcd|" * 100)
    assert level(sound, 59.8, 60) < 0.1 * level(sound, 57, 58)


@settings(max_examples=60)
@given(
    meter=st.sampled_from(["6/8", "4/4", "99/1", "1/99", "C|", "?"]),
    unit=st.sampled_from(["1/8", "99/1", "1/99"]),
    body=st.text("ABcdxz'^_=,|:[]()-123456789/<>~& \n\u2028", max_size=120),
)
def test_no_text_is_too_strange_to_play(meter: str, unit: str, body: str) -> None:
    sound = heard(body, f"M:{meter}\nL:{unit}\nK:G\n", swing=0.5)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max(initial=0) < 0.9
    assert len(sound) <= 60 * audio.RATE


def test_a_minute_is_made_in_well_under_a_second() -> None:
    tune = abc.read(HEADER + "A/B/c/d/e/f/g/a/|" * 60)
    audio.samples(tune)
    begin = time.process_time()
    audio.samples(tune)
    assert time.process_time() - begin < 1.0


def test_the_wav_file_is_what_was_heard() -> None:
    sound = heard("AB|")
    with wave.open(io.BytesIO(audio.wav(sound))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
        read = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
    np.testing.assert_allclose(read, sound, atol=1e-4)


def test_the_player_waits_for_a_click(capsys: pytest.CaptureFixture[str]) -> None:
    html = audio.play(JIG)._repr_html_()
    assert "<audio" in html
    assert "data:audio/wav;base64," in html
    assert "autoplay" not in html
    assert "script" not in html
    assert capsys.readouterr().out == ""


def test_a_wrong_tune_plays_as_far_as_it_was_read_and_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert audio.play(HEADER + "ABcd|AB§cde|") is not None
    said = capsys.readouterr().out
    assert said.startswith("It plays as far as I can read it. line 4, column ")
    assert said.endswith("(2 problems in all)\n")
    assert said.count("\n") == 1


@pytest.mark.parametrize("text", ["M:4/4\nK:C\n", "&&&", "M:4/4\nL:1/4\nK:C\nz4|"])
def test_where_nothing_sounds_one_sentence_says_so(
    text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert audio.play(text) is None
    assert audio.save_wav(text, tmp_path / "silent.wav") is None
    assert capsys.readouterr().out.count("There is no note to play") == 2
    assert not (tmp_path / "silent.wav").exists()


@pytest.mark.slow
def test_the_midi_file_holds_the_notes_with_repeats_played_out(tmp_path: Path) -> None:
    converter = pytest.importorskip("music21.converter")
    path = audio.save_midi(JIG, tmp_path / "jig.mid")
    assert path
    notes = list(converter.parse(path).flatten().notes)
    expected = audio.notes(abc.read(JIG))
    assert [note.pitch.midi for note in notes] == [note.pitch for note in expected]
    eighth = 60 / 110 / 3
    np.testing.assert_allclose(
        [float(note.offset) * 2 * eighth for note in notes], [note.onset for note in expected], atol=0.01
    )
