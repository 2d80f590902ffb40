"""The tunes on which programs differ: for each its text, what is looked at, our value, and what the standard says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.abc.readers import Played

NAMES = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")


class Row(NamedTuple):
    """One tune: its text, one of LOOKS, what ours gives there, and what ABC 2.1 says of it, with the section."""

    text: str
    look: str
    ours: str
    standard: str


def tune(notes: str, **fields: str) -> str:
    """Write a tune of one line; fields: M, L, K and others in place of M:4/4, L:1/8, K:C; "" for none."""
    lines = {"M": "4/4", "L": "1/8"} | {name: value for name, value in fields.items() if name != "K"}
    said = "".join(f"{name}:{value}\n" for name, value in lines.items() if value)
    return f"X:1\nT:t\n{said}K:{fields.get('K', 'C')}\n{notes}\n"


def _number(value: object) -> str:
    return f"{float(value):.3g}"  # type: ignore[arg-type]


def pitches(notes: Sequence[Played]) -> str:
    """Say which MIDI numbers sound; several at a time in brackets."""
    groups: dict[float, list[int]] = {}
    for note in notes:
        groups.setdefault(round(float(note.onset) * 4) / 4 if len(notes) > 1 else 0.0, []).append(note.pitch)
    return " ".join(str(one[0]) if len(one) == 1 else f"[{' '.join(map(str, one))}]" for one in groups.values())


def lengths(notes: Sequence[Played]) -> str:
    """Say how long each note lasts, in quarter notes."""
    found = [_number(note.duration) for note in notes]
    return f"{len(found)} times {found[0]}" if len(found) > 8 and len(set(found)) == 1 else " ".join(found)


def onset(notes: Sequence[Played]) -> str:
    """Say when the last note begins, in quarter notes."""
    return _number(notes[-1].onset) if notes else ""


def order(notes: Sequence[Played]) -> str:
    """Name the notes in the order in which they sound, without their octaves."""
    return " ".join(NAMES[note.pitch % 12] for note in notes)


def both(notes: Sequence[Played]) -> str:
    """Say pitch and length of each note."""
    return " ".join(f"{note.pitch}:{_number(note.duration)}" for note in notes)


LOOKS = {"pitches": pitches, "lengths": lengths, "last onset": onset, "order": order, "pitch:length": both}
NO_WORD = "no word"
BACK = "4.8 recommends: back to the beginning, the last double bar, or the end of the last repeat"

ROWS: dict[str, Row] = {
    # pitch
    "`^c4 C4\\|`": Row(tune("^c4 C4|"), "pitches", "73 61", "11.3: to the notes of that name in all octaves"),
    "`^c8-\\|c4 c4\\|`": Row(tune("^c8-|c4 c4|"), "pitch:length", "73:6 72:2", "4.11: a tie plays two notes as one"),
    "`[^CE]2 C2 c2\\|`": Row(tune("[^CE]2 C2 c2|"), "order", "^C E ^C ^C", "as the first row"),
    "`C',4 C'4\\|`": Row(tune("C',4 C'4|"), "pitches", "60 72", "4.1: `C',` is `C`, `C'` is `c`"),
    "`K:HP`, `F2 G2 c2 f2\\|`": Row(
        tune("F2 G2 c2 f2|", K="HP"), "pitches", "66 67 73 78", "3.1.14: scale with F and C sharp"
    ),
    "`K:Hp`, the same": Row(
        tune("F2 G2 c2 f2|", K="Hp"), "pitches", "66 67 73 78", "3.1.14: signature of F and C sharp"
    ),
    "`K:D exp _b ^g`, `B2 g2 f2 c2\\|`": Row(
        tune("B2 g2 f2 c2|", K="D exp _b ^g"), "pitches", "70 80 77 72", "3.1.14: these are all its accidentals"
    ),
    "`K:D Phr ^f`, `E2 F2 B2 c2\\|`": Row(
        tune("E2 F2 B2 c2|", K="D Phr ^f"), "pitches", "63 66 70 72", "3.1.14: two flats and one sharp"
    ),
    "`K:D _B`, `B8\\|`": Row(tune("B8|", K="D _B"), "pitches", "70", "3.1.14: accidentals may be added"),
    "`K:none`, `F4 c4\\|`": Row(tune("F4 c4|", K="none"), "pitches", "65 72", "3.1.14: no signature"),
    "`K:Aloc`, `A2 B2 c2 e2\\|`": Row(tune("A2 B2 c2 e2|", K="Aloc"), "pitches", "69 70 72 75", "3.1.14: two flats"),
    "`K:C clef=bass`, `C8\\|`": Row(tune("C8|", K="C clef=bass"), "pitches", "60", "4.6: a clef moves no note"),
    "`K:C bass`, `C8\\|`": Row(tune("C8|", K="C bass"), "pitches", "60", "4.6: `clef=` may be left out"),
    "`K:G clef=treble`, `F8\\|`": Row(tune("F8|", K="G clef=treble"), "pitches", "66", "4.6"),
    "`K:C octave=-1`, `C8\\|`": Row(tune("C8|", K="C octave=-1"), "pitches", "48", "4.1, 4.6: an octave lower"),
    "`K:C treble-8`, `C8\\|`": Row(tune("C8|", K="C treble-8"), "pitches", "48", "4.6: played an octave lower"),
    "`K:C transpose=2`, `C8\\|`": Row(
        tune("C8|", K="C transpose=2"), "pitches", "62", "4.6: played two semitones higher"
    ),
    "`F2[K:D]F2 F4\\|`": Row(tune("F2[K:D]F2 F4|"), "pitches", "65 66 66", "3.2: from there on"),
    # time
    "`{ab}c4 A4\\|`": Row(tune("{ab}c4 A4|"), "lengths", "2 2", "4.12: how long a grace note is is left open"),
    "`A>(3Bcd e4\\|`": Row(
        tune("A>(3Bcd e4|"), "lengths", "0.75 0.167 0.333 0.333 2", "4.4: undefined between notes of unequal length"
    ),
    "`A>{g}B A{g}<B\\|`": Row(
        tune("A>{g}B A{g}<B|"), "lengths", "0.75 0.25 0.25 0.75", "4.12: grace notes do not touch a broken rhythm"
    ),
    "`M:9/8`, `(5abcde A6\\|`": Row(
        tune("(5abcde A6|", M="9/8"), "lengths", "0.3 0.3 0.3 0.3 0.3 3", "4.13: in the time of 3, as 9/8 is compound"
    ),
    "`M:6/8`, `(2ab A3\\|`": Row(tune("(2ab A3|", M="6/8"), "lengths", "0.75 0.75 1.5", "4.13: in the time of 3"),
    "`Z2\\|A8\\|`": Row(tune("Z2|A8|"), "last onset", "8", "4.5: two bars of rest"),
    "`X2\\|A8\\|`": Row(tune("X2|A8|"), "last onset", "8", "4.5: two bars of rest, not shown"),
    "`x4 z4\\|A8\\|`": Row(tune("x4 z4|A8|"), "last onset", "4", "4.5: `x` is a rest that is not shown"),
    "`[C2E4G]2 c4\\|`": Row(
        tune("[C2E4G]2 c4|"), "last onset", "2", "4.17: the first note's length, times what follows"
    ),
    "`[CEG]/ c4\\|`": Row(tune("[CEG]/ c4|"), "last onset", "0.25", "4.17: as for a note"),
    "`[C E]2 c2\\|`": Row(tune("[C E]2 c2|"), "last onset", "1", "4.17: a chord holds no spaces"),
    "`[!1!C!3!E]2 c2\\|`": Row(tune("[!1!C!3!E]2 c2|"), "last onset", "1", "4.14 shows it"),
    "`A4 [L:1/16] A4 A4\\|`": Row(tune("A4 [L:1/16] A4 A4|"), "lengths", "2 1 1", "3.2: from there on"),
    "`M:none`, no `L:`, `A2 B2`": Row(tune("A2 B2", M="none", L=""), "lengths", "1 1", "3.1.7: then L is 1/8"),
    "no `M:`, no `L:`, `A2 B2`": Row(tune("A2 B2", M="", L=""), "lengths", "1 1", "3.1.6: free meter; 3.1.7: L is 1/8"),
    "`M:2/4`, no `L:`, `A2 B2`": Row(tune("A2 B2", M="2/4", L=""), "lengths", "0.5 0.5", "3.1.7: below 3/4 L is 1/16"),
    "`L:1`, `A/2 B/2`": Row(tune("A/2 B/2", L="1"), "lengths", "2 2", "3.1.7"),
    "`M:2+3/8`, `A5\\|B5\\|`": Row(tune("A5|B5|", M="2+3/8"), "lengths", "2.5 2.5", "3.1.6: five eighths"),
    "`M:(2+3)/8`, the same": Row(tune("A5|B5|", M="(2+3)/8"), "lengths", "2.5 2.5", "3.1.6: five eighths"),
    "`A8\\|[M:3/4]Z\\|A6\\|`": Row(tune("A8|[M:3/4]Z|A6|"), "last onset", "7", "3.2: a bar of rest has three quarters"),
    # repeats
    "`A8\\|1b8:\\|2c8\\|]`": Row(tune("A8|1b8:|2c8|]"), "order", "A B A C", "4.9: `\\|:` need not be there"),
    "`\\|:A8\\|\\|B8:\\|`": Row(tune("|:A8||B8:|"), "order", "A B A B", "4.8: a start is open, so back to it"),
    "`A8\\|\\|B8:\\|`": Row(tune("A8||B8:|"), "order", "A B B", BACK),
    "`\\|:A8::B8:\\|`": Row(tune("|:A8::B8:|"), "order", "A A B B", "4.8"),
    "`\\|::A8::\\|B8\\|]`": Row(tune("|::A8::|B8|]"), "order", "A A A B", "4.8: three times"),
    "`\\|:A8\\|B8`": Row(tune("|:A8|B8"), "order", "A B", NO_WORD),
    "`\\|:A8\\|:B8:\\|`": Row(tune("|:A8|:B8:|"), "order", "A B B", NO_WORD),
    "`\\|:A8\\|[1-3B8:\\|[4C8\\|]`": Row(
        tune("|:A8|[1-3B8:|[4C8|]"), "order", "A B A B A B A C", "4.10, beside `P:`: on the first three passes"
    ),
    "`\\|:A8\\|[1,3B8:\\|[2C8\\|]`": Row(
        tune("|:A8|[1,3B8:|[2C8|]"), "order", "A B A C A B", "4.10, beside `P:`: on the first and third pass"
    ),
    "`\\|:A8\\|[1,3B8:\\|[2,4C8\\|]`": Row(
        tune("|:A8|[1,3B8:|[2,4C8|]"), "order", "A B A C A B A C", "4.10, beside `P:`: four passes"
    ),
    "`\\|:A8\\|1B8:\\|2C8\\|:D8\\|E8:\\|`": Row(tune("|:A8|1B8:|2C8|:D8|E8:|"), "order", "A B A C D E D E", "4.8"),
    "`P:AAB`": Row(tune("P:A\nA8|\nP:B\nB8|", P="AAB"), "order", "A A B", "3.1.9"),
    "`P:(AB)2`, A repeated": Row(tune("P:A\n|:A8:|\nP:B\nB8|", P="(AB)2"), "order", "A A B A A B", "3.1.9"),
    "`P:A2.B`, A with two endings": Row(
        tune("P:A\nA8|[1B8:|[2C8||\nP:B\nD8|", P="A2.B"), "order", "A B A C D", "4.10: each time another ending"
    ),
    "`A8\\|!fine!B8\\|c8!D.C.!\\|`": Row(
        tune("A8|!fine!B8|c8!D.C.!|"), "order", "A B C", "4.14: a player may ignore it"
    ),
    # text that is no music, and what is not read
    "`C2[r:remark]C2\\|`": Row(tune("C2[r:remark]C2|"), "order", "C C", "2.2.5: as if it were not there"),
    "`A4 $ y A4\\|`": Row(tune("A4 $ y A4|"), "order", "A A", "6.1.1, 6.1.2"),
    "`A4 # * ; ? @ B4\\|`": Row(tune("A4 # * ; ? @ B4|"), "order", "A B", "8.1: kept for later, to be ignored"),
    "`A8\\|`, an empty line, `B8\\|`": Row(tune("A8|\n\nB8|"), "order", "A", "2.2.1: an empty line ends the tune"),
    "`%%begintext`, `BAD\\|`, `%%endtext`": Row(
        tune("A8|\n%%begintext\nBAD|\n%%endtext\nc8|"), "order", "A C", "11.4.5: text; each line of it begins with `%%`"
    ),
    "`+trill+A8\\|`": Row(tune("+trill+A8|"), "lengths", "4", "4.14: the old form of `!trill!`; may be ignored"),
    "`U:T=!nil!`, `TA8\\|`": Row(tune("TA8|", U="T=!nil!"), "lengths", "4", "4.16: T means nothing"),
    "`A4-B4\\|`": Row(tune("A4-B4|"), "lengths", "2 2", "4.11: a tie is between notes of one pitch"),
    "`ab cd & efga\\|A8\\|`": Row(tune("ab cd & efga|A8|"), "pitches", "81 83 72 74 69", "7.4: both at once"),
    "`V:1` `A8\\|`, `V:2` `C8\\|`": Row(
        "X:1\nT:t\nM:4/4\nL:1/8\nV:1\nV:2\nK:C\nV:1\nA8|\nV:2\nC8|\n", "pitches", "69", "7: both at once"
    ),
}
