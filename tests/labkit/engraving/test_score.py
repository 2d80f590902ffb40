"""A tune to look at: engraved, as a piano-roll, and with its wrong bars marked in the text."""

import base64
import contextlib
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.base import style
from labkit.engraving import engraving, mei, roll, score
from labkit.notation import abc

JIG = "T:Three bars & <more>\nM:6/8\nL:1/8\nK:D\n|:A|dfd dfd|ABA ^G2A|d3- d2:|\n"
WRONG = "M:6/8\nL:1/8\nK:D\nABc dfe|ABc def g|f6|\n"
MEI = "{http://www.music-encoding.org/ns/mei}"
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
ALTERED = {"ff": -2, "f": -1, "n": 0, "s": 1, "x": 2, "ss": 2}


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def shown(body: str, header: str = "M:4/4\nL:1/4\nK:D\n") -> ET.Element:
    return ET.fromstring(mei.written(abc.read(header + body)).partition("?>")[2])  # noqa: S314


def names(root: ET.Element, name: str) -> list[ET.Element]:
    return list(root.iter(MEI + name))


def value(element: ET.Element) -> Fraction:
    """Read a note value, in whole notes."""
    plain = Fraction(2) if element.get("dur") == "breve" else Fraction(1, int(element.get("dur", "0")))
    return plain * (2 - Fraction(1, 2 ** int(element.get("dots", "0"))))


def sounding(root: ET.Element) -> tuple[list[tuple[int, Fraction]], Fraction]:
    """Read what a score says: pitches with lengths, tied pieces joined; and the length of all."""
    squeezed = {
        id(one): Fraction(int(tuplet.get("numbase", "0")), int(tuplet.get("num", "1")))
        for tuplet in names(root, "tuplet")
        for one in tuplet.iter()
    }
    notes: list[tuple[int, Fraction]] = []
    time = Fraction(0)
    for one in root.iter():
        if one.tag not in {MEI + "note", MEI + "rest"}:
            continue
        length = value(one) * squeezed.get(id(one), Fraction(1))
        time += length
        if one.tag == MEI + "note":
            midi = 12 * (int(one.get("oct", "")) + 1) + STEPS[one.get("pname", "")]
            midi += ALTERED[one.get("accid") or one.get("accid.ges") or "n"]
            if one.get("tie") in {"m", "t"}:
                assert notes[-1][0] == midi, "a tie joins the same pitch"
                length += notes.pop()[1]
            notes.append((midi, length))
    return notes, time


@pytest.mark.parametrize(
    "body",
    [
        "A B c d|d4|",
        "A/B/c/d/ e5/4f3/4|g7/2a/|",
        "(3ABc (3A/B/c/ d|d2 (3:2:2e2f|",
        "^G=c _B ^^f|G c B f|",
        "A3-A/B/|c4-|c5/2 d3/2|",
        "|:A4|1B4:|2c4|]",
        "z A z/B/ z2|",
        "A5|A9|",
    ],
)
def test_the_score_says_what_was_read(body: str) -> None:
    tune = abc.read("M:4/4\nL:1/4\nK:D\n" + body)
    notes, time = sounding(shown(body))
    joined: list[tuple[int, Fraction]] = []
    tied = False
    for event in tune.events:
        if event.pitches:
            before = joined.pop()[1] if tied else Fraction(0)
            joined.append((event.pitches[0], event.duration + before))
        tied = event.tied
    assert notes == joined
    assert time == sum(event.duration for event in tune.events)


def test_an_accidental_is_shown_where_it_is_needed_and_once() -> None:
    notes = names(shown("^G G F =F|G F g ^c|"), "note")
    assert [note.get("accid") for note in notes] == ["s", None, None, "n", None, None, None, "s"]


def test_an_accidental_that_holds_in_another_octave_is_shown_there_too() -> None:
    """ABC lets it hold for the letter in all octaves; readers of scores expect it in one."""
    notes = names(shown("^G g z2|"), "note")
    assert [note.get("accid") for note in notes] == ["s", "s"]


def test_a_tied_note_shows_no_accidental_in_the_next_bar() -> None:
    notes = names(shown("^G4-|G4|"), "note")
    assert [(note.get("accid"), note.get("tie")) for note in notes] == [("s", "i"), (None, "t")]


