import { formatType } from '../ir/tensor.js';
import type { ProgramSummary } from '../program/read.js';
import { formatBytes, formatCount } from './format.js';
import { renderTable } from './table.js';

/** What a program file holds: its CPU, its interface, its steps. */
export function renderProgram(summary: ProgramSummary): string {
  const { architecture, path, fileBytes, constantBytes, arenaBytes, inputs, outputs, steps } = summary;
  const io = (tensors: ProgramSummary['inputs']) => tensors.map((one) => `${one.name} ${formatType(one)}`).join(', ');
  return [
    `program for ${architecture} (${path}): ${formatBytes(fileBytes)}, weights ${formatBytes(constantBytes)}, arena ${formatBytes(arenaBytes)}`,
    `  inputs   ${io(inputs)}`,
    `  outputs  ${io(outputs)}`,
    '',
    renderTable(
      [{ title: '#', align: 'right' }, { title: 'step' }, { title: 'name' }, { title: 'MACs', align: 'right' }],
      steps.map(({ step, name, macs }, i) => [String(i), step, name, formatCount(macs)]),
    ),
  ].join('\n');
}
