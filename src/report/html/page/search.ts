import type { PageNode } from './data.js';

interface Hooks {
  highlight(matches: ReadonlySet<number> | undefined): void;
  visit(index: number): void;
}

/** The search box: marks boxes whose name or op contains the words; Enter goes from one to the next. */
export class Search {
  readonly #input: HTMLInputElement;
  readonly #count: HTMLElement;
  readonly #hooks: Hooks;
  #nodes: readonly PageNode[] = [];
  #matches: number[] = [];
  #at = -1;

  constructor(input: HTMLInputElement, count: HTMLElement, hooks: Hooks) {
    this.#input = input;
    this.#count = count;
    this.#hooks = hooks;
    input.addEventListener('input', () => this.#update());
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#step(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') {
        input.value = '';
        this.#update();
      }
    });
  }

  /** Searches these boxes from now on. */
  over(nodes: readonly PageNode[]): void {
    this.#nodes = nodes;
    this.#update();
  }

  #update(): void {
    const words = this.#input.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    this.#at = -1;
    this.#matches = [...this.#nodes.keys()].filter((index) => {
      const { name, op, title, outputs } = this.#nodes[index]!;
      const text = [name, op, title, ...outputs.map((output) => output.name)].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    });
    this.#hooks.highlight(words.length === 0 ? undefined : new Set(this.#matches));
    this.#count.textContent = words.length === 0 ? '' : this.#found();
  }

  #step(direction: 1 | -1): void {
    if (this.#input.value.trim() === '' || this.#matches.length === 0) return;
    const count = this.#matches.length;
    this.#at = this.#at < 0 && direction < 0 ? count - 1 : (this.#at + direction + count) % count;
    this.#hooks.visit(this.#matches[this.#at]!);
    this.#count.textContent = `${this.#at + 1} of ${count}`;
  }

  #found(): string {
    return this.#matches.length === 1 ? '1 match' : `${this.#matches.length} matches`;
  }
}
