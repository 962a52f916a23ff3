import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { type Container, containers } from './containers.ts';
import { Workplace } from './workplace.ts';

const work = new Workplace();
afterAll(() => work.remove());
const unshares = await containers('unshare');

/** The same runtime where the host's sh is bash, as on Enterprise Linux. */
function withBash(container: Container): Container {
  const directory = join(work.directory, container.person.name);
  mkdirSync(directory);
  copyFileSync('/bin/bash', join(directory, 'sh'));
  const facts = { ...container.host.facts, sh: join(directory, 'sh'), plainShell: false };
  return { ...container, host: { ...container.host, facts } };
}

const cases = unshares.flatMap(container => [
  { shell: 'dash', person: container.person.name, container },
  { shell: 'bash', person: container.person.name, container: withBash(container) },
]);

test.each(cases)(
  'unshare by $shell for $person hands on every variable, and no other',
  async ({ container }) => {
    const poor: Entries = [['USER', 'x']];
    const rich: Entries = [
      ['BASH_FUNC_cd%%', '() {  echo hostile; }'],
      ['BASH_FUNC_printf%%', '() {  echo hostile; }'],
      ['_', '/x/y'],
      ['SHLVL', '5'],
      ['OLDPWD', '/old'],
      ['UID', '77'],
      ['BASHOPTS', 'extglob'],
      ['SHELLOPTS', 'xtrace'],
      ['PS1', 'p$ '],
      ['PS2', '> '],
      ['PS4', '$(echo hostile >&2)'],
      ['jcds_cwd', 'mine'],
    ];
    for (const host of [poor, rich]) {
      const environment = { policy: 'keep', host, set: [['LD_PRELOAD', '/nowhere/$x y']] } as const;
      const { stdout, stderr, code } = await work.run(container, {
        words: ['cat', '/proc/self/environ'],
        environment: host,
        request: { environment },
      });
      expect([stderr, code]).toEqual(['', 0]);
      expect(stdout.split('\0').slice(0, -1).sort()).toEqual(
        [
          ...host.map(([name, value]) => `${name}=${value}`),
          `HOME=${container.person.home}`,
          'LD_PRELOAD=/nowhere/$x y',
          'PATH=/usr/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin',
          `PWD=${work.directory}`,
          'SMALL=yes',
        ].sort(),
      );
    }
  },
);

test.each(cases)(
  'unshare by $shell for $person: a command that is not there, one that is not to be executed',
  async ({ container }) => {
    expect((await work.run(container, { words: ['jcds-no-such'] })).code).toBe(127);
    expect((await work.run(container, { words: ['/etc'] })).code).toBe(126);
  },
);
