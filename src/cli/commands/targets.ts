import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Document, parseDocument } from 'yaml';
import { openDevice, unknownHostKey, writeHostKey } from '../../../deploy/index.js';
import { CONFIG_FILE, findConfig, loadTargets, resolveTargets, type Target } from '../../../targets/index.js';
import { EdgeDeployError } from '../../base/errors.js';
import { renderTable } from '../../report/table.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { checkFailures, eachTarget, withDevice } from '../device.js';
import { errorRecord } from '../errors.js';
import { configuration } from '../options.js';
import { writeWhole } from '../write-whole.js';

const ACTIONS = ['list', 'add', 'probe', 'trust', 'clean'] as const;

/** The inventory of boards. */
export const targets = defineCommand({
  name: 'targets',
  summary: 'list, add, probe, trust or clean targets',
  configure: (command) =>
    void command
      .argument('[action]', ACTIONS.join(', '), 'list')
      .argument('[name]', 'a target')
      .argument('[address]', 'add: ssh://…, adb://…, qemu:cpu'),

  async run(context, [action = 'list', name, address]) {
    const config = configuration();
    if (action === 'list') return list(context, loadTargets(config));
    if (!ACTIONS.some((known) => known === action)) {
      throw new EdgeDeployError('E_USAGE', `there is no action '${action}'`, {
        hint: `Use one of: ${ACTIONS.join(', ')}.`,
      });
    }
    if (!name) {
      throw new EdgeDeployError('E_USAGE', `targets ${action} needs the name of a target`, {
        hint: 'Name one of those that `edge-deploy targets` lists, or with add a new one.',
      });
    }
    if (action === 'add') return add(context, name, address);
    const chosen = resolveTargets(name, loadTargets(config), Object.keys(config?.targets ?? {}));
    const work = action === 'probe' ? probe : action === 'trust' ? trust : clean;
    const results: object[] = [];
    const failures = await eachTarget(
      context,
      chosen,
      async (target) => void results.push(await work(context, target)),
    );
    context.result({
      action,
      results,
      failures: failures.map(({ target, error }) => ({ target, error: errorRecord(error) })),
    });
    checkFailures(
      failures.map(({ target }) => target),
      chosen,
    );
    return 0;
  },
});

function list(context: Context, all: ReadonlyMap<string, Target>): number {
  const values = [...all.values()];
  const where = (target: Target) =>
    target.type === 'ssh'
      ? target.host
      : target.type === 'qemu'
        ? target.cpu
        : target.type === 'adb'
          ? target.serial
          : '';
  context.result({ targets: values });
  context.print(
    renderTable(
      [
        { title: 'name' },
        { title: 'type' },
        { title: 'arch' },
        { title: 'path' },
        { title: 'where' },
        { title: 'description' },
      ],
      values.map((target) => [
        target.name,
        target.type,
        target.arch,
        target.path ?? '',
        where(target) ?? '',
        target.description ?? '',
      ]),
    ),
  );
  return 0;
}

/** Writes a target into edge-deploy.yaml, keeping its comments. */
async function add(context: Context, name: string, address: string | undefined): Promise<number> {
  if (!address)
    throw new EdgeDeployError('E_USAGE', 'targets add needs an address', {
      hint: 'edge-deploy targets add board ssh://pi@10.0.0.7',
    });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === 'all') {
    throw new EdgeDeployError('E_USAGE', `'${name}' cannot be the name of a target`, {
      hint: 'Use letters, digits, dots and dashes.',
    });
  }
  const [first, ...others] = resolveTargets(address, loadTargets());
  if (!first || others.length > 0) {
    throw new EdgeDeployError('E_USAGE', `'${address}' is more than one target`, {
      hint: 'Give each a name of its own: edge-deploy targets add NAME ADDRESS.',
    });
  }
  const { name: _, ...spec } = first;
  const file = findConfig() ?? resolve(CONFIG_FILE);
  const document = existsSync(file) ? parseDocument(readFileSync(file, 'utf8')) : new Document({ version: 1 });
  document.setIn(['targets', name], document.createNode(spec, { flow: true }));
  if (!context.dryRun) await writeWhole(file, String(document), false);
  context.result({ action: 'add', target: name, file, dryRun: context.dryRun });
  context.print(`${name} ${context.dryRun ? 'would be' : 'is'} added to ${file}`);
  return 0;
}

async function probe(context: Context, target: Target): Promise<object> {
  const info = await withDevice(context, target, (device) => device.info());
  const lines = Object.entries(info).map(
    ([key, value]) => `  ${key.padEnd(20)}${Array.isArray(value) ? value.join(' ') : value}`,
  );
  context.print([target.name, ...lines].join('\n'));
  return { target: target.name, info };
}

/** Writes down the key that the host shows now. A changed key is never accepted this way. */
async function trust(context: Context, target: Target): Promise<object> {
  try {
    await (await openDevice(target, context)).close();
    context.print(`${target.name}: its host key is known already`);
    return { target: target.name, known: true };
  } catch (error) {
    const unknown = unknownHostKey(error);
    if (!unknown?.knownHosts) throw error;
    const { host, key, fingerprint, knownHosts } = unknown;
    if (!context.dryRun) await writeHostKey(knownHosts, host, Buffer.from(key, 'base64'));
    context.print(`${(error as Error).message}\n${context.dryRun ? 'would be ' : ''}written to ${knownHosts}`);
    return { target: target.name, known: false, host, fingerprint, knownHosts };
  }
}

async function clean(context: Context, target: Target): Promise<object> {
  return withDevice(context, target, async (device) => {
    const { folder } = await device.info();
    if (!context.dryRun) await device.remove([folder]);
    context.print(`${target.name}: ${folder} ${context.dryRun ? 'would be removed' : 'is gone'}`);
    return { target: target.name, folder };
  });
}
