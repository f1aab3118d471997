import { applyEntry } from '../../../src/engine/core/apply.ts';
import type { Effect } from '../../../src/engine/core/command.ts';
import type { RunState } from '../../../src/engine/core/run-state.ts';
import { viewRun } from '../../../src/engine/core/view-run.ts';
import type { SessionId } from '../../../src/engine/model/ids.ts';
import type { RunEntry } from '../../../src/engine/model/run-event.ts';
import { checkEntry } from './entry-invariants.ts';
import type { Worlds } from './effects.ts';
import { Ledger } from './ledger.ts';
import { mustHold, type Rig } from './rig.ts';
import { checkProgress, checkSettled } from './state-invariants.ts';

/** Watches one life of an orchestrator from outside and throws a breach at the first promise that is broken. */
export class Observer {
  readonly #rig: Rig;
  readonly #worlds: Worlds;
  readonly #ledger = new Ledger();
  readonly #progress = new Map<SessionId, number>();
  #seq = 0;
  #t = 0;

  constructor(rig: Rig, worlds: Worlds) {
    this.#rig = rig;
    this.#worlds = worlds;
  }

  /** The next entry of the journal: `live` when it happens now, not when it is read again. */
  entry(entry: RunEntry, live: boolean): void {
    if (live) this.#rig.note(() => `${String(entry.seq).padStart(4)} ${entry.t} ms ${JSON.stringify(entry.event)}`);
    mustHold('entries are numbered', entry.seq === this.#seq + 1, () => `seq ${entry.seq} follows ${this.#seq}.`);
    mustHold('run time never goes back', entry.t >= this.#t, () => `${entry.t} ms follows ${this.#t} ms.`);
    this.#seq = entry.seq;
    this.#t = entry.t;
    checkEntry({ rig: this.#rig, ledger: this.#ledger, repository: this.#worlds.repository, live }, entry);
    this.#ledger.fold(entry.event, entry.t);
    this.#sight(entry);
  }

  settled(state: RunState, t: number): void {
    checkSettled(state, this.#ledger, t);
    checkProgress(state, t, this.#progress);
  }

  /** An effect that the core asks for. */
  decided(effect: Effect): void {
    if (effect.kind !== 'launch') return;
    const known = this.#ledger.started.has(effect.terminal);
    mustHold('no accepted step is repeated', !known, () => `${effect.terminal} is started a second time.`);
    const merged = this.#worlds.repository.isMerged(effect.session);
    mustHold('no agent after the merge', !merged, () => `${effect.terminal} starts although its work is merged.`);
  }

  /** An effect that is about to touch the world, decided when the journal had `afterSeq` entries. */
  begins(effect: Effect, afterSeq: number, durable: number): void {
    const missing = afterSeq - durable;
    mustHold('nothing is done before it is durable', missing <= 0, () => `${effect.id}: ${missing} are not on disk.`);
  }

  /** The state that was live is the one that its journal gives when it is read again. */
  death(state: RunState, journal: readonly RunEntry[]): void {
    let replayed: RunState | undefined;
    for (const entry of journal) replayed = applyEntry(replayed, entry);
    const live = canonical(state);
    mustHold('replay gives the state that was live', live === canonical(replayed), () =>
      firstDifference(live, replayed),
    );
  }

  finished(state: RunState, journal: readonly RunEntry[]): void {
    this.death(
      state,
      journal.map((entry) => JSON.parse(JSON.stringify(entry)) as RunEntry),
    );
    const live = this.#worlds.host.live();
    mustHold('nothing lives after the run', live.length === 0, () => `${live[0]?.id} still runs.`);
    const merged = this.#worlds.repository.mergeLog.toSorted().join();
    const sessions = [...state.sessions.values()];
    const completed = sessions.filter((session) => session.status === 'completed').map((session) => session.id);
    mustHold('completed means merged', merged === completed.toSorted().join(), () => `Merged: ${merged}.`);
    const view = viewRun(state, state.t);
    const open = view.sessions.filter((session) => ['pending', 'running', 'blocked'].includes(session.status));
    mustHold('one final status', open.length === 0, () => `${open[0]?.spec.id} is shown as ${open[0]?.status}.`);
    const last = journal.at(-1)?.event.type;
    mustHold('run_finished is the last word', last === 'run_finished', () => `The last word is ${last}.`);
  }

  #sight({ event }: RunEntry): void {
    const { coverage } = this.#rig;
    if (event.type === 'session_ended' && (event.status === 'skipped' || event.status === 'timed_out'))
      coverage.add(event.status);
    if (event.type === 'session_ended' && event.failure?.reason === 'refused') coverage.add('refused');
    if (event.type === 'run_finished') coverage.add(`${event.result}_run`);
  }
}

function canonical(state: RunState | undefined): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return { map: [...value] };
    return value instanceof Set ? { set: [...value] } : value;
  });
}

function firstDifference(live: string, replayed: RunState | undefined): string {
  const other = canonical(replayed);
  let at = 0;
  while (at < live.length && live[at] === other[at]) at += 1;
  const start = Math.max(0, at - 80);
  return `live …${live.slice(start, at + 60)}… and replayed …${other.slice(start, at + 60)}…`;
}
