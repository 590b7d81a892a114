import { formatType } from '../ir/tensor.js';
import type { PlanSummary, ProgramSummary } from '../program/read.js';
import { formatBytes, formatCount } from './format.js';
import { renderTable } from './table.js';

/** What a program file holds: its CPU, and the interface and the steps of each plan. */
export function renderProgram(summary: ProgramSummary): string {
  const { architecture, path, fileBytes, constantBytes, arenaBytes, plans } = summary;
  return [
    `program for ${architecture} (${path}): ${formatBytes(fileBytes)}, weights ${formatBytes(constantBytes)}, arena ${formatBytes(arenaBytes)}`,
    ...plans.map((plan) => renderPlan(plan, plans.length > 1)),
  ].join('\n');
}

/** `several`: the plan is one of several, and its arena not the program's. */
function renderPlan({ inputs, outputs, steps, arenaBytes }: PlanSummary, several: boolean): string {
  const io = (tensors: PlanSummary['inputs']) => tensors.map((one) => `${one.name} ${formatType(one)}`).join(', ');
  return [
    ...(several ? [''] : []),
    `  inputs   ${io(inputs)}`,
    `  outputs  ${io(outputs)}`,
    ...(several ? [`  arena    ${formatBytes(arenaBytes)}`] : []),
    '',
    renderTable(
      [{ title: '#', align: 'right' }, { title: 'step' }, { title: 'name' }, { title: 'MACs', align: 'right' }],
      steps.map(({ step, name, macs }, i) => [String(i), step, name, formatCount(macs)]),
    ),
  ].join('\n');
}
