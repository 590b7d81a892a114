"""Convolutions and transposed convolutions."""

from make_ops import C, OLD, W, X


def add(f):
    def conv(name, x, w, op="conv2d", bias=False, only=None, declared=None, **attrs):
        attrs = dict({"strides": [1, 1], "paddings": [0, 0], "dilations": [1, 1], "groups": 1}, **attrs)
        f.one(name, op, {"Input": X(*x, declared=declared), "Filter": W(*w)}, attrs, only=only, out="Output")

    conv("3x3", (1, 3, 6, 7), (4, 3, 3, 3))
    conv("3x3 pad", (2, 3, 6, 5), (4, 3, 3, 3), paddings=[1, 1])
    conv("stride 2", (1, 2, 7, 8), (3, 2, 3, 3), strides=[2, 2], paddings=[1, 1])
    conv("strides 2 1", (1, 2, 7, 6), (3, 2, 3, 3), strides=[2, 1])
    conv("strides 1 3", (1, 2, 5, 9), (3, 2, 2, 3), strides=[1, 3])
    conv("stride 3 kernel 1", (1, 2, 7, 7), (3, 2, 1, 1), strides=[3, 3])
    conv("pads 2 1", (1, 2, 4, 5), (3, 2, 3, 3), paddings=[2, 1])
    conv("pads of four", (1, 2, 5, 6), (3, 2, 3, 3), paddings=[0, 1, 2, 1])
    conv("pads of four, stride 2", (1, 2, 6, 6), (3, 2, 3, 3), paddings=[0, 1, 0, 1], strides=[2, 2])
    conv("pads of four, dilation", (1, 2, 6, 6), (3, 2, 3, 3), paddings=[3, 0, 1, 2], dilations=[2, 2])
    conv("dilation 2", (1, 2, 7, 8), (3, 2, 3, 3), dilations=[2, 2], paddings=[2, 2])
    conv("dilations 1 3", (1, 2, 5, 9), (3, 2, 3, 3), dilations=[1, 3])
    conv("dilation and stride", (1, 2, 9, 9), (3, 2, 3, 3), dilations=[2, 2], strides=[2, 2])
    for g, i, o in ((2, 4, 6), (3, 6, 3), (2, 2, 8), (4, 4, 8), (4, 4, 4)):
        conv("groups %d, %d to %d" % (g, i, o), (1, i, 5, 4), (o, i // g, 3, 3), groups=g, paddings=[1, 1])
    conv("groups, stride, batch", (2, 4, 5, 6), (4, 2, 3, 2), groups=2, strides=[2, 1])
    conv("1x1", (1, 5, 4, 3), (7, 5, 1, 1))
    conv("1x1 pad", (1, 3, 2, 3), (2, 3, 1, 1), paddings=[1, 1])
    conv("1x3", (1, 3, 4, 5), (4, 3, 1, 3), paddings=[0, 1])
    conv("5x1", (1, 3, 6, 3), (4, 3, 5, 1), paddings=[2, 0])
    conv("4x4", (1, 2, 6, 6), (2, 2, 4, 4), paddings=[1, 1])
    conv("7x7 stride 2", (1, 1, 9, 9), (2, 1, 7, 7), paddings=[3, 3], strides=[2, 2])
    conv("larger than the image", (1, 2, 2, 2), (3, 2, 5, 5), paddings=[2, 2])
    conv("one pixel", (1, 3, 1, 1), (4, 3, 3, 3), paddings=[1, 1])
    conv("whole image", (1, 3, 4, 5), (9, 3, 4, 5))
    conv("one channel", (1, 1, 5, 5), (1, 1, 3, 3))
    conv("17 channels", (1, 17, 2, 3), (19, 17, 1, 1))
    conv("batch 3", (3, 2, 4, 4), (5, 2, 2, 2))
    conv("open batch", (2, 2, 4, 4), (3, 2, 3, 3), declared=[-1, 2, -1, -1])
    for s in (1, 2, 3):
        conv("SAME stride %d" % s, (1, 2, 7, 6), (3, 2, 3, 3), padding_algorithm="SAME", strides=[s, s])
    conv("SAME even kernel", (1, 2, 5, 6), (3, 2, 2, 4), padding_algorithm="SAME")
    conv("SAME dilation", (1, 2, 6, 7), (3, 2, 3, 3), padding_algorithm="SAME", dilations=[2, 2])
    conv("SAME overrides pads", (1, 2, 6, 7), (3, 2, 3, 3), padding_algorithm="SAME", paddings=[3, 3])
    conv("SAME large stride", (1, 2, 7, 7), (3, 2, 2, 2), padding_algorithm="SAME", strides=[4, 4])
    conv("SAME groups", (1, 4, 5, 5), (4, 2, 3, 3), padding_algorithm="SAME", groups=2)
    conv("VALID", (1, 2, 6, 7), (3, 2, 3, 3), padding_algorithm="VALID", paddings=[2, 2])
    conv("VALID dilation", (1, 2, 7, 7), (3, 2, 3, 3), padding_algorithm="VALID", dilations=[2, 3])
    conv("NHWC", (1, 6, 5, 3), (4, 3, 3, 3), data_format="NHWC", paddings=[1, 1])
    conv("NHWC stride", (2, 6, 5, 3), (4, 3, 3, 2), data_format="NHWC", strides=[2, 1], paddings=[0, 1, 2, 1])
    conv("NHWC SAME", (1, 6, 5, 4), (4, 2, 3, 3), data_format="NHWC", padding_algorithm="SAME", strides=[2, 2], groups=2)
    conv("AnyLayout", (1, 2, 4, 4), (3, 2, 3, 3), data_format="AnyLayout")
    f.one("no attributes", "conv2d", {"Input": X(1, 2, 4, 4), "Filter": W(3, 2, 3, 3)}, {}, out="Output")

    for name, attrs in (
        ("3x3", {}),
        ("stride 2", {"strides": [2, 2], "paddings": [1, 1]}),
        ("pads of four", {"paddings": [2, 0, 1, 3]}),
        ("dilation", {"dilations": [2, 2], "paddings": [2, 2]}),
        ("SAME", {"padding_algorithm": "SAME", "strides": [2, 2]}),
        ("SAME dilation", {"padding_algorithm": "SAME", "dilations": [2, 1]}),
        ("VALID", {"padding_algorithm": "VALID", "paddings": [1, 1]}),
    ):
        conv(name, (2, 5, 6, 7), (5, 1, 3, 3), op="depthwise_conv2d", groups=5, **attrs)
    conv("NHWC", (1, 6, 7, 5), (5, 1, 3, 3), op="depthwise_conv2d", groups=5, data_format="NHWC", paddings=[1, 1])
    conv("multiplier 2", (1, 3, 6, 5), (6, 1, 3, 3), op="depthwise_conv2d", groups=3, paddings=[1, 1])
    conv("multiplier 3, stride 2", (1, 4, 7, 6), (12, 1, 3, 3), op="depthwise_conv2d", groups=4, strides=[2, 2])
    conv("multiplier 2 of one channel", (1, 1, 6, 5), (2, 1, 3, 3), op="depthwise_conv2d", groups=1)
    conv("5x5", (1, 4, 6, 6), (4, 1, 5, 5), op="depthwise_conv2d", groups=4, paddings=[2, 2])
    conv("1x1", (1, 6, 3, 3), (6, 1, 1, 1), op="depthwise_conv2d", groups=6)
    conv("5x1 strides 1 2", (1, 9, 6, 5), (9, 1, 5, 1), op="depthwise_conv2d", groups=9, strides=[1, 2], paddings=[2, 0])
    conv("as conv2d", (1, 5, 6, 5), (5, 1, 3, 3), groups=5, paddings=[1, 1])
    conv("multiplier 2 as conv2d", (1, 3, 6, 5), (6, 1, 3, 3), groups=3, paddings=[1, 1])

    def trans(name, x, w, op="conv2d_transpose", only=None, more={}, **attrs):
        attrs = dict({"strides": [1, 1], "paddings": [0, 0], "dilations": [1, 1], "groups": 1}, **attrs)
        f.one(name, op, dict({"Input": X(*x), "Filter": W(*w)}, **more), attrs, only=only, out="Output")

    trans("3x3", (1, 3, 4, 5), (3, 2, 3, 3))
    trans("pad", (2, 3, 4, 3), (3, 2, 3, 3), paddings=[1, 1])
    trans("2x2 stride 2", (1, 3, 3, 4), (3, 2, 2, 2), strides=[2, 2])
    trans("3x3 stride 2 pad", (1, 3, 3, 4), (3, 2, 3, 3), strides=[2, 2], paddings=[1, 1])
    trans("4x4 stride 2 pad", (1, 2, 3, 3), (2, 3, 4, 4), strides=[2, 2], paddings=[1, 1])
    trans("strides 2 1", (1, 2, 3, 4), (2, 3, 3, 3), strides=[2, 1])
    trans("strides 1 3", (1, 2, 3, 3), (2, 3, 2, 4), strides=[1, 3], paddings=[0, 1])
    trans("stride beyond the kernel", (1, 2, 3, 3), (2, 2, 2, 2), strides=[3, 3])
    trans("1x1 stride 2", (1, 2, 3, 3), (2, 2, 1, 1), strides=[2, 2])
    trans("pads of four", (1, 2, 4, 4), (2, 3, 3, 3), paddings=[0, 1, 2, 1])
    trans("pads of four, stride 2", (1, 2, 3, 4), (2, 3, 3, 4), paddings=[1, 0, 2, 1], strides=[2, 2])
    trans("dilation", (1, 2, 4, 3), (2, 3, 3, 3), dilations=[2, 2])
    trans("dilations, stride", (1, 2, 3, 3), (2, 3, 3, 2), dilations=[2, 3], strides=[2, 2], paddings=[1, 1])
    trans("dilation 3, stride 2", (1, 2, 3, 3), (2, 1, 3, 3), dilations=[3, 3], strides=[2, 2])
    trans("groups", (1, 4, 3, 4), (4, 3, 3, 3), groups=2)
    trans("groups, stride 2", (2, 6, 3, 2), (6, 2, 3, 3), groups=3, strides=[2, 2], paddings=[1, 1])
    trans("groups of one channel", (1, 4, 3, 3), (4, 1, 3, 3), groups=4, strides=[2, 2])
    for padding in ([1, 1], [1, 0], [0, 1], [2, 1]):
        s = [3, 3] if 2 in padding else [2, 2]
        trans("output_padding %s" % padding, (1, 2, 3, 3), (2, 3, 3, 3), strides=s, paddings=[1, 1], output_padding=padding, only="2.6")
    trans("output_padding of dilation", (1, 2, 3, 3), (2, 3, 3, 3), dilations=[2, 2], output_padding=[1, 1], only="2.6")
    for size in ([7, 7], [8, 8], [7, 8], [8]):
        trans("output_size %s" % size, (1, 2, 4, 4), (2, 3, 3, 3), strides=[2, 2], paddings=[1, 1], output_size=size)
    trans("output_size of SAME", (1, 2, 4, 4), (2, 3, 3, 3), strides=[2, 2], padding_algorithm="SAME", output_size=[8, 8])
    trans("SAME", (1, 2, 4, 5), (2, 3, 3, 3), padding_algorithm="SAME")
    trans("SAME stride 2", (1, 2, 4, 5), (2, 3, 3, 3), padding_algorithm="SAME", strides=[2, 2])
    trans("SAME even kernel", (1, 2, 4, 5), (2, 3, 4, 4), padding_algorithm="SAME", strides=[2, 2])
    trans("SAME dilation", (1, 2, 4, 5), (2, 3, 3, 3), padding_algorithm="SAME", dilations=[2, 2])
    trans("VALID", (1, 2, 4, 5), (2, 3, 3, 3), padding_algorithm="VALID", paddings=[1, 1])
    trans("NHWC", (1, 4, 5, 2), (2, 3, 3, 3), data_format="NHWC", strides=[2, 2], paddings=[1, 1])
    trans("NHWC output_size", (1, 4, 5, 2), (2, 3, 3, 3), data_format="NHWC", strides=[2, 2], output_size=[10, 11])
    trans("one pixel", (1, 3, 1, 1), (3, 4, 4, 4))
    trans("larger than the image", (1, 2, 2, 2), (2, 1, 5, 5), paddings=[2, 2])
    for name, attrs in (
        ("3x3", {}),
        ("stride 2", {"strides": [2, 2], "paddings": [1, 1]}),
        ("4x4 stride 2", {"strides": [2, 2], "paddings": [1, 1]}),
        ("dilation", {"dilations": [2, 2]}),
        ("SAME", {"padding_algorithm": "SAME", "strides": [2, 2]}),
    ):
        k = 4 if "4x4" in name else 3
        trans(name, (1, 5, 4, 3), (5, 1, k, k), op="depthwise_conv2d_transpose", groups=5, **attrs)

    def api(name, **arguments):
        def build(b):
            import paddle

            x, w = b.put(X(1, 2, 4, 4)), b.put(W(2, 3, 3, 3))
            given = {k: (v(b) if callable(v) else v) for k, v in arguments.items()}
            return paddle.nn.functional.conv2d_transpose(x, w, stride=2, padding=1, **given)

        f.case("conv2d_transpose " + name, build, "2.6")

    api("output_size in one tensor", output_size=lambda b: b.put(C([8, 7])))
    api("output_size in a list of tensors", output_size=lambda b: [b.put(C([8])), b.put(C([7]))])
    api("output_size in a mixed list", output_size=lambda b: [8, b.put(C([7]))])

    def with_bias(op, x, w, n, shape, axis, act=None, **attrs):
        def build(b):
            attrs_ = dict({"strides": [1, 1], "paddings": [1, 1], "dilations": [1, 1], "groups": 1}, **attrs)
            y = b.op(op, {"Input": X(*x), "Filter": W(*w)}, attrs_, out="Output")
            y = b.op("elementwise_add", {"X": y, "Y": W(*shape)}, {"axis": axis})
            return b.op(act, {"X": y}, {}) if act else y

        f.case("%s, bias %s at %d, %s" % (op, list(shape), axis, act), build, "2.6")

    for shape, axis in (((4,), 1), ((1, 4, 1, 1), -1), ((4, 1, 1), -1), ((4, 1, 1), 1), ((1,), -1)):
        with_bias("conv2d", (1, 3, 4, 4), (4, 3, 3, 3), 4, shape, axis)
    for act in ("relu", "relu6", "hard_swish", "leaky_relu", "sigmoid", "tanh", "swish"):
        with_bias("conv2d", (1, 3, 4, 4), (4, 3, 3, 3), 4, (4,), 1, act)
    with_bias("depthwise_conv2d", (1, 6, 4, 4), (6, 1, 3, 3), 6, (6,), 1, "relu6", groups=6)
    with_bias("conv2d", (1, 4, 4, 4), (6, 2, 3, 3), 6, (6,), 1, "relu", groups=2)
    with_bias("conv2d_transpose", (1, 3, 4, 4), (3, 4, 3, 3), 4, (4,), 1, "relu", strides=[2, 2])
    with_bias("conv2d_transpose", (1, 4, 4, 4), (4, 3, 3, 3), 6, (6,), 1, "relu", groups=2)

    def conv_of(b, x, w, op="conv2d", **attrs):
        attrs = dict({"strides": [1, 1], "paddings": [1, 1], "dilations": [1, 1], "groups": 1}, **attrs)
        return b.op(op, {"Input": x, "Filter": w}, attrs, out="Output")

    def norm(b, y, n):
        inputs = {"X": y, "Scale": W(n), "Bias": W(n), "Mean": W(n), "Variance": W(n, low=0.5, high=2)}
        return b.op(
            "batch_norm", inputs, {"is_test": True, "epsilon": 1e-3}, out="Y", extra=["SavedMean", "SavedVariance"],
            shared={"MeanOut": "Mean", "VarianceOut": "Variance"},
        )

    for op, w, attrs in (
        ("conv2d", (5, 3, 3, 3), {}),
        ("conv2d", (6, 1, 3, 3), {"groups": 3}),
        ("depthwise_conv2d", (3, 1, 3, 3), {"groups": 3}),
        ("conv2d_transpose", (3, 4, 3, 3), {"strides": [2, 2]}),
        ("conv2d_transpose", (3, 2, 3, 3), {"groups": 3}),
        ("depthwise_conv2d_transpose", (3, 1, 3, 3), {"groups": 3}),
    ):
        n = w[1] * attrs.get("groups", 1) if "transpose" in op else w[0]
        f.case(
            "%s %s, batch_norm, relu" % (op, list(w)),
            lambda b: b.op("relu", {"X": norm(b, conv_of(b, X(1, 3, 5, 4), W(*w), op, **attrs), n)}),
        )
    f.case(
        "conv2d, residual, relu",
        lambda b: (lambda x: b.op("relu", {"X": b.op("elementwise_add", {"X": conv_of(b, x, W(3, 3, 3, 3)), "Y": x}, {"axis": -1})}))(
            b.put(X(1, 3, 4, 5))
        ),
    )
    f.case(
        "conv2d, conv2d, residual of another convolution",
        lambda b: (lambda x: b.op("elementwise_add", {"X": conv_of(b, x, W(4, 3, 3, 3)), "Y": conv_of(b, x, W(4, 3, 3, 3))}, {"axis": -1}))(
            b.put(X(1, 3, 4, 5))
        ),
    )
    f.case("conv2d, filter computed of a parameter", lambda b: conv_of(b, X(1, 2, 4, 4), b.op("scale", {"X": W(3, 2, 3, 3)}, {"scale": 0.5})))
    f.case("conv2d, filter from an input", lambda b: conv_of(b, X(1, 2, 4, 4), X(3, 2, 3, 3)))
    f.case("conv2d_transpose, filter from an input", lambda b: conv_of(b, X(1, 2, 4, 4), X(2, 3, 3, 3), "conv2d_transpose"))
    f.case(
        "conv2d, one filter for two",
        lambda b: (lambda w: conv_of(b, conv_of(b, X(1, 3, 4, 4), w), w))(b.put(W(3, 3, 3, 3))),
    )
    f.case(
        "conv2d, channels squeezed (SE block)",
        lambda b: (
            lambda y: b.op(
                "elementwise_mul",
                {
                    "X": y,
                    "Y": b.op(
                        "hard_sigmoid",
                        {"X": conv_of(b, b.op("pool2d", {"X": y}, {"pooling_type": "avg", "ksize": [1, 1], "adaptive": True}), W(4, 4, 1, 1), paddings=[0, 0])},
                    ),
                },
                {"axis": -1 if not OLD else 0},
            )
        )(conv_of(b, X(1, 3, 4, 4), W(4, 3, 3, 3))),
    )
