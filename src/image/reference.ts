import { digestProblem } from './digest.ts';
import { InvalidReferenceError, type ReferenceProblem } from './invalid-reference.ts';
import { DOCKER_HUB, isRegistryName, looksLikeRegistry, normaliseRegistry } from './registry.ts';

/**
 * An image's name, by the grammar of distribution/reference and Docker's way of completing short names:
 *
 *     reference := [registry "/"] repository [":" tag] ["@" digest]
 *     repository := component ["/" component]*          at most 255 characters
 *     component := [a-z0-9]+ [separator [a-z0-9]+]*      separator := "." | "_" | "__" | "-"+
 *     tag       := [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}
 *
 * One departure: a first part with `.` or `:` that is no host's name (`foo_bar.com/x`) is refused.
 */
export interface Reference {
  /** Normalised: `docker.io` for Docker Hub and its aliases; a port is part of it. */
  registry: string;
  /** Whether a registry was written. */
  registryTyped: boolean;
  /** Which of Docker Hub's other names was written (`registry-1.docker.io`): some layouts keep it. */
  registrySpelled?: string;
  /** In full: `library/ubuntu`. */
  repository: string;
  /** `latest` when neither tag nor digest was written; null beside a digest. */
  tag: string | null;
  digest: string | null;
  /** Whether a tag was written. */
  tagTyped: boolean;
}

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const REPOSITORY_LIMIT = 255;
const TAG_LIMIT = 128;
const SCHEME = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is;
const SIF_SCHEMES: ReadonlySet<string> = new Set(['oras://', 'library://', 'shub://']);
/** Transports of containers/image (podman, skopeo, apptainer) that read no registry; a port is none of theirs. */
const TRANSPORT =
  /^(docker-daemon|docker-archive|oci-archive|oci|containers-storage|dir|ostree|sif|tarball):(?![0-9]+\/)/;
/** A digest, or Docker's 64-digit identifier, without a name. */
const BARE_DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}|[0-9a-f]{64}|@.*)$/s;
/** A first part that its capitals alone make a registry (`JeffersonLab/Gluex`): in small letters it is of the repository. */
const CAPITALS = /(?<=^|:\/\/)[A-Za-z0-9-]+\/$/;
/** The end of an entry of CERN's layout, as `jcds list` prints it. */
const DIGEST_TAG = /^([a-z0-9]+:[0-9a-f]{32,})$/;

/** Reads an image's name. Throws InvalidReferenceError and nothing else, whatever the text. */
export function parseReference(text: string): Reference {
  const fail = (problem: ReferenceProblem): never => {
    throw new InvalidReferenceError(text, problem);
  };
  const { body, scheme } = withoutScheme(text, fail);
  const offset = text.length - body.length;
  const [name, digest] = cut(body, '@');
  const parts = splitRegistry(name);
  const [path, typedTag] = cut(parts.rest, ':');
  if (scheme === 'https://' && parts.registry === null) fail({ kind: 'no-registry', scheme });
  refuseOddities(body, path, typedTag, fail);
  if (parts.registry !== null && !isRegistryName(parts.registry))
    fail({ kind: 'registry', registry: parts.registry });
  const at = offset + name.length - parts.rest.length;
  checkRepository(path, at, text, fail);
  if (typedTag !== null) checkTag(typedTag, at + path.length + 1, fail);
  const wrongDigest = digest === null ? null : digestProblem(digest);
  if (wrongDigest) fail(wrongDigest);

  const registry = parts.registry === null ? DOCKER_HUB : normaliseRegistry(parts.registry);
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  if (repository.length > REPOSITORY_LIMIT)
    fail({ kind: 'too-long', part: 'repository', length: repository.length, limit: REPOSITORY_LIMIT });
  return {
    registry,
    registryTyped: parts.registry !== null,
    ...(registry === DOCKER_HUB && parts.registry !== null && parts.registry.toLowerCase() !== registry
      ? { registrySpelled: parts.registry.toLowerCase() }
      : {}),
    repository,
    tag: typedTag ?? (digest === null ? 'latest' : null),
    digest,
    tagTyped: typedTag !== null,
  };
}

type Fail = (problem: ReferenceProblem) => never;

