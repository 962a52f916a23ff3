import { safeLines, safeText } from '../output/safe-text.ts';
import type { InstallRow } from './install.ts';

/** What was done, for a person: some lines for each shell. Paths come from the environment, hence the cleaning. */
export function describeInstall(rows: readonly InstallRow[]): string {
  return rows.map(row => `${[scriptLine(row), ...startUpLines(row)].join('\n')}\n`).join('');
}

function scriptLine({ shell, file, script }: InstallRow): string {
  const place = safeText(file, 400);
  if (typeof script !== 'string') return `${shell}: ${place} could not be changed (${script.failed})`;
  switch (script) {
    case 'written':
      return `${shell}: wrote ${place}`;
    case 'removed':
      return `${shell}: removed ${place}`;
    case 'absent':
      return `${shell}: nothing to remove at ${place}`;
    case 'foreign':
      return `${shell}: left ${place} alone: jcds has not written it`;
    default:
      return script satisfies never;
  }
}

function startUpLines({ shell, script, startUp }: InstallRow): string[] {
  const installed = script === 'written';
  if (startUp.kind === 'needless') return installed ? [`  a new ${shell} finds it; ${HERE[shell]}`] : [];
  if (startUp.kind === 'absent') return installed ? [`  there is no ${shell} on this host`] : [];
  const file = safeText(startUp.file, 400);
  if (startUp.kind === 'unchanged') return installed ? [`  ${file} names it already`] : [];
  if (startUp.kind === 'changed')
    return installed
      ? [`  added a block to ${file}, so a new ${shell} finds it; this one does after: ${AGAIN[shell]}`]
      : [`  removed our block from ${file}`];
  const why = startUp.reason === null ? '' : ` (${safeText(startUp.reason)})`;
  if (startUp.lines.length === 0) return [`  ${file} could not be changed${why}`];
  const lines = startUp.lines.map(line => `    ${safeLines(line)}`);
  return [`  a new ${shell} finds it with these lines in ${file}${why}:`, ...lines];
}

/** What lets the shell that is running have it too. */
const AGAIN = { bash: 'exec bash', zsh: 'exec zsh', fish: 'exec fish' } as const;
const HERE = {
  bash: 'this one does, too',
  zsh: `this one does after: ${AGAIN.zsh}`,
  fish: 'this one does, too',
} as const;
