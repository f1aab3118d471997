declare const brand: unique symbol;

/** A string that only its own maker may mint, so that ids of different things cannot be mixed up. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `SPEC-nnn`, or the file's name: 1-64 of letters, digits, `-`, `_`, `.`; unique without regard to case. */
export type SpecId = Branded<'SpecId'>;
/** A uuid: one orchestration. */
export type RunId = Branded<'RunId'>;
/** `<run>/<spec>`: one spec in one run. */
export type SessionId = Branded<'SessionId'>;
/** `<spec>.a<launch number>` for an agent, `<spec>.a<n>.g<k>` for a gate command: unique in its run; names files. */
export type TerminalId = Branded<'TerminalId'>;
/** `esc-<n>`, counted in the run. */
export type EscalationId = Branded<'EscalationId'>;
