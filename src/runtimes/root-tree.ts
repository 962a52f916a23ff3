import { JcdsError } from '../errors.ts';
import type { RootEntry } from '../rootfs/facts.ts';
import { join, nameOf, parentOf, split } from './image-paths.ts';
import type { Again, RealPlace, RootOperation } from './root-operations.ts';

/** A place inside that cannot be made. */
export class PlaceError extends JcdsError {
  constructor(path: string, reason: string) {
    super({
      code: 'BIND_PLACE',
      message: `nothing can be shown at ${JSON.stringify(path)} in this image: ${reason}`,
      hint: 'choose another place inside: --bind SRC:DST',
    });
  }
}

/**
 * A directory of more entries than `each` gets a layer, where one can be laid: one mount in the place of as many. Where all
 * together are more than `all`, those of more than `few` do: a script that one argument holds names some 550.
 */
const MOST_ENTRIES = { each: 256, all: 400, few: 32 } as const;
/** Where jcds makes so many places of its own that it holds them itself in any case. */
const NEVER_LAYERED = ['/', '/etc'];

/** The most links that one path may lead through (Linux' own limit). */
const MOST_LINKS = 40;

/**
 * An image's directories as far as they are known, and the new root that is made of them: a tmpfs that shows every
 * entry of the image, "opened" further down where a place is missing, because a read-only image cannot be given one.
 * Links are followed inside the image only. Kept as data: nothing is read or made here.
 */
export class RootTree {
  readonly #listings: Readonly<Record<string, readonly RootEntry[]>>;
  /** Directories that the new root holds itself, with the names made in them. */
  readonly #opened = new Map<string, Map<string, 'directory' | 'file'>>([['/', new Map()]]);
  readonly #covered = new Map<string, 'directory' | 'file'>();
  /** Directories whose listing was needed and is not known. */
  readonly missingListings = new Set<string>();

  constructor(listings: Readonly<Record<string, readonly RootEntry[]>>) {
    this.#listings = listings;
  }

  /** Where this absolute path really is in the image, and below what that was placed before. @throws PlaceError */
  find(path: string): RealPlace {
    const { directory, rest, found } = this.#locate(path);
    if (found === 'loop') throw new PlaceError(path, 'too many links');
    const at = rest.length === 0 ? directory : join(directory, ...rest);
    if (rest.length === 0 || found === undefined) return { at, below: null };
    if (found === 'covered') return { at, below: directory };
    throw new PlaceError(path, `${join(directory, rest[0]!)} is no directory`);
  }

  /**
   * Makes sure that something can be mounted at this absolute path, and returns its real place in the image. What is
   * mounted there later hides what the image has below. @throws PlaceError
   */
  place(path: string, kind: 'directory' | 'file'): RealPlace {
    const place = this.find(path);
    if (place.below === null) this.#make(path, kind);
    this.#covered.set(place.at, kind);
    return place;
  }

  /** Something is shown at this real place, whatever the image has below: no link there counts. */
  cover(real: string): void {
    this.#covered.set(real, 'directory');
  }

  /** Whether something was placed exactly there. */
  isTaken(real: string): boolean {
    return this.#covered.has(real);
  }

