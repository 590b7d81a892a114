"""Elementwise operators of two tensors, and sum."""

from make_ops import C, OLD, W, X

OPS = ("add", "sub", "mul", "div", "max", "min", "pow")


def add(f):
    def feed(kind, shape, right=False, weight=False):
        make = W if weight else X
        if kind == "pow":
            return make(*shape, low=-2, high=2) if right else make(*shape, low=0.1, high=3)
        if kind == "div" and right:
            return make(*shape, low=0.5, high=3)
        return make(*shape)

    def two(name, kind, x, y, axis=-1, weight=False, only=None):
        op = "elementwise_" + kind
        f.one(name, op, {"X": feed(kind, x), "Y": feed(kind, y, True, weight)}, {"axis": axis}, only)

    for kind in OPS:
        two("equal shapes", kind, (2, 3, 4), (2, 3, 4))
        two("at the end", kind, (2, 3, 4), (4,))
        two("in the middle, weights", kind, (2, 3, 4, 2), (3,), 1, weight=True)
        two("both broadcast", kind, (2, 1, 4), (1, 3, 1))
        two("x smaller", kind, (3, 4), (2, 3, 4))

    full = (2, 3, 4, 5)
    for y, axis in (
        ((2, 3, 4, 5), 0), ((3,), 1), ((3, 4), 1), ((4, 5), 2), ((4, 5), -1), ((4,), 2), ((5,), 3), ((2,), 0), ((2, 3), 0),
        ((2, 3, 4), 0), ((3, 4, 5), 1), ((1,), -1), ((1,), 0), ((1,), 1), ((1,), 3), ((3, 1), 1), ((3, 1, 1), 1), ((3, 1, 1), -1),
        ((1, 3, 1, 1), -1), ((1, 3, 1, 1), 0), ((2, 3, 1, 1), 0), ((2, 3, 1, 1), -1), ((2, 1, 1, 1), 0), ((2, 1), 0), ((4, 1), 2),
        ((4, 1), -1), ((1, 5), -1), ((1, 5), 2), ((1, 4), 1), ((2, 1, 4), 0), ((1, 1, 1), -1), ((1, 1, 1), 1), ((1, 1, 1, 1), -1),
        ((2, 3, 4, 1), -1), ((1, 3, 4, 5), -1), ((3, 4), -1), ((5, 1), 3), ((4, 1, 1), 2),
    ):
        for weight in (False,) if OLD else (False, True):
            two("y %s at %d%s" % (list(y), axis, ", weights" if weight else ""), "add", full, y, axis, weight)
    for y, axis in (((3,), 1), ((4, 5), -1), ((3, 4), 1), ((1,), -1), ((2, 3), 0), ((4, 1), 2)):
        two("y %s at %d" % (list(y), axis), "sub", full, y, axis)
        two("y %s at %d" % (list(y), axis), "div", full, y, axis)
    for x, axis in (((4, 5), -1), ((3,), 1), ((3, 4), 1), ((5,), -1), ((1,), -1), ((1, 3, 1, 1), -1), ((3, 1, 1), -1), ((2,), 0), ((4, 1), 2)):
        two("x %s at %d" % (list(x), axis), "sub", x, full, axis)
        two("x %s at %d" % (list(x), axis), "div", x, full, axis)
    for x, y, axis in (
        ((5,), (5,), -1), ((5,), (1,), -1), ((1,), (5,), -1), ((5, 1), (1, 4), -1), ((3, 4), (4,), 1), ((3, 4), (3,), 0), ((3, 4), (1,), 0),
        ((2, 1, 3, 1, 2), (2, 1, 3, 1, 2), -1), ((2, 1, 3, 1, 2), (3, 1), 2), ((2, 1, 3, 1, 2), (1, 4, 1, 2), -1), ((2, 2, 3, 2, 2), (2, 3), 1),
        ((1, 1, 1, 1), (2, 3, 2, 2), -1), ((2, 3, 1, 1), (2, 3, 2, 2), -1), ((2, 2, 2, 2, 2, 2), (2, 2), 1), ((1,), (1,), -1), ((1, 1), (1,), -1),
    ):
        two("%s %s at %d" % (list(x), list(y), axis), "mul", x, y, axis)
    two("scalar of rank 0", "add", (2, 3), (), only="2.6")
    two("scalars of rank 0", "mul", (), (), only="2.6")
    two("rank 0 before", "sub", (), (2, 3), only="2.6")
    two("scalar parameter of rank 0", "div", (2, 3), (), weight=True, only="2.6")
    f.one("no attributes", "elementwise_add", {"X": X(2, 3), "Y": X(3)}, {})

    def image(b):
        return b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(3, 2, 1, 1)}, {}, out="Output")

    for y, axis in (((3,), 1), ((1, 3, 1, 1), -1), ((4, 3), -1), ((1, 3, 4, 3), -1), ((1,), -1), ((3, 4), 1), ((1, 1, 4, 3), -1), ((4, 1), 2)):
        for make in (X,) if OLD else (X, W):
            label = "elementwise_mul of an image and %s at %d%s" % (list(y), axis, ", weights" if make is W else "")
            f.case(label, lambda b: b.op("elementwise_mul", {"X": image(b), "Y": make(*y)}, {"axis": axis}))
    f.case("elementwise_sub of two images", lambda b: b.op("elementwise_sub", {"X": image(b), "Y": image(b)}, {"axis": -1}))
    f.case("elementwise_max of an image and itself", lambda b: (lambda x: b.op("elementwise_max", {"X": x, "Y": x}, {}))(image(b)))
    f.case("elementwise_add, weights first", lambda b: b.op("elementwise_add", {"X": W(2, 3), "Y": X(2, 3)}, {"axis": -1}))
    f.case("elementwise_sub, smaller weights first", lambda b: b.op("elementwise_sub", {"X": W(3), "Y": X(2, 3)}, {"axis": -1}))
    f.case("elementwise_div, weights first", lambda b: b.op("elementwise_div", {"X": W(1), "Y": X(2, 3, low=0.5, high=2)}, {"axis": -1}))
    for kind in OPS:
        for act in ("relu", "relu6", "sigmoid"):
            if kind in ("add", "sub", "mul") or act == "relu":
                f.case("elementwise_%s, %s" % (kind, act), lambda b: b.op(act, {"X": b.op("elementwise_" + kind, {"X": feed(kind, (2, 5)), "Y": feed(kind, (5,), True)}, {"axis": -1})}))

    for dtype in ("int32", "int64"):
        for kind in OPS + ("mod", "floordiv"):
            low, high = (0, 5) if kind == "pow" else (-20, 20)
            y = {"pow": (0, 4), "div": (1, 7), "mod": (1, 7), "floordiv": (1, 7)}.get(kind, (-20, 20))
            inputs = lambda: {"X": X(2, 9, dtype=dtype, low=low, high=high), "Y": X(9, dtype=dtype, low=y[0], high=y[1])}
            f.one(dtype, "elementwise_" + kind, inputs(), {"axis": -1})
        for kind in ("div", "mod", "floordiv"):
            f.one(dtype + " by negative numbers", "elementwise_" + kind, {"X": X(3, 8, dtype=dtype, low=-20, high=20), "Y": X(8, dtype=dtype, low=-7, high=0)}, {"axis": -1})
        f.one(dtype + " and a constant at 1", "elementwise_add", {"X": X(2, 3, 2, dtype=dtype, low=0, high=9), "Y": C([1, 20, 300], dtype)}, {"axis": 1})
    f.one("large int64", "elementwise_add", {"X": X(5, dtype="int64", low=2**40, high=2**41), "Y": X(5, dtype="int64", low=2**40, high=2**41)}, {})
    f.one("large int64", "elementwise_mul", {"X": X(5, dtype="int64", low=2**20, high=2**21), "Y": X(5, dtype="int64", low=2**20, high=2**21)}, {})
    for kind in ("mod", "floordiv"):
        f.one("float", "elementwise_" + kind, {"X": X(2, 9, low=-9, high=9), "Y": X(9, low=0.5, high=3)}, {"axis": -1}, "2.6")
        f.one("float by negative numbers", "elementwise_" + kind, {"X": X(2, 9, low=-9, high=9), "Y": X(9, low=-3, high=-0.5)}, {"axis": -1}, "2.6")
    f.one("negative base, whole exponents", "elementwise_pow", {"X": X(2, 4, low=-3, high=3), "Y": C([2.0, 3.0, 0.0, 1.0], "float32")}, {})
    f.case("elementwise_mul by a float64 parameter, converted", lambda b: b.op("elementwise_mul", {"X": X(2, 3), "Y": b.op("cast", {"X": W(3, dtype="float64")}, {"in_dtype": 6, "out_dtype": 5}, dtype="float32")}, {"axis": -1}))
    f.one("float64", "elementwise_add", {"X": X(2, 3, dtype="float64"), "Y": X(3, dtype="float64")}, {})

    for n in (1, 2, 3, 5):
        f.one("of %d" % n, "sum", {"X": [X(2, 3) for _ in range(n)]})
    f.one("of weights and inputs", "sum", {"X": [X(2, 3, 2, 2), W(2, 3, 2, 2), X(2, 3, 2, 2)]})
    f.one("rank 1", "sum", {"X": [X(4), X(4)]})
    f.one("int64", "sum", {"X": [X(4, dtype="int64", low=-9, high=9), X(4, dtype="int64", low=-9, high=9)]})
    f.case("sum of a tensor and itself", lambda b: (lambda x: b.op("sum", {"X": [x, x, x]}))(b.put(X(2, 3))))
    f.case("sum of images", lambda b: b.op("sum", {"X": [image(b), image(b), image(b)]}))
