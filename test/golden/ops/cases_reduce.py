"""Reductions, mean, arg_max."""

from make_ops import W, X


def add(f):
    kinds = ("mean", "sum", "max", "min", "prod")
    for kind in kinds:
        op = "reduce_" + kind
        for name, x, attrs in (
            ("first", (3, 4, 5), {"dim": [0]}),
            ("last", (3, 4, 5), {"dim": [-1]}),
            ("middle, kept", (3, 4, 5), {"dim": [1], "keep_dim": True}),
            ("all", (2, 3, 4), {"reduce_all": True}),
            ("all, kept", (2, 3, 4), {"reduce_all": True, "keep_dim": True}),
            ("height and width", (2, 3, 4, 3), {"dim": [2, 3]}),
            ("scattered", (2, 3, 4, 3), {"dim": [0, 2]}),
        ):
            f.one(name, op, {"X": X(*x)}, attrs)
    for name, x, attrs in (
        ("rank 1", (5,), {"dim": [0]}),
        ("rank 1, negative", (5,), {"dim": [-1]}),
        ("rank 1, kept", (5,), {"dim": [0], "keep_dim": True}),
        ("rank 1, all", (5,), {"reduce_all": True}),
        ("negative", (2, 3, 4, 2), {"dim": [-2, -1], "keep_dim": True}),
        ("backwards", (2, 3, 4, 2), {"dim": [3, 1]}),
        ("mixed signs", (2, 3, 4, 2), {"dim": [-1, 1]}),
        ("channels", (2, 3, 4, 2), {"dim": [1]}),
        ("channels, kept", (2, 3, 4, 2), {"dim": [1], "keep_dim": True}),
        ("batch and channels", (2, 3, 4, 2), {"dim": [0, 1]}),
        ("an axis of 1", (2, 1, 3), {"dim": [1]}),
        ("reduce_all beats dim", (2, 3, 4), {"dim": [1], "reduce_all": True}),
        ("no attributes", (3, 4), {}),
        ("no dim", (3, 4), {"dim": []}),
    ):
        f.one(name, "reduce_mean", {"X": X(*x)}, attrs)
        f.one(name, "reduce_max", {"X": X(*x)}, attrs)
    # Paddle 1.8 leaves the result of these unwritten.
    for name, x, attrs in (
        ("every axis named", (2, 3), {"dim": [0, 1]}),
        ("every axis named, kept", (2, 3), {"dim": [0, 1], "keep_dim": True}),
        ("rank 5", (2, 1, 3, 2, 2), {"dim": [2, 4]}),
        ("rank 5, all but one", (2, 1, 3, 2, 2), {"dim": [0, 1, 2, 4]}),
    ):
        f.one(name, "reduce_mean", {"X": X(*x)}, attrs, "2.6")
        f.one(name, "reduce_max", {"X": X(*x)}, attrs, "2.6")

    def image(b):
        return b.op("conv2d", {"Input": X(2, 2, 4, 3), "Filter": W(3, 2, 1, 1)}, {}, out="Output")

    for dims in ([2, 3], [1], [0], [2], [1, 2], [0, 3], [1, 2, 3], [0, 1, 2, 3]):
        for keep in (False, True):
            attrs = {"dim": dims, "keep_dim": keep, "reduce_all": len(dims) == 4}
            f.case("reduce_mean of an image along %s%s" % (dims, ", kept" if keep else ""), lambda b: b.op("reduce_mean", {"X": image(b)}, attrs))
    f.one("one value", "reduce_sum", {"X": X(1, 1)}, {"dim": [1]})
    f.one("long", "reduce_sum", {"X": X(2, 1000)}, {"dim": [1]})
    for dtype in ("int32", "int64"):
        for kind in ("sum", "max", "min", "prod"):
            f.one(dtype, "reduce_" + kind, {"X": X(3, 4, dtype=dtype, low=1, high=9)}, {"dim": [1]})
    f.one("rank 0", "reduce_sum", {"X": X()}, {"reduce_all": True}, "2.6")
    f.one("out_dtype", "reduce_sum", {"X": X(3, 4)}, {"dim": [1], "in_dtype": 5, "out_dtype": 5})
    f.one("of integers as float", "reduce_sum", {"X": X(3, 4, dtype="int32", low=0, high=9)}, {"dim": [1], "in_dtype": 2, "out_dtype": 5}, dtype="float32")
    for shape in ((5,), (2, 3), (2, 3, 2, 2)):
        f.one("rank %d" % len(shape), "mean", {"X": X(*shape)})
    f.case("mean of an image", lambda b: b.op("mean", {"X": image(b)}))

    for shape in ((7,), (3, 5), (3, 4, 5), (2, 3, 4, 3)):
        for axis in range(-1, len(shape)):
            for keep in (False, True):
                f.one("rank %d axis %d%s" % (len(shape), axis, ", kept" if keep else ""), "arg_max", {"X": X(*shape)}, {"axis": axis, "keepdims": keep, "dtype": 3, "flatten": False}, dtype="int64")
    for dtype in (2, 3, -1):
        for keep in (False, True):
            f.one("dtype %d%s" % (dtype, ", kept" if keep else ""), "arg_max", {"X": X(3, 5)}, {"axis": 1, "dtype": dtype, "keepdims": keep}, dtype="int32" if dtype == 2 else "int64")
            f.one("flattened, dtype %d%s" % (dtype, ", kept" if keep else ""), "arg_max", {"X": X(3, 5)}, {"axis": 0, "dtype": dtype, "flatten": True, "keepdims": keep}, dtype="int32" if dtype == 2 else "int64")
    f.one("axis -2", "arg_max", {"X": X(3, 5, 2)}, {"axis": -2, "dtype": 3}, dtype="int64")
    f.one("least attributes", "arg_max", {"X": X(3, 5)}, {"axis": 1}, dtype="int64")
    f.one("equal values", "arg_max", {"X": X(4, 9, dtype="float32", low=0, high=0)}, {"axis": 1, "dtype": 3}, dtype="int64")
    f.one("int32", "arg_max", {"X": X(3, 6, dtype="int32", low=-9, high=9)}, {"axis": 1, "dtype": 3}, dtype="int64")
    for axis in (1, 2, 3, -1):
        f.case("arg_max of an image along %d" % axis, lambda b: b.op("arg_max", {"X": image(b)}, {"axis": axis, "dtype": 3}, dtype="int64"))
