"""Pairs of dates and numbers: well written, held out by date, the same every time."""

import datetime as dt
import sys
import unicodedata

import pytest

from labkit.translation import dates

DAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("language", "full", "numeric"),
    [
        ("fr", "vendredi 20 novembre 2026", "20/11/2026"),
        ("de", "Freitag, 20. November 2026", "20.11.2026"),
        ("es", "viernes, 20 de noviembre de 2026", "20/11/2026"),
        ("hu", "2026. november 20., péntek", "2026. 11. 20."),
        ("tr", "20 Kas\u0131m 2026 Cuma", "20.11.2026"),
    ],
)
def test_a_date_is_written_as_its_language_does(language: str, full: str, numeric: str) -> None:
    one = dates.pair(DAY, language)
    assert (one.source, one.english, one.key) == (full, "Friday, November 20, 2026", "2026-11-20")
    other = dates.pair(DAY, language, "numeric")
    assert (other.source, other.english) == (numeric, "November 20, 2026")


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("fr", "quatre-vingt-dix-sept"),
        ("de", "siebenundneunzig"),
        ("es", "noventa y siete"),
        ("hu", "kilencvenhét"),
        ("tr", "doksanyedi"),
    ],
)
def test_a_number_is_written_out(language: str, source: str) -> None:
    assert dates.pair(97, language) == dates.Pair(source, "ninety-seven", language, "number", "97")


def test_the_examples_of_the_lab_are_held_out() -> None:
    assert dates.part_of(DAY) == dates.part_of(97) == "test"


def test_no_date_or_number_is_in_two_parts() -> None:
    keys = [{one.key for one in dates.pairs(part, 1500)} for part in ("train", "valid", "test")]
    assert len(set.union(*keys)) == sum(map(len, keys))


def test_eight_of_ten_things_are_for_training() -> None:
    parts = [dates.part_of(number) for number in range(5000)]
    assert 0.78 < parts.count("train") / 5000 < 0.82
    assert 0.08 < parts.count("test") / 5000 < 0.12


def test_the_same_seed_draws_the_same_pairs() -> None:
    first, again, other = (dates.pairs("valid", 50, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_held_out_pairs_differ_and_every_kind_and_language_comes() -> None:
    drawn = dates.pairs("test", 2000)
    assert len(set(drawn)) == 2000
    assert {one.kind for one in drawn} == set(dates.KINDS)
    assert {one.language for one in drawn} == set(dates.LANGUAGES)
    assert 0.4 < sum(one.kind == "number" for one in drawn) / 2000 < 0.6
    assert any(int(one.key) > 100_000 for one in drawn if one.kind == "number")


def test_only_what_is_asked_for_is_drawn() -> None:
    drawn = dates.pairs("train", 100, kinds=("long",), languages=("hu", "tr"))
    assert {one.kind for one in drawn} == {"long"}
    assert {one.language for one in drawn} == {"hu", "tr"}
    assert {one.kind for one in dates.pairs("train", 50, kinds=("number",))} == {"number"}


@pytest.mark.slow
def test_no_source_has_two_translations() -> None:
    english: dict[str, set[str]] = {}
    for one in [*dates.pairs("train", 15_000), *dates.pairs("train", 15_000, kinds=("number",), languages=("tr",))]:
        english.setdefault(one.source, set()).add(one.english)
    assert not [source for source, known in english.items() if len(known) > 1]


def test_turkish_numbers_in_which_num2words_leaves_out_a_digit_are_not_drawn() -> None:
    assert dates.pair(101_001, "tr").source == dates.pair(100_001, "tr").source  # when this fails: corrected, draw them
    drawn = [int(one.key) for one in dates.pairs("train", 3000, kinds=("number",), languages=("tr",))]
    assert max(drawn) > 900_000
    assert not [number for number in drawn if number > 100_000 and number // 1000 % 10 == 1]


def test_texts_have_plain_spaces_and_one_character_for_each_letter() -> None:
    for one in dates.pairs("valid", 500):
        for text in (one.source, one.english):
            assert text == unicodedata.normalize("NFC", text).strip()
            assert all(letter == " " or unicodedata.category(letter) != "Zs" for letter in text)
    assert dates.plain("1\u202fe\u0301") == "1 é"


@pytest.mark.parametrize("wrong", [{"part": "dev"}, {"kinds": ("short",)}, {"languages": ("it",)}])
def test_what_there_is_not_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="There is no"):
        dates.pairs(**{"part": "train", **wrong})


def test_more_pairs_than_there_are_cannot_be_had() -> None:
    with pytest.raises(ValueError, match="no 100000 different pairs"):
        dates.pairs("test", 100_000, kinds=("full",))


@pytest.mark.parametrize("missing", ["babel.dates", "num2words"])
def test_a_missing_package_is_named_with_the_way_out(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    dates._say_number.cache_clear()
    with pytest.raises(dates.DatesError, match="pip install babel num2words"):
        dates.pair(97, "fr")


def test_other_versions_that_write_otherwise_are_noticed_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dates, "SIGNATURE", "another")
    dates._notice.cache_clear()
    assert len(dates.pairs("train", 3)) == len(dates.pairs("train", 3)) == 3
    assert capsys.readouterr().out.count("otherwise than ours did") == 1
    dates._notice.cache_clear()


def test_the_installed_versions_write_what_the_shipped_translators_learned(capsys: pytest.CaptureFixture[str]) -> None:
    dates._notice.cache_clear()
    dates.pairs("train", 3)
    assert capsys.readouterr().out == ""
