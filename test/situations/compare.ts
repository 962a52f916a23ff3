import { dirname } from 'node:path';
import type { Way } from './commands.ts';
import type { Observation } from './observation.ts';
import { isLasting, realPath, type Situation } from './situation.ts';

/** One field in which a start was not what the bare runtime is. */
export interface Difference {
  readonly way: Way;
  readonly field: string;
  readonly bare: string;
  readonly here: string;
}

const NONE = '(none)';

/** All differences between what the bare runtime did and what this way did. */
export function differences(
  situation: Situation,
  way: Way,
  bare: Observation,
  here: Observation,
): Difference[] {
  const found = (field: string, bareValue: string, hereValue: string) => ({
    way,
    field,
    bare: bareValue,
    here: hereValue,
  });
  // Where the command by hand does not start either, jcds may do better, or say in its own words that it cannot.
  if (!bare.ran) return here.ran || isRefusal(here) ? [] : [found('start', summary(bare), summary(here))];
  if (!here.ran)
    return isApptainerWithoutAccount(situation, way, here) ? [] : [found('start', 'runs', summary(here))];
  const strange = foreignLines(here);
  const said = bare.stderr === '' && strange !== '' ? [found('standard error', NONE, strange)] : [];
  const more = here.left.filter(line => !bare.left.includes(line));
  const left = more.length > 0 ? [found('left on the host', bare.left.join(', '), more.join(', '))] : [];
  const names = [...new Set([...bare.fields.keys(), ...here.fields.keys()])].filter(isCompared(situation));
  const fields = names.map(name => found(name, bare.fields.get(name) ?? NONE, here.fields.get(name) ?? NONE));
  return [...said, ...left, ...fields.filter(({ bare, here }) => bare !== here)];
}

/**
 * A script may give a rare situation up, if it says so and names what can (docs/wrap.md): no difference, but counted.
 */
export function isGivenUp({ kind }: Way, { ran, code, stderr }: Observation): boolean {
  return kind === 'wrap' && !ran && code === 125 && /^jcds: /m.test(stderr) && /jcds exec/.test(stderr);
}

/** An end that says something: jcds' own words, or those of the runtime, as by hand. */
function isRefusal({ code, stderr }: Observation): boolean {
  return typeof code === 'number' && code !== 0 && stderr.trim() !== '';
}

/** Nobody's Apptainer starts without an account. */
function isApptainerWithoutAccount({ account }: Situation, { runtime }: Way, here: Observation): boolean {
  return account === 'none' && /^(?:apptainer|singularity)$/.test(runtime) && isRefusal(here);
}

/** What is said on standard error by others than jcds. */
function foreignLines({ stderr }: Observation): string {
  const lines = stderr.split('\n').filter(line => line !== '' && !/^(?:jcds|hint): /.test(line));
  return lines.join(' | ').slice(0, 400);
}

function summary({ code, stderr }: Observation): string {
  return `ends with ${code}: ${stderr.trim().replaceAll('\n', ' | ').slice(0, 400)}`;
}

/** Fields that this situation leaves open: a directory that the caller reached by a link may be named by either name. */
function isCompared({ cwd, workdir, account }: Situation): (field: string) => boolean {
  const byLink = isLasting(cwd) && realPath(cwd) !== cwd;
  const names = byLink ? [cwd, realPath(cwd)] : [];
  const above = names.flatMap(directoriesAbove);
  const ofAccount = ['passwd', 'group', 'place /etc/passwd', 'place /etc/group'];
  const open = [
    ...(byLink ? ['cwd', 'variable PWD'] : []),
    ...[...names, ...above].map(path => `place ${path}`),
    ...(workdir !== null && above.includes(workdir) ? ['cwd-names'] : []),
    ...(account === 'none' ? ofAccount : []),
  ];
  const isInside = (field: string) => names.some(name => field.startsWith(`place ${name}/`));
  return field => !open.includes(field) && !isInside(field);
}

/** Which of them has an entry more depends on the name that is taken. */
function directoriesAbove(path: string): string[] {
  return path === '/' ? [] : [dirname(path), ...directoriesAbove(dirname(path))];
}
