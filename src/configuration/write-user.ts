import { basename, dirname, extname } from 'node:path';
import { commandText } from '../command-text.ts';
import type { Context } from '../context.ts';
import { JcdsError } from '../errors.ts';
import { checkLinks } from '../files/links.ts';
import { inOwnDirectory } from '../files/own-directory.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { replace } from '../files/replace.ts';
import { readLayer } from './files.ts';
import type { Settings } from './settings.ts';
import { realPathOf, userFile } from './user-directory.ts';

/** The user's own settings, or list of trusted projects, cannot be written. */
export class SettingsNotWrittenError extends JcdsError {
  constructor(file: string, reason: string, cause: unknown) {
    super({
      code: 'SETTINGS_NOT_WRITTEN',
      message: `${file} cannot be written (${reason})`,
      hint: `see whether HOME and XDG_CONFIG_HOME are right, and what is there: ${commandText('ls', '-la', dirname(file))}`,
      cause,
    });
  }
}

/** Runs what writes `file`; what the system says of it becomes a message. @throws SettingsNotWrittenError */
export function writingSettings<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new SettingsNotWrittenError(file, reason, thrown);
  }
}

/**
 * Changes the user's own file, where it really lies: `change` gets what stands there now. It is read first with our own reader,
 * whose errors name line and key, and written by our own writer. @throws ConfigurationError, SettingsNotWrittenError
 */
export async function changeUserSetting<Key extends keyof Settings>(
  key: Key,
  change: (now: Settings[Key] | undefined) => Settings[Key] | undefined,
  context: Pick<Context, 'environment' | 'home' | 'uid'>,
): Promise<void> {
  const file = userFile(context);
  const layer = readLayer(file, 'user', context.uid);
  if (layer?.unread !== undefined) throw new SettingsNotWrittenError(file, layer.unread, null);
  const value = change(layer?.values[key]);
  const { default: Conf } = await import('conf');
  const real = realPathOf(file);
  writingSettings(file, () => {
    checkLinks(file, context.uid);
    return inOwnDirectory({ base: dirname(real), names: [], uid: context.uid }, directory => {
      const text = changedText(() => {
        const store = new Conf<Record<string, unknown>>({
          cwd: directory,
          configName: basename(real, extname(real)),
          fileExtension: extname(real).slice(1),
          accessPropertiesByDotNotation: false,
          serialize,
        });
        if (value === undefined) store.delete(key);
        else store.set(key, value);
      });
      replace(`${directory}/${basename(real)}`, text, { mode: 0o600 });
    });
  });
}

/** What conf would write. It takes no notice of a failing close (a quota on NFS), and would replace the file by half of one. */
class Serialized extends Error {
  readonly text: string;
  constructor(text: string) {
    super('written by our own writer');
    this.text = text;
  }
}

function serialize(value: Record<string, unknown>): string {
  throw new Serialized(`${JSON.stringify(value, undefined, '\t')}\n`);
}

function changedText(change: () => void): string {
  try {
    change();
  } catch (thrown) {
    if (thrown instanceof Serialized) return thrown.text;
    throw thrown;
  }
  throw new Error('conf has written by itself');
}
