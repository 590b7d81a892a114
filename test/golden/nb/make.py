"""Makes made.json.gz: small networks that the real opt turned into `.nb` files, with the outputs of Paddle itself.

    pip install paddlepaddle==2.6.2 "numpy<2"; in another environment: pip install paddlelite==2.13rc0
    python make.py PATH_OF/paddle_lite_opt

int8: post-training quantisation with fixed random data; the outputs are those of Paddle's simulation of int8. sparse: filters
with many zeros, and opt's --sparse_model. The input is (i mod 17) / 17 - 0.5 over the flat index.
"""
import base64, gzip, json, os, subprocess, sys, tempfile
import numpy as np
import paddle
from paddle.nn import Conv2D, Conv2DTranspose, Linear
from paddle.nn import functional as F
from paddle.nn.initializer import Assign
from paddle.static.quantization import PostTrainingQuantization

OPT = sys.argv[1]
random = np.random.RandomState(3)
made = {}
paddle.enable_static()


def bare(i, o, k, **options):
    return Conv2D(i, o, k, bias_attr=False, **options)


def with_bias(x):
    y = F.relu6(Conv2D(8, 16, 3, padding=1)(x))
    y = F.hardswish(Conv2D(16, 16, 3, padding=1, groups=16)(y))
    y = F.leaky_relu(Conv2D(16, 12, 1)(y), 0.1)
    y = Conv2D(12, 12, 3, groups=3, padding=1, stride=2)(y)
    return Linear(12, 5)(paddle.flatten(F.adaptive_avg_pool2d(y, 1), 1))


def int8_between(x):
    y = F.relu6(bare(8, 16, 3, padding=1)(x))
    y = F.hardswish(bare(16, 16, 1)(y))
    y = F.leaky_relu(bare(16, 16, 3, padding=1, groups=16)(y), 0.1)
    y = bare(16, 8, 1)(y)
    return bare(8, 4, 1)(y)


def transposed(x):
    y = F.relu(Conv2D(8, 16, 3, padding=1)(x))
    return Conv2D(6, 4, 1)(F.relu(Conv2DTranspose(16, 6, 2, stride=2)(y)))


def product(x):
    return paddle.matmul(F.relu(Linear(120, 16)(x)), F.relu(Linear(120, 16)(x)), transpose_y=True)


def square(x):
    y = F.relu(Linear(120, 16)(x))
    return paddle.matmul(y, y, transpose_y=True)


def sparse(w):
    bias = Assign(random.rand(w.shape[0]).astype("f"))
    return lambda x: F.relu(Conv2D(w.shape[1], w.shape[0], 1, weight_attr=Assign(w[:, :, None, None]), bias_attr=bias)(x))


def pairs(rows, columns):
    w = np.zeros((rows, columns), "f")
    for row in range(0, rows, 2):
        chosen = random.rand(columns) < 0.3
        w[row : row + 2, chosen] = random.randn(len(w[row : row + 2]), chosen.sum())
    return w


def save(program, feed, result, executor, folder):
    paddle.static.save_inference_model(f"{folder}/model", [feed], [result], executor, program=program)


def quantize(program, shape, executor, source, target):
    class Images(paddle.io.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, _):
            return (random.rand(*shape[1:]) * 2 - 1).astype("f")

    feed = program.global_block().var("x")
    loader = paddle.io.DataLoader(Images(), feed_list=[feed], batch_size=1, places=paddle.CPUPlace(), return_list=False)
    files = dict(model_filename="model.pdmodel", params_filename="model.pdiparams")
    layers = ["conv2d", "depthwise_conv2d", "conv2d_transpose", "mul", "matmul", "matmul_v2"]
    quantizer = PostTrainingQuantization(
        executor=executor, model_dir=source, data_loader=loader, batch_size=1, batch_nums=4, algo="abs_max",
        quantizable_op_type=layers, activation_quantize_type="range_abs_max", **files)
    quantizer.quantize()
    quantizer.save_quantized_model(target, **files)


def make(name, build, shape, *options):
    paddle.seed(7)
    program, startup = paddle.static.Program(), paddle.static.Program()
    with paddle.static.program_guard(program, startup), paddle.utils.unique_name.guard():
        x = paddle.static.data("x", shape, "float32")
        y = build(x)
    executor = paddle.static.Executor()
    executor.run(startup)
    with tempfile.TemporaryDirectory() as folder:
        save(program, x, y, executor, f"{folder}/float")
        model = f"{folder}/float"
        if not options:
            model = f"{folder}/int8"
            quantize(program, shape, executor, f"{folder}/float", model)
        model += "/model"
        loaded, feeds, results = paddle.static.load_inference_model(model, executor)
        data = ((np.arange(np.prod(shape)) % 17) / 17.0 - 0.5).astype("f").reshape(shape)
        output = executor.run(loaded, feed={feeds[0]: data}, fetch_list=results)[0]
        files = [f"--model_file={model}.pdmodel", f"--param_file={model}.pdiparams", f"--optimize_out={folder}/made"]
        subprocess.run([OPT, *files, "--valid_targets=arm", *options], check=True, stdout=subprocess.DEVNULL)
        nb = open(f"{folder}/made.nb", "rb").read()
    made[name] = dict(shape=list(shape), nb=base64.b64encode(nb).decode(),
                      output=base64.b64encode(output.astype("<f4").tobytes()).decode())


IMAGE, ROWS = (1, 8, 12, 10), (1, 8, 120)
make("int8: fp32 between layers", with_bias, IMAGE)
make("int8: int8 between layers, activations fused", int8_between, IMAGE)
make("int8: transposed convolution", transposed, IMAGE)
make("int8: product of two results", product, ROWS)
make("int8: product of a result with itself", square, ROWS)

SPARSE = ["--sparse_model=true", "--sparse_threshold=0.5"]
make("sparse: pairs of channels and one more", sparse(pairs(7, 12)), (1, 12, 7, 6), *SPARSE)
empty = pairs(8, 16)
empty[[0, 1, 4, 5]] = 0
make("sparse: pairs of channels, some empty", sparse(empty), (1, 16, 7, 6), *SPARSE)
single = np.where(random.rand(6, 10) < 0.25, random.randn(6, 10), 0).astype("f")
single[[0, 3, 5]] = 0
make("sparse: single channels, some empty", sparse(single), (1, 10, 7, 6), *SPARSE)
make("sparse: no weight at all", sparse(np.zeros((4, 8), "f")), (1, 8, 7, 6), *SPARSE)

text = json.dumps(made, indent=0)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "made.json.gz"), "wb") as file:
    file.write(gzip.compress(text.encode(), 9, mtime=0))
