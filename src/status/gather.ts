import type { Context } from '../context.ts';
import { findAllAnywhere, type SeenImage } from '../cvmfs/find-anywhere.ts';
import type { FoundImage, Search } from '../cvmfs/find-publication.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import { mountedType } from '../cvmfs/mount-points.ts';
import { freshnessOverHttp } from '../cvmfs/no-mount/http-freshness.ts';
import type { HttpOptions } from '../cvmfs/no-mount/http-options.ts';
import type { Finding } from '../cvmfs/origin.ts';
import type { Publication, Published } from '../cvmfs/publication.ts';
import { unreadableParts } from '../cvmfs/unreadable.ts';
import type { NamedImage } from '../job/locate.ts';
import type { RegistryOptions } from '../registry/client.ts';
import { type RegistrySettings, registryOptions } from '../registry/from-settings.ts';
import { type Repository, repositoryNamed } from '../repositories/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { hostArchitectures } from '../rootfs/host-architectures.ts';
import { areLocal } from './are-local.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import { findingsOf, type Gathered } from './findings.ts';
import { gatherFreshness, NO_NETWORK } from './gather-freshness.ts';
import { gatherWitnesses } from './gather-witnesses.ts';
import { inOrder } from './in-order.ts';
import { lookAtImages } from './look.ts';
import type { Known, LocalCopy } from './publication-json.ts';
import { askUpstream, type UpstreamAnswer } from './upstream.ts';

/** What the status of images is asked with. */
export interface StatusQuestion {
  readonly images: readonly NamedImage[];
  readonly search: Search;
  /** The table of services. */
  readonly table: readonly Repository[];
  /** How repositories are looked at over HTTP. */
  readonly requested: HttpOptions;
  readonly network: boolean;
  readonly checkRegistry: boolean;
  readonly registries: RegistrySettings;
  /** Whether what is published is what was asked for, by the rules that `run` has. */
  readonly identify: (
    named: NamedImage,
    published: Published,
    facts: Pick<ImageFacts, 'origin' | 'architecture'>,
  ) => readonly Finding[];
  /** The local copy of an image. */
  readonly copyOf: (named: NamedImage) => Known<LocalCopy>;
}

/** What is known of one image. */
export interface ImageStatus extends Gathered {
  readonly findings: readonly Finding[];
  readonly local: Known<LocalCopy>;
}

type StatusContext = Pick<Context, 'self' | 'environment' | 'home' | 'uid' | 'now'>;

/** Milliseconds in which a registry near by can answer. */
const LEAST_TIME = 200;
const NO_TIME = 'the registry was not asked: looking at CVMFS took all the time (--cvmfs-timeout)';

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
  const { images, search, requested } = question;
  const deadline = deadlineIn(search.timeout * 1000);
  const freshness = freshnessOnce(question, deadline, context);
  // A failure is met where the answer is awaited.
  for (const name of surelyLookedAt(question)) freshness(name).catch(() => undefined);
  const names = images.map(({ image }) => image);
  const looked = (): Promise<readonly FoundImage[]> => lookAtImages(names, search, deadline, context);
  const found = await findAllAnywhere(names, looked, search, requested, context);
  const architectures = hostArchitectures();
  const [unreadable, upstream, fresh] = await Promise.all([
    unreadableParts(targetsOf(found), deadline.left()),
    upstreamOf(question, found, architectures[0]!, deadline, context),
    Promise.all(found.map(seen => freshnessOf(seen, freshness, context.now()))),
  ]);
  const seen = found.map((one, index) => ({ image: names[index]!, found: one, freshness: fresh[index]! }));
  const witnesses = await gatherWitnesses(seen, search, requested, deadline, context);
  const local = await Promise.all(found.map(one => isLocalAbsence(one, search.root, deadline, context)));
  return images.map((named, index) => {
    const { publication } = found[index]!;
    const published = publication.state === 'published' ? publication : null;
    const gathered: Gathered = {
      ...found[index]!,
      name: named.name,
      image: named.image,
      identity: published === null ? [] : question.identify(named, published, found[index]!),
      freshness: fresh[index]!,
      witness: witnesses[index]!,
      isLocal: local[index]!,
      upstream: upstream[index]!,
      unreadable: unreadable.get(published?.target ?? '') ?? [],
      architectures,
    };
    return { ...gathered, findings: findingsOf(gathered), local: question.copyOf(named) };
  });
}

