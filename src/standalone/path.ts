/**
 * node:path for the standalone (.ci/standalone.mjs puts it there): Bun's own turns every byte that is not UTF-8, which
 * jcds carries as a lone surrogate (launch/bytes.ts), into U+FFFD. POSIX only, and what jcds and its packages use of it.
 */
export const sep = '/';
export const delimiter = ':';

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

export function normalize(path: string): string {
  if (path === '') return '.';
  const absolute = isAbsolute(path);
  const plain = withoutDots(path, absolute);
  const end = path.endsWith('/') ? '/' : '';
  if (plain === '') return absolute ? '/' : `.${end}`;
  return `${absolute ? '/' : ''}${plain}${end}`;
}

export function join(...parts: string[]): string {
  return normalize(parts.filter(part => part !== '').join('/'));
}

export function resolve(...parts: string[]): string {
  let path = '';
  for (let index = parts.length - 1; index >= 0 && !isAbsolute(path); index--)
    if (parts[index] !== '') path = `${parts[index]}/${path}`;
  if (!isAbsolute(path)) path = `${process.cwd()}/${path}`;
  return `/${withoutDots(path, true)}`;
}

export function relative(from: string, to: string): string {
  const [here, there] = [from, to].map(path => resolve(path).split('/').filter(Boolean)) as [
    string[],
    string[],
  ];
  let common = 0;
  while (common < here.length && common < there.length && here[common] === there[common]) common++;
  return [...here.slice(common).map(() => '..'), ...there.slice(common)].join('/');
}

export function dirname(path: string): string {
  const found = /^(.*)\/[^/]+\/*$/s.exec(path)?.[1];
  if (found === undefined) return isAbsolute(path) ? '/' : '.';
  // `//a` is in `//`, as POSIX allows and Node has it.
  return found === '' ? '/' : found === '/' ? '//' : found;
}

export function basename(path: string, suffix = ''): string {
  const name = /([^/]*)\/*$/.exec(path)![1]!;
  return suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export function extname(path: string): string {
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 || name === '..' ? '' : name.slice(dot);
}

/** Without empty parts and `.`, each `..` taking one away; a relative path keeps those that lead out of it. */
function withoutDots(path: string, absolute: boolean): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!absolute) kept.push(part);
  }
  return kept.join('/');
}

export const posix = {
  sep,
  delimiter,
  isAbsolute,
  normalize,
  join,
  resolve,
  relative,
  dirname,
  basename,
  extname,
};
export default { ...posix, posix };
