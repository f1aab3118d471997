import type { PanelAction } from './protocol.ts';

/** Asks the extension to do something with `target`: a session, terminal, escalation or spec, as the action needs. */
export type Act = (action: PanelAction, target: string) => void;
