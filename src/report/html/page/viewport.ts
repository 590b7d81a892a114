interface Point {
  readonly x: number;
  readonly y: number;
}

const SCALES = { smallest: 0.02, legible: 0.7, opening: 0.9, largest: 4, step: 1.3 };
const PAN_STEP = 60;
const MARGIN = 16;

/** Pixels a pointer may move between down and up and still click. */
const CLICK_SLOP = 4;

/** Which part of the drawing is seen: wheel and pinch zoom, drag and arrow keys move. */
export class Viewport {
  readonly #canvas: SVGSVGElement;
  readonly #content: SVGGElement;
  readonly #pointers = new Map<number, Point>();
  #size = { width: 1, height: 1 };
  #x = 0;
  #y = 0;
  #scale = 1;
  #dragged = 0;

  constructor(canvas: SVGSVGElement, content: SVGGElement) {
    this.#canvas = canvas;
    this.#content = content;
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const type of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(type, (event) => this.#pointers.delete(event.pointerId));
    }
    // The click that ends a drag is none.
    canvas.addEventListener(
      'click',
      (event) => {
        if (this.#dragged > CLICK_SLOP) event.stopPropagation();
        this.#dragged = 0;
      },
      { capture: true },
    );
    canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Takes a drawing of this size and shows it whole, or the place `top` at a legible size if it is large. */
  open(width: number, height: number, top: Point): void {
    this.#size = { width, height };
    this.fit();
    if (this.#scale >= SCALES.legible) return;
    const { clientWidth } = this.#canvas;
    this.#scale = Math.min(1, Math.max(SCALES.opening, (clientWidth - 2 * MARGIN) / width));
    const isNarrow = width * this.#scale <= clientWidth - 2 * MARGIN;
    this.#x = clientWidth / 2 - (isNarrow ? width / 2 : top.x) * this.#scale;
    this.#y = MARGIN;
    this.#apply();
  }

  fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const { width, height } = this.#size;
    const scale = Math.min((clientWidth - 2 * MARGIN) / width, (clientHeight - 2 * MARGIN) / height, 1);
    this.#scale = Math.max(scale, SCALES.smallest);
    this.#x = (clientWidth - width * this.#scale) / 2;
    this.#y = (clientHeight - height * this.#scale) / 2;
    this.#apply();
  }

  zoomIn(): void {
    this.#zoomAt(SCALES.step, this.#centre());
  }

  zoomOut(): void {
    this.#zoomAt(1 / SCALES.step, this.#centre());
  }

  /** Moves just so far that a box is in sight; `centred` moves it to the middle, legibly large. */
  show(box: Point & { readonly width: number; readonly height: number }, centred: boolean): void {
    const { clientWidth, clientHeight } = this.#canvas;
    if (centred) {
      this.#scale = Math.max(this.#scale, SCALES.legible);
      this.#x = clientWidth / 2 - (box.x + box.width / 2) * this.#scale;
      this.#y = clientHeight / 2 - (box.y + box.height / 2) * this.#scale;
    } else {
      this.#x = inSight(this.#x, box.x * this.#scale, box.width * this.#scale, clientWidth);
      this.#y = inSight(this.#y, box.y * this.#scale, box.height * this.#scale, clientHeight);
    }
    this.#apply();
  }

  #centre(): Point {
    return { x: this.#canvas.clientWidth / 2, y: this.#canvas.clientHeight / 2 };
  }

  #zoomAt(factor: number, { x, y }: Point): void {
    const scale = Math.min(Math.max(this.#scale * factor, SCALES.smallest), SCALES.largest);
    this.#x = x - ((x - this.#x) * scale) / this.#scale;
    this.#y = y - ((y - this.#y) * scale) / this.#scale;
    this.#scale = scale;
    this.#apply();
  }

  #pan(dx: number, dy: number): void {
    this.#x += dx;
    this.#y += dy;
    this.#apply();
  }

  #apply(): void {
    this.#content.setAttribute('transform', `translate(${this.#x} ${this.#y}) scale(${this.#scale})`);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    // A pinch on a touchpad comes as a wheel with Ctrl, in finer steps.
    this.#zoomAt(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0015)), this.#local(event));
  }

  #local(event: MouseEvent): Point {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, this.#local(event));
    this.#dragged = 0;
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.#local(event);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    this.#dragged += Math.hypot(dx, dy);
    // From here on the pointer is ours, wherever it goes; before, a click must reach its box.
    if (this.#dragged > CLICK_SLOP) this.#canvas.setPointerCapture(event.pointerId);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other === undefined) this.#pan(dx, dy);
    else this.#zoomAt(distance(now, other) / Math.max(distance(before, other), 1), other);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => this.zoomIn(),
      '=': () => this.zoomIn(),
      '-': () => this.zoomOut(),
      '0': () => this.fit(),
      ArrowLeft: () => this.#pan(PAN_STEP, 0),
      ArrowRight: () => this.#pan(-PAN_STEP, 0),
      ArrowUp: () => this.#pan(0, PAN_STEP),
      ArrowDown: () => this.#pan(0, -PAN_STEP),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }
}

/** The offset nearest to the present one at which [start, start + length] lies inside the view, with a margin. */
function inSight(offset: number, start: number, length: number, view: number): number {
  return Math.max(Math.min(offset, view - MARGIN - start - length), MARGIN - start);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
