import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { Context } from '../context.ts';
import { SettingValueError } from './errors.ts';
import { type Layer, projectFile, readLayer } from './files.ts';
import { parseTextValue } from './parse-value.ts';
import { DEFAULTS, SETTINGS, type Settings, variableOf } from './settings.ts';

/** The settings in force, and what was odd about the files. */
export interface Configuration {
  readonly settings: Settings;
  readonly notes: readonly string[];
  /** Which layer each key came from: a file, a variable, `option`, or absent for the default. */
  readonly sources: Readonly<Partial<Record<keyof Settings, string>>>;
}

/** Where the site's file is; fixed, since a variable could point past what a site enforces. */
export const SITE_FILE = '/etc/jcds/config.json';

/** `$XDG_CONFIG_HOME/jcds/config.json`. */
export function userFile(context: Pick<Context, 'environment' | 'home'>): string {
  const base = context.environment.XDG_CONFIG_HOME;
  return join(
    base !== undefined && isAbsolute(base) ? base : join(context.home, '.config'),
    'jcds',
    'config.json',
  );
}

/**
 * Merges the layers: options > JCDS_* > project file > user's file > site's file > defaults; what the site's file
 * has under `enforced` beats everything.
 * @throws ConfigurationError, SettingValueError
 */
export function loadConfiguration(
  context: Pick<Context, 'environment' | 'home' | 'cwd' | 'uid'>,
  options: Partial<Settings>,
  siteFile = SITE_FILE,
): Configuration {
  const site = readLayer(siteFile, 'site');
  const user = readLayer(userFile(context), 'user');
  const project = readProject(context);
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
  return { settings, sources, notes: [site, user, project].flatMap(layer => layer?.notes ?? []) };
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
  for (const [key, row] of Object.entries(SETTINGS)) {
    const name = variableOf(key);
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const parsed = parseTextValue(row, text);
    if ('reason' in parsed) throw new SettingValueError(name, text, parsed.reason);
    found.push([name, { [key]: parsed.value }]);
  }
  return found;
}

/** A project's binds are taken relative to its file and must stay below it. */
function readProject(context: Pick<Context, 'cwd' | 'uid'>): Layer | null {
  const file = context.cwd === null ? null : projectFile(context.cwd, context.uid);
  const layer = file === null ? null : readLayer(file, 'project');
  if (file === null || layer === null || layer.values.binds === undefined) return layer;
  const notes: string[] = [];
  const binds = layer.values.binds.flatMap(bind => {
    const absolute = projectBind(dirname(file), bind);
    if (absolute === null) notes.push(`${file}: the bind ${JSON.stringify(bind)} is not below the project`);
    return absolute === null ? [] : [absolute];
  });
  return { ...layer, values: { ...layer.values, binds }, notes: [...layer.notes, ...notes] };
}

/** null: the bind's source is not below the project, or a link on the way leads out of it. */
function projectBind(project: string, bind: string): string | null {
  const [source = '', ...rest] = bind.split(':');
  const absolute = resolve(project, source);
  const isInside = isBelow(project, absolute) && isBelow(realOf(project), realOf(absolute));
  return isInside ? [absolute, ...rest].join(':') : null;
}

function isBelow(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory === sep ? '' : directory}${sep}`);
}

/** Without its links; what does not exist leads nowhere else. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realOf(dirname(path)), basename(path));
  }
}
