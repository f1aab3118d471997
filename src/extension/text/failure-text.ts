import type { EngineFailure } from '../../engine/model/engine-api.ts';
import type { Language } from './language.ts';

/** An engine's failure in the person's language. What only English can say is added in English. */
export function failureText(failure: EngineFailure, { locale, t }: Language): string {
  if (failure.reason === 'problems') {
    return t(
      'The specs or orchestra.toml have errors ({0}). Nothing was started; mend them first.',
      failure.problems.length,
    );
  }
  if (failure.reason === 'held') {
    return t('Another process orchestrates this folder: {0}, process {1}.', failure.holder, failure.pid);
  }
  if (locale === 'en') return failure.message;
  switch (failure.reason) {
    case 'unknown_spec':
      return t('There is no spec {0}.', failure.spec);
    case 'nothing_to_resume':
      return t('No run is unfinished. There is nothing to resume.');
    case 'unknown_run':
    case 'unknown_session':
    case 'unknown_terminal':
    case 'exists':
    case 'refused':
      return t('That is not possible: {0}', failure.message);
    case 'workspace':
      return t('The git repository cannot be used: {0}', failure.message);
    case 'terminal':
      return t('The terminal cannot be used: {0}', failure.message);
    case 'store':
      return t('The files under .orchestra cannot be used: {0}', failure.message);
  }
}
