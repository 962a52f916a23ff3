import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Program, page, printed, World } from '../cli/request-setting.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { attributeDirectory, JINR, setAttributes } from '../status/setting.ts';

// The whole program against stand-ins of HTCondor's that write down every byte that they are given.

const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
  standIn(
    'condor_submit',
    'case "$1" in -dry-run) ;; -terse) echo "12.0 - 12.4" ;; *) echo "5 job(s) submitted to cluster 12." ;; esac',
  );
  standIn('condor_status', '');
  standIn('condor_qedit', '');
  standIn('condor_release', '');
});
afterEach(() => world.remove());
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const NAME = 'nica/docker-images/bmn:24.12';

/** A program that records its arguments, each ended by NUL, and then does this. */
function standIn(name: string, script: string): void {
  world.install(
    name,
    `number=$(ls "${world.folder}"/call.* 2>/dev/null | wc -l)
printf '%s\\0' ${name} "$@" >"${world.folder}/call.$number.${name}"
${script}`,
  );
}

/** What is said of the way that was chosen. */
const CHOSEN =
  "jcds: by HTCondor's container universe, since no machine of this pool has jcds' job wrapper: container_image\n";

/** What was called since the last time, in order, but for questions: condor_status, condor_submit -dry-run. */
function recorded(): string[][] {
  const files = readdirSync(world.folder)
    .filter(name => name.startsWith('call.'))
    .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]));
  const found = files.map(name => readFileSync(join(world.folder, name), 'utf8').split('\0').slice(0, -1));
  for (const name of files) rmSync(join(world.folder, name));
  return found.filter(([name, first]) => name !== 'condor_status' && first !== '-dry-run');
}

/** The lines that were appended. */
const lines = (words: readonly string[]) => words.filter((_, at) => words[at - 1] === '-append');
const line = (words: readonly string[], start: string) => lines(words).filter(text => text.startsWith(start));

