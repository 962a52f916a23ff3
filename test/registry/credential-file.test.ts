import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { find, makeHome } from './homes.ts';
import { failure, PASSWORD, printed, thrownBy } from './opened.ts';

describe('files that cannot be used', () => {
  const SECRETLY = Buffer.from(`ann:${PASSWORD}`).toString('base64');
  test.each<[what: string, text: string, problem: string]>([
    ['no JSON', `{"auths": {"q.io": {"auth": "${SECRETLY}"`, 'is not a JSON object'],
    ['a list', `["${PASSWORD}"]`, 'is not a JSON object'],
    ['auths that are none', `{"auths": "${PASSWORD}"}`, 'has no object under "auths"'],
    ['helpers that are none', '{"credHelpers": []}', 'has no object under "credHelpers"'],
    ['an entry that is none', `{"auths": {"q.io": "${PASSWORD}"}}`, 'has a broken entry for q.io'],
    ['no base64', `{"auths": {"q.io": {"auth": "ann:${PASSWORD}"}}}`, 'has a broken entry for q.io'],
    [
      'no colon',
      `{"auths": {"q.io": {"auth": "${Buffer.from(PASSWORD).toString('base64')}"}}}`,
      'has a broken entry for q.io',
    ],
    [
      'no name',
      `{"auths": {"q.io": {"auth": "${Buffer.from(`:${PASSWORD}`).toString('base64')}"}}}`,
      'has a broken entry for q.io',
    ],
    ['a number', `{"auths": {"q.io": {"auth": 1}}}`, 'has a broken entry for q.io'],
    ['2 MB', ' '.repeat(2_000_000), 'cannot be read (it is too long)'],
  ])('%s', async (_what, text, problem) => {
    const places = makeHome({ '.docker/config.json': text });
    const thrown = await thrownBy(find(places, 'q.io'));
    expect({
      code: thrown.code,
      message: thrown.message,
      hint: thrown.hint,
      exitCode: thrown.exitCode,
    }).toEqual({
      code: 'CREDENTIALS_UNREADABLE',
      message: `the credential file ${places.home}/.docker/config.json ${problem}`,
      hint: 'repair it, or move it away and log in again with podman login',
      exitCode: 2,
    });
    for (const form of [PASSWORD, SECRETLY, Buffer.from(PASSWORD).toString('base64')])
      expect(printed(thrown)).not.toContain(form);
  });

  test('a FIFO does not hold anyone up', async () => {
    const places = makeHome({});
    mkdirSync(join(places.home, '.docker'));
    execFileSync('mkfifo', [join(places.home, '.docker/config.json')]);
    expect(await failure(find(places, 'q.io'))).toMatchObject({
      message: `the credential file ${places.home}/.docker/config.json cannot be read (it is no regular file)`,
    });
  });

  test('an empty file, and a name below a file, are no files', async () => {
    const places = makeHome({ '.docker/config.json': '', run: 'a file where a directory would be' });
    expect(await find(places, 'q.io')).toBe(null);
  });
});
