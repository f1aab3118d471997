import type { TerminalLaunch } from '../model/terminal.ts';
import type { Acknowledgement, Hello, Request } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads a value as an object; undefined for anything else. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Checks the first line of a client. */
export function asHello(value: unknown): Hello | undefined {
  const hello = asFields(value);
  const isHello =
    hello?.['type'] === 'hello' &&
    typeof hello['token'] === 'string' &&
    typeof hello['protocol'] === 'number' &&
    (hello['role'] === 'orchestrator' || hello['role'] === 'viewer') &&
    Number.isSafeInteger(hello['epoch']);
  return isHello ? (value as Hello) : undefined;
}

/** Checks a later line of a client, by hand since it is on the way of every key and every byte. */
export function asRequest(value: unknown): Request | Acknowledgement | undefined {
  const message = asFields(value);
  if (message === undefined) return undefined;
  return isRequest(message) ? (value as Request | Acknowledgement) : undefined;
}

function isRequest(message: Fields): boolean {
  if (message['type'] === 'ack') return isId(message['id']) && isCount(message['units']);
  if (!isCount(message['request'])) return false;
  switch (message['type']) {
    case 'list':
      return true;
    case 'spawn':
      return isLaunch(message['launch']);
    case 'kill':
    case 'forget':
    case 'detach':
      return isId(message['id']);
    case 'write':
      return (
        isId(message['id']) &&
        typeof message['data'] === 'string' &&
        (message['owner'] === 'person' || message['owner'] === 'orchestrator')
      );
    case 'resize':
      return isId(message['id']) && isSize(message['columns']) && isSize(message['rows']);
    case 'attach':
      return isId(message['id']) && isOptionalSize(message['columns']) && isOptionalSize(message['rows']);
    default:
      return false;
  }
}

const texts: readonly (keyof TerminalLaunch)[] = ['file', 'cwd', 'transcriptFile', 'exitFile'];
const textLists: readonly (keyof TerminalLaunch)[] = ['args', 'secrets', 'patterns'];

function isLaunch(value: unknown): boolean {
  const launch = asFields(value);
  const env = asFields(launch?.['env']);
  return (
    launch !== undefined &&
    isId(launch['id']) &&
    texts.every((name) => typeof launch[name] === 'string') &&
    textLists.every((name) => isTextList(launch[name])) &&
    env !== undefined &&
    Object.values(env).every((item) => typeof item === 'string') &&
    isSize(launch['columns']) &&
    isSize(launch['rows']) &&
    isCount(launch['scrollback']) &&
    isDuration(launch['maxWallMs']) &&
    isDuration(launch['killGraceMs'])
  );
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= 256;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function isSize(value: unknown): boolean {
  return isCount(value) && (value as number) > 0 && (value as number) < 10_000;
}

function isOptionalSize(value: unknown): boolean {
  return value === undefined || isSize(value);
}
