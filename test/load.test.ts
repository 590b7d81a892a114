import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../src/base/package-root.js';
import { loadModel, loadPlans } from '../src/load.js';
import { GOLDEN } from './support/models.js';

const MODELS = {
  paddle: join(GOLDEN, 'ppocrv3-paddle-and-onnx', 'cls_paddle'),
  onnx: join(packageRoot, 'test', 'golden', 'onnx', 'ppocrv3-cls.onnx'),
  'naive buffer': join(packageRoot, 'test', 'golden', 'nb', 'ppocrv3-cls.int8.nb'),
};

const shapes = [192, 320].map((width) => new Map([['x', [1, 3, 48, width]]]));

for (const [format, path] of Object.entries(MODELS)) {
  t.test(`${format}: a graph for each set of input shapes, weights in memory once`, async (t) => {
    const graphs = await loadPlans(path, shapes);
    t.same(
      graphs.map(({ types }) => types.get('x')!.shape[3]),
      [192, 320],
    );
    const [first, second] = graphs.map(({ constants }) => constants);
    const weights = [...first!].filter(([, { data }]) => data.byteLength > 64);
    t.ok(weights.length > 50);
    t.same(
      weights.filter(([name, { data }]) => second!.get(name)?.data !== data).map(([name]) => name),
      [],
    );
    const alone = await loadModel(path, { inputShapes: shapes[1]! });
    t.same(graphs[1], alone, 'the same graph as by itself');
    await t.rejects(loadPlans(path, [...shapes, new Map([['z', [1]]])]), { code: 'E_INPUT', message: /no input 'z'/ });
  });
}
