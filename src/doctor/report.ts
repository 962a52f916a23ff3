import { safeLines, safeText } from '../output/safe-text.ts';
import type { Meaning, Style } from '../output/style.ts';
import { wrap } from '../output/wrap-text.ts';
import type { Placed } from './examine.ts';
import type { State } from './finding.ts';

const MARKS: Readonly<Record<State, readonly [text: string, meaning: Meaning]>> = {
  well: ['ok', 'good'],
  note: ['note', 'warning'],
  wrong: ['WRONG', 'bad'],
};
const MARK_WIDTH = 7;
const INDENT = ' '.repeat(MARK_WIDTH);
/** Narrower than this no line is worth breaking. */
const NARROWEST = 20;

/**
 * The findings for a person: `ok`, `note` or `WRONG`, what was looked at, what was seen, and below it what to do.
 * @param width characters of a line; null: as many as it takes
 */
export function doctorText(findings: readonly Placed[], width: number | null, style: Style): string {
  const most = width === null ? Number.POSITIVE_INFINITY : Math.max(NARROWEST, width - MARK_WIDTH);
  const folded = (text: string): string[] => (most === Number.POSITIVE_INFINITY ? [text] : wrap(text, most));
  const lines = findings.flatMap(({ subject, state, finding, cure }) => {
    const [mark, meaning] = MARKS[state];
    const [first = '', ...rest] = folded(`${safeText(subject)}: ${safeText(finding, 2000)}`);
    // Commands to paste are not broken.
    const cures = cure === undefined ? [] : safeLines(cure).split('\n');
    return [
      `${style(meaning, mark)}${' '.repeat(MARK_WIDTH - mark.length)}${first}`,
      ...rest.map(line => `${INDENT}${line}`),
      ...cures.map((line, index) => `${INDENT}${index === 0 ? '->' : '  '} ${line}`),
    ];
  });
  return `${[...lines, '', conclusion(findings)].join('\n')}\n`;
}

/** The last line: whether `jcds run` can work here. */
function conclusion(findings: readonly Placed[]): string {
  const areas = [...new Set(findings.filter(({ state }) => state === 'wrong').map(({ area }) => area))];
  return areas.length === 0
    ? 'jcds run can work here.'
    : `jcds run cannot work here yet: mend what is WRONG (${areas.join(', ')}).`;
}
