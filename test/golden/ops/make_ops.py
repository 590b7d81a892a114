"""Makes the golden files beside it: small programs, and what Paddle itself computes with them.

    python make_ops.py            every family of operators, for the Paddle that is installed (2.6.2 or 1.8.5)

Each case is a program of one or a few operators, exported as inference programs are, run on seeded inputs. A case that
Paddle refuses is printed and left out. <version>/<family>.gz holds one line of JSON (an array of cases: name, how to make the
inputs, types of the outputs, lengths of program and parameters in bytes), then for every case the exported program, the
combined parameters and the outputs, little-endian.
"""

import gzip
import importlib
import json
import os
import sys
import tempfile

import numpy as np
import paddle

OLD = paddle.__version__.startswith("1.")
VERSION = "1.8" if OLD else "2.6"
if OLD:
    import paddle.fluid as fluid

    core = fluid.core
    Program, program_guard, unique_name = fluid.Program, fluid.program_guard, fluid.unique_name
    Executor, Scope, scope_guard = fluid.Executor, fluid.Scope, fluid.scope_guard
else:
    paddle.enable_static()
    core = paddle.base.core
    Program, program_guard = paddle.static.Program, paddle.static.program_guard
    unique_name = paddle.utils.unique_name
    Executor, Scope, scope_guard = paddle.static.Executor, core.Scope, paddle.static.scope_guard

FAMILIES = ["activation", "api", "conv", "chain", "elementwise", "image", "matrix", "norm", "pool", "random", "reduce", "select", "shape"]


def lcg(count, seed):
    """The generator of test/support/lcg.ts."""
    values = np.empty(count, np.float64)
    for i in range(count):
        seed = (seed * 1664525 + 1013904223) % 2**32
        values[i] = (seed >> 8) / 2**24 * 2 - 1
    return values


def values_of(shape, dtype, low, high, seed):
    values = low + (lcg(int(np.prod(shape)), seed) + 1) / 2 * (high - low)
    if dtype not in ("float32", "float64"):
        values = np.floor(values)
    return values.astype(dtype).reshape(shape)


def without_callstacks(program):
    """The program without the paths of the machine it was made on."""
    block = program.global_block()
    for op in block.ops:
        if op.has_attr("op_callstack"):
            op.desc.remove_attr("op_callstack")
            op._set_attr("op_role", op.attr("op_role"))
    # 1.8 writes the old bytes unless the block itself has changed.
    block.desc.append_op()
    block.desc._remove_op(block.desc.op_size() - 1, block.desc.op_size())
    return program


class Spec:
    """An argument of an operator: a feed, a parameter or a constant made in the program."""

    def __init__(self, kind, shape, dtype, low=-1, high=1, data=None, declared=None):
        self.kind, self.shape, self.dtype, self.low, self.high = kind, list(shape), dtype, low, high
        self.data, self.declared = data, declared


def X(*shape, **more):
    """A feed. dtype, low and high say what it holds, declared its shape in the program."""
    return Spec("feed", shape, more.pop("dtype", "float32"), **more)


def W(*shape, **more):
    """A parameter."""
    return Spec("parameter", shape, more.pop("dtype", "float32"), **more)


def C(values, dtype="int32"):
    """A constant that the program itself makes."""
    array = np.array(values, dtype)
    return Spec("constant", array.shape, dtype, data=array)


