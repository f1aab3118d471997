import type { EscalationState, RunState, SessionState } from '../../../src/engine/core/run-state.ts';
import type { EscalationId, SessionId } from '../../../src/engine/model/ids.ts';
import type { RunEvent } from '../../../src/engine/model/run-event.ts';
import type { Rig } from './rig.ts';
import type { VirtualHost } from './virtual-host.ts';

/** Where a person's wishes go, and what a person sees. */
export interface Desk {
  /** What was last shown; older than the truth while nobody orchestrates. */
  shown(): RunState | undefined;
  wish(event: RunEvent): void;
  isOver(): boolean;
}

const by = 'person';

/**
 * Somebody who sooner or later does what the run waits for, and now and then something rash, useless or twice. Comes back at random times until the run
 * is over.
 */
export function startPerson(rig: Rig, desk: Desk, host: VirtualHost): void {
  const person: Person = { rig, desk, host, retriesLeft: 3, stopsLeft: 1 };
  const visit = (): void => {
    if (desk.isOver()) return;
    const state = desk.shown();
    if (state) move(person, state);
    rig.timeline.after(rig.random.whole(100, 900), visit);
  };
  rig.timeline.after(rig.random.whole(50, 900), visit);
}

interface Person {
  readonly rig: Rig;
  readonly desk: Desk;
  readonly host: VirtualHost;
  retriesLeft: number;
  stopsLeft: number;
}

function move(person: Person, state: RunState): void {
  const { random, scenario } = person.rig;
  if (random.chance(scenario.faults.mischief)) return mischief(person, state);
  for (const escalation of state.escalations.values()) {
    if (escalation.open && random.chance(0.5)) attend(person, state, escalation);
  }
  if (random.chance(scenario.faults.retriesEnded * 0.2)) retry(person, state);
}

function attend(person: Person, state: RunState, escalation: EscalationState): void {
  const { random, scenario, coverage } = person.rig;
  const session = escalation.session === undefined ? undefined : state.sessions.get(escalation.session);
  if (escalation.kind === 'question' && session) return answer(person, session, escalation);
  if (escalation.kind === 'approval' && escalation.step !== undefined) {
    return decideStep(person, escalation.step, !random.chance(scenario.faults.refuses));
  }
  if (!random.chance(0.2)) return;
  coverage.add('acknowledged');
  person.desk.wish({ type: 'escalation_resolved', id: escalation.id, by: 'person' });
}

function answer(person: Person, session: SessionState, escalation: EscalationState): void {
  const { random } = person.rig;
  const record = session.terminals.at(-1);
  const terminal = record && record.exit === undefined ? person.host.find(record.id) : undefined;
  if (terminal && (terminal.status?.kind === 'permission' || random.chance(0.3))) {
    return person.host.typeAsPerson(terminal);
  }
  const event: RunEvent = { type: 'answer_given', id: escalation.id, text: 'The second one.', by };
  person.desk.wish(event);
  if (!random.chance(0.1)) return;
  person.rig.coverage.add('repeated_request');
  person.desk.wish(event);
}

function decideStep(person: Person, step: string, granted: boolean): void {
  person.desk.wish({ type: 'approval_given', step, granted, by });
  if (!person.rig.random.chance(0.1)) return;
  person.rig.coverage.add('repeated_request');
  person.desk.wish({ type: 'approval_given', step, granted: !granted, by });
}

function mischief(person: Person, state: RunState): void {
  const { random, scenario, coverage } = person.rig;
  const session = random.pickAny([...state.sessions.values()]);
  if (!session) return;
  const nobody = 'run/NOBODY' as SessionId;
  const nothing = `esc-${random.whole(1, 60)}` as EscalationId;
  if (random.chance(0.3)) return retry(person, state);
  if (person.stopsLeft > 0 && random.chance(scenario.faults.stopsRun)) {
    person.stopsLeft -= 1;
    coverage.add('stop_run');
    return person.desk.wish({ type: 'stop_requested', by });
  }
  if (random.chance(0.15)) {
    coverage.add('stop_session');
    return person.desk.wish({ type: 'stop_requested', session: session.id, by });
  }
  coverage.add('useless_request');
  const step = `${session.spec.id}:${random.pick(['start', 'merge', 'dance'])}`;
  person.desk.wish(
    random.pick<RunEvent>([
      { type: 'escalation_resolved', id: nothing, by: 'person' },
      { type: 'answer_given', id: nothing, text: 'Yes.', by },
      { type: 'approval_given', step, granted: random.chance(0.5), by },
      { type: 'stop_requested', session: nobody, by },
      { type: 'retry_requested', session: nobody, by },
      { type: 'retry_requested', session: session.id, by },
    ]),
  );
}

function retry(person: Person, state: RunState): void {
  const ended = [...state.sessions.values()].filter(({ status }) => status !== undefined && status !== 'completed');
  const session = person.rig.random.pickAny(ended);
  if (!session || person.retriesLeft === 0) return;
  person.retriesLeft -= 1;
  person.rig.coverage.add('retry_ended');
  person.desk.wish({ type: 'retry_requested', session: session.id, by });
}
