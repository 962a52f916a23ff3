import { join } from 'node:path';
import { readText } from '../files/read.ts';
import { bashTable } from './bash-script.ts';
import { fishTable } from './fish-script.ts';
import type { CompletionModel } from './model.ts';
import { zshTable } from './zsh-script.ts';

const NOTICE = 'Made by `node .ci/generate.mjs`; `jcds completion uninstall` removes it.';

/**
 * The completion scripts, by their file in the project: a head, the table made from the commands, and the parts of
 * src/completion/shells that are the same whatever the table holds.
 * @param root the project's directory
 */
export function completionScripts(root: string, model: CompletionModel): Record<string, string> {
  const part = (name: string) => readText('shipped-script', join(root, 'src/completion/shells', name));
  return {
    'completions/jcds.bash': [
      `# jcds completion for bash 4.2 and newer. ${NOTICE}\n# shellcheck shell=bash\n\n((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)) || return 0\n`,
      bashTable(model),
      part('names.bash'),
      part('words.bash'),
    ].join('\n'),
    'completions/_jcds': [
      `#compdef jcds\n# jcds completion for zsh. ${NOTICE}\n`,
      zshTable(model),
      part('names.zsh'),
      part('words.zsh'),
    ].join('\n'),
    'completions/jcds.fish': [
      `# jcds completion for fish. ${NOTICE}\n`,
      part('names.fish'),
      part('words.fish'),
      fishTable(model),
    ].join('\n'),
  };
}
