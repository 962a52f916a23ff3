import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { APPTAINER, builtFrom, JINR, Setting } from './setting.ts';

const setting = new Setting();
afterAll(() => setting.remove());
const apptainer = setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
setting.install('singularity', 'echo "FATAL: namespaces are forbidden" >&2; exit 255');
const doctor = (words: readonly string[], env = {}) => setting.jcds(['doctor', ...words], { env });
const RUNTIMES = { JCDS_RUNTIMES: 'apptainer' };

/** What the host decides, taken out: what is left is the whole output. */
function withoutHost(text: string): string {
  const own = text
    .replaceAll(setting.folder, 'FOLDER')
    .replace(/^(?:ok|note) {3,5}(user namespaces|\/dev\/fuse|GPU|batch): .*\n(?: {7}->.*\n)?/gm, '')
    .replace(/(by Node\.js )\S+ \(.*\)/, '$1VERSION');
  return own;
}

test('a host on which jcds run works: every line, and 0', () => {
  const { code, stdout, stderr } = doctor(['small:1'], { ...RUNTIMES, SHELL: '/bin/fish' });
  expect([code, stderr, withoutHost(stdout)]).toEqual([
    0,
    '',
    `ok     jcds 0.1.0: runs by Node.js VERSION
ok     JCDS_CVMFS_ROOT: sets cvmfsRoot
ok     JCDS_RUNTIMES: sets runtimes
ok     JCDS_NETWORK: sets network
ok     ${JINR}: can be seen at FOLDER/cvmfs/${JINR}; the revision of this client is not known: FOLDER/cvmfs/${JINR} is not a mount of a CVMFS client of this host; that of the server is not known: jcds may not use the network here (setting \`network\`)
ok     apptainer: works: 1.4.5 (FOLDER/programs/apptainer); jobs run by it
note   token for git.jinr.ru: there is no token for git.jinr.ru: images can be run, and not requested
       -> make one at https://git.jinr.ru/-/user_settings/personal_access_tokens and write "git.jinr.ru TOKEN" into FOLDER/home/.config/jcds/tokens (chmod 600), or set JCDS_TOKEN_GIT_JINR_RU
ok     registry login: none: only private images need one
note   completion for fish: is not installed
       -> jcds completion install
ok     library/small:1: is published: FOLDER/cvmfs/${JINR}/library/small:1

jcds run can work here.
`,
  ]);
});

test('--json tells the same as data', () => {
  const { code, stdout } = doctor(['--json', 'small:1'], RUNTIMES);
  const told = JSON.parse(stdout);
  expect([code, told.schemaVersion, told.well]).toEqual([0, 2, true]);
  expect(told.findings.filter(({ area }: { area: string }) => area === 'runtimes')).toEqual([
    {
      area: 'runtimes',
      subject: 'apptainer',
      state: 'well',
      finding: `works: 1.4.5 (${apptainer}); jobs run by it`,
      cure: null,
    },
  ]);
});

test.each<[string, readonly string[], Record<string, string>, string]>([
  [
    'no runtime that works',
    [],
    { JCDS_RUNTIMES: 'singularity' },
    `WRONG  singularity: cannot start a container: namespaces are forbidden
       -> ask the administrator for user namespaces`,
  ],
  [
    'no CVMFS',
    [],
    { JCDS_CVMFS_ROOT: '/nowhere/cvmfs' },
    `WRONG  ${JINR}: cannot be seen: there is no /nowhere/cvmfs on this host
       -> `,
  ],
  [
    'an image that is not published',
    ['small:2'],
    {},
    'WRONG  library/small:2: library/small:2 is not published',
  ],
])('%s: WRONG, what to do, and 1', (_, words, env, expected) => {
  const { code, stdout } = doctor(words, { ...RUNTIMES, ...env });
  expect([code, stdout]).toEqual([1, expect.stringContaining(expected)]);
  expect(stdout).toMatch(/\njcds run cannot work here yet: mend what is WRONG \(\w+\)\.\n$/);
});

test('one runtime that works is enough, and one repository that can be seen', () => {
  const { code, stdout } = doctor(['--repository', JINR, '--repository', 'unpacked.cern.ch'], {
    JCDS_RUNTIMES: 'singularity,apptainer',
  });
  const marks = stdout.split('\n').filter(line => /^\w+ +(?:unpacked|singularity|the command)/.test(line));
  expect([code, marks]).toEqual([
    0,
    [
      'ok     the command line: sets repositories',
      `note   unpacked.cern.ch: cannot be seen: there is no ${setting.cvmfs}/unpacked.cern.ch`,
      'note   singularity: cannot start a container: namespaces are forbidden',
    ],
  ]);
  expect(stdout).toContain(`ok     apptainer: works: 1.4.5 (${apptainer}); jobs run by it`);
});

test('tokens and passwords are named by their places, never shown', () => {
  const docker = join(setting.home, '.docker');
  mkdirSync(docker, { recursive: true });
  const auths = { 'git.jinr.ru:5005': { auth: Buffer.from('ann:pass-word-1').toString('base64') } };
  writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths }));
  const { stdout, stderr } = doctor([], { ...RUNTIMES, JCDS_TOKEN_GIT_JINR_RU: 'glpat-secret-secret-1' });
  expect(stdout).toContain(`ok     registry login: ${docker}/config.json: git.jinr.ru:5005\n`);
  expect(stdout).toContain(
    'ok     token for git.jinr.ru: is in JCDS_TOKEN_GIT_JINR_RU; what it may do: jcds auth',
  );
  expect(`${stdout}${stderr}`).not.toMatch(/glpat-secret|pass-word|YW5uOn/);
});

test('a runtime that jcds does not know is an error, as it is for run', () => {
  expect(doctor(['--runtime', 'no-such'], {})).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^jcds: jcds knows no runtime "no-such"\nhint: one of apptainer, /),
  });
});