def test_repeats_and_endings_are_where_they_were_written() -> None:
    root = shown("|:A4|B4::c4|1d4:|2e4|]")
    measures = names(root, "measure")
    assert [(one.get("left"), one.get("right")) for one in measures] == [
        ("rptstart", "single"),
        (None, "rptend"),
        ("rptstart", "single"),
        (None, "rptend"),
        (None, "end"),
    ]
    assert [(one.get("n"), len(names(one, "measure"))) for one in names(root, "ending")] == [("1", 1), ("2", 1)]


@pytest.mark.parametrize(
    ("meter", "body", "groups"),
    [
        ("6/8", "ABcdef|", [3, 3]),
        ("6/8", "A|Bcdefg|", [3, 3]),
        ("4/4", "ABcdefga|", [4, 4]),
        ("2/4", "A/B/c/d/ ef|", [4, 2]),
        ("3/4", "ABcdef|", [2, 2, 2]),
        ("9/8", "ABc def gab|", [3, 3, 3]),
        ("6/8", "AzB c2d|", []),
    ],
)
def test_beams_follow_the_beats(meter: str, body: str, groups: list[int]) -> None:
    beams = names(shown(body, f"M:{meter}\nL:1/8\nK:C\n"), "beam")
    assert [len(names(beam, "note")) for beam in beams] == groups


def test_a_wrong_bar_is_red_and_says_why_and_others_are_not() -> None:
    first, second, third = names(shown("", WRONG), "measure")
    assert {note.get("color") for note in names(second, "note")} == {style.RED}
    assert [rend.text for rend in names(second, "rend")] == ["7 where 6 fit"]
    for right in (first, third):
        assert {note.get("color") for note in names(right, "note")} == {None}
        assert not names(right, "rend")


def test_a_length_that_no_sign_stands_for_is_refused() -> None:
    with pytest.raises(mei.NotWritableError, match="no sign"):
        mei.written(abc.read("M:4/4\nL:1/12\nK:C\nABcd|"))
    with pytest.raises(mei.NotWritableError, match="too long"):
        mei.written(abc.read("M:4/4\nL:1/4\nK:C\nA999|"))


STRANGE = st.text("ABcdxz'^_=,|:[]()-123456789/<>~& \n\u2028", max_size=120)
HEADERS = st.sampled_from(["M:6/8\nL:1/8\nK:G\n", "M:99/1\nL:99/1\nK:Ebmin\n", "M:1/99\nL:1/64\nK:C\n", "K:?\n", ""])


@settings(max_examples=150)
@given(header=HEADERS, body=STRANGE)
def test_any_text_is_written_as_a_score_or_refused(header: str, body: str) -> None:
    with contextlib.suppress(mei.NotWritableError):
        ET.fromstring(mei.written(abc.read(header + body)).partition("?>")[2])  # noqa: S314


@pytest.mark.slow
@settings(max_examples=25)
@given(header=HEADERS, body=STRANGE)
def test_any_text_can_be_brought_to_the_bar_doctor(header: str, body: str) -> None:
    score.bar_doctor(header + body)
    plt.close("all")


def test_a_right_tune_is_engraved_on_white_without_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    found = score.show(JIG)
    assert found
    html = found._repr_html_()
    assert "<b>Three bars &amp; &lt;more&gt;</b>" in html
    svg = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]).decode()
    assert 'fill="white"' in svg
    assert "script" not in html + svg
    assert not re.search(r"\bon\w+=|https?://(?!www\.w3\.org)", html + svg)
    assert capsys.readouterr().out == ""
    assert not plt.get_fignums()


def test_a_wrong_tune_is_shown_as_a_roll_with_its_problems(capsys: pytest.CaptureFixture[str]) -> None:
    assert score.show(WRONG) is None
    assert capsys.readouterr().out == "line 4, column 9: 7 eighth notes where 6 fit.\n"
    assert len(plt.get_fignums()) == 1


def test_a_wrong_tune_is_engraved_on_demand() -> None:
    found = score.show(WRONG, wrong_too=True)
    assert found
    assert "7 where 6 fit" in found.svg
    assert style.RED in found.svg


