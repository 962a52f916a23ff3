import { bytesText } from '../output/amount.ts';
import { safeText } from '../output/safe-text.ts';
import type { CheckedLine } from './check.ts';

const WORDS: Readonly<Record<CheckedLine['verdict'], string>> = {
  good: 'good',
  bad: '**no**',
  later: 'not seen',
};

/** The report as a comment of a merge request. Texts of the list and of registries stand in code: no mention, link or picture comes of them. */
export function markdownReport(rows: readonly CheckedLine[]): string {
  if (rows.length === 0) return 'The change brings no new image.\n';
  const lines = rows.map(
    ({ line, text, verdict, finding, bytes }) =>
      `| ${line} | ${code(text)} | ${WORDS[verdict]} | ${code(finding)} | ${bytes === null ? '' : bytesText(bytes)} |`,
  );
  return ['| line | image | | | size |', '|---|---|---|---|---|', ...lines].map(line => `${line}\n`).join('');
}

/** In a table, where a bar ends a cell in code too. */
function code(text: string): string {
  return `\`${safeText(text, 500).replaceAll('`', "'").replaceAll('|', '¦')}\``;
}

/** The same for CI systems: a case for each line, which fails, or ends in an error where it could not be seen. */
export function junitReport(rows: readonly CheckedLine[]): string {
  const count = (verdict: CheckedLine['verdict']) => rows.filter(row => row.verdict === verdict).length;
  const cases = rows.map(({ line, text, verdict, finding }) => {
    const start = `  <testcase classname="wishlist" name="${xml(`line ${line}: ${text}`)}"`;
    if (verdict === 'good') return `${start}/>`;
    const element = verdict === 'bad' ? 'failure' : 'error';
    return `${start}><${element} message="${xml(finding)}"/></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="wishlist" tests="${rows.length}" failures="${count('bad')}" errors="${count('later')}">`,
    ...cases,
    '</testsuite>',
  ]
    .map(line => `${line}\n`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function xml(text: string): string {
  return safeText(text, 1000).replace(/[<>&"]/g, character => ENTITIES[character]!);
}
