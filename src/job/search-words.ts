import { resolve } from 'node:path';
import type { CallOptions } from '../call.ts';
import type { Context } from '../context.ts';
import { httpWords } from './http-options.ts';

/**
 * The options by which another command, started in another directory, looks at the same repositories in the same way; null: it
 * must not, since nothing that it finds would be verified.
 */
export function searchWords(options: CallOptions, { cwd }: Pick<Context, 'cwd'>): readonly string[] | null {
  const { cvmfsRoot, repository } = options;
  const http = httpWords(options, cwd);
  if (http === null) return null;
  const names = Array.isArray(repository) ? repository.map(String) : [];
  return [
    ...(typeof cvmfsRoot === 'string' ? ['--cvmfs-root', resolve(cwd ?? '/', cvmfsRoot)] : []),
    ...names.flatMap(name => ['--repository', name]),
    ...http,
  ];
}
