import { JcdsError } from '../errors.ts';
import type { Plan } from '../launch/plan.ts';
import { isShellName } from '../launch/shell-names.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { apptainerSite } from './apptainer-site.ts';
import {
  addressedVariables,
  type ContainerVariable,
  imageEnvironment,
  isSecretName,
  jobEnvironment,
} from './environment.ts';
import { ruleFor } from './environment-policy.ts';
import type { RunRequest } from './runtime.ts';
import { steersTools } from './withheld-variables.ts';

/**
 * A value as Apptainer has to be given it in APPTAINERENV_NAME or --env: it stands in double quotes in a script that
 * its own shell evaluates (measured with 1.4.5). That shell also turns bytes that are not UTF-8 into U+FFFD and drops
 * a carriage return before a newline, so those are spelled out for its printf.
 */
export function escapeForApptainer(value: string): string {
  return value
    .replace(/[$`\\]/g, '\\$&')
    .replace(/(?:(?<![\ud800-\udbff])[\udc80-\udcff]|\r(?=\n))+/g, bytes => `$(printf '${octal(bytes)}')`);
}

function octal(bytes: string): string {
  return [...bytes].map(byte => `\\${(byte.charCodeAt(0) & 0xff).toString(8).padStart(3, '0')}`).join('');
}

/** The image lost a part without which Apptainer can give it no such variable. */
export class DeafImageError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'VARIABLE_NOT_POSSIBLE',
      message: `apptainer cannot set ${name} in this image, which lost .singularity.d/${ADDRESSEE}`,
      hint: 'jcds run --runtime bubblewrap (or unshare), or have the image published anew',
    });
  }
}

/** Variables that Apptainer itself reads: they stay in its environment whatever the job gets. */
const APPTAINERS_OWN = /^(?:PATH|LD_LIBRARY_PATH|HOME|PWD|(?:APPTAINER|SINGULARITY)(?:ENV)?_.*)$/s;
/** Of `.singularity.d`: beside ENV files without it, Apptainer drops what is addressed to the container (1.4.5). */
const ADDRESSEE = 'env/99-base.sh';

/** Whether an image takes nothing that is addressed to the container. */
export function isDeaf({ singularityMissing }: Pick<ImageFacts, 'singularityMissing'>): boolean {
  return singularityMissing?.includes(ADDRESSEE) === true;
}

const NOT_UTF8 = /(?<![\ud800-\udbff])[\udc80-\udcff]/;

/** Whether this text (launch/bytes.ts) holds bytes that are not UTF-8. Apptainer replaces them. */
export function isUtf8(text: string): boolean {
  return !NOT_UTF8.test(text);
}

/**
 * The change of the environment that makes Apptainer give the job what the policy decides. Apptainer passes what it
 * inherits (but PATH and LD_LIBRARY_PATH) and reads the image's ENV itself; the rest is addressed to the container.
 * @param prefix `APPTAINERENV_`, or `SINGULARITYENV_` for a program that is no Apptainer
 * @param evaluated whether this invocation makes Apptainer evaluate values (all but `--no-eval`)
 */
export function apptainerEnvironment(
  request: RunRequest,
  prefix: string,
  evaluated = true,
): Plan['environment'] {
  const { host, policy } = request.environment;
  const { variables, emptied } = jobEnvironment(request);
  const callers = addressedVariables(host);
  const site = apptainerSite(host);
  const isEscaped = evaluated && site.isLiteral;
  const addressed = ({ name, value }: ContainerVariable): [string, string] => [
    `${prefix}${name}`,
    evaluated ? escapeForApptainer(value) : value,
  ];
  const deaf = request.image.facts !== null && isDeaf(request.image.facts);
  const image = { names: imageEnvironment(request).variables, isRead: !imageIsNotReadByApptainer(request) };
  const set: [string, string][] = [];
  for (const variable of variables.values())
    if (isForApptainerToSet(variable, image)) set.push(deaf ? inherited(variable) : addressed(variable));
  // Singularity reads its own prefix only; a job must not depend on which of the two is installed.
  for (const [name, value] of prefix === 'SINGULARITYENV_' || isEscaped ? callers : [])
    if (variables.get(name)?.from !== 'set')
      set.push([`${prefix}${name}`, isEscaped ? escapeForApptainer(value) : value]);
  const unset = host
    .map(([name]) => name)
    .filter(name => {
      // Where both have one, Apptainer itself puts the image's first, and takes an empty one away with the caller's.
      const isLeft = ruleFor(name)[policy] === 'image' || (emptied.has(name) && !image.isRead);
      const stays = (APPTAINERS_OWN.test(name) && !site.unset.includes(name)) || !isLeft;
      return !stays || isSecretName(name);
    });
  // A PATH that jcds sets must not be extended a second time.
  const isWhole =
    set.some(([name]) => name === `${prefix}PATH`) && variables.get('PATH')?.from !== 'addressed';
  const isExtension = (name: string) => isWhole && /_(?:PREPEND|APPEND)_PATH$/.test(name);
  unset.push(...host.map(([name]) => name).filter(name => APPTAINERS_OWN.test(name) && isExtension(name)));
  return { set: set.filter(([name]) => !isExtension(name)), unset };
}

/**
 * What such an image gets must be inherited by Apptainer, so it is in the environment of a program on the host: never what the
 * image names (its LD_PRELOAD), nor what steers programs. @throws DeafImageError
 */
function inherited({ name, value, from }: ContainerVariable): [string, string] {
  if (from === 'image' || APPTAINERS_OWN.test(name) || steersTools(name)) throw new DeafImageError(name);
  return [name, value];
}

/** @param image the names of its own ENV, and whether Apptainer reads that itself */
function isForApptainerToSet(
  { name, value, from }: ContainerVariable,
  image: { readonly names: { has(name: string): boolean }; readonly isRead: boolean },
): boolean {
  if (!isShellName(name)) return false;
  switch (from) {
    case 'set':
      return true;
    case 'image':
      return !image.isRead || isChangedByApptainer(value);
    case 'host':
      // Apptainer would give the image's.
      return !isUtf8(value) || image.names.has(name);
    case 'addressed':
    case 'jcds':
      return false;
    default:
      return from satisfies never;
  }
}

/**
 * Whether the image's own ENV file gives the job another value. What `apptainer build` writes for hard characters is
 * evaluated (`$(…)` runs) or keeps its escapes.
 */
function isChangedByApptainer(value: string): boolean {
  return /[$`"'\\\p{Cc}]/u.test(value) || !isUtf8(value);
}

/** Whether the image's ENV is known to jcds alone: lost metadata, or an ENV file that Apptainer silently drops. */
function imageIsNotReadByApptainer(request: RunRequest): boolean {
  const facts = request.image.facts;
  return facts !== null && (facts.environmentFileDropped || facts.config.source !== 'singularity.d');
}
