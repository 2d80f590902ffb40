"""The classic wrong answers of lab 1: the loss.

A name says all (`listed`): `sequence_loss__not_divided` must earn the hint `not_divided`.
"""

import numpy as np

# 4.1 sequence_loss


def _log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _at(values, targets):
    return np.take_along_axis(values, targets[..., None], axis=-1)[..., 0]


def sequence_loss__padding_counted(logits, targets, mask):
    return -_at(_log_softmax(logits), targets).mean()


def sequence_loss__divided_by_all(logits, targets, mask):
    return np.mean(-_at(_log_softmax(logits), targets) * mask)


def sequence_loss__mean_of_means(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) * mask
    return np.mean([row.sum() / real.sum() for row, real in zip(losses, mask, strict=True)])


def sequence_loss__divided_by_batch(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) * mask
    return losses.sum() / logits.shape[0]


def sequence_loss__not_divided(logits, targets, mask):
    total = 0.0
    log_p = _log_softmax(logits)
    for row, step in zip(*np.nonzero(mask), strict=True):
        total -= log_p[row, step, targets[row, step]]
    return total


def sequence_loss__bits(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) / np.log(2)
    return losses[mask].mean()


def sequence_loss__sign(logits, targets, mask):
    return _at(_log_softmax(logits), targets)[mask].mean()


def sequence_loss__unstable(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    losses = -np.log(_at(p, targets))
    return (losses * mask).sum() / mask.sum()


def sequence_loss__unstable__selected(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets)[mask]).mean()


def sequence_loss__unstable__log_of_a_sum(logits, targets, mask):
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -_at(log_p, targets)[mask].mean()


def sequence_loss__unstable__log_of_a_softmax(logits, targets, mask):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = shifted / shifted.sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets))[mask].mean()


def sequence_loss__max_over_all(logits, targets, mask):
    shifted = logits - logits.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -(_at(log_p, targets) * mask).sum() / mask.sum()


def sequence_loss__max_over_all__log_of_a_softmax(logits, targets, mask):
    shifted = np.exp(logits - np.max(logits))
    p = shifted / shifted.sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets))[mask].mean()


def sequence_loss__floored(logits, targets, mask):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = shifted / shifted.sum(axis=-1, keepdims=True)
    return -np.log(_at(p, targets) + 1e-12)[mask].mean()


def sequence_loss__floored__clipped(logits, targets, mask):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = np.clip(shifted / shifted.sum(axis=-1, keepdims=True), 1e-7, 1.0)
    return -np.log(_at(p, targets))[mask].mean()


def sequence_loss__per_step(logits, targets, mask):
    return -_at(_log_softmax(logits), targets) * mask


def sequence_loss__shape__per_sequence(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets) * mask
    return losses.sum(axis=1) / mask.sum(axis=1)


def sequence_loss__logits_as_probabilities(logits, targets, mask):
    with np.errstate(invalid="ignore", divide="ignore"):
        losses = -np.log(_at(logits, targets))
    return losses[mask].mean()


def sequence_loss__softmax_over_time(logits, targets, mask):
    return -_at(_log_softmax(logits, axis=1), targets)[mask].mean()


def sequence_loss__value__squared_error(logits, targets, mask):
    p = np.exp(_log_softmax(logits))
    return ((1 - _at(p, targets)) ** 2)[mask].mean()


def sequence_loss__value__no_log(logits, targets, mask):
    return -_at(np.exp(_log_softmax(logits)), targets)[mask].mean()


def sequence_loss__value__mask_inverted(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets)
    return (losses * (1 - mask)).sum() / mask.sum()


def sequence_loss__type__pair(logits, targets, mask):
    losses = -_at(_log_softmax(logits), targets)
    return losses[mask].sum(), str(mask.sum())


def sequence_loss__type__formatted(logits, targets, mask):
    return f"{-_at(_log_softmax(logits), targets)[mask].mean():.4f}"


def sequence_loss__raises__targets_as_one_hot(logits, targets, mask):
    return -(targets * _log_softmax(logits))[mask].sum() / mask.sum()


def sequence_loss__finite__mask_as_divisor(logits, targets, mask):
    with np.errstate(all="ignore"):
        return (-_at(_log_softmax(logits), targets) / mask).sum() / mask.sum()


