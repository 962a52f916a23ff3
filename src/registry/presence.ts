import { isJcdsError, type JcdsError } from '../errors.ts';
import { canonicalName, type Reference } from '../image/reference.ts';
import { noCredential, openRegistry, type Registry, type RegistryOptions } from './client.ts';
import { placeOf } from './image.ts';

/**
 * Whether a registry has an image. `private`: it does not show it to whoever asked, so it is there or it is not (most
 * registries do not say which). `unknown`: there was no answer to be believed.
 */
export interface Presence {
  readonly state: 'present' | 'absent' | 'private' | 'unknown';
  /** The digest under the name now, where the registry says it. */
  readonly digest: string | null;
  /** One sentence for people. */
  readonly evidence: string;
  readonly hint: string | null;
  /** The failure behind `absent`, `private` and `unknown`. */
  readonly failure: JcdsError | null;
}

/** Whether everyone may pull an image, without any credential. */
export interface AnonymousPull {
  readonly state: 'yes' | 'no' | 'unknown';
  readonly evidence: string;
  readonly hint: string | null;
}

/** Opens the registry of a reference for the time of some work. */
export async function withRegistry<T>(
  name: string,
  options: RegistryOptions,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const registry = openRegistry(name, options);
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

/** Asks the registry of a reference for its manifest, with the credential that the options find if it is demanded. */
export async function registryHas(reference: Reference, options: RegistryOptions): Promise<Presence> {
  try {
    return await withRegistry(reference.registry, options, registry => presenceIn(registry, reference));
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return presenceOf(thrown);
  }
}

/** The same question without any credential. */
export async function anonymousPull(reference: Reference, options: RegistryOptions): Promise<AnonymousPull> {
  const presence = await registryHas(reference, { ...options, findCredential: noCredential });
  const { evidence, hint } = presence;
  const name = canonicalName(reference);
  switch (presence.state) {
    case 'present':
      return { state: 'yes', evidence: `everyone may pull ${name}`, hint: null };
    case 'absent':
    case 'private':
      return { state: 'no', evidence, hint };
    case 'unknown':
      return { state: 'unknown', evidence, hint };
    default:
      return presence.state satisfies never;
  }
}

async function presenceIn(registry: Registry, reference: Reference): Promise<Presence> {
  const place = placeOf(reference);
  const head = await registry.head(reference.repository, place);
  // Something that says 200 to everything is unmasked by the manifest itself.
  const proved = head.kind === 'unsaid' ? await registry.manifest(reference.repository, place, head) : head;
  const { digest } = proved;
  const evidence = `${registry.name} has ${canonicalName(reference)}${digest === null || digest === reference.digest ? '' : `, now ${digest}`}`;
  return { state: 'present', digest, evidence, hint: null, failure: null };
}

const STATES: Readonly<Record<string, Presence['state']>> = {
  NOT_IN_REGISTRY: 'absent',
  REGISTRY_UNAUTHORIZED: 'private',
  REGISTRY_FORBIDDEN: 'private',
};

/** What a failure says about an image. */
export function presenceOf(failure: JcdsError): Presence {
  const state = Object.hasOwn(STATES, failure.code) ? STATES[failure.code]! : 'unknown';
  return { state, digest: null, evidence: failure.message, hint: failure.hint ?? null, failure };
}
