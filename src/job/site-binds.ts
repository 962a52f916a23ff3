import { siteVariable } from '../runtimes/site-variables.ts';
import { type BindSpec, bindOf, InvalidBindError, parseMount } from './bind-spec.ts';

/** Options of a bind that have a value: parts of image files, which no other runtime can show. */
const OF_IMAGE_FILES = /^(?:image-src|id)=/;

/**
 * The binds that sites give Apptainer by APPTAINER_BIND, APPTAINER_BINDPATH and APPTAINER_MOUNT or their SINGULARITY_ twins. Apptainer
 * 1.4.5 takes all of them, its own names before their twins, and of one place the first (tried); so they stand here with the strongest
 * last. @throws InvalidBindError
 */
export function siteBinds(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string | null,
): BindSpec[] {
  const listed = ['BIND', 'BINDPATH']
    .map(key => siteVariable(key, environment))
    .filter(found => found !== null)
    .sort((one, other) => Number(isTwin(one.name)) - Number(isTwin(other.name)))
    .flatMap(({ name, value }) => bindsIn(value, name, cwd));
  const mounts = siteVariable('MOUNT', environment);
  const specs = mounts?.value.split('\n').filter(spec => spec.trim() !== '') ?? [];
  return [...listed, ...specs.map(spec => parseMount(spec, cwd, mounts?.name))].reverse();
}

const isTwin = (name: string) => name.startsWith('SINGULARITY_');

/** `SRC[:DST[:OPTION,…]],…`, where a backslash before a colon or a comma makes it a part of the name. */
function bindsIn(list: string, name: string, cwd: string | null): BindSpec[] {
  const binds: string[][] = [];
  for (const piece of splitAt(',', list).map(text => text.trim())) {
    const last = binds.at(-1);
    const isOption = last !== undefined && last.length === 3 && isBindOption(piece);
    if (isOption) last[2] = `${last[2]},${piece}`;
    else if (piece !== '') binds.push(splitAt(':', piece));
  }
  return binds.map(parts => bindOfParts(parts, name, cwd));
}

function isBindOption(text: string): boolean {
  return text === 'ro' || text === 'rw' || OF_IMAGE_FILES.test(text);
}

function bindOfParts(parts: readonly string[], name: string, cwd: string | null): BindSpec {
  const spec = parts.join(':');
  const [source = '', destination] = parts.map(part => part.replace(/\\([:,])/g, '$1'));
  if (parts.length > 3) throw new InvalidBindError(name, spec, 'has more than three parts');
  const options = parts[2]?.split(',') ?? [];
  const strange = options.find(option => option !== 'ro' && option !== 'rw');
  if (strange !== undefined)
    throw new InvalidBindError(
      name,
      spec,
      OF_IMAGE_FILES.test(strange)
        ? 'image files are shown by no runtime but Apptainer: give it by --runtime-arg'
        : `${JSON.stringify(strange)} is neither ro nor rw`,
    );
  return bindOf(name, spec, cwd, source, destination, options.includes('ro') ? 'ro' : 'rw');
}

function splitAt(mark: ':' | ',', text: string): string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\[:,]|[\s\S]/g))
    if (piece === mark) parts.push('');
    else parts[parts.length - 1] += piece;
  return parts;
}
