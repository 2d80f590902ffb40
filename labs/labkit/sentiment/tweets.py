"""The tweets of lab 4: 4,200 short texts, each with the mean of 20 people's ratings from -4 to 4.

They are made on your machine from the source archive of vaderSentiment (C. J. Hutto and E. Gilbert, 2014: "VADER: A
parsimonious rule-based model for sentiment analysis of social media text"); none of them ships with the course.
"""

from __future__ import annotations

import codecs
import hashlib
import html
import json
import re
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.files import cache as cache_folder
from labkit.base.files import keep
from labkit.base.files import path as shipped
from labkit.base.style import say
from labkit.sentiment import archive
from labkit.sentiment.archive import TweetsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

CLEAR = 0.5  # a mean rating at least so far from 0 is positive or negative
LONGEST = 40  # words of a tweet that a network reads
PAD, UNKNOWN, FIRST = 0, 1, 2  # ids
TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[:;=8xX][-o'^]?[()DdPp/\\|*\]\[]+|<3|[!?]+|#|@user|url|\d+|\S")
RUDE = "shpx fuvg qnza nff ovgpu onfgneq juber fyhg cbea encr avtt snt ergneq penc obbof qvpx pbpx chffl phag frk"


@dataclass(frozen=True)
class Tweet:
    """One tweet; rating: the mean of 20, from -4 to 4; words: as `tokenize` cuts it."""

    text: str
    rating: float
    words: tuple[str, ...]

    @property
    def label(self) -> int:
        """1: positive, 0: negative (of a tweet in between it says nothing)."""
        return int(self.rating > 0)

    @property
    def polite(self) -> bool:
        """False where a word is none for a lecture."""
        stems = codecs.decode(RUDE, "rot13").split()
        return not any(
            word.startswith(stem) or (len(stem) > 3 and stem in word) for word in self.words for stem in stems
        )


def tokenize(tweet: str) -> list[str]:
    """Cut a tweet into lower-case words; what carries feeling is kept: n't, emoticons, runs of ! and ?.

    @name becomes @user, an address becomes url
    """
    text = html.unescape(tweet).lower()
    text = re.sub(r"@\w+", "@user", text)
    text = re.sub(r"https?://\S+|\S+\.(ly|com)/\S*", " url ", text)
    return TOKEN.findall(text.replace("n't", " n't"))


def there() -> bool:
    """Say whether the tweets can be had here; if not, print the sentence that says what to do."""
    try:
        load()
    except TweetsError as error:
        say(str(error))
        return False
    return True


@cache
def load() -> tuple[Tweet, ...]:
    """Load all tweets, each text once, in the order of their file: from the cache, a file beside the notebook, or pip.

    Raises TweetsError, one clear sentence, where they cannot be had.
    """
    return find(json.loads(shipped("lab4/tweets.json").read_text(encoding="utf-8")))


def find(facts: Mapping[str, Any], folder: Path | None = None) -> tuple[Tweet, ...]:
    """Return the tweets whose hash the facts name, from the cache folder or built; see `load`."""
    kept = (folder or cache_folder()) / f"tweets-{facts['sha256'][:12]}.json"
    try:
        text = kept.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    if _hash(text.encode()) == facts["sha256"]:
        return unpacked(text)
    with tempfile.TemporaryDirectory() as fetched:
        beside = Path(facts["archive"])
        file = beside if beside.is_file() else archive.fetch(Path(fetched))
        if _hash(file.read_bytes()) != facts["archive_sha256"]:
            raise TweetsError(f"{file.name} is not the file that this course was made with. {archive.WAY_OUT}")
        built = build(archive.texts(file))
    if _hash(packed(built).encode()) != facts["sha256"]:
        raise TweetsError("Your labkit cuts the tweets otherwise than this course; install labkit again.")
    keep(kept, packed(built))
    return built


def build(lines: Iterable[str]) -> tuple[Tweet, ...]:
    """Make tweets of the lines of their file (id TAB rating TAB text); of those with the same words the first stays."""
    found: dict[tuple[str, ...], Tweet] = {}
    for line in lines:
        _, rating, text = line.split("\t", 2)
        words = tuple(tokenize(text))
        if words:
            found.setdefault(words, Tweet(text, float(rating), words))
    return tuple(found.values())


def packed(tweets: Iterable[Tweet]) -> str:
    """Return tweets as JSON: the same bytes on every machine."""
    return json.dumps([asdict(one) for one in tweets], ensure_ascii=True, separators=(",", ":"))


def unpacked(text: str) -> tuple[Tweet, ...]:
    """Undo `packed`."""
    return tuple(Tweet(row["text"], row["rating"], tuple(row["words"])) for row in json.loads(text))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def clear(tweets: Sequence[Tweet] | None = None, seed: int = 0) -> dict[str, list[Tweet]]:
    """Split the tweets that are clearly positive or negative: a quarter "test", a tenth "valid", the rest "train".

    A tweet that has the words of one held out, but for signs, names and addresses, is not trained on.
    tweets: those of `load`, or others. Raises TweetsError as `load` does.
    """
    chosen = [one for one in (load() if tweets is None else tweets) if abs(one.rating) >= CLEAR]
    order = [chosen[place] for place in np.random.default_rng(seed).permutation(len(chosen))]
    first, second = len(chosen) // 4, len(chosen) // 4 + len(chosen) // 10
    test, valid, train = order[:first], order[first:second], order[second:]
    valid = _unlike(valid, test)
    return {"train": _unlike(train, test + valid), "valid": valid, "test": test}


def _unlike(tweets: Iterable[Tweet], held_out: Iterable[Tweet]) -> list[Tweet]:
    known = {_bare(one) for one in held_out} - {()}
    return [one for one in tweets if _bare(one) not in known]


def _bare(tweet: Tweet) -> tuple[str, ...]:
    return tuple(word for word in tweet.words if word[0].isalpha() and word != "url")


def vocabulary(tweets: Iterable[Tweet], least: int = 2) -> dict[str, int]:
    """Give each word that comes at least so often a number from 2 on, the frequent first; 0 is padding, 1 unknown."""
    count = Counter(word for one in tweets for word in one.words)
    order = sorted((word for word, times in count.items() if times >= least), key=lambda word: (-count[word], word))
    return {word: number for number, word in enumerate(order, FIRST)}


def ids(texts: Iterable[Sequence[str]], words: Mapping[str, int], longest: int = LONGEST) -> NDArray[np.int32]:
    """Turn lists of words into ids (batch, longest), padded with 0 at the right, cut where they are longer."""
    rows = list(texts)
    out = np.zeros((len(rows), longest), np.int32)
    for row, text in zip(out, rows, strict=True):
        known = [words.get(word, UNKNOWN) for word in text[:longest]]
        row[: len(known)] = known
    return out


def shuffled(table: NDArray[np.int32], seed: int = 7) -> NDArray[np.int32]:
    """Return ids (batch, time) with the words of each row in another order; the padding stays where it is."""
    generator, out = np.random.default_rng(seed), table.copy()
    for row in out:
        real = int((row != PAD).sum())
        row[:real] = generator.permutation(row[:real])
    return out


def model(kind: str, size: int, **options: Any) -> Any:
    """Make a network that reads tweets; see `labkit.sentiment.networks.TweetModel`. size: ids that there are."""
    from labkit.sentiment.networks import TweetModel

    return TweetModel(kind, size, **options)
