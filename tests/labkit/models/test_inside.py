"""What is seen inside an LSTM: the cell that follows the bar, and what is written while cells are held."""

import numpy as np
import pytest

from labkit.models import characters, inside

TUNES = ["M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 d3:|\n", "M:2/4\nL:1/8\nK:Dmaj\n|:dfed|B2A2:|\n"]


def test_the_place_in_the_bar_is_said_before_each_note():
    found = list(inside.places(TUNES[0]))
    assert [TUNES[0][at] for at, _ in found] == list("GABcded")
    assert [share for _, share in found] == pytest.approx([0, 1 / 6, 2 / 6, 3 / 6, 5 / 6, 0, 1 / 2])


def a_memory(seed=0, notes=400):
    """Four cells: a clock, its mirror with noise, noise that moves as much, and one that never moves."""
    rng = np.random.default_rng(seed)
    place = rng.choice([0, 0.25, 0.5, 0.75], notes)
    noise = rng.normal(size=(notes, 2))
    c = np.stack([3 * place, -place + 0.3 * noise[:, 0], noise[:, 1], np.ones(notes)], axis=1)
    return inside.Memory(c.astype("float32"), place)


def test_the_clock_is_found_and_a_cell_that_stands_still_has_no_correlation():
    memory = a_memory()
    assert memory.best(2) == [0, 1]
    assert memory.correlations()[0] == pytest.approx(1)
    assert memory.correlations()[1] < -0.5
    assert memory.correlations()[3] == 0


def test_the_read_out_is_exact_where_a_cell_tells_the_place_and_nothing_where_none_does():
    assert inside.read_out(a_memory(0), a_memory(1)) == pytest.approx(1, abs=1e-3)
    blind = [inside.Memory(memory.c[:, 2:], memory.place) for memory in (a_memory(0), a_memory(1))]
    assert inside.read_out(*blind) < 0.05


def test_controls_are_other_cells_that_move_about_as_much_and_none_twice():
    rng = np.random.default_rng(0)
    place = rng.random(300)
    moves = np.linspace(0.1, 2, 60)
    c = rng.normal(size=(300, 60)) * moves + np.where(np.arange(60) >= 50, 4 * place[:, None], 0)
    memory = inside.Memory(c.astype("float32"), place)
    settings = inside.settings(memory, alone=10, tens=2)
    assert set(settings["ten"]) == set(range(50, 60))
    assert (settings["none"], settings["best"]) == ([], settings["ten"][:1])
    ones = [settings[f"one {number}"][0] for number in range(1, 11)]
    assert len(set(ones)) == 10
    for control in (ones, settings["ten 1"], settings["ten 2"]):
        assert not set(control) & set(settings["ten"])
        assert len(set(control)) == 10
        # The ten move most, and so do their controls: one of the 20 nearest that are free, after at most nine.
        assert memory.c.std(0)[control].min() >= np.sort(memory.c.std(0)[:50])[-30]


@pytest.fixture(scope="module")
def network():
    ids = characters.vocabulary(TUNES)
    return characters.build(len(ids) + characters.FIRST, units=12), ids


@pytest.mark.slow
def test_the_memory_is_what_keras_holds(network):
    import keras  # noqa: PLC0415

    model, ids = network
    memory = inside.memory(model, ids, TUNES[:1])
    embedding, lstm, _ = inside.layers(model)
    at = [place for place, _ in inside.places(TUNES[0])][3]
    begun = np.array([characters.encode(TUNES[0], ids)[: at + 1]])
    layer = keras.layers.RNN(lstm.cell, return_state=True)
    np.testing.assert_allclose(memory.c[3], np.asarray(layer(embedding(begun))[2])[0], atol=1e-5)


@pytest.mark.slow
def test_nothing_held_writes_what_the_network_writes_and_a_held_cell_is_held(network):
    import tensorflow as tf  # noqa: PLC0415

    model, _ = network
    held = inside.Held(model, {"none": [], "some": [0, 5]}, np.full(12, 0.25))
    states = held.begin(tf.constant(4))
    logits, (h, c, _) = held.step(tf.constant([4, 4, 5, 5]), 0, states)
    embedding, lstm, dense = inside.layers(model)
    plain, (h_plain, c_plain) = lstm.cell(embedding(tf.constant([4, 4, 5, 5])), states[:2])
    np.testing.assert_allclose(np.asarray(h)[::2], np.asarray(h_plain)[::2], atol=1e-6)
    np.testing.assert_allclose(np.asarray(logits)[::2], np.asarray(dense(plain))[::2], atol=1e-6)
    c, c_plain = np.asarray(c), np.asarray(c_plain)
    assert (c[1::2][:, [0, 5]] == 0.25).all()
    np.testing.assert_allclose(c[1::2][:, 1:5], c_plain[1::2][:, 1:5], atol=1e-6)


@pytest.mark.slow
def test_each_setting_gets_its_tunes(network):
    model, ids = network
    tunes = inside.written(model, ids, {"none": [], "best": [1], "ten": [2, 3]}, np.zeros(12), 4)
    assert {name: len(texts) for name, texts in tunes.items()} == {"none": 4, "best": 4, "ten": 4}