@pytest.mark.parametrize("text", ["", "&&&", "M:6/8\nK:D\n", "M:6/8\nL:1/8\nK:D\n|::|\n"])
def test_where_there_is_no_note_one_sentence_says_so(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert score.show(text) is None
    assert re.fullmatch(r"There is no note to show.*\n", capsys.readouterr().out)
    score.bar_doctor(text)
    assert capsys.readouterr().out.endswith("There is no bar to look at.\n")
    assert not plt.get_fignums()


def test_an_engraver_that_takes_too_long_is_ended(capsys: pytest.CaptureFixture[str]) -> None:
    [found] = engraving.engrave([abc.read(JIG)], seconds=0.01)
    assert found.why == "The engraver did not finish within 0.01 seconds."
    assert not found.svg


def test_an_engraver_that_crashes_costs_one_score_and_the_rest_is_engraved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "engraver.py"
    program.write_text(
        "import json, os, sys\n"
        "for document in json.load(sys.stdin):\n"
        "    if 'rptstart' in document: os.abort()\n"
        "    print(json.dumps('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>'), flush=True)\n"
    )
    monkeypatch.setattr(engraving, "PROGRAM", program)
    found = engraving.engrave([abc.read(text) for text in (WRONG, JIG, WRONG, "")])
    assert [bool(one.svg) for one in found] == [True, False, True, False]
    assert [one.why for one in found] == ["", "The engraver gave up.", "", "There is no note."]
    assert score.show(JIG) is None
    assert capsys.readouterr().out == "The engraver gave up. Here is the piano-roll instead.\n"
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        '<g onload="x()"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="http://elsewhere/x.svg"/>',
        '<path style="fill:url(http://elsewhere)"/>',
        "<style>@import 'http://elsewhere'</style>",
        "<foreignObject/>",
        "<broken",
    ],
)
def test_a_score_that_holds_more_than_a_drawing_is_not_shown(inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    assert engraving._checked(svg).why == "The score holds more than a drawing."


def test_the_roll_shades_and_hatches_the_wrong_bar_alone() -> None:
    score.piano_roll(WRONG)
    figure = plt.gcf()
    figure.canvas.draw()
    [axes] = figure.axes
    spans = [patch for patch in axes.patches if patch.get_hatch()]
    assert [(span.get_x(), span.get_width()) for span in spans] == [(0.75, 0.875)]
    assert "7 eighth notes\nwhere 6 fit" in [text.get_text() for text in axes.texts]
    notes = [patch for patch in axes.patches if not patch.get_hatch()]
    assert len(notes) == 14
    assert {round(note.get_y() + note.get_height() / 2) for note in notes} == {69, 71, 73, 74, 76, 78, 79}
    assert {"A4", "F♯5"} & {label.get_text() for label in axes.get_yticklabels()}


@pytest.mark.slow
def test_the_roll_goes_on_in_rows_and_says_what_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    score.piano_roll("M:4/4\nL:1/4\nK:C\n" + "ABcd|" * 100)
    assert len(plt.gcf().axes) == roll.MOST_ROWS
    assert capsys.readouterr().out == "The last 4 bars are not drawn.\n"


def test_the_roll_draws_into_given_axes_and_can_play_repeats_out() -> None:
    _, (left, right) = style.subplots(1, 2)
    score.piano_roll(JIG, left)
    score.piano_roll(JIG, right, played=True)
    assert len(right.patches) == 2 * len(left.patches)


def test_the_bar_doctor_marks_the_wrong_bar_under_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    score.bar_doctor(WRONG)
    assert capsys.readouterr().out.splitlines()[3:] == [
        "ABc dfe|ABc def g|f6|",
        "        ^^^^^^^^^",
        "        bar 2: 7 eighth notes where 6 fit.",
        "1 of 3 bars is wrong.",
    ]
    assert len(plt.get_fignums()) == 1


def test_the_bar_doctor_breaks_long_lines_at_bar_lines_and_keeps_the_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    score.bar_doctor("M:4/4\nL:1/8\nK:C\n" + "ABcdefga|" * 20 + "ABcd§efgab|" + "ABcdefga|]\n")
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= score.WIDTH for line in lines)
    assert all(line.endswith(("|", "|]")) for line in lines if line.startswith("ABcd"))
    place = next(number for number, line in enumerate(lines) if "^^^" in line)
    start, end = lines[place].index("^"), lines[place].rindex("^") + 1
    assert lines[place - 1][start:end] == "ABcd§efgab"
    assert lines[place + 1].strip() == "bar 21: 9 eighth notes where 8 fit."
    assert lines[place + 2].strip() == "'§' is no symbol that I know."


def test_the_bar_doctor_finds_a_healthy_tune_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    score.bar_doctor(JIG)
    said = capsys.readouterr().out
    assert "^^" not in said
    assert said.endswith("Healthy: all 4 bars fill 6/8, upbeats and endings understood.\n")


def test_the_bar_doctor_prints_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    score.bar_doctor("M:4/4\nL:1/4\nK:C\nAB\x1b[31m\tcd|")
    assert "\x1b" not in capsys.readouterr().out