def sequence_loss__changed(logits, targets, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -_at(log_p, targets)[mask].mean()


def sequence_loss__zeros(logits, targets, mask):
    return 0.0


def sequence_loss__constant(logits, targets, mask):
    return 1.5


def sequence_loss__echo(logits, targets, mask):
    return logits


# 4.2 loss_gradient


def _softmax(logits, axis=-1):
    p = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def _one_hot(targets, size):
    return np.eye(size)[targets]


def loss_gradient__mask_ignored(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) / mask.sum()


def loss_gradient__mask_ignored__divided_by_all(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) / mask.size


def loss_gradient__max_over_all(logits, targets, mask):
    p = np.exp(logits - logits.max())
    p = p / p.sum(axis=-1, keepdims=True)
    return (p - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__not_divided(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None]


def loss_gradient__divided_by_all(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.size


def loss_gradient__divided_by_batch(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / len(logits)


def loss_gradient__divided_by_own_length(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum(axis=1)[:, None, None]


def loss_gradient__sign(logits, targets, mask):
    return (_one_hot(targets, logits.shape[-1]) - _softmax(logits)) * mask[..., None] / mask.sum()


def loss_gradient__no_target(logits, targets, mask):
    return _softmax(logits) * mask[..., None] / mask.sum()


def loss_gradient__only_target(logits, targets, mask):
    gradient = np.zeros(logits.shape)
    p = _softmax(logits)
    for row, step in zip(*np.nonzero(mask), strict=True):
        word = targets[row, step]
        gradient[row, step, word] = p[row, step, word] - 1
    return gradient / mask.sum()


def loss_gradient__unstable(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (p - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__unstable__selected(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return np.where(mask[..., None], p - _one_hot(targets, logits.shape[-1]), 0) / mask.sum()


def loss_gradient__logits_as_probabilities(logits, targets, mask):
    return (logits - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__softmax_over_time(logits, targets, mask):
    return (_softmax(logits, axis=1) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__value__target_off_by_one(logits, targets, mask):
    size = logits.shape[-1]
    return (_softmax(logits) - _one_hot((targets + 1) % size, size)) * mask[..., None] / mask.sum()


def loss_gradient__type__whole_numbers(logits, targets, mask):
    gradient = np.zeros(logits.shape, dtype=int)
    gradient[mask] = (_softmax(logits) - _one_hot(targets, logits.shape[-1]))[mask]
    return gradient


def loss_gradient__shape__real_steps_only(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1]))[mask] / mask.sum()


def loss_gradient__shape__at_the_target(logits, targets, mask):
    return (_at(_softmax(logits), targets) - 1) * mask / mask.sum()


def loss_gradient__raises__mask_without_axis(logits, targets, mask):
    return (_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask / mask.sum()


def loss_gradient__finite__log(logits, targets, mask):
    with np.errstate(all="ignore"):
        return np.log(_softmax(logits) - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__changed(logits, targets, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (p - _one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()


def loss_gradient__zeros(logits, targets, mask):
    return np.zeros(logits.shape)


def loss_gradient__constant(logits, targets, mask):
    return np.full(logits.shape, 0.25)


def loss_gradient__echo(logits, targets, mask):
    return logits


# of others


def _log_p(logits):
    z = logits - logits.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _of_targets(values, targets):
    return np.take_along_axis(values, targets[..., None], axis=-1)[..., 0]


def sequence_loss__masked_logits(logits, targets, mask):
    return -_of_targets(_log_p(logits * mask[..., None]), targets).sum() / mask.sum()


def sequence_loss__log_of_mean(logits, targets, mask):
    p = _of_targets(np.exp(_log_p(logits)), targets)
    return -np.log((p * mask).sum() / mask.sum())


def sequence_loss__target_0_left_out(logits, targets, mask):
    real = mask & (targets > 0)
    return -(_of_targets(_log_p(logits), targets) * real).sum() / real.sum()


def loss_gradient__all_targets(logits, targets, mask):
    p = np.exp(_log_p(logits))
    p[:, :, targets] -= 1
    return p * mask[..., None] / mask.sum()


def loss_gradient__target_not_masked(logits, targets, mask):
    p = np.exp(_log_p(logits)) * mask[..., None]
    return (p - np.eye(logits.shape[-1])[targets]) / mask.sum()


def loss_gradient__slope_of_softmax(logits, targets, mask):
    p = np.exp(_log_p(logits))
    return (p - np.eye(logits.shape[-1])[targets]) * p * (1 - p) * mask[..., None] / mask.sum()


def loss_gradient__target_0_left_out(logits, targets, mask):
    p = np.exp(_log_p(logits))
    return (p - np.eye(logits.shape[-1])[targets]) * (mask & (targets > 0))[..., None] / mask.sum()
