"""Makes a page of tunes to share, with score and sound in one file, and a blind test: real, or made by a model."""

from __future__ import annotations

import base64
import io
import math
import random
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.base.style import say
from labkit.engraving import audio, roll
from labkit.engraving.audio import tune_of
from labkit.engraving.engraving import engrave
from labkit.engraving.score import image
from labkit.notation import bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.engraving.engraving import Engraving
    from labkit.notation.abc import Tune
    from labkit.notation.corpus import Entry

MOST_TUNES = 10
SOUND_BYTES = 8_000_000  # of all WAV files of a page; a page writes four letters for three bytes
LONGEST_TEXT = 4000  # characters of ABC that a page shows
LOW_RATE = audio.RATE // 2
BLIND_SECONDS = 15.0
CSS = """
:root{color-scheme:light dark;--back:#fbfaf7;--card:#fff;--text:#1d1d1b;--soft:#5c5c58;--line:#dcd9d2;--bad:#a83f00}
@media(prefers-color-scheme:dark){:root{--back:#191a1c;--card:#242629;--text:#ececea;--soft:#a9aaac;--line:#3b3e42;
--bad:#ff9d5c}}
*{box-sizing:border-box}
body{margin:0;padding:1rem;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:auto}
h1{font-size:1.6rem;margin:.5rem 0 1rem}h2{font-size:1.15rem;margin:0}
article{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:0 0 1rem}
p{margin:.2rem 0 .6rem;color:var(--soft)}p.bad{color:var(--bad)}
.score{overflow-x:auto;background:#fff;border-radius:.3rem}
.score img{display:block;width:100%;min-width:34rem;height:auto}
audio{display:block;width:100%;margin:.8rem 0}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem;color:var(--soft)}
"""
MOST_SAID, BAD = 3, ' class="bad"'  # of what keeps a tune from the ladder's end: how much is said; what is wrong
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{css}</style></head>
<body><main><h1>{title}</h1>
{note}{articles}
</main></body></html>
"""


def page(tunes: Sequence[str | Tune | Entry], path: str | Path, title: str = "My best tunes", note: str = "") -> Path:
    """Write one HTML file with up to ten tunes, score, sound and ABC; it needs no network and holds no script.

    note: a sentence below the title, such as who wrote them
    Says how large it is. A long tune fades out early where the page would become too large (over about 12 MB).
    """
    shown = [tune_of(tune) for tune in tunes[:MOST_TUNES]]
    if len(tunes) > MOST_TUNES:
        say(f"The page takes the first {MOST_TUNES} of {len(tunes)} tunes.")
    rate, seconds = _room([_length(tune) for tune in shown])
    articles = [
        _article(tune, drawn, number, _player(tune, rate, seconds))
        for number, (tune, drawn) in enumerate(zip(shown, engrave(shown), strict=True), 1)
    ]
    said = f"<p>{escape(note)}</p>\n" if note else ""
    html = PAGE.format(title=escape(title), css=CSS, note=said, articles="\n".join(articles))
    Path(path).write_text(html, encoding="utf-8")
    say(f"{path}: {len(shown)} tunes, {len(html.encode()) / 1e6:.1f} MB. Open it in a browser, or send it to a friend.")
    return Path(path)


def _length(tune: Tune) -> float:
    return min(max((note.onset + note.seconds for note in audio.notes(tune)), default=0) + audio.TAIL, audio.LONGEST)


def _room(lengths: Sequence[float]) -> tuple[int, float]:
    """Choose samples per second, and how many seconds of a tune there is room for."""
    if 2 * audio.RATE * sum(lengths) <= SOUND_BYTES:
        return audio.RATE, audio.LONGEST
    seconds = audio.LONGEST
    while 2 * LOW_RATE * sum(min(length, seconds) for length in lengths) > SOUND_BYTES:
        seconds -= 1
    return LOW_RATE, seconds


def _player(tune: Tune, rate: int, seconds: float) -> str:
    """Return a tune as an HTML player that waits for a click; "" if nothing sounds."""
    sound = audio.samples(tune, seconds=seconds, rate=rate)
    if not len(sound):
        return ""
    data = base64.b64encode(audio.wav(sound, rate)).decode()
    return f'<audio controls preload="none" src="data:audio/wav;base64,{data}"></audio>'


def _article(tune: Tune, drawn: Engraving, number: int, player: str) -> str:
    """Write one tune of a page."""
    name = tune.title or f"Tune {number}"
    picture = image(drawn.svg, name) if drawn.svg else _roll_image(tune, name)
    wrong = "".join(
        f"<p{'' if problem.legal else BAD}>{escape(str(problem))}</p>" for problem in tune.outside()[:MOST_SAID]
    )
    facts = " · ".join(filter(None, (tune.meter_name, str(tune.key), ladder_line(tune))))
    return (
        f"<article><h2>{escape(name)}</h2><p>{escape(facts)}</p>{wrong}"
        f'<div class="score">{picture}</div>{player or "<p>No note can be read.</p>"}'
        f"<pre>{escape(tune.text[:LONGEST_TEXT])}</pre></article>"
    )


def ladder_line(tune: Tune) -> str:
    """Say in one line how far up the validity ladder a tune comes, by the rule of `labkit.evaluation.metrics`."""
    total = len(bars.split(tune))
    full = total - len(tune.wrong("bar"))
    steps = {
        "header": not tune.outside("header"),
        "every symbol read": not tune.outside("symbol"),
        f"{full} of {total} bars fill their meter": full == total > 0,
        "repeats balanced": not tune.outside("repeat"),
    }
    return ", ".join(f"{step} {'✓' if good else '✗'}" for step, good in steps.items())


def _roll_image(tune: Tune, name: str) -> str:
    """Return the piano-roll as an HTML image; "" if there is no note."""
    if not tune.events:
        return ""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    before = set(plt.get_fignums())
    try:
        roll.draw(tune)
        plt.savefig(buffer, format="png", dpi=90)
    finally:
        for figure in set(plt.get_fignums()) - before:
            plt.close(figure)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{escape(f"The piano-roll of {name}", quote=True)}" src="data:image/png;base64,{data}">'


class BlindTest:
    """Numbered tunes without names, real ones and made ones mixed; show it as the last line of a cell."""

    def __init__(self, real: Sequence[str | Tune | Entry], made: Sequence[str | Tune | Entry], seed: int) -> None:
        both = [(tune_of(tune), kind) for kind, group in (("real", real), ("made", made)) for tune in group]
        heard = [(replace(tune, title="", problems=[]), kind) for tune, kind in both if audio.notes(tune)]
        if len(heard) < len(both):
            say(f"{len(both) - len(heard)} of the tunes hold no note; they are left out.")
        random.Random(seed).shuffle(heard)  # noqa: S311
        self.tunes = [tune for tune, _ in heard]
        self._kinds = [kind for _, kind in heard]

    def _repr_html_(self) -> str:
        """Show each tune: number, player, score (wrong bars are not marked here)."""
        return "".join(
            f"<div><b>Tune {number}</b><br>{_player(tune, LOW_RATE, BLIND_SECONDS)}"
            f"{image(drawn.svg) if drawn.svg else ''}</div>"
            for number, (tune, drawn) in enumerate(zip(self.tunes, engrave(self.tunes), strict=True), 1)
        )

    def answers(self) -> list[str]:
        """Tell what each tune is: "real" or "made"."""
        return list(self._kinds)

    def judge(self, guesses: Sequence[str]) -> None:
        """Count how many guesses ("real" or "made", one for each tune) are right, and how good luck alone would be."""
        total = len(self._kinds)
        plain = [str(guess).strip().lower() for guess in guesses]
        if len(plain) != total or set(plain) - {"real", "made"}:
            say(f'Write {total} guesses, each "real" or "made", such as ["real", "made", ...].')
            return
        right = sum(guess == kind for guess, kind in zip(plain, self._kinds, strict=True))
        luck = sum(math.comb(total, count) for count in range(right, total + 1)) / 2**total
        say(
            f"You are right about {right} of {total} tunes. "
            f"Someone who tosses a coin for each does as well or better in {_percent(luck)} of all tests."
        )
        for number, (guess, kind) in enumerate(zip(plain, self._kinds, strict=True), 1):
            say(f"  tune {number}: {kind}" + ("" if guess == kind else f" (you said {guess})"))


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "less than 1%"


def blind_test(real: Sequence[str | Tune | Entry], made: Sequence[str | Tune | Entry], seed: int = 0) -> BlindTest:
    """Mix real tunes and tunes of a model, numbered and without names, to be heard and told apart."""
    return BlindTest(real, made, seed)
