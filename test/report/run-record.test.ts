import t from 'tap';
import type { RunRecord } from '../../src/deployment/summary.js';
import { summarize } from '../../src/measure/summary.js';
import { renderPlans, renderRun, renderSweep } from '../../src/report/run-record.js';

const samples = Array.from({ length: 50 }, (_, i) => 240_000 + (i % 7) * 100);

function recordWith(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    target: 'rpi4',
    transport: 'ssh',
    cpu: 'Cortex-A72',
    path: 'neon',
    precision: 'int8',
    threads: 1,
    inputs: ['x f32[1,3,48,192]'],
    emulated: false,
    modelBytes: 100_000,
    programBytes: 25_000,
    runnerBytes: 107_000,
    sent: [
      { name: 'runner', bytes: 107_000 },
      { name: 'int8.edp', bytes: 25_000 },
    ],
    bytesSent: 132_000,
    loadNs: 1_500_000,
    summary: summarize(samples),
    stop: 'interval',
    peakRssBytes: 3_000_000,
    arenaBytes: 65_536,
    macs: 1e6,
    agreement: [
      { output: 'y', maxDifference: 0.01, relative: 0.002, rms: 1e-7, cosine: 0.9999, sameTop1: 1, agrees: true },
    ],
    steps: Array.from({ length: 8 }, (_, i) => ({
      name: `layer${i}`,
      step: 'conv2d',
      kernel: 'f32_gemm',
      medianNs: 8000 - 1000 * i,
      share: (8 - i) / 36,
    })),
    samples,
    environment: {},
    ...changes,
  };
}

t.test('one block holds size, what was sent, time, memory, agreement and the slowest steps', (t) => {
  const text = renderRun(recordWith());
  t.match(text, /^rpi4 {2}Cortex-A72, neon, int8, 1 thread$/m);
  t.match(text, /size +100 kB model → 25 kB program \(× 0\.25\)/);
  t.match(text, /sent +runner 107 kB, int8\.edp 25 kB \(132 kB\)/);
  t.match(text, /time +240\.30 µs {2}\[240\.20, 240\.40\] {2}p95 241 µs {2}50 runs, stable/);
  t.match(text, /memory +3 MB peak resident, 65\.5 kB arena/);
  t.match(text, /agreement +y: max \|Δ\| 1\.0e-2 = 2\.0e-3 of the largest value, same top class 100 %/);
  t.match(text, /layer0 +conv2d +f32_gemm +8 µs +22\.2 %/);
  t.match(text, 'layer4');
  t.notMatch(text, 'layer5', 'only the slowest');
  t.match(renderRun(recordWith(), true), 'layer7', 'verbose: all');
  t.match(renderRun(recordWith({ threads: 4 })), '4 threads');
  t.match(renderRun(recordWith({ sent: [], bytesSent: 0 })), /sent +up to date, 0 bytes sent/);
  t.notMatch(renderRun(recordWith({ steps: [] })), 'slowest');
  t.end();
});

t.test('an output that differs is shouted, a NaN is shown as one', (t) => {
  const agreement = [
    {
      output: 'y',
      maxDifference: Number.NaN,
      relative: Number.NaN,
      rms: 1e-7,
      cosine: Number.NaN,
      sameTop1: 0,
      agrees: false,
    },
  ];
  t.match(renderRun(recordWith({ agreement })), /DIFFERS +y: max \|Δ\| NaN/);
  t.match(renderSweep([{ model: 'm', record: recordWith({ agreement }) }]), /NaN/);
  t.end();
});

t.test('an emulated time is hidden unless asked for, and is called emulated', (t) => {
  const record = recordWith({ emulated: true, instructions: 1_234_567 });
  t.notMatch(renderRun(record), /240/);
  t.match(renderRun(record), /instructions +1\.23 M per run \(exact\)/);
  t.match(renderRun(record, true), /emulated +240\.30 µs/);
  const sweep = renderSweep([{ model: 'm', record }]);
  t.notMatch(sweep, /240/);
  t.match(sweep, /1\.23 M.*exact/);
  t.end();
});

t.test('plans of one program: what they share, then a row a plan', (t) => {
  const wide = recordWith({
    inputs: ['x f32[1,3,48,320]'],
    ...{ arenaBytes: 131_072, peakRssBytes: 4_000_000, bytesSent: 0, sent: [] },
    agreement: [{ ...recordWith().agreement[0]!, agrees: false }],
  });
  const lines = renderPlans([recordWith(), wide]).split('\n');
  t.match(lines[0], /^rpi4 {2}Cortex-A72, neon, int8, 1 thread$/);
  t.match(lines[2], /sent +runner 107 kB/, 'by the first plan');
  t.match(lines[4], /memory +4 MB peak resident$/, 'the most');
  t.equal(lines.length, 9);
  t.match(lines[7], /^ {2}x f32\[1,3,48,192\] +240\.30 µs +\[240\.20, 240\.40\] +241 µs +65\.5 kB +2\.0e-3 +stable$/);
  t.match(lines[8], /^ {2}x f32\[1,3,48,320\] .* 131 kB +2\.0e-3 +stable, DIFFERS$/);
  t.equal(renderPlans([wide]), renderRun(wide), 'one plan is told as a whole');
  const all = renderPlans([recordWith(), wide], true);
  t.match(
    all,
    /inputs +x f32\[1,3,48,192\][\s\S]*layer7[\s\S]*inputs +x f32\[1,3,48,320\][\s\S]*layer7/,
    'verbose: each',
  );
  t.end();
});

t.test('a sweep has a row a cell', (t) => {
  const cells = [
    { model: 'a', record: recordWith() },
    { model: 'b', record: recordWith({ target: 'rpi5', precision: 'fp32', threads: 4 }) },
  ];
  const lines = renderSweep(cells).split('\n');
  t.equal(lines.length, 4);
  t.match(lines[2], /^rpi4 +a +int8 +1 +240\.30 µs +\[240\.20, 240\.40\] +241 µs +25 kB +3 MB +2\.0e-3 +stable$/);
  t.match(lines[3], /^rpi5 +b +fp32 +4 /);
  t.notMatch(lines[0], 'inputs');
  const wide = { model: 'b', record: recordWith({ inputs: ['x f32[1,3,48,320]'] }) };
  const several = renderSweep([...cells, wide]).split('\n');
  t.match(several[0], /model +inputs +precision/, 'inputs only where a model has several shapes');
  t.match(several[4], /^rpi4 +b +x f32\[1,3,48,320\] +int8 /);
  t.end();
});
