import { assertNever } from '../../../base/assert-never.ts';
import { fail, ok, type Result } from '../../../base/result.ts';
import type { RunState } from '../../core/run-state.ts';
import type { EngineFailure, PersonRequest } from '../../model/engine-api.ts';
import type { EscalationId, SessionId } from '../../model/ids.ts';
import type { RunEvent } from '../../model/run-event.ts';

/** The fact that a person's wish becomes, or why it cannot be granted as things stand. `by` names who asked: `cli`, `vscode`. */
export function requestEvent(state: RunState, request: PersonRequest, by: string): Result<RunEvent, EngineFailure> {
  switch (request.type) {
    case 'stop':
      if (request.session === undefined) return ok({ type: 'stop_requested', by });
      return withSession(state, request.session, (session) =>
        session.status === undefined
          ? ok({ type: 'stop_requested', session: session.id, by })
          : refused(`${session.spec.id} has ended already (${session.status}).`),
      );
    case 'retry':
      return withSession(state, request.session, (session) => {
        if (session.status === undefined) return refused(`${session.spec.id} has not ended yet.`);
        if (session.status === 'completed')
          return refused(`${session.spec.id} is completed; there is nothing to retry.`);
        return ok({ type: 'retry_requested', session: session.id, by });
      });
    case 'answer':
      return answerEvent(state, request, by);
    case 'approve':
      return approvalEvent(state, request, by);
    case 'acknowledge': {
      const escalation = state.escalations.get(request.escalation);
      if (!escalation) return refused(`There is no escalation ${request.escalation} in this run.`);
      if (escalation.kind === 'question' || escalation.kind === 'approval') {
        return refused(`${request.escalation} waits for an answer; it cannot just be acknowledged.`);
      }
      return ok({ type: 'escalation_resolved', id: request.escalation, by: 'person' });
    }
    default:
      return assertNever(request);
  }
}

/** Checks what another process wrote into the run's folder; the failure is a sentence. */
export function parsePersonRequest(value: unknown): Result<{ request: PersonRequest; by: string }, string> {
  if (typeof value !== 'object' || value === null) return fail('it is no object');
  const fields = value as Record<string, unknown>;
  const by = typeof fields['by'] === 'string' ? fields['by'] : 'person';
  const session = typeof fields['session'] === 'string' ? (fields['session'] as SessionId) : undefined;
  const escalation = typeof fields['escalation'] === 'string' ? (fields['escalation'] as EscalationId) : undefined;
  switch (fields['type']) {
    case 'stop':
      return ok({ request: { type: 'stop', ...(session === undefined ? {} : { session }) }, by });
    case 'retry':
      return session === undefined ? fail('it names no session') : ok({ request: { type: 'retry', session }, by });
    case 'answer':
      if (escalation === undefined || typeof fields['text'] !== 'string') return fail('it lacks escalation or text');
      return ok({ request: { type: 'answer', escalation, text: fields['text'] }, by });
    case 'approve':
      if (typeof fields['step'] !== 'string' || typeof fields['granted'] !== 'boolean') {
        return fail('it lacks step or granted');
      }
      return ok({ request: { type: 'approve', step: fields['step'], granted: fields['granted'] }, by });
    case 'acknowledge':
      return escalation === undefined
        ? fail('it names no escalation')
        : ok({ request: { type: 'acknowledge', escalation }, by });
    default:
      return fail('its type is unknown');
  }
}

type Sessions = RunState['sessions'] extends Map<SessionId, infer Session> ? Session : never;

function withSession(
  state: RunState,
  id: SessionId,
  run: (session: Sessions) => Result<RunEvent, EngineFailure>,
): Result<RunEvent, EngineFailure> {
  const session = state.sessions.get(id);
  if (session) return run(session);
  return fail({ reason: 'unknown_session', message: `There is no session ${id} in run ${state.runId}.` });
}

function answerEvent(
  state: RunState,
  request: Extract<PersonRequest, { type: 'answer' }>,
  by: string,
): Result<RunEvent, EngineFailure> {
  const escalation = state.escalations.get(request.escalation);
  if (!escalation) return refused(`There is no escalation ${request.escalation} in this run.`);
  if (escalation.kind !== 'question') return refused(`${request.escalation} asks nothing.`);
  if (!escalation.open) return refused(`${request.escalation} has been answered already.`);
  const session = escalation.session === undefined ? undefined : state.sessions.get(escalation.session);
  const asking = session?.terminals.at(-1)?.status;
  if (session?.phase.kind === 'working' && asking?.state === 'blocked' && asking.kind !== 'question') {
    return refused(
      `${session.spec.id} waits for an approval inside its terminal, where nothing is typed for you. Attach to it and decide.`,
    );
  }
  if (request.text.trim() === '') return refused('The answer is empty.');
  return ok({ type: 'answer_given', id: request.escalation, text: request.text, by });
}

function approvalEvent(
  state: RunState,
  request: Extract<PersonRequest, { type: 'approve' }>,
  by: string,
): Result<RunEvent, EngineFailure> {
  const waiting = [...state.escalations.values()].filter(({ kind, open }) => kind === 'approval' && open);
  if (waiting.some(({ step }) => step === request.step)) {
    return ok({ type: 'approval_given', step: request.step, granted: request.granted, by });
  }
  const names = waiting.map(({ step }) => step).join(', ');
  return refused(
    `${request.step} does not wait for an approval. ${names === '' ? 'Nothing does.' : `Waiting: ${names}.`}`,
  );
}

function refused(message: string): Result<never, EngineFailure> {
  return fail({ reason: 'refused', message });
}
