import type { ProgramStatus } from '../../model/terminal.ts';
import { redactionMark } from '../redaction/held-output.ts';

/** What an escape sequence of a program asks or tells. A `query` is answered by the host, at once with `reply` or, when it depends on the screen, by `ask`; an absent reply means silence. */
export type TerminalMessage =
  | { readonly type: 'query'; readonly reply?: string; readonly ask?: 'cursor' | 'private-cursor' | 'size' }
  | { readonly type: 'title'; readonly title: string }
  | { readonly type: 'status'; readonly status: ProgramStatus; readonly encodedMessage?: string };

const finals = new Set(Buffer.from('cnqupt'));
const silent: TerminalMessage = { type: 'query' };

/** Queries by control sequence, without the introducer. The answers are those of a plain xterm with 256 colours. */
const controlQueries: ReadonlyMap<string, TerminalMessage> = new Map([
  ['c', { type: 'query', reply: '\x1b[?1;2c' }],
  ['0c', { type: 'query', reply: '\x1b[?1;2c' }],
  ['>c', { type: 'query', reply: '\x1b[>0;276;0c' }],
  ['>0c', { type: 'query', reply: '\x1b[>0;276;0c' }],
  ['=c', silent],
  ['5n', { type: 'query', reply: '\x1b[0n' }],
  ['6n', { type: 'query', ask: 'cursor' }],
  ['?6n', { type: 'query', ask: 'private-cursor' }],
  ['>q', { type: 'query', reply: '\x1bP>|spec-orchestra\x1b\\' }],
  ['>0q', { type: 'query', reply: '\x1bP>|spec-orchestra\x1b\\' }],
  ['?u', silent],
  ['14t', silent],
  ['16t', silent],
  ['18t', { type: 'query', ask: 'size' }],
]);

/** Dark colours, as most terminals have: foreground, background, cursor. */
const colours: ReadonlyMap<string, string> = new Map([
  ['10', 'rgb:d4d4/d4d4/d4d4'],
  ['11', 'rgb:1e1e/1e1e/1e1e'],
  ['12', 'rgb:d4d4/d4d4/d4d4'],
]);

/** Reads one complete escape sequence; undefined when it is only for the screen. */
export function readTerminalMessage(bytes: Buffer, from: number, end: number): TerminalMessage | undefined {
  const kind = bytes[from + 1];
  if (kind === 0x5b) {
    if (!finals.has(bytes[end - 1] ?? 0)) return undefined;
    const text = bytes.toString('latin1', from + 2, end);
    return controlQueries.get(text) ?? modeQuery(text);
  }
  if (kind !== 0x5d && kind !== 0x50) return undefined;
  const isShort = bytes[end - 1] === 0x07;
  if (!isShort && (bytes[end - 1] !== 0x5c || bytes[end - 2] !== 0x1b)) return undefined; // broken off
  const content = bytes.toString('utf8', from + 2, end - (isShort ? 1 : 2));
  if (kind === 0x50) return /^[+$]q/.test(content) ? silent : undefined;
  return readCommand(content, isShort ? '\x07' : '\x1b\\');
}

/** DECRQM: every mode is answered as not recognised. */
function modeQuery(text: string): TerminalMessage | undefined {
  const mode = /^(\??\d+)\$p$/.exec(text)?.[1];
  return mode === undefined ? undefined : { type: 'query', reply: `\x1b[${mode};0$y` };
}

function readCommand(content: string, terminator: string): TerminalMessage | undefined {
  const split = content.indexOf(';');
  const number = content.slice(0, split);
  const rest = content.slice(split + 1);
  if (number === '0' || number === '2') return { type: 'title', title: rest };
  if (number === '7501') return rest === '?' ? { type: 'query', reply: `\x1b]7501;?${terminator}` } : readStatus(rest);
  const colour = colours.get(number);
  if (colour !== undefined && rest === '?') return { type: 'query', reply: `\x1b]${number};${colour}${terminator}` };
  return /^(?:4;\d+|52;[a-z]*);\?$/.test(content) ? silent : undefined;
}

const states: readonly ProgramStatus['state'][] = ['idle', 'working', 'blocked', 'done', 'error', 'clear'];
const kinds: readonly NonNullable<ProgramStatus['kind']>[] = ['permission', 'question'];

/** The fields of a program status (OSC 7501, revision 0.3): `state=… : app=… : kind=… : msg=<base64>`. */
function readStatus(text: string): TerminalMessage | undefined {
  const fields = new Map(text.split(':').map((field) => splitField(field.trim())));
  const state = states.find((known) => known === fields.get('state'));
  if (state === undefined) return undefined;
  const kind = kinds.find((known) => known === fields.get('kind'));
  const encodedMessage = fields.get('msg');
  const message = encodedMessage === undefined ? undefined : decodeMessage(encodedMessage);
  return {
    type: 'status',
    status: { state, ...(kind === undefined ? {} : { kind }), ...(message === undefined ? {} : { message }) },
    ...(encodedMessage === undefined ? {} : { encodedMessage }),
  };
}

/** Redaction knows the base64 of secrets: what stands before its mark can be read, what follows has lost its alignment. */
function decodeMessage(encoded: string): string {
  const marked = encoded.indexOf(redactionMark);
  if (marked < 0) return Buffer.from(encoded, 'base64').toString('utf8');
  return Buffer.from(encoded.slice(0, marked - (marked % 4)), 'base64').toString('utf8') + redactionMark;
}

function splitField(field: string): [string, string] {
  const split = field.indexOf('=');
  return [field.slice(0, split).trim(), field.slice(split + 1).trim()];
}

/** What a person's terminal sends by itself rather than by a key: answers to queries (the host has answered already), and focus reports. */
export function isTerminalReply(data: string): boolean {
  return /^(?:\x1b\[[?>][\d;]*c|\x1b\[\??[\d;]*\$y|\x1b\[0n|\x1b\](?:4|1[0-2]|52|7501);[^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\)+$/.test(
    data,
  );
}

/** A focus report is passed on but is no typing. */
export function isFocusReport(data: string): boolean {
  return data === '\x1b[I' || data === '\x1b[O';
}
