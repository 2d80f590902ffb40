"""The classic wrong answers of lab 3: what a block costs.

A name says all (`listed`): `block_parameters__no_norms` must earn the hint `no_norms`.
"""


# 4.2 block_parameters


def block_parameters(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model


def block_parameters__attention_biases(d_model, d_ff):
    attention = 4 * (d_model * d_model + d_model)
    return attention + (d_model + 1) * d_ff + (d_ff + 1) * d_model + 4 * d_model


def block_parameters__no_dense_biases(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + 4 * d_model


def block_parameters__no_bias_1(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff * d_model + d_model + 4 * d_model


def block_parameters__no_bias_2(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_model + 4 * d_model


def block_parameters__biases_mixed(d_model, d_ff):
    return 4 * d_model**2 + 2 * (d_model * d_ff + d_model) + 4 * d_model


def block_parameters__biases_mixed__hidden(d_model, d_ff):
    return 4 * d_model**2 + 2 * (d_model * d_ff + d_ff) + 4 * d_model


def block_parameters__no_norms(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_model + d_model


def block_parameters__half_norms(d_model, d_ff):
    return block_parameters(d_model, d_ff) - 4 * d_model + 2 * d_model


def block_parameters__third_norm(d_model, d_ff):
    return block_parameters(d_model, d_ff) + 2 * d_model


def block_parameters__norm_scalars(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_model + d_model + 2 * 2


def block_parameters__norm_of_hidden(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff + d_ff + d_model + 2 * d_model + 2 * d_ff


def block_parameters__matrices_only(d_model, d_ff):
    return 4 * d_model**2 + 2 * d_model * d_ff


def block_parameters__three_matrices(d_model, d_ff):
    return 3 * d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model


def block_parameters__one_matrix(d_model, d_ff):
    return d_model**2 + 2 * d_model * d_ff + d_ff + 5 * d_model


def block_parameters__no_attention(d_model, d_ff):
    return d_model * d_ff + d_ff + d_ff * d_model + d_model + 2 * (d_model + d_model)


def block_parameters__one_dense(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + 4 * d_model


def block_parameters__one_dense__second(d_model, d_ff):
    return 4 * d_model**2 + d_ff * d_model + d_model + 4 * d_model


def block_parameters__one_dense__biases_left(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + 5 * d_model


def block_parameters__no_dense(d_model, d_ff):
    return 4 * d_model**2 + 4 * d_model


def block_parameters__hidden_square(d_model, d_ff):
    return 4 * d_model**2 + d_model * d_ff + d_ff + d_ff * d_ff + d_model + 4 * d_model


def block_parameters__four_times_d_model(d_model, d_ff):
    return 12 * d_model**2 + 9 * d_model


def block_parameters__four_times_d_model__rounded(d_model, d_ff):
    return 12 * d_model**2


def block_parameters__type__float(d_model, d_ff):
    return float(block_parameters(d_model, d_ff))


def block_parameters__shape__list(d_model, d_ff):
    return [4 * d_model**2, 2 * d_model * d_ff + d_ff + d_model, 4 * d_model]


def block_parameters__raises__shapes_multiplied(d_model, d_ff):
    return (d_model, d_ff) * (d_ff, d_model)


def block_parameters__value__both_times_two(d_model, d_ff):
    return 2 * block_parameters(d_model, d_ff)


def block_parameters__zeros(d_model, d_ff):
    return 0


def block_parameters__constant(d_model, d_ff):
    return 33472


def block_parameters__echo(d_model, d_ff):
    return d_ff


# 8.1 block_flops


def block_flops(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__one_for_each_term(time, d_model, d_ff):
    return 4 * time * d_model**2 + 2 * time**2 * d_model + 2 * time * d_model * d_ff


def block_flops__one_position(time, d_model, d_ff):
    return 8 * d_model**2 + 4 * time * d_model + 4 * d_model * d_ff


def block_flops__no_attention(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time * d_model * d_ff


def block_flops__no_mixture(time, d_model, d_ff):
    return 8 * time * d_model**2 + 2 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__time_not_squared(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time * d_model + 4 * time * d_model * d_ff


def block_flops__d_model_squared(time, d_model, d_ff):
    return 12 * time * d_model**2 + 4 * time * d_model * d_ff


def block_flops__attention_only(time, d_model, d_ff):
    return 4 * time**2 * d_model


def block_flops__scores_only(time, d_model, d_ff):
    return 2 * time * d_model * time


def block_flops__no_projections(time, d_model, d_ff):
    return 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__projections_only(time, d_model, d_ff):
    return 4 * 2 * time * d_model * d_model


def block_flops__no_W_o(time, d_model, d_ff):
    return 6 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__one_projection(time, d_model, d_ff):
    return 2 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


def block_flops__no_dense(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model


def block_flops__one_dense(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model + 2 * time * d_model * d_ff


def block_flops__biases_counted(time, d_model, d_ff):
    return block_flops(time, d_model, d_ff) + time * d_ff + time * d_model


def block_flops__parameters(time, d_model, d_ff):
    return block_parameters(d_model, d_ff)


def block_flops__parameters__twice_each_position(time, d_model, d_ff):
    return 2 * time * block_parameters(d_model, d_ff)


def block_flops__type__float(time, d_model, d_ff):
    return block_flops(time, d_model, d_ff) / 1


def block_flops__shape__list(time, d_model, d_ff):
    return [8 * time * d_model**2, 4 * time**2 * d_model, 4 * time * d_model * d_ff]


def block_flops__raises__heads(time, d_model, d_ff):
    return block_flops(time, d_model, d_ff) * num_heads  # noqa: F821


def block_flops__value__backward_too(time, d_model, d_ff):
    return 3 * block_flops(time, d_model, d_ff)


def block_flops__zeros(time, d_model, d_ff):
    return 0


def block_flops__constant(time, d_model, d_ff):
    return 10**6


def block_flops__echo(time, d_model, d_ff):
    return time
