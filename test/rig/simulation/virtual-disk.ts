import type { RunEntry } from '../../../src/engine/model/run-event.ts';

/** The journal file: text, so that what comes back is what a JSON line can carry. */
export class VirtualDisk {
  readonly #lines: string[] = [];
  #torn = '';

  append(entries: readonly RunEntry[]): void {
    for (const entry of entries) this.#lines.push(JSON.stringify(entry));
  }

  /** What a death in the middle of a write leaves: some whole lines and `characters` of the next one. */
  appendTorn(entries: readonly RunEntry[], whole: number, characters: number): void {
    this.append(entries.slice(0, whole));
    const next = entries[whole];
    this.#torn = next ? JSON.stringify(next).slice(0, characters) : '';
  }

  /** Reads the journal as its reader does after a death: the torn last line is cut off. */
  repair(): RunEntry[] {
    this.#torn = '';
    return this.#lines.map((line) => JSON.parse(line) as RunEntry);
  }

  get isTorn(): boolean {
    return this.#torn !== '';
  }
}
