"""Elementwise functions of one tensor, prelu, scale, clip."""

from make_ops import C, W, X


def add(f):
    def act(name, type, attrs=None, low=-4, high=4, shape=(2, 3, 5), only=None, **more):
        f.one(name, type, dict({"X": X(*shape, low=low, high=high)}, **more), attrs, only)

    shapes = [(7,), (2, 9), (2, 3, 5), (1, 4, 3, 2), (1, 2, 1, 3, 4)]
    for type in ("relu", "relu6", "leaky_relu", "sigmoid", "tanh", "hard_swish", "hard_sigmoid", "swish", "gelu", "exp", "abs", "square", "floor", "softplus", "mish"):
        act("", type)
    for type in ("log", "sqrt", "rsqrt", "reciprocal"):
        act("", type, low=0.05, high=9)
    act("", "silu", only="2.6")
    for shape in shapes:
        for type in ("relu", "sigmoid"):
            act("rank %d" % len(shape), type, shape=shape)
    for type in ("relu", "tanh", "exp"):
        act("rank 0", type, shape=(), only="2.6")
    act("large", "tanh", low=-50, high=50)
    act("large", "sigmoid", low=-99, high=99)
    act("large", "swish", low=-99, high=99)
    act("large", "gelu", low=-30, high=30)
    act("large", "softplus", low=-90, high=90)
    act("large", "mish", low=-60, high=60)
    act("large", "exp", low=-60, high=60)
    act("near 0", "tanh", low=-1e-3, high=1e-3)
    act("near 0", "gelu", low=-1e-3, high=1e-3)
    act("huge", "sqrt", low=0, high=1e20)
    act("threshold 6", "relu6", {"threshold": 6.0}, low=-9, high=9)
    # Paddle 2.6 ignores the threshold of relu6, the attributes of hard_swish and the beta of swish; nothing it exports sets them.
    act("threshold 3", "relu6", {"threshold": 3.0}, low=-9, high=9, only="1.8")
    for alpha in (0.0, 0.1, 0.5, 1.0, 2.0, -0.3):
        act("alpha %s" % alpha, "leaky_relu", {"alpha": alpha})
    for t in ((0.0, 24.0), (-1.0, 2.0), (1.0, 3.0)):
        act("%s to %s" % t, "brelu", {"t_min": t[0], "t_max": t[1]})
    act("defaults", "brelu", low=-9, high=40)
    act("slope and offset", "hard_sigmoid", {"slope": 0.1666667, "offset": 0.5})
    act("steep", "hard_sigmoid", {"slope": 1.0, "offset": 0.2})
    act("slope only", "hard_sigmoid", {"slope": 0.5})
    act("offset only", "hard_sigmoid", {"offset": 0.1})
    act("attributes", "hard_swish", {"threshold": 6.0, "scale": 6.0, "offset": 3.0})
    for name, attrs in (("threshold", {"threshold": 4.0}), ("scale", {"scale": 4.0}), ("offset", {"offset": 1.0}), ("all", {"threshold": 5.0, "scale": 3.0, "offset": 2.0})):
        act("other " + name, "hard_swish", attrs, only="1.8")
    for beta in (1.0, 0.5, 1.702, -1.0):
        act("beta %s" % beta, "swish", {"beta": beta}, only=None if beta == 1 else "1.8")
    act("approximate", "gelu", {"approximate": True})
    act("not approximate", "gelu", {"approximate": False})
    act("large, approximate", "gelu", {"approximate": True}, low=-30, high=30)
    for beta, threshold in ((1.0, 20.0), (2.0, 20.0), (0.5, 1.0), (3.0, 2.0)):
        act("beta %s, threshold %s" % (beta, threshold), "softplus", {"beta": beta, "threshold": threshold}, only="2.6")
    act("threshold", "mish", {"threshold": 2.0})
    for factor in (2.0, 3.0, 1.0, 0.0, -1.0, -2.0):
        act("factor %s" % factor, "pow", {"factor": factor})
    for factor in (0.5, 1.7, -0.5):
        act("factor %s" % factor, "pow", {"factor": factor}, low=0.1)
    act("no attributes", "pow")
    act("FactorTensor", "pow", FactorTensor=C([3.0], "float32"))
    act("FactorTensor beats factor", "pow", {"factor": 2.0}, low=0.1, FactorTensor=C([0.5], "float32"))
    act("FactorTensor is a parameter", "pow", low=0.1, FactorTensor=W(1, low=1, high=2))
    act("FactorTensor is an input", "pow", low=0.1, FactorTensor=X(1, low=1, high=2))
    for low, high in ((-1.0, 1.0), (0.0, 2.5), (-3.0, -1.0), (0.0, 0.0)):
        act("%s to %s" % (low, high), "clip", {"min": low, "max": high})
    act("infinite", "clip", {"min": -3.4028234663852886e38, "max": 1.0})
    act("Min and Max", "clip", {"min": 0.0, "max": 0.0}, Min=C([-0.5], "float32"), Max=C([1.5], "float32"))
    act("Min only", "clip", {"min": 0.0, "max": 1.25}, Min=C([-0.5], "float32"))
    act("Max only", "clip", {"min": -0.25, "max": 0.0}, Max=C([1.5], "float32"))
    act("Min is a parameter", "clip", {"min": 0.0, "max": 2.0}, Min=W(1, low=-1, high=0))
    act("Min is an input", "clip", {"min": 0.0, "max": 2.0}, Min=X(1, low=-1, high=0))
    for dtype in ("int32", "int64"):
        for type in ("relu", "abs", "square", "pow", "clip"):
            attrs = {"pow": {"factor": 2.0}, "clip": {"min": -3.0, "max": 4.0}}.get(type)
            f.one(dtype, type, {"X": X(2, 7, dtype=dtype, low=-9, high=9)}, attrs)
    f.one("float64", "tanh", {"X": X(2, 7, dtype="float64")})

    scales = [("plain", {"scale": 2.0}), ("bias after", {"scale": 2.0, "bias": 0.75}), ("bias before", {"scale": 2.0, "bias": 0.75, "bias_after_scale": False}),
              ("bias only", {"bias": -1.5}), ("bias only, before", {"bias": -1.5, "bias_after_scale": False}), ("nothing", {}), ("zero", {"scale": 0.0, "bias": 3.0}),
              ("negative", {"scale": -0.37, "bias": 0.11, "bias_after_scale": False})]
    for name, attrs in scales:
        act(name, "scale", attrs)
    for shape in shapes:
        act("rank %d" % len(shape), "scale", {"scale": 3.0, "bias": 1.0}, shape=shape)
    act("rank 0", "scale", {"scale": 3.0, "bias": 1.0}, shape=(), only="2.6")
    for after in (True, False):
        act("ScaleTensor, bias %s" % ("after" if after else "before"), "scale", {"bias": 0.5, "bias_after_scale": after}, ScaleTensor=C([1.5], "float32"))
    act("ScaleTensor is a parameter", "scale", {"scale": 9.0}, ScaleTensor=W(1))
    act("ScaleTensor is an input", "scale", {"bias": 0.5}, ScaleTensor=X(1))
    for dtype in ("int32", "int64"):
        for name, attrs in (("plain", {"scale": 3.0}), ("bias", {"scale": 3.0, "bias": -4.0}), ("bias before", {"scale": 3.0, "bias": 2.0, "bias_after_scale": False}), ("bias only", {"bias": 1.0}), ("fraction", {"scale": 0.5}), ("nothing", {})):
            f.one(dtype + " " + name, "scale", {"X": X(2, 5, dtype=dtype, low=-20, high=20)}, attrs)

    def prelu(name, mode, x, alpha, only=None, **attrs):
        f.one(name, "prelu", {"X": X(*x), "Alpha": W(*alpha)}, dict({"mode": mode}, **attrs), only)

    for x in ((2, 6), (2, 3, 4), (2, 3, 2, 4), (1, 3, 2, 2, 2)):
        n = len(x)
        prelu("all rank %d" % n, "all", x, (1,))
        prelu("channel rank %d" % n, "channel", x, (x[1],))
        prelu("channel rank %d, alpha of rank %d" % (n, n), "channel", x, (1, x[1]) + (1,) * (n - 2))
        prelu("element rank %d" % n, "element", x, (1,) + x[1:])
    prelu("element without a batch", "element", (2, 3, 4), (3, 4))
    prelu("all, alpha of rank 4", "all", (2, 3, 4, 2), (1, 1, 1, 1))
    prelu("all rank 1", "all", (6,), (1,))
    prelu("channel NHWC", "channel", (2, 3, 4, 5), (5,), "2.6", data_format="NHWC")
    prelu("channel NHWC rank 3", "channel", (2, 3, 5), (5,), "2.6", data_format="NHWC")
    prelu("all NHWC", "all", (2, 3, 4, 5), (1,), "2.6", data_format="NHWC")
    prelu("element NHWC", "element", (2, 3, 4, 5), (1, 3, 4, 5), "2.6", data_format="NHWC")
    prelu("channel NCHW", "channel", (2, 3, 4, 5), (3,), "2.6", data_format="NCHW")
    f.one("no attributes", "prelu", {"X": X(2, 3, 4), "Alpha": W(1)}, {})
    f.one("alpha is an input", "prelu", {"X": X(2, 3, 4), "Alpha": X(3)}, {"mode": "channel"})

    def image(b):
        return b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(3, 2, 1, 1)}, {}, out="Output")

    for type, attrs in (("prelu", {"mode": "all"}), ("prelu", {"mode": "channel"}), ("prelu", {"mode": "element"}), ("hard_swish", {}), ("mish", {}), ("swish", {"beta": 1.0}), ("pow", {"factor": 2.0}), ("scale", {"scale": 0.5, "bias": 0.5}), ("clip", {"min": -0.1, "max": 0.2}), ("gelu", {}), ("exp", {}), ("abs", {})):
        alpha = {"all": W(1), "channel": W(3), "element": W(1, 3, 4, 3)}.get(attrs.get("mode"))
        f.case(
            "%s %s of an image" % (type, attrs.get("mode", "")),
            lambda b: b.op(type, dict({"X": image(b)}, **({"Alpha": alpha} if alpha else {})), attrs),
        )
    for first, second in (("relu", "scale"), ("scale", "relu"), ("relu", "sigmoid"), ("scale", "scale"), ("tanh", "abs"), ("relu6", "relu")):
        attrs = lambda t: {"scale": 2.0, "bias": -0.5} if t == "scale" else {}
        f.case("%s, %s" % (first, second), lambda b: b.op(second, {"X": b.op(first, {"X": X(2, 5, low=-4, high=4)}, attrs(first))}, attrs(second)))
