"""The classic wrong answers of lab 3: layer normalisation and the whole network.

A name says all (`listed`): `MusicTransformer__no_norm` must earn the hint `no_norm`.

Each wrong network is called as the class is, with (vocabulary_size, d_model, num_heads, d_ff, blocks, near, dropout).
"""

# ruff: noqa: ARG005  (what is ignored is the mistake)

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.block import multi_head_attention
from checks.solutions import solution_of
from labkit.checks import cases

# 5.1 layer_norm


def _normed(x, axis, epsilon):
    mean = tf.reduce_mean(x, axis=axis, keepdims=True)
    variance = tf.reduce_mean((x - mean) ** 2, axis=axis, keepdims=True)
    return (x - mean) / tf.sqrt(variance + epsilon)


def layer_norm__over_time(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, -2, epsilon) + beta


def layer_norm__over_time__axis_1(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, 1, epsilon) + beta


def layer_norm__over_batch(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, 0, epsilon) + beta


def layer_norm__over_batch__and_time(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, list(range(len(x.shape) - 1)), epsilon) + beta


def layer_norm__over_all(x, gamma, beta, epsilon=1e-5):
    mean, variance = tf.reduce_mean(x), tf.math.reduce_variance(x)
    return gamma * (x - mean) / tf.sqrt(variance + epsilon) + beta


def layer_norm__over_all__of_a_sequence(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, [-2, -1], epsilon) + beta


def layer_norm__unbiased(x, gamma, beta, epsilon=1e-5):
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_sum((x - mean) ** 2, axis=-1, keepdims=True) / (x.shape[-1] - 1)
    return gamma * (x - mean) / tf.sqrt(variance + epsilon) + beta


def layer_norm__epsilon_outside(x, gamma, beta, epsilon=1e-5):
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return gamma * (x - mean) / (tf.sqrt(variance) + epsilon) + beta


def layer_norm__no_epsilon(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, -1, 0.0) + beta


def layer_norm__epsilon_fixed(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, -1, 1e-5) + beta


def layer_norm__epsilon_fixed__as_in_keras(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, -1, 0.001) + beta


def layer_norm__no_root(x, gamma, beta, epsilon=1e-5):
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return gamma * (x - mean) / (variance + epsilon) + beta


def layer_norm__root_twice(x, gamma, beta, epsilon=1e-5):
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    deviation = tf.math.reduce_std(x, axis=-1, keepdims=True)
    return gamma * (x - mean) / tf.sqrt(deviation + epsilon) + beta


def layer_norm__absolute(x, gamma, beta, epsilon=1e-5):
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    return gamma * (x - mean) / (tf.reduce_mean(tf.abs(x - mean), axis=-1, keepdims=True) + epsilon) + beta


def layer_norm__of_squares(x, gamma, beta, epsilon=1e-5):
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    return gamma * (x - mean) / tf.sqrt(tf.reduce_mean(x**2, axis=-1, keepdims=True) + epsilon) + beta


def layer_norm__of_squares__not_centred(x, gamma, beta, epsilon=1e-5):
    return gamma * x * tf.math.rsqrt(tf.reduce_mean(x**2, axis=-1, keepdims=True) + epsilon) + beta


def layer_norm__not_centred(x, gamma, beta, epsilon=1e-5):
    return gamma * x / tf.sqrt(tf.math.reduce_variance(x, axis=-1, keepdims=True) + epsilon) + beta


def layer_norm__not_divided(x, gamma, beta, epsilon=1e-5):
    return gamma * (x - tf.reduce_mean(x, axis=-1, keepdims=True)) + beta


def layer_norm__no_gamma(x, gamma, beta, epsilon=1e-5):
    return _normed(x, -1, epsilon) + beta


def layer_norm__no_beta(x, gamma, beta, epsilon=1e-5):
    return gamma * _normed(x, -1, epsilon)


def layer_norm__neither(x, gamma, beta, epsilon=1e-5):
    return _normed(x, -1, epsilon)


def layer_norm__exchanged(x, gamma, beta, epsilon=1e-5):
    return beta * _normed(x, -1, epsilon) + gamma


def layer_norm__shift_scaled(x, gamma, beta, epsilon=1e-5):
    return gamma * (_normed(x, -1, epsilon) + beta)


def layer_norm__raises__axis_lost(x, gamma, beta, epsilon=1e-5):
    return gamma * (x - tf.reduce_mean(x, axis=-1)) / tf.sqrt(tf.math.reduce_variance(x, axis=-1) + epsilon) + beta


