import type { EscalationId, SessionId } from '../../../src/engine/model/ids.ts';
import { mustHold, type Rig } from './rig.ts';

/** Whether the git side of a session's step went well, in the words of the events. */
export type MergeAnswer = { readonly kind: 'merged'; readonly commit: string } | { readonly kind: 'moved' };

interface Worktree {
  changed: boolean;
  commit: string;
}

/** Worktrees, the integration branch and the escalation files: what is true in the world whatever the journal says. */
export class VirtualRepository {
  readonly #rig: Rig;
  readonly #worktrees = new Map<SessionId, Worktree>();
  readonly #merged = new Map<SessionId, string>();
  readonly #files = new Map<EscalationId, number>();
  /** Every merge that ever happened, in order. */
  readonly mergeLog: SessionId[] = [];
  #tip = 'base';
  #commits = 0;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  get tip(): string {
    return this.#tip;
  }

  prepareWorktree(session: SessionId, fresh: boolean): void {
    if (fresh || !this.#worktrees.has(session)) this.#worktrees.set(session, { changed: false, commit: this.#tip });
  }

  work(session: SessionId): void {
    const worktree = this.#worktrees.get(session);
    if (worktree) worktree.changed = true;
  }

  /** Commits what is there; a second call finds it committed. */
  collect(session: SessionId): { readonly commit: string; readonly changed: boolean } {
    const worktree = this.#worktrees.get(session) ?? { changed: false, commit: 'none' };
    if (worktree.changed) worktree.commit = `work-${session}`;
    return { commit: worktree.commit, changed: worktree.changed };
  }

  isMerged(session: SessionId): boolean {
    return this.#merged.has(session);
  }

  /** Somebody else moves the integration branch. */
  moveTip(): void {
    this.#commits += 1;
    this.#tip = `other-${this.#commits}`;
  }

  /** Compare and swap on the tip; work that is in already is answered with the commit it came in with. */
  merge(session: SessionId, tip: string): MergeAnswer {
    const known = this.#merged.get(session);
    if (known !== undefined) return { kind: 'merged', commit: known };
    if (tip !== this.#tip) return { kind: 'moved' };
    return { kind: 'merged', commit: this.mergeBlindly(session) };
  }

  /** A merge without the guard that makes it harmless twice. */
  mergeBlindly(session: SessionId): string {
    this.#commits += 1;
    this.#tip = `merge-${this.#commits}`;
    this.#merged.set(session, this.#tip);
    this.mergeLog.push(session);
    const times = this.mergeLog.filter((other) => other === session).length;
    mustHold('merged once', times === 1, () => `${session} was merged ${times} times.`);
    return this.#tip;
  }

  /** Writes the file of an escalation and tells the person; only a death in between excuses a second time. */
  deliver(id: EscalationId): void {
    const times = (this.#files.get(id) ?? 0) + 1;
    this.#files.set(id, times);
    mustHold(
      'an escalation reaches the person once',
      times <= 1 + this.#rig.deaths,
      () => `${id} was delivered ${times} times with ${this.#rig.deaths} deaths of the orchestrator.`,
    );
  }

  isDelivered(id: EscalationId): boolean {
    return this.#files.has(id);
  }
}
