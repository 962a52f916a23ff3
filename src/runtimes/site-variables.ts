import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Apptainer's own prefix first: where a variable has it, the twin does not count, even if the first is empty (1.4.5, tried). */
const PREFIXES = ['APPTAINER_', 'SINGULARITY_'] as const;

/** A variable by which a site, or its user, sets up Apptainer; the name is the one that counts. */
export interface SiteVariable {
  readonly name: string;
  readonly value: string;
}

/** The one that counts of APPTAINER_KEY and SINGULARITY_KEY; null where none is set, or it is blank. */
export function siteVariable(key: string, environment: Environment): SiteVariable | null {
  const name = PREFIXES.map(prefix => `${prefix}${key}`).find(twin => environment[twin] !== undefined);
  const value = name === undefined ? '' : (environment[name] ?? '').trim();
  return name === undefined || value === '' ? null : { name, value };
}

/** Both names of a key. */
export function siteNames(key: string): readonly string[] {
  return PREFIXES.map(prefix => `${prefix}${key}`);
}

/** A value with which Apptainer itself would not start either. */
export class SiteVariableError extends JcdsError {
  constructor({ name, value }: SiteVariable, expected: string) {
    super({
      code: 'SITE_VARIABLE',
      message: `the variable ${name} is ${JSON.stringify(value)}: ${expected}`,
      hint: commandText('unset', name),
    });
  }
}

/** Words that Go's strconv.ParseBool takes. */
const YES = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const NO = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Whether a variable switches something on. @throws SiteVariableError */
export function siteFlag(key: string, environment: Environment): boolean {
  const found = siteVariable(key, environment);
  if (found === null || NO.includes(found.value)) return false;
  if (!YES.includes(found.value)) throw new SiteVariableError(found, 'Apptainer takes 1 or 0 there');
  return true;
}

/** What NO_MOUNT may name of all that jcds shows by itself on every runtime; the rest is Apptainer's own matter. */
export type SiteMount = 'home' | 'cwd' | 'tmp';

/** What NO_MOUNT names, in Apptainer's words. */
export function notMounted(environment: Environment): readonly string[] {
  const names = siteVariable('NO_MOUNT', environment)?.value.split(',') ?? [];
  return names.map(name => name.trim()).filter(name => name !== '');
}
