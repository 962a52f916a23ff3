import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeOsgRepository, type Published } from '../hosts/tree.ts';
import { BMN } from '../requests/setup.ts';
import { Program, World } from './request-setting.ts';

// An entry that is there and leads to no image is broken, for every command: its operators must mend it. It is not missing, so
// nobody is asked for it, and no policy for missing images applies.

const JINR = 'containers.jinr.ru';
const PATH = 'nica/docker-images/bmn:24.12';
const NAME = BMN;
const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
  world.install('condor_submit', 'touch "$HOME/submitted"');
  world.install('condor_status', '');
});
afterEach(() => world.remove());
afterAll(() => program.remove());

const ENTRIES: Readonly<Record<string, readonly [entry: Published, code: string]>> = {
  'a link to nothing': [{ link: `/cvmfs/${JINR}/.images/00/11` }, 'BROKEN_PUBLICATION'],
  'a link that leads out': [{ link: '/etc' }, 'LINK_ESCAPES'],
  'a link to itself': [{ link: 'bmn:24.12' }, 'BROKEN_PUBLICATION'],
  'a text file': [{ content: 'This is a file.\n' }, 'BROKEN_PUBLICATION'],
};
/** With the codes of jobs, and of all other commands. */
const COMMANDS: readonly (readonly [words: readonly string[], code: number])[] = [
  ...['fail', 'request', 'wait'].flatMap(policy => [
    [['exec', '--if-missing', policy, NAME, 'true'], 125] as const,
    [['run', '--if-missing', policy, NAME], 125] as const,
    [['condor', 'submit', '--if-missing', policy, NAME, 'job.sub'], 1] as const,
  ]),
  [['shell', NAME], 125],
  [['resolve', NAME], 1],
  [['status', NAME], 1],
  [['status', '--check-registry', NAME], 1],
  [['wait', '--timeout', '2s', NAME], 1],
  [['wrap', NAME], 1],
  [['cache', NAME], 1],
  [['condor', 'submit', '--wait', NAME, 'job.sub'], 1],
  [['request', '--yes', NAME], 1],
  [['request', '--yes', '--wait', '--timeout', '2s', NAME], 1],
];

describe.each(Object.entries(ENTRIES))('%s', (_what, [entry, code]) => {
  test('is broken for every command, and nobody is asked for it', async () => {
    const place = join(world.cvmfs, JINR);
    mkdirSync(join(place, '.images'), { recursive: true });
    makeOsgRepository(place, { [PATH]: entry });
    for (const [words, exit] of COMMANDS) {
      const ended = await world.jcds(words);
      const said = ended.stdout + ended.stderr;
      expect({ words, code: ended.code, said }).toEqual({
        words,
        code: exit,
        said: expect.not.stringMatching(/not published|missing:|opened|jcds request| {4}at /),
      });
      expect(said).toContain(PATH);
    }
    const json = await world.jcds(['resolve', '--json', NAME]);
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'broken' });
    const file = join(world.folder, 'status.json');
    await world.jcds(['exec', '--status-file', file, NAME, 'true']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ exitCode: 125, error: { code } });
    expect(world.forge.log).toEqual([]);
    // By `status --check-registry`, which was told to.
    expect(world.registryHeard).toHaveLength(1);
  });
});
