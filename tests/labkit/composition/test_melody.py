"""Tunes as tokens, their places, and the rules that keep a tune valid."""

import numpy as np
import pytest

from labkit import data
from labkit.composition import melody
from labkit.composition.bar_position import SIZES, Chart, Place, walk
from labkit.composition.rules import Book, Rules
from labkit.notation import abc, canonical

TUNES = [
    "M:6/8\nL:1/8\nK:Dmaj\nA|:d2f a2f|(3efge fed:|\n",
    "M:2/4\nL:1/8\nK:Gmin\n|:G2^F2|[Bd]2z2|1A/B/c3:|2A3/B/c2||d4|]\n",
    "M:4/4\nL:1/8\nK:F#min\nf4-f4|=F,2c''/4a3/4z/_b3/|]\n",
]


@pytest.fixture(scope="module")
def training_tokens() -> list[list[melody.Token]]:
    return [melody.tokens(entry.text) for entry in data.tunes().part("train")[:400]]


@pytest.mark.parametrize("text", [text.replace(" ", "") for text in TUNES])
def test_a_tune_becomes_tokens_and_the_same_tune_again(text: str) -> None:
    assert melody.text(melody.tokens(text)) == text


def test_a_note_is_one_token_that_counts_from_the_tonic() -> None:
    found = melody.tokens("M:3/4\nL:1/8\nK:Gmaj\nG^c2b/|]\n")
    assert found[2:5] == [("+0", "1"), ("^+3", "2"), ("+9", "1/2")]
    assert found[-1] == ("end", "")


def test_transposing_changes_only_the_key_of_a_tune_without_accidentals() -> None:
    tune = abc.read("M:6/8\nL:1/8\nK:Dmaj\n|:DFAd2f|e2cA3:|\n")
    moved = canonical.text(tune, 5)
    assert moved is not None
    assert moved != tune.text
    assert melody.tokens(moved)[2:] == melody.tokens(tune.text)[2:]


def test_tokens_that_make_no_tune_are_written_all_the_same() -> None:
    assert melody.text([melody.Token("+0&"), melody.Token("("), melody.Token("|"), melody.Token("end")]) == "[C(|\n"


@pytest.mark.slow
@pytest.mark.parametrize("share", [5, pytest.param(1, marks=pytest.mark.thorough)])
def test_every_tune_of_the_collection_survives_tokens_and_ids(share: int) -> None:
    tunes = data.tunes().entries[::share]
    every = [melody.tokens(entry.text) for entry in tunes]
    vocabulary = melody.Vocabulary.of(every)
    for entry, found in zip(tunes, every, strict=True):
        assert melody.text(vocabulary.decode(vocabulary.encode(found).tolist())) == entry.text


def test_an_unseen_symbol_is_other_and_an_unseen_length_is_none() -> None:
    vocabulary = melody.Vocabulary.of([melody.tokens(TUNES[0])])
    assert vocabulary.encode([melody.Token("__+30", "7/8")]).tolist() == [[melody.OTHER, melody.NO_LENGTH]]


def place_after(text: str) -> tuple[Chart, list[dict[str, int]]]:
    found = melody.tokens(text)
    chart = Chart(melody.Vocabulary.of([found]))
    rows = walk(chart, chart.vocabulary.encode(found))
    return chart, [dict(zip(SIZES, row, strict=True)) for row in rows.tolist()]


def test_a_place_knows_what_is_left_of_the_bar() -> None:
    _, rows = place_after("M:6/8\nL:1/8\nK:Dmaj\nA|d2f(3efga|b6|]\n")
    left = [row["left"] // 4 for row in rows]  # in thirds of an eighth note
    assert left == [24, 18, 18, 15, 18, 12, 9, 9, 7, 5, 3, 0, 18, 0, 18]


def test_a_place_remembers_what_stood_there_a_bar_ago() -> None:
    chart, rows = place_after("M:2/4\nL:1/8\nK:Dmaj\nd2f2|d2e2|]\n")
    symbols = chart.vocabulary.symbols
    assert [symbols[row["symbol_1"]] for row in rows[5:8]] == ["+7", "+9", "|"]
    assert rows[6]["agreed_1"] == 1
    assert rows[7]["agreed_1"] == 0


def test_an_upbeat_later_on_is_compared_with_the_one_at_the_beginning() -> None:
    text = "M:2/4\nL:1/8\nK:Dmaj\nA|" + "d2f2|" * 7 + "d3||B|d2f2|]\n"
    chart, rows = place_after(text)
    symbols = chart.vocabulary.symbols
    later = next(number for number, token in enumerate(melody.tokens(text)) if token.symbol == "||") + 1
    assert symbols[rows[later]["symbol_8"]] == "+4"  # A
    assert rows[later]["left"] == 12  # an eighth note


def test_numbers_never_pass_their_sizes(training_tokens: list[list[melody.Token]]) -> None:
    chart = Chart(melody.Vocabulary.of(training_tokens))
    every = np.concatenate([walk(chart, chart.vocabulary.encode(one)) for one in training_tokens])
    assert (every >= 0).all()
    assert (every < chart.sizes(tuple(SIZES))).all()


def test_most_real_tunes_keep_the_rules(training_tokens: list[list[melody.Token]]) -> None:
    chart = Chart(melody.Vocabulary.of(training_tokens))
    book = Book(chart)
    assert np.mean([keeps(book, chart, one) for one in training_tokens]) > 0.95


def keeps(book: Book, chart: Chart, tune: list[melody.Token]) -> bool:
    rules = Rules(book, Place(chart))
    for symbol, length in chart.vocabulary.encode(tune).tolist():
        symbols, lengths = rules.allowed()
        if not symbols[symbol] or (length and not lengths[length]):
            return False
        rules.add(symbol, length)
    return True


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_rules_allow_is_a_valid_tune(training_tokens: list[list[melody.Token]], seed: int) -> None:
    chart = Chart(melody.Vocabulary.of(training_tokens))
    book, generator = Book(chart), np.random.default_rng(seed)
    for _ in range(60):
        found = drawn(book, chart, generator)
        assert not abc.read(found).problems, found


def drawn(book: Book, chart: Chart, generator: np.random.Generator) -> str:
    """Draw each token evenly among what is allowed, with bar lines and ends more often."""
    rules = Rules(book, Place(chart))
    while rules.stage != "ended":
        rules.finish = len(rules.place.written) > 60
        symbols, lengths = rules.allowed()
        assert symbols.any()
        kinds = [one.kind for one in chart.meanings]
        weight = np.array([30.0 if kind == "bar" else 10.0 if kind == "tie" else 1.0 for kind in kinds]) * symbols
        symbol = int(generator.choice(len(symbols), p=weight / weight.sum()))
        sounding = chart.vocabulary.sounding[symbol]
        length = int(generator.choice(np.flatnonzero(lengths))) if sounding else 0
        rules.add(symbol, length)
        assert len(rules.place.written) < 1000
    return melody.text(chart.vocabulary.decode(rules.place.written))
