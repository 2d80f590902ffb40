"""Plays a tune on a plucked string, with NumPy alone: samples, a player for the notebook, WAV and MIDI files."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.style import say
from labkit.notation import abc, meter, playing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from labkit.notation.abc import Tune
    from labkit.notation.corpus import Entry

RATE = 22050  # samples per second
LONGEST = 60.0  # seconds
PEAK = 0.8
LOUDNESS = (0.60, 0.72, 0.86, 1.0)  # by the strength of the beat (`meter.strength`)
ATTACK, RELEASE, TAIL, FADE = 0.003, 0.06, 0.5, 1.5  # seconds
PARTIALS = 14
LONGEST_MIDI = 1000  # whole notes
RINGS = 6.0  # seconds that a string can be heard
ECHOES = ((0.013, 0.16), (0.023, 0.12), (0.037, 0.09), (0.053, 0.06), (0.071, 0.04))  # seconds, share: a small room
TEMPI = (20, 400)


@dataclass(frozen=True)
class Note:
    """What sounds: onset and length in seconds, a MIDI number, a loudness from 0 to 1."""

    onset: float
    seconds: float
    pitch: int
    loudness: float


def tune_of(source: str | Tune | Entry) -> Tune:
    """Read a tune from its text, or from an entry of the collection, which knows its title."""
    if isinstance(source, abc.Tune):
        return source
    if isinstance(source, str):
        return abc.read(source)
    return replace(abc.read(source.text), title=source.title)


def notes(tune: Tune, tempo: float | None = None, swing: float = 0.0) -> list[Note]:
    """List what sounds, repeats played out and ties joined.

    tempo: beats per minute (`meter.pace`: a dotted quarter in 6/8, a half note in 4/4 and 2/2); None: a calm dance
    swing: from 0 (as written) to 1 (the first of two eighth notes twice as long as the second); not in 6/8 and 9/8
    """
    if tempo is not None and not TEMPI[0] <= tempo <= TEMPI[1]:
        raise ValueError(f"tempo is in beats per minute, from {TEMPI[0]} to {TEMPI[1]}; this is {tempo}.")
    if not 0 <= swing <= 1:
        raise ValueError(f"swing goes from 0 to 1; this is {swing}.")
    beat, usual = meter.pace(tune)
    scale = 60 / float(beat) / (tempo or usual)  # seconds of a whole note
    return [
        Note(float(onset) * scale, float(end - onset) * scale, pitch, loudness)
        for onset, end, pitch, loudness in _joined(tune, Fraction(swing))
    ]


def _joined(tune: Tune, swing: Fraction) -> Iterator[tuple[Fraction, Fraction, int, float]]:
    """List onset and end (in whole notes as played), pitch and loudness; a tie makes one note of two."""
    held: dict[int, tuple[Fraction, float]] = {}  # pitch -> onset and loudness
    start = Fraction(0)  # of the bar, as played
    for bar in playing.played(tune):
        shift = meter.begins(bar, tune) - bar.events[0].onset
        for event in bar.events:
            time = event.onset + shift  # in the bar
            onset = start + event.onset - bar.events[0].onset
            end = onset + event.duration + _late(tune, time + event.duration, swing)
            onset += _late(tune, time, swing)
            loudness = LOUDNESS[meter.strength(tune, time)]
            sounding = {pitch: held.get(pitch, (onset, loudness)) for pitch in event.pitches}
            for pitch in held.keys() - sounding.keys():
                yield held[pitch][0], onset, pitch, held[pitch][1]
            held = sounding if event.tied else {}
            for pitch, (begun, loud) in sounding.items():
                if not event.tied:
                    yield begun, end, pitch, loud
        start += bar.duration
    for pitch, (begun, loud) in held.items():
        yield begun, start, pitch, loud


def _late(tune: Tune, time: Fraction, swing: Fraction) -> Fraction:
    """Return by how much swing delays what begins or ends at a time of the bar: the second note of each pair."""
    pair = meter.swung(tune) if swing else None
    return swing * pair / 6 if pair and time % pair == pair / 2 else Fraction(0)


def samples(
    tune: Tune, tempo: float | None = None, swing: float = 0.0, seconds: float = LONGEST, rate: int = RATE
) -> NDArray[np.float32]:
    """Play a tune: (time,) between -0.9 and 0.9, at most `seconds` long, where it fades out; (0,) if nothing sounds.

    tempo, swing: as in `notes`; rate: samples per second
    """
    return _sound(notes(tune, tempo, swing), seconds, rate)


def _sound(played: list[Note], seconds: float, rate: int) -> NDArray[np.float32]:
    longest = round(min(seconds, LONGEST) * rate)
    heard = [note for note in played if note.onset * rate < longest]
    if not heard:
        return np.zeros(0, np.float32)
    ends = max(note.onset + note.seconds for note in heard) + TAIL
    sound = np.zeros(round((min(ends, longest / rate) + RINGS + 1) * rate), np.float32)  # room for the last note
    strings: dict[int, NDArray[np.float32]] = {}
    for pitch in {note.pitch for note in heard}:
        needed = max(note.seconds for note in heard if note.pitch == pitch)
        strings[pitch] = _string(pitch, min(needed + RELEASE, RINGS), rate)
    release = _fall(round(RELEASE * rate))
    for note in heard:
        tone = strings[note.pitch][: round(note.seconds * rate) + len(release)] * np.float32(note.loudness)
        damped = min(len(release), len(tone))
        tone[len(tone) - damped :] *= release[len(release) - damped :]
        begin = round(note.onset * rate)
        sound[begin : begin + len(tone)] += tone
    return _finished(
        sound, min(round(ends * rate), longest), rate, cut=len(heard) < len(played) or ends * rate > longest
    )


def _string(pitch: int, seconds: float, rate: int) -> NDArray[np.float32]:
    """Pluck a string: (time,); its higher partials are weaker and fade sooner, and a part of the tone lingers."""
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    t = np.arange(round(seconds * rate)) / rate  # (time,)
    fade = 2 + hertz / 350  # per second
    turn = np.exp(2j * np.pi * hertz * t)  # (time,)
    each = np.exp(-0.8 * fade * t)  # what a partial more loses
    wave_, tone = turn * (0.7 * np.exp(-fade * t) + 0.3 * np.exp(-0.3 * fade * t)), np.zeros(len(t))
    for partial in range(1, PARTIALS + 1):
        if partial * hertz > 0.45 * rate:
            break
        tone += abs(np.sin(0.23 * np.pi * partial)) / partial**1.2 * np.exp(-partial * hertz / 6000) * wave_.imag
        wave_ *= turn * each
    attack = round(ATTACK * rate)
    tone[:attack] *= _fall(attack)[::-1][: len(tone)]
    return tone.astype(np.float32)


def _fall(count: int) -> NDArray[np.float32]:
    """Go from 1 to 0 along half a cosine: (count,)."""
    return (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, count))).astype(np.float32)


def _finished(sound: NDArray[np.float32], length: int, rate: int, *, cut: bool) -> NDArray[np.float32]:
    """Add the room, cut to length, fade out, and set the level."""
    dry = sound[:length]
    wet = dry.copy()
    for delay, share in ECHOES:
        late = round(delay * rate)
        wet[late:] += share * dry[: max(length - late, 0)]
    fade = min(round((FADE if cut else TAIL / 2) * rate), length)
    wet[length - fade :] *= _fall(fade)
    peak = float(np.abs(wet).max(initial=0))
    return wet * np.float32(PEAK / peak) if peak > 0 else wet


def wav(sound: NDArray[np.float32], rate: int = RATE) -> bytes:
    """Pack samples (time,) between -1 and 1 as a WAV file: one channel, 16 bits."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
    return buffer.getvalue()


