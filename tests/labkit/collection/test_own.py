"""Tunes of one's own: what is read, what is left out and how it is named, and that all of lab 2 runs on them."""

from __future__ import annotations

import os
import random
import re
from itertools import count
from typing import TYPE_CHECKING

import pytest

from autograder.base import files
from labkit import audio, composing, data, gallery, metrics, novelty, own, sampling, score
from labkit.composition import composer, melody, rules
from labkit.composition.bar_position import Chart, Place
from labkit.notation import abc, corpus
from labkit.notation.corpus import Corpus, CorpusError

if TYPE_CHECKING:
    from pathlib import Path

FAULTY = {
    "X:101\nT:Short\nM:4/4\nL:1/8\nK:G\nGABc d2B2|A2A2 G3|c8|]": ("bar", False, 6, "7 eighth notes where 8 fit."),
    "X:102\nT:Typing error\nM:4/4\nL:1/8\nK:G\nGABc §d2B2|]": ("symbol", False, 6, "'§' is no symbol that I know."),
    "X:103\nT:No key\nM:4/4\nL:1/8\nGABc d2B2|]": ("header", False, 4, "There is no K: line."),
    "X:104\nT:New key\nM:4/4\nL:1/8\nK:G\nGABc d2B2|\nK:D\nA8|]": ("symbol", True, 7, "K:D changes the key: legal ABC"),
    "X:105\nT:Two voices\nM:4/4\nL:1/8\nK:G\nV:1\nG8|\nV:2\nD8|": ("symbol", True, 8, "V:2 is another voice: legal"),
    "X:106\nT:Free\nM:none\nL:1/8\nK:G\nGABc|": ("header", True, 3, "M:none is free meter: legal ABC"),
    "X:107\nT:Three endings\nM:4/4\nL:1/8\nK:G\n|:G8|1A8:|2B8:|3c8|]": ("repeat", True, 6, "Ending 3 does not follow"),
}