/** Every repository is asked once, whoever wants to know. */
function freshnessOnce(
  { search, table, requested, network }: StatusQuestion,
  deadline: Deadline,
  context: StatusContext,
): (repository: string) => Promise<Freshness> {
  const asked = new Map<string, Promise<Freshness>>();
  return repository => {
    const known = asked.get(repository);
    if (known) return known;
    const row = repositoryNamed(repository, table);
    const asking = gatherFreshness(
      row,
      { root: search.root, servers: requested.servers, network, deadline },
      context,
    );
    asked.set(repository, asking);
    return asking;
  };
}

/** Whatever is found, these are looked at on a mount: so they need not wait for the look. */
function surelyLookedAt({ images, search, requested }: StatusQuestion): readonly string[] {
  if (requested.when === 'only') return [];
  const { root } = search;
  const isMounted = (name: string): boolean =>
    mountedType(root) !== null || mountedType(`${root}/${name}`) !== null;
  const names = images.map(({ image }) =>
    image.kind === 'place' ? image.place.repository : search.repositories[0]?.name,
  );
  return [...new Set(names.filter(name => name !== undefined))].filter(isMounted);
}

/** How current an answer is: a mount is compared with a server; what was read over HTTP says itself what it rests on. */
function freshnessOf(
  { publication, overHttp, views }: SeenImage,
  freshness: (repository: string) => Promise<Freshness>,
  now: number,
): Promise<readonly Freshness[]> {
  if (overHttp) return Promise.resolve(views.map(view => freshnessOverHttp(view, now)));
  return Promise.all(repositoriesOf(publication).map(freshness));
}

/** Whether an image is missing in directories that no client serves. */
function isLocalAbsence(
  { publication, overHttp }: SeenImage,
  root: string,
  deadline: Deadline,
  context: StatusContext,
): Promise<boolean> {
  if (publication.state !== 'missing' || overHttp) return Promise.resolve(false);
  return areLocal(root, repositoriesOf(publication), deadline, context);
}

/** The repositories that an answer is about. */
function repositoriesOf(publication: Publication): readonly string[] {
  if (publication.state !== 'missing') return [publication.repository];
  return [...new Set(publication.looked.map(({ repository }) => repository))];
}

/** Those on this host. */
function targetsOf(found: readonly SeenImage[]): string[] {
  const targets = found.flatMap(({ publication, overHttp }) =>
    publication.state === 'published' && !overHttp ? [publication.target] : [],
  );
  return [...new Set(targets)];
}

async function upstreamOf(
  { images, checkRegistry, network, registries }: StatusQuestion,
  found: readonly SeenImage[],
  architecture: string,
  deadline: Deadline,
  context: StatusContext,
): Promise<readonly (UpstreamAnswer | null)[]> {
  if (!checkRegistry) return images.map(() => null);
  if (!network) return images.map(() => ({ state: 'unknown', evidence: NO_NETWORK, hint: null }));
  const usual = registryOptions(registries, context);
  return inOrder(images, AT_ONCE, ({ image }, index) => {
    if (deadline.left() < LEAST_TIME)
      return Promise.resolve({ state: 'unknown', evidence: NO_TIME, hint: null });
    const options: RegistryOptions = { ...usual, timeout: deadline.left() };
    const { publication, facts, origin } = found[index]!;
    return askUpstream({ image, publication, facts, origin, architecture }, options);
  });
}
