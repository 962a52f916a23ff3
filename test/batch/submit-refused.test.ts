import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { Program, World } from '../cli/request-setting.ts';
import { BMN } from '../requests/setup.ts';

// What `jcds condor submit` refuses, against a stand-in of condor_submit's; the real one is asked in pool-submit.host.test.ts.

const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
  world.publish('nica/docker-images/bmn:24.12', BMN);
  world.install('condor_status', '');
  // As the real one does: it says what the jobs would be, or puts them into the queue.
  world.install(
    'condor_submit',
    `case $1 in -dry-run) sed 's/^universe *= *local$/JobUniverse=12/;s/^container_image/ContainerImage/'; exit ;; esac
cat >"${world.folder}/submitted"
echo "1 job(s) submitted to cluster 12."`,
  );
});
afterEach(() => world.remove());
afterAll(() => program.remove());

/** Submits a description that comes on standard input. */
async function submit(description: string, ...words: string[]) {
  const child = spawn(program.file, ['condor', 'submit', ...words, BMN, '-'], {
    cwd: world.home,
    env: world.environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', data => (text.stdout += String(data)));
  child.stderr.on('data', data => (text.stderr += String(data)));
  child.stdin.end(description);
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...text };
}

test.each([
  ['universe = local', 'jcds: jobs of the local universe cannot be put into an image by HTCondor'],
  [
    'container_image = /other',
    `jcds: the description's jobs name an image already, ContainerImage = /other, and the command line names ${BMN}`,
  ],
])('a description on standard input is read as one in a file: %s', async (line, message) => {
  for (const via of ['container', 'wrapper']) {
    const { code, stdout, stderr } = await submit(`${line}\nqueue\n`, '--via', via);
    expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({ code: 2, stdout: '', first: message });
  }
});

test('and condor_submit gets the whole of it', async () => {
  const description = `# ${'x'.repeat(1 << 20)}\nqueue\n`;
  expect(await submit(description)).toMatchObject({
    code: 0,
    stdout: '1 job(s) submitted to cluster 12.\n',
  });
  expect(readFileSync(join(world.folder, 'submitted'), 'utf8')).toBe(description);
});
