"""Makes ops.json.gz: models of one op (or a few), with the outputs that onnxruntime gives for them.

    pip install onnx onnxruntime numpy && python make-ops.py

Each case: the model (base64), its inputs (data, or the seed of the LCG in test/support/lcg.ts) and outputs (base64,
little-endian). Cases that are refused on purpose have `refused`: a piece of the error message.
"""
import base64, gzip, json, os
import numpy as np
import onnx, onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper as nh

cases = []


def lcg(count, seed):
    state, out = seed, np.empty(count, np.float32)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = (state >> 8) / 2**24 * 2 - 1
    return out


def floats(shape, seed):
    return lcg(int(np.prod(shape)), seed).reshape(shape)


def b64(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


KINDS = {np.dtype("float32"): "f32", np.dtype("int64"): "i64", np.dtype("int32"): "i32", np.dtype("bool"): "bool"}
ELEMENTS = {"f32": T.FLOAT, "i64": T.INT64, "i32": T.INT32, "bool": T.BOOL}


def add(name, opset, nodes, inputs, constants=None, outputs=("y",), refused=None, positive=False, declared=None):
    """inputs: name -> shape (floats from the LCG) or array; constants: name -> array (or a TensorProto)."""
    feeds, stored = {}, []
    for i, (key, value) in enumerate(inputs.items()):
        if isinstance(value, np.ndarray):
            feeds[key] = value
            stored.append({"name": key, "type": KINDS[value.dtype], "shape": list(value.shape), "data": b64(value)})
        else:
            feeds[key] = floats(value, i + 1)
            if positive:
                feeds[key] = np.abs(feeds[key]) + np.float32(0.25)
                stored.append({"name": key, "type": "f32", "shape": list(value), "data": b64(feeds[key])})
            else:
                stored.append({"name": key, "type": "f32", "shape": list(value), "seed": i + 1})
    initializers = [v if isinstance(v, onnx.TensorProto) else nh.from_array(v, k) for k, v in (constants or {}).items()]
    nodes = nodes if isinstance(nodes, list) else [nodes]
    shapes = declared or {k: list(v.shape) for k, v in feeds.items()}
    infos = [h.make_tensor_value_info(k, ELEMENTS[KINDS[v.dtype]], shapes[k]) for k, v in feeds.items()]
    graph = h.make_graph(nodes, "g", infos, [h.make_empty_tensor_value_info(o) for o in outputs], initializers)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", opset)], ir_version=8)
    case = {"name": f"{name}, {opset}", "model": b64(np.frombuffer(model.SerializeToString(), np.uint8)), "inputs": stored}
    if refused:
        case["refused"] = refused
    else:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        typed = onnx.ModelProto()
        typed.CopyFrom(model)
        try:
            session = onnxruntime.InferenceSession(typed.SerializeToString(), options, providers=["CPUExecutionProvider"])
            results = session.run(None, feeds)
        except Exception as error:
            print("SKIPPED", case["name"], str(error)[:150])
            return
        case["outputs"] = [
            {"name": o, "type": KINDS[r.dtype], "shape": list(r.shape), "data": b64(r)} for o, r in zip(outputs, results)
        ]
    cases.append(case)


def node(op, inputs="x", outputs="y", **attributes):
    return h.make_node(op, inputs.split(" ") if isinstance(inputs, str) else inputs, outputs.split(" "), name=f"the {op} of {outputs}", **attributes)


def ints(*values):
    return np.array(values, np.int64)


def f32(*values):
    return np.array(values, np.float32)


IMAGE = (1, 4, 7, 9)

# Convolutions
W = floats((6, 4, 3, 3), 11)
for name, attributes, weights, opset in [
    ("plain", {}, W, 9), ("bias", {}, W, 13), ("strides", {"strides": [2, 1]}, W, 11), ("pads", {"pads": [1, 2, 0, 1]}, W, 21),
    ("dilations", {"dilations": [2, 3], "pads": [2, 3, 2, 3]}, W, 11), ("groups", {"group": 2}, floats((6, 2, 3, 2), 12), 9),
    ("depthwise", {"group": 4, "kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, floats((4, 1, 3, 3), 13), 18),
    ("upper", {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, W, 11), ("lower", {"auto_pad": "SAME_LOWER", "strides": [2, 2]}, W, 11),
    ("upper even", {"auto_pad": "SAME_UPPER"}, floats((3, 4, 2, 4), 14), 22), ("lower even", {"auto_pad": "SAME_LOWER"}, floats((3, 4, 2, 4), 14), 13),
    ("valid", {"auto_pad": "VALID", "strides": [3, 2]}, W, 13),
]:
    constants = {"w": weights}
    if name == "bias":
        constants["b"] = floats((6,), 15)
    add(f"Conv {name}", opset, node("Conv", "x w b" if "b" in constants else "x w", **attributes), {"x": IMAGE}, constants)
V = floats((4, 3, 3, 3), 16)
for name, attributes, weights, opset in [
    ("plain", {}, V, 9), ("strides", {"strides": [2, 2]}, V, 11), ("pads", {"strides": [2, 3], "pads": [1, 0, 1, 2]}, V, 11),
    ("output padding", {"strides": [2, 2], "output_padding": [1, 1]}, V, 13), ("groups", {"group": 2, "strides": [2, 2]}, floats((4, 2, 2, 2), 17), 13),
    ("dilations", {"dilations": [2, 1]}, V, 18), ("output shape", {"strides": [2, 2], "output_shape": [10, 12]}, V, 11),
    ("output shape odd", {"strides": [2, 2], "output_shape": [10, 13]}, V, 21), ("output shape upper", {"strides": [2, 2], "output_shape": [10, 13], "auto_pad": "SAME_UPPER"}, V, 13),
    ("same upper", {"strides": [2, 2], "auto_pad": "SAME_UPPER"}, V, 13), ("same lower", {"strides": [2, 2], "auto_pad": "SAME_LOWER"}, V, 13),
    ("valid", {"strides": [2, 2], "auto_pad": "VALID"}, V, 13),
]:
    add(f"ConvTranspose {name}", opset, node("ConvTranspose", "x w", **attributes), {"x": (1, 4, 5, 6)}, {"w": weights})

# Matrices
A, B, C = (3, 5), floats((5, 4), 21), floats((4,), 22)
for name, attributes, b, c, opset in [
    ("plain", {}, B, C, 9), ("turned", {"transB": 1}, B.T, C, 11), ("scaled", {"alpha": 0.5, "beta": 2.0}, B, C, 13),
    ("matrix", {}, B, floats((3, 4), 23), 13), ("column", {"beta": 0.5}, B, floats((3, 1), 24), 13), ("scalar", {}, B, f32(0.5), 9), ("no bias", {"alpha": 0.25}, B, None, 13),
]:
    add(f"Gemm {name}", opset, node("Gemm", "a b" if c is None else "a b c", **attributes), {"a": A}, {"b": b} if c is None else {"b": b, "c": c})
add("Gemm two inputs", 13, node("Gemm", "a b c", transA=1, transB=1, alpha=0.5), {"a": (5, 3), "b": (4, 5), "c": (4,)})
add("Gemm turned input", 9, node("Gemm", "a b c", transA=1), {"a": (5, 3)}, {"b": B, "c": C})
for name, x, y in [("2-D", (3, 5), B), ("3-D", (2, 3, 5), B), ("vector", (5,), B), ("by vector", (3, 5), floats((5,), 25)), ("batched weights", (2, 3, 5), floats((2, 5, 2), 26))]:
    add(f"MatMul {name}", 13, node("MatMul", "x w"), {"x": x}, {"w": y})
for x, y in [((2, 3, 5), (2, 5, 4)), ((2, 1, 3, 5), (3, 5, 2)), ((5,), (5,)), ((3, 5), (5,)), ((5,), (2, 5, 3))]:
    add(f"MatMul {x} {y}", 9, node("MatMul", "x w"), {"x": x, "w": y})

# Elementwise
for op in ["Add", "Sub", "Mul", "Div", "Pow"]:
    add(op, 13, node(op, "x z"), {"x": (2, 3, 4), "z": (2, 3, 4)}, positive=op in ("Div", "Pow"))
    add(f"{op} broadcast", 7, node(op, "x z"), {"x": (2, 1, 4), "z": (3, 1)}, positive=op in ("Div", "Pow"))
    add(f"{op} channels", 9, node(op, "x w"), {"x": IMAGE}, {"w": np.abs(floats((4, 1, 1), 31)) + np.float32(0.5)}, positive=op == "Pow")
for op in ["Max", "Min", "Sum", "Mean"]:
    add(op, 13, node(op, "a b c"), {"a": (2, 3), "b": (3,), "c": (2, 1)})
    add(f"{op} of one", 8, [node(op, "a", "t"), node("Abs", "t")], {"a": (2, 3)})
add("Pow 2", 12, node("Pow", "x e"), {"x": (2, 5)}, {"e": ints(2)})
add("Pow 3", 13, node("Pow", "x e"), {"x": (2, 5)}, {"e": f32(3).reshape(())})
add("Pow half", 9, node("Pow", "x e"), {"x": (2, 5)}, {"e": f32(0.5)}, positive=True)
add("Mod fmod", 13, node("Mod", "x w", fmod=1), {"x": (3, 4)}, {"w": f32(0.3, -0.4, 0.26, 0.7)})
add("Mod integers", 13, node("Mod", "x w"), {"x": ints(-7, -1, 0, 1, 7)}, {"w": ints(3, 3, 3, -3, -3)})
add("Div integers", 14, node("Div", "x w"), {"x": ints(-7, -1, 0, 5, 7)}, {"w": ints(3, 3, 3, -3, 2)})
for op, attributes, opset in [
    ("Relu", {}, 9), ("Relu", {}, 14), ("LeakyRelu", {}, 9), ("LeakyRelu", {"alpha": 0.3}, 16), ("Sigmoid", {}, 13), ("Tanh", {}, 9), ("HardSigmoid", {}, 9),
    ("HardSigmoid", {"alpha": 0.6, "beta": 0.3}, 13), ("HardSwish", {}, 14), ("Gelu", {}, 20), ("Gelu", {"approximate": "tanh"}, 20), ("Exp", {}, 13), ("Abs", {}, 9),
    ("Floor", {}, 13), ("Ceil", {}, 9), ("Softplus", {}, 9), ("Mish", {}, 18), ("Neg", {}, 13), ("Elu", {}, 9), ("Elu", {"alpha": 0.7}, 22), ("Identity", {}, 9),
]:
    scale = h.make_node("Mul", ["x", "s"], ["x4"])
    add(f"{op} {attributes or ''}", opset, [scale, h.make_node(op, ["x4"], ["y"], name=f"the {op}", **attributes)], {"x": (3, 17)}, {"s": f32(4)})
for op in ["Log", "Sqrt", "Reciprocal"]:
    add(op, 13, node(op), {"x": (3, 7)}, positive=True)
for shape in [(4, 1, 1), (1,), (4, 7, 9), (1, 1, 9), (7, 1), (1, 4, 1, 1)]:
    add(f"PRelu {shape}", 9 if len(shape) == 3 else 16, node("PRelu", "x w"), {"x": IMAGE}, {"w": floats(shape, 32)})
add("PRelu vector", 9, node("PRelu", "x w"), {"x": (2, 5)}, {"w": floats((5,), 33)})
add("Clip attributes", 9, node("Clip", min=-0.25, max=0.5), {"x": (2, 9)})
add("Clip attribute", 6 + 1, node("Clip", min=0.1), {"x": (2, 9)})
add("Clip inputs", 11, node("Clip", "x lo hi"), {"x": (2, 9)}, {"lo": f32(-0.3).reshape(()), "hi": f32(0.2).reshape(())})
add("Clip upper", 13, node("Clip", ["x", "", "hi"]), {"x": (2, 9)}, {"hi": f32(0.2).reshape(())})
add("Clip nothing", 13, [node("Clip", "x", "t"), node("Abs", "t")], {"x": (2, 9)})
for opset in (9, 11, 13, 18):
    for axis in (None, 0, 1, -1, 2):
        add(f"Softmax {axis}", opset, node("Softmax", **({} if axis is None else {"axis": axis})) if axis != -1 or opset > 9 else node("Softmax"), {"x": (2, 3, 4)})
add("LogSoftmax", 9, node("LogSoftmax", axis=1), {"x": (2, 3, 4)})
add("LogSoftmax", 13, node("LogSoftmax", axis=1), {"x": (2, 3, 4)})

# Norms
P = {k: np.abs(floats((4,), 40 + i)) + np.float32(0.3) for i, k in enumerate("sbmv")}
add("BatchNormalization", 9, node("BatchNormalization", "x s b m v"), {"x": IMAGE}, P)
add("BatchNormalization 7", 7, node("BatchNormalization", "x s b m v", epsilon=1e-3), {"x": IMAGE}, P)
add("BatchNormalization vector", 15, node("BatchNormalization", "x s b m v", epsilon=1e-2), {"x": (3, 4)}, P)
add("LayerNormalization", 17, node("LayerNormalization", "x s b"), {"x": (2, 3, 4)}, {k: P[k] for k in "sb"})
add("LayerNormalization axis", 17, node("LayerNormalization", "x s", axis=1, epsilon=1e-2), {"x": (2, 3, 4)}, {"s": floats((3, 4), 45)})
add("LayerNormalization broadcast", 17, node("LayerNormalization", "x s b", axis=-2), {"x": (2, 3, 4)}, {k: P[k] for k in "sb"})
add("InstanceNormalization", 9, node("InstanceNormalization", "x s b"), {"x": IMAGE}, {k: P[k] for k in "sb"})

# Pooling
for op in ["MaxPool", "AveragePool"]:
    for name, attributes, opset in [
        ("plain", {"kernel_shape": [2, 3]}, 9), ("strides", {"kernel_shape": [3, 3], "strides": [2, 2]}, 10), ("pads", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, 11),
        ("uneven pads", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 2]}, 11), ("uneven pads in front", {"kernel_shape": [3, 4], "pads": [2, 1, 0, 1]}, 12),
        ("ceil", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}, 11), ("ceil 2", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, 10),
        ("ceil pads", {"kernel_shape": [2, 2], "strides": [3, 3], "ceil_mode": 1, "pads": [1, 1, 1, 1]}, 19), ("ceil wide", {"kernel_shape": [1, 2], "strides": [3, 4], "ceil_mode": 1}, 22),
        ("upper", {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_UPPER"}, 11), ("lower", {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_LOWER"}, 12),
        ("valid", {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "VALID"}, 11),
    ]:
        add(f"{op} {name}", opset, node(op, **attributes), {"x": IMAGE})
        if op == "AveragePool" and ("pad" in name or "er" in name):
            add(f"{op} {name} counted", opset, node(op, count_include_pad=1, **attributes), {"x": IMAGE})
for op in ["GlobalMaxPool", "GlobalAveragePool"]:
    add(op, 9, node(op), {"x": IMAGE})
    add(f"{op} 1-D", 13, node(op), {"x": (2, 3, 8)})

# Resizing
def resize(name, opset, scales=None, sizes=None, shape=(1, 2, 5, 6), refused=None, **attributes):
    if opset == 10:
        add(f"Resize {name}", opset, node("Resize", "x s", **attributes), {"x": shape}, {"s": f32(*scales)}, refused=refused)
    elif sizes is None:
        add(f"Resize {name}", opset, node("Resize", ["x", "", "s"] if opset >= 13 else "x r s", **attributes), {"x": shape}, {"s": f32(*scales), "r": f32()} if opset < 13 else {"s": f32(*scales)}, refused=refused)
    else:
        add(f"Resize {name}", opset, node("Resize", ["x", "", "", "z"] if opset >= 13 else "x r s z", **attributes), {"x": shape}, {"z": ints(*sizes)} if opset >= 13 else {"z": ints(*sizes), "r": f32(), "s": f32()}, refused=refused)


for scales in [(1, 1, 2, 2), (1, 1, 3, 1.5), (1, 1, 0.5, 0.6)]:
    for mode in ("nearest", "linear"):
        resize(f"{mode} {scales}", 10, scales, mode=mode)
        if min(scales) >= 1:
            add(f"Upsample {mode} {scales}", 9, node("Upsample", "x s", mode=mode), {"x": (1, 2, 5, 6)}, {"s": f32(*scales)})
add("Upsample attribute", 7, node("Upsample", scales=[1.0, 1.0, 2.0, 3.0]), {"x": (1, 2, 5, 6)})
for transformation in ["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"]:
    for scales in [(1, 1, 2, 3), (1, 1, 1.7, 0.6)]:
        resize(f"linear {transformation} {scales}", 11, scales, mode="linear", coordinate_transformation_mode=transformation)
        for rounding in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]:
            resize(f"nearest {transformation} {rounding} {scales}", 13, scales, mode="nearest", coordinate_transformation_mode=transformation, nearest_mode=rounding)
    resize(f"sizes linear {transformation}", 13, sizes=(1, 2, 8, 11), mode="linear", coordinate_transformation_mode=transformation)
    resize(f"sizes nearest {transformation}", 11, sizes=(1, 2, 8, 3), mode="nearest", coordinate_transformation_mode=transformation)
    resize(f"to one row, {transformation}", 13, sizes=(1, 2, 1, 3), mode="linear", coordinate_transformation_mode=transformation)
