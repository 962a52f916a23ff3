import type { CallOptions } from '../call.ts';
import { UsageError } from '../errors.ts';
import { parseTextValue } from './parse-value.ts';
import { SETTINGS, type Settings } from './settings.ts';

/** Options that set a key of their own name, with a text. */
const SAME_NAME = ['cvmfsRoot', 'cvmfsTimeout', 'envPolicy', 'gpu', 'ifMissing'] as const;

/**
 * The settings that a command line says. Spellings of other tools (`--cleanenv`, `--nv`, `--rocm`) count where jcds'
 * own is absent. @throws UsageError for a value that does not fit
 */
export function settingsOf(options: CallOptions): Partial<Settings> {
  const found: Partial<Settings> = {
    ...(options.cleanenv === true ? { envPolicy: 'clean' as const } : {}),
    ...(options.rocm === true ? { gpu: 'rocm' as const } : {}),
    ...(options.nv === true ? { gpu: 'nvidia' as const } : {}),
    ...(Array.isArray(options.repository) ? { repositories: options.repository.map(String) } : {}),
    ...(typeof options.runtime === 'string' ? { runtimes: [options.runtime] } : {}),
    ...(options.anyRegistry === true ? { anyRegistry: true } : {}),
  };
  for (const key of SAME_NAME) {
    const text = options[key];
    if (typeof text !== 'string') continue;
    const parsed = parseTextValue(SETTINGS[key], text);
    if ('reason' in parsed)
      throw new UsageError(
        `${flagOf(key)} ${JSON.stringify(text)} ${parsed.reason}`,
        'jcds help configuration',
      );
    Object.assign(found, { [key]: parsed.value });
  }
  return found;
}

function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}
