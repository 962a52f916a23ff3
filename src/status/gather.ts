import type { Context } from '../context.ts';
import type { FoundImage, Search } from '../cvmfs/find-publication.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import type { Finding } from '../cvmfs/origin.ts';
import type { Publication, Published } from '../cvmfs/publication.ts';
import { unreadableParts } from '../cvmfs/unreadable.ts';
import type { NamedImage } from '../job/locate.ts';
import type { RegistryOptions } from '../registry/client.ts';
import { type RegistrySettings, registryOptions } from '../registry/from-settings.ts';
import { type Repository, repositoryNamed } from '../repositories/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { hostArchitectures } from '../rootfs/host-architectures.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import { findingsOf, type Gathered } from './findings.ts';
import { gatherFreshness, NO_NETWORK } from './gather-freshness.ts';
import { inOrder } from './in-order.ts';
import { lookAtImages } from './look.ts';
import { askUpstream, type UpstreamAnswer } from './upstream.ts';

/** What the status of images is asked with. */
export interface StatusQuestion {
  readonly images: readonly NamedImage[];
  readonly search: Search;
  /** The table of services. */
  readonly table: readonly Repository[];
  /** Servers that the user names. */
  readonly servers: readonly string[];
  readonly network: boolean;
  readonly checkRegistry: boolean;
  readonly registries: RegistrySettings;
  /** Whether what is published is what was asked for, by the rules that `run` has. */
  readonly identify: (
    named: NamedImage,
    published: Published,
    facts: ImageFacts | null,
  ) => readonly Finding[];
}

/** What is known of one image. */
export interface ImageStatus extends Gathered {
  readonly findings: readonly Finding[];
}

type StatusContext = Pick<Context, 'self' | 'environment' | 'home' | 'uid' | 'now'>;

/** Registries asked at the same time: more would look like an attack. */
const AT_ONCE = 4;

/**
 * Finds out the status of images, in order: one look for all of them, each repository's freshness once and at the same
 * time, then the registries. Everything is there when the search's timeout ends; what is not is said to be unknown.
 */
export async function gatherStatus(
  question: StatusQuestion,
  context: StatusContext,
): Promise<readonly ImageStatus[]> {
  const { images, search } = question;
  const deadline = deadlineIn(search.timeout * 1000);
  const freshness = freshnessOnce(question, deadline, context);
  // A failure is met where the answer is awaited.
  for (const name of surelyLookedAt(question)) freshness(name).catch(() => undefined);
  const names = images.map(({ image }) => image);
  const found = await lookAtImages(names, search, deadline, context);
  const architectures = hostArchitectures();
  const [unreadable, upstream, fresh] = await Promise.all([
    unreadableParts(targetsOf(found), deadline.left()),
    upstreamOf(question, found, architectures[0]!, deadline, context),
    Promise.all(found.map(({ publication }) => Promise.all(repositoriesOf(publication).map(freshness)))),
  ]);
  return images.map((named, index) => {
    const { publication, facts, unread } = found[index]!;
    const published = publication.state === 'published' ? publication : null;
    const gathered: Gathered = {
      name: named.name,
      image: named.image,
      publication,
      facts,
      unread,
      identity: published === null ? [] : question.identify(named, published, facts),
      freshness: fresh[index]!,
      upstream: upstream[index]!,
      unreadable: unreadable.get(published?.target ?? '') ?? [],
      architectures,
    };
    return { ...gathered, findings: findingsOf(gathered) };
  });
}

/** Every repository is asked once, whoever wants to know. */
function freshnessOnce(
  { search, table, servers, network }: StatusQuestion,
  deadline: Deadline,
  context: StatusContext,
): (repository: string) => Promise<Freshness> {
  const asked = new Map<string, Promise<Freshness>>();
  return repository => {
    const known = asked.get(repository);
    if (known) return known;
    const row = repositoryNamed(repository, table);
    const asking = gatherFreshness(row, { root: search.root, servers, network, deadline }, context);
    asked.set(repository, asking);
    return asking;
  };
}

/** Whatever is found, these are looked at: so they need not wait for the look. */
function surelyLookedAt({ images, search }: StatusQuestion): readonly string[] {
  const names = images.map(({ image }) =>
    image.kind === 'place' ? image.place.repository : search.repositories[0]?.name,
  );
  return [...new Set(names.filter(name => name !== undefined))];
}

/** The repositories that an answer is about. */
function repositoriesOf(publication: Publication): readonly string[] {
  if (publication.state !== 'missing') return [publication.repository];
  return [...new Set(publication.looked.map(({ repository }) => repository))];
}

function targetsOf(found: readonly FoundImage[]): string[] {
  const targets = found.flatMap(({ publication }) =>
    publication.state === 'published' ? [publication.target] : [],
  );
  return [...new Set(targets)];
}

async function upstreamOf(
  { images, checkRegistry, network, registries }: StatusQuestion,
  found: readonly FoundImage[],
  architecture: string,
  deadline: Deadline,
  context: StatusContext,
): Promise<readonly (UpstreamAnswer | null)[]> {
  if (!checkRegistry) return images.map(() => null);
  if (!network) return images.map(() => ({ state: 'unknown', evidence: NO_NETWORK, hint: null }));
  const usual = registryOptions(registries, context);
  return inOrder(images, AT_ONCE, ({ image }, index) => {
    const options: RegistryOptions = { ...usual, timeout: deadline.left() };
    const { publication, facts } = found[index]!;
    return askUpstream({ image, publication, facts, architecture }, options);
  });
}
