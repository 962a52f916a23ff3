/** A directory or file of the host that is shown inside because somebody asked for it, or every job needs it. */
export interface Bind {
  readonly source: string;
  readonly destination: string;
  readonly mode: 'ro' | 'rw';
  readonly sourceKind: 'directory' | 'file';
  /** `user`: typed, so a missing source is an error; the others are dropped with a note. */
  readonly origin: 'user' | 'configuration' | 'default';
  /** The place is missing in what is mounted above it, and has to be made there. */
  readonly isMade?: true;
}

/** The home directory inside; HOME names it as `path` is spelt (it may end in a slash). */
export type Home =
  /** A directory of the host. */
  | { readonly kind: 'host'; readonly path: string; readonly source: string }
  /** One of its own, which starts empty and is lost at the end. */
  | { readonly kind: 'empty'; readonly path: string }
  /** Nothing is shown: HOME names a place of the image, such as its root. */
  | { readonly kind: 'none'; readonly path: string };

/** A text file of the host, as it is now; nothing where the host has none. `rw`: the job may change its copy. */
export interface Copy {
  readonly kind: 'copy';
  readonly source: string;
  readonly mode: 'ro' | 'rw';
  /** What it was when jcds looked, ending in a line end; absent: it could not be read. */
  readonly text?: string | undefined;
}

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
  | Copy
  /** The image's file with the user's own line; the image's own where that has one. */
  | { readonly kind: 'accounts'; readonly file: 'passwd' | 'group' }
  | { readonly kind: 'proc' | 'sys' }
  /** The host's devices, or the few that every program may expect. */
  | { readonly kind: 'devices'; readonly all: boolean };

/**
 * A place inside and what stands there. `jcds`: what every job gets without a word of anybody, where the image has a
 * place for it or one can be made in the image.
 */
export interface Place {
  readonly at: string;
  readonly origin: 'jcds' | 'home' | Bind['origin'];
  readonly content: Content;
  readonly isMade?: true;
  /** A link of the image at this place gives way; otherwise it is followed. */
  readonly replacesLink?: true;
}

/**
 * What of the host is shown where in the job. The check of the command, the root that is built and every runtime's row
 * read this value; none of them works it out again.
 */
export interface Shown {
  readonly home: Home;
  /** Working directory inside. */
  readonly cwd: string;
  /** It is in a directory of the host that has none of this name. */
  readonly isCwdMissing?: true;
  /** In the order of mounting: what comes later hides what came before. */
  readonly places: readonly Place[];
}

/** What is known once the host was looked at. */
export interface ShownParts {
  readonly home: Home;
  /** Where the home directory is mounted, if links of the host lead its path elsewhere. */
  readonly homePlace?: Pick<Place, 'at' | 'isMade'> | undefined;
  readonly cwd: string;
  readonly isCwdMissing?: boolean;
  /** Sorted so that a bind below another comes after it. Sources exist; destinations may not. */
  readonly binds: readonly Bind[];
  /** Own /tmp, /var/tmp and few devices. */
  readonly contain: boolean;
  /** Nothing at /tmp and /var/tmp: the image's are there. */
  readonly withoutTmp?: boolean;
  /** The host's /etc/localtime; absent: it has none. */
  readonly zone?: string | undefined;
  /** The text of the host's /etc/resolv.conf; absent: there is none that can be read. */
  readonly resolver?: string | undefined;
}

/** Puts together what a job sees. Pure. */
export function shownIn(parts: ShownParts): Shown {
  const { home, homePlace, cwd, isCwdMissing, binds, contain, withoutTmp, ...files } = parts;
  const content = homeContent(home);
  const homes: Place[] =
    content === null ? [] : [{ ...(homePlace ?? { at: home.path }), origin: 'home', content }];
  return {
    home,
    cwd,
    ...(isCwdMissing === true ? { isCwdMissing } : {}),
    places: [
      ...ownPlaces(contain, withoutTmp === true ? [] : ['/tmp', '/var/tmp']),
      ...homes,
      ...ownFiles(files).filter(
        ({ at }) => at !== ZONE || !binds.some(({ destination }) => destination === ZONE),
      ),
      ...binds.map(bind => placeOfBind(bind, files.zone !== undefined)),
    ],
  };
}

