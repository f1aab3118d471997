import { createHash } from 'node:crypto';

/** What one command did, as the caller knows it. */
export interface EvidenceRow {
  readonly run_id: string;
  readonly session_id: string;
  readonly agent_id: string;
  readonly command: string;
  /** `passed`, `failed`, `denied`, … */
  readonly result: string;
  readonly exit_code?: number;
  readonly duration_ms?: number;
}

/** One line of evidence. */
export interface EvidenceLine extends EvidenceRow {
  /** RFC 3339 wall clock. */
  readonly at: string;
  /** `hash` of the line before; 64 zeros for the first. */
  readonly prev: string;
  /** SHA-256, hex, of the line's text without this field. */
  readonly hash: string;
}

/** `prev` of the first line. */
export const firstPrev = '0'.repeat(64);

/** Redacts every text of a row and seals it to the line before; the text has no newline. */
export function sealEvidence(
  row: EvidenceRow,
  seal: { readonly at: string; readonly prev: string; readonly redact: (text: string) => string },
): { text: string; line: EvidenceLine } {
  const { at, prev, redact } = seal;
  const open = {
    run_id: redact(row.run_id),
    session_id: redact(row.session_id),
    agent_id: redact(row.agent_id),
    command: redact(row.command),
    result: redact(row.result),
    ...(row.exit_code === undefined ? {} : { exit_code: row.exit_code }),
    ...(row.duration_ms === undefined ? {} : { duration_ms: row.duration_ms }),
    at,
    prev,
  };
  const text = JSON.stringify(open);
  const hash = sha256(text);
  return { text: `${text.slice(0, -1)},"hash":"${hash}"}`, line: { ...open, hash } };
}

/** The two hashes that a line states; undefined when it is no line of evidence. */
export function readSeal(line: Buffer): { prev: string; hash: string } | undefined {
  const text = line.toString();
  const found = /,"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  try {
    JSON.parse(text);
    return { prev: found[1], hash: found[2] };
  } catch {
    return undefined;
  }
}

/** Whether a line's text is what its `hash` was made from. */
export function isIntact(line: Buffer, hash: string): boolean {
  const body = line.subarray(0, -`,"hash":"${hash}"}`.length);
  return createHash('sha256').update(body).update('}').digest('hex') === hash;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
