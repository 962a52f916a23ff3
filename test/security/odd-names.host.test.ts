import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// Names of the image that a tool of the host might read as others: beside each may lie a link of the other name, to anywhere.
const host = new HostSetting();
afterAll(() => host.remove());
// Beside the test images: daemons see no other CVMFS.
const REPOSITORY = `odd-names-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
afterAll(() => rmSync(repository, { recursive: true, force: true }));
/** White space of Unicode is none for mount(8); of these each is more than one byte. */
const BLANKS = '\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
const blanks = [...BLANKS].map(blank => `x${blank}y`);
const images = makeOsgRepository(repository, {
  'library/blanks:1': builtFrom(
    'blanks:1',
    Object.fromEntries(blanks.map(name => [`${name}/in`, `in ${encodeURI(name)}\n`])),
  ),
  'library/returns:1': builtFrom('returns:1', {}),
});
const returns = join(images['library/returns:1']!, 'a\r\nb');
mkdirSync(returns);
writeFileSync(join(returns, 'in'), 'in\n');

const cells = host.people.flatMap(person =>
  usableBy(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  afterAll(() => around.close?.());
  const exec = (image: string, ...words: string[]) =>
    host.jcds(person, ['exec', '--runtime', name, '--repository', REPOSITORY, image, ...words], { around });

  test('white space that is not ASCII', () => {
    const { code, stdout } = exec('library/blanks:1', 'cat', ...blanks.map(one => `/${one}/in`));
    expect([code, stdout]).toEqual([0, blanks.map(one => `in ${encodeURI(one)}\n`).join('')]);
  });

  test('a carriage return before a line end: as it is, or refused', () => {
    const { code, stdout, stderr } = exec('library/returns:1', 'cat', '/a\r\nb/in');
    if (code === 0) expect(stdout).toBe('in\n');
    else expect([code, stderr]).toEqual([125, expect.stringContaining('a name with a carriage return')]);
  });
});
