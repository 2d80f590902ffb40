"""Tweets: how they are cut, split and found. All texts here are our own; no tweet stands in this repository."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labkit.base import files
from labkit.sentiment import archive, tweets
from labkit.sentiment.archive import TweetsError
from labkit.sentiment.tweets import Tweet

LINES = [
    "1\t2.5\tThe soup was GREAT!!! :)",
    "2\t-1.5\tThis isn't my day :( @somebody",
    "3\t0.1\tA table &amp; a chair http://example.org/x",
    "4\t1.0\tthe soup was great!!! :)",  # the words of the first
]


def packed_tar(content: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return held.getvalue()


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    """A source archive like the package's, whose setup.py must not run."""
    folder = tmp_path / "packages"
    folder.mkdir()
    inner = packed_tar({archive.TWEETS: "\n".join(LINES).encode()})
    setup = f"open({str(tmp_path / 'ran')!r}, 'w').close()".encode()
    path = folder / archive.FILE
    path.write_bytes(packed_tar({archive.INNER: inner, f"{archive.NAME}-{archive.VERSION}/setup.py": setup}))
    return path


def facts(sdist: Path) -> dict[str, Any]:
    built = tweets.packed(tweets.build(LINES))
    return {
        "archive": archive.FILE,
        "archive_sha256": hashlib.sha256(sdist.read_bytes()).hexdigest(),
        "sha256": hashlib.sha256(built.encode()).hexdigest(),
    }


@pytest.fixture
def offline(sdist: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a pip that knows one folder and no network."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(sdist.parent))
    return sdist


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The FOOD was good, not bad at all!!", ["the", "food", "was", "good", ",", "not", "bad", "at", "all", "!!"]),
        ("I can't :( and won't :-)", ["i", "ca", "n't", ":(", "and", "wo", "n't", ":-)"]),
        ("@Ann_1 see http://a.org/b?c now", ["@user", "see", "url", "now"]),
        ("it's &lt;3 &amp;", ["it's", "<3", "&"]),
        ("why?! #sad 24", ["why", "?!", "#", "sad", "24"]),
        ("  ", []),
    ],
)
def test_a_tweet_is_cut_so_that_what_carries_feeling_stays(text: str, words: list[str]) -> None:
    assert tweets.tokenize(text) == words


def test_of_tweets_with_the_same_words_the_first_stays() -> None:
    built = tweets.build(LINES)
    assert [one.rating for one in built] == [2.5, -1.5, 0.1]
    assert [one.label for one in built[:2]] == [1, 0]
    assert tweets.unpacked(tweets.packed(built)) == built


def test_the_archive_is_fetched_as_pip_would_and_nothing_in_it_runs(offline: Path, tmp_path: Path) -> None:
    there = tmp_path / "fetched"
    there.mkdir()
    got = archive.fetch(there)
    assert got.read_bytes() == offline.read_bytes()
    assert archive.texts(got) == LINES
    assert not (tmp_path / "ran").exists()


def test_the_tweets_are_built_once_and_then_kept(
    offline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, cache = facts(offline), tmp_path / "cache"
    assert tweets.find(said, cache) == tweets.build(LINES)
    monkeypatch.setattr(archive, "fetch", None)  # must not be asked again
    assert tweets.find(said, cache) == tweets.build(LINES)
    assert [path.name for path in cache.iterdir()] == [f"tweets-{said['sha256'][:12]}.json"]


def test_an_archive_beside_the_notebook_will_do(sdist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sdist.parent)
    monkeypatch.setattr(archive, "fetch", None)
    assert tweets.find(facts(sdist), tmp_path) == tweets.build(LINES)


def test_where_pip_reaches_nothing_one_sentence_says_that_the_lab_goes_on(
    offline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offline.unlink()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tweets.load.cache_clear()
    assert not tweets.there()
    tweets.load.cache_clear()
    assert "which pip cannot reach here. Without them the lab goes on" in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["other file", "no archive"])
def test_another_file_under_that_name_is_refused(broken: str, sdist: Path, tmp_path: Path, monkeypatch: Any) -> None:
    said = facts(sdist)
    sdist.write_bytes(packed_tar({"x": b"y"}) if broken == "other file" else b"nothing")
    monkeypatch.chdir(sdist.parent)
    with pytest.raises(TweetsError, match="not the file that this course was made with"):
        tweets.find(said, tmp_path)
    with pytest.raises(TweetsError, match=r"is not the archive of vaderSentiment 3\.3\.2"):
        archive.texts(sdist)


def test_the_shipped_facts_hold_hashes_and_counts_and_no_text() -> None:
    said = json.loads(files.path("lab4/tweets.json").read_text(encoding="utf-8"))
    assert said["archive"] == archive.FILE
    assert {len(said["archive_sha256"]), len(said["sha256"])} == {64}
    assert all(isinstance(value, int) for name, value in said.items() if name in ("tweets", "positive", "negative"))
    assert set(said) == {"archive", "archive_sha256", "sha256", "tweets", "positive", "negative"}


def many(count: int) -> list[Tweet]:
    return [Tweet(f"w{n}", (-1.0) ** n, (f"word{n}x", "and")) for n in range(count)]


def test_no_tweet_of_training_has_the_words_of_one_held_out() -> None:
    plain = many(200)
    loud = [Tweet(one.text, one.rating, (*one.words, "!!", "@user")) for one in plain]
    parts = tweets.clear(plain + loud)
    bare = {part: {one.words[:2] for one in chosen} for part, chosen in parts.items()}
    assert not bare["train"] & (bare["test"] | bare["valid"])
    assert not bare["valid"] & bare["test"]
    assert len(parts["test"]) == 100


def test_what_is_neither_positive_nor_negative_is_in_no_part() -> None:
    parts = tweets.clear([*many(40), *[Tweet("x", 0.3, (f"q{n}",)) for n in range(40)]])
    assert sum(map(len, parts.values())) == 40


def test_ids_are_padded_cut_and_known_from_two_on() -> None:
    words = tweets.vocabulary([Tweet("", 1, ("b", "a", "b", "a", "a", "once"))])
    assert words == {"a": 2, "b": 3}
    table = tweets.ids([("a", "b", "once"), ("b",) * 9], words, longest=4)
    np.testing.assert_array_equal(table, [[2, 3, 1, 0], [3, 3, 3, 3]])


def test_shuffling_moves_words_and_leaves_the_padding() -> None:
    table = np.array([[2, 3, 4, 5, 6, 0, 0], [7, 0, 0, 0, 0, 0, 0]], np.int32)
    mixed = tweets.shuffled(table)
    np.testing.assert_array_equal(np.sort(mixed, 1), np.sort(table, 1))
    np.testing.assert_array_equal(mixed == 0, table == 0)
    assert not np.array_equal(mixed, table)


def test_a_rude_word_is_noticed_inside_its_forms() -> None:
    assert Tweet("", 1, ("what", "a", "day")).polite
    assert not Tweet("", 1, ("damned",)).polite
    assert not Tweet("", 1, ("goddamned",)).polite


def test_the_helper_that_asks_pip_says_when_there_is_no_such_file(offline: Path, tmp_path: Path) -> None:
    script = Path(archive.__file__).with_name("_ask_pip.py")
    done = subprocess.run(
        [sys.executable, script, archive.NAME, "vaderSentiment-9.tar.gz", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pip finds no vaderSentiment-9.tar.gz." in done.stderr
