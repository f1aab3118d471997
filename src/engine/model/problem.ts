/** A place in a file that a person wrote; lines and columns count from 1, in UTF-16 units like VS Code's. */
export interface SourcePlace {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where the place ends; absent when only its start is known. */
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** One complaint about a file that people write. Errors stop a run (exit code 2), warnings do not. */
export interface Problem extends SourcePlace {
  readonly severity: 'error' | 'warning';
  /** Stable, kebab-case: `unknown-dependency`, `cycle`, … */
  readonly code: string;
  /** English: what is wrong and what to do about it. */
  readonly message: string;
  /** The values inside `message`, by name, for other languages. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Other places that belong to it, such as the first definition of a doubled id. */
  readonly related?: readonly RelatedPlace[];
}

/** A place that helps to understand a {@link Problem}; its text has a code and parameters of its own. */
export interface RelatedPlace extends SourcePlace {
  readonly code: string;
  readonly message: string;
  readonly parameters: Readonly<Record<string, string>>;
}
