"""Operators with seeded random shapes and attributes. What Paddle refuses of them is left out, as everywhere."""

from make_ops import OLD, W, X, lcg


class Dice:
    def __init__(self, seed):
        self.numbers = iter(lcg(100000, seed))

    def below(self, n):
        return int((next(self.numbers) + 1) / 2 * n)

    def upto(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, *options):
        return options[self.below(len(options))]

    def some(self, count, low, high):
        return [self.upto(low, high) for _ in range(count)]


def add(f):
    count = 25 if OLD else 60
    for name, cases in FAMILIES.items():
        dice = Dice(sum(ord(c) for c in name))
        for i in range(count):
            cases(f, "random %d" % i, dice)


def fits(size, kernel, attrs):
    """Whether a convolution has a result: Paddle 2.6 crashes where it has none."""
    pads = attrs["paddings"] if attrs["padding_algorithm"] == "EXPLICIT" else [0, 0]
    sums = [2 * p for p in pads] if len(pads) == 2 else [pads[0] + pads[1], pads[2] + pads[3]]
    spans = [d * (k - 1) + 1 for d, k in zip(attrs["dilations"], kernel)]
    sizes = [int((n + p - k) / s) + 1 for n, p, k, s in zip(size, sums, spans, attrs["strides"])]
    return attrs["padding_algorithm"] == "SAME" or min(sizes) > 0


