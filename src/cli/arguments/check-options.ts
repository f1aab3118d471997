import { fail, ok, type Result } from '../../base/result.ts';
import type { Mode } from '../../engine/model/config.ts';
import type { Locale } from '../../engine/model/describe-failure.ts';
import type { UsageFailure } from './usage-failure.ts';

/** The options of any command, checked; what was not given is absent or false. */
export interface CommandOptions {
  readonly specs?: readonly string[];
  readonly dryRun: boolean;
  /** The empty text: the newest run that has not finished. */
  readonly resume?: string;
  readonly retryFailed: boolean;
  readonly takeOver: boolean;
  readonly maxParallel?: number;
  readonly mode?: Mode;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly all: boolean;
  readonly run?: string;
  readonly refuse: boolean;
  readonly resumeNow: boolean;
  readonly workspace?: string;
  readonly locale?: Locale;
}

/** What the parser of Node answers. */
export interface RawValues {
  readonly specs?: readonly string[];
  readonly 'dry-run'?: boolean;
  /** A flag where it takes no value. */
  readonly resume?: string | boolean;
  readonly 'retry-failed'?: boolean;
  readonly 'take-over'?: boolean;
  readonly 'max-parallel'?: string;
  readonly mode?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly all?: boolean;
  readonly run?: string;
  readonly refuse?: boolean;
  readonly workspace?: string;
  readonly locale?: string;
  readonly help?: boolean;
  readonly version?: boolean;
}

/** The most sessions at once that may be asked for, as in orchestra.toml. */
const maxParallelLimit = 256;

/** Checks values and what excludes each other. */
export function checkOptions(raw: RawValues): Result<CommandOptions, UsageFailure> {
  const { specs, resume, mode, locale, run, workspace } = raw;
  const ids = specs?.flatMap((list) => list.split(',')).map((id) => id.trim());
  const count = raw['max-parallel'];
  if (ids?.some((id) => id === '')) return bad('--specs', specs?.join(',') ?? '', { kind: 'list' });
  if (count !== undefined && !(/^\d{1,3}$/.test(count) && Number(count) >= 1 && Number(count) <= maxParallelLimit)) {
    return bad('--max-parallel', count, { kind: 'number', from: 1, to: maxParallelLimit });
  }
  if (mode !== undefined && mode !== 'auto' && mode !== 'approve') {
    return bad('--mode', mode, { kind: 'word', words: ['auto', 'approve'] });
  }
  if (locale !== undefined && locale !== 'en' && locale !== 'ja') {
    return bad('--locale', locale, { kind: 'word', words: ['en', 'ja'] });
  }
  const clash = findClash(raw);
  if (clash) return fail(clash);
  return ok({
    ...(ids ? { specs: ids } : {}),
    ...(typeof resume === 'string' ? { resume } : {}),
    ...(count === undefined ? {} : { maxParallel: Number(count) }),
    ...(mode === undefined ? {} : { mode }),
    ...(run === undefined ? {} : { run }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(locale === undefined ? {} : { locale }),
    dryRun: raw['dry-run'] === true,
    retryFailed: raw['retry-failed'] === true,
    takeOver: raw['take-over'] === true,
    resumeNow: resume === true,
    ...{ json: raw.json === true, verbose: raw.verbose === true },
    ...{ all: raw.all === true, refuse: raw.refuse === true },
  });
}

function findClash(raw: RawValues): UsageFailure | undefined {
  const resumes = raw.resume !== undefined;
  if (resumes && raw['dry-run'] === true) return { reason: 'conflict', first: '--resume', second: '--dry-run' };
  if (resumes && raw.specs) return { reason: 'conflict', first: '--resume', second: '--specs' };
  if (raw['retry-failed'] === true && !resumes) {
    return { reason: 'needs', option: '--retry-failed', other: '--resume' };
  }
  return undefined;
}

type BadValue = Extract<UsageFailure, { reason: 'bad_value' }>;

function bad(option: string, value: string, expected: BadValue['expected']): Result<never, UsageFailure> {
  return fail({ reason: 'bad_value', option, value, expected });
}