class Builder:
    """Grows one program."""

    def __init__(self):
        self.program, self.block = Program(), None
        self.block = self.program.global_block()
        self.feeds, self.fetches, self.parameters = [], [], {}
        self.names = 0

    def name(self, stem):
        self.names += 1
        return "%s%d" % (stem, self.names - 1)

    def put(self, spec):
        if not isinstance(spec, Spec):
            return spec
        if spec.kind == "feed":
            name = self.name("x")
            seed = len(self.feeds) + 1
            var = self.block.create_var(
                name=name, shape=spec.declared or spec.shape, dtype=spec.dtype, is_data=True, need_check_feed=True, stop_gradient=True
            )
            self.feeds.append((var, spec, values_of(spec.shape, spec.dtype, spec.low, spec.high, seed)))
            return var
        if spec.kind == "parameter":
            data = spec.data
            if data is None:
                data = values_of(spec.shape, spec.dtype, spec.low, spec.high, 101 + len(self.parameters))
            name = self.name("w")
            var = self.block.create_var(name=name, shape=list(data.shape), dtype=spec.dtype, persistable=True, stop_gradient=True)
            self.parameters[name] = data
            return var
        return self.constant(spec.data)

    def constant(self, data):
        kinds = {"int32": "int32_values", "int64": "int64_values", "float32": "fp32_values", "bool": "bool_values"}
        attrs = {"shape": list(data.shape), "dtype": self.code(str(data.dtype))}
        attrs[kinds[str(data.dtype)]] = [v.item() for v in data.flatten()]
        return self.op("assign_value", {}, attrs, dtype=str(data.dtype))

    @staticmethod
    def code(dtype):
        """Paddle's number of an element type."""
        codes = {"bool": 0, "int16": 1, "int32": 2, "int64": 3, "float16": 4, "float32": 5, "float64": 6, "uint8": 20, "int8": 21}
        return codes[dtype]

    def op(self, type, inputs, attrs=None, out="Out", extra=(), count=1, dtype=None, shared=None):
        """Adds an operator; returns the variable in `out`, or a list of `count`. `extra`: outputs nobody reads."""
        given = {}
        for slot, value in inputs.items():
            given[slot] = [self.put(v) for v in (value if isinstance(value, list) else [value])]
        first = next((v for vs in given.values() for v in vs), None)
        dtype = dtype or (first.dtype if first is not None else "float32")
        outs = [self.block.create_var(name=self.name("y"), dtype=dtype) for _ in range(count)]
        outputs = {out: outs}
        for slot in extra:
            outputs[slot] = [self.block.create_var(name=self.name("unused"), dtype="float32")]
        for slot, source in (shared or {}).items():
            outputs[slot] = given[source]
        self.block.append_op(type=type, inputs=given, outputs=outputs, attrs=dict(attrs or {}))
        return outs[0] if count == 1 else outs

    def finish(self):
        """(program bytes, parameter bytes, outputs)"""
        with scope_guard(Scope()):
            place = core.CPUPlace()
            exe = Executor(place)
            scope = fluid.global_scope() if OLD else paddle.static.global_scope()
            for name, data in self.parameters.items():
                scope.var(name).get_tensor().set(data, place)
            feed = {var.name: data for var, _, data in self.feeds}
            return (self._old if OLD else self._new)(exe, feed)

    def _new(self, exe, feed):
        variables = [var for var, _, _ in self.feeds]
        text = paddle.static.serialize_program(variables, self.fetches, program=self.program)
        parameters = b""
        if self.parameters:
            parameters = paddle.static.serialize_persistables(variables, self.fetches, exe, program=self.program) or b""
        loaded = without_callstacks(paddle.static.deserialize_program(text))
        text = loaded.desc.serialize_to_string()
        names = [op.input_arg_names[0] for op in loaded.global_block().ops if op.type == "fetch"]
        got = exe.run(loaded, feed=feed, fetch_list=[loaded.global_block().var(n) for n in names])
        return text, parameters, got

    def _old(self, exe, feed):
        with tempfile.TemporaryDirectory() as folder:
            fluid.io.save_inference_model(
                folder, list(feed), self.fetches, exe, self.program, "__model__", "__params__", program_only=not self.parameters
            )
            path = os.path.join(folder, "__params__")
            parameters = open(path, "rb").read() if self.parameters else b""
            program = without_callstacks(Program.parse_from_string(open(os.path.join(folder, "__model__"), "rb").read()))
            text = program.desc.serialize_to_string()
            if self.parameters:
                fluid.io.load_vars(exe, folder, program, vars=[v for v in program.list_vars() if fluid.io.is_persistable(v)], filename="__params__")
            names = [op.input_arg_names[0] for op in program.global_block().ops if op.type == "fetch"]
            got = exe.run(program, feed=feed, fetch_list=[program.global_block().var(n) for n in names])
            return text, parameters, got


class Family:
    """The cases of one file."""

    def __init__(self, name):
        self.name, self.cases, self.blobs, self.refused = name, [], [], []

    def case(self, name, build, only=None):
        """`build(b)` adds operators to b and returns the variable or variables to fetch."""
        if only and only != VERSION:
            return
        assert all(one["name"] != name for one in self.cases), name
        try:
            with unique_name.guard():
                b = Builder()
                with program_guard(b.program):
                    fetched = build(b)
                b.fetches = fetched if isinstance(fetched, list) else [fetched]
                program, parameters, got = b.finish()
            arrays = [np.asarray(one) for one in got]
            for one in arrays:
                assert one.dtype.kind != "f" or np.isfinite(one).all(), "not finite"
                assert one.size > 0, "empty"
        except Exception as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            reason = next((line for line in lines if "Error: " in line), lines[-1] if lines else repr(error))
            self.refused.append(name)
            print("refused: %s/%s: %s" % (self.name, name, reason[:230]))
            return
        self.cases.append(
            {
                "name": name,
                "program": len(program),
                "parameters": len(parameters),
                "inputs": [
                    {"name": var.name, "dtype": s.dtype, "shape": s.shape, "low": s.low, "high": s.high} for var, s, _ in b.feeds
                ],
                "outputs": [{"dtype": str(a.dtype), "shape": list(a.shape)} for a in arrays],
            }
        )
        self.blobs += [program, parameters] + [a.tobytes() for a in arrays]

    def one(self, name, type, inputs, attrs=None, only=None, **more):
        """A program of one operator."""
        self.case(type + " " + name, lambda b: b.op(type, inputs, attrs, **more), only)

    def write(self):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), VERSION)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, self.name + ".gz")
        head = json.dumps(self.cases, separators=(",", ":")).encode() + b"\n"
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
            file.write(head + b"".join(self.blobs))
        print("%s %s: %d cases, %d refused, %d bytes" % (VERSION, self.name, len(self.cases), len(self.refused), os.path.getsize(path)))


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.modules["make_ops"] = sys.modules["__main__"]
    for name in sys.argv[1:] or FAMILIES:
        family = Family(name)
        importlib.import_module("cases_" + name).add(family)
        family.write()
