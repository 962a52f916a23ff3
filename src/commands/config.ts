import { SettingValueError } from '../configuration/errors.ts';
import { loadConfiguration, SITE_FILE } from '../configuration/load.ts';
import { parseFileValue, parseTextValue } from '../configuration/parse-value.ts';
import type { ProjectUse } from '../configuration/project-use.ts';
import { SETTINGS, type SettingRow, type Settings } from '../configuration/settings.ts';
import { changeUserSetting } from '../configuration/write-user.ts';
import { EXIT, UsageError } from '../errors.ts';
import { printNote } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { safeLines } from '../output/safe-text.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { JSON_OPTION } from './common-options.ts';

const KEY = {
  name: 'key',
  description: 'a key of `jcds help configuration`',
  choices: Object.keys(SETTINGS),
} as const;

/** `jcds config list|get|set|unset`: the settings in force, and the user's own file. */
export const configCommands: readonly CommandDeclaration[] = [
  {
    group: 'config',
    name: 'list',
    summary: 'Print every setting in force and where it comes from',
    arguments: [],
    options: [JSON_OPTION],
    async action(call, context) {
      const { settings, sources, notes, project } = loadConfiguration(context, {}, { isQuestion: true });
      for (const note of notes) printNote(context, note);
      const { file, standing } = project ?? {};
      const found = project === null ? null : { file, standing };
      if (flag(call, 'json'))
        context.stdout.write(jsonLine({ schemaVersion: SCHEMA_VERSION, settings, sources, project: found }));
      else
        for (const [key, value] of Object.entries(settings))
          context.stdout.write(
            `${key} = ${safeLines(`${JSON.stringify(value)}  (${whose(sources[key as keyof Settings], project)})`)}\n`,
          );
      return exit(EXIT.ok);
    },
  },
  {
    group: 'config',
    name: 'get',
    summary: 'Print one setting as JSON',
    arguments: [KEY],
    options: [],
    async action(call, context) {
      const { settings } = loadConfiguration(context, {}, { isQuestion: true });
      context.stdout.write(jsonLine(settings[knownKey(call.arguments[0])]));
      return exit(EXIT.ok);
    },
  },
  {
    group: 'config',
    name: 'set',
    summary: 'Write one setting into your own file',
    arguments: [KEY, { name: 'value', description: 'lists are separated by commas; services is JSON' }],
    options: [],
    examples: [
      ['jcds config set repositories containers.jinr.ru,unpacked.cern.ch', 'search CERN’s images too'],
    ],
    async action(call, context) {
      const key = knownKey(call.arguments[0]);
      const text = call.arguments[1] ?? '';
      const row: SettingRow = SETTINGS[key];
      if (row.by === 'site')
        throw new UsageError(`only ${SITE_FILE} may set ${key}`, 'jcds help configuration');
      const typed = parseTextValue(row, text);
      const parsed = 'reason' in typed ? typed : parseFileValue(row, typed.value);
      if ('reason' in parsed) throw new SettingValueError(key, text, parsed.reason);
      await changeUserSetting(key, () => parsed.value as never, context);
      return exit(EXIT.ok);
    },
  },
  {
    group: 'config',
    name: 'unset',
    summary: 'Remove one setting from your own file',
    arguments: [KEY],
    options: [],
    async action(call, context) {
      await changeUserSetting(knownKey(call.arguments[0]), () => undefined, context);
      return exit(EXIT.ok);
    },
  },
];

/** Where a setting comes from; of a project's, why it is used. */
function whose(source: string | undefined, project: ProjectUse | null): string {
  if (source === undefined) return 'default';
  if (source !== project?.file) return source;
  return `${source}, ${project.standing === 'allowed' ? 'allowed by the site' : 'trusted'}`;
}

function knownKey(word: string | undefined): keyof Settings {
  if (word !== undefined && Object.hasOwn(SETTINGS, word)) return word as keyof Settings;
  throw new UsageError(`there is no setting ${JSON.stringify(word)}`, 'jcds help configuration');
}