def written(number: int) -> str:
    """Write a tune of eight bars that no other number has."""
    dice = random.Random(number)  # noqa: S311
    bars = ["".join(dice.choice("GABcdefg") for _ in range(8)) for _ in range(8)]
    return f"X:{number}\nT:Tune {number}\nM:C|\nL:1/8\nK:{dice.choice(['G', 'Ador', 'Em', 'D'])}\n{'|'.join(bars)}|]"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A file of forty good tunes, with the faulty ones between them."""
    good = [written(number) for number in range(1, 41)]
    good[20:20] = FAULTY
    path = tmp_path / "my tunes.abc"
    path.write_text("% mine\n\n" + "\n\n".join(good) + "\n", encoding="utf-8")
    return path


def test_every_tune_is_taken_or_named_with_its_line_and_reason(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tunes = data.tunes(book)
    assert len(tunes.entries) == 40
    assert [(one.number, one.title) for one in tunes.left_out] == [
        (text.split("\n")[0][2:], text.split("\n")[1][2:]) for text in FAULTY
    ]
    lines = book.read_text(encoding="utf-8").split("\n")
    for one, (kind, legal, line, reason) in zip(tunes.left_out, FAULTY.values(), strict=True):
        assert (one.book, one.kind, one.legal) == ("my tunes", kind, legal)
        assert one.reason.startswith(reason)
        assert lines[one.line - line].startswith(f"X:{one.number}")  # the line is one of the file
    assert tunes.set_aside == {"bar": 1, "header": 2, "repeat": 1, "symbol": 3}
    said = capsys.readouterr().out
    assert said.startswith("my tunes.abc: 40 of 47 tunes can be used (32 train + 4 valid + 4 test; 40 families).\n")
    assert "4 are right, but not in the course's alphabet:\n  my tunes, line " in said
    assert "3 have something wrong:\n" in said
    assert "X:102 'Typing error': '§' is no symbol that I know." in said


def test_only_the_first_of_many_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "many.abc"
    path.write_text("\n\n".join([written(1), *[*FAULTY][:1] * 9]), encoding="utf-8")
    assert len(data.tunes(path).left_out) == 9
    assert "  ... and 4 more; `left_out` names them all." in capsys.readouterr().out


def test_versions_of_a_tune_stay_in_one_part(tmp_path: Path) -> None:
    path = tmp_path / "versions.abc"
    same = written(3).replace("X:3", "X:99").replace("C|", "2/2")
    path.write_text("\n\n".join([*(written(number) for number in range(30)), same]), encoding="utf-8")
    tunes = data.tunes(path)
    pair = [entry for entry in tunes.entries if entry.number in {"3", "99"}]
    assert len(pair) == 2
    assert pair[0].family == pair[1].family
    assert pair[0].part == pair[1].part


@pytest.mark.parametrize(
    ("number", "sizes"), [(1, (1, 0, 0)), (2, (2, 0, 0)), (3, (1, 1, 1)), (9, (7, 1, 1)), (30, (24, 3, 3))]
)
def test_each_part_has_a_family_as_soon_as_there_are_three(
    tmp_path: Path, number: int, sizes: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "few.abc"
    path.write_text("\n\n".join(written(one) for one in range(number)), encoding="utf-8")
    tunes = data.tunes(str(path))
    assert tuple(len(tunes.part(part)) for part in ("train", "valid", "test")) == sizes
    assert ("none is held out" in capsys.readouterr().out) == (number < 3)


def test_files_folders_and_lists_are_read_in_order(tmp_path: Path) -> None:
    for name, number in (("b", 2), ("a", 1), ("c", 3)):
        (tmp_path / f"{name}.abc").write_text(written(number), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no tune", encoding="utf-8")
    assert [entry.number for entry in data.tunes(tmp_path).entries] == ["1", "2", "3"]
    both = data.tunes([str(tmp_path / "c.abc"), tmp_path / "a.abc"])
    assert [(entry.number, entry.book) for entry in both.entries] == [("3", "c"), ("1", "a")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "café.abc"
    path.write_bytes(written(1).replace("Tune 1", "Café").replace("\n", "\r\n").encode(encoding))
    (entry,) = data.tunes(path).entries
    assert entry.title == "Café"
    assert entry.text == data.tunes([path]).entries[0].text


def test_what_the_header_of_a_file_says_holds_for_its_tunes(tmp_path: Path) -> None:
    path = tmp_path / "shared.abc"
    path.write_text(
        "%abc-2.1\nM:6/8\nL:1/8\n\nX:1\nT:One\nK:G\nGABc§BA|\n\nX:2\nT:Two\nK:D\ndefdef|]\n", encoding="utf-8"
    )
    tunes = data.tunes(path)
    assert tunes.entries[0].text == "M:6/8\nL:1/8\nK:Dmaj\ndefdef|]\n"
    assert tunes.left_out[0].line == 8


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder / "irish.abc", r"^There is no file '.*irish\.abc' here\. Upload it beside"),
        (lambda folder: folder, r"^In the folder '.*' there is no file that ends in \.abc\.$"),
        (lambda _: [], r"^No file was named\.$"),
    ],
)
def test_a_file_that_is_not_there_is_one_sentence_with_the_way_out(tmp_path: Path, make, sentence: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CorpusError, match=sentence):
        data.tunes(make(tmp_path))


def test_a_file_without_a_usable_tune_says_why(tmp_path: Path) -> None:
    path = tmp_path / "none.abc"
    path.write_text("a shopping list\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"^No tune of none\.abc can be used\. A tune begins with a line X:1"):
        data.tunes(path)
    path.write_text(next(iter(FAULTY)), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"The first: none, line 6, X:101 'Short': 7 eighth notes where 8 fit\.$"):
        data.tunes(path)


def test_without_a_source_the_tunes_are_the_course_s() -> None:
    assert data.tunes() is corpus.tunes()


# --- all of lab 2 -----------------------------------------------------------------------------------------------------


def whole_lab(tunes: Corpus, folder: Path) -> None:
    """Train a fresh network of each kind for some steps, let it write; judge, look for copies, write a page."""
    model, ids, fitted = own.character_model(tunes, seconds=12, clock=count().__next__)
    assert fitted.steps == 11
    assert fitted.losses[-1][1] < fitted.losses[0][1]
    written_, ended = sampling.sample(model, ids, 4, seed=1, max_length=120)
    assert len(written_) == 4
    library = novelty.library(tunes)
    copied = library.longest(tunes.part("train")[0].text)
    assert copied.length == len(copied.notes)  # the lens finds a tune in its own library
    columns = metrics.measure(written_, ended, copies=[library.longest(text).length for text in written_])
    assert columns.tunes == 4
    assert metrics.measure([entry.text for entry in tunes.entries]).valid == 1
    model, fitted = own.composer_model(
        tunes, seconds=8, settings=composer.Settings(units=32, place=32, head=32), clock=count().__next__
    )
    assert fitted.steps == 7
    composed, done = composing.compose(model, 3, seed=1, constrained=True)
    assert all(done)
    assert not [problem for text in composed for problem in abc.read(text).outside()]
    page = gallery.page([*composed, *tunes.entries[:2]], folder / "mine.html")
    assert page.stat().st_size > 10_000


def test_the_rules_end_every_tune_rightly_whatever_symbols_a_collection_lacks(book: Path) -> None:
    vocabulary = own.vocabulary_of(entry.text for entry in data.tunes(book).entries)  # no tie, no repeat, no rest
    rules_book, dice = rules.Book(Chart(vocabulary)), random.Random(0)  # noqa: S311
    for _ in range(20):
        row = rules.Rules(rules_book, Place(rules_book.chart))
        while row.stage != "ended":
            row.finish = len(row.place.written) > 60
            symbols, lengths = row.allowed()
            symbol = dice.choice(symbols.nonzero()[0].tolist())
            length = dice.choice(lengths.nonzero()[0].tolist()) if vocabulary.sounding[symbol] else 0
            row.add(symbol, length)
        assert not abc.read(melody.text(vocabulary.decode(row.place.written))).outside()


def test_the_lab_runs_on_a_small_file(book: Path, tmp_path: Path) -> None:
    whole_lab(data.tunes(book), tmp_path)


@pytest.mark.slow
def test_the_lab_runs_on_a_large_public_collection(tmp_path: Path) -> None:
    path = corpus.files()[0].parents[1] / "essenFolksong" / "altdeu10.abc"
    tunes = data.tunes(path)
    assert len(tunes.entries) > 100
    assert len(tunes.entries) + len(tunes.left_out) == len(
        re.findall(r"^X:", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    whole_lab(tunes, tmp_path)


@pytest.mark.parametrize(("number", "part"), [(2, "the training tunes"), (3, "validation tunes")])
def test_the_bits_are_said_to_be_of_the_tunes_that_they_were_measured_on(
    tmp_path: Path, number: int, part: str
) -> None:
    path = tmp_path / "few.abc"
    path.write_text("\n\n".join(written(one) for one in range(number)), encoding="utf-8")
    *_, fitted = own.character_model(data.tunes(path), seconds=2, clock=count().__next__)
    assert fitted.part == part


def test_a_network_of_no_tune_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The collection has no tune for training\.$"):
        own.character_model(Corpus(()), seconds=1)
    with pytest.raises(ValueError, match=r"^The collection has no tune for training\.$"):
        novelty.library(Corpus(()))


def test_the_cell_of_lab_2_runs_on_a_file_and_says_so_where_there_is_none(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (files.ROOT / "solutions" / "lab2_music" / "lab2_music.py").read_text(encoding="utf-8")
    cell = source.split('"grade_id": "demo-own"')[1].split("\n", 1)[1].split("\n# %%")[0]
    monkeypatch.chdir(book.parent)
    monkeypatch.setenv("LABKIT_BUDGET", "0.02")
    shown: list[object] = []
    names = {"display": lambda *those: shown.extend(those), "os": os}
    names |= {
        one.__name__.rsplit(".", 1)[-1]: one for one in (abc, audio, data, gallery, metrics, novelty, sampling, score)
    }
    exec(cell, dict(names))  # noqa: S102  (it is ours)
    assert capsys.readouterr().out.startswith("There is no my_tunes.abc beside this notebook.")
    exec(cell.replace("my_tunes.abc", book.name), dict(names))  # noqa: S102
    assert len(shown) == 2
    assert (book.parent / "my_own_tunes.html").stat().st_size > 10_000
    assert "real tunes" in capsys.readouterr().out
