import { join } from 'node:path';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { EngineFailure, EnginePorts } from '../../model/engine-api.ts';
import type { RunId } from '../../model/ids.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { openEvidence, type EvidenceLog } from '../../store/evidence.ts';
import { openJournal, type OpenedJournal } from '../../store/journal.ts';
import { acquireLease, type Lease } from '../../store/lease.ts';
import { createOrchestraFolder, createRunFolder, type OrchestraFiles, type RunFiles } from '../../store/run-files.ts';

/** The right to orchestrate a workspace, and its folder. */
export interface HeldWorkspace {
  readonly files: OrchestraFiles;
  readonly lease: Lease;
}

/** Creates `.orchestra` and takes the lease. */
export async function holdWorkspace(
  root: string,
  who: { readonly holder: 'cli' | 'vscode'; readonly takeOver: boolean },
): Promise<Result<HeldWorkspace, EngineFailure>> {
  const files = await createOrchestraFolder(root);
  if (!files.ok) return fail({ reason: 'store', message: files.failure.message, file: files.failure.file });
  const lease = await acquireLease(files.value.lease, { ...who, wallMs: Date.now });
  if (lease.ok) return ok({ files: files.value, lease: lease.value });
  const { failure } = lease;
  if (failure.reason !== 'held') return fail({ reason: 'store', message: failure.message, file: failure.file });
  const { holder, pid } = failure.holder;
  return fail({ reason: 'held', message: failure.message, holder, pid });
}

/** One run's files, open for writing. */
export interface RunStore {
  readonly run: RunFiles;
  readonly opened: OpenedJournal<RunEvent>;
  readonly evidence: EvidenceLog;
}

/** What opening a run's files needs. */
export interface StoreOptions {
  readonly held: HeldWorkspace;
  readonly runId: RunId;
  readonly redact: (text: string) => string;
  readonly ports: EnginePorts;
}

/** Creates or opens the files of a run; a torn last line of the journal is cut off with a warning. */
export async function openRunStore({
  held,
  runId,
  redact,
  ports,
}: StoreOptions): Promise<Result<RunStore, EngineFailure>> {
  const { files, lease } = held;
  const run = await createRunFolder(files, runId);
  if (!run.ok) return fail({ reason: 'store', message: run.failure.message, file: run.failure.file });
  const common = {
    wallMs: Date.now,
    onWarning: ({ message }: { readonly message: string }) => ports.onWarning(message),
    fence: () => lease.isCurrent(),
  };
  const opened = await openJournal<RunEvent>(run.value.journal, { ...common, epoch: lease.epoch });
  if (!opened.ok) {
    const { failure } = opened;
    const line = failure.reason === 'damaged' ? { line: failure.line } : {};
    return fail({ reason: 'store', message: failure.message, file: failure.file, ...line });
  }
  const evidence = await openEvidence(join(files.evidence), { ...common, redact });
  if (evidence.ok) return ok({ run: run.value, opened: opened.value, evidence: evidence.value });
  await opened.value.journal.close();
  return fail({ reason: 'store', message: evidence.failure.message, file: evidence.failure.file });
}
