"""Chains as exporters write them: shape arithmetic that must be gone after compilation, and others."""

from make_ops import C, Builder, W, X

KEEP = {"extra": ["XShape"]}


def image(b, channels=3):
    return b.op("conv2d", {"Input": X(2, 2, 4, 3), "Filter": W(channels, 2, 1, 1)}, {}, out="Output")


def add(f):
    def shape(b, x):
        return b.op("shape", {"Input": x}, {}, dtype="int32")

    def dim(b, x, i, decrease=True):
        attrs = {"axes": [0], "starts": [i], "ends": [i + 1]}
        if decrease:
            attrs["decrease_axis"] = [0]
        return b.op("slice", {"Input": shape(b, x)}, attrs, dtype="int32")

    def const(b, value, dtype="int32"):
        return b.op("fill_constant", {}, {"shape": [1], "dtype": Builder.code(dtype), "value": float(value), "str_value": str(value)}, dtype=dtype)

    f.case("shape, slice, reshape2 by ShapeTensor", lambda b: (lambda x: b.op("reshape2", {"X": x, "ShapeTensor": [dim(b, x, 0), const(b, -1)]}, {"shape": [-1, -1]}, **KEEP))(image(b)))
    f.case("shape, slice without decrease, reshape2", lambda b: (lambda x: b.op("reshape2", {"X": x, "ShapeTensor": [dim(b, x, 0, False), const(b, -1)]}, {"shape": [-1, -1]}, **KEEP))(image(b)))
    f.case(
        "shape, slice, concat, reshape2 by Shape",
        lambda b: (lambda x: b.op("reshape2", {"X": x, "Shape": b.op("concat", {"X": [b.op("slice", {"Input": shape(b, x)}, {"axes": [0], "starts": [0], "ends": [2]}, dtype="int32"), const(b, -1)]}, {"axis": 0}, dtype="int32")}, {"shape": []}, **KEEP))(image(b)),
    )
    f.case(
        "shape, slices, elementwise_mul, stack, reshape2",
        lambda b: (lambda x: b.op("reshape2", {"X": x, "Shape": b.op("stack", {"X": [dim(b, x, 0, False), b.op("elementwise_mul", {"X": dim(b, x, 1, False), "Y": dim(b, x, 2, False)}, {"axis": -1}, dtype="int32"), dim(b, x, 3, False)]}, {"axis": 0}, out="Y", dtype="int32")}, {"shape": []}, **KEEP))(image(b)),
    )
    f.case(
        "shape, cast, scale, cast, reshape2",
        lambda b: (lambda x: b.op("reshape2", {"X": x, "ShapeTensor": [b.op("cast", {"X": b.op("scale", {"X": b.op("cast", {"X": dim(b, x, 0, False)}, {"in_dtype": 2, "out_dtype": 3}, dtype="int64")}, {"scale": 2.0})}, {"in_dtype": 3, "out_dtype": 2}, dtype="int32"), const(b, -1)]}, {"shape": [-1, -1]}, **KEEP))(b.put(X(2, 6))),
    )
    f.case(
        "shape, floordiv, expand",
        lambda b: (lambda x: b.op("expand", {"X": X(1, 3), "expand_times_tensor": [b.op("elementwise_floordiv", {"X": dim(b, x, 1, False), "Y": const(b, 2)}, {"axis": -1}, dtype="int32"), const(b, 1)]}, {"expand_times": [-1, -1]}))(b.put(X(2, 4))),
    )
    f.case(
        "shape, slice, doubled, bilinear_interp",
        lambda b: (lambda x: b.op("bilinear_interp", {"X": x, "OutSize": b.op("scale", {"X": b.op("slice", {"Input": shape(b, x)}, {"axes": [0], "starts": [2], "ends": [4]}, dtype="int32")}, {"scale": 2.0})}, {"interp_method": "bilinear", "align_corners": False, "align_mode": 1, "out_h": -1, "out_w": -1}))(image(b)),
    )
    f.case("shape, fill_constant by ShapeTensor", lambda b: (lambda x: b.op("elementwise_add", {"X": x, "Y": b.op("fill_constant", {"ShapeTensor": shape(b, x)}, {"shape": [], "dtype": 5, "value": 0.5})}, {"axis": -1}))(image(b)))
    f.case("shape, slice, fetched", lambda b: dim(b, image(b), 1, False))
    f.case("shape, reduce_prod, reshape2", lambda b: (lambda x: b.op("reshape2", {"X": x, "Shape": b.op("reduce_prod", {"X": shape(b, x)}, {"dim": [0], "keep_dim": True}, dtype="int32")}, {"shape": []}, **KEEP))(b.put(X(2, 3))))
    f.case("shape, gather, reshape2", lambda b: (lambda x: b.op("reshape2", {"X": x, "Shape": b.op("gather", {"X": shape(b, x), "Index": C([1, 0])}, {}, dtype="int32")}, {"shape": []}, **KEEP))(b.put(X(2, 3))))
    f.case("shape, strided_slice, reshape2", lambda b: (lambda x: b.op("reshape2", {"X": x, "Shape": b.op("strided_slice", {"Input": shape(b, x)}, {"axes": [0], "starts": [2], "ends": [-1], "strides": [-1], "infer_flags": [1]}, dtype="int32")}, {"shape": []}, **KEEP))(b.put(X(2, 3, 4))))
    f.case("shape, split, concat, reshape2", lambda b: (lambda x, s: b.op("reshape2", {"X": x, "Shape": b.op("concat", {"X": [s[2], s[0], s[1]]}, {"axis": 0}, dtype="int32")}, {"shape": []}, **KEEP))(*(lambda x: (x, b.op("split", {"X": shape(b, x)}, {"num": 3, "axis": 0, "sections": []}, count=3, dtype="int32")))(b.put(X(2, 3, 4)))))
    f.case("shape, unsqueeze2, squeeze2, reshape2", lambda b: (lambda x: b.op("reshape2", {"X": x, "Shape": b.op("squeeze2", {"X": b.op("unsqueeze2", {"X": shape(b, x)}, {"axes": [0]}, dtype="int32", **KEEP)}, {"axes": [0]}, dtype="int32", **KEEP)}, {"shape": []}, **KEEP))(b.put(X(2, 3))))
    f.case("shape, elementwise_max, expand_v2", lambda b: (lambda x: b.op("expand_v2", {"X": x, "Shape": b.op("elementwise_max", {"X": shape(b, x), "Y": C([3, 2])}, {"axis": -1}, dtype="int32")}, {"shape": []}))(b.put(X(1, 4))), "2.6")
    f.case("reshape2 by values of an input", lambda b: b.op("reshape2", {"X": X(9), "Shape": X(2, dtype="int32", low=3, high=4)}, {"shape": []}, **KEEP))

    def attention(b):
        x = b.put(X(2, 3, 8))
        heads = []
        for _ in range(3):
            y = b.op("elementwise_add", {"X": b.op("matmul", {"X": x, "Y": W(8, 8)}, {}), "Y": W(8)}, {"axis": 2})
            heads.append(b.op("transpose2", {"X": b.op("reshape2", {"X": y}, {"shape": [0, 0, 2, 4]}, **KEEP)}, {"axis": [0, 2, 1, 3]}, **KEEP))
        q, k, v = heads
        weights = b.op("softmax", {"X": b.op("matmul", {"X": b.op("scale", {"X": q}, {"scale": 0.5}), "Y": k}, {"transpose_Y": True})}, {"axis": -1})
        weights = b.op("dropout", {"X": weights}, {"is_test": True, "dropout_prob": 0.1, "dropout_implementation": "upscale_in_train"}, extra=["Mask"])
        y = b.op("transpose2", {"X": b.op("matmul", {"X": weights, "Y": v}, {})}, {"axis": [0, 2, 1, 3]}, **KEEP)
        y = b.op("matmul", {"X": b.op("reshape2", {"X": y}, {"shape": [0, 0, 8]}, **KEEP), "Y": W(8, 8)}, {})
        return b.op("layer_norm", {"X": b.op("elementwise_add", {"X": x, "Y": y}, {"axis": -1}), "Scale": W(8), "Bias": W(8)}, {"begin_norm_axis": 2}, out="Y", extra=["Mean", "Variance"])

    f.case("self-attention", attention)

    def squeeze_excite(b):
        x = image(b, 4)
        y = b.op("pool2d", {"X": x}, {"pooling_type": "avg", "ksize": [1, 1], "global_pooling": True})
        y = b.op("relu", {"X": b.op("mul", {"X": b.op("flatten2", {"X": y}, {"axis": 1}, **KEEP), "Y": W(4, 2)}, {})})
        y = b.op("sigmoid", {"X": b.op("mul", {"X": y, "Y": W(2, 4)}, {})})
        return b.op("elementwise_mul", {"X": x, "Y": y}, {"axis": 0})

    f.case("squeeze and excite, axis 0", squeeze_excite)

    def shuffle(b):
        x = image(b, 6)
        y = b.op("reshape2", {"X": x}, {"shape": [-1, 2, 3, 4, 3]}, **KEEP)
        y = b.op("transpose2", {"X": y}, {"axis": [0, 2, 1, 3, 4]}, **KEEP)
        y = b.op("reshape2", {"X": y}, {"shape": [-1, 6, 4, 3]}, **KEEP)
        a, c = b.op("split", {"X": y}, {"num": 2, "axis": 1, "sections": []}, count=2)
        c = b.op("conv2d", {"Input": c, "Filter": W(3, 3, 3, 3)}, {"paddings": [1, 1]}, out="Output")
        return b.op("concat", {"X": [a, b.op("relu", {"X": c})]}, {"axis": 1})

    f.case("channel shuffle", shuffle)

    def head(b):
        x = image(b, 6)
        y = b.op("transpose2", {"X": x}, {"axis": [0, 2, 3, 1]}, **KEEP)
        y = b.op("reshape2", {"X": y}, {"shape": [0, -1, 3]}, **KEEP)
        return [b.op("softmax", {"X": y}, {"axis": -1}), b.op("reduce_max", {"X": y}, {"dim": [1]}), b.op("arg_max", {"X": y}, {"axis": -1, "dtype": 3}, dtype="int64")]

    f.case("detection head, three outputs", head)
    f.case("an input fetched", lambda b: (lambda x: [b.op("relu", {"X": x}), x])(b.put(X(2, 3))))
    f.case("one value fetched twice", lambda b: (lambda y: [y, y])(b.op("relu", {"X": X(2, 3)})))
    f.case("a value between fetched", lambda b: (lambda y: [y, b.op("relu", {"X": y})])(image(b)))
    f.case("dead branch", lambda b: (lambda x: (b.op("log", {"X": x}), b.op("relu", {"X": x}))[1])(b.put(X(2, 3))))

    def layers(b):
        x = image(b, 4)
        for _ in range(2):
            y = b.op("depthwise_conv2d", {"Input": x, "Filter": W(4, 1, 3, 3)}, {"paddings": [1, 1], "groups": 4}, out="Output")
            y = b.op("relu6", {"X": y})
            y = b.op("conv2d", {"Input": y, "Filter": W(4, 4, 1, 1)}, {}, out="Output")
            x = b.op("elementwise_add", {"X": x, "Y": y}, {"axis": -1})
        x = b.op("pool2d", {"X": x}, {"pooling_type": "max", "ksize": [2, 2], "strides": [2, 2]})
        return b.op("softmax", {"X": b.op("mul", {"X": x, "Y": W(8, 3)}, {"x_num_col_dims": 1})})

    f.case("small network", layers)
    f.case("in place", inplace)


def inplace(b):
    """An operator that writes the variable it reads."""
    x = b.put(X(2, 3))
    y = b.op("scale", {"X": x}, {"scale": 2.0})
    b.block.append_op(type="relu", inputs={"X": [y]}, outputs={"Out": [y]}, attrs={})
    b.block.append_op(type="elementwise_add", inputs={"X": [y], "Y": [x]}, outputs={"Out": [y]}, attrs={"axis": -1})
    return b.op("tanh", {"X": y})