resize("nearest tf", 11, (1, 1, 2, 1.3), mode="nearest", coordinate_transformation_mode="tf_half_pixel_for_nn", nearest_mode="floor")
resize("linear symmetric", 19, (1, 1, 2, 2), mode="linear", coordinate_transformation_mode="half_pixel_symmetric")
resize("nearest symmetric", 19, (1, 1, 1.3, 2.2), mode="nearest", coordinate_transformation_mode="half_pixel_symmetric")
resize("axes", 18, (2, 3), mode="linear", axes=[2, 3])
resize("axes reversed", 18, (2, 3), mode="nearest", axes=[3, 2])
resize("not larger", 18, sizes=(9, 9), mode="nearest", axes=[2, 3], keep_aspect_ratio_policy="not_larger")
resize("not smaller", 19, sizes=(9, 8), mode="nearest", axes=[2, 3], keep_aspect_ratio_policy="not_smaller")
resize("nearest 1-D", 13, (1, 1, 2.5), shape=(1, 2, 5), mode="nearest")
resize("nearest last", 13, (1, 2, 2, 1), shape=(1, 3, 4, 2), mode="nearest", nearest_mode="floor")
resize("by 41", 13, (1, 1, 41, 47), shape=(1, 1, 3, 3), mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
resize("no change", 13, (1, 1, 1, 1), mode="linear")
resize("cubic", 13, (1, 1, 2, 2), mode="cubic", refused="mode = 'cubic'")
resize("crop", 13, (1, 1, 2, 2), mode="linear", coordinate_transformation_mode="tf_crop_and_resize", refused="coordinate_transformation_mode = 'tf_crop_and_resize'")
resize("linear channels", 13, (1, 2, 2, 2), mode="linear", refused="mode = 'linear'")
resize("antialias", 18, (1, 1, 0.5, 0.5), mode="linear", antialias=1, refused="antialias = 1")

# Shapes
X = (2, 3, 4)
for name, wanted, attributes in [("plain", (4, 6), {}), ("open", (0, -1), {}), ("zero", (0, 0, 2, 2), {}), ("flat", (-1,), {}), ("allowzero", (3, 8), {"allowzero": 1})]:
    add(f"Reshape {name}", 14 if attributes else 9, [node("Reshape", "x s", "t", **attributes), node("Abs", "t")], {"x": X}, {"s": ints(*wanted)})
for axis, opset in [(None, 9), (0, 9), (2, 13), (3, 11), (-1, 11)]:
    add(f"Flatten {axis}", opset, node("Flatten", **({} if axis is None else {"axis": axis})), {"x": X})
add("Transpose", 9, node("Transpose"), {"x": X})
add("Transpose perm", 13, node("Transpose", perm=[1, 2, 0]), {"x": X})
add("Concat", 9, node("Concat", "x z", axis=1), {"x": X, "z": (2, 2, 4)})
add("Concat -1", 13, node("Concat", "x w x", axis=-1), {"x": X}, {"w": floats((2, 3, 2), 51)})
add("Split attribute", 9, node("Split", "x", "y z", axis=1, split=[1, 2]), {"x": X}, outputs=("y", "z"))
add("Split equal", 11, node("Split", "x", "y z", axis=-1), {"x": X}, outputs=("y", "z"))
add("Split input", 13, node("Split", "x s", "y z", axis=1), {"x": X}, {"s": ints(2, 1)}, outputs=("y", "z"))
add("Split num_outputs", 18, node("Split", "x", "y z", axis=2, num_outputs=2), {"x": X}, outputs=("y", "z"))
add("Split uneven", 18, node("Split", "x", "a y z", axis=0, num_outputs=3), {"x": (7, 2)}, outputs=("a", "y", "z"))
add("Split one read", 13, [node("Split", "x", "a b", axis=1), node("Abs", "b")], {"x": (2, 4)})
add("Slice attributes", 9, node("Slice", starts=[0, 1], ends=[2, -1], axes=[1, 2]), {"x": X})
add("Slice no axes", 9, node("Slice", starts=[1, 0], ends=[2, 1000]), {"x": X})
for name, s, e, a, t in [("plain", [0, 1], [2, 4], [1, 2], None), ("backwards", [-1], [-1000], [2], [-1]), ("steps", [0, 3], [2**63 - 1, 0], [1, -1], [2, -2]), ("negative", [-3], [-1], [-1], None)]:
    lists = {"s": ints(*s), "e": ints(*e), "a": ints(*a)} | ({} if t is None else {"t": ints(*t)})
    add(f"Slice {name}", 10 if t is None else 13, node("Slice", "x s e a" + ("" if t is None else " t")), {"x": X}, lists)
add("Slice of int32 lists", 11, node("Slice", "x s e"), {"x": X}, {"s": np.array([1], np.int32), "e": np.array([2], np.int32)})
for op, shape, axes in [("Squeeze", (1, 3, 1), [0]), ("Squeeze", (1, 3, 1), [-1, 0]), ("Squeeze", (1, 3, 1), None), ("Unsqueeze", (2, 3), [0, 2]), ("Unsqueeze", (2, 3), [-1, 1])]:
    if axes is None or min(axes) >= 0:
        add(f"{op} attribute {axes}", 9, [node(op, "x", "t", **({} if axes is None else {"axes": axes})), node("Abs", "t")], {"x": shape})
    add(f"{op} {axes}", 13, [node(op, "x" if axes is None else "x a", "t"), node("Abs", "t")], {"x": shape}, {} if axes is None else {"a": ints(*axes)})
for attributes, opset in [({}, 9), ({"start": 1}, 15), ({"start": -2, "end": -1}, 19), ({"end": 2}, 15)]:
    add(f"Shape {attributes}", opset, [node("Shape", "x", "s", **attributes), node("ConstantOfShape", "s", "f", value=nh.from_array(f32(0.5))), node("Mul", "f c", "y")], {"x": X}, {"c": f32(2)})
add("Size", 13, [node("Size", "x", "n"), node("Cast", "n", "f", to=T.FLOAT), node("Mul", "x f")], {"x": X})
for indices, axis in [(ints(1, 0, -1), 1), (ints(2).reshape(()), -1), (np.array([[0, 1], [1, 0]], np.int32), 0)]:
    add(f"Gather {indices.shape} {axis}", 11, node("Gather", "x i", axis=axis), {"x": X}, {"i": indices})
add("Gather at run time", 13, node("Gather", "w i"), {"i": np.array([3, -1, 0, -4], np.int32)}, {"w": floats((4, 3), 52)})
for to, name in [(T.INT64, "i64"), (T.INT32, "i32"), (T.BOOL, "bool"), (T.DOUBLE, "f64")]:
    scaled = [node("Mul", "x c", "t"), node("Cast", "t", "u" if to == T.DOUBLE else "y", to=to)]
    add(f"Cast {name}", 13, scaled + ([node("Cast", "u", "y", to=T.FLOAT)] if to == T.DOUBLE else []), {"x": X}, {"c": f32(9)})
add("Cast back", 9, node("Cast", to=T.FLOAT), {"x": ints(1, -2, 3)})
for name, attributes in [("float", {"value_float": 0.75}), ("int", {"value_int": 3}), ("floats", {"value_floats": [1.0, 2.0, 3.0, 4.0]}), ("ints", {"value_ints": [1, 2, 3, 4]})]:
    whole = "int" in name
    add(f"Constant {name}", 12, [node("Constant", [], "k", **attributes)] + ([node("Cast", "k", "f", to=T.FLOAT)] if whole else []) + [node("Add", "x f" if whole else "x k")], {"x": X})
add("Constant tensor", 9, [node("Constant", [], "k", value=nh.from_array(floats((3, 1), 53))), node("Add", "x k")], {"x": X})
add("Dropout", 9, [node("Dropout", "x", "t", ratio=0.3), node("Abs", "t")], {"x": X})
add("Dropout", 13, [node("Dropout", "x", "t"), node("Abs", "t")], {"x": X})
for keep in (0, 1):
    for axis in (0, -1):
        add(f"ArgMax {axis} {keep}", 11 + 2 * keep, node("ArgMax", axis=axis, keepdims=keep), {"x": X})
add("ArgMax image", 13, node("ArgMax", axis=1), {"x": IMAGE})
add("ArgMin", 13, node("ArgMin", axis=1, keepdims=0), {"x": X})
for op in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare"]:
    add(f"{op} attribute", 11, node(op, axes=[0, 2] if op == "ReduceMean" else [1], keepdims=0), {"x": X})
    add(f"{op} all", 9, node(op), {"x": X})
    add(f"{op} input", 18, node(op, "x a", keepdims=1), {"x": X}, {"a": ints(-1, 1)})
add("ReduceSum input", 13, node("ReduceSum", "x a", keepdims=0), {"x": X}, {"a": ints(-1)})
add("ReduceSum nothing", 13, [node("ReduceSum", "x", "t", noop_with_empty_axes=1), node("Abs", "t")], {"x": X})
add("ReduceMean image", 13, node("ReduceMean", axes=[2, 3]), {"x": IMAGE})
for wanted in [(2, 3, 4), (5, 1, 3, 4), (3, 1), (1,)]:
    add(f"Expand {wanted}", 13, [node("Expand", "x s", "t"), node("Abs", "t")], {"x": (3, 4) if len(wanted) > 2 else (1, 4)}, {"s": ints(*wanted)})
add("Tile", 9, node("Tile", "x r"), {"x": X}, {"r": ints(2, 1, 3)})
for mode in ["constant", "reflect", "edge"]:
    add(f"Pad {mode} attribute", 9, node("Pad", pads=[0, 1, 2, 0, 0, 1], mode=mode), {"x": X})
    add(f"Pad {mode} input", 11, node("Pad", "x p", mode=mode), {"x": X}, {"p": ints(0, 1, 2, 0, 0, 1)})
add("Pad value", 13, node("Pad", "x p v"), {"x": X}, {"p": ints(0, 0, 1, 1, 0, 2), "v": f32(0.5).reshape(())})
add("Pad value attribute", 9, node("Pad", pads=[0, 0, 1, 1, 0, 2], value=0.25), {"x": X})
add("Pad axes", 18, node("Pad", ["x", "p", "", "a"]), {"x": X}, {"p": ints(1, 2), "a": ints(-1)})
add("Pad negative", 13, node("Pad", "x p"), {"x": X}, {"p": ints(0, -1, 1, 0, 0, -2)})
add("Pad cut only", 13, node("Pad", "x p"), {"x": X}, {"p": ints(0, -1, 0, 0, 0, -2)})
add("DepthToSpace", 9, node("DepthToSpace", blocksize=2), {"x": (1, 8, 2, 3)})
for mode in ["DCR", "CRD"]:
    add(f"DepthToSpace {mode}", 13, node("DepthToSpace", blocksize=2, mode=mode), {"x": (2, 8, 2, 3)})
add("SpaceToDepth", 13, node("SpaceToDepth", blocksize=2), {"x": (1, 3, 4, 6)})

# Shape arithmetic, as exporters write it
flatten = [
    node("Shape", "x", "s"), node("Gather", "s zero", "n"), node("Unsqueeze", "n", "n1", axes=[0]), node("Concat", "n1 rest", "t", axis=0), node("Reshape", "x t", "r"), node("Abs", "r"),
]
add("Shapes: flatten", 11, flatten, {"x": (2, 3, 4)}, {"zero": ints(0).reshape(()), "rest": ints(-1)})
grow = [
    node("Shape", "x", "s"), node("Slice", "s two four ax", "hw"), node("Cast", "hw", "f", to=T.FLOAT), node("Mul", "f k", "m"), node("Floor", "m", "g"), node("Cast", "g", "i", to=T.INT64),
    node("Slice", "s zero two ax", "nc"), node("Concat", "nc i", "z", axis=0), node("Resize", "x r e z", mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
]
add("Shapes: resize", 12, grow, {"x": (1, 2, 3, 4)}, {"zero": ints(0), "two": ints(2), "four": ints(4), "ax": ints(0), "k": f32(2), "r": f32(), "e": f32()})
spread = [
    node("Shape", "x", "s"), node("ConstantOfShape", "len", "ones", value=nh.from_array(ints(1))), node("Mul", "ones m1", "negative"), node("Equal", "want negative", "open"),
    node("Where", "open ones want", "shape"), node("Expand", "x shape", "e"), node("Mul", "e half"),
]
add("Shapes: expand", 13, spread, {"x": (3, 4)}, {"len": ints(3), "m1": ints(-1), "want": ints(2, -1, -1), "half": f32(0.5)})
count = [
    node("Shape", "x", "s"), node("ReduceProd", "s", "p", keepdims=0), node("Range", "zero p one", "i"), node("Cast", "i", "f", to=T.FLOAT), node("Reshape", "f s", "g"), node("Add", "x g"),
]
add("Shapes: positions", 13, count, {"x": (2, 3)}, {"zero": ints(0).reshape(()), "one": ints(1).reshape(())})
padded = [
    node("ConstantOfShape", "n", "z", value=nh.from_array(ints(0))), node("Concat", "own z", "l", axis=0), node("Reshape", "l two", "m"), node("Slice", "m s e a t", "back"),
    node("Transpose", "back", "turned", perm=[1, 0]), node("Reshape", "turned flat", "p"), node("Cast", "p", "q", to=T.INT64), node("Pad", "x q v"),
]
add("Shapes: pad", 13, padded, {"x": (1, 1, 2, 3)}, {"n": ints(4), "own": ints(1, 2, 0, 1), "two": ints(-1, 2), "s": ints(-1), "e": ints(-(2**63) + 1), "a": ints(0), "t": ints(-1), "flat": ints(-1), "v": f32(0).reshape(())})
half = nh.from_array(floats((3, 4), 61).astype(np.float16), "w")
add("Weights float16", 13, [node("Cast", "w", "f", to=T.FLOAT), node("Mul", "x f")], {"x": (3, 4)}, {"w": half})
add("Weights double", 13, [node("Cast", "w", "f", to=T.FLOAT), node("Mul", "x f")], {"x": (3, 4)}, {"w": floats((3, 4), 62).astype(np.float64)})
lists = h.make_tensor("w", T.FLOAT, [2, 2], [0.5, 1.5, -1.0, 2.0])
add("Weights as a list", 13, node("Mul", "x w"), {"x": (2, 2)}, {"w": lists})
add("Weights float16 as a list", 13, [node("Cast", "w", "f", to=T.FLOAT), node("Mul", "x f")], {"x": (2, 2)}, {"w": h.make_tensor("w", T.FLOAT16, [2, 2], [0.5, 1.5, -1.0, 2.0])})

# The latest version
add("Softmax", 23, node("Softmax", axis=1), {"x": X})
add("Softplus", 23, node("Softplus"), {"x": X})
add("Reshape", 23, [node("Reshape", "x s", "t"), node("Abs", "t")], {"x": X}, {"s": ints(0, -1)})
add("Squeeze", 23, [node("Squeeze", "x a", "t"), node("Abs", "t")], {"x": (1, 3, 1)}, {"a": ints(0)})
add("Transpose", 23, [node("Flatten", "x", "t"), node("Transpose", "t")], {"x": X})
add("Cast", 23, node("Cast", to=T.INT32), {"x": ints(1, -2)})
add("ReduceSum", 23, node("ReduceSum", "x a", keepdims=0), {"x": X}, {"a": ints(-1)})
add("Pad", 23, node("Pad", "x p", mode="edge"), {"x": X}, {"p": ints(0, 1, 2, 0, 0, 1)})
add("AveragePool", 23, node("AveragePool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, pads=[1, 1, 1, 1], count_include_pad=1), {"x": IMAGE})
add("Conv", 23, node("Conv", "x w", pads=[1, 1, 1, 1]), {"x": IMAGE}, {"w": W})

# Gelu written out
G = {"r": f32(2**0.5).reshape(()), "i": f32(0.5**0.5), "o": f32(1).reshape(()), "h": f32(0.5).reshape(()), "two": f32(2)}
wide = node("Mul", "x0 two", "x")
for name, nodes in [
    ("torch", [node("Div", "x r", "d"), node("Erf", "d", "e"), node("Add", "e o", "a"), node("Mul", "x a", "m"), node("Mul", "m h")]),
    ("half first", [node("Mul", "x h", "m"), node("Mul", "x i", "d"), node("Erf", "d", "e"), node("Add", "o e", "a"), node("Mul", "m a")]),
    ("half in the sum", [node("Div", "x r", "d"), node("Erf", "d", "e"), node("Add", "e o", "a"), node("Mul", "h a", "m"), node("Mul", "x m")]),
    ("constant nodes", [node("Constant", [], "k", value=nh.from_array(f32(0.5).reshape(()))), node("Div", "x r", "d"), node("Erf", "d", "e"), node("Add", "e o", "a"), node("Mul", "x a", "m"), node("Mul", "m k")]),
]:
    add(f"Gelu written out, {name}", 13, [wide, *nodes], {"x0": (3, 11)}, G)
add("Erf alone", 13, node("Erf"), {"x": X}, refused="unsupported ops: Erf (1: 'the Erf of y')")

# Results that are constants, inputs or one value under two names
add("Constant output", 13, [node("Shape", "x", "s"), node("Cast", "s", "z", to=T.FLOAT), node("Abs", "x")], {"x": X}, outputs=("y", "z"))
add("Integer constant output", 13, [node("Shape", "x", "z"), node("Abs", "x")], {"x": X}, outputs=("y", "z"))
add("Initializer output", 13, [node("Add", "x w", "z"), node("Identity", "w")], {"x": X}, {"w": f32(0.5)}, outputs=("y", "z"))
add("Input output", 13, [node("Identity", "x"), node("Identity", "x", "z"), node("Identity", "z", "u")], {"x": X}, outputs=("y", "z", "u"))
add("Names like ours", 13, [node("PRelu", "x w", "y.1"), node("PRelu", "y.1 w", "y.2"), node("PRelu", "y.2 w")], {"x": (1, 4, 2, 9)}, {"w": floats((1, 1, 9), 81)})

# Refused
add("Conv 1-D", 13, node("Conv", "x w"), {"x": (1, 2, 8)}, {"w": floats((3, 2, 3), 71)}, refused="only two-dimensional images")
add("Conv of an input", 13, node("Conv", "x w"), {"x": (1, 2, 8, 8), "w": (3, 2, 3, 3)}, refused="computed at run time")
add("MaxPool dilated", 10, node("MaxPool", kernel_shape=[2, 2], dilations=[2, 2]), {"x": IMAGE}, refused="dilations = [2,2]")
add("MaxPool indices", 9, node("MaxPool", "x", "a y", kernel_shape=[2, 2]), {"x": IMAGE}, refused="the output 'y' (number 1)")
add("Pad wrap", 19, node("Pad", "x p", mode="wrap"), {"x": X}, {"p": ints(0, 0, 1, 0, 0, 1)}, refused="mode = 'wrap'")
add("ArgMax last", 13, node("ArgMax", select_last_index=1), {"x": X}, refused="select_last_index = 1")
add("Where at run time", 13, node("Where", "b x w"), {"b": np.array([True, False]), "x": (2,)}, {"w": f32(1)}, refused="at compile time")
add("BatchNormalization training", 15, node("BatchNormalization", "x s b m v", training_mode=1), {"x": IMAGE}, P, refused="training mode")

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ops.json.gz")
text = json.dumps({"made_with": f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}", "cases": cases}, separators=(",", ":"))
with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    packed.write(text.encode())
print(len(cases), "cases,", os.path.getsize(path), "bytes")
