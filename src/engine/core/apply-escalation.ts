import type { TerminalId } from '../model/ids.ts';
import type { RunEvent } from '../model/run-event.ts';
import { changeSession, closeWith, enterPhase } from './change-session.ts';
import { phaseTerminal } from './terminal-ids.ts';
import type { EscalationState, RunState, TerminalRecord } from './run-state.ts';

type EscalationEvent = Extract<
  RunEvent,
  {
    type:
      | 'escalated'
      | 'escalation_delivered'
      | 'escalation_resolved'
      | 'approval_given'
      | 'answer_given'
      | 'answer_delivered';
  }
>;

/** Folds what happened to an escalation: raised, delivered, answered, resolved. */
export function applyEscalationEvent(state: RunState, event: EscalationEvent, at: string): void {
  switch (event.type) {
    case 'escalated':
      return applyRaised(state, event, at);
    case 'escalation_delivered': {
      state.undelivered.delete(event.id);
      return change(state, event.id, { file: event.file, at: event.at });
    }
    case 'escalation_resolved':
      return applyResolved(state, event.id);
    case 'approval_given':
      return applyApproval(state, event);
    case 'answer_given':
      return applyAnswer(state, event);
    case 'answer_delivered':
      return applyDelivery(state, event);
  }
}

/** What waits for a word of a person is not settled by being seen. */
function applyResolved(state: RunState, id: EscalationState['id']): void {
  const kind = state.escalations.get(id)?.kind;
  if (kind !== 'question' && kind !== 'approval') change(state, id, { open: false });
}

function change(state: RunState, id: EscalationState['id'], changes: Partial<EscalationState>): void {
  const escalation = state.escalations.get(id);
  if (escalation) state.escalations.set(id, { ...escalation, ...changes });
}

function applyRaised(state: RunState, event: Extract<RunEvent, { type: 'escalated' }>, at: string): void {
  const { type: _type, ...raised } = event;
  state.unescalated.delete(event.key);
  if (state.escalationKeys.has(event.key)) return;
  state.escalationKeys.add(event.key);
  state.escalations.set(event.id, { ...raised, open: true, at });
  state.undelivered.add(event.id);
  const session = event.session === undefined ? undefined : state.sessions.get(event.session);
  if (session && event.kind === 'question') changeSession(state, session, { openQuestion: event.id });
}

/** Decides a step that waits. Nothing else can be decided: a word on a step that nobody was asked about, or a second word, moves nothing. */
function applyApproval(state: RunState, event: Extract<RunEvent, { type: 'approval_given' }>): void {
  if (state.approvals.has(event.step)) return;
  for (const escalation of state.escalations.values()) {
    if (escalation.step !== event.step || !escalation.open) continue;
    state.approvals.set(event.step, event.granted);
    change(state, escalation.id, { open: false });
    if (event.granted || escalation.session === undefined) continue;
    closeWith(state, escalation.session, { status: 'failed', failure: { reason: 'refused', step: event.step } });
  }
}

/** Nobody needs to release a step any more; asked for again if the mode changes back. */
export function dropApprovalRequests(state: RunState): void {
  for (const escalation of state.escalations.values()) {
    if (escalation.kind !== 'approval' || !escalation.open) continue;
    change(state, escalation.id, { open: false });
    state.escalationKeys.delete(escalation.key);
  }
}

function applyAnswer(state: RunState, event: Extract<RunEvent, { type: 'answer_given' }>): void {
  const escalation = state.escalations.get(event.id);
  const session = escalation?.session === undefined ? undefined : state.sessions.get(escalation.session);
  if (!escalation?.open || !session || session.openQuestion !== event.id) return;
  if (session.phase.kind !== 'asking') return change(state, event.id, { undeliveredAnswer: event.text });
  change(state, event.id, { open: false });
  const { openQuestion: _answered, ...rest } = session;
  changeSession(state, rest, { answers: [...session.answers, { question: escalation.reason, text: event.text }] });
  enterPhase(state, session.id, { kind: 'waiting', cause: 'answer', dueT: 0 });
}

/** The agent has its answer. What it said before counts no more: its clock runs again, and if it waits once more, that is a new question. */
function applyDelivery(state: RunState, event: Extract<RunEvent, { type: 'answer_delivered' }>): void {
  const session = state.sessions.get(event.session);
  if (session?.openQuestion === undefined || phaseTerminal(session)?.id !== event.terminal) return;
  const escalation = state.escalations.get(session.openQuestion);
  if (escalation?.undeliveredAnswer === undefined) return;
  const { undeliveredAnswer: _done, ...answered } = escalation;
  state.escalations.set(escalation.id, { ...answered, open: false });
  const { openQuestion: _answered, ...rest } = session;
  changeSession(state, rest, { terminals: session.terminals.map((record) => withoutStatus(record, event.terminal)) });
}

function withoutStatus(record: TerminalRecord, id: TerminalId): TerminalRecord {
  const { status: _old, ...rest } = record;
  return record.id === id ? rest : record;
}
