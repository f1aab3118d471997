import type { TerminalId } from '../model/ids.ts';
import type { TerminalRole } from '../model/run-event.ts';
import type { Phase, SessionState } from './run-state.ts';

/** The terminal that a phase runs in, if it runs in one. */
export interface PhaseTerminal {
  readonly id: TerminalId;
  readonly role: TerminalRole;
  readonly index: number;
  readonly launched: boolean;
}

/** The terminal of the session's present phase. Its id follows from run, attempt and step alone, so that a second launch is recognised. */
export function phaseTerminal(session: SessionState, phase: Phase = session.phase): PhaseTerminal | undefined {
  const attempt = `${session.spec.id}.a${session.attempt}`;
  switch (phase.kind) {
    case 'setup':
      return {
        id: `${attempt}.s${phase.index}` as TerminalId,
        role: 'setup',
        index: phase.index,
        launched: phase.launched,
      };
    case 'working':
      return { id: attempt as TerminalId, role: 'agent', index: 0, launched: phase.launched };
    case 'gating':
      return {
        id: `${attempt}.g${phase.index}` as TerminalId,
        role: 'gate',
        index: phase.index,
        launched: phase.launched,
      };
    case 'combined_gate':
      return {
        id: `${attempt}.m${session.mergeRound}.g${phase.index}` as TerminalId,
        role: 'combined_gate',
        index: phase.index,
        launched: phase.launched,
      };
    default:
      return undefined;
  }
}