  /** Puts something empty into the place of a link. */
  replaceLink(path: string, kind: 'directory' | 'file'): void {
    const parent = this.find(parentOf(path));
    if (parent.below === null && this.#entry(parent.at, nameOf(path))?.kind === 'link')
      this.#open(parent.at).set(nameOf(path), kind);
  }

  /** Whether nothing is there, also by links. */
  isMissing(path: string): boolean {
    return this.#locate(path).rest.length > 0;
  }

  /** Makes sure that a link at this path can be left out of the new root, which holds its directory from now on. */
  openLink(path: string): void {
    const parent = this.find(parentOf(path));
    if (parent.below === null && this.#entry(parent.at, nameOf(path))?.kind === 'link') this.#open(parent.at);
  }

  /**
   * Everything that the new root holds itself.
   * @param isFollowed whether what the link at this place leads to is shown in its place; one that leads to nothing is
   * left out then
   * @param hasLayers whether a layer can be laid over a directory
   */
  operations(isFollowed: (at: string) => boolean, hasLayers: boolean): (RootOperation | Again)[] {
    return this.#operationsIn('/', isFollowed, hasLayers);
  }

  #operationsIn(
    directory: string,
    isFollowed: (at: string) => boolean,
    hasLayers: boolean,
  ): (RootOperation | Again)[] {
    const made = this.#opened.get(directory)!;
    const entries = (this.#listings[directory] ?? []).filter(entry => !made.has(entry.name));
    const fromImage = entries.flatMap((entry): (RootOperation | Again)[] => {
      const at = join(directory, entry.name);
      if (hasLayers && this.#isLarge(at)) return this.#layer(at);
      if (this.#opened.has(at))
        return [{ kind: 'directory', at }, ...this.#operationsIn(at, isFollowed, hasLayers)];
      if (entry.kind === 'link')
        return isFollowed(at) ? this.#followed(at) : [{ kind: 'link', at, target: entry.target ?? '' }];
      return entry.kind === 'other' ? [] : [{ kind: 'entry', at, of: entry.kind }];
    });
    const ownPlaces = [...made].flatMap(([name, kind]): (RootOperation | Again)[] => {
      const at = join(directory, name);
      return [{ kind, at }, ...(this.#opened.has(at) ? this.#operationsIn(at, isFollowed, hasLayers) : [])];
    });
    return [...fromImage, ...ownPlaces];
  }

  #isLarge(directory: string): boolean {
    if (!this.#opened.has(directory) || NEVER_LAYERED.includes(directory)) return false;
    const count = (at: string) => this.#listings[at]?.length ?? 0;
    const all = [...this.#opened.keys()].reduce((sum, at) => sum + count(at), 0);
    return count(directory) > (all > MOST_ENTRIES.all ? MOST_ENTRIES.few : MOST_ENTRIES.each);
  }

  #layer(at: string): RootOperation[] {
    return [{ kind: 'layer', at, entries: this.#listings[at]!.length }, ...this.#madeIn(at)];
  }

  /** What is made in a directory and below it: all that a layer holds itself. */
  #madeIn(directory: string): RootOperation[] {
    const opened = [...this.#opened.keys()].filter(at => at !== '/' && parentOf(at) === directory);
    const made = new Map([
      ...opened.map(at => [nameOf(at), 'directory'] as const),
      ...this.#opened.get(directory)!,
    ]);
    return [...made].flatMap(([name, kind]) => {
      const at = join(directory, name);
      return [{ kind, at }, ...(this.#opened.has(at) ? this.#madeIn(at) : [])];
    });
  }

  #followed(at: string): (RootOperation | Again)[] {
    const { directory: as, rest, found } = this.#locate(at);
    if (rest.length > 0 || as === '/') return [];
    const own = this.#covered.get(as) ?? (this.#opened.has(as) ? 'directory' : undefined);
    const of = own ?? this.#opened.get(parentOf(as))?.get(nameOf(as));
    if (of !== undefined) return [{ kind: 'again', at, as, of }];
    return found === 'directory' || found === 'file' ? [{ kind: 'entry', at, of: found, from: as }] : [];
  }

  #make(path: string, kind: 'directory' | 'file'): void {
    const { directory, rest, found } = this.#locate(path);
    if (rest.length === 0) {
      if (found === kind) this.#shadow(directory, kind);
      else this.#replace(path, directory, kind);
      return;
    }
    let current = directory;
    rest.forEach((name, index) => {
      const isLast = index === rest.length - 1;
      this.#open(current).set(name, isLast ? kind : 'directory');
      current = join(current, name);
      if (!isLast) this.#opened.set(current, new Map());
    });
  }

  /** An entry of the image that will be covered needs no mount of its own where the new root holds its parent. */
  #shadow(real: string, kind: 'directory' | 'file'): void {
    if (real === '/') throw new PlaceError('/', 'it is the root of the image');
    const siblings = this.#opened.get(parentOf(real));
    if (!this.#opened.has(real)) siblings?.set(nameOf(real), kind);
  }

  #replace(path: string, real: string, kind: 'directory' | 'file'): void {
    if (this.#opened.has(real)) throw new PlaceError(path, 'it is a directory that other places are in');
    this.#open(parentOf(real)).set(nameOf(real), kind);
  }

  /** The names made in this directory, which the new root holds from now on (and all directories above it). */
  #open(directory: string): Map<string, 'directory' | 'file'> {
    const known = this.#opened.get(directory);
    if (known !== undefined) return known;
    this.#open(parentOf(directory));
    const made = new Map<string, 'directory' | 'file'>();
    this.#opened.set(directory, made);
    this.#list(directory);
    return made;
  }

  /** How far a path leads: the real directory (or, with no rest, the real entry), what is there, and the names left. */
  #locate(path: string): {
    directory: string;
    rest: string[];
    found: RootEntry['kind'] | 'covered' | 'loop' | undefined;
  } {
    const names = split(path);
    let current = '/';
    for (let links = 0; names.length > 0; ) {
      const name = names[0]!;
      if (name === '..') {
        names.shift();
        current = parentOf(current);
        continue;
      }
      if (this.#covered.has(current)) return { directory: current, rest: names, found: 'covered' };
      const entry = this.#entry(current, name);
      if (entry?.kind === 'link') {
        if (++links > MOST_LINKS) return { directory: current, rest: names, found: 'loop' };
        const target = entry.target ?? '';
        names.splice(0, 1, ...split(target));
        if (target.startsWith('/')) current = '/';
      } else if (entry?.kind === 'directory' || (entry !== undefined && names.length === 1)) {
        names.shift();
        current = join(current, name);
        if (names.length === 0) return { directory: current, rest: [], found: entry.kind };
      } else return { directory: current, rest: names, found: entry?.kind };
    }
    return { directory: current, rest: [], found: 'directory' };
  }

  #entry(directory: string, name: string): { kind: RootEntry['kind']; target?: string } | undefined {
    const made = this.#opened.get(directory)?.get(name);
    if (made !== undefined) return { kind: made };
    return this.#list(directory).find(entry => entry.name === name);
  }

  #list(directory: string): readonly RootEntry[] {
    const known = this.#listings[directory];
    // What jcds made itself, or the image has no such directory: nothing is in it.
    if (known === undefined && this.#isInImage(directory)) this.missingListings.add(directory);
    return known ?? [];
  }

  #isInImage(directory: string): boolean {
    if (directory === '/') return true;
    return (this.#listings[parentOf(directory)] ?? []).some(
      entry => entry.name === nameOf(directory) && entry.kind === 'directory',
    );
  }
}
