import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { people } from '../hosts/people.ts';
import { Pool } from '../hosts/pool.ts';
import { machine, outcome, submitByHand } from './pool-outcome.ts';

// The page's own commands and descriptions, from a pool that has a job wrapper of its site and nothing of jcds, to one that has
// nothing of jcds again.

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/htcondor.md'), 'utf8');
const CONFIGURATION = 'etc/condor/config.d/50-jcds.conf';
const SCRIPTS = 'usr/local/libexec/jcds';
const SITES = 'opt/jcds/wrapper.sh';
const setting = new Setting();
let pool: Pool;
const inPool = (...parts: string[]) => join(pool.folder, ...parts);
const said = (file: string) => readFileSync(inPool(file), 'utf8');

beforeAll(async () => {
  pool = await Pool.start(people()[0]!);
  writeFileSync(join(pool.tree, SITES), '#!/bin/sh\nexport SITE=here\nexec "$@"\n');
  writeFileSync(inPool('step.sh'), STEP, { mode: 0o755 });
}, 300_000);

afterAll(async () => {
  if (pool !== undefined) {
    writeFileSync(join(pool.tree, SITES), '#!/bin/sh\nexec "$@"\n');
    rmSync(join(pool.tree, CONFIGURATION), { force: true });
    rmSync(join(pool.tree, SCRIPTS), { recursive: true, force: true });
  }
  await pool?.close();
  setting.remove();
}, 60_000);

/** NAME: says where it is; the first step of two fails at its first try. */
const STEP = `#!/bin/sh
echo "$1" >>tried
echo "$1 $SITE $JCDS_IMAGE $(cat /etc/debian_version)"
[ "$1" != first ] || [ "$(grep -c first tried)" = 2 ]
`;

