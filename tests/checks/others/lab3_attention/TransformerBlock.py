import numpy as np
import keras
import tensorflow as tf

SHOWN = {}  # of a class no single direct call shows anything: the third entries say with which block and which call


# ---------------------------------------------------------------- wrong: natural


class TransformerBlock__w01_post_norm(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(x, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = self.norm_1(x + self.dropout(attended, training=training))
        hidden = self.dense_2(self.dense_1(x))
        return self.norm_2(x + self.dropout(hidden, training=training))


SHOWN["TransformerBlock__w01_post_norm"] = (
    "natural",
    "normalises after adding, as in the first paper",
    "x of (2, 5, 8), 2 heads, d_ff 32, weights set to random numbers: other numbers",
)


class TransformerBlock__w02_no_first_residual(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w02_no_first_residual"] = (
    "natural",
    "does not add the attention to x but goes on with it alone",
    "x of (2, 5, 8), 2 heads, d_ff 32, weights set to random numbers: other numbers",
)


class TransformerBlock__w03_adds_to_normalised(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        x = self.norm_1(x)
        attended, _ = multi_head_attention(x, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        x = self.norm_2(x)
        hidden = self.dense_2(self.dense_1(x))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w03_adds_to_normalised"] = (
    "natural",
    "adds the results to the normalised x instead of x",
    "x of (2, 5, 8), 2 heads, d_ff 32, weights set to random numbers: other numbers",
)


class TransformerBlock__w04_norm_1_twice(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_1(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w04_norm_1_twice"] = (
    "natural",
    "uses norm_1 for both halves (norm_2 has no weights)",
    "norm_1 and norm_2 with different scale and shift: other numbers; fewer trainable variables",
)


class TransformerBlock__w05_parallel_halves(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(attended, training=training) + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w05_parallel_halves"] = (
    "natural",
    "both halves start from the first x: the dense layers do not see the attention",
    "x of (2, 5, 8), 2 heads, d_ff 32, weights set to random numbers: other numbers",
)


class TransformerBlock__w06_mask_forgotten(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w06_mask_forgotten"] = (
    "natural",
    "does not pass the mask on",
    "any call with a causal or padding mask",
)


class TransformerBlock__w07_dropout_on_the_sum(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = self.dropout(x + attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return self.dropout(x + hidden, training=training)


SHOWN["TransformerBlock__w07_dropout_on_the_sum"] = (
    "natural",
    "drops out after adding: parts of x are lost too",
    "with dropout 0.5 and training=True, W_o and dense_2 set to zero: the result should be x",
)


# ---------------------------------------------------------------- wrong: subtle


class TransformerBlock__w08_mask_of_two_axes_is_padding(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        if mask is not None and len(mask.shape) == 2:
            mask = mask[:, tf.newaxis, :]  # (batch, time) as Keras gives it
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w08_mask_of_two_axes_is_padding"] = (
    "subtle",
    "takes a (time, time) mask for a (batch, time) one",
    "a causal mask: raises, or (batch == time, and batch == 1) masks wrongly; right for masks with three axes and without mask",
)


class TransformerBlock__w09_epsilon_by_hand(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def build(self, shape):
        self.norm_1.build(shape)
        self.norm_2.build(shape)

    def normalise(self, h, norm):
        mean, variance = tf.nn.moments(h, axes=-1, keepdims=True)
        return (h - mean) / tf.sqrt(variance + 1e-3) * norm.gamma + norm.beta

    def call(self, x, mask=None, training=False):
        h, _ = multi_head_attention(
            self.normalise(x, self.norm_1), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask
        )
        x = x + self.dropout(h, training=training)
        h = self.dense_2(self.dense_1(self.normalise(x, self.norm_2)))
        return x + self.dropout(h, training=training)


SHOWN["TransformerBlock__w09_epsilon_by_hand"] = (
    "subtle",
    "normalises by hand with epsilon 1e-3 (the default of Keras) instead of the layers' 1e-5",
    "x with a spread of 0.01 along the features: visibly other numbers (for x of spread 100 almost none)",
)


class TransformerBlock__w10_one_step_skips_attention(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        if x.shape[1] != 1:  # one position has nobody to attend to
            attended, _ = multi_head_attention(
                self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask
            )
            x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w10_one_step_skips_attention"] = (
    "subtle",
    "leaves attention out for a single step, which attends to itself",
    "x of (2, 1, 8)",
)


class TransformerBlock__w11_half_precision(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        h = tf.cast(self.norm_1(x), tf.float16)
        matrices = [tf.cast(W, tf.float16) for W in (self.W_q, self.W_k, self.W_v, self.W_o)]
        attended, _ = multi_head_attention(h, *matrices, self.num_heads, mask)
        attended = tf.cast(attended, x.dtype)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w11_half_precision"] = (
    "subtle",
    "attends in float16: about three digits, and inf above 65504",
    "x of (2, 5, 8), W_o times 1e5: inf (with weights of size 1 differences of 1e-3)",
)


class TransformerBlock__w12_results_clipped(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        attended = tf.clip_by_value(attended, -10.0, 10.0)  # keeps training stable
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        hidden = tf.clip_by_value(hidden, -10.0, 10.0)
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w12_results_clipped"] = (
    "subtle",
    "clips what is added to +-10",
    "W_o times 100: other numbers",
)


class TransformerBlock__w13_four_heads(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, 4, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w13_four_heads"] = (
    "subtle",
    "always four heads",
    "a block with num_heads=2 (or 1, 8) and d_model=8; d_model=6 with num_heads=3 raises",
)


class TransformerBlock__w14_only_one_dropout(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + attended
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w14_only_one_dropout"] = (
    "subtle",
    "drops out after the dense layers only",
    "dropout 0.5, training=True, dense_2 set to zero: no number of the attention is dropped",
)


class TransformerBlock__w15_dropout_in_the_middle(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_1(self.norm_2(x))
        return x + self.dense_2(self.dropout(hidden, training=training))


SHOWN["TransformerBlock__w15_dropout_in_the_middle"] = (
    "subtle",
    "drops out between the dense layers instead of after them",
    "dropout 0.5, training=True, W_o set to zero: no number of what is added is exactly 0 (or dropout=1: the bias of dense_2 remains)",
)


# ---------------------------------------------------------------- wrong: use


class TransformerBlock__w16_training_by_default(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=True):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w16_training_by_default"] = (
    "use",
    "training is True by default",
    "dropout 0.5, called as block(x): numbers are dropped, and two calls differ",
)


class TransformerBlock__w17_training_not_used(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=False)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=False)


SHOWN["TransformerBlock__w17_training_not_used"] = (
    "use",
    "never drops out",
    "dropout 0.5, training=True: nothing is dropped, two calls are equal",
)


class TransformerBlock__w18_matrices_kept(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def build(self, shape):
        self.norm_1.build(shape)
        self.norm_2.build(shape)
        self.dense_1.build(shape)
        self.dense_2.build((*shape[:-1], self.dense_1.units))
        self._matrices = [W.numpy() for W in (self.W_q, self.W_k, self.W_v, self.W_o)]  # read once, which is faster

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), *self._matrices, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w18_matrices_kept"] = (
    "use",
    "keeps copies of the matrices, read when the layer is built",
    "after a first call W_q.assign(...) (or set_weights) changes nothing, and the four matrices have no gradient (None)",
)


class TransformerBlock__w19_own_attention_layer(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)
        self.project_q, self.project_k, self.project_v, self.project_o = (
            keras.layers.Dense(d_model, use_bias=False) for _ in range(4)
        )

    def call(self, x, mask=None, training=False):
        q, k, v = [
            split_heads(project(self.norm_1(x)), self.num_heads)
            for project in (self.project_q, self.project_k, self.project_v)
        ]
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        attended, _ = scaled_dot_product_attention(q, k, v, mask)
        attended = self.project_o(merge_heads(attended))
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w19_own_attention_layer"] = (
    "use",
    "multiplies by Dense layers of its own; W_q, W_k, W_v, W_o stand unused",
    "setting W_q ... W_o changes nothing, their gradients are None",
)


class TransformerBlock__w20_numpy_values(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        matrices = [W.numpy() for W in (self.W_q, self.W_k, self.W_v, self.W_o)]
        attended, _ = multi_head_attention(self.norm_1(x), *matrices, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


SHOWN["TransformerBlock__w20_numpy_values"] = (
    "use",
    "reads the matrices as NumPy arrays",
    "inside a tf.function raises; outside, the gradients of the four matrices are None",
)


# ---------------------------------------------------------------- right


class TransformerBlock__r1_lesson(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)


class TransformerBlock__r2_training_left_to_keras(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attention, weights = multi_head_attention(
            self.norm_1(x), W_q=self.W_q, W_k=self.W_k, W_v=self.W_v, W_o=self.W_o, num_heads=self.num_heads, mask=mask
        )
        x += self.dropout(attention)  # Keras hands training on to the layers inside
        return x + self.dropout(self.dense_2(self.dense_1(self.norm_2(x))))


class TransformerBlock__r3_two_methods(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def attend(self, x, mask):
        return multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)[0]

    def think(self, x):
        x = self.norm_2(x)
        x = self.dense_1(x)
        return self.dense_2(x)

    def call(self, x, mask=None, training=False):
        for part in (lambda a: self.attend(a, mask), self.think):
            x = keras.ops.add(x, self.dropout(part(x), training=training))
        return x


class TransformerBlock__r4_own_einsum(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        h = self.norm_1(x)
        d_model = self.W_q.shape[0]
        shape = (d_model, self.num_heads, d_model // self.num_heads)
        q, k, v = (tf.einsum("btd,dhe->bhte", h, tf.reshape(W, shape)) for W in (self.W_q, self.W_k, self.W_v))
        scores = tf.einsum("bhqe,bhke->bhqk", q, k) / np.sqrt(shape[2])
        if mask is not None:
            if len(mask.shape) == 3:
                mask = mask[:, None]
            scores = tf.where(mask, scores, -1e30)
        heads = tf.einsum("bhqk,bhke->bqhe", tf.nn.softmax(scores), v)
        h = tf.einsum("bqhe,hed->bqd", heads, tf.reshape(self.W_o, shape[1:] + (d_model,)))
        x = tf.add(x, self.dropout(h, training=training))
        h = self.dense_2(self.dense_1(self.norm_2(x)))
        return tf.add(x, self.dropout(h, training=training))


class TransformerBlock__r5_if_training(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        drop = (lambda h: self.dropout(h, training=True)) if training else (lambda h: h)
        normal = self.norm_1(x)
        attention = multi_head_attention(normal, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask=mask)[0]
        after_attention = x + drop(attention)
        feed_forward = self.dense_2(self.dense_1(self.norm_2(after_attention)))
        return after_attention + drop(feed_forward)


class TransformerBlock__r6_built_before(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def build(self, shape):
        self.norm_1.build(shape)
        self.norm_2.build(shape)
        self.dense_1.build(shape)
        self.dense_2.build(tuple(shape[:-1]) + (self.dense_1.units,))
        self.built = True

    def call(self, x, mask=None, training=False):
        residual = x
        x, _ = multi_head_attention(self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = residual + self.dropout(x, training=training)
        residual = x
        x = self.norm_2(x)
        x = keras.ops.relu(keras.ops.matmul(x, self.dense_1.kernel) + self.dense_1.bias)
        x = keras.ops.matmul(x, self.dense_2.kernel) + self.dense_2.bias
        return residual + self.dropout(x, training=training)
