import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type ImageFiles, writeFiles } from './image-files.ts';

/** What a name in a repository leads to. */
export type Published =
  /** An image; equal `hash` is one directory. Without a hash, one is made of the name. `sha256:<hex>`: it came from an index. */
  | { readonly files: ImageFiles; readonly hash?: string; readonly architecture?: string }
  /** A link as given, for broken ones. */
  | { readonly link: string }
  /** A plain file with this content. */
  | { readonly content: string | Uint8Array };

/** Names below the repository (`library/debian:12`, with the registry in CERN's layout) and what they lead to. */
export type PublishedImages = Readonly<Record<string, Published>>;

/**
 * Makes a repository in OSG's layout, which is also JINR's: `name:tag` is an absolute link below
 * /cvmfs/<name of the directory>, whatever the place of the directory itself.
 * Answers the real directories, by name.
 */
export function makeOsgRepository(directory: string, images: PublishedImages): Record<string, string> {
  return makeRepository(directory, images, (name, hash) => {
    const [prefix, hex] = hash.startsWith('sha256:') ? ['sha256:', hash.slice(7)] : ['', hash];
    const place = join('.images', prefix + hex.slice(0, 2), hex.slice(2));
    return [{ path: name, place, link: join('/cvmfs', basename(directory), place) }];
  });
}

/**
 * Makes a repository in CERN's layout (DUCC): relative links into `.flat/<2>/<hex>`. An image with an architecture
 * (`amd64`, `arm64:v8`) stands below `.multiarch/<architecture>`, and amd64 is what the plain name leads to.
 */
export function makeCernRepository(directory: string, images: PublishedImages): Record<string, string> {
  return makeRepository(directory, images, (name, hash, architecture) => {
    const place = join('.flat', hash.slice(0, 2), hash);
    const linkAt = (path: string, target: string) => ({ path, place, link: relative(dirname(path), target) });
    if (architecture === undefined) return [linkAt(name, place)];
    const variant = join('.multiarch', architecture, name);
    return [linkAt(variant, place), ...(architecture === 'amd64' ? [linkAt(name, variant)] : [])];
  });
}

/** Makes a repository of image files, as Galaxy's: names are `all/<name>:<version>--<build>`, and what has `files` is a plain directory. */
export function makeFileRepository(directory: string, images: PublishedImages): Record<string, string> {
  return makeRepository(directory, images, name => [{ path: name, place: name, link: null }]);
}

interface Placement {
  /** Where the name stands, below the repository. */
  readonly path: string;
  /** Where the image's files stand, below the repository. */
  readonly place: string;
  /** The text of the link at `path`, or null when the image stands there itself. */
  readonly link: string | null;
}

type Layout = (name: string, hash: string, architecture: string | undefined) => readonly Placement[];

function makeRepository(directory: string, images: PublishedImages, layout: Layout): Record<string, string> {
  mkdirSync(directory, { recursive: true });
  const real: Record<string, string> = {};
  for (const [name, published] of Object.entries(images)) {
    if (!('files' in published)) writeSpecial(join(directory, name), published);
    else {
      const hash = published.hash ?? createHash('sha256').update(name).digest('hex');
      for (const placement of layout(name, hash, published.architecture))
        real[placement.path] = publish(directory, placement, published.files);
    }
  }
  return real;
}

function publish(directory: string, { path, place, link }: Placement, files: ImageFiles): string {
  const image = join(directory, place);
  if (!existsSync(image)) writeFiles(image, files);
  if (link !== null) makeLink(join(directory, path), link);
  return image;
}

function writeSpecial(path: string, special: Exclude<Published, { files: ImageFiles }>): void {
  mkdirSync(dirname(path), { recursive: true });
  if ('link' in special) symlinkSync(special.link, path);
  else writeFileSync(path, special.content);
}

function makeLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
