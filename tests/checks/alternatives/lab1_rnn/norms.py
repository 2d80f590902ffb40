"""Right answers of lab 1, as differently as students write them: the norms of gradients."""

import math

import numpy as np

# 5.1 state_gradient_norms


def state_gradient_norms__jacobians(h, W_hh, d_h_last):
    norms = np.zeros(h.shape[1])
    d_h = d_h_last
    for t in range(h.shape[1] - 1, -1, -1):
        norms[t] = math.sqrt(np.einsum("bu,bu->", d_h, d_h))
        jacobians = np.einsum("uv,bv->buv", W_hh, 1 - h[:, t] ** 2)
        d_h = np.einsum("buv,bv->bu", jacobians, d_h)
    return norms


def state_gradient_norms__tensorflow(h, W_hh, d_h_last):
    import tensorflow as tf

    d_h, norms = tf.constant(d_h_last), [tf.norm(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        d_h = tf.matmul(d_h * (1 - h[:, t] ** 2), W_hh, transpose_b=True)
        norms.append(tf.norm(d_h))
    return tf.reverse(tf.stack(norms), axis=[0])


# 5.2 clip_by_global_norm


def clip_by_global_norm__one_vector(gradients, max_norm):
    norm = float(np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients])))
    if norm > max_norm:
        return tuple(gradient / norm * max_norm for gradient in gradients), norm
    return tuple(gradients), norm


def clip_by_global_norm__no_branch(gradients, max_norm):
    norm = math.sqrt(math.fsum(float(value) ** 2 for gradient in gradients for value in gradient.flat))
    scale = max_norm / max(norm, max_norm)
    return [gradient * scale for gradient in gradients], np.float32(norm)


def clip_by_global_norm__infinite_scale(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients))
    with np.errstate(divide="ignore"):
        scale = np.minimum(1.0, max_norm / norm)
    return [(gradient * scale).astype(np.float32) for gradient in gradients], norm


def clip_by_global_norm__tensorflow(gradients, max_norm):
    import tensorflow as tf

    return tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], max_norm)
