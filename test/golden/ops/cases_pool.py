"""Pooling."""

from make_ops import W, X


def add(f):
    def pool(name, x, only=None, types=("max", "avg"), declared=None, **attrs):
        for type in types:
            given = dict({"pooling_type": type, "ksize": [2, 2], "strides": [1, 1], "paddings": [0, 0]}, **attrs)
            f.one("%s %s" % (type, name), "pool2d", {"X": X(*x, declared=declared)}, given, only)

    pool("2x2", (1, 3, 4, 5))
    pool("2x2 stride 2", (2, 2, 6, 4), strides=[2, 2])
    pool("3x3 stride 2 pad", (1, 2, 7, 6), ksize=[3, 3], strides=[2, 2], paddings=[1, 1])
    pool("strides 2 1", (1, 2, 5, 4), ksize=[3, 2], strides=[2, 1], paddings=[1, 0])
    pool("1x3", (1, 2, 3, 5), ksize=[1, 3], paddings=[0, 1])
    pool("stride beyond the window", (1, 2, 7, 7), strides=[3, 3])
    pool("pads of four", (1, 2, 5, 6), ksize=[3, 3], paddings=[0, 1, 2, 1])
    pool("pads of four, stride 2", (1, 2, 6, 5), ksize=[3, 3], strides=[2, 2], paddings=[1, 0, 0, 2])
    pool("whole image", (1, 3, 3, 4), ksize=[3, 4])
    pool("open shape", (1, 3, 4, 4), declared=[-1, 3, -1, -1])
    for exclusive in (True, False):
        label = "exclusive" if exclusive else "inclusive"
        pool(label + " pad", (1, 2, 5, 5), types=("avg",), ksize=[3, 3], paddings=[1, 1], exclusive=exclusive)
        pool(label + " stride 2 pad", (1, 2, 6, 6), types=("avg",), ksize=[3, 3], strides=[2, 2], paddings=[1, 1], exclusive=exclusive)
        pool(label + " pads of four", (1, 2, 5, 6), types=("avg",), ksize=[3, 3], strides=[2, 1], paddings=[1, 2, 0, 1], exclusive=exclusive)
        pool(label + " ceil", (1, 2, 6, 7), types=("avg",), ksize=[3, 3], strides=[2, 2], paddings=[1, 1], ceil_mode=True, exclusive=exclusive)
        pool(label + " ceil, no pad", (1, 2, 6, 5), types=("avg",), ksize=[2, 2], strides=[2, 2], ceil_mode=True, exclusive=exclusive)
        pool(label + " ceil, pads of four", (1, 2, 6, 6), types=("avg",), ksize=[3, 3], strides=[2, 2], paddings=[0, 1, 1, 0], ceil_mode=True, exclusive=exclusive)
        pool(label + " SAME", (1, 2, 5, 6), types=("avg",), ksize=[3, 3], strides=[2, 2], padding_algorithm="SAME", exclusive=exclusive)
        pool(label + " global", (1, 2, 5, 6), types=("avg",), global_pooling=True, exclusive=exclusive)
        pool(label + " adaptive", (1, 2, 5, 7), types=("avg",), ksize=[2, 3], adaptive=True, exclusive=exclusive)
    for size in ((5, 5), (6, 7), (8, 8)):
        pool("ceil %d x %d" % size, (1, 2) + size, ksize=[3, 3], strides=[2, 2], ceil_mode=True)
        pool("ceil, pad, %d x %d" % size, (1, 2) + size, ksize=[3, 3], strides=[2, 2], paddings=[1, 1], ceil_mode=True)
    pool("ceil, 2x2 stride 3", (1, 2, 6, 6), ksize=[2, 2], strides=[3, 3], ceil_mode=True)
    pool("ceil, last window outside", (1, 1, 5, 5), ksize=[1, 1], strides=[3, 3], paddings=[0, 0], ceil_mode=True)
    pool("ceil, last window in the padding", (1, 1, 4, 4), ksize=[2, 2], strides=[3, 3], paddings=[1, 1], ceil_mode=True)
    pool("ceil, 3x3 stride 3 pad", (1, 1, 4, 6), ksize=[3, 3], strides=[3, 3], paddings=[1, 1], ceil_mode=True)
    pool("floor", (1, 2, 6, 7), ksize=[3, 3], strides=[2, 2], ceil_mode=False)
    for s in (1, 2, 3):
        pool("SAME stride %d" % s, (1, 2, 5, 6), ksize=[3, 3], strides=[s, s], padding_algorithm="SAME")
    pool("SAME even window", (1, 2, 5, 6), ksize=[2, 4], strides=[2, 1], padding_algorithm="SAME")
    pool("SAME overrides pads", (1, 2, 5, 6), ksize=[3, 3], paddings=[1, 1], padding_algorithm="SAME")
    pool("SAME ceil", (1, 2, 5, 6), ksize=[3, 3], strides=[2, 2], ceil_mode=True, padding_algorithm="SAME")
    pool("VALID", (1, 2, 5, 6), ksize=[3, 2], paddings=[1, 1], padding_algorithm="VALID")
    pool("VALID stride 2", (1, 2, 6, 6), ksize=[3, 3], strides=[2, 2], padding_algorithm="VALID")
    pool("global", (2, 3, 4, 5), global_pooling=True)
    pool("global, other attributes", (1, 3, 4, 5), global_pooling=True, ksize=[3, 3], strides=[2, 2], paddings=[1, 1])
    pool("global SAME", (1, 3, 4, 5), global_pooling=True, padding_algorithm="SAME", strides=[2, 2])
    pool("global ceil", (1, 3, 4, 5), global_pooling=True, ceil_mode=True)
    pool("global and adaptive", (1, 3, 4, 5), types=("avg",), global_pooling=True, adaptive=True, ksize=[2, 2])
    pool("global of one pixel", (1, 3, 1, 1), global_pooling=True)
    # Adaptive max pooling is max_pool2d_with_index: pool2d ignores the attribute then.
    pool("adaptive", (1, 2, 7, 9), types=("max",), ksize=[3, 4], adaptive=True)

    def adaptive(name, x, **attrs):
        pool(name, x, types=("avg",), adaptive=True, **attrs)
        f.one(name, "max_pool2d_with_index", {"X": X(*x)}, dict({"paddings": [0, 0]}, adaptive=True, **attrs), extra=["Mask"])

    for out in ([1, 1], [2, 2], [3, 4], [4, 6], [7, 9], [1, 3], [9, 8]):
        adaptive("adaptive %s" % out, (1, 2, 7, 9), ksize=out)
    adaptive("adaptive, 7 to 4", (2, 1, 7, 7), ksize=[4, 4])
    adaptive("adaptive, strides set", (1, 2, 7, 9), ksize=[3, 4], strides=[2, 2])
    pool("adaptive, pads and strides set", (1, 2, 7, 9), types=("avg",), ksize=[3, 4], adaptive=True, paddings=[1, 1], strides=[2, 2])
    for name, attrs in (("windows", {"ksize": [3, 2], "strides": [2, 1], "paddings": [1, 0]}), ("global", {"ksize": [2, 2], "global_pooling": True})):
        f.one(name, "max_pool2d_with_index", {"X": X(1, 2, 7, 6)}, attrs, extra=["Mask"])
    pool("NHWC", (1, 5, 4, 3), ksize=[3, 3], strides=[2, 2], paddings=[1, 1], data_format="NHWC")
    pool("NHWC pads of four", (1, 5, 4, 3), ksize=[3, 3], paddings=[0, 1, 1, 0], data_format="NHWC")
    pool("NHWC adaptive", (1, 5, 4, 3), types=("avg",), ksize=[2, 3], adaptive=True, data_format="NHWC")
    pool("NHWC global", (2, 5, 4, 3), global_pooling=True, data_format="NHWC")
    pool("NHWC SAME", (1, 5, 4, 3), ksize=[3, 3], strides=[2, 2], padding_algorithm="SAME", data_format="NHWC")
    pool("5 channels", (1, 5, 5, 5), ksize=[3, 3], paddings=[1, 1])
    pool("all negative", (1, 2, 4, 4), ksize=[3, 3], paddings=[1, 1])
    f.one("least attributes", "pool2d", {"X": X(1, 2, 3, 3)}, {"pooling_type": "max", "ksize": [2, 2]})
    f.case(
        "pool2d of an image",
        lambda b: b.op(
            "pool2d", {"X": b.op("conv2d", {"Input": X(1, 2, 6, 5), "Filter": W(5, 2, 1, 1)}, {}, out="Output")},
            {"pooling_type": "avg", "ksize": [3, 3], "paddings": [1, 1], "strides": [2, 2]},
        ),
    )

