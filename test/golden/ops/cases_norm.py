"""Batch norm, layer norm, softmax, dropout."""

from make_ops import W, X


def add(f):
    def bn(name, x, layout="NCHW", only=None, **attrs):
        n = x[-1] if layout == "NHWC" else x[1]
        attrs = dict({"is_test": True, "data_layout": layout}, **attrs)
        inputs = {"X": X(*x), "Scale": W(n), "Bias": W(n), "Mean": W(n), "Variance": W(n, low=0.3, high=2)}
        f.one(
            name, "batch_norm", inputs, attrs, only, out="Y", extra=["SavedMean", "SavedVariance"],
            shared={"MeanOut": "Mean", "VarianceOut": "Variance"},
        )

    bn("rank 2", (3, 5))
    bn("rank 3", (2, 4, 3))
    bn("rank 4", (2, 3, 4, 5))
    bn("rank 5", (1, 3, 2, 3, 2))
    bn("one image", (1, 6, 3, 3))
    bn("epsilon", (1, 4, 3, 3), epsilon=1e-3)
    bn("momentum", (1, 4, 3, 3), epsilon=1e-5, momentum=0.5)
    bn("NHWC", (2, 4, 5, 3), "NHWC")
    bn("NHWC rank 5", (1, 2, 3, 2, 3), "NHWC")
    bn("NHWC rank 3", (2, 5, 3), "NHWC")
    bn("NHWC rank 2", (2, 3), "NHWC")
    bn("use_global_stats", (1, 3, 4, 4), is_test=False, use_global_stats=True)
    bn("global statistics and test", (1, 3, 4, 4), use_global_stats=True)
    bn("trainable statistics in a test", (1, 3, 4, 4), trainable_statistics=True)
    bn("training", (2, 3, 4, 4), is_test=False)

    def ln(name, x, axis=1, scale=True, bias=True, **attrs):
        n = 1
        for d in x[axis:]:
            n *= d
        inputs = {"X": X(*x)}
        if scale:
            inputs["Scale"] = W(n)
        if bias:
            inputs["Bias"] = W(n)
        f.one(name, "layer_norm", inputs, dict({"begin_norm_axis": axis}, **attrs), out="Y", extra=["Mean", "Variance"])

    ln("rank 2", (3, 7))
    ln("rank 3 at 1", (2, 3, 4))
    ln("rank 3 at 2", (2, 3, 8), 2)
    ln("rank 4 at 1", (2, 3, 2, 3))
    ln("rank 4 at 2", (2, 3, 2, 3), 2)
    ln("rank 4 at 3", (2, 3, 2, 5), 3)
    ln("rank 5 at 3", (2, 1, 2, 3, 2), 3)
    ln("no scale", (3, 6), scale=False)
    ln("no bias", (3, 6), bias=False)
    ln("neither", (2, 3, 5), 2, scale=False, bias=False)
    ln("neither at 1", (2, 3, 5), 1, scale=False, bias=False)
    ln("epsilon", (3, 6), epsilon=1e-2)
    ln("one value", (4, 1))
    ln("33 values", (2, 33))
    f.one("no attributes", "layer_norm", {"X": X(2, 3, 4), "Scale": W(12), "Bias": W(12)}, {}, out="Y", extra=["Mean", "Variance"])
    f.case(
        "layer_norm of an image",
        lambda b: b.op(
            "layer_norm",
            {"X": b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(3, 2, 1, 1)}, {}, out="Output"), "Scale": W(36), "Bias": W(36)},
            {"begin_norm_axis": 1}, out="Y", extra=["Mean", "Variance"],
        ),
    )

    for shape in ((7,), (3, 5), (2, 3, 4), (2, 3, 4, 2), (2, 1, 3, 2, 2)):
        for axis in sorted({-1, 0, 1, len(shape) - 1, -len(shape), -2}):
            if -len(shape) <= axis < len(shape):
                f.one("rank %d axis %d" % (len(shape), axis), "softmax", {"X": X(*shape)}, {"axis": axis}, None if axis in (-1, 1) else "2.6")
    f.one("no attributes", "softmax", {"X": X(2, 3, 4)}, {})
    f.one("large values", "softmax", {"X": X(2, 9, low=-90, high=90)}, {"axis": -1})
    f.one("one value", "softmax", {"X": X(4, 1)}, {"axis": -1})
    f.case(
        "softmax over the channels of an image",
        lambda b: b.op("softmax", {"X": b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(5, 2, 1, 1)}, {}, out="Output")}, {"axis": 1}),
    )

    for mode in ("downgrade_in_infer", "upscale_in_train", None):
        for p in (0.5, 0.3, 0.0, 1.0):
            attrs = {"dropout_prob": p, "is_test": True}
            if mode:
                attrs["dropout_implementation"] = mode
            f.one("%s %s" % (mode, p), "dropout", {"X": X(2, 3, 4)}, attrs, extra=["Mask"])
    for shape in ((5,), (2, 3, 4, 2), (1, 2, 1, 2, 3)):
        f.one("rank %d" % len(shape), "dropout", {"X": X(*shape)}, {"dropout_prob": 0.25, "is_test": True}, extra=["Mask"])
    f.one("no attributes but is_test", "dropout", {"X": X(3, 4)}, {"is_test": True}, extra=["Mask"])
    f.one("seeded", "dropout", {"X": X(3, 4)}, {"is_test": True, "fix_seed": True, "seed": 7, "dropout_prob": 0.4}, extra=["Mask"])
