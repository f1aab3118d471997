import type * as vscode from 'vscode';
import type { Documents } from './documents.ts';
import type { Panel } from './panel/panel.ts';
import type { EngineAccess } from './run/engine-access.ts';
import type { Memory } from './run/memory.ts';
import type { RunControl } from './run/run-control.ts';
import type { SpecsModel } from './run/specs-model.ts';
import type { Terminals } from './terminals/terminals.ts';
import type { Language } from './text/language.ts';
import type { Trees } from './trees/trees.ts';

/** The parts of the extension in a folder, as its commands use them. */
export interface Services {
  readonly root: string;
  readonly engine: EngineAccess;
  readonly control: RunControl;
  readonly specs: SpecsModel;
  readonly trees: Trees;
  readonly terminals: Terminals;
  readonly panel: Panel;
  readonly documents: Documents;
  readonly memory: Memory;
  readonly language: Language;
  readonly log: vscode.LogOutputChannel;
}
