import { isJcdsError, JcdsError } from '../errors.ts';
import { parseReference, type Reference } from '../image/reference.ts';
import { DOCKER_HUB } from '../image/registry.ts';
import { safeText } from '../output/safe-text.ts';
import type { Layout } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';

/** Something to know about an image beside its state. Texts are not yet cleaned for a terminal. */
export interface Finding {
  readonly code:
    | 'registry-mismatch'
    | 'ambiguous-registry'
    | 'digest-unproven'
    | 'platform-mismatch'
    | 'broken-image'
    | 'stale-client'
    | 'outdated'
    | 'removed-upstream'
    | 'removed';
  readonly message: string;
  /** What was seen that says so. */
  readonly evidence: string;
  readonly hint: string;
  /** Of `stale-client` and `removed`: whether a server's signatures prove it. */
  readonly verified?: boolean;
}

/**
 * Whether an image in a layout that drops the registry can be the one that was asked for, by the record that
 * `apptainer build` left in it. Only `bootstrap: docker` is a record; a `from` without registry is Docker Hub's. Equal
 * layers share one directory, so a record of another registry may be there in good faith.
 * null: nothing to say (no registry was typed, the layout keeps it, or the record agrees).
 * @param entryPath where the image was found; null: where the layout drops the registry
 */
export function judgeOrigin(
  reference: Reference,
  layout: Pick<Layout, 'dropsRegistry' | 'asSpelled'>,
  origin: ImageFacts['origin'],
  entryPath: string | null = null,
): Finding | null {
  if (!layout.dropsRegistry || !reference.registryTyped) return null;
  // Its path holds all that was typed.
  if (entryPath !== null && entryPath === layout.asSpelled(reference)) return null;
  const recorded = recordedRegistry(origin);
  if (recorded === null) return ambiguous(reference, origin);
  return recorded === reference.registry ? null : mismatch(reference, origin!.from, recorded);
}

/** The registry that an image was pulled from, normalised, or null without a record. */
export function recordedRegistry(origin: ImageFacts['origin']): string | null {
  if (origin?.bootstrap !== 'docker') return null;
  try {
    return parseReference(origin.from).registry;
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}

const ANY_REGISTRY = 'to take it all the same, give --any-registry';

function ambiguous(
  { registry, repository }: Pick<Reference, 'registry' | 'repository'>,
  origin: ImageFacts['origin'],
): Finding {
  return {
    code: 'ambiguous-registry',
    message: `nothing says that ${repository} comes from ${registry}: this repository's paths hold no registry`,
    evidence:
      origin === null
        ? 'the image has no record of its origin (.singularity.d/Singularity, labels.json)'
        : `the image's record says bootstrap: ${origin.bootstrap}, from: ${origin.from}, which names no registry`,
    hint: 'compare it with the registry: jcds status --check-registry IMAGE',
  };
}

function mismatch(
  { registry, repository }: Pick<Reference, 'registry' | 'repository'>,
  from: string,
  recorded: string,
): Finding {
  return {
    code: 'registry-mismatch',
    message: `the published ${repository} was made from ${named(recorded)}, not from ${named(registry)}: this repository's paths hold no registry`,
    evidence: `.singularity.d/Singularity in the image says from: ${from}`,
    hint: `ask for ${from} if that is meant; ${ANY_REGISTRY}`,
  };
}

function named(registry: string): string {
  return registry === DOCKER_HUB ? 'Docker Hub' : registry;
}

/** An image whose record names another registry than the one that was typed. */
export class RegistryMismatchError extends JcdsError {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super({
      code: 'REGISTRY_MISMATCH',
      message: `${safeText(finding.message, 400)} (${safeText(finding.evidence, 300)})`,
      hint: safeText(finding.hint, 400),
    });
    this.finding = finding;
  }
}
