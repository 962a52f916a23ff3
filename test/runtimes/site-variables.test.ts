import { describe, expect, test } from 'vitest';
import { apptainerSite, cleansEnvironment } from '../../src/runtimes/apptainer-site.ts';
import { siteFlag } from '../../src/runtimes/site-variables.ts';

/** Tried with Apptainer 1.4.5 and CLEANENV. */
test.each([
  [{}, false],
  [{ APPTAINER_CLEANENV: '1' }, true],
  [{ APPTAINER_CLEANENV: ' 1 ' }, true],
  [{ APPTAINER_CLEANENV: 'TRUE' }, true],
  [{ APPTAINER_CLEANENV: 't' }, true],
  [{ APPTAINER_CLEANENV: '0' }, false],
  [{ APPTAINER_CLEANENV: '' }, false],
  [{ APPTAINER_CLEANENV: ' ' }, false],
  [{ SINGULARITY_CLEANENV: 'true' }, true],
  [{ APPTAINER_CLEANENV: '0', SINGULARITY_CLEANENV: '1' }, false],
  [{ APPTAINER_CLEANENV: '', SINGULARITY_CLEANENV: '1' }, false],
  [{ CLEANENV: '1' }, false],
])('%j', (environment, expected) => {
  expect(siteFlag('CLEANENV', environment)).toBe(expected);
});

test('what Apptainer does not take as yes or no is an error', () => {
  expect(() => siteFlag('CLEANENV', { SINGULARITY_CLEANENV: 'yes' })).toThrow(
    expect.objectContaining({
      code: 'SITE_VARIABLE',
      message: 'the variable SINGULARITY_CLEANENV is "yes": Apptainer takes 1 or 0 there',
      hint: 'unset SINGULARITY_CLEANENV',
      exitCode: 125,
    }),
  );
});

describe('what jcds says instead of the site’s variables', () => {
  test.each([
    [[['APPTAINER_CLEANENV', '1']], [], ['APPTAINER_CLEANENV'], false],
    [
      [
        ['SINGULARITY_CONTAINALL', '1'],
        ['APPTAINER_BIND', '/eos'],
        ['APPTAINER_NV', '1'],
      ],
      ['--contain', '--pid', '--ipc'],
      ['SINGULARITY_CONTAINALL', 'APPTAINER_BIND'],
      false,
    ],
    [
      [
        ['APPTAINER_COMPAT', '1'],
        ['APPTAINER_CONTAINALL', '1'],
      ],
      ['--contain', '--pid', '--ipc', '--no-init', '--no-umask', '--writable-tmpfs'],
      ['APPTAINER_CONTAINALL', 'APPTAINER_COMPAT'],
      true,
    ],
    [[['APPTAINER_NO_EVAL', '1']], [], ['APPTAINER_NO_EVAL'], true],
    [[['APPTAINER_NO_EVAL', '0']], [], ['APPTAINER_NO_EVAL'], false],
  ] as [[string, string][], string[], string[], boolean][])('%j', (host, args, unset, isLiteral) => {
    expect(apptainerSite(host)).toEqual({ args, unset, isLiteral, showsCwd: true });
  });

  test.each([['CLEANENV'], ['CONTAINALL'], ['COMPAT']])('%s cleans the environment', key => {
    expect(cleansEnvironment({ [`APPTAINER_${key}`]: '1' })).toBe(true);
    expect(cleansEnvironment({ [`APPTAINER_${key}`]: '0', [`SINGULARITY_${key}`]: '1' })).toBe(false);
  });
});
