import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { createProblem, createWarning } from '../../model/create-problem.ts';
import type { Problem } from '../../model/problem.ts';
import { durationMs } from '../duration.ts';
import { toSpecId } from '../spec-id.ts';
import { strategyProblem } from '../strategy-problem.ts';
import { checkToml } from '../toml/check-toml.ts';
import { readToml, type TomlDocument } from '../toml/read-toml.ts';
import { SourceText } from '../toml/source-text.ts';
import { findFrontMatter, type FrontMatter } from './front-matter.ts';
import { readMarkdown, type MarkdownFacts } from './read-markdown.ts';
import type { DeclaredDependency, SpecDraft } from './spec-draft.ts';
import { specSchema, type SpecToml } from './spec-schema.ts';

/** A spec file by itself. Without a usable id there is no draft. */
export interface ParsedSpec {
  readonly draft?: SpecDraft;
  readonly problems: readonly Problem[];
}

/** Reads the text of one spec file; `file` is its absolute path, from which the id comes by default. */
export function parseSpec(text: string, file: string): ParsedSpec {
  const source = new SourceText(file, text.replace(/^\u{feff}/u, ''));
  const matter = findFrontMatter(source.text);
  const front = readFrontMatter(source, matter);
  const facts = readMarkdown(source.text, matter.body);
  return makeDraft(source, matter, front, facts);
}

interface Front {
  readonly raw: SpecToml;
  readonly document?: TomlDocument;
  readonly problems: readonly Problem[];
}

function readFrontMatter(source: SourceText, matter: FrontMatter): Front {
  if (matter.kind === 'none') return { raw: {}, problems: [] };
  if (matter.kind === 'yaml') return { raw: {}, problems: [createWarning('yaml-front-matter', source.place(0, 3))] };
  if (matter.kind === 'unclosed') {
    const raw = guessId(source.text);
    return { raw, problems: [createProblem('unclosed-front-matter', source.place(0, 3))] };
  }
  const read = readToml(source, matter.start, matter.end);
  if (!read.ok) return { raw: guessId(source.text.slice(0, matter.end)), problems: [read.failure] };
  const { value, problems } = checkToml(specSchema, read.value, new Set());
  return { raw: value, document: read.value, problems };
}

/** The id of a front matter that cannot be read, so that those who depend on it are not accused as well. */
function guessId(text: string): SpecToml {
  const id = /^[ \t]*id[ \t]*=[ \t]*["']([^"'\n]+)["']/m.exec(text)?.[1];
  return id === undefined ? {} : { id };
}

function makeDraft(source: SourceText, matter: FrontMatter, front: Front, facts: MarkdownFacts): ParsedSpec {
  const { raw, document } = front;
  const { heading } = facts;
  const problems = [...front.problems];
  const beginning = source.place(0, source.text.search(/\r?\n|$/));
  const headingPlace = heading === undefined ? beginning : source.place(heading.start, heading.end);
  const name = raw.id ?? idFromFile(source.file);
  const idPlace = raw.id !== undefined && document !== undefined ? document.valuePlace(['id']) : headingPlace;
  const id = toSpecId(name);
  if (id === undefined) problems.push(createProblem('invalid-id', idPlace, { id: name }));
  const body = source.text.slice(matter.body);
  if (body.trim() === '') problems.push(createWarning('empty-body', beginning, { id: name }));
  if (heading?.id !== undefined && raw.id === undefined && heading.id.toLowerCase() !== name.toLowerCase()) {
    problems.push(createWarning('heading-id-mismatch', headingPlace, { heading: heading.id, id: name }));
  }
  const title = raw.title ?? heading?.text;
  if (title === undefined) problems.push(createWarning('missing-title', beginning, { id: name }));
  problems.push(...strategyProblem(raw.strategy, () => document?.valuePlace(['strategy']) ?? beginning));
  if (id === undefined) return { problems };
  const draft: SpecDraft = {
    id,
    title: title ?? id,
    file: source.file,
    dependencies: declaredDependencies(source, front, facts),
    ...(raw.agent === undefined || document === undefined
      ? {}
      : { agent: { name: raw.agent, place: document.valuePlace(['agent']) } }),
    ...(raw.gate === undefined ? {} : { gate: raw.gate }),
    touches: raw.touches ?? [],
    ...(raw.timeout === undefined ? {} : { timeoutMs: durationMs(raw.timeout) }),
    ...(raw.estimate === undefined ? {} : { estimateMs: durationMs(raw.estimate) }),
    allowEmpty: raw.allow_empty ?? false,
    ...(facts.status === undefined ? {} : { declaredStatus: facts.status }),
    body,
    text: source.text,
    hash: createHash('sha256').update(source.text).digest('hex'),
    idPlace,
    heading: headingPlace,
  };
  return { draft, problems };
}

/** `SPEC-nnn` in capitals where the name of the file holds it, else the name without its ending. */
function idFromFile(file: string): string {
  const name = basename(file, extname(file));
  return /(?:^|[^A-Za-z0-9])(SPEC-\d+)(?![A-Za-z0-9])/i.exec(name)?.[1]?.toUpperCase() ?? name;
}

function declaredDependencies(source: SourceText, front: Front, facts: MarkdownFacts): readonly DeclaredDependency[] {
  const { document } = front;
  const listed = front.raw.depends_on;
  if (listed !== undefined && document !== undefined) {
    return listed.map((id, index) => ({
      id,
      isCertain: true,
      item: id,
      place: document.valuePlace(['depends_on', index]),
    }));
  }
  return facts.dependencies.map(({ id, isCertain, item, start, end }) => ({
    id,
    isCertain,
    item,
    place: source.place(start, end),
  }));
}