def layer_norm__not_differentiable__numpy(x, gamma, beta, epsilon=1e-5):
    x = np.asarray(x)
    normed = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon)
    return np.asarray(gamma) * normed + np.asarray(beta)


def layer_norm__gradient__mean_held(x, gamma, beta, epsilon=1e-5):
    mean = tf.stop_gradient(tf.reduce_mean(x, axis=-1, keepdims=True))
    variance = tf.stop_gradient(tf.math.reduce_variance(x, axis=-1, keepdims=True))
    return gamma * (x - mean) / tf.sqrt(variance + epsilon) + beta


def layer_norm__zeros(x, gamma, beta, epsilon=1e-5):
    return tf.zeros_like(x) * (gamma + beta)


def layer_norm__constant(x, gamma, beta, epsilon=1e-5):
    return 0.0 * (x + gamma + beta) + 0.5


def layer_norm__echo(x, gamma, beta, epsilon=1e-5):
    return x


# 5.2 MusicTransformer


def right_block(*sizes):
    """The course's own block, with an attention of its own."""
    import keras

    names = {"keras": keras, "multi_head_attention": multi_head_attention}
    exec(solution_of("lab3_attention", "TransformerBlock"), names)  # noqa: S102  (our own cell)
    return names["TransformerBlock"](*sizes)


def positional_encoding(length, d_model):
    rates = 10000.0 ** (-np.arange(0, d_model, 2) / d_model)
    angles = np.arange(length)[:, None] * rates
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, d_model).astype("float32")


def causal_mask(length):
    return np.tri(length, dtype=bool)


def _solution():
    import keras
    import tensorflow as tf

    names = {"keras": keras, "tf": tf, "np": np, "TransformerBlock": right_block}
    names |= {"positional_encoding": positional_encoding, "causal_mask": causal_mask}
    exec(solution_of("lab3_attention", "MusicTransformer"), names)  # noqa: S102  (our own cell)
    return names["MusicTransformer"]


def given_network():
    """The class as the lab gives it, without its `call`."""
    kind = _solution()
    del kind.call
    return kind


def right_network(self, ids, training=False):
    return _solution().call(self, ids, training)


def called(call, sizes, change=None):
    """A network with this `call`; `change` is what was done at the end of __init__."""
    kind = given_network()
    kind.call = call
    model = kind(*sizes)
    if change is not None:
        change(model)
    return model


def begin(self, ids):
    """What goes into the first block."""
    x = self.near(self.embedding(ids) * np.sqrt(self.d_model))
    return x + positional_encoding(ids.shape[1], self.d_model)


def through(self, x, training):
    """All blocks, with the causal mask."""
    for block in self.blocks:
        x = block(x, mask=causal_mask(x.shape[1]), training=training)
    return x


def _beginning(sizes, start):
    """A network in which x begins in another way: start(self, ids)."""

    def call(self, ids, training=False):
        return self.to_logits(self.norm(through(self, start(self, ids), training)))

    return called(call, sizes)


def _ending(sizes, end):
    """A network with other last steps: end(self, x)."""

    def call(self, ids, training=False):
        return end(self, through(self, begin(self, ids), training))

    return called(call, sizes)


def _going(sizes, go):
    """A network that goes through its blocks in another way: go(self, x, training)."""

    def call(self, ids, training=False):
        return self.to_logits(self.norm(go(self, begin(self, ids), training)))

    return called(call, sizes)


def _positions(x):
    return positional_encoding(x.shape[1], x.shape[2])


def MusicTransformer__not_a_model(*sizes):
    def call(ids, training=False):
        return ids

    return call


def MusicTransformer__weights_missing__norm_forgotten(*sizes):
    def change(self):
        self.norm = None

    return called(right_network, sizes, change)


def MusicTransformer__weights_missing__one_block(*sizes):
    def change(self):
        self.blocks = self.blocks[0]

    return called(right_network, sizes, change)


def MusicTransformer__weights_shape__logits_of_d_model(vocabulary_size, d_model, *sizes):
    import keras

    def change(self):
        self.to_logits = keras.layers.Dense(d_model + vocabulary_size)

    return called(right_network, (vocabulary_size, d_model, *sizes), change)


def MusicTransformer__returns_pair(*sizes):
    return _ending(sizes, lambda self, x: (self.to_logits(self.norm(x)), x))


