import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { EdgeDeployError, type ErrorCode } from '../../../src/base/errors.js';
import { opt } from '../../../src/cli/commands/opt.js';
import { createContext } from '../../../src/cli/context.js';
import { makeWorkplace, optCases, setUp } from '../../support/opt-cases.js';

/** What became of a command line of Paddle-Lite's opt: it does the same, it does something else, or it is refused. */
type Verdict =
  /** Exit 0, the same lines, files of the same names and sizes. */
  | 'same'
  /** Exit 0 with these files, though upstream did something else, and why. */
  | { readonly writes: readonly string[]; readonly why: string }
  /** An error; `says` is upstream's sentence where it has one that scripts may look for. */
  | { readonly code: ErrorCode; readonly says: RegExp; readonly why?: string };

const refused = (code: ErrorCode, says: RegExp, why?: string): Verdict => ({ code, says, ...(why ? { why } : {}) });
const differs = (why: string, ...writes: string[]): Verdict => ({ writes, why });

const MISSING = 'upstream prints its help and exits 0 or 1; an incomplete command line is an error';
const ONE = 'upstream exits 1 although it has succeeded';
const ONLY_ARM = 'only arm is written for';
const ONLY_TRUE = 'the script reads everything but "true" as false, the binary does not';
const SCRIPT = 'the script refuses what the binary takes';

