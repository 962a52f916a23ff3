import { spawn } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLACES, type PlaceName } from '../../src/files/places.ts';
import { APPTAINER, builtFrom, JINR, Setting } from '../cli/setting.ts';
import { MASTER } from '../cvmfs/http/generator.ts';
import { serve, type TestServer } from '../cvmfs/http/server.ts';
import { publishTree } from '../cvmfs/no-mount/published-tree.ts';
import { PLANTS } from './plants.ts';

// Every file that jcds reads back, in every state that a crash, a full disk, a program in a container or another user can leave it
// in: what is remembered changes no answer, what the user has written is refused with a message; nothing hangs.
const setting = new Setting();
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
cpSync(resolve(import.meta.dirname, '../../completions'), join(setting.folder, 'jcds/completions'), {
  recursive: true,
});
const keys = join(setting.folder, 'master.pub');
writeFileSync(keys, MASTER.pem);
let server: TestServer;
beforeAll(async () => {
  const whitelist = { created: '20200101000000', expires: '20991231000000' };
  const tree = { 'library/small:1': { directory: true }, '.images': { directory: true } } as const;
  server = await serve(publishTree(JINR, tree, { whitelist }));
});
afterAll(async () => {
  await server.close();
  setting.remove();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** No answer may take as long as a hang. */
const PATIENCE = 20_000;

function jcds(words: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(setting.program, [...words], {
      cwd: setting.work,
      env: setting.environment({ JCDS_NETWORK: 'true' }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${words.join(' ')} hangs`));
    }, PATIENCE);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

const http = () => ['--no-mount', '--server', server.template, '--keys', keys];
/** What is asked; `~` is what differs from run to run. */
const COMMANDS: Record<string, () => readonly string[]> = {
  exec: () => ['exec', '--runtime', 'apptainer', 'small:1', 'ls'],
  list: () => ['list'],
  'list over HTTP': () => ['list', ...http()],
};

async function answers(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [name, words] of Object.entries(COMMANDS)) {
    const { stdout, ...ended } = await jcds(words());
    // jcds' own directory is held read-only wherever it lies.
    const held = /<--bind>\n<[^>]*\/(?:\.cache|elsewhere|\.config\/jcds)[^>]*>\n/g;
    found[name] = { ...ended, stdout: stdout.replace(held, '') };
  }
  return found;
}

/** What jcds has written and reads back, by its place: all of these are planted here. */
const MEMORIES: Partial<Record<PlaceName, RegExp>> = {
  'image-memory': /^images\/.*\.json$/,
  'runtime-memory': /^runtimes-.*\.json$/,
  'name-index': /^completion\/.*\.names$/,
  'http-object': /^cvmfs\/objects\//,
  'http-revision': /^cvmfs\/revisions\//,
};
/** Tested below, in engine-files.host.test.ts, in test/store/local.host.test.ts, and in test/service/planted-records.test.ts. */
const OTHERS: readonly PlaceName[] = ['trusted-projects', 'engine-file', 'store-record', 'service-record'];

test('each file that jcds writes and reads back is planted', () => {
  const own = Object.entries(PLACES).flatMap(([name, { trust }]) => (trust === 'own' ? [name] : []));
  expect(own.sort()).toEqual([...Object.keys(MEMORIES), ...OTHERS].sort());
});

describe('what jcds remembers', () => {
  const cache = join(setting.home, '.cache/jcds');
  const whole = join(setting.folder, 'whole');
  let right: Record<string, unknown>;

  test('is made, and changes no answer', async () => {
    const first = await answers();
    right = await answers();
    expect(right).toEqual(first);
    expect(Object.values(right).map(ended => (ended as Ended).code)).toEqual([0, 0, 0]);
    cpSync(cache, whole, { recursive: true, preserveTimestamps: true });
  });

  /** As it was; a refresh was just tried, so that none is started beside the test. */
  const restore = (): void => {
    rmSync(cache, { recursive: true, force: true });
    cpSync(whole, cache, { recursive: true, preserveTimestamps: true });
    writeFileSync(join(cache, 'completion/attempt'), '', { mode: 0o600 });
  };

  test.each(Object.entries(PLANTS))('%s: no answer differs', async (_what, plant) => {
    const files = readdirSync(whole, { recursive: true, encoding: 'utf8' }).filter(name =>
      lstatSync(join(whole, name)).isFile(),
    );
    const missed = Object.entries(MEMORIES).filter(([, names]) => !files.some(name => names.test(name)));
    expect(missed).toEqual([]);
    restore();
    for (const name of files) plant(join(cache, name), readFileSync(join(whole, name)));
    expect(await answers()).toEqual(right);
  });

  test.each(['.', 'images', 'completion', 'cvmfs', 'cvmfs/objects', 'cvmfs/revisions'])(
    'a link in the place of the directory %s: no answer differs, and nothing is written or removed where it leads',
    async name => {
      restore();
      const elsewhere = join(setting.home, 'elsewhere');
      rmSync(elsewhere, { recursive: true, force: true });
      renameSync(join(cache, name), elsewhere);
      symlinkSync(elsewhere, join(cache, name));
      for (let index = 0; index < 600; index += 1) writeFileSync(join(elsewhere, `mine-${index}`), '');
      writeFileSync(join(elsewhere, 'mine.json'), '');
      const before = readdirSync(elsewhere, { recursive: true }).sort();
      expect(await answers()).toEqual(right);
      await jcds(['cache', 'prune']);
      await jcds(['completion', 'uninstall']);
      expect(readdirSync(elsewhere, { recursive: true }).sort()).toEqual(before);
      rmSync(join(setting.home, '.cache'), { recursive: true, force: true });
    },
  );
});

describe('what the user has written', () => {
  const config = join(setting.home, '.config');
  const file = (name: string): string => {
    const path = join(config, name);
    rmSync(config, { recursive: true, force: true });
    mkdirSync(join(path, '..'), { recursive: true });
    return path;
  };
  const NO_FILE = 'it is no regular file';
  /** What may stand there, and why it is not read. */
  const REFUSED: [what: keyof typeof PLANTS & string, reason: string][] = [
    ['a FIFO', NO_FILE],
    ['a link to a FIFO', NO_FILE],
    ['a link to /dev/zero', NO_FILE],
    ['a directory', NO_FILE],
    ['a link to itself', 'ELOOP'],
    ['1 GB', 'it is too long'],
  ];
  const plant = (name: string, what: string, content = '{}'): string => {
    const path = file(name);
    writeFileSync(path, content, { mode: 0o600 });
    PLANTS[what]!(path, Buffer.from(content));
    return path;
  };
  const exec = COMMANDS.exec!();

  test.each(REFUSED)('settings that are %s are refused with a message', async (what, reason) => {
    const path = plant('jcds/config.json', what);
    const stderr = `jcds: ${path}: cannot be read (${reason})\nhint: jcds help configuration\n`;
    expect(await jcds(exec)).toEqual({ code: 125, stdout: '', stderr });
    expect(await jcds(['config', 'set', 'gpu', 'none'])).toEqual({ code: 2, stdout: '', stderr });
  });

  test('settings that everybody may write are not used, and that is said', async () => {
    const path = plant('jcds/config.json', 'everybody’s', '{"image": "small:2", "binds": ["/etc:/etc"]}');
    const { code, stdout, stderr } = await jcds(exec);
    expect([code, stdout.includes('/etc')]).toEqual([0, false]);
    expect(stderr).toBe(`jcds: ${path} is not used: others may write to it\n`);
    expect(await jcds(['config', 'set', 'gpu', 'none'])).toMatchObject({ code: 2 });
  });

  test.each(REFUSED)('a token file that is %s gives no token', async (what, reason) => {
    const path = plant('jcds/tokens', what, 'git.jinr.ru abc\n');
    const { code, stdout, stderr } = await jcds(['auth', 'status']);
    expect(code).not.toBe(0);
    const said = reason === NO_FILE ? 'is no file, so it is not used' : `cannot be read (${reason})`;
    expect(stdout + stderr).toContain(`the token file ${path} ${said}`);
  });

  test.each(REFUSED)('another program’s token file that is %s is no reason to stop', async what => {
    plant('glab-cli/config.yml', what, 'hosts:\n');
    const { stdout, stderr } = await jcds(['auth', 'status']);
    expect(stdout + stderr).toMatch(/no token/);
  });

  test.each(REFUSED)('a script and a start-up file that are %s are left alone', async (what, reason) => {
    rmSync(config, { recursive: true, force: true });
    const [script, startUp] = [
      join(setting.home, '.local/share/bash-completion/completions/jcds'),
      join(setting.home, '.bashrc'),
    ];
    for (const path of [script, startUp]) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(join(path, '..'), { recursive: true });
    }
    writeFileSync(script, '');
    PLANTS[what]!(script, Buffer.alloc(0));
    const { code, stdout } = await jcds(['completion', 'install', 'bash']);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `bash: ${script} could not be changed (${reason})\n`,
    });
    rmSync(script, { recursive: true, force: true });
    // The user's own bash reads it too, and waits as long as jcds lets it: two kinds will do.
    if (what !== 'a FIFO' && what !== 'a directory') return;
    writeFileSync(startUp, '');
    PLANTS[what]!(startUp, Buffer.alloc(0));
    const again = await jcds(['completion', 'uninstall', 'bash']);
    expect(again.stdout).toContain(`${startUp} could not be changed (${reason})`);
    rmSync(startUp, { recursive: true, force: true });
  });

  test.each(REFUSED)('a key that is %s is none', async (what, reason) => {
    const path = plant('key.pub', what);
    const words = ['list', '--no-mount', '--server', server.template, '--keys', path];
    const { code, stderr } = await jcds(words);
    if (what === 'a directory')
      expect([code, stderr]).toEqual([2, expect.stringContaining('it holds no file *.pub')]);
    else
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`the key ${path} cannot be used: ${reason}`),
      ]);
  });

  test.each([
    ['a link to /dev/zero', NO_FILE],
    ['a directory', NO_FILE],
    ['1 GB', 'it is too long'],
  ])('a file of variables that is %s is none', async (what, reason) => {
    const path = plant('variables', what);
    const [verb, ...words] = exec;
    expect(await jcds([verb!, '--env-file', path, ...words])).toEqual({
      code: 125,
      stdout: '',
      stderr: `jcds: --env-file ${JSON.stringify(path)} cannot be read (${reason})\nhint: ls -l ${path}\n`,
    });
  });

  test('a project file that is none is none', async () => {
    const path = join(setting.work, '.jcds.json');
    for (const what of ['a FIFO', 'a link to /dev/zero', 'a directory']) {
      writeFileSync(path, '');
      PLANTS[what]!(path, Buffer.alloc(0));
      expect((await jcds(exec)).code).toBe(0);
      rmSync(path, { recursive: true });
    }
  });

  test.each(Object.entries(PLANTS))(
    'a memory of trusted projects that is %s trusts no other content',
    async (_what, plant) => {
      const project = join(setting.work, '.jcds.json');
      const trusted = join(config, 'jcds/trusted.json');
      rmSync(config, { recursive: true, force: true });
      writeFileSync(project, '{"image": "small:1"}');
      setting.trust(setting.work);
      expect((await jcds(exec)).code).toBe(0);
      writeFileSync(project, '{"image": "small:2"}');
      plant(trusted, readFileSync(trusted));
      const { code, stderr } = await jcds(exec);
      expect([code, stderr]).toEqual([125, expect.stringMatching(/^jcds: .*trust/)]);
      expect(stderr).not.toMatch(/^ {4}at /m);
      rmSync(project);
    },
  );
});
