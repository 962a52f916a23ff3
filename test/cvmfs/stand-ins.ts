import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What `getfattr -d` printed of a repository that a real CVMFS 2.12 client had mounted. */
export const REAL_ATTRIBUTES = readFileSync(
  resolve(import.meta.dirname, '../fixtures/cvmfs/xattrs.txt'),
  'utf8',
);

/** Writes small programs into a directory that goes first on PATH. Answers the PATH. */
export function standIns(directory: string, scripts: Readonly<Record<string, string>>): string {
  mkdirSync(directory, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(directory, name);
    writeFileSync(file, `#!/bin/sh\n${script}`);
    chmodSync(file, 0o755);
  }
  return `${directory}:/usr/bin:/bin`;
}

/** A PATH with nothing but these programs and a shell's usual companions, so that no real tool is found. */
export function onlyStandIns(directory: string, scripts: Readonly<Record<string, string>>): string {
  const companions = Object.fromEntries(
    ['sh', 'cat', 'sleep'].map(name => [name, `exec /bin/${name} "$@"\n`]),
  );
  standIns(directory, { ...companions, ...scripts });
  return directory;
}

/** A program that prints a text. */
export function printing(text: string): string {
  return `cat <<'PRINTED'\n${text}\nPRINTED\n`;
}

/** A getfattr that lists these attributes, each twice as a real client does, and answers `-n` by name. */
export function getfattr(attributes: Readonly<Record<string, string>>, isHidden = false): string {
  const lines = Object.entries(attributes).map(([name, value]) => `user.${name}="${value}"`);
  const cases = Object.keys(attributes).map((name, index) => `user.${name}) echo '${lines[index]}' ;;`);
  return `case $1 in
-d) ${printing(isHidden ? '' : ['# file: path', ...lines, ...lines].join('\n'))} ;;
-n)
  case $2 in
  ${cases.join('\n  ')}
  *) echo "path: $2: No such attribute" >&2; exit 1 ;;
  esac ;;
esac
`;
}
