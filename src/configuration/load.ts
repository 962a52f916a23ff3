import type { Context } from '../context.ts';
import { SettingValueError } from './errors.ts';
import { readLayer } from './files.ts';
import { parseTextValue } from './parse-value.ts';
import { type ProjectUse, projectUse } from './project-use.ts';
import { DEFAULTS, SETTINGS, type SettingRow, type Settings, variableOf } from './settings.ts';
import { userFile } from './user-directory.ts';

/** The settings in force, and what was odd about the files. */
export interface Configuration {
  readonly settings: Settings;
  readonly notes: readonly string[];
  /** Which layer each key came from: a file, a variable, `option`, or absent for the default. */
  readonly sources: Readonly<Partial<Record<keyof Settings, string>>>;
  /** The project file that the working directory belongs to, if any. */
  readonly project: ProjectUse | null;
}

/** Where the site's file is; fixed, since a variable could point past what a site enforces. */
export const SITE_FILE = '/etc/jcds/config.json';

/** What loading needs of the outside. */
export type ConfigurationContext = Pick<Context, 'environment' | 'home' | 'cwd' | 'uid' | 'stderr'>;

/** What else decides how it is loaded. */
export interface LoadOptions {
  readonly siteFile?: string;
  /** A project file that is not trusted is only told about: for those who ask what is configured. */
  readonly isQuestion?: boolean;
}

/**
 * Merges the layers: options > JCDS_* > project file > user's file > site's file > defaults; what the site's file
 * has under `enforced` beats everything.
 * @throws ConfigurationError, SettingValueError, UntrustedProjectError
 */
export function loadConfiguration(
  context: ConfigurationContext,
  options: Partial<Settings>,
  { siteFile = SITE_FILE, isQuestion = false }: LoadOptions = {},
): Configuration {
  const site = readLayer(siteFile, 'site', context.uid);
  const user = readLayer(userFile(context), 'user', context.uid);
  const rule = site?.enforced.projectTrust ?? site?.values.projectTrust ?? DEFAULTS.projectTrust;
  const use = projectUse(context, rule, isQuestion);
  const project = use?.layer ?? null;
  const layers: [source: string, values: Partial<Settings>][] = [
    ...(site === null ? [] : [[site.file, site.values] as [string, Partial<Settings>]]),
    ...(user === null ? [] : [[user.file, user.values] as [string, Partial<Settings>]]),
    ...(project === null ? [] : [[project.file, project.values] as [string, Partial<Settings>]]),
    ...variables(context.environment),
    ['option', options],
    ...(site === null ? [] : [[`${site.file} (enforced)`, site.enforced] as [string, Partial<Settings>]]),
  ];
  const settings: Settings = { ...DEFAULTS };
  const sources: Partial<Record<keyof Settings, string>> = {};
  for (const [source, values] of layers)
    for (const [key, value] of Object.entries(values) as [keyof Settings, never][]) {
      settings[key] = key === 'services' ? (mergedServices(settings.services, value) as never) : value;
      sources[key] = source;
    }
  const notes = [...(site?.notes ?? []), ...(user?.notes ?? []), ...(use?.notes ?? [])];
  return { settings, sources, notes, project: use };
}

/** A row of a stronger layer changes what a weaker one says of that repository key by key, and its wishlist too. */
function mergedServices(weaker: Settings['services'], stronger: Settings['services']): Settings['services'] {
  const merged = Object.entries(stronger).map(([name, row]) => {
    const below = weaker[name];
    const wishlist = { ...below?.wishlist, ...row.wishlist } as typeof row.wishlist;
    return [name, { ...below, ...row, ...(below?.wishlist && row.wishlist ? { wishlist } : {}) }];
  });
  return { ...weaker, ...Object.fromEntries(merged) };
}

/** Whether a setting of this source is in force wherever this user calls jcds: not in one project, terminal or call alone. */
export function isUsual(source: string | undefined, context: Pick<Context, 'environment' | 'home'>): boolean {
  return source === undefined || source === userFile(context) || source.startsWith(SITE_FILE);
}

function variables(environment: Context['environment']): [string, Partial<Settings>][] {
  const found: [string, Partial<Settings>][] = [];
  for (const [key, row] of Object.entries<SettingRow>(SETTINGS)) {
    if (row.by === 'site') continue;
    const name = variableOf(key);
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const parsed = parseTextValue(row, text);
    if ('reason' in parsed) throw new SettingValueError(name, text, parsed.reason);
    found.push([name, { [key]: parsed.value }]);
  }
  return found;
}
