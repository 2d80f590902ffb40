"""The weights that are kept while a network trains."""

from labkit import training


class Model:
    """Stands for a keras model of one number."""

    def __init__(self):
        self.weights = [0]

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)


def test_each_stage_is_seen_again_and_the_model_stays_as_it_is():
    model = Model()
    kept = training.Kept(iter("abcdef"), model, steps=(0, 2, 50))
    for _ in kept:
        model.weights[0] += 1
    assert kept.weights == {0: [0], 2: [2]}
    model.weights = [99]
    assert kept.each(lambda: model.weights[0]) == {0: 0, 2: 2, 6: 99}
    assert model.weights == [99]


def test_the_model_stays_when_looking_fails():
    model = Model()
    kept = training.Kept("ab", model, steps=(0,))
    for _ in kept:
        model.weights[0] += 1
    try:
        kept.each(lambda: 1 / 0)
    except ZeroDivisionError:
        assert model.weights == [2]
    else:
        raise AssertionError("It did not fail.")
