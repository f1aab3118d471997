/** How many IDs each section has. */
export const sections: Readonly<Record<string, number>> = { A: 26, B: 73, C: 37, D: 39, E: 35, F: 8 };

/** What the check asks about the project. */
export interface Project {
  /** Whether a file or folder exists, by its path from the project's root. */
  readonly exists: (path: string) => boolean;
  /** The text of a file; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
}

interface Row {
  readonly id: string;
  readonly item: string;
  readonly where: string;
  readonly proof: string;
}

/** Every fault of the requirements table, one line each. */
export function checkTable(markdown: string, project: Project): readonly string[] {
  const rows = readRows(markdown);
  const wanted = Object.entries(sections).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}-${String(index + 1).padStart(2, '0')}`),
  );
  const written = new Map<string, number>();
  for (const { id } of rows) written.set(id, (written.get(id) ?? 0) + 1);
  return [
    ...wanted.filter((id) => !written.has(id)).map((id) => `${id} is missing`),
    ...[...written].filter(([, times]) => times > 1).map(([id, times]) => `${id} is there ${times} times`),
    ...[...written.keys()].filter((id) => !wanted.includes(id)).map((id) => `${id} is no known ID`),
    ...rows.flatMap((row) => checkRow(row, project).map((fault) => `${row.id} ${fault}`)),
  ];
}

function readRows(markdown: string): readonly Row[] {
  return markdown
    .split('\n')
    .filter((line) => /^\|\s*[A-Z]-\d/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, id = '', item = '', where = '', proof = '']) => ({ id, item, where, proof }));
}

function checkRow({ item, where, proof }: Row, project: Project): readonly string[] {
  const faults = item === '' ? ['says nothing about its item'] : [];
  for (const [, path = ''] of where.matchAll(/`([^`]+)`/g)) {
    if (looksLikePath(path) && !project.exists(path)) faults.push(`names ${path}, which is not there`);
  }
  const reason = /^(?:planned|met another way):(.*)$/.exec(proof)?.[1];
  if (reason !== undefined) return reason.trim() === '' ? [...faults, 'says no reason'] : faults;
  if (!looksProved(where)) faults.push('names no file that meets it');
  return [...faults, ...checkProofs(proof, project)];
}

/** The proofs of a cell: paths in backticks, each perhaps with titles in quotes after it. */
function checkProofs(proof: string, project: Project): readonly string[] {
  const proofs = [...proof.matchAll(/`(test\/[^`]+)`((?:\s*[:,]?\s*"[^"]+")*)/g)];
  if (proofs.length === 0) return ['has no proof and no reason'];
  return proofs.flatMap(([, path = '', quoted = '']) => {
    const text = project.read(path);
    if (text === undefined) return [`is proved by ${path}, which is not there`];
    const titles = [...quoted.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title);
    return titles.filter((title) => !hasTest(text, title)).map((title) => `is proved by "${title}", not in ${path}`);
  });
}

/** Whether a file has a test or a suite of that very title. */
function hasTest(source: string, title: string): boolean {
  const titles = [
    ...source.matchAll(/\b(?:it|describe)\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g),
  ];
  return titles.some(
    ([, single, double, template]) => (single ?? double ?? template ?? '').replace(/\\(.)/g, '$1') === title,
  );
}

function looksProved(where: string): boolean {
  return /`[^`]+`/.test(where);
}

// Backticks also hold names of commands and keys; a path has a slash or a known ending.
function looksLikePath(text: string): boolean {
  return /^[\w.@-]+(\/[\w.@-]+)+\/?$|^[\w.-]+\.(json|md|mjs|toml|ts|tsx)$/.test(text);
}
