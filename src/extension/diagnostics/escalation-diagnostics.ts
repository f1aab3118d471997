import { join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { EscalationView, RunView } from '../../engine/model/run-view.ts';
import type { RunControl } from '../run/run-control.ts';
import type { SpecsModel } from '../run/specs-model.ts';
import type { Language } from '../text/language.ts';
import { escalationWord } from '../text/status-words.ts';
import { diagnosticSource, toRange } from './problem-diagnostics.ts';

/** Open escalations as diagnostics at the heading of their spec; gone when they are resolved. */
export class EscalationDiagnostics implements Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('spec-orchestra-escalations');
  readonly #owned = new DisposableStore();
  readonly #parts: EscalationDiagnosticsParts;
  #shown = '';

  constructor(parts: EscalationDiagnosticsParts) {
    this.#parts = parts;
    this.#owned.add(this.#collection);
    this.#owned.add(parts.control.onChange(() => this.#refresh()));
    // Headings move while their files are written.
    this.#owned.add(parts.specs.onChange(() => this.#refresh()));
  }

  #refresh(): void {
    const { view } = this.#parts.control;
    const open = view?.escalations.filter((escalation) => escalation.open) ?? [];
    const places = open.map((escalation) => this.#place(escalation, view));
    const key = JSON.stringify([view?.runId, open.map(({ id, file }) => [id, file]), places]);
    if (key === this.#shown) return;
    this.#shown = key;
    const byFile = new Map<string, vscode.Diagnostic[]>();
    open.forEach((escalation, index) => {
      const place = places[index];
      if (!place) return;
      byFile.set(place.file, [...(byFile.get(place.file) ?? []), this.#diagnostic(escalation, toRange(place))]);
    });
    this.#collection.clear();
    for (const [file, diagnostics] of byFile) this.#collection.set(vscode.Uri.file(file), diagnostics);
  }

  #place(escalation: EscalationView, view: RunView | undefined): Parameters<typeof toRange>[0] {
    const { root, specs } = this.#parts;
    const spec = specs.report?.specs.find(({ id }) => id === escalation.specId);
    if (spec) return spec.places.heading;
    const session = view?.sessions.find(({ id }) => id === escalation.session);
    return { file: join(root, session?.spec.file ?? 'orchestra.toml'), line: 1, column: 1 };
  }

  #diagnostic(escalation: EscalationView, range: vscode.Range): vscode.Diagnostic {
    const { root, language } = this.#parts;
    const message = `${escalationWord(escalation.kind, language)}: ${escalation.reason}`;
    const severity =
      escalation.level === 'Warning' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Error;
    const diagnostic = new vscode.Diagnostic(range, message, severity);
    diagnostic.source = diagnosticSource;
    const { id, file } = escalation;
    diagnostic.code = file === undefined ? id : { value: id, target: vscode.Uri.file(join(root, file)) };
    return diagnostic;
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** What the diagnostics of escalations are drawn from. */
export interface EscalationDiagnosticsParts {
  readonly root: string;
  readonly control: RunControl;
  readonly specs: SpecsModel;
  readonly language: Language;
}

/** The escalation that a diagnostic of this extension stands for, if it does. */
export function escalationOf(
  { source, code }: vscode.Diagnostic,
  view: RunView | undefined,
): EscalationView | undefined {
  if (source !== diagnosticSource) return undefined;
  const id = typeof code === 'object' ? code.value : code;
  return view?.escalations.find((escalation) => escalation.id === id);
}
