import type { RunEnd } from '../../engine/model/engine-api.ts';
import type { RunEntry } from '../../engine/model/run-event.ts';
import type { RunView } from '../../engine/model/run-view.ts';

/** What a run tells its caller while it goes on: as lines, or as JSON. */
export interface RunReport {
  /** The run as it is before its first entry here. */
  begin(view: RunView, resumed: boolean): void;
  handleEntry(entry: RunEntry): void;
  /** The run has ended for this process. */
  finish(view: RunView, end: RunEnd): void;
}