/** Takes `docker://` and `https://` off and refuses what is no name in a registry. */
function withoutScheme(text: string, fail: Fail): { body: string; scheme: string | null } {
  if (text === '') fail({ kind: 'empty' });
  if (/^(?:\/|\.\.?(?:\/|$))/.test(text)) fail({ kind: 'path' });
  const match = SCHEME.exec(text);
  const scheme = match?.[1]?.toLowerCase() ?? null;
  const body = match?.[2] ?? text;
  if (scheme !== null && SIF_SCHEMES.has(scheme)) fail({ kind: 'sif-scheme', scheme });
  if (body.includes('/', body.lastIndexOf('@')) && body.includes('@')) fail({ kind: 'credentials' });
  if (scheme !== null && scheme !== 'docker://' && scheme !== 'https://')
    fail({ kind: 'scheme', scheme, rest: body });
  const transport = scheme === null ? TRANSPORT.exec(text)?.[1] : undefined;
  if (transport !== undefined) fail({ kind: 'transport', transport });
  return { body, scheme };
}

/** What the grammar would take for, or refuse as, something other than was meant. */
function refuseOddities(body: string, path: string, tag: string | null, fail: Fail): void {
  if (BARE_DIGEST.test(body)) fail({ kind: 'digest-alone' });
  if (path === '') fail({ kind: 'no-repository' });
  if (tag !== null && DIGEST_TAG.test(tag))
    fail({ kind: 'digest-as-tag', suggestion: `${body.slice(0, body.length - tag.length - 1)}@${tag}` });
}

function cut(text: string, separator: string): [before: string, after: string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function splitRegistry(name: string): { registry: string | null; rest: string } {
  const [first, rest] = cut(name, '/');
  return rest !== null && looksLikeRegistry(first)
    ? { registry: first, rest }
    : { registry: null, rest: name };
}

function checkRepository(path: string, start: number, text: string, fail: Fail): void {
  let at = start;
  for (const component of path.split('/')) {
    if (component === '') fail({ kind: 'empty-component', at });
    const strange = component.search(/[^a-z0-9._-]/);
    const letter = component.charAt(strange);
    if (/[A-Z]/.test(letter)) {
      const before = text.slice(0, start).replace(CAPITALS, part => part.toLowerCase());
      const suggestion = before + path.toLowerCase() + text.slice(start + path.length);
      fail({ kind: 'upper-case', letter, at: at + strange, suggestion });
    }
    if (strange >= 0)
      fail({
        kind: 'character',
        part: 'repository',
        character: characterAt(component, strange),
        at: at + strange,
      });
    if (!COMPONENT.test(component)) fail({ kind: 'component', component, at });
    at += component.length + 1;
  }
}

function checkTag(tag: string, start: number, fail: Fail): void {
  if (tag === '') fail({ kind: 'empty-tag' });
  const strange = /^[.-]/.test(tag) ? 0 : tag.search(/[^A-Za-z0-9_.-]/);
  if (strange >= 0)
    fail({ kind: 'character', part: 'tag', character: characterAt(tag, strange), at: start + strange });
  if (tag.length > TAG_LIMIT) fail({ kind: 'too-long', part: 'tag', length: tag.length, limit: TAG_LIMIT });
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function suffix(tag: string | null, digest: string | null): string {
  return (tag === null ? '' : `:${tag}`) + (digest === null ? '' : `@${digest}`);
}

/** Whether a text is a repository's name in full, by the grammar above. */
export function isImageRepository(text: string): boolean {
  return text.length <= REPOSITORY_LIMIT && text.split('/').every(component => COMPONENT.test(component));
}

/** Whether a text is a tag. */
export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

/** The reference as typed, normalised: `parseReference` makes the same reference of it again. */
export function formatReference(reference: Reference): string {
  const { registry, registryTyped, tag, tagTyped, digest } = reference;
  const prefix = !registryTyped && registry !== DOCKER_HUB ? `${registry}/` : '';
  return prefix + spelledName(reference) + suffix(tagTyped ? tag : null, digest);
}

/** The name without tag and digest as it was written, but for `library/`, which a short name of Docker Hub gets. */
export function spelledName({ registry, registryTyped, registrySpelled, repository }: Reference): string {
  return registryTyped ? `${registrySpelled ?? registry}/${repository}` : repository;
}

/** The full name, as docker prints it: `docker.io/library/ubuntu:latest`. */
export function canonicalName(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference.tag, reference.digest)}`;
}

/** The shortest name that still means this image: `ubuntu:latest`, `git.jinr.ru:5005/a/b:1`. */
export function familiarName(reference: Reference): string {
  const { registry, repository, tag, digest } = reference;
  const end = suffix(tag, digest);
  if (registry !== DOCKER_HUB) return canonicalName(reference);
  const official = /^library\/([^/]+)$/.exec(repository)?.[1];
  if (official !== undefined) return TRANSPORT.test(official + end) ? repository + end : official + end;
  return looksLikeRegistry(repository.split('/', 1)[0] ?? '') ? canonicalName(reference) : repository + end;
}
