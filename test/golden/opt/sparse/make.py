"""Convolutions with many zeros, and what the real opt makes of them with --sparse_model.

    pip install paddlepaddle==2.6.2 'numpy<2'         (Python 3.11)        python make.py
    pip install 'numpy<2' paddlelite==2.13rc0         (Python 3.10)
    for d in */; do paddle_lite_opt --model_file=$d/model.pdmodel --param_file=$d/model.pdiparams --valid_targets=arm \
        --sparse_model=true --sparse_threshold=0.6 --optimize_out=$d/real; done

In `odd` and `empty`, whose rows are stored in pairs, the second half of OcNonZeros is stray memory of opt.
"""
import os

import numpy as np
import paddle

paddle.enable_static()
biases = np.random.RandomState(3)
assign = paddle.nn.initializer.Assign


def conv(x, weights, bias=True):
    filters = weights.reshape(weights.shape + (1, 1))
    initial = assign(biases.rand(weights.shape[0]).astype('f')) if bias else False
    return paddle.nn.Conv2D(weights.shape[1], weights.shape[0], 1, weight_attr=assign(filters), bias_attr=initial)(x)


def scattered(rows, columns, density, seed=0):
    random = np.random.RandomState(seed)
    return np.where(random.rand(rows, columns) < density, random.randn(rows, columns), 0).astype('f')


def paired(rows, columns, density, seed=1):
    random = np.random.RandomState(seed)
    weights = np.zeros((rows, columns), 'f')
    for row in range(0, rows, 2):
        height = min(2, rows - row)
        for column in range(columns):
            if random.rand() < density:
                weights[row:row + height, column] = random.randn(height)
    return weights


def make(name, channels, build, size=(7, 6)):
    main, startup = paddle.static.Program(), paddle.static.Program()
    with paddle.static.program_guard(main, startup), paddle.utils.unique_name.guard():
        x = paddle.static.data('x', [1, channels, *size], 'float32')
        y = build(x)
    executor = paddle.static.Executor()
    executor.run(startup)
    os.makedirs(name, exist_ok=True)
    paddle.static.save_inference_model(name + '/model', [x], [y], executor, program=main)


rows = scattered(6, 10, 0.25)
rows[[0, 3, 5]] = 0
make('rows', 10, lambda x: conv(x, rows))
make('odd', 12, lambda x: conv(x, paired(7, 12, 0.3)))
empty = paired(8, 16, 0.3)
empty[[0, 1, 4, 5]] = 0
make('empty', 16, lambda x: conv(x, empty))


def normalised(x):
    y = paddle.nn.BatchNorm2D(16, use_global_stats=True)(conv(x, scattered(16, 24, 0.2), bias=False))
    return paddle.nn.functional.relu(y)


def behind(x):
    y = paddle.nn.functional.relu(conv(x, scattered(16, 24, 0.2)))
    return conv(paddle.nn.Conv2D(16, 16, 3, padding=1)(y), scattered(12, 16, 0.2, 7))


make('bnrelu', 24, normalised)
make('behindconv', 24, behind, (8, 8))
