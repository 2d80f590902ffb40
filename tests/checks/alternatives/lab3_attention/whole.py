"""Right answers of lab 3, as differently as students write them: layer normalisation and the whole network."""

import numpy as np

from checks.late import tf
from checks.mistakes.lab3_attention.whole import begin, called, causal_mask, given_network, positional_encoding, through

# 5.1 layer_norm


def layer_norm__moments(x, gamma, beta, epsilon=1e-5):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)


def layer_norm__deviation_squared(x, gamma, beta, epsilon=1e-5):
    centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
    return beta + centred * tf.math.rsqrt(tf.reduce_mean(tf.square(centred), -1, keepdims=True) + epsilon) * gamma


def layer_norm__variance_of_tensorflow(x, gamma, beta, epsilon=1e-5):
    variance = tf.math.reduce_variance(x, axis=-1)[..., tf.newaxis]
    mean = tf.expand_dims(tf.reduce_mean(x, axis=-1), -1)
    return gamma * ((x - mean) / (variance + epsilon) ** 0.5) + beta


def layer_norm__sums(x, gamma, beta, epsilon=1e-5):
    width = x.shape[-1]
    centred = x - tf.reduce_sum(x, axis=-1, keepdims=True) / width
    variance = tf.einsum("...d,...d->...", centred, centred) / width
    return gamma * centred / tf.sqrt(variance + epsilon)[..., None] + beta


def layer_norm__keras_ops(x, gamma, beta, epsilon=1e-5):
    from keras import ops

    mean, variance = ops.mean(x, axis=-1, keepdims=True), ops.var(x, axis=-1, keepdims=True)
    return ops.add(ops.multiply(gamma, ops.divide(x - mean, ops.sqrt(variance + epsilon))), beta)


# 5.2 MusicTransformer


def MusicTransformer__step_by_step(*sizes):
    def call(self, ids, training=False):
        time = ids.shape[1]
        x = self.embedding(ids)
        x = x * tf.sqrt(tf.cast(self.d_model, tf.float32))
        x = self.near(x)
        x += positional_encoding(time, self.d_model)
        mask = causal_mask(time)
        for block in self.blocks:
            x = block(x, mask=mask, training=training)
        x = self.norm(x)
        return self.to_logits(x)

    return called(call, sizes)


def MusicTransformer__training_goes_by_itself(*sizes):
    """Keras tells the layers inside of a model what it was told itself."""

    def call(self, ids, training=False):
        x = begin(self, ids)
        for block in self.blocks:
            x = block(x, mask=causal_mask(ids.shape[1]))
        return self.to_logits(self.norm(x))

    return called(call, sizes)


def MusicTransformer__training_none(*sizes):
    def call(self, ids, training=None):
        return self.to_logits(self.norm(through(self, begin(self, ids), training)))

    return called(call, sizes)


def MusicTransformer__mask_with_a_batch(*sizes):
    def call(self, ids, training=False):
        x = begin(self, ids)
        mask = tf.constant(causal_mask(ids.shape[1]))[None]  # (1, time, time)
        for number in range(len(self.blocks)):
            x = self.blocks[number](x, mask=mask, training=training)
        return self.to_logits(self.norm(x))

    return called(call, sizes)


def MusicTransformer__table_gathered(*sizes):
    """Without the embedding's own call, and with a product for the logits."""

    def call(self, ids, training=False):
        x = tf.gather(tf.convert_to_tensor(self.embedding.embeddings), ids) * self.d_model**0.5
        x = self.near(x) + tf.cast(positional_encoding(x.shape[1], x.shape[2]), tf.float32)[tf.newaxis]
        x = self.norm(through(self, x, training))
        return tf.tensordot(x, self.to_logits.kernel, axes=1) + self.to_logits.bias

    return called(call, sizes)


def MusicTransformer__helpers(*sizes):
    kind = given_network()

    def embedded(self, ids):
        return begin(self, ids)

    def call(self, ids, training=False):
        return self.to_logits(self.norm(through(self, self.embedded(ids), training)))

    kind.embedded, kind.call = embedded, call
    return kind(*sizes)


def MusicTransformer__neighbours_by_hand(*sizes):
    """The causal convolution as a sum of shifted products."""

    def call(self, ids, training=False):
        x = self.embedding(ids) * np.sqrt(self.d_model)
        kernel = tf.convert_to_tensor(self.near.kernel)
        reach, time = kernel.shape[0], ids.shape[1]
        longer = tf.pad(x, [[0, 0], [reach - 1, 0], [0, 0]])
        x = tf.add_n([longer[:, k : k + time] @ kernel[k] for k in range(reach)]) + self.near.bias
        x = x + positional_encoding(time, self.d_model)
        return self.to_logits(self.norm(through(self, x, training)))

    return called(call, sizes)