/** What stands in the block of the page that holds this. */
function block(text: string): string {
  const found = [...PAGE.matchAll(/^```(?:sh)?\n([^`]*)^```$/gm)].map(([, inside]) => inside!);
  const one = found.filter(inside => inside.includes(text));
  expect(one.length, text).toBe(1);
  return one[0]!;
}

/** The program as whoever installed it finds it. */
const ENVIRONMENT = () => ({
  PATH: `${join(setting.folder, 'jcds/bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
  JCDS_NODE: pool.node,
});

/** Runs lines of the page as root. */
function owner(lines: string) {
  const variables = Object.entries(ENVIRONMENT()).map(([name, value]) => `${name}=${value}`);
  return pool.asRoot(['env', ...variables, 'HOME=/root', 'sh', '-euc', lines]);
}

const user = (lines: string) => pool.run(['sh', '-euc', lines], ENVIRONMENT());
const SET_BY_SITE = 'USER_JOB_WRAPPER = /opt/jcds/wrapper.sh is set in /etc/condor/config.d/50-jcds-test';
const written = () =>
  [
    CONFIGURATION,
    ...['wrapper', 'machine-ad', 'after', 'chain'].map(name => `${SCRIPTS}/jcds-${name}`),
  ].filter(file => existsSync(join(pool.tree, file)));

test('an owner whose site has a wrapper is told so, before and instead of anything being written', {
  timeout: 120_000,
}, async () => {
  const [check = '', install = ''] = block('jcds condor install --check').split('\n');
  for (const line of [check, install]) {
    const { code, stderr } = await owner(line);
    expect({ code, first: stderr.split('\n')[0] }).toEqual({
      code: 1,
      first: `jcds: ${SET_BY_SITE}: HTCondor starts one wrapper only`,
    });
  }
  const early = await owner('jcds condor install --chain --config /etc/condor/config.d/40-jcds.conf');
  expect({ code: early.code, first: early.stderr.split('\n')[0] }).toEqual({
    code: 1,
    first: `jcds: ${SET_BY_SITE}, which HTCondor reads after /etc/condor/config.d/40-jcds.conf: jcds' would never be started`,
  });
  expect(written()).toEqual([]);
});

test('chained: what --check tells is what happens then, and both wrappers are started', {
  timeout: 200_000,
}, async () => {
  const check = await owner('jcds condor install --check --chain');
  expect(check.code).toBe(0);
  expect(check.stdout).toMatch(
    /^job wrapper now: \/opt\/jcds\/wrapper\.sh \(\/etc\/condor\/config\.d\/50-jcds-test\)\njob wrapper then: \/usr\/local\/libexec\/jcds\/jcds-chain \(\/etc\/condor\/config\.d\/50-jcds\.conf\)\n.*\n {2}Requirements = .*JCDSWrapper =\?= true.*\nmachines that would take it now, as far as the job wrapper goes: 0 of 1\n$/,
  );
  expect(written()).toEqual([]);
  const chain = /`(jcds condor install --chain[^`]*)`/.exec(PAGE)![1]!;
  expect((await owner(chain)).code).toBe(0);
  expect(written().length).toBe(5);
  const told = /^condor_status.*$/m.exec(block('jcds condor install --check'))![0].split(' ').slice(3);
  expect(await pool.until(machine(...told), 'true apptainer true', 120)).toBe('true apptainer true');
  const again = await owner('jcds condor install --check');
  expect(again.stdout).toContain('job wrapper now: /usr/local/libexec/jcds/jcds-chain');
  expect(again.stdout).toContain('as far as the job wrapper goes: 1 of 1\n');
});

test.concurrent('a user’s two minutes', { timeout: 200_000 }, async () => {
  const [submit = '', look = ''] = block('condor_wait jcds.7.log').split('\n');
  const submitted = await user(submit);
  const cluster = /^1 job\(s\) submitted to cluster (\d+)\.$/m.exec(submitted.stdout)![1]!;
  const looked = await user(look.replaceAll('.7.', `.${cluster}.`));
  expect(looked.stdout).toMatch(/\n12\.\d+\n$/);
  expect(await outcome(pool, await submitByHand(pool, 'by-hand', block('# by-hand.sub')))).toBe('0');
  expect(said('alone.out')).toMatch(/^alone here library\/debian:12 12\.\d+\n$/);
});

test.concurrent('jobs that start their image themselves', { timeout: 200_000 }, async () => {
  const wrapped = block('# mpdroot is written by');
  const [wrap = ''] = /jcds wrap .*$/m.exec(wrapped)!;
  await user(wrap.replace('git.jinr.ru/nica/mpdroot:v1 root -b', 'library/debian:12 head -1'));
  const itself = block('executable = /cvmfs/sw.example.org')
    .replace('/cvmfs/sw.example.org/jcds', inPool('jcds'))
    .replace('/cvmfs/sw.example.org/node/bin', inPool('bin'))
    .replace('./analysis.sh', 'head -1 macro.C');
  writeFileSync(inPool('macro.C'), 'a macro\n');
  cpSync(join(setting.folder, 'jcds'), inPool('jcds'), { recursive: true });
  mkdirSync(inPool('bin'));
  symlinkSync(pool.node, inPool('bin/node'));
  for (const [name, description] of Object.entries({ wrapped, itself })) {
    const job = `${description}output = ${name}.out\nqueue\n`;
    expect(await outcome(pool, await submitByHand(pool, name, job))).toBe('0');
    expect(said(`${name}.out`)).toBe('a macro\n');
  }
});

test.concurrent('DAGMan: a step that fails is tried again, in its image, and the next one follows', {
  timeout: 200_000,
}, async () => {
  const dag = block('# steps.dag');
  writeFileSync(inPool('steps.dag'), dag);
  writeFileSync(inPool('step.sub'), block('# step.sub'));
  const [, command = ''] = /^# steps\.dag, for: (.*)$/m.exec(dag)!;
  const { code, stdout } = await user(command);
  expect(code).toBe(0);
  const manager = /submitted to cluster (\d+)/.exec(stdout)![1]!;
  expect(await pool.until(['condor_q', manager, '-af', 'ClusterId'], '', 120)).toBe('');
  expect((await pool.run(['condor_history', manager, '-af', 'ExitCode'])).stdout).toBe('0\n');
  for (const name of ['first', 'second'])
    expect(said(`${name}.out`)).toMatch(new RegExp(`^${name} here library/debian:12 12\\.\\d+\\n$`));
  expect(said('tried')).toMatch(/^(?:alone\n)?first\n(?:alone\n)?first\n(?:alone\n)?second\n(?:alone\n)?$/);
});

test('uninstalled: everything is as before, and what waits for an image waits', {
  timeout: 200_000,
}, async () => {
  const uninstall = /`(jcds condor install --uninstall[^`]*)`/.exec(PAGE)![1]!;
  expect((await owner(uninstall)).code).toBe(0);
  expect(written()).toEqual([]);
  expect(await pool.until(machine('JCDSWrapper'), 'undefined', 60)).toBe('undefined');
  const names = await pool.run(['condor_config_val', 'USER_JOB_WRAPPER', 'JOB_TRANSFORM_NAMES']);
  expect(names.stdout).not.toContain('jcds-');
  const id = await submitByHand(pool, 'late', block('# by-hand.sub'));
  const waits = ['condor_q', id, '-af', 'JobStatus', 'LastRejMatchTime =!= undefined'];
  expect(await pool.until(waits, '1 true')).toBe('1 true');
  const plain = block('# by-hand.sub')
    .replace(/^(?:requirements|My).*\n/gm, '')
    .replaceAll('alone', 'plain');
  expect(await outcome(pool, await submitByHand(pool, 'plain', plain))).toBe('0');
  expect(said('plain.out')).toMatch(/^plain here {2}\S+\n$/);
});
