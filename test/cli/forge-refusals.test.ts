import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { REFUSALS } from '../requests/refusals.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { JINR, OSG, RealWorld } from './real-names-setting.ts';
import { Program, printed } from './request-setting.ts';

// What a whole process says of the answers of forges, which are called by their real names.
const program = new Program();
let real: RealWorld;
beforeEach(async () => {
  real = await RealWorld.make(program);
});
afterEach(() => real.remove());
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const ASKED = {
  gitlab: { repository: JINR, host: 'git.jinr.ru', project: 'cvmfs-container-sync/registry' },
  github: { repository: OSG, host: 'github.com', project: 'opensciencegrid/cvmfs-singularity-sync' },
};

test.each(REFUSALS.filter(([, { waits }]) => waits !== true))('%s', async (_title, refusal) => {
  const { repository, host, project } = ASKED[refusal.forge];
  const server = refusal.forge === 'github' ? real.github : real.world.forge;
  const end = refusal.end.replace('/nica/registry', '/nica/cvmfs-singularity-sync');
  server.interfere = ({ method, url }) =>
    method === refusal.method && url.pathname.endsWith(end)
      ? refusal.answer({ origin: server.origin, now: Date.now() })
      : undefined;
  const { code, stdout, stderr } = await real.jcds(['request', '--yes', '--repository', repository, BMN]);
  expect([code, stdout]).toEqual([refusal.exitCode === 75 ? 75 : 1, '']);
  const hidden = stderr.replaceAll(host, 'HOST').replaceAll(project, 'PROJECT');
  const [, message, hint] = /^jcds: (?:could not .*? on HOST: )?(.*)\nhint: (.*)\n$/.exec(hidden) ?? [];
  const wanted = (text: string | RegExp) =>
    typeof text === 'string' ? text.replaceAll('sync/registry', 'PROJECT') : expect.stringMatching(text);
  expect(message).toEqual(wanted(refusal.message));
  expect(hint).toEqual(wanted(refusal.hint));
  expect(stderr).not.toContain('api.github.com');
});

test('without a token, the hint leads to the page of github.com', async () => {
  const asked = await real.jcds(['request', '--yes', '--repository', OSG, BMN], {
    JCDS_TOKEN_GITHUB_COM: undefined,
  });
  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain(
    'make one at https://github.com/settings/tokens and write "github.com TOKEN"',
  );
  const status = await real.jcds(['auth', 'status', 'github.com'], { JCDS_TOKEN_GITHUB_COM: 'ghp_unknown' });
  expect([status.code, status.stderr]).toEqual([
    1,
    'jcds: github.com does not accept the token (revoked, mistyped, or of another server)\n' +
      'hint: `jcds auth status github.com` says where it comes from\n',
  ]);
});

test('requests: checks that a forge does not show are not told as none', async () => {
  expect((await real.jcds(['request', '--yes', BMN])).code).toBe(0);
  real.world.forge.interfere = ({ url }) =>
    url.pathname.endsWith('/pipelines')
      ? { status: 403, body: { message: '403 Forbidden' }, isWrong: true }
      : undefined;
  const { code, stdout } = await real.jcds(['requests']);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'could not read its checks on git.jinr.ru: the server answers 403 "403 Forbidden"',
  );
});
