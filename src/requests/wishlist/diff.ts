import { safeText } from '../../output/safe-text.ts';
import type { Addition } from './find.ts';
import { splitLines } from './lines.ts';

const CONTEXT = 3;

/** The change as a unified diff for people: its lines come from outside and are cleaned, so it is no patch. */
export function describeDiff(
  path: string,
  { text, lineNumber }: Pick<Addition, 'text' | 'lineNumber'>,
): string {
  const lines = splitLines(text).map(line => safeText(line.body, 300));
  const first = Math.max(0, lineNumber - 1 - CONTEXT);
  const before = lines.slice(first, lineNumber - 1);
  const after = lines.slice(lineNumber, lineNumber + CONTEXT);
  const length = before.length + after.length;
  const start = length === 0 ? 0 : first + 1;
  return [
    `--- ${safeText(path)}`,
    `+++ ${safeText(path)}`,
    `@@ -${start},${length} +${first + 1},${length + 1} @@`,
    ...before.map(line => ` ${line}`),
    `+${lines[lineNumber - 1] ?? ''}`,
    ...after.map(line => ` ${line}`),
  ].join('\n');
}
