"""Operators that change shapes and order."""

import numpy as np

from make_ops import C, W, X


def image(b):
    return b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(3, 2, 1, 1)}, {}, out="Output")


def add(f):
    shape_out = {"extra": ["XShape"]}
    for op in ("reshape", "reshape2"):
        more = shape_out if op == "reshape2" else {}
        for name, x, shape in (
            ("plain", (2, 6), [3, 4]), ("-1", (2, 6), [4, -1]), ("-1 first", (2, 6), [-1, 3]), ("0", (2, 3, 4), [0, 12]), ("0 and -1", (2, 3, 4), [0, -1]),
            ("0 in the middle", (2, 3, 4), [2, 0, 4]), ("0 0 -1", (2, 3, 4, 2), [0, 0, -1]), ("-1 and 0", (2, 3, 4), [-1, 0]), ("to rank 1", (2, 3), [6]), ("all to -1", (2, 3, 2), [-1]),
            ("to rank 5", (4, 6), [2, 2, 1, 3, 2]), ("from rank 5", (2, 1, 3, 2, 2), [6, 4]), ("from rank 1", (6,), [1, 2, 3]), ("ones", (2, 3), [1, 2, 1, 3]), ("same", (2, 3), [2, 3]), ("one value", (1,), [1, 1]),
        ):
            f.one(name, op, {"X": X(*x)}, {"shape": shape}, **more)
        f.one("Shape", op, {"X": X(2, 6), "Shape": C([3, 4])}, {"shape": [1, 12]}, **more)
        f.one("Shape with -1", op, {"X": X(2, 6), "Shape": C([-1, 2])}, {"shape": []}, **more)
        f.one("Shape with 0", op, {"X": X(2, 6), "Shape": C([0, -1])}, {"shape": []}, **more)
        f.one("ShapeTensor", op, {"X": X(2, 6), "ShapeTensor": [C([4]), C([3])]}, {"shape": [-1, -1]}, **more)
        f.one("ShapeTensor beats Shape", op, {"X": X(2, 6), "ShapeTensor": [C([4]), C([3])], "Shape": C([3, 4])}, {"shape": [-1, -1]}, **more)
        f.one("Shape of a parameter", op, {"X": X(2, 6), "Shape": W(2, dtype="int32", data=np.array([3, 4], "int32"))}, {"shape": []}, **more)
        f.one("int64", op, {"X": X(2, 6, dtype="int64", low=0, high=9)}, {"shape": [3, 4]}, **more)
        f.case(op + " of an image", lambda b: b.op(op, {"X": image(b)}, {"shape": [0, -1]}, **more))
    f.one("to rank 0", "reshape2", {"X": X(1)}, {"shape": []}, "2.6", **shape_out)
    f.one("from rank 0", "reshape2", {"X": X()}, {"shape": [1, 1]}, "2.6", **shape_out)

    for op in ("flatten", "flatten2"):
        more = shape_out if op == "flatten2" else {}
        for x in ((2, 3, 4), (2, 3), (2, 1, 3, 2), (2, 1, 2, 1, 3)):
            for axis in range(len(x) + 1):
                f.one("rank %d axis %d" % (len(x), axis), op, {"X": X(*x)}, {"axis": axis}, None if op == "flatten2" else "1.8", **more)
        f.one("no attributes", op, {"X": X(2, 3, 4)}, {}, None if op == "flatten2" else "1.8", **more)
    for x in ((2, 3, 4, 2), (2, 1, 3, 2, 2), (2, 3), (5,)):
        n = len(x)
        for start, stop in ((0, -1), (1, 2), (1, -1), (0, 1), (-2, -1), (1, 1), (0, 0)):
            if max(start, stop) < n and -n <= start:
                f.one("rank %d, %d to %d" % (n, start, stop), "flatten_contiguous_range", {"X": X(*x)}, {"start_axis": start, "stop_axis": stop}, "2.6", **shape_out)
    f.one("rank 0", "flatten_contiguous_range", {"X": X()}, {"start_axis": 0, "stop_axis": 0}, "2.6", **shape_out)
    f.case("flatten_contiguous_range of an image", lambda b: b.op("flatten_contiguous_range", {"X": image(b)}, {"start_axis": 1, "stop_axis": -1}, **shape_out), "2.6")

    for op in ("squeeze", "squeeze2"):
        only, more = (None, shape_out) if op == "squeeze2" else ("1.8", {})
        for name, x, axes in (
            ("one", (2, 1, 3), [1]), ("negative", (2, 3, 1), [-1]), ("several", (1, 2, 1, 3, 1), [0, 2]), ("all ones", (1, 2, 1, 3), []), ("not a one", (2, 1, 3), [0, 1]), ("out of order", (1, 2, 1, 3), [2, 0]), ("mixed", (1, 2, 1), [-1, 0]), ("to rank 1", (1, 5), [0]),
        ):
            f.one(name, op, {"X": X(*x)}, {"axes": axes}, only, **more)
    f.one("to rank 0", "squeeze2", {"X": X(1)}, {"axes": [0]}, None, **shape_out)
    f.one("every one", "squeeze2", {"X": X(1, 1)}, {"axes": []}, None, **shape_out)
    f.one("rank 0", "squeeze2", {"X": X()}, {"axes": []}, "2.6", **shape_out)
    for op in ("unsqueeze", "unsqueeze2"):
        only, more = (None, shape_out) if op == "unsqueeze2" else ("1.8", {})
        for name, x, axes in (
            ("first", (2, 3), [0]), ("last", (2, 3), [-1]), ("middle", (2, 3), [1]), ("two", (2, 3), [0, 2]), ("two behind", (2, 3), [2, 3]), ("negative", (2, 3), [-2]), ("equal", (2, 3), [1, 1]), ("mixed", (2, 3), [-1, 0]), ("three", (4,), [0, 2, 3]), ("to rank 5", (2, 3, 4), [1, 4]),
        ):
            f.one(name, op, {"X": X(*x)}, {"axes": axes}, only, **more)
    f.one("AxesTensor", "unsqueeze2", {"X": X(2, 3), "AxesTensor": C([1, 3])}, {"axes": []}, None, **shape_out)
    f.one("AxesTensorList", "unsqueeze2", {"X": X(2, 3), "AxesTensorList": [C([0]), C([-1])]}, {"axes": []}, None, **shape_out)
    f.one("rank 0", "unsqueeze2", {"X": X()}, {"axes": [0]}, "2.6", **shape_out)
    f.one("rank 0 twice", "unsqueeze2", {"X": X()}, {"axes": [0, 1]}, "2.6", **shape_out)
    f.case("unsqueeze2, squeeze2", lambda b: b.op("squeeze2", {"X": b.op("unsqueeze2", {"X": X(2, 3)}, {"axes": [1]}, **shape_out)}, {"axes": [1]}, **shape_out))

    for op in ("transpose", "transpose2"):
        more = shape_out if op == "transpose2" else {}
        for x, axis in (
            ((5,), [0]), ((2, 3), [1, 0]), ((2, 3), [0, 1]), ((2, 3, 4), [2, 0, 1]), ((2, 3, 4), [0, 2, 1]), ((1, 2, 3, 4), [0, 2, 3, 1]), ((1, 3, 4, 2), [0, 3, 1, 2]), ((2, 3, 2, 4), [3, 2, 1, 0]), ((2, 3, 2, 4), [1, 0, 3, 2]),
            ((2, 1, 3, 2, 2), [4, 0, 2, 1, 3]), ((2, 2, 3, 2, 2), [0, 1, 4, 2, 3]), ((2, 1, 2, 3, 1, 2), [0, 3, 2, 5, 1, 4]),
        ):
            f.one("%s" % axis, op, {"X": X(*x)}, {"axis": axis}, **more)
        f.case(op + " of an image", lambda b: b.op(op, {"X": image(b)}, {"axis": [0, 2, 3, 1]}, **more))
    f.one("negative axes", "transpose2", {"X": X(2, 3, 4)}, {"axis": [0, -1, 1]}, "2.6", **shape_out)
    f.one("int64", "transpose2", {"X": X(2, 3, dtype="int64", low=0, high=9)}, {"axis": [1, 0]}, **shape_out)
    f.one("bool", "transpose2", {"X": X(2, 3, dtype="bool", low=0, high=2)}, {"axis": [1, 0]}, **shape_out)
    f.case("transpose2 twice", lambda b: b.op("transpose2", {"X": b.op("transpose2", {"X": X(2, 3, 4)}, {"axis": [2, 0, 1]}, **shape_out)}, {"axis": [0, 2, 1]}, **shape_out))
    f.case("transpose2 and back", lambda b: b.op("transpose2", {"X": b.op("transpose2", {"X": X(2, 3, 4)}, {"axis": [2, 0, 1]}, **shape_out)}, {"axis": [1, 2, 0]}, **shape_out))

    for x in ((5,), (2, 3), (1, 2, 3, 4), (2, 1, 3, 1, 2)):
        f.one("rank %d" % len(x), "shape", {"Input": X(*x)}, dtype="int32")
    f.case("shape of an image", lambda b: b.op("shape", {"Input": image(b)}, dtype="int32"))
    for dtype in ("float32", "int32", "int64", "bool"):
        f.one(dtype, "assign", {"X": X(2, 3, dtype=dtype, low=0, high=2)})
    f.one("rank 5", "assign", {"X": X(1, 2, 1, 3, 2)})
    f.one("a parameter", "assign", {"X": W(2, 3)})

    for name, x, times in (("plain", (2, 3), [2, 2]), ("one", (2, 3), [1, 1]), ("rank 1", (3,), [4]), ("rank 4", (1, 2, 1, 3), [2, 1, 3, 1]), ("rank 5", (1, 2, 1, 1, 2), [1, 2, 1, 3, 1])):
        f.one(name, "expand", {"X": X(*x)}, {"expand_times": times})
    f.one("ExpandTimes", "expand", {"X": X(2, 3), "ExpandTimes": C([2, 3])}, {"expand_times": []})
    f.one("expand_times_tensor", "expand", {"X": X(2, 3), "expand_times_tensor": [C([2]), C([1])]}, {"expand_times": [-1, -1]})
    for name, x, shape in (
        ("plain", (1, 3), [2, 3]), ("-1", (2, 1), [-1, 4]), ("new axes", (3,), [2, 3]), ("new axes and -1", (3, 1), [2, -1, 4]), ("two new axes", (1, 3), [2, 2, 2, 3]), ("same", (2, 3), [2, 3]), ("rank 4", (1, 2, 1, 3), [2, 2, 4, 3]), ("rank 5", (1, 2, 1, 1, 2), [2, 2, 1, 3, 2]), ("one value", (1,), [5]),
    ):
        f.one(name, "expand_v2", {"X": X(*x)}, {"shape": shape}, "2.6")
    f.one("Shape", "expand_v2", {"X": X(1, 3), "Shape": C([2, 3])}, {"shape": []}, "2.6")
    f.one("expand_shapes_tensor", "expand_v2", {"X": X(1, 3), "expand_shapes_tensor": [C([2]), C([3])]}, {"shape": [-1, -1]}, "2.6")
    f.one("rank 0", "expand_v2", {"X": X()}, {"shape": [2, 3]}, "2.6")
    f.one("int64", "expand_v2", {"X": X(1, 3, dtype="int64", low=0, high=9)}, {"shape": [2, 3]}, "2.6")
    f.one("Y", "expand_as_v2", {"X": X(1, 3), "Y": X(2, 3)}, {"target_shape": [2, 3]}, "2.6")
    f.one("target_shape", "expand_as_v2", {"X": X(1, 3)}, {"target_shape": [2, 3]}, "2.6")
    f.one("new axes", "expand_as_v2", {"X": X(3), "Y": X(2, 2, 3)}, {"target_shape": [2, 2, 3]}, "2.6")
    for name, x, times in (
        ("plain", (2, 3), [2, 2]), ("fewer", (2, 3), [3]), ("more", (2, 3), [2, 1, 2]), ("rank 1", (3,), [2]), ("one", (2, 3), [1, 1]), ("rank 4", (1, 2, 2, 3), [2, 1, 2, 1]), ("rank 5", (1, 2, 1, 1, 2), [1, 2, 1, 3, 2]), ("to rank 4", (2,), [1, 2, 1, 2]),
    ):
        f.one(name, "tile", {"X": X(*x)}, {"repeat_times": times}, "2.6")
    f.one("RepeatTimes", "tile", {"X": X(2, 3), "RepeatTimes": C([2, 2])}, {"repeat_times": []}, "2.6")
    f.one("repeat_times_tensor", "tile", {"X": X(2, 3), "repeat_times_tensor": [C([2]), C([2])]}, {"repeat_times": [-1, -1]}, "2.6")
    f.one("rank 0", "tile", {"X": X()}, {"repeat_times": [3]}, "2.6")
    f.case("tile of an image", lambda b: b.op("tile", {"X": image(b)}, {"repeat_times": [1, 2, 1, 2]}), "2.6")
    f.case("expand_v2 of an image", lambda b: b.op("expand_v2", {"X": b.op("pool2d", {"X": image(b)}, {"pooling_type": "avg", "ksize": [1, 1], "adaptive": True})}, {"shape": [-1, -1, 2, 3]}), "2.6")
