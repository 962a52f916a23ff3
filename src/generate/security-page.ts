import { join } from 'node:path';
import { readText } from '../files/read.ts';
import { BELIEFS } from './beliefs.ts';

const TABLE = /(<!-- beliefs -->\n)[\s\S]*(<!-- \/beliefs -->)/;

/** docs/security.md as it stands, with the table of what is read back made anew. */
export function securityPage(root: string): string {
  const rows = Object.values(BELIEFS).map(
    ({ place, writers, decides, lies }) => `| ${[place, writers, decides, lies].map(cell).join(' | ')} |`,
  );
  const head = '| place | who can write it | what it may decide | when it lies |\n|---|---|---|---|';
  const page = readText('shipped-script', join(root, 'docs/security.md'));
  return page.replace(
    TABLE,
    (_all, begin: string, end: string) => `${begin}${head}\n${rows.join('\n')}\n${end}`,
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
