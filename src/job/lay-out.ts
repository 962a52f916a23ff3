import { JcdsError } from '../errors.ts';
import { type Bind, type Home, homeContent, mountsIn, type ShownParts, shownIn } from '../runtimes/shown.ts';
import { type HostPlaces, hostPlaces } from './host-places.ts';

/** A bind for which there is no place. */
export class BindPlaceError extends JcdsError {
  constructor(destination: string, below: string) {
    super({
      code: 'BIND_PLACE',
      message: `nothing can be shown at ${JSON.stringify(destination)}: it is missing in what is shown at ${JSON.stringify(below)}, and you may not make it there`,
      hint: 'choose another place inside: --bind SRC:DST',
    });
  }
}

/** Where everything that was asked for is shown. */
export interface Layout extends Pick<ShownParts, 'homePlace'> {
  readonly places: HostPlaces;
  readonly binds: Bind[];
  readonly notes: readonly string[];
}

/** What every job sees, before the binds. */
export type Own = Pick<ShownParts, 'home' | 'contain' | 'withoutTmp'>;

/**
 * Finds the real place of each bind. What jcds shows unasked gives way where a bind wants a place in it that cannot be
 * made, such as a directory in a read-only /cvmfs. @throws BindPlaceError
 */
export function layOut(asked: readonly Bind[], own: Own): Layout {
  const { places, homePlace } = layOutOwn(own);
  const placed = new Map<Bind, Bind>();
  const notes: string[] = [];
  for (const bind of asked) {
    const { below, isShown, canBeMade } = places.look(bind.destination);
    if (below === null || isShown || canBeMade) {
      const { at, ...made } = places.add(bind);
      placed.set(bind, { ...bind, destination: at, ...made });
      continue;
    }
    const [inTheWay] =
      [...placed].find(([, { destination, origin }]) => destination === below && origin === 'default') ?? [];
    if (inTheWay !== undefined) {
      const rest = layOut(
        asked.filter(other => other !== inTheWay),
        own,
      );
      const note = `${below} of the host is not shown: ${bind.destination} cannot be made in it`;
      return { ...rest, notes: [note, ...rest.notes] };
    }
    if (bind.origin === 'user') throw new BindPlaceError(bind.destination, below);
    notes.push(`${bind.source} is not shown in the container: ${bind.destination} cannot be made`);
  }
  return { places, binds: [...placed.values()], notes, homePlace: movedHome(own.home, places) ?? homePlace };
}

/**
 * A bind, such as the caller's directory, hides the home where its path leads through that: where it is a link there, the home is
 * shown where this leads, which runtimes that mount in another order do as well. null: it stays.
 */
function movedHome(home: Home, places: HostPlaces): Layout['homePlace'] | null {
  if (home.kind !== 'host') return null;
  const { below, isLinked } = places.look(home.path);
  return isLinked && below === null ? places.add({ source: home.source, destination: home.path }) : null;
}

function layOutOwn({ home, ...own }: Own): Pick<Layout, 'places' | 'homePlace'> {
  const none: Home = { kind: 'none', path: '/' };
  const places = hostPlaces(mountsIn(shownIn({ ...own, home: none, cwd: '/', binds: [] })));
  const content = homeContent(home);
  if (content === null) return { places };
  const source = content.kind === 'host' ? content.source : null;
  return { places, homePlace: places.add({ source, destination: home.path }) };
}