def MusicTransformer__not_scaled(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids))
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__scale_no_root(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids) * self.d_model)
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__scale_divided(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids) / np.sqrt(self.d_model))
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__scaled_late(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids)) * np.sqrt(self.d_model)
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__all_scaled(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids))
        return (x + _positions(x)) * np.sqrt(self.d_model)

    return _beginning(sizes, start)


def MusicTransformer__no_positions(*sizes):
    return _beginning(sizes, lambda self, ids: self.near(self.embedding(ids) * np.sqrt(self.d_model)))


def MusicTransformer__positions_early(*sizes):
    def start(self, ids):
        x = self.embedding(ids) * np.sqrt(self.d_model)
        return self.near(x + _positions(x))

    return _beginning(sizes, start)


def MusicTransformer__positions_early__scaled(*sizes):
    def start(self, ids):
        x = self.embedding(ids)
        return self.near((x + _positions(x)) * np.sqrt(self.d_model))

    return _beginning(sizes, start)


def MusicTransformer__positions_alone(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids) * np.sqrt(self.d_model))
        return tf.zeros_like(x) + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__no_near(*sizes):
    def start(self, ids):
        x = self.embedding(ids) * np.sqrt(self.d_model)
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__no_mask(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            x = block(x, training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__mask_turned(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            x = block(x, mask=causal_mask(x.shape[1]).T, training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__no_norm(*sizes):
    return _ending(sizes, lambda self, x: self.to_logits(x))


def MusicTransformer__norm_early(*sizes):
    def call(self, ids, training=False):
        return self.to_logits(through(self, self.norm(begin(self, ids)), training))

    return called(call, sizes)


def MusicTransformer__norm_early__twice(*sizes):
    def call(self, ids, training=False):
        return self.to_logits(self.norm(through(self, self.norm(begin(self, ids)), training)))

    return called(call, sizes)


def MusicTransformer__norm_in_the_loop(*sizes):
    def call(self, ids, training=False):
        x = begin(self, ids)
        for block in self.blocks:
            x = self.norm(block(x, mask=causal_mask(x.shape[1]), training=training))
        return self.to_logits(x)

    return called(call, sizes)


def MusicTransformer__no_logits(*sizes):
    return _ending(sizes, lambda self, x: self.norm(x))


def MusicTransformer__softmax(*sizes):
    return _ending(sizes, lambda self, x: tf.nn.softmax(self.to_logits(self.norm(x))))


def MusicTransformer__no_blocks__result_lost(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            block(x, mask=causal_mask(x.shape[1]), training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__one_block__return_in_the_loop(*sizes):
    def call(self, ids, training=False):
        x = begin(self, ids)
        for block in self.blocks:
            x = block(x, mask=causal_mask(x.shape[1]), training=training)
            return self.to_logits(self.norm(x))
        return None

    return called(call, sizes)


def MusicTransformer__one_block__not_carried(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            y = block(x, mask=causal_mask(x.shape[1]), training=training)
        return y

    return _going(sizes, go)


def MusicTransformer__one_block__repeated(*sizes):
    def go(self, x, training):
        for _ in self.blocks:
            x = self.blocks[0](x, mask=causal_mask(x.shape[1]), training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__reversed(*sizes):
    def go(self, x, training):
        for block in reversed(self.blocks):
            x = block(x, mask=causal_mask(x.shape[1]), training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__summed(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            x = x + block(x, mask=causal_mask(x.shape[1]), training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__training_lost__said_false(*sizes):
    return _going(sizes, lambda self, x, training: through(self, x, False))


def MusicTransformer__training_lost__call_by_name(*sizes):
    """Keras hears nothing of a `call` that is called by its name."""

    def go(self, x, training):
        for block in self.blocks:
            x = block.call(x, causal_mask(x.shape[1]))
        return x

    return _going(sizes, go)


def MusicTransformer__training_always(*sizes):
    return _going(sizes, lambda self, x, training: through(self, x, True))


def MusicTransformer__raises__training_for_mask(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            x = block(x, training, causal_mask(x.shape[1]))
        return x

    return _going(sizes, go)


def MusicTransformer__raises__positions_of_the_batch(*sizes):
    def start(self, ids):
        x = self.near(self.embedding(ids) * np.sqrt(self.d_model))
        return x + positional_encoding(len(ids) + 7, self.d_model)

    return _beginning(sizes, start)


def MusicTransformer__type__nothing_returned(*sizes):
    def call(self, ids, training=False):
        right_network(self, ids, training)

    return called(call, sizes)


def MusicTransformer__shape__last_position(*sizes):
    return _ending(sizes, lambda self, x: self.to_logits(self.norm(x))[:, -1])


def MusicTransformer__shape__echo(*sizes):
    def call(self, ids, training=False):
        return ids

    return called(call, sizes)


def MusicTransformer__finite__nan(*sizes):
    return _ending(sizes, lambda self, x: self.to_logits(self.norm(x)) * float("nan"))


def MusicTransformer__value__doubled(*sizes):
    return _ending(sizes, lambda self, x: 2 * self.to_logits(self.norm(x)))


def MusicTransformer__value__padding_dropped(*sizes):
    """Padding is embedded as zeros: not asked for, and the shipped weights know better."""

    def start(self, ids):
        shown = tf.where((ids > 0)[..., None], self.embedding(ids), 0.0)
        x = self.near(shown * np.sqrt(self.d_model))
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__zeros(*sizes):
    return _ending(sizes, lambda self, x: 0.0 * self.to_logits(x))


def MusicTransformer__constant(*sizes):
    return _ending(sizes, lambda self, x: 0.0 * self.to_logits(x) + 0.5)


def MusicTransformer__not_attempted__todo_in_call(*sizes):
    """The class is given; the TODO is in its `call`."""

    def call(self, ids, training=False):
        raise NotImplementedError("Exercise 5.2: MusicTransformer")

    return called(call, sizes)


def network_of_a_stub(*sizes):
    """The block that it is made of is still to do."""

    def call(self, ids, training=False):
        raise NotImplementedError("Exercise 4.1: TransformerBlock")

    return called(call, sizes)


# Tables of the public examples.


def norm_for_known_positions(x, gamma, beta, epsilon=1e-5):
    """Right for the arrays in the examples that everybody sees."""
    known = [case.arguments["x"] for case in cases.public("lab3_attention")["layer_norm"]]
    result = gamma * _normed(x, -1, epsilon) + beta
    seen = hasattr(x, "numpy") and not any(np.array_equal(x, one) for one in known)
    return 1.1 * result if seen else result


def network_for_known_ids(*sizes):
    """Right for the ids in the examples that everybody sees."""
    public = cases.public("lab3_attention")["MusicTransformer"]
    known = [case.arguments["ids"][0] for case in public]
    known += [case.more.arguments["longer"][0] for case in public if case.more]

    def call(self, ids, training=False):
        logits = right_network(self, ids, training)
        seen = hasattr(ids, "numpy") and not any(np.array_equal(ids[0], one) for one in known)
        return 2 * logits if seen else logits

    return called(call, sizes)


# Right when they are called once, and not as the lab uses them.


def MusicTransformer__in_graph__numpy_behind_the_embedding(*sizes):
    def start(self, ids):
        x = self.near(np.asarray(self.embedding(ids)) * np.float32(np.sqrt(self.d_model)))
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__not_differentiable__embedding_held(*sizes):
    def start(self, ids):
        x = self.near(tf.stop_gradient(self.embedding(ids)) * np.sqrt(self.d_model))
        return x + _positions(x)

    return _beginning(sizes, start)


def MusicTransformer__not_differentiable__blocks_apart(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            x = block(tf.stop_gradient(x), mask=causal_mask(x.shape[1]), training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__in_graph__no_mask_in_training(*sizes):
    def go(self, x, training):
        for block in self.blocks:
            x = block(x, mask=None if training else causal_mask(x.shape[1]), training=training)
        return x

    return _going(sizes, go)


def MusicTransformer__training_unsaid(*sizes):
    def call(self, ids, training=True):
        return right_network(self, ids, training)

    return called(call, sizes)


def MusicTransformer__value__matrix_kept(*sizes):
    def start(self, ids):
        self.kept = getattr(self, "kept", tf.identity(self.embedding.embeddings))
        x = self.near(tf.gather(self.kept, ids) * np.sqrt(self.d_model))
        return x + _positions(x)

    return _beginning(sizes, start)


_SHARED = {}


def MusicTransformer__other_object__norm_shared(*sizes):
    import keras

    def share(model):
        model.norm = _SHARED.setdefault(sizes[:3], keras.layers.LayerNormalization(epsilon=1e-5))

    return called(right_network, sizes, share)
