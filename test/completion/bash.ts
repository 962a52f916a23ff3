import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What bash was told at TAB. */
export interface Reply {
  /** COMPREPLY: what replaces the part of the word behind the last of bash's breaks. */
  readonly replies: readonly string[];
  /** Options that the function set for this completion: `nospace`, `default`, `dirnames`. */
  readonly options: readonly string[];
}

/** Words of a line as bash hands them over in COMP_WORDS: cut at blanks and, outside of quotes, at `:`, `=` and `@`. */
export function compWords(line: string): string[] {
  const words = line.match(/"[^"]*"?|'[^']*'?|[:=@]+|(?:\\.|[^\s:=@"'\\])+/g) ?? [];
  return /\s$/.test(line) ? [...words, ''] : [...words];
}

/** A line with the cursor at its end, or with more behind the cursor; `bare`: without COMP_LINE. */
export type Typed = string | { readonly before: string; readonly after?: string; readonly bare?: boolean };

const DRIVER = `
compopt() { said+="$2 "; }
while IFS= read -r -d '' COMP_LINE; do
  for name in COMP_POINT COMP_CWORD count; do IFS= read -r -d '' "$name"; done
  COMP_WORDS=() said=''
  for ((at = 0; at < count; at++)); do IFS= read -r -d '' "COMP_WORDS[at]"; done
  _jcds
  printf '%s\\0' "$said" "\${#COMPREPLY[@]}" \${COMPREPLY[@]+"\${COMPREPLY[@]}"}
done
`;

/**
 * Presses TAB in each line, in one real bash that has read the script and finds no program.
 * Whatever bash prints on standard error fails the test: a user would see it in the middle of the line.
 * @param setUp what the user's own prompt has set
 */
export function pressTab(
  script: string,
  lines: readonly Typed[],
  environment: Readonly<Record<string, string>> = {},
  setUp = '',
): Reply[] {
  const folder = mkdtempSync(join(tmpdir(), 'jcds-bash-'));
  try {
    writeFileSync(join(folder, 'jcds'), script);
    const program = `COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'\n${setUp}\n. "$0"\n${DRIVER}`;
    const { status, stdout, stderr } = spawnSync(
      '/bin/bash',
      ['--norc', '--noprofile', '-c', program, join(folder, 'jcds')],
      {
        input: lines.map(inputOf).join(''),
        cwd: folder,
        env: { PATH: '/nonexistent', HOME: folder, ...environment },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    if (status !== 0 || stderr !== '') throw new Error(`bash ended with ${status}: ${stderr}`);
    if (readdirSync(folder).length > 1) throw new Error(`a name ran and made ${readdirSync(folder)}`);
    return readReplies(stdout.split('\0'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inputOf(typed: Typed): string {
  const { before, after = '', bare = false } = typeof typed === 'string' ? { before: typed } : typed;
  const words = compWords(before + after);
  const fields = [
    bare ? '' : before + after,
    before.length,
    compWords(before).length - 1,
    words.length,
    ...words,
  ];
  return `${fields.join('\0')}\0`;
}

function readReplies(fields: string[]): Reply[] {
  const replies: Reply[] = [];
  for (let at = 0; at < fields.length - 1; ) {
    const options = fields[at]!.split(' ').filter(word => word !== '');
    const count = Number(fields[at + 1]);
    replies.push({ options, replies: fields.slice(at + 2, at + 2 + count) });
    at += 2 + count;
  }
  return replies;
}