def play(
    source: str | Tune | Entry, tempo: float | None = None, swing: float = 0.0, seconds: float = LONGEST
) -> Any | None:
    """Show a player for a tune, ABC text or entry; it waits for a click, and a wrong tune plays as far as it was read.

    Returns an IPython.display.Audio, or None (and says so) when nothing sounds.
    """
    from IPython.display import Audio

    sound = _told(tune_of(source), tempo, swing, seconds)
    return Audio(data=wav(sound), rate=RATE, autoplay=False) if len(sound) else None


def save_wav(
    source: str | Tune | Entry, path: str | Path, tempo: float | None = None, swing: float = 0.0
) -> Path | None:
    """Write a tune to a WAV file; None (and says so) when nothing sounds."""
    sound = _told(tune_of(source), tempo, swing, LONGEST)
    if not len(sound):
        return None
    Path(path).write_bytes(wav(sound))
    return Path(path)


def _told(tune: Tune, tempo: float | None, swing: float, seconds: float) -> NDArray[np.float32]:
    """Play a tune, and say what is wrong with it and what is left out."""
    played = notes(tune, tempo, swing)
    sound = _sound(played, seconds, RATE)
    if not len(sound):
        say("There is no note to play" + (f": {tune.problems[0]}" if tune.problems else "."))
        return sound
    if tune.problems:
        more = f" ({len(tune.problems)} problems in all)" if len(tune.problems) > 1 else ""
        say(f"It plays as far as I can read it. {tune.problems[0]}{more}")
    unread = [one for one in tune.beyond if one.kind == "symbol"]
    if unread:
        say(str(unread[0]))
    full = max(note.onset + note.seconds for note in played)
    if full > min(seconds, LONGEST):
        say(f"The whole tune takes {full:.0f} seconds; you hear the first {min(seconds, LONGEST):.0f}.")
    return sound


def save_midi(source: str | Tune | Entry, path: str | Path, tempo: float | None = None) -> Path | None:
    """Write a tune to a MIDI file, its repeats played out; None (and says so) when nothing sounds."""
    from music21 import note, stream
    from music21.tempo import MetronomeMark

    tune = tune_of(source)
    beat, usual = meter.pace(tune)
    per_minute = float(beat * 4) * (tempo or usual)  # quarter notes
    score: Any = stream.Stream([MetronomeMark(number=per_minute)])
    for onset, end, pitch, loudness in _joined(tune, Fraction(0)):
        if onset >= LONGEST_MIDI:
            break
        one = note.Note(pitch, quarterLength=4 * min(end - onset, Fraction(LONGEST_MIDI)))
        one.volume.velocity = round(100 * loudness)
        score.insert(4 * onset, one)
    if not score.notes:
        say("There is no note to write.")
        return None
    score.write("midi", fp=str(path))
    return Path(path)
