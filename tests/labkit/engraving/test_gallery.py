"""A page of tunes to share, and the blind test."""

import base64
import io
import re
import wave
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pytest

from labkit.engraving import gallery
from labkit.evaluation import metrics
from labkit.notation import abc

JIG = 'T:A <jig> & "more"\nM:6/8\nL:1/8\nK:D\n|:A|dfd dfd|ABA ABA|ded def|f3 f2:|\n'
WRONG = "M:6/8\nL:1/8\nK:D\nABc dfe|ABc def g|f6|\n"
HOSTILE = "T:</title><script>alert(1)</script>\nM:6/8\nL:1/12\nK:D\nABc|<img src=x onerror=alert(1)>\n"
LONG = "M:4/4\nL:1/8\nK:G\n" + "GABcdedc|" * 60


class Page(HTMLParser):
    """Collects the tags and attributes of a page, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def written(tmp_path: Path, *tunes: str, title: str = "Mine") -> Page:
    return Page(gallery.page(tunes, tmp_path / "page.html", title).read_text(encoding="utf-8"))


def test_a_page_holds_name_score_sound_text_and_ladder_of_each_tune(tmp_path: Path) -> None:
    page = written(tmp_path, JIG, WRONG, title="Mine & yours")
    assert 'A <jig> & "more"' in page.text
    assert "Mine & yours" in page.text
    assert "Tune 2" in page.text
    assert "ABc def g" in page.text
    assert "2 of 3 bars fill their meter ✗" in page.text
    assert "5 of 5 bars fill their meter ✓, repeats balanced ✓" in page.text
    assert "line 4, column 9: 7 eighth notes where 6 fit." in page.text
    assert len(page.all("img")) == len(page.all("audio")) == 2
    for player in page.all("audio"):
        assert player["preload"] == "none"
        assert "controls" in player
        assert "autoplay" not in player


def test_a_page_is_one_file_that_fetches_nothing_and_runs_nothing(tmp_path: Path) -> None:
    page = written(tmp_path, JIG, HOSTILE)
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "article", "p", "div"),
        *("img", "audio", "pre"),
    }
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("src") or "data:").startswith("data:")
        assert "href" not in attributes
    policy = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"]
    assert "alert(1)" in page.text, "it is shown, as text"


def test_a_score_that_cannot_be_engraved_is_a_piano_roll(tmp_path: Path) -> None:
    plt.close("all")  # what other tests have left
    [image] = written(tmp_path, HOSTILE).all("img")
    assert (image["src"] or "").startswith("data:image/png")
    assert not plt.get_fignums(), "no figure is left for the notebook to show"


@pytest.mark.slow
def test_ten_long_tunes_stay_under_fifteen_megabytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = written(tmp_path, *[LONG] * 12)
    size = (tmp_path / "page.html").stat().st_size
    assert size < 15e6
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "The page takes the first 10 of 12 tunes."
    assert said[1].endswith(f"10 tunes, {size / 1e6:.1f} MB. Open it in a browser, or send it to a friend.")
    sound = base64.b64decode((page.all("audio")[0]["src"] or "").partition(",")[2])
    with wave.open(io.BytesIO(sound)) as file:
        assert file.getframerate() == 11025
        assert file.getnframes() > 30 * 11025


def test_a_tune_without_notes_is_said_to_have_none(tmp_path: Path) -> None:
    page = written(tmp_path, "&&&")
    assert "No note can be read." in page.text
    assert not page.all("audio")


def test_the_blind_test_mixes_and_hides_which_is_which() -> None:
    real = [f"T:Real {n}\nM:4/4\nL:1/4\nK:C\n{'ABcd|' * n}" for n in range(1, 4)]
    made = [f"T:Made {n}\nM:4/4\nL:1/4\nK:C\n{'dcBA|' * n}" for n in range(1, 3)] + [WRONG]
    test = gallery.blind_test(real, made, seed=1)
    assert sorted(test.answers()) == ["made"] * 3 + ["real"] * 3
    assert test.answers() == gallery.blind_test(real, made, seed=1).answers()
    html = test._repr_html_()
    assert [f"Tune {n}" for n in range(1, 7)] == re.findall(r"Tune \d", html)
    assert "Real" not in html
    assert "Made" not in html
    assert "autoplay" not in html
    assert "script" not in html
    scores = [base64.b64decode(found).decode() for found in re.findall(r"svg\+xml;base64,([^\"]+)", html)]
    assert len(scores) == 6
    assert not any("where 6 fit" in svg for svg in scores), "a marked bar would tell"


def test_guesses_are_counted_beside_luck(capsys: pytest.CaptureFixture[str]) -> None:
    test = gallery.blind_test([JIG] * 4, [WRONG] * 4, seed=0)
    test.judge(test.answers())
    assert capsys.readouterr().out.startswith(
        "You are right about 8 of 8 tunes. "
        "Someone who tosses a coin for each does as well or better in less than 1% of all tests.\n"
    )
    other = {"real": "made", "made": "real"}
    wrong = [" " + answer.upper() for answer in test.answers()[:6]] + [other[kind] for kind in test.answers()[6:]]
    test.judge(wrong)
    said = capsys.readouterr().out
    assert said.startswith("You are right about 6 of 8 tunes.")
    assert "as well or better in 14% of all tests" in said
    assert said.count("you said") == 2


@pytest.mark.parametrize("guesses", [[], ["real"], ["real", "fake"], [1, 2]])
def test_guesses_of_another_form_are_explained(guesses: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    gallery.blind_test([JIG], [WRONG]).judge(guesses)
    assert capsys.readouterr().out == 'Write 2 guesses, each "real" or "made", such as ["real", "made", ...].\n'


def test_a_made_tune_without_notes_is_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert gallery.blind_test([JIG], ["&&&"]).answers() == ["real"]
    assert capsys.readouterr().out == "1 of the tunes hold no note; they are left out.\n"


@pytest.mark.parametrize(
    "text",
    [
        JIG,
        WRONG,
        "M:6/8\nL:1/8\nK:D\nABc dfe|f6:|\n",  # legal: a repeat that nothing opened
        "M:none\nL:1/8\nK:D\n|:ABc dfe|f6:|\n",  # legal: free meter
        "M:6/8\nL:1/8\nK:D\n|:ABc dfe&f6|f6:|\n",  # legal: a second voice
    ],
)
def test_the_line_of_a_page_says_what_the_ladder_counts(text: str, tmp_path: Path) -> None:
    rungs = metrics.ladder([text], ended=[True])
    marks = [part.strip()[-1] == "✓" for part in gallery.ladder_line(abc.read(text)).split(",")]
    assert all(marks) == bool(rungs[-1].count)
    assert marks.index(False) + 1 == [rung.count for rung in rungs].index(0) if not all(marks) else rungs[-1].count
    page = written(tmp_path, text)
    assert all(str(problem) in page.text for problem in abc.read(text).outside())
    bad = [one for one in page.all("p") if one.get("class") == "bad"]
    assert len(bad) == len(abc.read(text).problems)


def test_a_page_says_who_wrote_its_tunes(tmp_path: Path) -> None:
    note = "Written by the network that <ships>"
    made = gallery.page([JIG], tmp_path / "page.html", "Mine", note=note)
    assert note in Page(made.read_text(encoding="utf-8")).text
