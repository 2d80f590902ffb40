"""The oracles of lab 4 against Keras, TensorFlow and brute force, and by hand."""

import itertools
import math

import numpy as np
import pytest

from autograder.references.lab4_beyond import REFERENCES, drawing
from autograder.references.lab4_beyond.captions import searching, texts
from autograder.references.lab4_beyond.captions.beams import Beam
from autograder.references.lab4_beyond.dna import motif, strands
from autograder.references.lab4_beyond.masks import bands, hidden, trying
from autograder.references.lab4_beyond.pictures import looking, patches
from autograder.references.lab4_beyond.tweets import reading, scores
from labkit.checks.lab4_beyond import chance
from labkit.checks.lab4_beyond.captions.probes import Steps
from labkit.checks.lab4_beyond.masks.probes import Scores
from labkit.checks.lab4_beyond.pictures.probes import Network
from labkit.checks.probes import Unfit

RNG = np.random.default_rng(0)
keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

# Part 1


def test_the_mean_over_real_steps_is_that_of_keras():
    x, mask = RNG.normal(size=(3, 5, 4)), np.arange(5) < np.array([[5], [2], [3]])
    wanted = keras.layers.GlobalAveragePooling1D()(tf.constant(x, tf.float32), mask=tf.constant(mask))
    assert np.allclose(reading.masked_mean(x, mask), wanted, atol=1e-5)
    by_hand = reading.masked_mean(np.array([[[1.0], [3.0], [99.0]]]), np.array([[True, True, False]]))
    assert by_hand.tolist() == [[2.0]]


def test_the_confusion_table_is_that_of_tensorflow():
    truth, predicted = RNG.integers(0, 4, size=(2, 60))
    wanted = tf.math.confusion_matrix(truth, predicted, 6).numpy()
    assert scores.confusion_matrix(truth, predicted, 6).tolist() == wanted.tolist()


def test_f1_by_hand_and_from_precision_and_recall():
    table = np.array([[6, 2, 0], [1, 2, 1], [2, 0, 2]])
    assert scores.macro_f1(table) == pytest.approx((12 / 17 + 4 / 8 + 4 / 7) / 3)
    p, r = np.diag(table) / table.sum(0), np.diag(table) / table.sum(1)
    assert scores.macro_f1(table) == pytest.approx(np.mean(2 * p * r / (p + r)))
    assert scores.macro_f1(np.array([[4, 0], [0, 0]])) == 0.5


def test_f1_is_that_of_keras():
    truth, predicted = RNG.integers(0, 3, size=(2, 50))
    metric = keras.metrics.F1Score(average="macro")
    metric.update_state(np.eye(3)[truth], np.eye(3)[predicted])
    assert scores.macro_f1(scores.confusion_matrix(truth, predicted, 3)) == pytest.approx(float(metric.result()))


def test_the_calibration_error_of_one_bin_is_the_gap_of_the_means_and_of_certain_answers_the_share_wrong():
    rows = scores.sure_rows(RNG, 30, 3, 1)
    truth = scores.answers(RNG, rows)
    gap = abs((rows.argmax(1) == truth).mean() - rows.max(1).mean())
    assert scores.calibration_error(rows, truth, 1) == pytest.approx(gap)
    assert scores.calibration_error(np.eye(3)[[0, 1, 2, 0]], np.array([0, 1, 2, 2])) == 0.25


# Part 2


def test_patches_are_those_of_tensorflow_and_times_a_kernel_a_convolution():
    images = RNG.normal(size=(2, 6, 9, 2))
    sizes = [1, 3, 3, 1]
    wanted = tf.image.extract_patches(images, sizes, sizes, [1, 1, 1, 1], "VALID").numpy().reshape(2, -1, 18)
    found = patches.patchify(images, 3)
    assert np.array_equal(found, wanted)
    kernel = RNG.normal(size=(3, 3, 2, 5))
    convolved = tf.nn.conv2d(images, kernel, strides=3, padding="VALID").numpy()
    assert np.allclose(found @ kernel.reshape(18, 5), convolved.reshape(2, -1, 5))
    assert np.array_equal(patches.unpatchify(found, 6, 9, 3), images)


