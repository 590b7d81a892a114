import { read, setFloat, setInts, setText } from '../attributes.js';
import type { Pass } from '../pass.js';

/**
 * unsqueeze2 + pad3d + squeeze2 around the depth axis, which is how newer exporters write the padding of images → pad2d
 * (Paddle-Lite: lite_unsqueeze2_pad3d_squeeze2_fuse).
 */
export const padPlane: Pass = (graph) => {
  for (const squeeze of [...graph.nodes]) {
    const pad = squeeze.type === 'squeeze2' ? squeeze.input('X')?.producer : undefined;
    const unsqueeze = pad?.type === 'pad3d' ? pad.input('X')?.producer : undefined;
    if (!pad || unsqueeze?.type !== 'unsqueeze2' || pad.inputs.get('Paddings')?.length) continue;
    const isPrivate = unsqueeze.output('Out')!.onlyUse === pad && pad.output('Out')!.onlyUse === squeeze;
    const isDepth = [unsqueeze, squeeze].every((node) => read(node).ints('axes', []).join() === '2');
    const takesTensor = ['AxesTensor', 'AxesTensorList'].some((slot) => unsqueeze.inputs.get(slot)?.length);
    const attributes = read(pad);
    const [left, right, top, bottom, front, back] = attributes.ints('paddings', []);
    const isFlat = front === 0 && back === 0 && attributes.text('data_format', 'NCDHW') === 'NCDHW';
    if (!isPrivate || !isDepth || takesTensor || !isFlat || unsqueeze.input('X')!.dims.length !== 4) continue;
    pad.type = 'pad2d';
    pad.clearInput('Paddings');
    pad.setInput('X', unsqueeze.input('X')!);
    pad.setOutput('Out', squeeze.output('Out')!);
    setInts(pad, 'paddings', [top!, bottom!, left!, right!]);
    setFloat(pad, 'pad_value', attributes.float('value', 0));
    setText(pad, 'data_format', 'NCHW');
    graph.remove(unsqueeze, squeeze);
  }
};