describe('an image that is there', () => {
  let path: string;
  beforeEach(() => {
    path = world.publish(NAME, BMN);
  });

  test('a submit description is left to condor_submit', async () => {
    const ended = await world.jcds([
      'condor',
      'submit',
      '-a',
      "request_memory = 4G # '$(x)'",
      BMN,
      'job $(x).sub',
    ]);
    expect(ended).toEqual({ code: 0, stdout: '5 job(s) submitted to cluster 12.\n', stderr: CHOSEN });
    const [words = [], ...more] = recorded();
    expect(more).toEqual([]);
    expect(words.at(-1)).toBe('job $(x).sub');
    expect(lines(words).slice(0, 4)).toEqual([
      "request_memory = 4G # '$(x)'",
      'universe = container',
      `container_image = ${path}`,
      'transfer_container = false',
    ]);
    expect(line(words, 'My.JCDSName')).toEqual([`My.JCDSName = "${BMN}"`]);
    expect(line(words, 'My.JCDSPin')[0]).toMatch(
      /^My\.JCDSPin = ".*\/containers\.jinr\.ru\/\.images\/[0-9a-f]{2}\/[0-9a-f]+"$/,
    );
    expect(line(words, 'requirements')[0]).toContain('TARGET.HAS_CVMFS_containers_jinr_ru =!= false');
    expect(line(words, 'hold')).toEqual([]);
  });

  test('what machines say decides on the requirement and the wrapper', async () => {
    standIn('condor_status', 'echo slot1@vm');
    await world.jcds(['condor', 'submit', BMN, 'job.sub']);
    await world.jcds(['condor', 'submit', '--via', 'container', '--any-machine', BMN, 'job.sub']);
    const [first = [], second = []] = recorded();
    expect(line(first, 'My.JCDSImage')).toEqual([`My.JCDSImage = "${path}"`]);
    expect(line(first, 'universe')).toEqual([]);
    expect(line(first, 'requirements')[0]).toContain('TARGET.HAS_CVMFS_containers_jinr_ru =?= true');
    expect(line(first, 'requirements')[0]).toContain('TARGET.JCDSWrapper =?= true');
    expect(line(second, 'universe')).toEqual(['universe = container']);
    expect(line(second, 'requirements')[0]).not.toContain('HAS_CVMFS');
  });

  test('a command arrives as it was typed; the image’s shell finds it', async () => {
    const typed = ['python3', '-c', 'print("a", 1) # $(x) $$(Arch)', '', "it's", '--wait', 'ж'];
    expect(await world.jcds(['condor', 'submit', BMN, '--', ...typed])).toMatchObject({ code: 0 });
    const [words = []] = recorded();
    expect(words.slice(-2)).toEqual(['-queue', '1']);
    expect(line(words, 'arguments')).toEqual([
      `arguments = "'-c' 'exec ""$(DOLLAR)@""' 'sh' 'python3' '-c' 'print(""a"", 1) # $(DOLLAR)(x) $$(DOLLARDOLLAR)(Arch)' '' 'it''s' '--wait' 'ж'"`,
    ]);
  });

  test('what a `--` in front of IMAGE is followed by is no command', async () => {
    const { code, stderr } = await world.jcds(['condor', 'submit', '-v', '--', BMN, '-job.sub']);
    expect(code).toBe(0);
    expect(stderr).toContain('no machine of the pool tells whether it sees containers.jinr.ru');
    expect(recorded()[0]!.slice(-2)).toEqual(['-file', '-job.sub']);
  });

  test('a dry run prints what a shell would start, and starts nothing', async () => {
    const typed = ['condor', 'submit', BMN, '--', 'echo', "it's", '$(x)', '"'];
    const dry = await world.jcds(['condor', 'submit', '-n', ...typed.slice(2)]);
    expect(dry).toMatchObject({ code: 0, stderr: CHOSEN });
    expect(recorded()).toEqual([]);
    await world.jcds(typed);
    const byHand = recorded();
    const shell = world.install('by-hand', dry.stdout);
    spawnSync(shell, { env: world.environment() });
    expect(recorded()).toEqual(byHand);
  });

  test('--pinned hands on the real directory, and says how long it is sure to live', async () => {
    const { code, stderr } = await world.jcds(['condor', 'submit', '--pinned', BMN, 'job.sub']);
    expect({ code, said: stderr.includes('keep it for 2 days') }).toEqual({ code: 0, said: true });
    const [words = []] = recorded();
    expect(line(words, 'container_image')[0]).toContain('/.images/');
    expect(line(words, 'My.JCDSPin')[0]).toContain(line(words, 'container_image')[0]!.slice(18));
  });

  test('--json tells the clusters and the image', async () => {
    const { code, stdout, stderr } = await world.jcds(['condor', 'submit', '--json', BMN, 'job.sub']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ...{ schemaVersion: 2, clusters: [12], image: BMN, repository: 'containers.jinr.ru', path },
      ...{ pin: expect.stringContaining('/.images/'), via: 'container' },
    });
  });

  test('a failure of condor_submit keeps its words and its code', async () => {
    standIn('condor_submit', 'echo "ERROR: Failed to parse \u001b[2J line 3" >&2; exit 7');
    expect(await world.jcds(['condor', 'submit', BMN, 'job.sub'])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'jcds: condor_submit ended with 7: ERROR: Failed to parse ?[2J line 3\nhint: see what it was told with: jcds condor submit --dry-run …\n',
    });
  });

  test('without condor_submit', async () => {
    rmSync(join(world.programs, 'condor_submit'));
    const { code, stderr } = await world.jcds(['condor', 'submit', BMN, 'job.sub']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'jcds: there is no condor_submit here\nhint: log in to a host from which jobs are submitted, or put the bin directory of HTCondor on PATH\n',
    });
  });
});

