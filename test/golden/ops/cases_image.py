"""Interpolation, padding, shuffles."""

from make_ops import C, OLD, W, X


def add(f):
    def interp(name, type, x, only=None, more={}, declared=None, **attrs):
        kind = "nearest" if type.startswith("nearest") else "bilinear"
        given = dict({"interp_method": kind, "data_layout": "NCHW", "out_d": -1, "out_h": -1, "out_w": -1, "align_corners": False, "align_mode": 1}, **attrs)
        f.one(name, type, dict({"X": X(*x, declared=declared)}, **more), given, only)

    ups = [("up 2", (3, 4), (6, 8)), ("up", (3, 4), (7, 9)), ("down", (7, 9), (3, 4)), ("down 2", (8, 6), (4, 3)), ("mixed", (3, 9), (8, 4)), ("to one", (4, 5), (1, 1)), ("from one", (1, 1), (3, 4)), ("same", (4, 5), (4, 5)), ("one row", (4, 5), (1, 7))]
    for v2 in (False, True):
        for kind in ("nearest", "bilinear"):
            type = "%s_interp%s" % (kind, "_v2" if v2 else "")
            only = "2.6" if v2 else None
            for corners in (False, True):
                for mode in ((1,) if kind == "nearest" else (0, 1)):
                    for name, size, out in ups:
                        interp("%s, corners %s, mode %d" % (name, corners, mode), type, (1, 2 if v2 else 1) + size, only, out_h=out[0], out_w=out[1], align_corners=corners, align_mode=mode)
            scales = ([2.0, 2.0], [1.5, 2.5], [0.5, 0.7], [1.3, 0.6], [3.0, 1.0]) if v2 else (2.0, 1.5, 0.5, 2.6, 0.7)
            for scale in scales:
                for corners in (False, True):
                    for mode in ((1,) if kind == "nearest" else (0, 1)):
                        interp("scale %s, corners %s, mode %d" % (scale, corners, mode), type, (1, 1, 5, 7), only, scale=scale, align_corners=corners, align_mode=mode)
            tensor = {"OutSize": C([6, 5])}
            interp("OutSize", type, (1, 2, 3, 4), only, tensor)
            interp("OutSize beats out_h and scale", type, (1, 2, 3, 4), only, tensor, out_h=9, out_w=9, scale=[2.0, 2.0] if v2 else 2.0)
            interp("SizeTensor", type, (1, 2, 3, 4), only, {"SizeTensor": [C([6]), C([5])]})
            interp("SizeTensor beats OutSize", type, (1, 2, 3, 4), only, {"SizeTensor": [C([6]), C([5])], "OutSize": C([7, 8])})
            interp("Scale", type, (1, 2, 3, 4), only, {"Scale": C([2.0], "float32")})
            interp("Scale beats scale", type, (1, 2, 3, 4), only, {"Scale": C([1.5], "float32")}, scale=[3.0, 3.0] if v2 else 3.0)
            interp("Scale beats out_h", type, (1, 2, 3, 4), only, {"Scale": C([2.0], "float32")}, out_h=5, out_w=5)
            interp("OutSize beats Scale", type, (1, 2, 3, 4), only, {"Scale": C([2.0], "float32"), "OutSize": C([5, 7])})
            interp("Scale is a parameter", type, (1, 2, 3, 4), only, {"Scale": W(1, low=2, high=3)})
            if v2:
                interp("scale of one is none", type, (1, 2, 3, 4), only, scale=[2.0], out_h=5, out_w=6)
                interp("Scale of two", type, (1, 2, 3, 4), only, {"Scale": C([2.0, 1.5], "float32")})
                interp("scale beats out_h", type, (1, 2, 3, 4), only, scale=[2.0, 3.0], out_h=5, out_w=5)
                interp("OutSize and scale, mode 0", type, (1, 2, 3, 4), only, {"OutSize": C([7, 9])}, scale=[2.2, 2.3], align_mode=0)
            else:
                interp("scale beats out_h", type, (1, 2, 3, 4), only, scale=2.0, out_h=5, out_w=5)
            interp("NHWC", type, (1, 3, 4, 2), only, data_layout="NHWC", out_h=6, out_w=5)
            interp("NHWC scale", type, (1, 3, 4, 2), only, data_layout="NHWC", scale=[2.0, 2.0] if v2 else 2.0)
            interp("batch", type, (2, 3, 3, 3), only, out_h=5, out_w=6)
            interp("open shape", type, (1, 2, 3, 3), only, declared=[-1, 2, -1, -1], scale=[2.0, 2.0] if v2 else 2.0)
            interp("large", type, (1, 1, 2, 3), only, out_h=9, out_w=13, align_mode=0)
            f.one("least attributes", type, {"X": X(1, 2, 3, 4)}, {"out_h": 5, "out_w": 7}, only)
            f.case(
                type + " of an image, sum",
                lambda b: (lambda x, y: b.op("elementwise_add", {"X": b.op(type, {"X": y}, {"scale": [2.0, 2.0] if v2 else 2.0, "align_corners": False, "interp_method": kind}), "Y": x}, {"axis": -1}))(
                    b.put(X(1, 3, 6, 4)), b.op("conv2d", {"Input": X(1, 2, 3, 2), "Filter": W(3, 2, 1, 1)}, {}, out="Output")
                ),
                only,
            )

    def api(name, **arguments):
        def build(b):
            import paddle

            return paddle.nn.functional.interpolate(b.put(X(1, 2, 4, 5)), **{k: (v(b) if callable(v) else v) for k, v in arguments.items()})

        f.case("interpolate " + name, build, "2.6")

    api("size", size=[7, 6])
    api("scale_factor", scale_factor=2, mode="bilinear")
    api("scale_factors", scale_factor=[1.5, 2.0], mode="nearest")
    api("size in a tensor", size=lambda b: b.put(C([7, 6])), mode="bilinear", align_corners=True)
    api("size in tensors", size=lambda b: [b.put(C([7])), b.put(C([6]))], mode="bilinear")
    api("size mixed", size=lambda b: [8, b.put(C([6]))], mode="nearest")
    api("scale in a tensor", scale_factor=lambda b: b.put(C([2.0], "float32")), mode="bilinear")
    f.case(
        "interpolate to the shape of another",
        lambda b: (lambda x, y: b.op("nearest_interp_v2", {"X": x, "OutSize": b.op("slice", {"Input": b.op("shape", {"Input": y}, {}, dtype="int32")}, {"axes": [0], "starts": [2], "ends": [4]})}, {"align_corners": False, "interp_method": "nearest", "out_h": -1, "out_w": -1}))(
            b.put(X(1, 2, 3, 3)), b.put(X(1, 2, 6, 5))
        ),
        "2.6",
    )

    # Paddle 2.6 has no CPU kernel for pad2d.
    for mode in ("constant", "reflect", "edge") if OLD else ():
        for name, p in (("all", [1, 2, 2, 1]), ("top", [2, 0, 0, 0]), ("right", [0, 0, 0, 2]), ("none", [0, 0, 0, 0])):
            f.one("%s %s" % (mode, name), "pad2d", {"X": X(1, 2, 4, 3)}, {"paddings": p, "mode": mode, "pad_value": 0.5})
        f.one(mode + " NHWC", "pad2d", {"X": X(1, 4, 3, 2)}, {"paddings": [1, 2, 2, 1], "mode": mode, "data_format": "NHWC"})
        f.one(mode + " batch", "pad2d", {"X": X(2, 3, 3, 3)}, {"paddings": [1, 1, 1, 1], "mode": mode})
        f.one(mode + " Paddings", "pad2d", {"X": X(1, 2, 4, 3), "Paddings": C([1, 2, 0, 1])}, {"mode": mode, "paddings": [0, 0, 0, 0]})
        f.case(
            "pad2d %s of an image" % mode,
            lambda b: b.op("pad2d", {"X": b.op("conv2d", {"Input": X(1, 2, 4, 3), "Filter": W(3, 2, 1, 1)}, {}, out="Output")}, {"paddings": [1, 2, 2, 1], "mode": mode}),
        )
    f.one("no attributes but paddings", "pad2d", {"X": X(1, 2, 3, 3)}, {"paddings": [1, 0, 1, 0]}, "1.8")
    f.one("int32", "pad2d", {"X": X(1, 2, 3, 3, dtype="int32", low=0, high=9)}, {"paddings": [1, 0, 1, 0], "pad_value": 3.0}, "1.8")
    for mode in ("constant", "reflect", "replicate", "circular"):
        for name, p in (("width", [1, 2, 0, 0, 0, 0]), ("height", [0, 0, 2, 1, 0, 0]), ("depth", [0, 0, 0, 0, 1, 1]), ("all", [1, 2, 2, 1, 1, 0])):
            f.one("%s %s" % (mode, name), "pad3d", {"X": X(1, 2, 2, 3, 3)}, {"paddings": p, "mode": mode, "value": -0.5, "data_format": "NCDHW"}, "2.6")
        f.one(mode + " NDHWC", "pad3d", {"X": X(1, 2, 3, 3, 2)}, {"paddings": [1, 2, 2, 1, 1, 1], "mode": mode, "data_format": "NDHWC"}, "2.6")
        f.one(mode + " Paddings", "pad3d", {"X": X(1, 2, 2, 3, 3), "Paddings": C([1, 2, 0, 1, 0, 0])}, {"mode": mode, "paddings": [0] * 6}, "2.6")

        def pad_api(b, x, p, data_format):
            import paddle

            return paddle.nn.functional.pad(b.put(X(*x)), p, mode=mode, value=0.25, data_format=data_format)

        f.case("pad NCHW " + mode, lambda b: pad_api(b, (1, 2, 4, 3), [1, 2, 2, 1], "NCHW"), "2.6")
        f.case("pad NHWC " + mode, lambda b: pad_api(b, (1, 4, 3, 2), [1, 2, 2, 1], "NHWC"), "2.6")
        f.case("pad NCL " + mode, lambda b: pad_api(b, (1, 2, 4), [1, 2], "NCL"), "2.6")
        f.case("pad NCDHW " + mode, lambda b: pad_api(b, (1, 2, 2, 3, 3), [1, 2, 1, 0, 1, 1], "NCDHW"), "2.6")
    f.one("negative", "pad3d", {"X": X(1, 2, 3, 3, 3)}, {"paddings": [-1, 1, 0, 0, 0, 0], "mode": "constant", "value": 0.0}, "2.6")
    for shape in ((3,), (2, 3), (2, 3, 2), (1, 2, 3, 2), (1, 2, 1, 2, 2)):
        p = [(i * 7 + 1) % 3 for i in range(2 * len(shape))]
        f.one("rank %d" % len(shape), "pad", {"X": X(*shape)}, {"paddings": p, "pad_value": 0.25})
    f.one("none", "pad", {"X": X(2, 3)}, {"paddings": [0, 0, 0, 0], "pad_value": 1.0})
    f.one("no pad_value", "pad", {"X": X(2, 3)}, {"paddings": [0, 1, 1, 0]})
    f.one("int64", "pad", {"X": X(2, 3, dtype="int64", low=0, high=9)}, {"paddings": [0, 1, 1, 0], "pad_value": 2.0})

    for r in (1, 2, 3):
        f.one("by %d" % r, "pixel_shuffle", {"X": X(1, r * r * 2, 3, 2)}, {"upscale_factor": r})
    f.one("batch", "pixel_shuffle", {"X": X(2, 4, 2, 3)}, {"upscale_factor": 2})
    f.one("NHWC", "pixel_shuffle", {"X": X(1, 3, 2, 8)}, {"upscale_factor": 2, "data_format": "NHWC"})
    f.case(
        "pixel_shuffle of an image",
        lambda b: b.op("pixel_shuffle", {"X": b.op("conv2d", {"Input": X(1, 2, 3, 3), "Filter": W(8, 2, 1, 1)}, {}, out="Output")}, {"upscale_factor": 2}),
    )
    for g in (1, 2, 3, 6):
        f.one("%d groups" % g, "shuffle_channel", {"X": X(2, 6, 2, 3)}, {"group": g})
