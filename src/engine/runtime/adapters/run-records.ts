import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fail, ok } from '../../../base/result.ts';
import type { RunId, SessionId, SpecId, TerminalId } from '../../model/ids.ts';
import type { TerminalExit } from '../../model/terminal.ts';
import { writeDurably } from '../../store/durable-file.ts';
import { nextEscalationFile, writeEscalation, type EscalationLog } from '../../store/escalation-files.ts';
import type { EvidenceLog } from '../../store/evidence.ts';
import type { OrchestraFiles, RunFiles } from '../../store/run-files.ts';
import type { CommandRecord, RunRecords } from '../ports.ts';

/** Where a run's records go. */
export interface RunRecordParts {
  readonly root: string;
  readonly runId: RunId;
  readonly files: OrchestraFiles;
  readonly run: RunFiles;
  readonly evidence: EvidenceLog;
  /** Terminals that have their row already. */
  readonly evidenced: ReadonlySet<string>;
  readonly onWarning: (message: string) => void;
}

/** The files of one run beside its journal, on the disk. */
export function runRecords(parts: RunRecordParts): RunRecords {
  const { run, runId, evidence } = parts;
  const evidenced = new Set<string>(parts.evidenced);
  const promptFile = (terminal: TerminalId): string => run.prompt(terminal);
  return {
    promptFile,
    questionFile: (terminal) => join(run.folder, 'prompts', `${terminal}.question.md`),
    specFile: (spec) => run.spec(spec),
    transcriptFile: (terminal) => run.transcript(terminal),
    exitFile: (terminal) => run.exit(terminal),
    writePrompt: (terminal, text) => writeFileSync(promptFile(terminal), text, { mode: 0o600 }),
    readText,
    async replaceText(file, text) {
      const written = await writeDurably(file, text);
      if (!written.ok) parts.onWarning(written.failure.message);
    },
    async readExit(terminal) {
      const text = await readText(run.exit(terminal));
      return text === undefined ? undefined : parseExit(text);
    },
    addEvidence(record) {
      if (evidenced.has(record.terminal)) return;
      evidenced.add(record.terminal);
      void evidence.append(evidenceRow(runId, record)).then((added) => {
        if (!added.ok) parts.onWarning(added.failure.message);
      });
    },
    writeEscalation: (escalation) => placeEscalation(parts, escalation),
  };
}

function evidenceRow(runId: RunId, { session, terminal, command, exit, durationMs }: CommandRecord) {
  const passed = exit.reason === 'exited' && exit.exitCode === 0;
  return {
    run_id: runId,
    session_id: session,
    agent_id: terminal,
    command,
    result: passed ? 'passed' : exit.reason === 'exited' ? 'failed' : exit.reason,
    ...(exit.exitCode === undefined ? {} : { exit_code: exit.exitCode }),
    ...(durationMs === undefined ? {} : { duration_ms: Math.round(durationMs) }),
  };
}

/** The same escalation, written before a crash, is found again by its content. */
async function placeEscalation(parts: RunRecordParts, escalation: Parameters<RunRecords['writeEscalation']>[0]) {
  const folder = parts.files.escalations;
  const { spec, level, reason, timestamp } = escalation;
  const log: EscalationLog = { session_id: escalation.session as SessionId, level, reason, timestamp };
  for (;;) {
    const free = await nextEscalationFile(folder, spec as SpecId, level);
    if (!free.ok) return free;
    const written = (await findWritten(free.value, log)) ?? free.value;
    const done = await writeEscalation(written, log);
    if (done.ok) return ok(relative(parts.root, written).split(sep).join('/'));
    if (done.failure.reason !== 'occupied') return fail(done.failure);
  }
}

async function findWritten(free: string, log: EscalationLog): Promise<string | undefined> {
  const folder = join(free, '..');
  const stem = basename(free).replace(/(-\d+)?\.json$/, '');
  const count = Number(/-(\d+)\.json$/.exec(basename(free))?.[1] ?? 1);
  for (let number = count - 1; number >= 1; number -= 1) {
    const file = join(folder, number === 1 ? `${stem}.json` : `${stem}-${number}.json`);
    const text = await readText(file);
    const fields = [log.session_id, log.timestamp, log.reason].map((field) => JSON.stringify(field));
    if (text !== undefined && fields.every((field) => text.includes(field))) return file;
  }
  return undefined;
}

/** Below this a file is read at once: a turn through the thread pool costs more. */
const smallBytes = 64 * 1024;

async function readText(file: string): Promise<string | undefined> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return undefined;
  return stats.size <= smallBytes ? readFileSync(file, 'utf8') : readFile(file, 'utf8');
}

/** An exit record that a crash left half written says nothing. */
function parseExit(text: string): TerminalExit | undefined {
  try {
    const value = JSON.parse(text) as Partial<TerminalExit>;
    return typeof value.reason === 'string' && Array.isArray(value.survivors) ? (value as TerminalExit) : undefined;
  } catch {
    return undefined;
  }
}
