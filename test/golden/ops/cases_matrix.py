"""Products of matrices."""

from make_ops import W, X


def add(f):
    def mul(name, x, y, nx=1, ny=1, weight=True):
        f.one(name, "mul", {"X": X(*x), "Y": (W if weight else X)(*y)}, {"x_num_col_dims": nx, "y_num_col_dims": ny})

    mul("plain", (3, 4), (4, 5))
    mul("one row", (1, 7), (7, 9))
    mul("one column", (3, 4), (4, 1))
    mul("x at 1", (2, 3, 2, 2), (12, 5))
    mul("x at 2", (2, 3, 4), (4, 5), 2)
    mul("x at 3", (2, 3, 2, 4), (4, 5), 3)
    mul("x at 2 of 4", (2, 3, 2, 2), (4, 5), 2)
    mul("y at 1 of 3", (3, 4), (4, 2, 3))
    mul("y at 2", (3, 8), (4, 2, 3), 1, 2)
    mul("y at 2 of 4", (2, 3, 8), (2, 4, 3, 2), 2, 2)
    mul("y at 3", (3, 8), (2, 2, 2, 3), 1, 3)
    mul("two inputs", (3, 4), (4, 5), weight=False)
    mul("two inputs, flattened", (2, 3, 4), (2, 2, 3), 2, 2, weight=False)
    mul("rank 5", (2, 2, 3, 1, 2), (6, 4), 2)
    f.one("no attributes", "mul", {"X": X(2, 3), "Y": W(3, 4)}, {})
    f.case("mul twice the input", lambda b: (lambda x: b.op("mul", {"X": x, "Y": x}, {}))(b.put(X(4, 4))))
    f.case("mul, weights first", lambda b: b.op("mul", {"X": W(3, 4), "Y": X(4, 5)}, {}))

    shapes = [
        ("plain", (3, 4), (4, 5)),
        ("rows", (1, 4), (4, 5)),
        ("batch", (2, 3, 4), (2, 4, 5)),
        ("batch of 4-d", (2, 2, 3, 4), (2, 2, 4, 5)),
        ("rank 5", (2, 1, 2, 3, 4), (2, 1, 2, 4, 3)),
        ("matrix behind a batch", (2, 3, 4), (4, 5)),
        ("matrix before a batch", (3, 4), (2, 4, 5)),
        ("batch of 1 stretched", (1, 3, 4), (2, 4, 5)),
        ("batch stretches 1", (2, 3, 4), (1, 4, 5)),
        ("batches broadcast", (2, 1, 3, 4), (3, 4, 5)),
        ("ranks 4 and 2", (2, 2, 3, 4), (4, 5)),
        ("vectors", (6,), (6,)),
        ("vector, matrix", (4,), (4, 5)),
        ("matrix, vector", (3, 4), (4,)),
        ("vector, batch", (4,), (2, 4, 5)),
        ("batch, vector", (2, 3, 4), (4,)),
        ("one by one", (1, 1), (1, 1)),
    ]
    for op, tx, ty in (("matmul", "transpose_X", "transpose_Y"), ("matmul_v2", "trans_x", "trans_y")):
        only = "2.6" if op == "matmul_v2" else None
        # matmul broadcasts no batches; of vectors, it transposes only both.
        fit = shapes if op == "matmul_v2" else [one for one in shapes if not one[0].startswith("batch ") and one[0] != "batches broadcast"]
        for name, x, y in fit:
            for weight in (False, True):
                y_ = (W if weight else X)(*y)
                f.one("%s%s" % (name, ", weights" if weight else ""), op, {"X": X(*x), "Y": y_}, {tx: False, ty: False}, only)
        for name, x, y in fit:
            if min(len(x), len(y)) < 2:
                continue
            for a, c in ((True, False), (False, True), (True, True)):
                sx = x[:-2] + (x[-1], x[-2]) if a else x
                sy = y[:-2] + (y[-1], y[-2]) if c else y
                label = "%s, transposed %s" % (name, "both" if a and c else "x" if a else "y")
                f.one(label, op, {"X": X(*sx), "Y": X(*sy)}, {tx: a, ty: c}, only)
                if name in ("plain", "batch", "matrix behind a batch", "rows"):
                    f.one(label + ", weights", op, {"X": X(*sx), "Y": W(*sy)}, {tx: a, ty: c}, only)
        for name, x, y, flags, flags_of_v2 in (
            ("vectors", (6,), (6,), "b", "xyb"),
            ("unequal vectors", (3,), (4,), "b", ""),
            ("vector, matrix", (4,), (5, 4), "y", "yb"),
            ("matrix, vector", (4, 3), (4,), "x", "xb"),
            ("vector, batch", (4,), (2, 5, 4), "y", "yb"),
            ("batch, vector", (2, 4, 3), (4,), "x", "xb"),
        ):
            for flag in flags_of_v2 if op == "matmul_v2" else flags:
                for weight in (False, True):
                    label = "%s, transposed %s%s" % (name, "both" if flag == "b" else flag, ", weights" if weight else "")
                    f.one(label, op, {"X": X(*x), "Y": (W if weight else X)(*y)}, {tx: flag in "xb", ty: flag in "yb"}, only)
        f.one("no attributes", op, {"X": X(2, 3), "Y": X(3, 2)}, {}, only)
        f.one("weights first", op, {"X": W(2, 3), "Y": X(3, 2)}, {}, only)
        f.one("weights first, transposed", op, {"X": W(3, 2), "Y": X(4, 3)}, {tx: True, ty: True}, only)
        f.case("%s of a tensor and itself" % op, lambda b: (lambda x: b.op(op, {"X": x, "Y": x}, {ty: True}))(b.put(X(2, 3, 4))), only)
        f.case(
            "%s, bias, relu" % op,
            lambda b: b.op("relu", {"X": b.op("elementwise_add", {"X": b.op(op, {"X": X(2, 3, 4), "Y": W(4, 5)}, {}), "Y": W(5)}, {"axis": -1})}),
            only,
        )
        f.case("%s, softmax" % op, lambda b: b.op("softmax", {"X": b.op(op, {"X": X(2, 2, 3, 4), "Y": X(2, 2, 3, 4)}, {ty: True})}), only)
    for alpha in (0.5, -2.0, 0.125):
        for name, x, y in (("plain", (3, 4), (4, 5)), ("batch", (2, 3, 4), (2, 4, 5)), ("vectors", (6,), (6,)), ("vector, matrix", (4,), (4, 5))):
            for weight in (False, True):
                label = "alpha %s, %s%s" % (alpha, name, ", weights" if weight else "")
                f.one(label, "matmul", {"X": X(*x), "Y": (W if weight else X)(*y)}, {"alpha": alpha})
    f.one("alpha, transposed", "matmul", {"X": X(4, 3), "Y": W(5, 4)}, {"alpha": 0.25, "transpose_X": True, "transpose_Y": True})
    f.one("plain", "bmm", {"X": X(2, 3, 4), "Y": X(2, 4, 5)})
    f.one("weights", "bmm", {"X": X(3, 1, 4), "Y": W(3, 4, 2)})
    f.one("one batch", "bmm", {"X": X(1, 3, 4), "Y": X(1, 4, 5)})

    def fc(name, x, w, bias=True, **attrs):
        inputs = {"Input": X(*x), "W": W(*w)}
        if bias:
            inputs["Bias"] = W(*(bias if isinstance(bias, tuple) else (w[1],)))
        f.one(name, "fc", inputs, attrs)

    fc("plain", (3, 4), (4, 5), in_num_col_dims=1)
    fc("no bias", (3, 4), (4, 5), bias=False, in_num_col_dims=1)
    fc("relu", (3, 4), (4, 5), in_num_col_dims=1, activation_type="relu")
    fc("at 1 of 4", (2, 3, 2, 2), (12, 5), in_num_col_dims=1)
    fc("at 2", (2, 3, 4), (4, 5), in_num_col_dims=2)
    fc("at 2, relu", (2, 3, 4), (4, 5), in_num_col_dims=2, activation_type="relu")
    fc("at 3", (2, 2, 3, 4), (4, 5), in_num_col_dims=3)
    fc("at 2 of 4", (2, 2, 3, 4), (12, 5), in_num_col_dims=2)
    fc("bias 1 x n", (3, 4), (4, 5), bias=(1, 5), in_num_col_dims=1)
    fc("no attributes", (3, 4), (4, 5))
    fc("one row", (1, 4), (4, 5), in_num_col_dims=1)
    fc("padded weights", (3, 4), (8, 9), bias=(5,), in_num_col_dims=1, padding_weights=True)
