import t from 'tap';
import { type Flag, parseFlags } from '../../../src/cli/opt/parse-flags.js';

const FLAGS: readonly Flag[] = [
  { name: 'model_dir', kind: 'text', abbreviated: true },
  { name: 'model_set', kind: 'text', abbreviated: true },
  { name: 'model_set_dir', kind: 'text' },
  { name: 'optimize_out_type', kind: 'text', choices: ['protobuf', 'naive_buffer'], abbreviated: true },
  { name: 'quant_model', kind: 'switch', abbreviated: true },
  { name: 'sparse_threshold', kind: 'number', abbreviated: true },
  { name: 'input-shape', kind: 'list' },
  { name: 'no-input', kind: 'switch' },
  { name: 'quiet', kind: 'switch', short: 'q' },
];

const parse = (...args: string[]): Record<string, unknown> => Object.fromEntries(parseFlags(args, FLAGS));

t.test('values stand behind = or a blank, names behind one dash or two', (t) => {
  for (const args of [['--model_dir=m'], ['--model_dir', 'm'], ['-model_dir=m'], ['-model_dir', 'm']]) {
    t.strictSame(parse(...args), { model_dir: 'm' }, args.join(' '));
  }
  t.strictSame(parse('--model_dir=a=b'), { model_dir: 'a=b' }, 'only the first = separates');
  t.strictSame(parse('--model_dir='), { model_dir: '' });
  t.strictSame(parse('--model_dir', '--quant_model'), { model_dir: '--quant_model' }, 'as gflags reads it');
  t.strictSame(parse('--model_dir=a', '--model_dir=b'), { model_dir: 'b' }, 'the last counts');
  t.strictSame(parse('--input-shape', 'x=1', '--input-shape=y=2'), { 'input-shape': ['x=1', 'y=2'] });
  t.strictSame(parse('--sparse_threshold=.5'), { sparse_threshold: 0.5 });
  t.end();
});

t.test('switches: bare, with a value behind = or a blank, with no in front', (t) => {
  for (const args of [[], ['=true'], ['=1'], ['=yes'], ['=True'], ['=T'], ['=y']]) {
    t.strictSame(parse(`--quant_model${args.join('')}`), { quant_model: true }, args.join(' '));
  }
  for (const value of ['false', '0', 'no', 'False', 'f', 'N']) {
    t.strictSame(parse(`--quant_model=${value}`), { quant_model: false }, value);
    t.strictSame(parse('--quant_model', value), { quant_model: false }, value);
  }
  t.strictSame(parse('--quant_model', 'true', '-q'), { quant_model: true, quiet: true });
  t.strictSame(parse('-quant_model', '--model_dir=m'), { quant_model: true, model_dir: 'm' });
  t.strictSame(parse('--noquant_model'), { quant_model: false });
  t.strictSame(parse('--no-input'), { 'no-input': true });
  t.strictSame(parse('--nono-input'), { 'no-input': false });
  t.end();
});

t.test('beginnings of names are enough where they fit one that argparse knows', (t) => {
  t.strictSame(parse('--quant=1', '--opt', 'protobuf'), { quant_model: true, optimize_out_type: 'protobuf' });
  t.strictSame(parse('--model_set=s'), { model_set: 's' }, 'a whole name is no beginning');
  t.throws(() => parse('--model_=m'), {
    code: 'E_USAGE',
    message: 'ambiguous option: --model_=m could match --model_dir, --model_set',
  });
  t.throws(() => parse('--model_set_d=m'), { code: 'E_USAGE', hint: 'Did you mean --model_set?' });
  t.end();
});

t.test('everything else is refused by name', (t) => {
  const refused = (args: string[], message: string, hint?: string) =>
    t.throws(() => parse(...args), { code: 'E_USAGE', message, ...(hint ? { hint } : {}) });
  refused(['model'], 'unrecognized arguments: model');
  refused(['--'], 'unrecognized arguments: --');
  refused([''], 'unrecognized arguments: ');
  refused(['--=x'], 'unrecognized arguments: --=x');
  refused(['--quant_modle=1'], 'unrecognized arguments: --quant_modle=1', 'Did you mean --quant_model?');
  refused(['-x'], 'unrecognized arguments: -x');
  refused(['--quant_model=maybe'], "--quant_model: 'maybe' is neither true nor false");
  refused(['--noquant_model=true'], '--noquant_model takes no value');
  refused(['--nomodel_dir'], 'unrecognized arguments: --nomodel_dir');
  refused(['--model_dir'], '--model_dir needs a value');
  refused(['--sparse_threshold=abc'], "argument --sparse_threshold: invalid float value: 'abc'");
  refused(
    ['--optimize_out_type=naive'],
    "argument --optimize_out_type: invalid choice: 'naive' (choose from 'protobuf', 'naive_buffer')",
  );
  t.end();
});
