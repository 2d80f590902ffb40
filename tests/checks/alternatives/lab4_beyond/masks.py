"""Right answers of lab 4, part 3, that differ from the solution."""

import math

import numpy as np

from checks.late import tf

# 3.1 band_mask


def band_mask__triangles(length, back, ahead):
    return np.tril(np.triu(np.ones((length, length), dtype=bool), -back), ahead)


def band_mask__loops(length, back, ahead):
    return [[query - back <= key <= query + ahead for key in range(length)] for query in range(length)]


def band_mask__two_tables(length, back, ahead):
    return np.tri(length, length, ahead, dtype=bool) & ~np.tri(length, length, -back - 1, dtype=bool)


def band_mask__slices(length, back, ahead):
    mask = np.full((length, length), False)
    for query in range(length):
        mask[query, max(query - back, 0) : query + ahead + 1] = True
    return mask


def band_mask__tensorflow(length, back, ahead):
    ones = tf.ones((length, length))
    return tf.linalg.band_part(ones, min(back, length - 1), min(ahead, length - 1)) > 0


def band_mask__tensorflow_ranges(length, back, ahead):
    query, key = tf.range(length)[:, None], tf.range(length)[None]
    return tf.logical_and(key >= query - back, key <= query + ahead)


def band_mask__diagonals(length, back, ahead):
    mask = np.zeros((length, length), int)
    for shift in range(-back, ahead + 1):
        if abs(shift) < length:
            mask += np.eye(length, k=shift, dtype=int)
    return mask.astype(bool)


# 3.2 corrupt


def corrupt__loops(ids, chosen, action, random_ids, mask_id):
    inputs, targets = ids.tolist(), (0 * ids - 100).tolist()
    for row in range(len(ids)):
        for step in range(len(ids[row])):
            if not chosen[row, step]:
                continue
            targets[row][step] = int(ids[row, step])
            if action[row, step] < 0.8:
                inputs[row][step] = mask_id
            elif action[row, step] < 0.9:
                inputs[row][step] = int(random_ids[row, step])
    return inputs, targets


def corrupt__select(ids, chosen, action, random_ids, mask_id):
    inputs = np.select([~chosen, action < 0.8, action < 0.9], [ids, np.full_like(ids, mask_id), random_ids], ids)
    targets = np.full_like(ids, -100)
    targets[chosen] = ids[chosen]
    return inputs, targets


def corrupt__copies(ids, chosen, action, random_ids, mask_id):
    inputs = ids.copy()
    hidden = np.logical_and(chosen, action < 0.8)
    other = np.logical_and(chosen, (action >= 0.8) & (action < 0.9))
    inputs[hidden] = mask_id
    inputs[other] = random_ids[other]
    return inputs, np.where(~chosen, -100, ids)


def corrupt__nested(ids, chosen, action, random_ids, mask_id):
    changed = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return np.where(chosen, changed, ids), np.where(chosen, ids, -100)


def corrupt__arithmetic(ids, chosen, action, random_ids, mask_id):
    hide = chosen * (action < 0.8)
    other = chosen * (action >= 0.8) * (action < 0.9)
    keep = 1 - hide - other
    return hide * mask_id + other * random_ids + keep * ids, chosen * (ids + 100) - 100


def corrupt__tensorflow(ids, chosen, action, random_ids, mask_id):
    inputs = tf.where(chosen & (action < 0.9), random_ids, ids)
    inputs = tf.where(chosen & (action < 0.8), tf.constant(mask_id, inputs.dtype), inputs)
    return inputs, tf.where(chosen, ids, tf.constant(-100, tf.int64))


# 3.3 masked_token_loss


def masked_token_loss__keras_loss(logits, targets, ignore=-100):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=ignore)
    return loss(targets, logits)


def masked_token_loss__log_softmax(logits, targets, ignore=-100):
    real = targets != ignore
    logs = tf.nn.log_softmax(logits)
    picked = tf.gather(logs, tf.maximum(targets, 0), batch_dims=2)
    return -tf.math.divide_no_nan(
        tf.reduce_sum(tf.where(real, picked, 0.0)), tf.reduce_sum(tf.cast(real, logits.dtype))
    )


