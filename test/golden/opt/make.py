"""Hashes of what the real opt makes of the networks beside this folder.

    pip install 'numpy<2' paddlelite==2.13rc0        (Python 3.8 or 3.10, Linux on x86)
    python make.py > real.json

The first 18 bytes of a file are left out: they end in stray memory. null: opt aborts.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'models')
FILES = [('inference.pdmodel', 'inference.pdiparams'), ('model.pdmodel', 'model.pdiparams'), ('__model__', '__params__')]
QUANTISED = {'int8': 'QUANT_INT8', 'int16': 'QUANT_INT16'}


def sources():
    for folder, _, _ in sorted(os.walk(MODELS)):
        if 'zoo' in folder:
            continue
        has = lambda name: os.path.exists(os.path.join(folder, name))
        for model, params in FILES:
            if has(model) and has(params):
                yield folder, ['--model_file=' + os.path.join(folder, model), '--param_file=' + os.path.join(folder, params)]
                break
        else:
            if has('__model__'):
                yield folder, ['--model_dir=' + folder]


def opt(arguments):
    with tempfile.TemporaryDirectory() as out:
        path = os.path.join(out, 'model')
        command = ['paddle_lite_opt', '--valid_targets=arm', '--optimize_out=' + path] + arguments
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not os.path.exists(path + '.nb'):
            return None
        with open(path + '.nb', 'rb') as file:
            return hashlib.sha256(file.read()[18:]).hexdigest()


result = {}
for folder, arguments in sources():
    name = os.path.relpath(folder, MODELS)
    result[name] = {'fp32': opt(arguments)}
    if 'quantized' not in name:
        for precision, kind in QUANTISED.items():
            result[name][precision] = opt(arguments + ['--quant_model=true', '--quant_type=' + kind])
json.dump(result, sys.stdout, indent=1)
print()
