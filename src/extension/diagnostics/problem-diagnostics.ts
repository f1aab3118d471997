import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { formatProblem } from '../../engine/model/text/format-problem.ts';
import type { Problem, SourcePlace } from '../../engine/model/problem.ts';
import type { SpecsModel } from '../run/specs-model.ts';
import type { Language } from '../text/language.ts';

/** Where every diagnostic of this extension says it comes from. */
export const diagnosticSource = 'Spec Orchestra';

/** Complaints about spec files and orchestra.toml in the editors and in Problems. */
export class ProblemDiagnostics implements Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('spec-orchestra');
  readonly #subscription: Disposable;

  constructor(specs: SpecsModel, language: Language) {
    this.#subscription = specs.onChange(({ problems }) => this.#show(problems, language));
  }

  #show(problems: readonly Problem[], language: Language): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const problem of problems) {
      const list = byFile.get(problem.file) ?? [];
      byFile.set(problem.file, [...list, toDiagnostic(problem, language)]);
    }
    const stale: vscode.Uri[] = [];
    this.#collection.forEach((uri) => {
      if (!byFile.has(uri.fsPath)) stale.push(uri);
    });
    for (const uri of stale) this.#collection.delete(uri);
    for (const [file, diagnostics] of byFile) this.#collection.set(vscode.Uri.file(file), diagnostics);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#collection.dispose();
  }
}

function toDiagnostic(problem: Problem, { locale }: Language): vscode.Diagnostic {
  const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(toRange(problem), formatProblem(problem, locale), severity);
  diagnostic.source = diagnosticSource;
  diagnostic.code = problem.code;
  if (problem.related) {
    diagnostic.relatedInformation = problem.related.map((related) => {
      const location = new vscode.Location(vscode.Uri.file(related.file), toRange(related));
      return new vscode.DiagnosticRelatedInformation(location, formatProblem(related, locale));
    });
  }
  return diagnostic;
}

/** A place of the model, which counts from 1, as VS Code's range, which counts from 0; without an end the word at the start. */
export function toRange({ line, column, endLine, endColumn }: SourcePlace): vscode.Range {
  const start = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  if (endColumn === undefined) return new vscode.Range(start, start.translate(0, 1));
  return new vscode.Range(start, new vscode.Position((endLine ?? line) - 1, endColumn - 1));
}
