import type { CallOptions } from '../call.ts';
import { commandText } from '../command-text.ts';
import { SERVICES } from './services.ts';

/**
 * The `--repository` options that a hint needs, each with a blank behind it: those of the command line; else, where something
 * else (a variable, a setting) has the search begin in another repository than everybody's default, all that are searched.
 * Whoever types the hint may do so at another place than the job that gave it.
 */
export function typedRepositories(options: CallOptions, searched: readonly string[]): string {
  const { repository } = options;
  const isUsual = searched.length === 0 || searched[0] === SERVICES[0]?.name;
  const names = Array.isArray(repository) ? repository.map(String) : isUsual ? [] : [...new Set(searched)];
  return names.map(name => `${commandText('--repository', name)} `).join('');
}
