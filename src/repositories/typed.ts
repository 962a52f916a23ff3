/**
 * The `--repository` options of a command line as words for a hint, with a blank behind them: what is named in a hint must be
 * done in the same repository.
 */
export function typedRepositories(options: Readonly<Record<string, unknown>>): string {
  const { repository } = options;
  return Array.isArray(repository) ? repository.map(name => `--repository ${String(name)} `).join('') : '';
}
