import type { ErrorCode } from '../error-codes.ts';
import { exitCodeFor, exitCodesOf } from '../errors.ts';
import { ERROR_CHAPTERS } from '../help/errors/index.ts';
import { SCRIPT_OUTCOMES, type ScriptCell } from '../help/errors/scripts.ts';
import type { ErrorWords } from '../help/errors/words.ts';

/** docs/errors.md without its first line: every code, how a command ends with it, what it means and what helps. */
export function errorsPage(): string {
  const chapters = Object.entries(ERROR_CHAPTERS).map(([title, rows]) => chapter(title, rows));
  return `# Errors

Every error is a line \`jcds: MESSAGE\`, most have a line \`hint: …\`; with \`--json\` both come as an object with the \`code\` of this
page, which stays the same from version to version. The exit code depends on the kind of command: \`run\`, \`exec\`, \`shell\`,
the scripts of \`jcds wrap\` and HTCondor's job wrapper leave 1 to 124 to the contained command.

${chapters.join('\n\n')}

${scripts()}
`;
}

function chapter(title: string, rows: Partial<Record<ErrorCode, ErrorWords>>): string {
  const lines = (Object.entries(rows) as [ErrorCode, ErrorWords][]).map(
    ([code, [cause, cure]]) =>
      `| \`${code}\` | ${exits(code, true)} | ${exits(code, false)} | ${cell(cause)} | ${cell(cure)} |`,
  );
  return [
    `## ${title}`,
    '',
    '| code | run, exec, shell | others | what happened | what to do |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function scripts(): string {
  const lines = Object.entries(SCRIPT_OUTCOMES).map(
    ([code, { wrap, wrapper }]) => `| \`${code}\` | ${scriptCell(wrap)} | ${scriptCell(wrapper)} |`,
  );
  return [
    '## Scripts without jcds',
    '',
    'A script of `jcds wrap` and the job wrapper of HTCondor end as `jcds exec` does: the same code, exit code, message and hint, but',
    'for what a script cannot know.',
    '',
    '| code | `jcds wrap` | job wrapper |',
    '|---|---|---|',
    ...lines,
  ].join('\n');
}

function scriptCell(cell: ScriptCell): string {
  return typeof cell === 'string' ? cell : cell.otherwise;
}

function exits(code: ErrorCode, contained: boolean): string {
  return [...new Set(exitCodesOf(code).map(exitCode => exitCodeFor({ exitCode }, contained)))].join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
