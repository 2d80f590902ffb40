"""The classic wrong answers of lab 4, part 3: the band, hidden tokens, their loss, filling in by trying.

A name says all (`listed`): `band_mask__inverted` must earn the hint `inverted`.
"""

import math

import numpy as np

from checks.late import tf

# 3.1 band_mask


def _tri(length, back, ahead):
    return np.tril(np.triu(np.ones((length, length), bool), -back), ahead)


def band_mask__swapped(length, back, ahead):
    return _tri(length, ahead, back)


def band_mask__swapped__transposed(length, back, ahead):
    return _tri(length, back, ahead).T


def band_mask__back_one_less(length, back, ahead):
    places = np.arange(length)
    step = places[None] - places[:, None]
    return (step > -back) & (step <= ahead)


def band_mask__back_one_more(length, back, ahead):
    return _tri(length, back + 1, ahead)


def band_mask__ahead_one_less(length, back, ahead):
    places = np.arange(length)
    step = places[None] - places[:, None]
    return (step >= -back) & (step < ahead)


def band_mask__ahead_one_more(length, back, ahead):
    return _tri(length, back, ahead + 1)


def band_mask__one_less(length, back, ahead):
    places = np.arange(length)
    step = places[None] - places[:, None]
    return (step > -back) & (step < ahead)


def band_mask__without_itself(length, back, ahead):
    mask = _tri(length, back, ahead)
    np.fill_diagonal(mask, False)
    return mask


def band_mask__inverted(length, back, ahead):
    return ~_tri(length, back, ahead)


def band_mask__both_ways(length, back, ahead):
    places = np.arange(length)
    return np.abs(places[None] - places[:, None]) <= max(back, ahead)


def band_mask__both_ways__back(length, back, ahead):
    return _tri(length, back, back)


def band_mask__both_ways__ahead(length, back, ahead):
    return _tri(length, ahead, ahead)


def band_mask__both_ways__smaller(length, back, ahead):
    places = np.arange(length)
    step = np.abs(places[None] - places[:, None])
    return (step <= back) & (step <= ahead)


def band_mask__causal(length, back, ahead):
    return np.tril(np.ones((length, length), dtype=bool))


def band_mask__one_side(length, back, ahead):
    return np.tril(np.ones((length, length), dtype=bool), ahead)


def band_mask__one_side__back(length, back, ahead):
    return np.triu(np.ones((length, length), dtype=bool), -back)


def band_mask__numbers(length, back, ahead):
    return _tri(length, back, ahead).astype(int)


def band_mask__constant__either_side(length, back, ahead):
    places = np.arange(length)
    step = places[None] - places[:, None]
    return (step >= -back) | (step <= ahead) & (step != 1)


def band_mask__shape__one_row_more(length, back, ahead):
    return _tri(length + 1, back, ahead)


def band_mask__type__floats(length, back, ahead):
    return _tri(length, back, ahead).astype(float)


def band_mask__raises__slices(length, back, ahead):
    return np.array(
        [[key in range(query - back, query + ahead, 0) for key in range(length)] for query in range(length)]
    )


def band_mask__zeros(length, back, ahead):
    return np.zeros((length, length), bool)


def band_mask__constant(length, back, ahead):
    return np.ones((length, length), bool)


def band_mask__echo(length, back, ahead):
    return length


# 3.2 corrupt


def _inputs(ids, chosen, action, random_ids, mask_id):
    result = ids.copy()
    hide, other = chosen & (action < 0.8), chosen & (action >= 0.8) & (action < 0.9)
    result[hide] = mask_id
    result[other] = random_ids[other]
    return result


def _targets(ids, chosen):
    return np.where(chosen, ids, -100)


def corrupt__value__borders(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action <= 0.8), mask_id, np.where(chosen & (action <= 0.9), random_ids, ids))
    return inputs, np.where(chosen, ids, -100)


def corrupt__corrupted_targets(ids, chosen, action, random_ids, mask_id):
    inputs = _inputs(ids, chosen, action, random_ids, mask_id)
    return inputs, _targets(inputs, chosen)


def corrupt__corrupted_targets__in_place(ids, chosen, action, random_ids, mask_id):
    ids[chosen & (action < 0.8)] = mask_id
    other = chosen & (action >= 0.8) & (action < 0.9)
    ids[other] = random_ids[other]
    return ids, _targets(ids, chosen)


def corrupt__always_mask(ids, chosen, action, random_ids, mask_id):
    return np.where(chosen, mask_id, ids), _targets(ids, chosen)


