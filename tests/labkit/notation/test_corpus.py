"""The folk tunes: built from the installed music21, the same everywhere, split by family, kept in a cache."""

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from labkit import data
from labkit.base import files
from labkit.notation import abc, corpus, families
from labkit.notation.corpus import Corpus, CorpusError

FACTS = json.loads(data.path("lab2/tunes.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tunes() -> Corpus:
    return data.tunes()


def digest(built: Corpus) -> str:
    return hashlib.sha256(built.packed().encode()).hexdigest()


@pytest.mark.slow
def test_the_installed_music21_gives_the_tunes_of_the_course() -> None:
    built = corpus.build(corpus.files())
    assert digest(built) == FACTS["sha256"]
    assert built.set_aside == FACTS["set_aside"]
    assert len(built.entries) == FACTS["tunes"]


def test_the_facts_are_those_of_the_tunes(tunes: Corpus) -> None:
    assert digest(tunes) == FACTS["sha256"]
    assert len(tunes.entries) == FACTS["tunes"]
    assert sum(len(entry.text) for entry in tunes.entries) == FACTS["characters"]
    assert len({entry.family for entry in tunes.entries}) == FACTS["families"]
    assert Counter(entry.part for entry in tunes.entries) == FACTS["parts"]
    assert Counter(entry.book for entry in tunes.entries) == FACTS["books"]
    assert set(FACTS["set_aside"]) == set(corpus.REASONS)


def test_a_tune_knows_its_title_and_its_book(tunes: Corpus) -> None:
    assert {entry.book for entry in tunes.entries} == set(corpus.BOOKS)
    assert all(entry.title for entry in tunes.entries)
    assert all(re.fullmatch(r"M:.*\nL:1/8\nK:.*\n[^\s%!\"~]+\n", entry.text) for entry in tunes.entries)


# --- the split --------------------------------------------------------------------------------------------------------


def test_four_of_five_tunes_are_for_training_and_the_rest_is_shared_evenly(tunes: Corpus) -> None:
    shares = {name: len(tunes.part(name)) / len(tunes.entries) for name in ("train", "valid", "test")}
    assert shares["train"] == pytest.approx(0.8, abs=0.02)
    assert shares["valid"] == pytest.approx(0.1, abs=0.015)
    assert shares["test"] == pytest.approx(0.1, abs=0.015)
    assert sum(shares.values()) == pytest.approx(1)


def test_a_family_stays_on_one_side_of_the_split(tunes: Corpus) -> None:
    parts = defaultdict(set)
    for entry in tunes.entries:
        parts[entry.family].add(entry.part)
    assert all(len(found) == 1 for found in parts.values())


@pytest.mark.slow
def test_no_tune_held_out_shares_a_third_of_its_steps_with_one_to_train_on(tunes: Corpus) -> None:
    def runs(entry: corpus.Entry) -> set[tuple[int, ...]]:
        pitches = [event.pitches[0] for event in abc.parse(entry.text).events if event.pitches]
        steps = [after - one for one, after in pairwise(pitches)]
        return {tuple(steps[place : place + 12]) for place in range(len(steps) - 11)}

    owners = defaultdict(set)
    trained = [runs(entry) for entry in tunes.part("train")]
    for number, found in enumerate(trained):
        for run in found:
            owners[run].add(number)
    for entry in [*tunes.part("valid"), *tunes.part("test")]:
        own = runs(entry)
        shared = Counter(number for run in own for number in owners.get(run, ()))
        for number, count in shared.items():
            assert count < max(min(len(own), len(trained[number])) / 3, 1), entry.title


def test_versions_of_one_tune_in_two_books_are_one_family(tunes: Corpus) -> None:
    by_title = {(entry.book, entry.title): entry.family for entry in tunes.entries}
    ryan, oneill = by_title["ryansMammoth", "CHERISH THE LADIES -- JIG"], by_title["oneills1850", "Cherish the Ladies"]
    assert ryan == oneill


@pytest.mark.parametrize(
    ("notes", "same"),
    [
        ("DEFGABcdefgfedcBAGFEDCDEFG", True),
        ("D2EFGA3BcdefgfedcBAGFEDCDEFG", True),  # another rhythm
        ("EFGABcdefgfedcBAGGGGGGGGGGGG", True),  # more than a third is shared
        ("DFEGBAcdefdfgecAGBFEDEDCEG", False),
    ],
)
def test_a_version_shares_steps_in_any_rhythm(notes: str, same: bool) -> None:
    read = [abc.parse(f"M:4/4\nK:C\n{text}\n") for text in ("DEFGABcdefgfedcBAGFEDCDEFG", notes)]
    names = families.gathered(["b", "a"], [families.runs(tune) for tune in read])
    assert names == (["a", "a"] if same else ["b", "a"])


def test_a_version_of_a_version_is_of_the_family_too() -> None:
    one, other = "DEFGABcdefgfedcB", "ceAfBdGcFdgEcAfe"
    texts = [one, one + other, other]
    read = [families.runs(abc.parse(f"M:4/4\nK:C\n{text}\n")) for text in texts]
    assert families.gathered(["c", "b", "a"], read) == ["a", "a", "a"]
    assert families.gathered(["c", "a"], [read[0], read[2]]) == ["c", "a"]


def test_tunes_too_short_for_a_run_are_versions_only_of_their_like() -> None:
    short = families.runs(abc.parse("M:4/4\nK:C\nCDE\n"))
    assert families.gathered(["x", "x", "y"], [short] * 3) == ["x", "x", "y"]


# --- building ---------------------------------------------------------------------------------------------------------

BOOK = """% a book
X:1
T:"The  First"
C:Anon. % perhaps
M:4/4
L:1/8
K:G
GABc d2B2|A2A2 G4:|

X:02
T:Second
M:4/4
L:1/8
K:G
GABc d2B2|A2A2 G3:|

X:3
T:Third
K:G
GABc d2B2|]

X:4
T:Fourth
M:4/4
K:G
GABc §d2B2|]

X:5
T:Fifth
M:4/4
L:1/8
K:G
GABc d2B2|1A2A2 G4:|B8|]
"""


def test_what_cannot_be_used_is_set_aside_and_counted(tmp_path: Path) -> None:
    book = tmp_path / "oneills1850" / "one.abc"
    book.parent.mkdir()
    book.write_text(BOOK, encoding="utf-8")
    built = corpus.build([book])
    (entry,) = built.entries
    assert entry.text == "M:4/4\nL:1/8\nK:Gmaj\n|:GABcd2B2|A2A2G4:|\n"
    assert (entry.title, entry.number, entry.composer, entry.book) == ("The First", "1", "Anon.", "oneills1850")
    assert built.set_aside == {"bar": 1, "header": 1, "repeat": 1, "symbol": 1}


def test_a_collection_is_the_same_after_packing(tunes: Corpus) -> None:
    assert Corpus.unpack(tunes.packed()) == tunes


# --- the cache --------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A music21 with one small book; returns the hash of its tunes."""
    book = tmp_path / "oneills1850" / "one.abc"
    book.parent.mkdir()
    book.write_text(BOOK, encoding="utf-8")
    monkeypatch.setattr(corpus, "files", lambda: [book])
    return digest(corpus.build([book]))


def test_a_second_start_takes_the_tunes_from_the_cache(
    tmp_path: Path, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = corpus.load(small, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1
    monkeypatch.setattr(corpus, "files", list)  # there is nothing to build from
    assert corpus.load(small, tmp_path / "cache") == first


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b"[" * 100])
def test_a_damaged_cache_is_built_anew(tmp_path: Path, small: str, damage: bytes) -> None:
    first = corpus.load(small, tmp_path)
    (cache,) = tmp_path.glob("tunes-*.json")
    good = cache.read_bytes()
    cache.write_bytes(damage)
    assert corpus.load(small, tmp_path) == first
    assert cache.read_bytes() == good


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path, small: str) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    assert len(corpus.load(small, blocked).entries) == 1
    assert len(corpus.load(small, blocked / "deeper").entries) == 1


def test_the_cache_lies_where_the_machine_keeps_its_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert files.cache() == tmp_path / "deep-sequence-labs"


def test_other_tunes_than_those_of_the_course_are_refused_in_two_sentences(tmp_path: Path, small: str) -> None:
    with pytest.raises(CorpusError, match=r"^The tunes inside your music21 are not those of this course\. Install "):
        corpus.load("0" * 64, tmp_path)
    assert not list(tmp_path.glob("tunes-*.json"))


def test_a_missing_music21_is_one_sentence_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "music21", None)  # type: ignore[arg-type]
    with pytest.raises(CorpusError, match=r"^The tunes come with the package music21, .*: %pip install music21$"):
        corpus.files()


def test_a_music21_without_its_tunes_is_one_sentence_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "music21").mkdir()
    (tmp_path / "music21" / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "music21", raising=False)
    with pytest.raises(CorpusError, match=r"^This music21 comes without its corpus: %pip install --force-reinstall"):
        corpus.files()