def test_rollout_by_hand_and_its_rows_add_up_to_1():
    first, second = np.array([[[[1.0, 0], [1, 0]]]]), np.array([[[[0.0, 1], [0, 1]]]])
    assert looking.attention_rollout([first, second])[0].tolist() == [[0.75, 0.25], [0.5, 0.5]]
    weights = [drawing.shares(RNG, 2, 3, 5, 5) for _ in range(4)]
    assert np.allclose(looking.attention_rollout(weights).sum(axis=-1), 1)


def test_slopes_by_hand_are_those_of_tensorflow():
    for arguments, _ in REFERENCES["saliency"].draw(np.random.default_rng(3)):
        x = tf.constant(arguments["x"])
        with tf.GradientTape() as tape:
            tape.watch(x)
            chosen = tf.gather(Network(arguments["network"])(x), arguments["target"], batch_dims=1)
        wanted = tf.abs(tf.reduce_sum(tape.gradient(chosen, x) * x, axis=-1))
        assert np.allclose(looking.saliency(**arguments), wanted, atol=1e-5)


# Part 3


def test_bands_are_triangles():
    for length, back, ahead in ((5, 4, 0), (4, 4, 4), (7, 2, 1), (6, 0, 9)):
        wanted = np.tril(np.triu(np.ones((length, length), bool), -back), ahead)
        assert np.array_equal(bands.band_mask(length, back, ahead), wanted)


def test_corrupted_inputs_and_targets_by_hand():
    arguments, _ = REFERENCES["corrupt"].draw(np.random.default_rng(0))[0]
    inputs, targets = hidden.corrupt(**arguments)
    assert inputs.tolist() == [[3, 12, 7, 8, 9, 4]]
    assert targets.tolist() == [[5, 6, 7, -100, -100, -100]]


def test_the_loss_is_that_of_keras_also_where_nothing_is_left():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-100)
    for share in (0.5, 1.0, 0.0):
        logits = RNG.normal(size=(2, 5, 6)).astype(np.float32)
        targets = np.where(RNG.random((2, 5)) < share, RNG.integers(0, 6, size=(2, 5)), -100)
        assert hidden.masked_token_loss(logits, targets) == pytest.approx(float(loss(targets, logits)), abs=1e-5)
    assert hidden.masked_token_loss(np.array([[[1000.0, -1000.0]]]), np.array([[1]])) == 2000


def test_the_candidate_that_is_found_scores_highest():
    for _ in range(20):
        case = trying.trying_case(RNG, 8, 3, 9)
        best, calls = trying.fill_by_trying(**case)
        values = {one: Scores(case["script"])([*case["ids"][:3], one, *case["ids"][4:]]) for one in case["candidates"]}
        assert (best, calls) == (max(values, key=values.get), 9)


def test_the_rate_of_the_warm_up_is_highest_at_its_end():
    rates = [bands.warmup_rate(step, 64, 50) for step in range(1, 200)]
    assert int(np.argmax(rates)) + 1 == 50
    assert rates[49] == pytest.approx(64**-0.5 * 50**-0.5)


# Part 4


def test_the_other_strand_is_that_of_the_text_and_its_own_inverse():
    text = "ACGTTGNAC"
    other = "".join(strands.PARTNER.get(one, one) for one in reversed(text))
    assert np.array_equal(strands.reverse_complement(strands.letters(text)), strands.letters(other))
    twice = strands.reverse_complement(strands.reverse_complement(strands.letters(text)))
    assert np.array_equal(twice, strands.letters(text))


def test_log_odds_weighed_with_the_background_are_shares():
    sites, background = strands.drawn_letters(RNG, 12, 5), strands.background(RNG)
    shares = np.exp(strands.log_odds(sites, background)) * background
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.allclose(shares, (sites.sum(0) + background) / 13)


def test_the_weights_are_the_posterior_of_the_place_by_brute_force():
    sequences, width = strands.drawn_letters(RNG, 4, 20), 5
    background = strands.background(RNG)
    matrix = strands.log_odds(strands.drawn_letters(RNG, 9, width), background)
    shares = np.exp(matrix) * background
    places = 20 - width + 1
    logs = np.zeros((4, places))
    for row, start in itertools.product(range(4), range(places)):
        for step in range(20):
            here = shares[step - start] if start <= step < start + width else background
            logs[row, start] += math.log(here @ sequences[row, step])
    output, weights = motif.motif_attention(motif.windows_of(sequences, width), matrix)
    assert np.allclose(weights, drawing.softmax(logs), atol=1e-9)
    assert np.allclose(output.sum(axis=-1), 1)