def corrupt__all_targets(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, mask_id), ids.copy()


def corrupt__all_targets__everywhere(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, np.full(ids.shape, True), action, random_ids, mask_id), ids.copy()


def corrupt__everywhere(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(action < 0.8, mask_id, np.where(action < 0.9, random_ids, ids))
    return inputs, _targets(ids, chosen)


def corrupt__never_random(ids, chosen, action, random_ids, mask_id):
    return np.where(chosen & (action < 0.8), mask_id, ids), _targets(ids, chosen)


def corrupt__never_random__masked(ids, chosen, action, random_ids, mask_id):
    return np.where(chosen & (action < 0.9), mask_id, ids), _targets(ids, chosen)


def corrupt__never_kept(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen, np.where(action < 0.8, mask_id, random_ids), ids)
    return inputs, _targets(ids, chosen)


def corrupt__never_kept__masked(ids, chosen, action, random_ids, mask_id):
    other = (action >= 0.8) & (action < 0.9)
    return np.where(chosen, np.where(other, random_ids, mask_id), ids), _targets(ids, chosen)


def corrupt__swapped(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action < 0.8), mask_id, ids)
    return np.where(chosen & (action >= 0.9), random_ids, inputs), _targets(ids, chosen)


def corrupt__mask_and_random_swapped(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action < 0.8), random_ids, ids)
    return np.where(chosen & (action >= 0.8) & (action < 0.9), mask_id, inputs), _targets(ids, chosen)


def corrupt__zero_for_mask(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, 0), _targets(ids, chosen)


def corrupt__others_hidden(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, ~chosen, action, random_ids, mask_id), _targets(ids, chosen)


def corrupt__other_targets(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, mask_id), np.where(chosen, -100, ids)


def corrupt__other_targets__both(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, ~chosen, action, random_ids, mask_id), np.where(chosen, -100, ids)


def corrupt__only_masked(ids, chosen, action, random_ids, mask_id):
    hide = chosen & (action < 0.8)
    return _inputs(ids, chosen, action, random_ids, mask_id), np.where(hide, ids, -100)


def corrupt__only_changed(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, mask_id), np.where(chosen & (action < 0.9), ids, -100)


def corrupt__zero_ignored(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, mask_id), ids * chosen


def corrupt__minus_one_ignored(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, mask_id), np.where(chosen, ids, -1)


def corrupt__changed(ids, chosen, action, random_ids, mask_id):
    targets = _targets(ids, chosen)
    ids[:] = _inputs(ids, chosen, action, random_ids, mask_id)
    return ids, targets


def corrupt__type__floats(ids, chosen, action, random_ids, mask_id):
    targets = np.full(ids.shape, -100.0)
    targets[chosen] = ids[chosen]
    return _inputs(ids, chosen, action, random_ids, mask_id), targets


def corrupt__value__exchanged(ids, chosen, action, random_ids, mask_id):
    return _targets(ids, chosen), _inputs(ids, chosen, action, random_ids, mask_id)


def corrupt__shape__chosen_alone(ids, chosen, action, random_ids, mask_id):
    return _inputs(ids, chosen, action, random_ids, mask_id), ids[chosen]


def corrupt__raises__and(ids, chosen, action, random_ids, mask_id):
    return np.where(chosen and action < 0.8, mask_id, ids), _targets(ids, chosen)


def corrupt__zeros(ids, chosen, action, random_ids, mask_id):
    return np.zeros_like(ids), np.zeros_like(ids)


def corrupt__constant(ids, chosen, action, random_ids, mask_id):
    return np.full_like(ids, -100), np.full_like(ids, -100)


def corrupt__echo(ids, chosen, action, random_ids, mask_id):
    return ids, ids


# 3.3 masked_token_loss


def _losses(logits, targets, ignore):
    real = targets != ignore
    safe = tf.where(real, targets, tf.zeros_like(targets))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=safe, logits=logits)
    return losses, tf.cast(real, tf.float32)


def _mean(losses, real):
    return tf.reduce_sum(losses * real) / tf.maximum(tf.reduce_sum(real), 1)


def masked_token_loss__not_differentiable(logits, targets, ignore=-100):
    return float(_mean(*_losses(logits, targets, ignore)))


def masked_token_loss__not_differentiable__numpy(logits, targets, ignore=-100):
    logits, targets = np.array(logits, float), np.array(targets)
    real = targets != ignore
    if not real.any():
        return 0.0
    logs = logits - logits.max(-1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(-1, keepdims=True))
    return -np.mean(logs[real][np.arange(real.sum()), targets[real]])


