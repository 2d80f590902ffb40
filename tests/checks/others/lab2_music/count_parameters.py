import numpy as np

SHOWN = {}


def count_parameters__w01_dense_without_bias(vocabulary_size, embedding_dim, units):
    embedding = vocabulary_size * embedding_dim
    lstm = 4 * (embedding_dim * units + units * units + units)
    dense = units * vocabulary_size
    return embedding + lstm + dense


SHOWN["count_parameters__w01_dense_without_bias"] = (
    "natural",
    "forgets the bias of the dense layer",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w02_lstm_without_bias(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * units * (embedding_dim + units) + vocabulary_size * (units + 1)


SHOWN["count_parameters__w02_lstm_without_bias"] = (
    "natural",
    "forgets b of the LSTM",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w03_two_biases(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim * units + units * units + 2 * units)
    return vocabulary_size * embedding_dim + lstm + vocabulary_size * (units + 1)


SHOWN["count_parameters__w03_two_biases"] = (
    "natural",
    "two biases in the LSTM, as in PyTorch",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w04_three_blocks(vocabulary_size, embedding_dim, units):
    W = embedding_dim * 3 * units
    U = units * 3 * units
    b = 3 * units
    return vocabulary_size * embedding_dim + W + U + b + units * vocabulary_size + vocabulary_size


SHOWN["count_parameters__w04_three_blocks"] = (
    "natural",
    "three blocks: counts gates without the candidate",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w05_plain_rnn(vocabulary_size, embedding_dim, units):
    layers = [vocabulary_size * embedding_dim, (embedding_dim + units + 1) * units, (units + 1) * vocabulary_size]
    return sum(layers)


SHOWN["count_parameters__w05_plain_rnn"] = (
    "natural",
    "counts a plain recurrent layer, one block only",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w06_onehot_into_lstm(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * units * (vocabulary_size + units + 1) + (units + 1) * vocabulary_size


SHOWN["count_parameters__w06_onehot_into_lstm"] = (
    "natural",
    "the LSTM's input is taken as vocabulary_size wide",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w07_dense_on_embedding(vocabulary_size, embedding_dim, units):
    return (
        vocabulary_size * embedding_dim
        + 4 * units * (embedding_dim + units + 1)
        + (embedding_dim + 1) * vocabulary_size
    )


SHOWN["count_parameters__w07_dense_on_embedding"] = (
    "subtle",
    "the dense layer is counted with embedding_dim inputs: right for embedding_dim = units",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w08_no_embedding(vocabulary_size, embedding_dim, units):
    lstm = 4 * units * (embedding_dim + units + 1)
    dense = (units + 1) * vocabulary_size
    return lstm + dense


SHOWN["count_parameters__w08_no_embedding"] = (
    "natural",
    "takes the embedding for a table that is not trained",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w09_embedding_bias(vocabulary_size, embedding_dim, units):
    return (
        (vocabulary_size + 1) * embedding_dim + 4 * units * (embedding_dim + units + 1) + (units + 1) * vocabulary_size
    )


SHOWN["count_parameters__w09_embedding_bias"] = (
    "natural",
    "a bias for the embedding",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w10_padding_row_left_out(vocabulary_size, embedding_dim, units):
    embedding = (vocabulary_size - 1) * embedding_dim  # row 0 is padding and is never trained
    return embedding + 4 * units * (embedding_dim + units + 1) + (units + 1) * vocabulary_size


SHOWN["count_parameters__w10_padding_row_left_out"] = (
    "subtle",
    "leaves the row of id 0 out",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w11_special_ids_added(vocabulary_size, embedding_dim, units):
    n = vocabulary_size + 4
    return n * embedding_dim + 4 * units * (embedding_dim + units + 1) + (units + 1) * n


SHOWN["count_parameters__w11_special_ids_added"] = (
    "natural",
    "adds the four special ids to vocabulary_size",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w12_recurrent_from_embedding(vocabulary_size, embedding_dim, units):
    W = (embedding_dim, 4 * units)
    U = (embedding_dim, 4 * units)
    total = vocabulary_size * embedding_dim + W[0] * W[1] + U[0] * U[1] + 4 * units
    return total + units * vocabulary_size + vocabulary_size


SHOWN["count_parameters__w12_recurrent_from_embedding"] = (
    "subtle",
    "U has the shape of W: right for embedding_dim = units",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w13_int32(vocabulary_size, embedding_dim, units):
    shapes = np.array(
        [
            (vocabulary_size, embedding_dim),
            (embedding_dim, 4 * units),
            (units, 4 * units),
            (1, 4 * units),
            (units, vocabulary_size),
            (1, vocabulary_size),
        ],
        dtype=np.int32,
    )
    return int(np.prod(shapes, axis=1, dtype=np.int32).sum(dtype=np.int32))


SHOWN["count_parameters__w13_int32"] = (
    "subtle",
    "32 bits overflow for a large model",
    lambda: dict(vocabulary_size=200000, embedding_dim=8192, units=20000),
)


def count_parameters__w14_float32(vocabulary_size, embedding_dim, units):
    v, e, u = np.float32(vocabulary_size), np.float32(embedding_dim), np.float32(units)
    return int(v * e + 4 * u * (e + u + 1) + (u + 1) * v)


SHOWN["count_parameters__w14_float32"] = (
    "subtle",
    "float32 rounds numbers above 2 ** 24",
    lambda: dict(vocabulary_size=50001, embedding_dim=513, units=1023),
)


def count_parameters__w15_not_an_int(vocabulary_size, embedding_dim, units):
    shapes = [
        (vocabulary_size, embedding_dim),
        (embedding_dim, 4 * units),
        (units, 4 * units),
        (4 * units,),
        (units, vocabulary_size),
        (vocabulary_size,),
    ]
    total = 0.0
    for shape in shapes:
        total += np.prod(shape)
    return float(total)


SHOWN["count_parameters__w15_not_an_int"] = (
    "natural",
    "returns a float",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


_w16_counts = {}


def count_parameters__w16_kept(vocabulary_size, embedding_dim, units):
    if vocabulary_size not in _w16_counts:
        _w16_counts[vocabulary_size] = (
            vocabulary_size * embedding_dim + 4 * units * (embedding_dim + units + 1) + (units + 1) * vocabulary_size
        )
    return _w16_counts[vocabulary_size]


SHOWN["count_parameters__w16_kept"] = (
    "use",
    "remembers the number by vocabulary_size alone",
    "the second call with the same vocabulary and other units returns the first result",
)


def count_parameters__w17_xor(vocabulary_size, embedding_dim, units):
    embedding = vocabulary_size * embedding_dim
    lstm = 4 * (embedding_dim * units + units ^ 2 + units)
    dense = units * vocabulary_size + vocabulary_size
    return embedding + lstm + dense


SHOWN["count_parameters__w17_xor"] = (
    "natural",
    "^ is not a power in Python",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w18_tied_weights(vocabulary_size, embedding_dim, units):
    embedding = vocabulary_size * embedding_dim
    lstm = 4 * units * (embedding_dim + units + 1)
    if embedding_dim == units:  # the dense layer can share the table of the embedding
        return embedding + lstm + vocabulary_size
    return embedding + lstm + (units + 1) * vocabulary_size


SHOWN["count_parameters__w18_tied_weights"] = (
    "subtle",
    "for embedding_dim = units the dense layer is not counted",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=16),
)


def count_parameters__w19_one_bias_for_four_blocks(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units) * units + units
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


SHOWN["count_parameters__w19_one_bias_for_four_blocks"] = (
    "natural",
    "b is counted once instead of for each block",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__w20_first_states(vocabulary_size, embedding_dim, units):
    lstm = 4 * units * (embedding_dim + units + 1) + 2 * units  # h_0 and c_0
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


SHOWN["count_parameters__w20_first_states"] = (
    "natural",
    "counts h_0 and c_0 as parameters",
    lambda: dict(vocabulary_size=50, embedding_dim=16, units=32),
)


def count_parameters__r1_layers(vocabulary_size, embedding_dim, units):
    embedding = vocabulary_size * embedding_dim
    lstm = 4 * (embedding_dim * units + units * units + units)
    dense = units * vocabulary_size + vocabulary_size
    return embedding + lstm + dense


def count_parameters__r2_one_line(vocabulary_size, embedding_dim, units):
    return vocabulary_size * (embedding_dim + units + 1) + 4 * units * (embedding_dim + units + 1)


def count_parameters__r3_factored(vocabulary_size, embedding_dim, units):
    return (vocabulary_size + (units << 2)) * (1 + units + embedding_dim)


def count_parameters__r4_shapes(vocabulary_size, embedding_dim, units):
    import math

    shapes = {
        "embedding": (vocabulary_size, embedding_dim),
        "W": (embedding_dim, 4 * units),
        "U": (units, 4 * units),
        "b": (4 * units,),
        "dense": (units, vocabulary_size),
        "bias": (vocabulary_size,),
    }
    return sum(math.prod(shape) for shape in shapes.values())


def count_parameters__r5_loop_over_blocks(vocabulary_size, embedding_dim, units):
    n = vocabulary_size * embedding_dim
    for block in "ifco":
        n += embedding_dim * units  # W
        n += units**2  # U
        n += units  # b
    n += vocabulary_size * units
    n += vocabulary_size
    return n


def count_parameters__r6_numpy(vocabulary_size, embedding_dim, units):
    inputs = np.array([vocabulary_size, embedding_dim, units, 1, units, 1], dtype=np.int64)
    outputs = np.array(
        [embedding_dim, 4 * units, 4 * units, 4 * units, vocabulary_size, vocabulary_size], dtype=np.int64
    )
    return int(inputs @ outputs)