# Part 5


def test_pairs_by_hand():
    inputs, targets = texts.caption_pairs(np.array([[5, 6, 7], [8, 0, 0], [0, 0, 0]]), 1, 2)
    assert inputs.tolist() == [[1, 5, 6, 7], [1, 8, 0, 0], [1, 0, 0, 0]]
    assert targets.tolist() == [[5, 6, 7, 2], [8, 2, 0, 0], [2, 0, 0, 0]]


def test_a_beam_of_two_beats_greedy_by_hand():
    assert searching.RIGHT(searching.HAND, 9, 0, 3) == ([1], 2)
    one, two = (Beam()(searching.HAND, 9, 0, width, 3) for width in (1, 2))
    assert (one[0], round(math.exp(one[1]), 3)) == ([1], 0.198)
    assert (two[0], round(math.exp(two[1]), 3)) == ([2], 0.36)


def test_a_wide_beam_finds_the_best_of_all_texts_and_a_beam_of_one_is_greedy():
    size, longest, missed = 4, 3, 0
    for salt in range(1, 61):
        script = {"size": size, "salt": salt}
        all_texts = [words for count in range(longest + 1) for words in itertools.product(range(1, size), repeat=count)]
        totals = {}
        for words in all_texts:
            step, total = Steps(9, script), 0.0
            for place, word in enumerate([*words, 0]):
                total += step([9, *words[:place]])[word]
            totals[words] = total
        best = max(totals, key=totals.get)
        words, total = Beam()(script, 9, 0, size**4, longest)
        assert tuple(words) == best
        assert total == pytest.approx(totals[best])
        greedy = searching.RIGHT(script, 9, 0, longest)[0]
        assert Beam()(script, 9, 0, 1, longest)[0] == greedy
        missed += tuple(greedy) != best
    assert missed > 10


def test_what_is_drawn_for_greedy_and_beam_search_is_told_apart_by_far():
    for seed in range(4):
        rng = np.random.default_rng(seed)
        for arguments, _ in REFERENCES["beam_search"].draw(rng):
            assert Beam().nearest(**arguments) > 1e-3
            assert np.isfinite(Beam()(**arguments)[1])


def test_bleu_by_hand_and_between_0_and_1():
    assert texts.bleu(["a", "b", "c"], ["a", "b", "d"]) == pytest.approx(math.sqrt(2 / 3 * 1 / 2))
    assert texts.bleu(["the", "the", "the"], ["the", "cat"], 1) == pytest.approx(1 / 3)
    assert texts.bleu(["a", "b"], ["a", "b", "c", "d"]) == pytest.approx(math.exp(-1))
    said, real = ["a", "seven", "above", "a", "three"], ["a", "one", "above", "a", "three"]
    assert texts.bleu(said, real) == pytest.approx(0.632, abs=1e-3)
    for _ in range(200):
        one, two = (RNG.integers(0, 4, size=RNG.integers(2, 9)).tolist() for _ in range(2))
        formula = texts._score()(one, two)
        assert texts.bleu(one, two) == pytest.approx(formula)
        assert 0 <= formula <= 1 + 1e-12


# What is scripted


def test_a_scripted_model_hears_the_whole_text_counts_and_refuses_one_without_start():
    step = Steps(1, {"size": 5, "salt": 3, "never": [2], "late": [0, 2]}, 4)
    assert not np.array_equal(step([1, 4, 3]), step([1, 3]))
    assert np.exp(step([1])).sum() == pytest.approx(1)
    assert np.isneginf(step([1, 3])[[0, 2]]).all()
    with pytest.raises(Unfit, match="never_stops"):
        step([1])
    assert step.calls == 5
    with pytest.raises(Unfit, match="no_start"):
        Steps(1, {"size": 5, "salt": 3})([3, 1])


def test_numbers_that_look_drawn_hang_on_each_id_and_its_place():
    marks = {chance.mixed(7, ids) for ids in itertools.permutations(range(5))}
    assert len(marks) == 120
    values = [chance.share(mark, 0) for mark in marks]
    assert 0 <= min(values) < 0.1
    assert 0.9 < max(values) < 1
    assert abs(np.mean(values) - 0.5) < 0.1