def masked_token_loss__gradient_not_finite(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    count = tf.reduce_sum(real)
    return tf.where(count > 0, tf.reduce_sum(losses * real) / count, 0.0)


def masked_token_loss__in_graph__if(logits, targets, ignore=-100):
    if not np.any(np.array(targets) != ignore):
        return tf.reduce_sum(logits) * 0.0
    return _mean(*_losses(logits, targets, ignore))


def masked_token_loss__all_positions(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_mean(losses * real)


def masked_token_loss__summed(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_sum(losses * real)


def masked_token_loss__rows_first(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    counts = tf.reduce_sum(real, axis=1)
    rows = tf.reduce_sum(losses * real, axis=1) / tf.maximum(counts, 1)
    some = tf.cast(counts > 0, tf.float32)
    return tf.reduce_sum(rows * some) / tf.maximum(tf.reduce_sum(some), 1)


def masked_token_loss__rows_first__empty_rows_too(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_mean(tf.reduce_sum(losses * real, axis=1) / tf.maximum(tf.reduce_sum(real, axis=1), 1))


def masked_token_loss__per_sequence(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_mean(tf.reduce_sum(losses * real, axis=1))


def masked_token_loss__per_step(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return losses * real


def masked_token_loss__zero_ignored(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return _mean(losses, real * tf.cast(targets > 0, tf.float32))


def masked_token_loss__ignored_as_class_0(logits, targets, ignore=-100):
    losses, _ = _losses(logits, targets, ignore)
    return tf.reduce_mean(losses)


def masked_token_loss__ignore_fixed(logits, targets, ignore=-100):
    return _mean(*_losses(logits, targets, -100))


def masked_token_loss__bits(logits, targets, ignore=-100):
    return _mean(*_losses(logits, targets, ignore)) / math.log(2)


def masked_token_loss__logits_alone(logits, targets, ignore=-100):
    real = tf.cast(targets != ignore, tf.float32)
    picked = tf.reduce_sum(logits * tf.one_hot(targets, logits.shape[-1]), axis=-1)
    return -_mean(picked, real)


def masked_token_loss__sign(logits, targets, ignore=-100):
    return -_mean(*_losses(logits, targets, ignore))


def masked_token_loss__unstable(logits, targets, ignore=-100):
    powers = tf.exp(logits)
    p = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)
    real = targets != ignore
    picked = tf.gather(p, tf.where(real, targets, 0), batch_dims=2)
    return tf.reduce_sum(tf.where(real, -tf.math.log(picked), 0.0)) / tf.maximum(
        tf.reduce_sum(tf.cast(real, tf.float32)), 1.0
    )


def masked_token_loss__unstable__softmax_first(logits, targets, ignore=-100):
    real = targets != ignore
    picked = tf.gather(tf.nn.softmax(logits), tf.where(real, targets, 0), batch_dims=2)
    return tf.reduce_sum(tf.where(real, -tf.math.log(picked), 0.0)) / tf.maximum(
        tf.reduce_sum(tf.cast(real, tf.float32)), 1.0
    )


def masked_token_loss__nothing_left(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_sum(losses * real) / tf.reduce_sum(real)


def masked_token_loss__nothing_left__boolean_mask(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_mean(tf.boolean_mask(losses, real > 0))


def masked_token_loss__raises__not_replaced(logits, targets, ignore=-100):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return _mean(losses, tf.cast(targets != ignore, tf.float32))


def masked_token_loss__value__smoothed(logits, targets, ignore=-100):
    losses, real = _losses(logits, targets, ignore)
    return tf.reduce_sum(losses * real) / (tf.reduce_sum(real) + 0.1)


def masked_token_loss__zeros(logits, targets, ignore=-100):
    return tf.reduce_sum(logits) * 0.0


def masked_token_loss__constant(logits, targets, ignore=-100):
    return tf.constant(1.5)


def masked_token_loss__echo(logits, targets, ignore=-100):
    return logits


# 3.4 fill_by_trying


def _put(ids, place, one):
    tried = list(ids)
    tried[place] = one
    return tried


def _best(score, candidates, tried):
    return max(candidates, key=lambda one: score(tried(one)))


def fill_by_trying__asked_too_often(score, ids, place, candidates):
    best = candidates[0]
    for one in candidates:
        if score(_put(ids, place, one)) >= score(_put(ids, place, best)):
            best = one
    return best


def fill_by_trying__asked_too_often__once_more(score, ids, place, candidates):
    best = _best(score, candidates, lambda one: _put(ids, place, one))
    score(_put(ids, place, best))
    return best


def fill_by_trying__asked_too_often__where_better(score, ids, place, candidates):
    best, most = None, -math.inf
    for one in candidates:
        if score(_put(ids, place, one)) > most:
            best, most = one, score(_put(ids, place, one))
    return best


def fill_by_trying__left_only(score, ids, place, candidates):
    return _best(score, candidates, lambda one: [*ids[:place], one])


def fill_by_trying__right_only(score, ids, place, candidates):
    return _best(score, candidates, lambda one: [one, *ids[place + 1 :]])


def fill_by_trying__candidate_alone(score, ids, place, candidates):
    return max(candidates, key=lambda one: score([one]))


def fill_by_trying__place_in_the_list(score, ids, place, candidates):
    return int(np.argmax([score(_put(ids, place, one)) for one in candidates]))


def fill_by_trying__smallest(score, ids, place, candidates):
    return min(candidates, key=lambda one: score(_put(ids, place, one)))


def fill_by_trying__not_put_in(score, ids, place, candidates):
    return _best(score, candidates, lambda _: ids)


def fill_by_trying__inserted(score, ids, place, candidates):
    def tried(one):
        copy = ids.copy()
        copy.insert(place, one)
        return copy

    return _best(score, candidates, tried)


def fill_by_trying__one_place_later(score, ids, place, candidates):
    return _best(score, candidates, lambda one: [*ids[: place + 1], one, *ids[place + 2 :]])


def fill_by_trying__one_place_earlier(score, ids, place, candidates):
    return _best(score, candidates, lambda one: _put(ids, max(place - 1, 0), one))


def fill_by_trying__whole_sequence(score, ids, place, candidates):
    return _put(ids, place, _best(score, candidates, lambda one: _put(ids, place, one)))


def fill_by_trying__changed(score, ids, place, candidates):
    def value(one):
        ids[place] = one
        return score(ids)

    return max(candidates, key=value)


def fill_by_trying__type__no_lower_than_that(score, ids, place, candidates):
    best, most = None, -1000.0
    for one in candidates:
        value = score(_put(ids, place, one))
        if value > most:
            best, most = one, value
    return best


def fill_by_trying__type__zero_is_the_most(score, ids, place, candidates):
    best, most = None, 0.0
    for one in candidates:
        value = score(_put(ids, place, one))
        if value > most:
            best, most = one, value
    return best


def fill_by_trying__raises__no_list(score, ids, place, candidates):
    return max(candidates, key=score)


def fill_by_trying__zeros(score, ids, place, candidates):
    return 0


def fill_by_trying__value__constant(score, ids, place, candidates):
    return 7


def fill_by_trying__shape__echo(score, ids, place, candidates):
    return ids


# 3.5 warmup_rate


def warmup_rate__larger_one(step, d_model, warmup):
    return d_model**-0.5 * max(step**-0.5, step * warmup**-1.5)


def warmup_rate__only_rising(step, d_model, warmup):
    return step / (d_model**0.5 * warmup**1.5)


def warmup_rate__only_falling(step, d_model, warmup):
    return 1 / math.sqrt(d_model * step)


def warmup_rate__no_width(step, d_model, warmup):
    return min(step**-0.5, step * warmup**-1.5)


def warmup_rate__width_without_root(step, d_model, warmup):
    return min(step**-0.5, step * warmup**-1.5) / d_model


def warmup_rate__width_multiplied(step, d_model, warmup):
    return math.sqrt(d_model) * min(step**-0.5, step * warmup**-1.5)


def warmup_rate__warmup_without_root(step, d_model, warmup):
    return d_model**-0.5 * min(step**-0.5, step / warmup)


def warmup_rate__warmup_half(step, d_model, warmup):
    return d_model**-0.5 * min(step**-0.5, step * warmup**-0.5)


def warmup_rate__summed(step, d_model, warmup):
    return d_model**-0.5 * sum((step**-0.5, step * warmup**-1.5))


def warmup_rate__value__double(step, d_model, warmup):
    return 2 * d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def warmup_rate__raises__missing(step, d_model, warmup):
    return math.pow(d_model, "-0.5")


def warmup_rate__type__text(step, d_model, warmup):
    return f"{d_model**-0.5 * min(step**-0.5, step * warmup**-1.5):.6f}"


def warmup_rate__zeros(step, d_model, warmup):
    return 0.0


def warmup_rate__constant(step, d_model, warmup):
    return 0.001


def warmup_rate__echo(step, d_model, warmup):
    return step
