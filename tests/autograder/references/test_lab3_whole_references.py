"""The oracles of layer normalisation and of the whole network are right: Keras and labkit's own network agree."""

# ruff: noqa: PLC0415  (TensorFlow is imported only by the tests that need it)

import numpy as np
import pytest

from autograder.references.lab3_attention.whole import REFERENCES, parts
from autograder.references.lab3_attention.whole.music import music_case
from autograder.references.lab3_attention.whole.norm import layer_norm, norm_case
from labkit.checks.lab3_attention import whole_fakes
from labkit.checks.lab3_attention.whole_probes import Sizes

SEEDS = range(3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_layer_norm_is_that_of_keras(seed):
    import keras

    case = norm_case(np.random.default_rng(seed), 2, 5, 7)
    layer = keras.layers.LayerNormalization(epsilon=1e-5)
    layer.build(case["x"].shape)
    layer.set_weights([case["gamma"], case["beta"]])
    np.testing.assert_allclose(layer_norm(**case), layer(case["x"]), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_network_is_that_of_labkit_with_the_same_weights(seed):
    from labkit.models import transformer

    rng = np.random.default_rng(seed)
    sizes = Sizes(9, 8, 2, 12, 2, 3, 0.0)
    case = music_case(rng, sizes, shape=(3, 7))
    settings = transformer.Settings(sizes.d_model, sizes.num_heads, sizes.d_ff, sizes.blocks, sizes.near, 0.0)
    model = transformer.build(sizes.vocabulary_size, settings)
    order = [model.embedding.embeddings, model.near.kernel, model.near.bias]
    order += [one for block in model.stack for one in (*block.square, *block.norms, *block.dense)]
    order += [model.norm.gamma, model.norm.beta, model.dense.kernel, model.dense.bias]
    for variable, value in zip(order, case["weights"], strict=True):
        variable.assign(value)
    np.testing.assert_allclose(REFERENCES["MusicTransformer"].correct(**case), model(case["ids"]), atol=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_last_character_changes_the_last_step_alone(seed):
    rows = {text: a for a, text in REFERENCES["MusicTransformer"].draw(np.random.default_rng(seed))}
    correct = REFERENCES["MusicTransformer"].correct
    one, other = (correct(**rows[text]) for text in ("two blocks", "the same, another last character"))
    np.testing.assert_array_equal(one[:, :-1], other[:, :-1])
    assert np.abs(one[:, -1] - other[:, -1]).min(axis=0).max() > 1e-3


@pytest.mark.parametrize("seed", range(20))
def test_dropout_shows_in_each_network_that_drops(seed):
    rows = REFERENCES["MusicTransformer"].draw(np.random.default_rng(seed))
    for arguments, _ in rows:
        if not arguments["dropout"]:
            continue
        found = REFERENCES["MusicTransformer"].correct(**arguments)
        low, high = (found[f"{word} value with training=True"] for word in ("lowest", "highest"))
        assert (high - low).max() > 0.05
        still = [found[f"{word} value with training=False"] for word in ("lowest", "highest")]
        np.testing.assert_array_equal(*still)


def test_the_fakes_in_numpy_are_those_of_labkit():
    np.testing.assert_array_equal(parts.crooked_positions(5, 4), whole_fakes.crooked_positions(5, 4))
    np.testing.assert_array_equal(parts.short_past(4), whole_fakes.short_past(4))
