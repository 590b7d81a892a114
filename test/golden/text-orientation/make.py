"""Scores of the text orientation classifier for the example pictures, by Paddle itself.

    python make.py          needs paddlepaddle==2.6.2 and "numpy<2" (Python 3.10); writes paddle-2.6.2.json

The preprocessing is that of examples/cpp/text_orientation.cpp, which is PaddleOCR's (tools/infer/predict_cls.py) but for the
rounding to bytes within cv2.resize: BGR, height 48, width in proportion and at most 192, (x / 255 - 0.5) / 0.5, zeros to the
right. About the two pictures the network has no doubt; the other cases are made of them so that it has some.
"""
import json
import math
import os

import numpy as np
import paddle

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "..", "..", "..", "examples")


def read_ppm(name):
    with open(os.path.join(EXAMPLES, "pictures", name), "rb") as file:
        assert file.readline() == b"P6\n"
        width, height = map(int, file.readline().split())
        assert file.readline() == b"255\n"
        return np.frombuffer(file.read(), np.uint8).reshape(height, width, 3)


def resized(picture, height, width):
    """Bilinear, with pixels as squares, as cv2.resize does."""

    def places(new, old):
        at = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        low = np.minimum(at.astype(int), max(old - 2, 0))
        return low, np.minimum(low + 1, old - 1), at - low

    y0, y1, fy = places(height, picture.shape[0])
    x0, x1, fx = places(width, picture.shape[1])
    fy, fx = fy[:, None, None], fx[None, :, None]
    rows = picture[y0] * (1 - fy) + picture[y1] * fy
    return rows[:, x0] * (1 - fx) + rows[:, x1] * fx


def prepared(picture):
    height, width = picture.shape[:2]
    new = min(192, math.ceil(48 * width / height))
    result = np.zeros((1, 3, 48, 192), np.float32)
    values = (resized(picture, 48, new) / 255 - 0.5) / 0.5
    result[0, :, :, :new] = values[:, :, ::-1].transpose(2, 0, 1)
    return result


def main():
    model = os.path.join(EXAMPLES, "models", "text-orientation", "inference")
    config = paddle.inference.Config(model + ".pdmodel", model + ".pdiparams")
    config.disable_gpu()
    predictor = paddle.inference.create_predictor(config)
    upright, turned = read_ppm("text-upright.ppm"), read_ppm("text-turned.ppm")
    narrow = upright[:, :12]
    pictures = {
        "upright": upright,
        "turned": turned,
        "narrow": narrow,
        "tinted": np.stack([narrow[:, :, 0], narrow[:, :, 1] // 2, narrow[:, :, 2] * 0], 2),
        "wide": np.concatenate([upright, turned], 1),
    }
    scores = {}
    for name, picture in pictures.items():
        predictor.get_input_handle(predictor.get_input_names()[0]).copy_from_cpu(prepared(picture))
        predictor.run()
        output = predictor.get_output_handle(predictor.get_output_names()[0]).copy_to_cpu()
        scores[name] = [float(np.format_float_positional(x, unique=True)) for x in output[0]]
    with open(os.path.join(HERE, "paddle-2.6.2.json"), "w") as file:
        file.write(json.dumps(scores, indent=2) + "\n")


if __name__ == "__main__":
    main()
