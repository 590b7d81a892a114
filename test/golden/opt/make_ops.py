"""What the real opt makes of every program in ../ops: the first 8 digits of a SHA-256 each, or - where it gives up.

    pip install 'numpy<2' paddlelite==2.13rc0        (Python 3.8 or 3.10, Linux on x86)
    python make_ops.py > ops.txt                     (some ten minutes)

The first 18 bytes of a file are left out: they end in stray memory.
"""
import gzip
import hashlib
import json
import os
import sys
import tempfile

import paddlelite.lite as lite

HERE = os.path.dirname(os.path.abspath(__file__))
OPS = os.path.join(HERE, '..', 'ops')


def cases():
    for version in ['1.8', '2.6']:
        for name in sorted(os.listdir(os.path.join(OPS, version))):
            with gzip.open(os.path.join(OPS, version, name)) as file:
                described = json.loads(file.readline())
                for one in described:
                    program, parameters = file.read(one['program']), file.read(one['parameters'])
                    for output in one['outputs']:
                        file.read(output_bytes(output))
                    yield version + '/' + name[:-3] + ': ' + one['name'], program, parameters


def output_bytes(output):
    size = {'float32': 4, 'float64': 8, 'int8': 1, 'uint8': 1, 'int16': 2, 'int32': 4, 'int64': 8, 'bool': 1}[output['dtype']]
    for dim in output['shape']:
        size *= dim
    return size


def digest(program, parameters):
    """In a process of its own: opt aborts where it gives up."""
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        for name, content in [('model', program), ('params', parameters)]:
            with open(path(name), 'wb') as file:
                file.write(content)
        child = os.fork()
        if child == 0:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            opt = lite.Opt()
            opt.set_model_file(path('model'))
            opt.set_param_file(path('params'))
            opt.set_valid_places('arm')
            opt.set_model_type('naive_buffer')
            opt.set_optimize_out(path('out'))
            opt.run()
            os._exit(0)
        os.waitpid(child, 0)
        if not os.path.exists(path('out.nb')):
            return '-'
        with open(path('out.nb'), 'rb') as file:
            return hashlib.sha256(file.read()[18:]).hexdigest()[:8]


for name, program, parameters in cases():
    print(digest(program, parameters) + ' ' + name)
    sys.stdout.flush()
