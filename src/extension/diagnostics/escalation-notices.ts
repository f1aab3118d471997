import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { EscalationId, RunId } from '../../engine/model/ids.ts';
import type { EscalationView, RunView } from '../../engine/model/run-view.ts';
import type { Memory } from '../run/memory.ts';
import type { RunControl } from '../run/run-control.ts';

/** What the notices rest on. */
export interface EscalationNoticesParts {
  readonly control: Pick<RunControl, 'view' | 'part' | 'onChange' | 'onEscalation'>;
  readonly memory: Pick<Memory, 'shownEscalations' | 'setShownEscalations'>;
  readonly clock: Clock;
  /** Tells the person of one or of several at once. */
  readonly show: (escalations: readonly EscalationView[], run: RunView) => void;
}

/** Escalations that come within this time share one notification. */
const coalesceMs = 1_000;

/** Tells the person once of each escalation that needs one, also of those that came while no window was open, and never again after a reload. */
export class EscalationNotices implements Disposable {
  readonly #parts: EscalationNoticesParts;
  readonly #owned = new DisposableStore();
  #run: RunId | undefined;
  #told = new Set<string>();
  #waiting: EscalationId[] = [];
  #timer: Disposable | undefined;

  constructor(parts: EscalationNoticesParts) {
    this.#parts = parts;
    this.#owned.add(parts.control.onEscalation(() => this.#collect()));
    this.#owned.add(parts.control.onChange(() => this.#collect()));
  }

  #collect(): void {
    const { control, memory } = this.#parts;
    const { view } = control;
    // A window that only watches leaves it to the one that orchestrates.
    if (!view || (control.part !== 'orchestrating' && this.#run !== view.runId)) return;
    if (this.#run !== view.runId) {
      this.#run = view.runId;
      this.#told = new Set(memory.shownEscalations(view.runId));
      this.#waiting = [];
    }
    for (const { id, kind, open, file } of view.escalations) {
      // Without its file it is not yet written; retries go on by themselves.
      if (!open || file === undefined || kind === 'retry' || this.#told.has(id)) continue;
      this.#told.add(id);
      this.#waiting.push(id);
    }
    if (this.#waiting.length > 0) this.#timer ??= this.#parts.clock.after(coalesceMs, () => this.#tell());
  }

  #tell(): void {
    this.#timer = undefined;
    const { control, memory, show } = this.#parts;
    const { view } = control;
    const waiting = new Set<string>(this.#waiting);
    this.#waiting = [];
    if (!view || view.runId !== this.#run) return;
    void memory.setShownEscalations(view.runId, [...this.#told]);
    // What was resolved while it waited needs nobody any more.
    const open = view.escalations.filter((escalation) => escalation.open && waiting.has(escalation.id));
    if (open.length > 0) show(open, view);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#owned.dispose();
  }
}
