import type { Context } from '../context.ts';
import { readLayer } from './files.ts';
import { userFile } from './load.ts';
import type { Settings } from './settings.ts';

/**
 * Changes the user's own file: `change` gets what stands there now. conf writes aside and renames; the file is read first with our
 * own reader, whose errors name line and key. Throws ConfigurationError.
 */
export async function changeUserSetting<Key extends keyof Settings>(
  key: Key,
  change: (now: Settings[Key] | undefined) => Settings[Key] | undefined,
  context: Pick<Context, 'environment' | 'home'>,
): Promise<void> {
  const file = userFile(context);
  const now = readLayer(file, 'user')?.values[key];
  const { default: Conf } = await import('conf');
  const store = new Conf<Record<string, unknown>>({
    cwd: file.replace(/\/config\.json$/, ''),
    configName: 'config',
    accessPropertiesByDotNotation: false,
    configFileMode: 0o600,
  });
  const value = change(now);
  if (value === undefined) store.delete(key);
  else store.set(key, value);
}