def conv(f, name, d):
    groups = d.pick(1, 1, 1, 2, 3)
    c, o = groups * d.upto(1, 3), groups * d.upto(1, 4)
    h, w, kh, kw = d.upto(3, 7), d.upto(3, 7), d.upto(1, 4), d.upto(1, 4)
    nhwc = d.below(6) == 0
    attrs = {
        "strides": d.some(2, 1, 3), "dilations": d.some(2, 1, 2), "groups": groups, "paddings": d.some(d.pick(2, 4), 0, 2),
        "padding_algorithm": d.pick("EXPLICIT", "EXPLICIT", "SAME", "VALID"), "data_format": "NHWC" if nhwc else "NCHW",
    }
    n = d.upto(1, 2)
    if not fits((h, w), (kh, kw), attrs):
        return
    f.one(name, "conv2d", {"Input": X(*((n, h, w, c) if nhwc else (n, c, h, w))), "Filter": W(o, c // groups, kh, kw)}, attrs, out="Output")


def depthwise(f, name, d):
    c, multiplier = d.upto(2, 9), d.pick(1, 1, 1, 2)
    attrs = {
        "strides": d.some(2, 1, 3), "dilations": d.some(2, 1, 2), "groups": c, "paddings": d.some(d.pick(2, 4), 0, 2),
        "padding_algorithm": d.pick("EXPLICIT", "EXPLICIT", "SAME", "VALID"),
    }
    size, kernel = d.some(2, 3, 6), d.some(2, 1, 4)
    if not fits(size, kernel, attrs):
        return
    inputs = {"Input": X(1, c, *size), "Filter": W(c * multiplier, 1, *kernel)}
    f.one(name, "depthwise_conv2d", inputs, attrs, out="Output")


def transposed(f, name, d):
    groups = d.pick(1, 1, 2)
    c, o = groups * d.upto(1, 3), d.upto(1, 3)
    strides = d.some(2, 1, 3)
    attrs = {
        "strides": strides, "dilations": d.some(2, 1, 2), "groups": groups, "paddings": d.some(d.pick(2, 4), 0, 1),
        "padding_algorithm": d.pick("EXPLICIT", "EXPLICIT", "EXPLICIT", "SAME", "VALID"),
    }
    if not OLD and d.below(3) == 0:
        attrs["output_padding"] = [d.below(s) for s in strides]
    inputs = {"Input": X(1, c, d.upto(3, 4), d.upto(3, 4)), "Filter": W(c, o, d.upto(2, 4), d.upto(2, 4))}
    f.one(name, "conv2d_transpose", inputs, attrs, out="Output")


def pool(f, name, d):
    adaptive = d.below(5) == 0
    attrs = {
        "pooling_type": "avg" if adaptive else d.pick("max", "avg", "avg"), "ksize": d.some(2, 1, 4), "strides": d.some(2, 1, 3),
        "paddings": d.some(d.pick(2, 4), 0, 1), "ceil_mode": d.below(2) == 0, "exclusive": d.below(2) == 0, "adaptive": adaptive,
        "padding_algorithm": d.pick("EXPLICIT", "EXPLICIT", "EXPLICIT", "SAME", "VALID"),
    }
    f.one(name, "pool2d", {"X": X(1, d.upto(1, 2), d.upto(3, 8), d.upto(3, 8))}, attrs)


def interpolation(f, name, d):
    kind, v2 = d.pick("nearest", "bilinear", "bilinear"), not OLD and d.below(2) == 0
    attrs = {"interp_method": kind, "align_corners": d.below(2) == 0, "align_mode": d.below(2), "out_h": d.upto(1, 9), "out_w": d.upto(1, 9)}
    if d.below(2):
        scale = [d.upto(3, 30) / 10.0 for _ in range(2)]
        attrs["scale"] = scale if v2 else scale[0]
    f.one(name, "%s_interp%s" % (kind, "_v2" if v2 else ""), {"X": X(1, 1, d.upto(1, 7), d.upto(1, 7))}, attrs)


def cut(f, name, d):
    shape = d.some(d.upto(1, 5), 1, 5)
    axes = sorted({d.below(len(shape)) for _ in range(d.upto(1, 3))})
    starts, ends = [], []
    for n in [shape[a] for a in axes]:
        starts.append(d.below(n))
        ends.append(d.upto(starts[-1] + 1, n))
        if d.below(3) == 0:
            starts[-1] -= n
        if d.below(3) == 0:
            ends[-1] = ends[-1] - n if ends[-1] < n else n + 5
    f.one(name, "slice", {"Input": X(*shape)}, {"axes": axes, "starts": starts, "ends": ends})


def strided(f, name, d):
    shape = d.some(d.upto(1, 4), 2, 7)
    axes = sorted({d.below(len(shape)) for _ in range(d.upto(1, 2))})
    # Always from a higher element to a lower one, or the other way round: the rest is an error or empty.
    starts, ends, strides = [], [], []
    for a in axes:
        n = shape[a]
        low = d.below(n - 1)
        high = d.upto(low + 1, n - 1)
        forward = d.below(2)
        starts.append(low if forward else high)
        ends.append(high if forward else low)
        strides.append(d.upto(1, 3) * (1 if forward else -1))
        if d.below(3) == 0:
            starts[-1] -= n
        if d.below(3) == 0 and ends[-1] - n != -1:
            ends[-1] -= n
    f.one(name, "strided_slice", {"Input": X(*shape)}, {"axes": axes, "starts": starts, "ends": ends, "strides": strides, "infer_flags": [1] * len(axes)})


def broadcast(f, name, d):
    kind = d.pick("add", "sub", "mul", "max", "min")
    x = d.some(d.upto(1, 5), 1, 4)
    first = d.below(len(x))
    y = [d.pick(n, n, 1) for n in x[first : d.upto(first + 1, len(x))]]
    axis = d.pick(first, first, -1) if first + len(y) == len(x) else first
    make = d.pick(X, W)
    f.one(name, "elementwise_" + kind, {"X": X(*x), "Y": make(*y)}, {"axis": axis})


def reduction(f, name, d):
    shape = d.some(d.upto(1, 4), 1, 4)
    dims = sorted({d.below(len(shape)) for _ in range(d.upto(1, 3))})
    attrs = {"dim": [a - d.pick(0, 0, len(shape)) for a in dims], "keep_dim": d.below(2) == 0, "reduce_all": len(dims) == len(shape)}
    f.one(name, "reduce_" + d.pick("mean", "sum", "max", "min", "prod"), {"X": X(*shape)}, attrs)


def turn(f, name, d):
    shape = d.some(d.upto(2, 6), 1, 3)
    axes = list(range(len(shape)))
    order = [axes.pop(d.below(len(axes))) for _ in shape]
    f.one(name, "transpose2", {"X": X(*shape)}, {"axis": order}, extra=["XShape"])


def padded(f, name, d):
    if OLD:
        mode = d.pick("constant", "reflect", "edge")
        f.one(name, "pad2d", {"X": X(1, 2, d.upto(3, 5), d.upto(3, 5))}, {"paddings": d.some(4, 0, 2), "mode": mode, "pad_value": 0.25})
        return
    mode = d.pick("constant", "reflect", "replicate", "circular")
    attrs = {"paddings": d.some(6, 0, 2), "mode": mode, "value": 0.25, "data_format": d.pick("NCDHW", "NDHWC")}
    f.one(name, "pad3d", {"X": X(1, d.upto(3, 4), d.upto(3, 4), d.upto(3, 4), d.upto(1, 2) if attrs["data_format"] == "NDHWC" else 3)}, attrs)


def product(f, name, d):
    op = "matmul" if OLD else d.pick("matmul", "matmul_v2")
    batch, m, k, n = d.some(d.below(3), 1, 3), d.upto(1, 5), d.upto(1, 9), d.upto(1, 9)
    tx, ty = d.below(2) == 0, d.below(2) == 0
    x, y = batch + ([k, m] if tx else [m, k]), (batch if d.below(2) else []) + ([n, k] if ty else [k, n])
    attrs = {"transpose_X": tx, "transpose_Y": ty} if op == "matmul" else {"trans_x": tx, "trans_y": ty}
    f.one(name, op, {"X": X(*x), "Y": d.pick(X, W)(*y)}, attrs)


FAMILIES = {
    "conv": conv, "depthwise": depthwise, "transposed": transposed, "pool": pool, "interpolation": interpolation, "cut": cut,
    "strided": strided, "broadcast": broadcast, "reduction": reduction, "turn": turn, "padded": padded, "product": product,
}