describe('the revision of this host’s client', () => {
  let root: string;
  const publish = (revision: string) => {
    const files = smallImage(singularityRecord({ from: BMN }));
    makeOsgRepository(join(root, JINR), { [NAME]: { files } });
    setAttributes(join(root, JINR), { revision });
  };
  beforeEach(() => {
    root = attributeDirectory();
    mkdirSync(join(root, JINR, '.images'), { recursive: true });
    setAttributes(join(root, JINR), { revision: '812' });
  });

  test('is what machines must show: an image was seen in it', async () => {
    publish('812');
    for (const via of ['container', 'wrapper']) {
      const words = ['condor', 'submit', '--via', via, BMN, 'job.sub'];
      expect(await world.jcds(words, { JCDS_CVMFS_ROOT: root })).toMatchObject({ code: 0 });
      const [submitted = []] = recorded();
      expect(line(submitted, 'My.JCDSRevision')).toEqual(['My.JCDSRevision = 812']);
      expect(line(submitted, 'requirements')[0]).toContain(
        '(TARGET.CVMFS_containers_jinr_ru_REVISION >= MY.JCDSRevision) =!= false',
      );
    }
  });

  test('is told to jobs that wait when they are let go: the one that has the image', async () => {
    const running = world.start(['condor', 'submit', '--wait', BMN, 'job.sub'], { JCDS_CVMFS_ROOT: root });
    await running.said('waiting for the operators to merge');
    const [submitted = []] = recorded();
    expect(line(submitted, 'My.JCDSRevision')).toEqual([]);
    // The requirement stands in the jobs already, and lets any machine do until they have a revision.
    expect(line(submitted, 'requirements')[0]).toContain('REVISION >= MY.JCDSRevision) =!= false');
    world.forge.merge(world.forge.requests[0]!);
    publish('815');
    expect(await running.ended).toMatchObject({ code: 0 });
    const [edit = [], release = []] = recorded();
    expect([edit[0], edit.slice(-2), release[0]]).toEqual([
      'condor_qedit',
      ['JCDSRevision', '815'],
      'condor_release',
    ]);
  });
});

describe('a line that makes no sense', () => {
  test.each([
    [['image'], 'missing required argument'],
    [[BMN, 'job.sub', 'more'], '"more" follows the submit description'],
    [[BMN, 'job.sub', '--', 'more'], '"more" follows the submit description'],
    [[BMN, '--'], 'missing required argument'],
    [['--retries', 'x', BMN, 'job.sub'], '--retries "x" is no number up to 999'],
    [['--retry-after', '0', BMN, 'job.sub'], '--retry-after "0" is no duration'],
    [['a$(x)', 'job.sub'], ''],
  ])('%j', async (words, message) => {
    const { code, stderr } = await world.jcds(['condor', 'submit', ...words]);
    expect({ code, said: stderr.includes(message) }).toEqual({ code: 2, said: true });
    expect(recorded()).toEqual([]);
  });
  test('a path with what HTCondor would expand, an argument with a line end', async () => {
    world.publish('nica/$(x):1', BMN);
    world.publish(NAME, BMN);
    const hostile = join(world.cvmfs, 'containers.jinr.ru/nica/$(x):1');
    for (const words of [
      [hostile, 'job.sub'],
      [BMN, '--', 'a\nqueue 9'],
    ]) {
      const { code, stderr } = await world.jcds(['condor', 'submit', ...words]);
      expect({ code, said: stderr.includes('cannot be handed to HTCondor') }).toEqual({
        code: 2,
        said: true,
      });
    }
    expect(recorded()).toEqual([]);
  });
});

test('where CVMFS cannot be seen nothing is submitted, and it is "later"', async () => {
  const nowhere = { JCDS_CVMFS_ROOT: join(world.folder, 'nowhere'), JCDS_NETWORK: 'false' };
  const { code, stderr } = await world.jcds(['condor', 'submit', '--wait', BMN, 'job.sub'], nowhere);
  expect({ code, said: stderr.includes('cannot be seen: there is no ') }).toEqual({ code: 75, said: true });
  expect(recorded()).toEqual([]);
});

