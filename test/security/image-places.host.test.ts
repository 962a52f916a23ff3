import { chownSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// Links of a hostile image that lead into directories of the host: by them its publisher would choose what is made there.
const host = new HostSetting();
const REPOSITORY = `leading-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
afterAll(() => {
  host.remove();
  rmSync(repository, { recursive: true, force: true });
});
beforeAll(() => {
  const [image] = Object.values(
    makeOsgRepository(repository, { 'library/leading:1': builtFrom('leading:1') }),
  );
  for (const [name, target] of [
    ['zcfg', '/data/nologin'],
    ['zdir', '/data/new'],
    ['aaa', '/data/early'],
    ['zin', '/data/there'],
  ] as const)
    symlinkSync(target, join(image!, name));
});

/** Apptainer follows such links by itself, and makes what is missing, as by hand: docs/security.md says so. */
const isLedAstray = (name: string) => /^(?:apptainer|singularity)$/.test(name);
const cells = host.people.flatMap(person =>
  usableBy(person)
    .filter(name => !isLedAstray(name))
    .map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  const [data, given] = ['data', 'given'].map(place => join(host.home(person), place)) as [string, string];
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  beforeEach(() => {
    for (const place of [data, given, join(data, 'there')]) {
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place);
      chownSync(place, person.uid, person.gid);
    }
    writeFileSync(join(given, 'file'), 'hello\n');
  });
  afterAll(() => around.close?.());
  const exec = (binds: readonly string[], words: readonly string[]) =>
    host.jcds(
      person,
      [
        ...['exec', '--runtime', name, '--repository', REPOSITORY, '--contain', '--no-home'],
        ...[...binds.flatMap(bind => ['-B', bind]), 'leading:1', ...words],
      ],
      { around, cwd: '/' },
    );

  const cases: [what: string, bind: string][] = [
    ['a file', `${given}/file:/zcfg`],
    ['a directory', `${given}:/zdir`],
    ['below it', `${given}:/zdir/below`],
    ['mounted before', `${given}:/aaa`],
  ];
  test.each(cases)('%s: nothing is made in a directory of the host', (_what, bind) => {
    for (const mode of ['ro', 'rw']) {
      const { code, stderr } = exec([`${data}:/data:${mode}`, bind], ['true']);
      expect(readdirSync(data)).toEqual(['there']);
      expect([code, stderr]).toEqual([
        125,
        expect.stringMatching(/^jcds: nothing can be shown at .*link of the image/),
      ]);
    }
  });

  test('what is there can be shown by such a link', () => {
    const { code, stdout } = exec([`${data}:/data:ro`, `${given}:/zin`], ['cat', '/data/there/file']);
    expect([code, stdout]).toEqual([0, 'hello\n']);
  });
});
