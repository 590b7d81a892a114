/** The command lines that were run through the real opt, and the folders they were run in. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.js';

export const OPT_GOLDEN = join(packageRoot, 'test', 'golden', 'opt', 'cli');
const MODELS = join(packageRoot, 'test', 'golden', 'models');

export interface OptCase {
  readonly args: readonly string[];
  readonly exit: number;
  readonly stdout?: string;
  readonly stdout_file?: string;
  readonly stderr?: string;
  readonly setup?: string;
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256?: string }[];
}

export function optCases(): Readonly<Record<string, OptCase>> {
  return (JSON.parse(readFileSync(join(OPT_GOLDEN, 'cases.json'), 'utf8')) as { cases: Record<string, OptCase> }).cases;
}

/** The folder every case ran in: four models under short names. */
export function makeWorkplace(folder: string): void {
  const models = {
    tiny: 'tiny-conv-bn-relu-2.2',
    cls: join('ppocrv3-paddle-and-onnx', 'cls_paddle'),
    det: join('ppocrv3-paddle-and-onnx', 'det_paddle'),
    mv3: 'mobilenetv3-3class-2.6',
  };
  for (const [name, path] of Object.entries(models)) symlinkSync(join(MODELS, path), join(folder, name));
}

const tiny = {
  model: readFileSync(join(MODELS, 'tiny-conv-bn-relu-2.2', 'model.pdmodel')),
  params: readFileSync(join(MODELS, 'tiny-conv-bn-relu-2.2', 'model.pdiparams')),
};
const garbage = (size: number): Buffer => Buffer.from(Uint8Array.from({ length: size }, (_, i) => (73 * i + 11) & 255));

/** Files of cases that need more than the four models, as their `setup` says. */
const SETUPS: Readonly<Record<string, Readonly<Record<string, Buffer | null>>>> = {
  'print-model-ops-unsupported': { 'bad/model.pdmodel': withRelx(), 'bad/model.pdiparams': tiny.params },
  'unknown-op': { 'bad/model.pdmodel': withRelx(), 'bad/model.pdiparams': tiny.params },
  'model-dir-__model__-params': { 'd/__model__': tiny.model, 'd/params': tiny.params },
  'model-dir-__model__-__params__': { 'd/__model__': tiny.model, 'd/__params__': tiny.params },
  'model-dir-model-weights': { 'd/model': tiny.model, 'd/weights': tiny.params },
  'model-dir-without-params': { 'd/model.pdmodel': tiny.model },
  'empty-model-dir': { 'e/': null },
  'out-existing-overwritten': { 'out.nb': Buffer.alloc(100_000) },
  'out-existing-dir-same-stem': { 'out/': null },
  'out-nb-is-a-directory': { 'out.nb/': null },
  'out-protobuf-existing-file': { out: Buffer.alloc(1) },
  'params-truncated-half': bad(tiny.model, tiny.params.subarray(0, 2000)),
  'params-truncated-1byte': bad(tiny.model, tiny.params.subarray(0, -1)),
  'params-truncated-in-header': bad(tiny.model, tiny.params.subarray(0, 10)),
  'params-trailing-byte': bad(tiny.model, Buffer.concat([tiny.params, Buffer.alloc(1)])),
  'params-empty': bad(tiny.model, Buffer.alloc(0)),
  'params-garbage': bad(tiny.model, garbage(tiny.params.length)),
  'model-garbage': bad(garbage(5000), tiny.params),
  'model-text': bad(Buffer.from('hello, this is not a model\n'), tiny.params),
  'model-truncated': bad(tiny.model.subarray(0, tiny.model.length / 2), tiny.params),
  'model-truncated-1byte': bad(tiny.model.subarray(0, -1), tiny.params),
  'model-empty': bad(Buffer.alloc(0), tiny.params),
  'model-is-onnx': { 'm.onnx': readFileSync(join(packageRoot, 'test', 'golden', 'onnx', 'mnist-8.onnx')) },
  'model-is-nb': { 'm.nb': zooFile() },
  'visualize-existing-dir': { 'm.nb': zooFile(), 'viz/': null },
  'visualize-cls': {
    'm.nb': readFileSync(join(packageRoot, 'test', 'golden', 'nb', 'ppocrv3-cls.int8.nb')),
    'viz/': null,
  },
  'visualize-new-dir-noslash': { 'm.nb': zooFile() },
  'visualize-only-nb': { 'm.nb': zooFile() },
  'visualize-garbage-nb': { 'm.nb': Buffer.from('thirty bytes of text, no model') },
};

/** Makes what a case needs in `folder`. */
export function setUp(name: string, folder: string): void {
  if (name.startsWith('model-set') && !name.endsWith('missing')) {
    for (const [model, from] of Object.entries({ a: 'tiny', b: 'tiny', c: 'cls' })) {
      cpSync(join(folder, from), join(folder, 'set', model), { recursive: true, dereference: true });
    }
  }
  for (const [path, content] of Object.entries(SETUPS[name] ?? {})) {
    mkdirSync(content === null ? join(folder, path) : dirname(join(folder, path)), { recursive: true });
    if (content !== null) writeFileSync(join(folder, path), content);
  }
}

function bad(model: Buffer, params: Buffer): Record<string, Buffer> {
  return { 'bad/model.pdmodel': model, 'bad/model.pdiparams': params };
}

/** The model whose op `relu` is called `relx`; the names of attributes and variables keep theirs. */
function withRelx(): Buffer {
  const type = Buffer.from('\x1a\x04relu', 'latin1');
  const renamed = Buffer.from(tiny.model);
  renamed.write('relx', renamed.indexOf(type) + 2, 'latin1');
  return renamed;
}

function zooFile(): Buffer {
  return readFileSync(join(MODELS, 'opt-golden', 'zoo', 'conv_bias_bn', 'arm.nb'));
}
