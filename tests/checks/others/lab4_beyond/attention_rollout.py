import functools
import numpy as np
import tensorflow as tf

SHOWN = {}
HOW = {}


def _draw(blocks, batch=2, heads=2, places=4, seed=0):
    w = np.random.default_rng(seed).random((blocks, batch, heads, places, places)) ** 3
    return dict(weights=list(w / w.sum(-1, keepdims=True)))


# ---------------------------------------------------------------- wrong: natural


def attention_rollout__w01_later_on_the_right(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        a = 0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1])
        result = result @ a
    return result


SHOWN["attention_rollout__w01_later_on_the_right"] = (
    "natural",
    "multiplies later blocks from the right",
    lambda: _draw(2),
)


def attention_rollout__w02_no_identity(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = w.mean(axis=1) @ result
    return result


SHOWN["attention_rollout__w02_no_identity"] = (
    "natural",
    "forgets the skip connection",
    lambda: _draw(2),
)


def attention_rollout__w03_identity_not_halved(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = (w.mean(axis=1) + np.eye(w.shape[-1])) @ result
    return result


SHOWN["attention_rollout__w03_identity_not_halved"] = (
    "natural",
    "mean plus identity without halves: rows add up to 2^blocks",
    lambda: _draw(2),
)


def attention_rollout__w04_sum_of_heads(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = (0.5 * w.sum(axis=1) + 0.5 * np.eye(w.shape[-1])) @ result
    return result


SHOWN["attention_rollout__w04_sum_of_heads"] = ("natural", "sum over the heads", lambda: _draw(2))


def attention_rollout__w05_largest_head(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        a = w.max(axis=1)
        a = a / a.sum(axis=-1, keepdims=True)
        result = (0.5 * a + 0.5 * np.eye(w.shape[-1])) @ result
    return result


SHOWN["attention_rollout__w05_largest_head"] = (
    "natural",
    "maximum over the heads, made to sum to 1 again (a known variant)",
    lambda: _draw(2),
)


def attention_rollout__w06_identity_at_the_end(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = w.mean(axis=1) @ result
    return 0.5 * result + 0.5 * np.eye(result.shape[-1])


SHOWN["attention_rollout__w06_identity_at_the_end"] = (
    "natural",
    "half of the identity once, after the product",
    lambda: _draw(2),
)


def attention_rollout__w07_mean_over_batch(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = (0.5 * w.mean(axis=0) + 0.5 * np.eye(w.shape[-1])) @ result
    return result


SHOWN["attention_rollout__w07_mean_over_batch"] = (
    "natural",
    "mean over axis 0, the batch",
    lambda: _draw(2),
)


def attention_rollout__w08_elementwise(weights):
    result = 1.0
    for w in weights:
        result = result * (0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1]))
    return result


SHOWN["attention_rollout__w08_elementwise"] = (
    "natural",
    "* instead of the matrix product",
    lambda: _draw(2),
)


def attention_rollout__w09_class_token_row(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = (0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1])) @ result
    return result[:, 0, 1:]


SHOWN["attention_rollout__w09_class_token_row"] = (
    "natural",
    "returns the row of the class token only",
    lambda: _draw(2),
)


def attention_rollout__w10_mean_of_blocks(weights):
    return np.mean([0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1]) for w in weights], axis=0)


SHOWN["attention_rollout__w10_mean_of_blocks"] = (
    "natural",
    "mean over the blocks instead of the product",
    lambda: _draw(2),
)


# ---------------------------------------------------------------- wrong: sly


def attention_rollout__w11_third_on_the_right(weights):
    a = [0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1]) for w in weights]
    if len(a) == 1:
        return a[0]
    result = a[1] @ a[0]
    for m in a[2:]:
        result = result @ m
    return result


SHOWN["attention_rollout__w11_third_on_the_right"] = (
    "sly",
    "right for two blocks; from the third on the factors come from the right",
    lambda: _draw(3),
)


def attention_rollout__w12_one_block_as_is(weights):
    if len(weights) == 1:
        return weights[0].mean(axis=1)  # nothing to follow
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = (0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1])) @ result
    return result


SHOWN["attention_rollout__w12_one_block_as_is"] = (
    "sly",
    "a single block comes without the half of the identity",
    lambda: _draw(1),
)


def attention_rollout__w13_one_head_in_place(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        a = w[:, 0] if w.shape[1] == 1 else w.mean(axis=1)
        a *= 0.5
        a += 0.5 * np.eye(w.shape[-1])
        result = a @ result
    return result


SHOWN["attention_rollout__w13_one_head_in_place"] = (
    "sly",
    "with one head a view of the weights of the caller is changed",
    lambda: _draw(2, heads=1),
)
HOW["attention_rollout__w13_one_head_in_place"] = ("unchanged",)


def attention_rollout__w14_list_reversed(weights):
    weights.reverse()
    tables = [0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1]) for w in weights]
    return functools.reduce(np.matmul, tables)


SHOWN["attention_rollout__w14_list_reversed"] = (
    "sly",
    "reverses the list of the caller",
    lambda: _draw(2),
)
HOW["attention_rollout__w14_list_reversed"] = ("unchanged",)