function own(at: string, content: Content): Place {
  return { at, origin: 'jcds', content };
}

/** What every job gets, before its home. */
function ownPlaces(contain: boolean, temporaries: readonly string[]): Place[] {
  const temporary = (at: string): Content =>
    contain ? { kind: 'empty', mode: '1777' } : { kind: 'host', source: at, of: 'directory', mode: 'rw' };
  return [
    own('/dev', { kind: 'devices', all: !contain }),
    own('/proc', { kind: 'proc' }),
    own('/sys', { kind: 'sys' }),
    ...temporaries.map(at => own(at, temporary(at))),
  ];
}

/** Name resolution, and who the user is. */
function ownFiles({ zone, resolver }: Pick<ShownParts, 'zone' | 'resolver'>): Place[] {
  return [
    // As Apptainer: a copy of the job's own, and the host's file.
    own('/etc/resolv.conf', { kind: 'copy', source: '/etc/resolv.conf', mode: 'rw', text: resolver }),
    own('/etc/hosts', { kind: 'copy', source: '/etc/hosts', mode: 'ro' }),
    ...(['passwd', 'group'] as const).map(file => own(`/etc/${file}`, { kind: 'accounts', file })),
    ...(zone === undefined ? [] : [zonePlace(zone)]),
  ];
}

const ZONE = '/etc/localtime';

/**
 * The host's time zone, at this very name: in most images it is a link to a zone of theirs. What somebody binds there stands in
 * the place of the link, too, as Apptainer mounts it over the host's.
 */
function zonePlace(source: string): Place {
  const content = { kind: 'host', source, of: 'file', mode: 'ro' } as const;
  return { ...own(ZONE, content), replacesLink: true };
}

/** What is shown as the home directory; null: nothing. */
export function homeContent(home: Home): Content | null {
  switch (home.kind) {
    case 'host':
      return { kind: 'host', source: home.source, of: 'directory', mode: 'rw' };
    case 'empty':
      return { kind: 'empty', mode: '700' };
    case 'none':
      return null;
    default:
      return home satisfies never;
  }
}

function placeOfBind(
  { source, destination, mode, sourceKind, origin, isMade }: Bind,
  hasZone: boolean,
): Place {
  const content: Content = { kind: 'host', source, of: sourceKind, mode };
  return {
    ...{ at: destination, origin, content },
    ...(isMade ? { isMade } : {}),
    ...(hasZone && destination === ZONE ? { replacesLink: true } : {}),
  };
}

/** What is shown besides the home and what every job gets. */
export function bindsIn({ places }: Shown): Bind[] {
  return places.flatMap(({ at, origin, content }) =>
    origin === 'jcds' || origin === 'home' || content.kind !== 'host'
      ? []
      : [{ source: content.source, destination: at, mode: content.mode, sourceKind: content.of, origin }],
  );
}

/**
 * Everything that hides what the image has there, in the order of mounting; `source` null: an own directory, in which
 * nothing is yet. Without the text files in /etc, which no program is found by.
 */
export function mountsIn({ places }: Shown): { source: string | null; destination: string }[] {
  const sourceOf = (content: Content): string | null | undefined => {
    switch (content.kind) {
      case 'host':
        return content.source;
      case 'empty':
        return null;
      case 'proc':
      case 'sys':
        return `/${content.kind}`;
      case 'devices':
        return '/dev';
      default:
        return undefined;
    }
  };
  return places.flatMap(({ at, content }) => {
    const source = sourceOf(content);
    return source === undefined ? [] : [{ source, destination: at }];
  });
}

/** Every directory and file of the host that is shown. */
export function sourcesIn({ places }: Shown): string[] {
  return places.flatMap(({ content }) => (content.kind === 'host' ? [content.source] : []));
}
