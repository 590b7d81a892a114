"""Joining, cutting, looking up, converting, constants."""

from make_ops import C, Builder, W, X


def image(b, channels=3):
    return b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(channels, 2, 1, 1)}, {}, out="Output")


def add(f):
    def cat(name, shapes, axis, dtype="float32", only=None, **more):
        inputs = {"X": [X(*s, dtype=dtype, low=-9, high=9) for s in shapes]}
        f.one(name, "concat", dict(inputs, **more), {"axis": axis}, only)

    cat("rank 1", [(2,), (3,)], 0)
    cat("rows", [(2, 3), (1, 3)], 0)
    cat("columns", [(2, 3), (2, 1)], 1)
    cat("negative", [(2, 3), (2, 2)], -1)
    cat("negative -2", [(2, 3), (1, 3)], -2)
    cat("three", [(1, 2, 3), (1, 1, 3), (1, 4, 3)], 1)
    cat("channels", [(1, 2, 3, 2), (1, 3, 3, 2)], 1)
    cat("width", [(1, 2, 3, 2), (1, 2, 3, 1)], 3)
    cat("rank 5", [(1, 2, 1, 2, 2), (1, 2, 3, 2, 2)], 2)
    cat("alone", [(2, 3)], 0)
    cat("int64", [(2,), (3,)], 0, "int64")
    cat("int32", [(2, 2), (2, 1)], 1, "int32")
    cat("AxisTensor", [(2, 3), (2, 1)], 0, AxisTensor=C([1]))
    cat("AxisTensor, negative", [(2, 3), (2, 1)], 0, AxisTensor=C([-1]))
    f.case("concat of a tensor and itself", lambda b: (lambda x: b.op("concat", {"X": [x, x]}, {"axis": 1}))(b.put(X(2, 3))))
    f.one("of a parameter and an input", "concat", {"X": [W(1, 3), X(2, 3)]}, {"axis": 0})
    for axis in (0, 1, 2, 3):
        f.case("concat of images along %d" % axis, lambda b: b.op("concat", {"X": [image(b), image(b)]}, {"axis": axis}))
    f.case("concat of an image and an input", lambda b: b.op("concat", {"X": [image(b), X(1, 2, 4, 3)]}, {"axis": 1}))
    f.case(
        "concat of images, conv2d",
        lambda b: b.op("conv2d", {"Input": b.op("concat", {"X": [image(b), image(b, 5)]}, {"axis": 1}), "Filter": W(2, 8, 3, 3)}, {"paddings": [1, 1]}, out="Output"),
    )

    for shape, axis in (((4,), 0), ((4,), 1), ((4,), -1), ((2, 3), 0), ((2, 3), 1), ((2, 3), 2), ((2, 3), -1), ((2, 3), -3), ((1, 2, 3, 2), 2)):
        f.one("%s at %d" % (list(shape), axis), "stack", {"X": [X(*shape), X(*shape), X(*shape)]}, {"axis": axis}, out="Y")
    f.one("alone", "stack", {"X": [X(2, 3)]}, {"axis": 0}, out="Y")
    f.one("int64", "stack", {"X": [X(3, dtype="int64", low=0, high=9), X(3, dtype="int64", low=0, high=9)]}, {"axis": 1}, out="Y")
    f.one("rank 0", "stack", {"X": [X(), X()]}, {"axis": 0}, "2.6", out="Y")

    def split(name, x, n, only=None, more={}, **attrs):
        f.one(name, "split", dict({"X": X(*x)}, **more), attrs, only, count=n)

    split("num", (2, 6), 3, num=3, axis=1, sections=[])
    split("num of the first axis", (4, 3), 2, num=2, axis=0)
    split("sections", (2, 6), 3, sections=[1, 2, 3], axis=1, num=0)
    split("sections with -1", (2, 6), 3, sections=[1, -1, 3], axis=1, num=0)
    split("sections, -1 last", (6, 2), 2, sections=[2, -1], axis=0, num=0)
    split("channels", (1, 4, 2, 3), 2, num=2, axis=1)
    split("rank 1", (6,), 2, num=2, axis=0)
    split("rank 5", (1, 2, 4, 1, 2), 4, num=4, axis=2)
    split("no axis", (4, 2), 2, num=2)
    split("AxisTensor", (2, 6), 2, None, {"AxisTensor": C([1])}, num=2, axis=0)
    split("SectionsTensorList", (2, 6), 2, None, {"SectionsTensorList": [C([2]), C([4])]}, sections=[-1, -1], axis=1, num=0)
    f.case("split of an image", lambda b: b.op("split", {"X": image(b, 6)}, {"num": 3, "axis": 1, "sections": []}, count=3))
    f.case("split, one part used", lambda b: b.op("relu", {"X": b.op("split", {"X": X(2, 6)}, {"num": 3, "axis": 1, "sections": []}, count=3)[1]}))
    for shape, axis in (((3,), 0), ((3, 2), 0), ((2, 3), 1), ((2, 3), -1), ((2, 3, 2), 1)):
        f.one("%s at %d" % (list(shape), axis), "unstack", {"X": X(*shape)}, {"axis": axis, "num": shape[axis]}, out="Y", count=shape[axis])

    def cut(name, x, axes, starts, ends, dtype="float32", only=None, more={}, **attrs):
        f.one(name, "slice", dict({"Input": X(*x, dtype=dtype, low=-9, high=9)}, **more), dict({"axes": axes, "starts": starts, "ends": ends}, **attrs), only)

    cut("plain", (4, 5), [0, 1], [1, 2], [3, 4])
    cut("one axis", (4, 5), [1], [1], [4])
    cut("negative start", (4, 5), [0], [-3], [4])
    cut("negative end", (4, 5), [1], [0], [-1])
    cut("both negative", (4, 5), [0, 1], [-3, -4], [-1, -2])
    cut("end beyond", (4, 5), [0, 1], [1, 3], [100, 1000])
    cut("end beyond, int32 maximum", (4, 5), [0], [2], [2147483647])
    cut("start before", (4, 5), [0], [-100], [3])
    cut("axes out of order", (3, 4, 5), [2, 0], [1, 1], [4, 3])
    cut("whole", (3, 4), [0], [0], [3])
    cut("decrease", (3, 4), [0], [1], [2], decrease_axis=[0])
    cut("decrease last", (3, 4), [1], [-1], [4], decrease_axis=[1])
    cut("decrease two", (3, 4, 5), [0, 2], [1, 2], [2, 3], decrease_axis=[0, 2])
    cut("decrease all", (3, 4), [0, 1], [1, 2], [2, 3], decrease_axis=[0, 1])
    cut("decrease the only axis", (5,), [0], [3], [4], decrease_axis=[0])
    cut("decrease one of two", (3, 4, 5), [0, 1], [1, 1], [2, 3], decrease_axis=[0])
    cut("image", (1, 3, 4, 5), [2, 3], [1, 1], [3, 4])
    cut("rank 5", (1, 2, 3, 2, 4), [2, 4], [1, 0], [3, 2])
    cut("int64", (6,), [0], [1], [4], "int64")
    f.one("bool", "slice", {"Input": X(2, 6, dtype="bool", low=0, high=2)}, {"axes": [1], "starts": [1], "ends": [4]})
    cut("StartsTensor", (4, 5), [0, 1], [-1, -1], [3, 4], more={"StartsTensor": C([1, 2])})
    cut("EndsTensor", (4, 5), [0, 1], [1, 2], [-1, -1], more={"EndsTensor": C([3, 5])})
    cut("StartsTensorList", (4, 5), [0, 1], [-1, -1], [3, 4], more={"StartsTensorList": [C([1]), C([2])]})
    cut("EndsTensorList", (4, 5), [0], [1], [-1], more={"EndsTensorList": [C([3])]})
    cut("EndsTensor, decrease", (4, 5), [0], [1], [-1], more={"EndsTensor": C([2])}, decrease_axis=[0], infer_flags=[-1])
    for axes, starts, ends in (([1], [1], [3]), ([2, 3], [1, 0], [3, 2]), ([0], [0], [1])):
        f.case("slice of an image along %s" % axes, lambda b: b.op("slice", {"Input": image(b)}, {"axes": axes, "starts": starts, "ends": ends}))
        f.case("slice of an image along %s, decrease" % axes, lambda b: b.op("slice", {"Input": image(b)}, {"axes": axes, "starts": starts, "ends": [s + 1 for s in starts], "decrease_axis": axes}))

    def stride(name, x, axes, starts, ends, strides, dtype="float32", more={}, **attrs):
        given = dict({"axes": axes, "starts": starts, "ends": ends, "strides": strides, "infer_flags": [1] * len(axes)}, **attrs)
        f.one(name, "strided_slice", dict({"Input": X(*x, dtype=dtype, low=-9, high=9)}, **more), given)

    stride("by 1", (4, 5), [0, 1], [1, 0], [3, 4], [1, 1])
    stride("by 2", (6, 5), [0, 1], [0, 1], [6, 5], [2, 2])
    stride("by 3, uneven", (7, 5), [0], [1], [7], [3])
    stride("end beyond", (5, 4), [0], [1], [99], [2])
    stride("negative indices", (6, 4), [0], [-5], [-1], [2])
    stride("backwards", (5, 4), [0], [4], [0], [-1])
    stride("backwards by 2", (6, 4), [0], [5], [0], [-2])
    stride("backwards, past the first", (5, 4), [0], [4], [-6], [-1])
    stride("backwards, far past the first", (5, 4), [0], [4], [-100], [-1])
    stride("backwards, to None", (5, 4), [0], [4], [-1], [-1])
    stride("backwards from the last, to None", (5, 4), [0], [2147483647], [-1], [-1])
    stride("backwards by 2, to None", (5, 4), [0], [4], [-1], [-2])
    stride("backwards by 2, uneven, to None", (6, 3), [0], [-1], [-1], [-2])
    stride("backwards by 2, past the first", (6, 3), [0], [-1], [-7], [-2])
    stride("backwards by 3, uneven", (7, 2), [0], [6], [0], [-3])
    stride("backwards by 4, uneven", (9, 2), [0], [8], [1], [-4])
    stride("backwards from beyond", (5, 4), [0], [10], [1], [-1])
    stride("backwards, negative indices", (6, 4), [0], [-1], [-4], [-1])
    stride("both directions", (5, 6), [0, 1], [4, 0], [1, 6], [-1, 2])
    stride("start before", (5, 4), [0], [-100], [3], [1])
    stride("image", (1, 3, 4, 6), [2, 3], [0, 0], [4, 6], [2, 2])
    stride("rank 5", (1, 2, 4, 2, 3), [2, 4], [0, 2], [4, 0], [3, -1])
    stride("decrease", (4, 5), [0], [2], [3], [1], decrease_axis=[0])
    stride("int64", (7,), [0], [6], [0], [-2], "int64")
    stride("StartsTensor", (6, 5), [0], [-1], [5], [2], more={"StartsTensor": C([1])})
    stride("EndsTensor and StridesTensor", (6, 5), [0], [1], [-1], [-1], more={"EndsTensor": C([6]), "StridesTensor": C([2])})
    stride("lists of tensors", (6, 5), [0], [-1], [-1], [-1], more={"StartsTensorList": [C([1])], "EndsTensorList": [C([6])], "StridesTensorList": [C([3])]})

    for axes in ([0], [1], [-1], [0, 2]):
        f.one("%s" % axes, "reverse", {"X": X(2, 3, 4)}, {"axis": axes}, "1.8")
        f.one("%s" % axes, "flip", {"X": X(2, 3, 4)}, {"axis": axes}, "2.6")
    f.case("flip of an image", lambda b: b.op("flip", {"X": image(b)}, {"axis": [2, 3]}), "2.6")

    def gather(name, x, index, dtype="int32", only=None, more={}, **attrs):
        f.one(name, "gather", dict({"X": X(*x), "Index": C(index, dtype)}, **more), attrs, only)

    gather("rows", (4, 3), [2, 0, 3])
    gather("int64", (4, 3), [1, 1], "int64")
    gather("rank 1", (5,), [4, 0])
    gather("rank 4", (3, 2, 2, 2), [2, 0])
    gather("one", (4, 3), [2])
    gather("column of indices", (4, 3), [[2], [0]])
    for axis in (0, 1, 2):
        gather("axis %d" % axis, (4, 3, 5), [1, 0, 2], "int32", "2.6", axis=axis)
    gather("Axis", (4, 3), [1, 0], "int32", "2.6", {"Axis": C([1])})
    gather("rank 0", (4, 3), 2, "int64", "2.6")
    gather("rank 0 of rank 1", (4,), 2, "int64", "2.6")
    f.one("indices from an input", "gather", {"X": X(5, 3), "Index": X(4, dtype="int64", low=0, high=5)}, {})
    f.one("of a parameter", "gather", {"X": W(5, 3), "Index": X(4, dtype="int32", low=0, high=5)}, {})
    f.case("gather of an image", lambda b: b.op("gather", {"X": image(b), "Index": C([0, 0])}, {}))
    f.one("plain", "lookup_table", {"W": W(6, 3), "Ids": X(4, 1, dtype="int64", low=0, high=6)}, {"padding_idx": -1})
    f.one("rank 3", "lookup_table", {"W": W(6, 3), "Ids": X(2, 4, 1, dtype="int64", low=0, high=6)}, {"padding_idx": -1})
    for pad in (2, 0, -1):
        f.one("padding_idx %d" % pad, "lookup_table_v2", {"W": W(6, 3), "Ids": X(2, 9, dtype="int64", low=0, high=6)}, {"padding_idx": pad})
    f.one("padding_idx 2", "lookup_table", {"W": W(4, 3), "Ids": X(9, 1, dtype="int64", low=0, high=4)}, {"padding_idx": 2})
    f.one("rank 1", "lookup_table_v2", {"W": W(6, 3), "Ids": X(4, dtype="int64", low=0, high=6)}, {})

    types = ("float32", "float64", "int32", "int64", "bool", "int8", "uint8", "int16")
    for source in types[:5] + ("uint8",):
        for target in types:
            low, high = (0, 2) if source == "bool" else (0, 99) if "uint" in (source[:4], target[:4]) else (-99, 99)
            f.one("%s to %s" % (source, target), "cast", {"X": X(2, 7, dtype=source, low=low, high=high)}, {"in_dtype": Builder.code(source), "out_dtype": Builder.code(target)}, dtype=target)
    f.one("int64 beyond 2^31 to int32", "cast", {"X": X(5, dtype="int64", low=2**31, high=2**34)}, {"in_dtype": 3, "out_dtype": 2}, dtype="int32")
    f.case("cast to float16 and back", lambda b: b.op("cast", {"X": b.op("cast", {"X": X(2, 3)}, {"in_dtype": 5, "out_dtype": 4}, dtype="float16")}, {"in_dtype": 4, "out_dtype": 5}, dtype="float32"))
    f.one("rank 0", "cast", {"X": X(low=0, high=9)}, {"in_dtype": 5, "out_dtype": 3}, "2.6", dtype="int64")
    f.case("cast of an image", lambda b: b.op("cast", {"X": b.op("scale", {"X": image(b)}, {"scale": 10.0})}, {"in_dtype": 5, "out_dtype": 2}, dtype="int32"))

    def fill(name, inputs={}, only=None, dtype="float32", **attrs):
        def build(b):
            value = b.op("fill_constant", inputs, dict({"dtype": Builder.code(dtype)}, **attrs), dtype=dtype)
            return [value, b.op("relu", {"X": X(2)})]

        f.case("fill_constant " + name, build, only)

    fill("plain", shape=[2, 3], value=1.5)
    fill("str_value", shape=[2, 3], value=0.0, str_value="2.25")
    fill("rank 1", shape=[4], value=-1.0)
    fill("rank 0", only="2.6", shape=[], value=3.0)
    for dtype in ("int32", "int64", "bool", "float64"):
        fill(dtype, dtype=dtype, shape=[3], value=1.0)
        fill(dtype + " str_value", dtype=dtype, shape=[3], value=1.0, str_value="1")
    fill("large int64", dtype="int64", shape=[2], value=0.0, str_value="1099511627777")
    fill("infinite", shape=[2], value=0.0, str_value="1e30")
    fill("ShapeTensor", {"ShapeTensor": C([2, 3])}, shape=[], value=2.0)
    fill("ShapeTensorList", {"ShapeTensorList": [C([2]), C([3])]}, shape=[-1, -1], value=2.0)
    fill("ValueTensor", {"ValueTensor": C([2.5], "float32")}, shape=[3], value=0.0)
    f.case("fill_constant, elementwise_add", lambda b: b.op("elementwise_add", {"X": X(2, 3), "Y": b.op("fill_constant", {}, {"dtype": 5, "shape": [1], "value": 0.5})}, {"axis": -1}))
    for i, o in ((0, 0), (1, 0), (0, 1)):
        f.case(
            "fill_constant_batch_size_like %d to %d" % (i, o),
            lambda b: b.op("elementwise_add", {"X": X(1), "Y": b.op("fill_constant_batch_size_like", {"Input": X(2, 3)}, {"dtype": 5, "shape": [4, 5], "value": 2.0, "input_dim_idx": i, "output_dim_idx": o})}, {"axis": -1}),
        )
    for dtype, values in (("float32", [0.5, -1.25]), ("int32", [7, -8]), ("int64", [2**40, -3]), ("bool", [True, False])):
        f.case("assign_value " + dtype, lambda b: [b.constant(C(values, dtype).data), b.op("relu", {"X": X(2)})])
    f.case("assign_value, elementwise_mul", lambda b: b.op("elementwise_mul", {"X": X(2, 3), "Y": C([1.0, 2.0, 3.0], "float32")}, {"axis": -1}))
