import { LinePatterns } from './line-patterns.ts';
import { Redactor } from './redactor.ts';
import { compileSecrets, type SecretAutomaton } from './secret-automaton.ts';

/** Hides secrets in whole texts. */
export type TextRedactor = (text: string) => string;

/** A redactor for many texts with the same secrets (literal values) and patterns (regular expressions). Throws a SyntaxError for a bad pattern. */
export function createTextRedactor(secrets: readonly string[], patterns: readonly string[]): TextRedactor {
  return textRedactor(compileSecrets(secrets), patterns);
}

/** {@link createTextRedactor} over tables that exist already. */
export function textRedactor(automaton: SecretAutomaton, patterns: readonly string[]): TextRedactor {
  return (text) => {
    const redactor = new Redactor(automaton);
    const lines = new LinePatterns(patterns);
    const known = Buffer.concat([redactor.push(Buffer.from(text)), redactor.end()]);
    return Buffer.concat([lines.push(known), lines.end()]).toString();
  };
}

/** Hides known secret values, known shapes of secrets and what the patterns match, in one text. */
export function redactText(text: string, secrets: readonly string[], patterns: readonly string[]): string {
  return createTextRedactor(secrets, patterns)(text);
}
