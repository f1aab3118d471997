import type { RunFeed } from '../../src/engine/model/engine-api.ts';
import type { RunId, SessionId } from '../../src/engine/model/ids.ts';
import type { RunEntry, RunEvent } from '../../src/engine/model/run-event.ts';
import { until } from './until.ts';

/** A run with everything that its feed told, kept. */
export class WatchedRun<Feed extends RunFeed> {
  readonly feed: Feed;
  readonly entries: RunEntry[] = [];
  /** Ids of the escalations that were announced to the person. */
  readonly announced: string[] = [];

  constructor(feed: Feed) {
    this.feed = feed;
    feed.onEntry((entry) => this.entries.push(entry));
    feed.onEscalation((id) => this.announced.push(id));
  }

  get id(): RunId {
    return this.feed.runId;
  }

  session(spec: string): SessionId {
    return `${this.id}/${spec}` as SessionId;
  }

  /** Events of one type that were told so far. */
  events<T extends RunEvent['type']>(type: T): readonly Extract<RunEvent, { type: T }>[] {
    return this.entries.flatMap(({ event }) => (event.type === type ? [event as Extract<RunEvent, { type: T }>] : []));
  }

  /** Waits until an event of that type is told that `matches`. */
  event<T extends RunEvent['type']>(
    type: T,
    matches: (event: Extract<RunEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<RunEvent, { type: T }>> {
    return until(`an event ${type}`, () => this.events(type).find(matches));
  }

  /** Each session as `status attempts reason`, by spec. */
  outcome(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.feed
        .view()
        .sessions.map(({ spec, status, attempts, failure }) => [
          spec.id,
          [status, attempts, ...(failure ? [failure.reason] : [])].join(' '),
        ]),
    );
  }
}