def attention_rollout__w15_small_dropped(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        a = w.mean(axis=1)
        a = np.where(a < 1e-3, 0.0, a)
        a = a / np.maximum(a.sum(axis=-1, keepdims=True), 1e-12)
        result = (0.5 * a + 0.5 * np.eye(w.shape[-1])) @ result
    return result


SHOWN["attention_rollout__w15_small_dropped"] = (
    "sly",
    "drops weights below 0.001, which are many of them with many places",
    lambda: _draw(2, places=300),
)


def attention_rollout__w16_squeezed(weights):
    result = np.eye(weights[0].shape[-1])
    for w in weights:
        result = (0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1])) @ result
    return np.squeeze(result)


SHOWN["attention_rollout__w16_squeezed"] = (
    "sly",
    "squeeze removes a batch of 1",
    lambda: _draw(2, batch=1),
)


def attention_rollout__w17_tables_kept(weights, tables=[]):
    for w in weights:
        tables.append(0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1]))
    result = tables[-len(weights)] if len(tables) == len(weights) else tables[0]
    for a in tables[1:]:
        if a.shape == result.shape:
            result = a @ result
    return result


SHOWN["attention_rollout__w17_tables_kept"] = (
    "sly",
    "a list as default argument: the blocks of the call before are multiplied too",
    lambda: _draw(2),
)
HOW["attention_rollout__w17_tables_kept"] = ("after", lambda: _draw(2, seed=1))


def attention_rollout__w18_in_pairs(weights):
    tables = [0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1]) for w in weights]
    while len(tables) > 1:  # fewer rounds: neighbours first
        tables = [tables[k + 1] @ tables[k] for k in range(0, len(tables) - 1, 2)]
    return tables[0]


SHOWN["attention_rollout__w18_in_pairs"] = (
    "sly",
    "multiplies neighbours in pairs and loses the last of an odd number: right for 1, 2, 4, 8 blocks",
    lambda: _draw(3),
)


def attention_rollout__w19_last_block_not_mixed(weights):
    result = np.eye(weights[0].shape[-1])
    for k, w in enumerate(weights):
        a = w.mean(axis=1)
        if k < 12:
            a = 0.5 * a + 0.5 * np.eye(w.shape[-1])
        result = a @ result
    return result


SHOWN["attention_rollout__w19_last_block_not_mixed"] = (
    "sly",
    "mixes the identity in for the first 12 blocks only (the depth of ViT-B)",
    lambda: dict(weights=_draw(14)["weights"]),
)


def attention_rollout__w20_all_blocks_alike(weights):
    mean = np.mean([w.mean(axis=1) for w in weights], axis=0)
    a = 0.5 * mean + 0.5 * np.eye(mean.shape[-1])
    return np.linalg.matrix_power(a, len(weights))


SHOWN["attention_rollout__w20_all_blocks_alike"] = (
    "sly",
    "power of the mean table: right for one block or for blocks that are alike",
    lambda: _draw(3),
)


# ---------------------------------------------------------------- right


def attention_rollout__r1_loop(weights):
    result = None
    for w in weights:
        w = np.asarray(w)
        a = 0.5 * w.mean(axis=1) + 0.5 * np.eye(w.shape[-1])
        result = a if result is None else a @ result
    return result


def attention_rollout__r2_reduce(weights):
    tables = [(np.mean(w, axis=1) + np.eye(np.shape(w)[-1])) / 2 for w in weights]
    return functools.reduce(lambda done, later: np.matmul(later, done), tables)


def attention_rollout__r3_einsum(weights):
    batch, _, places, _ = weights[0].shape
    result = np.broadcast_to(np.eye(places), (batch, places, places))
    for w in weights:
        result = 0.5 * np.einsum("bqk,bkj->bqj", np.einsum("bhqk->bqk", w) / w.shape[1], result) + 0.5 * result
    return result


def attention_rollout__r4_backwards(weights):
    result = np.eye(weights[-1].shape[-1])[None]
    for w in reversed(weights):
        result = result @ (np.average(w, axis=1) * 0.5 + np.identity(w.shape[-1]) * 0.5)
    return result


def attention_rollout__r5_example_by_example(weights):
    out = []
    for b in range(len(weights[0])):
        r = np.eye(weights[0].shape[-1])
        for w in weights:
            a = sum(w[b]) / len(w[b]) / 2
            a[np.diag_indices_from(a)] += 0.5
            r = a.dot(r)
        out.append(r)
    return np.stack(out)


def attention_rollout__r6_tensorflow(weights):
    result = tf.eye(weights[0].shape[-1], batch_shape=[weights[0].shape[0]], dtype=tf.float64)
    for w in weights:
        a = tf.reduce_mean(tf.cast(w, tf.float64), axis=1)
        a = tf.linalg.set_diag(0.5 * a, 0.5 * tf.linalg.diag_part(a) + 0.5)
        result = tf.linalg.matmul(a, result)
    return result.numpy()
