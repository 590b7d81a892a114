/** What the file of a Paddle-Lite model holds, as opt counts: one line each for the format, the ops and the tensors. */
export function renderContents(contents: {
  readonly format: string;
  readonly ops: Readonly<Record<string, number>>;
  readonly tensors: number;
}): string {
  const list = Object.entries(contents.ops).sort(([, a], [, b]) => b - a);
  const total = list.reduce((sum, [, count]) => sum + count, 0);
  return [
    contents.format,
    `  ops      ${total}: ${list.map(([type, count]) => `${type} ${count}`).join(', ')}`,
    `  tensors  ${contents.tensors}`,
  ].join('\n');
}