const VERDICTS: Readonly<Record<string, Verdict>> = {
  'no-args': differs('the help is our own'),
  help: differs('the help is our own'),
  'short-help': differs('the help is our own'),
  version: 'same',
  'unknown-flag': refused('E_USAGE', /unrecognized arguments: --no_such_flag=1/),
  'unknown-flag-alone': refused('E_USAGE', /unrecognized arguments: --frobnicate/),
  positional: refused('E_USAGE', /unrecognized arguments: model/),
  'single-dash': differs(SCRIPT, 'out.nb'),
  'space-form': 'same',
  'bool-noflag': differs(SCRIPT, 'out.nb'),
  'bool-yes-1': differs(ONLY_TRUE, 'out.nb'),
  'bool-True': differs(ONLY_TRUE, 'out.nb'),
  abbrev: 'same',
  'only-model-file': refused('E_USAGE', /no model was named/, MISSING),
  'only-param-file': refused('E_USAGE', /no model was named/, MISSING),
  'no-optimize-out': refused('E_USAGE', /--optimize_out is missing/, MISSING),
  'no-model': refused('E_USAGE', /no model was named/, MISSING),
  'print-model-ops-no-model': refused('E_USAGE', /no model was named/, 'upstream looks for a model with an empty name'),
  'print-all-ops': differs('our ops, our columns: listings.test.ts compares the form'),
  'print-all-ops-md': differs('our ops, our columns: listings.test.ts compares the form'),
  'display-kernels': differs('our ops: listings.test.ts compares the form'),
  'print-supported-ops-arm': differs('our ops, our columns: listings.test.ts compares the form'),
  'print-supported-ops-x86': refused('E_USAGE', /'x86'/, ONLY_ARM),
  'print-supported-ops-arm-opencl': refused('E_USAGE', /'opencl'/, ONLY_ARM),
  'print-model-ops-tiny': 'same',
  'print-model-ops-cls': 'same',
  'print-model-ops-mv3': 'same',
  'print-model-ops-det': 'same',
  'print-model-ops-cls-x86': refused('E_USAGE', /'x86'/, ONLY_ARM),
  'print-model-ops-cls-opencl-arm': refused('E_USAGE', /'opencl'/, ONLY_ARM),
  'print-model-ops-model-dir': 'same',
  'print-model-ops-unsupported': refused(
    'E_OP',
    /1 ops are not supported on 'arm'. These unsupported ops are: 'relx'\./,
  ),
  'ok-tiny-arm': 'same',
  'ok-tiny-protobuf': 'same',
  'ok-model-dir': 'same',
  'ok-model-dir-inference-names': 'same',
  'model-dir-and-files': 'same',
  'model-dir-__model__-params': 'same',
  'model-dir-__model__-__params__': differs('a usual pair of names', 'out.nb'),
  'model-dir-model-weights': 'same',
  'model-dir-trailing-slash': 'same',
  'targets-comma': refused('E_USAGE', /'x86'/, ONLY_ARM),
  'targets-space': refused('E_USAGE', /'x86'/, 'blanks separate, as the help says; then x86 is refused'),
  'targets-x86-arm': refused('E_USAGE', /'x86'/, ONLY_ARM),
  'targets-opencl-arm': refused('E_USAGE', /'opencl'/, ONLY_ARM),
  'targets-host': refused('E_USAGE', /'host' alone/, ONLY_ARM),
  'targets-empty': refused(
    'E_USAGE',
    /At least one target should be set, should set the command argument 'valid_targets'/,
  ),
  'targets-unknown': refused('E_USAGE', /Wrong target 'foo' found, please check the command flag 'valid_targets'/),
  'targets-arm-unknown': refused('E_USAGE', /Wrong target 'foo' found/),
  'targets-ARM-upper': refused('E_USAGE', /Wrong target 'ARM' found/),
  'targets-npu': refused('E_USAGE', /'rockchip_npu'/, ONLY_ARM),
  'targets-xpu': refused('E_USAGE', /'xpu'/, ONLY_ARM),
  'bad-out-type': refused('E_USAGE', /invalid choice: 'foo' \(choose from 'protobuf', 'naive_buffer'/),
  'bad-quant-type': refused('E_USAGE', /Unsupported quant type: QUANT_INT4/),
  'quant-type-without-quant-model': 'same',
  'quant-model-default-type': 'same',
  'bad-sparse-threshold': refused('E_USAGE', /Please set sparse_threshold between 0.0 and 1.0./),
  sparse: 'same',
  'sparse-nonfloat': refused('E_USAGE', /argument --sparse_threshold: invalid float value: 'abc'/),
  'out-existing-overwritten': 'same',
  'out-existing-dir-same-stem': 'same',
  'out-nb-is-a-directory': refused('E_OUTPUT', /Unable to open file: out\.nb/),
  'out-with-nb-suffix': 'same',
  'out-in-missing-dir': refused('E_OUTPUT', /Unable to open file: no\/such\/dir\/out\.nb/),
  'out-protobuf-in-missing-dir': 'same',
  'out-protobuf-existing-file': refused('E_OUTPUT', /folder out cannot be made/),
  'out-proc': refused('E_OUTPUT', /Unable to open file: \/proc\/nope\/out\.nb/),
  'out-empty': refused('E_USAGE', /--optimize_out is missing/, 'upstream writes a hidden file .nb'),
  'missing-model-dir': refused('E_MODEL_NOT_FOUND', /Unsupported model format!/),
  'empty-model-dir': refused('E_MODEL_NOT_FOUND', /Unsupported model format!/),
  'model-dir-without-params': refused('E_MODEL_NOT_FOUND', /Unsupported model format!/),
  'missing-model-file': refused(
    'E_MODEL_NOT_FOUND',
    /the model file 'no\.pdmodel' is not existed\. Please confirm that you have inputed correct model file path\./,
  ),
  'missing-param-file': refused(
    'E_MODEL_NOT_FOUND',
    /the param file 'no\.pdiparams' is not existed\. Please confirm that you have inputed correct param file path\./,
  ),
  'params-truncated-half': refused('E_MODEL', /model\.pdiparams ends inside the parameter/),
  'params-truncated-1byte': refused('E_MODEL', /model\.pdiparams ends inside the parameter/),
  'params-truncated-in-header': refused('E_MODEL', /model\.pdiparams ends inside the parameter/),
  'params-trailing-byte': refused('E_MODEL', /is longer than the program's 5 parameters/),
  'params-empty': refused('E_MODEL', /model\.pdiparams ends inside the parameter/),
  'params-garbage': refused('E_MODEL', /version 3869070347 of the tensor format/),
  'params-of-another-model': refused('E_MODEL', /inference\.pdiparams/),
  'params-is-directory': refused('E_MODEL_NOT_FOUND', /the param file 'cls' is not existed/),
  'model-garbage': refused('E_MODEL', /bad\/model\.pdmodel/),
  'model-text': refused('E_MODEL', /bad\/model\.pdmodel/),
  'model-truncated': refused('E_MODEL', /bad\/model\.pdmodel/),
  'model-truncated-1byte': refused('E_MODEL', /bad\/model\.pdmodel/, 'upstream does not notice'),
  'model-empty': refused('E_MODEL', /bad\/model\.pdmodel is empty/),
  'model-is-directory': refused('E_MODEL_NOT_FOUND', /the model file 'cls' is not existed/),
  'model-and-params-swapped': refused('E_MODEL', /tiny\/model\.pdiparams holds parameters/),
  'model-is-onnx': refused('E_MODEL', /m\.onnx is an ONNX model/),
  'model-is-nb': refused('E_MODEL', /m\.nb is made by the opt tool of Paddle-Lite/),
  'unknown-op': refused(
    'E_OP',
    /This model is not supported, because 1 ops are not supported on 'arm'. These unsupported ops are: 'relx'\./,
  ),
  'record-tailoring-tiny': 'same',
  'record-tailoring-cls': 'same',
  'record-tailoring-cls-int8': 'same',
  'model-set-record': differs(
    'upstream fails since 2.10; this is what it did before',
    ...['out/.tailored_kernels_list', 'out/.tailored_kernels_source_list', 'out/.tailored_ops_list'],
    ...['out/.tailored_ops_source_list', 'out/a.nb', 'out/b.nb', 'out/c.nb'],
  ),
  'model-set': differs('upstream fails since 2.10', 'out/a.nb', 'out/b.nb', 'out/c.nb'),
  'model-set-missing': refused('E_MODEL_NOT_FOUND', /model set nodir/),
  'visualize-existing-dir': differs('upstream needs graphviz', 'viz/Block_0.dot'),
  'visualize-new-dir-noslash': differs('vizBlock_0.dot: upstream’s file in a folder that exists', 'vizBlock_0.dot'),
  'visualize-cls': differs('upstream needs graphviz', 'viz/Block_0.dot'),
  'visualize-missing-nb': refused('E_MODEL_NOT_FOUND', /Unable to open file: no\.nb/),
  'visualize-only-nb': refused('E_USAGE', /--optimize_out is missing/, MISSING),
  'visualize-garbage-nb': refused('E_MODEL', /no \.nb model/),
  'model-fp16': refused('E_USAGE', /--enable_fp16 is not supported/, 'no fp16 kernels'),
};

interface Outcome {
  readonly stdout: string;
  readonly error: unknown;
}

/** Runs `opt` in this process; what it prints is kept. */
async function run(args: readonly string[]): Promise<Outcome> {
  let stdout = '';
  const surroundings = { signal: new AbortController().signal, command: 'opt', document: {} };
  const print = (text: string): void => {
    stdout += `${text}\n`;
  };
  const context = { ...createContext({ quiet: true }, surroundings), print };
  try {
    await opt.run(context, [], opt.parse!(args));
    return { stdout, error: undefined };
  } catch (error) {
    return { stdout, error };
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

const home = process.cwd();
t.teardown(() => process.chdir(home));

/** Without the one that writes /dev/full.nb, outside of its folder. */
const cases = Object.entries(optCases()).filter(([name]) => name !== 'out-dev-full-dir');

t.test('every recorded command line has a verdict', (t) => {
  t.strictSame(cases.map(([name]) => name).sort(), Object.keys(VERDICTS).sort());
  t.ok(cases.length >= 90, `${cases.length} cases`);
  t.end();
});

for (const [name, recorded] of cases) {
  t.test(name, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'opt-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    makeWorkplace(folder);
    setUp(name, folder);
    const before = filesIn(folder);
    process.chdir(folder);
    // A protobuf model is for Paddle by default, for Paddle-Lite as in the original.
    const original = recorded.args.some((arg) => arg.endsWith('=protobuf')) ? ['--fusions=upstream'] : [];
    const { stdout, error } = await run([...recorded.args, ...original]);
    const added = filesIn(folder)
      .filter((file) => !before.includes(file) || file === 'out.nb')
      .sort();
    const verdict = VERDICTS[name]!;
    if (typeof verdict === 'object' && 'code' in verdict) {
      t.ok(error instanceof EdgeDeployError, String(error));
      t.equal((error as EdgeDeployError).code, verdict.code);
      t.match((error as EdgeDeployError).message, verdict.says);
      t.strictSame(added, [], 'nothing is left behind');
      return;
    }
    t.equal(error, undefined);
    if (verdict === 'same') {
      t.equal(stdout, recorded.stdout);
      t.ok(recorded.exit === 0 || recorded.args.includes('--print_model_ops=true'), ONE);
      const files = recorded.files.map(({ name, size }) => ({ name: name.replace(' (existed before)', ''), size }));
      for (const { name, sha256 } of recorded.files.filter((file) => file.sha256 !== undefined)) {
        t.equal(createHash('sha256').update(readFileSync(name)).digest('hex'), sha256, name);
      }
      t.strictSame(
        added.map((name) => ({ name, size: statSync(name).size })),
        files.sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    } else t.strictSame(added, [...verdict.writes]);
  });
}
