import { parse, TomlError } from 'smol-toml';
import { fail, ok, type Result } from '../../../base/result.ts';
import { createProblem } from '../../model/create-problem.ts';
import type { Problem, SourcePlace } from '../../model/problem.ts';
import type { SourceText } from './source-text.ts';
import { tomlNodeAt, tomlPositions, type TomlNode } from './toml-positions.ts';

/** Deeper nesting than any file of this product has; guards against files that were made to hurt. */
const maxDepth = 32;

/** TOML that was read, and where each thing in it stands. */
export interface TomlDocument {
  readonly data: Readonly<Record<string, unknown>>;
  /** Where the key at `path` stands; an element of an array stands for itself. */
  keyPlace(path: readonly PropertyKey[]): SourcePlace;
  /** Where the value at `path` stands. */
  valuePlace(path: readonly PropertyKey[]): SourcePlace;
}

/** Where a key or, by default, its value stands. */
export type PlaceOf = (path: readonly PropertyKey[], part?: 'key' | 'value') => SourcePlace;

/** Reads the part of `source` from `start`, where a line begins, to `end`. The failure is an `invalid-toml`. */
export function readToml(source: SourceText, start: number, end: number): Result<TomlDocument, Problem> {
  try {
    const data = parse(source.text.slice(start, end), { maxDepth, unsafeKeyBehaviour: 'throw' });
    return ok(new Document(source, data, start, end));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const line = source.place(start, start).line + error.line - 1;
    const at = Math.min(source.lineStart(line) + error.column - 1, end);
    const detail = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    return fail(createProblem('invalid-toml', source.place(at, Math.min(at + 1, end)), { detail }));
  }
}

class Document implements TomlDocument {
  readonly data: Readonly<Record<string, unknown>>;
  readonly #source: SourceText;
  readonly #start: number;
  readonly #end: number;
  #root: TomlNode | undefined;

  constructor(source: SourceText, data: Readonly<Record<string, unknown>>, start: number, end: number) {
    this.data = data;
    this.#source = source;
    this.#start = start;
    this.#end = end;
  }

  keyPlace(path: readonly PropertyKey[]): SourcePlace {
    const node = this.#node(path);
    return this.#source.place(node.keyStart, node.keyEnd);
  }

  valuePlace(path: readonly PropertyKey[]): SourcePlace {
    const node = this.#node(path);
    return this.#source.place(node.start, node.end);
  }

  /** Positions are scanned only when something is asked for: most files have no problem. */
  #node(path: readonly PropertyKey[]): TomlNode {
    this.#root ??= tomlPositions(this.#source.text, this.#start, this.#end);
    return tomlNodeAt(this.#root, path);
  }
}
