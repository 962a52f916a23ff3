/** A directory or file of the host that is shown inside because somebody asked for it, or every job needs it. */
export interface Bind {
  readonly source: string;
  readonly destination: string;
  readonly mode: 'ro' | 'rw';
  readonly sourceKind: 'directory' | 'file';
  /** `user`: typed, so a missing source is an error; the others are dropped with a note. */
  readonly origin: 'user' | 'configuration' | 'default';
}

/** The home directory inside, which HOME names. */
export type Home =
  /** A directory of the host. */
  | { readonly kind: 'host'; readonly path: string; readonly source: string }
  /** One of its own, which starts empty and is lost at the end. */
  | { readonly kind: 'empty'; readonly path: string }
  /** Nothing is shown: HOME names a place of the image, such as its root. */
  | { readonly kind: 'none'; readonly path: string };

/** What stands at a place. */
export type Content =
  | {
      readonly kind: 'host';
      readonly source: string;
      readonly of: 'directory' | 'file';
      readonly mode: 'ro' | 'rw';
    }
  /** An own directory; `mode` as chmod takes it. */
  | { readonly kind: 'empty'; readonly mode: '1777' | '700' }
  /** A text file of the host, as it is now; nothing where the host has none. */
  | { readonly kind: 'copy'; readonly source: string }
  /** The image's file with the user's own line; the image's own where that has one. */
  | { readonly kind: 'accounts'; readonly file: 'passwd' | 'group' }
  | { readonly kind: 'proc' | 'sys' }
  /** The host's devices, or the few that every program may expect. */
  | { readonly kind: 'devices'; readonly all: boolean };

/** A place inside and what stands there. `jcds`: what every job gets, without a word of anybody. */
export interface Place {
  readonly at: string;
  readonly origin: 'jcds' | Bind['origin'];
  readonly content: Content;
}

/**
 * What of the host is shown where in the job. The check of the command, the root that is built and every runtime's row
 * read this value; none of them works it out again.
 */
export interface Shown {
  readonly home: Home;
  /** Working directory inside. */
  readonly cwd: string;
  /** In the order of mounting: what comes later hides what came before. */
  readonly places: readonly Place[];
}

/** What is known once the host was looked at. */
export interface ShownParts {
  readonly home: Home;
  readonly cwd: string;
  /** Sorted so that a bind below another comes after it. Sources exist; destinations may not. */
  readonly binds: readonly Bind[];
  /** Own /tmp, /var/tmp and few devices. */
  readonly contain: boolean;
}

/** Puts together what a job sees. Pure. */
export function shownIn({ home, cwd, binds, contain }: ShownParts): Shown {
  const own = [...ownPlaces(contain), ...homePlaces(home), ...ownFiles()];
  return {
    home,
    cwd,
    places: [...own.map(place => ({ ...place, origin: 'jcds' as const })), ...binds.map(placeOfBind)],
  };
}

type OwnPlace = Omit<Place, 'origin'>;

function ownPlaces(contain: boolean): OwnPlace[] {
  const temporary = ['/tmp', '/var/tmp'].map(
    (at): OwnPlace => ({
      at,
      content: contain
        ? { kind: 'empty', mode: '1777' }
        : { kind: 'host', source: at, of: 'directory', mode: 'rw' },
    }),
  );
  return [
    { at: '/dev', content: { kind: 'devices', all: !contain } },
    { at: '/proc', content: { kind: 'proc' } },
    { at: '/sys', content: { kind: 'sys' } },
    ...temporary,
  ];
}

function homePlaces(home: Home): OwnPlace[] {
  switch (home.kind) {
    case 'host':
      return [{ at: home.path, content: { kind: 'host', source: home.source, of: 'directory', mode: 'rw' } }];
    case 'empty':
      return [{ at: home.path, content: { kind: 'empty', mode: '700' } }];
    case 'none':
      return [];
    default:
      return home satisfies never;
  }
}

/** Name resolution, and who the user is. */
function ownFiles(): OwnPlace[] {
  return [
    ...['/etc/resolv.conf', '/etc/hosts'].map(
      (at): OwnPlace => ({ at, content: { kind: 'copy', source: at } }),
    ),
    ...(['passwd', 'group'] as const).map(
      (file): OwnPlace => ({
        at: `/etc/${file}`,
        content: { kind: 'accounts', file },
      }),
    ),
  ];
}

function placeOfBind({ source, destination, mode, sourceKind, origin }: Bind): Place {
  return { at: destination, origin, content: { kind: 'host', source, of: sourceKind, mode } };
}

/** What was asked for, by anybody but jcds itself. */
export function bindsIn({ places }: Shown): Bind[] {
  return places.flatMap(({ at, origin, content }) =>
    origin === 'jcds' || content.kind !== 'host'
      ? []
      : [{ source: content.source, destination: at, mode: content.mode, sourceKind: content.of, origin }],
  );
}

/** Every directory and file of the host that is shown. */
export function sourcesIn({ places }: Shown): string[] {
  return places.flatMap(({ content }) => (content.kind === 'host' ? [content.source] : []));
}