def masked_token_loss__one_hot(logits, targets, ignore=-100):
    real = tf.cast(tf.not_equal(targets, ignore), tf.float32)
    z = logits - tf.stop_gradient(tf.reduce_max(logits, axis=-1, keepdims=True))
    logs = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=-1, keepdims=True))
    picked = tf.reduce_sum(logs * tf.one_hot(targets, logits.shape[-1]), axis=-1)
    return tf.reduce_sum(-picked * real) / tf.maximum(tf.reduce_sum(real), 1.0)


def masked_token_loss__boolean_mask(logits, targets, ignore=-100):
    real = targets != ignore
    kept, wanted = tf.boolean_mask(logits, real), tf.boolean_mask(targets, real)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=wanted, logits=kept)
    count = tf.cast(tf.maximum(tf.size(losses), 1), tf.float32)
    return tf.reduce_sum(losses) / count


def masked_token_loss__keras_ops(logits, targets, ignore=-100):
    from keras import ops

    real = ops.not_equal(targets, ignore)
    losses = ops.sparse_categorical_crossentropy(ops.where(real, targets, 0), logits, from_logits=True)
    real = ops.cast(real, "float32")
    return ops.sum(losses * real) / ops.maximum(ops.sum(real), 1)


def masked_token_loss__logsumexp(logits, targets, ignore=-100):
    real = targets != ignore
    safe = tf.where(real, targets, tf.zeros_like(targets))
    rows = tf.reduce_logsumexp(logits, axis=-1) - tf.gather(logits, safe, batch_dims=2)
    weights = tf.cast(real, tf.float32) / tf.maximum(tf.math.count_nonzero(real, dtype=tf.float32), 1)
    return tf.tensordot(tf.reshape(rows, [-1]), tf.reshape(weights, [-1]), 1)


# 3.4 fill_by_trying


def fill_by_trying__loop(score, ids, place, candidates):
    best, most = None, -math.inf
    for one in candidates:
        tried = ids.copy()
        tried[place] = one
        value = score(tried)
        if value > most:
            best, most = one, value
    return best


def fill_by_trying__argmax(score, ids, place, candidates):
    scores = [score([*ids[:place], one, *ids[place + 1 :]]) for one in candidates]
    return candidates[int(np.argmax(scores))]


def fill_by_trying__sorted(score, ids, place, candidates):
    scored = []
    for one in candidates:
        tried = list(ids)
        tried[place] = one
        scored.append((score(tried), one))
    return max(scored)[1]


def fill_by_trying__dictionary(score, ids, place, candidates):
    scores = {one: score([one if at == place else old for at, old in enumerate(ids)]) for one in candidates}
    return max(scores, key=scores.get)


def fill_by_trying__arrays(score, ids, place, candidates):
    tried = np.tile(ids, (len(candidates), 1))
    tried[:, place] = candidates
    return np.array(candidates)[np.argmax([score(row.tolist()) for row in tried])]


def fill_by_trying__put_back(score, ids, place, candidates):
    before, scores = ids[place], []
    for one in candidates:
        ids[place] = one
        scores.append(score(ids))
    ids[place] = before
    return candidates[scores.index(max(scores))]


# 3.5 warmup_rate


def warmup_rate__roots(step, d_model, warmup):
    return min(1 / math.sqrt(step), step / math.sqrt(warmup) ** 3) / math.sqrt(d_model)


def warmup_rate__two_cases(step, d_model, warmup):
    if step < warmup:
        return step / (warmup * math.sqrt(warmup * d_model))
    return (d_model * step) ** -0.5


def warmup_rate__numpy(step, d_model, warmup):
    return np.power(float(d_model), -0.5) * np.minimum(float(step) ** -0.5, step * float(warmup) ** -1.5)


def warmup_rate__tensorflow(step, d_model, warmup):
    step = tf.cast(step, tf.float32)
    return tf.math.rsqrt(tf.cast(d_model, tf.float32)) * tf.minimum(tf.math.rsqrt(step), step * (warmup**-1.5))