describe('an image that is missing', () => {
  test('nothing is submitted; --if-missing request asks for it', async () => {
    expect(await world.jcds(['condor', 'submit', BMN, 'job.sub'])).toMatchObject({ code: 1 });
    const asked = await world.jcds(['condor', 'submit', '--if-missing', 'request', BMN, 'job.sub']);
    expect(asked).toMatchObject({ code: 75 });
    expect(asked.stderr).toContain(page(world, 1));
    expect(recorded()).toEqual([]);
  });

  test('--wait asks for it, holds the jobs, and lets them go when it is there', async () => {
    const running = world.start(['condor', 'submit', '--wait', BMN, 'job.sub']);
    await running.said('waiting for the operators to merge');
    const [submitted = [], ...more] = recorded();
    expect(more).toEqual([]);
    expect(submitted.slice(0, 2)).toEqual(['condor_submit', '-terse']);
    const path = join(world.cvmfs, 'containers.jinr.ru', NAME);
    expect(line(submitted, 'container_image')).toEqual([`container_image = ${path}`]);
    expect(line(submitted, 'hold')).toEqual(['hold = true']);
    expect(line(submitted, 'My.JCDSPin')).toEqual([]);
    world.forge.merge(world.forge.requests[0]!);
    world.publish(NAME, BMN);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `cluster 12 released: ${path}\n` });
    const constraint = 'HoldReasonCode == 15 && (ClusterId == 12)';
    expect(stderr).toContain(
      `cluster 12 waits on hold for ${BMN}. Should this end before it is there, go on with: jcds wait ${BMN} && condor_release -constraint '${constraint}'`,
    );
    const [edit = [], release] = recorded();
    expect(edit.slice(0, 4)).toEqual(['condor_qedit', '-constraint', constraint, 'JCDSPin']);
    expect(edit[4]).toMatch(/^"\/.*\/\.images\/.*"$/);
    expect(edit.slice(5)).toEqual(['ContainerImage', `"${path}"`]);
    expect(release).toEqual(['condor_release', '-constraint', constraint]);
  });

  test('--wait that is interrupted has said how to go on, and releases nothing later', async () => {
    const child = spawn(program.file, ['condor', 'submit', '--wait', BMN, 'job.sub'], {
      cwd: world.home,
      env: world.environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const closed = once(child, 'close');
    let said = '';
    for await (const piece of child.stderr) {
      said += String(piece);
      if (said.includes('waiting for the operators')) child.kill('SIGINT');
    }
    expect(await closed).toEqual([null, 'SIGINT']);
    expect(said).toContain(
      `cluster 12 waits on hold for ${BMN}. Should this end before it is there, go on with: `,
    );
    world.forge.merge(world.forge.requests[0]!);
    world.publish(NAME, BMN);
    // Standard error was open until the program behind the launcher had ended as well.
    expect(recorded().map(([name]) => name)).toEqual(['condor_submit']);
  });

  test('--wait that ends without it says how to go on; the jobs stay', async () => {
    world.configure({ waitTimeout: 0.2 });
    const { code, stderr } = await world.jcds(['condor', 'submit', '--wait', BMN, 'job.sub']);
    expect(code).toBe(75);
    expect(stderr).toContain('; the jobs of cluster 12 stay on hold\nhint: go on with: jcds wait ');
    expect(stderr).toContain('or give up with: condor_rm 12\n');
    expect(recorded().map(([name]) => name)).toEqual(['condor_submit']);
  });

  test('--wait of an image that is closed to it submits nothing', async () => {
    const { code } = await world.jcds(['condor', 'submit', '--wait', '--if-missing', 'fail', BMN, 'job.sub']);
    expect(code).toBe(1);
    expect(recorded()).toEqual([]);
  });

  test('--wait with one that is there submits at once', async () => {
    world.publish(NAME, BMN);
    expect(await world.jcds(['condor', 'submit', '--wait', BMN, 'job.sub'])).toMatchObject({ code: 0 });
    const [words = []] = recorded();
    expect(line(words, 'hold')).toEqual([]);
  });

  test('a condor_submit that names no job', async () => {
    standIn('condor_submit', 'echo none');
    const { code, stderr } = await world.jcds(['condor', 'submit', '--wait', BMN, 'job.sub']);
    expect({ code, said: stderr.includes('condor_submit named no job: none') }).toEqual({
      code: 1,
      said: true,
    });
  });
});
