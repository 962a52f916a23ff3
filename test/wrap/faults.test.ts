import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type ImageFiles, singularityRecord, smallImage } from '../hosts/image-files.ts';
import { SHELLS, Stage } from './stage.ts';

// Everything that can become of an image between the day a script was written and the day it runs: the same words and codes
// as from `jcds exec`, and "missing" (125) and "unreachable" (75) never confused.

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/debian:12';
const repository = join(stage.cvmfs, 'containers.jinr.ru');
const tag = join(repository, NAME);
/** Another content is another directory, as everywhere. */
function image(
  from: string,
  env: Record<string, string> = { PATH: '/usr/bin:/bin' },
  extra: ImageFiles = {},
) {
  const files = { ...smallImage(extra), ...singularityRecord({ from, env }) };
  return {
    files,
    hash: createHash('sha256')
      .update(JSON.stringify([from, env, extra]))
      .digest('hex'),
  };
}

/** Publishes an image under the name, where nothing or another one was. Answers its directory. */
function publish(...made: Parameters<typeof image>): string {
  rmSync(tag, { force: true });
  return stage.publish({ [NAME]: image(...made) })[NAME]!;
}

let script: string;
beforeEach(() => {
  rmSync(stage.cvmfs, { recursive: true, force: true });
  publish('debian:12');
  script ??= stage.wrap([NAME, 'sh']);
});

/** Puts a link in the place of the tag's own. */
function link(target: string): void {
  rmSync(tag);
  symlinkSync(target, tag);
}

const FAULTS: Record<string, [code: number, happens: () => void]> = {
  'the tag was removed': [125, () => rmSync(tag)],
  'its directory was removed': [125, () => rmSync(dirname(tag), { recursive: true })],
  'a file is where its directory was': [
    125,
    () => {
      rmSync(dirname(tag), { recursive: true });
      writeFileSync(dirname(tag), '');
    },
  ],
  'the image was removed': [125, () => rmSync(join(repository, '.images'), { recursive: true })],
  'it leads round in a circle': [125, () => link('debian:12')],
  'it leads into a file': [125, () => link('/cvmfs/containers.jinr.ru/library/debian:12/x')],
  'it leads out, absolute': [125, () => link('/etc')],
  'it leads out, by steps': [125, () => link('../../../../../../../../../../etc')],
  'it leads into another repository': [125, () => link('/cvmfs/unpacked.cern.ch/.flat/x')],
  'it leads to a repository whose name begins the same': [
    125,
    () => link('/cvmfs/containers.jinr.ru-evil/x'),
  ],
  'its text would be a command': [125, () => link('$(touch /tmp/x); `id`\u001b[31m\n/x')],
  'it is a text file': [
    125,
    () => {
      rmSync(tag);
      writeFileSync(tag, 'hello');
    },
  ],
  'the repository is not mounted: an empty directory': [
    75,
    () => {
      rmSync(repository, { recursive: true });
      mkdirSync(repository);
    },
  ],
  'the repository is not there': [75, () => rmSync(repository, { recursive: true })],
  'the repository is a file': [
    75,
    () => {
      rmSync(repository, { recursive: true });
      writeFileSync(repository, '');
    },
  ],
  'there is no CVMFS at all': [75, () => rmSync(stage.cvmfs, { recursive: true })],
  'the root is a file': [
    75,
    () => {
      rmSync(stage.cvmfs, { recursive: true });
      writeFileSync(stage.cvmfs, '');
    },
  ],
  'the repository leads round in a circle, as an automounter says': [
    75,
    () => {
      rmSync(repository, { recursive: true });
      symlinkSync('containers.jinr.ru', repository);
    },
  ],
};

/**
 * A script tells apart what the code depends on; of how a repository cannot be seen, or what is published can be no image,
 * it gives the host's own words, and the command that says more.
 */
function said(stderr: string): string {
  // jcds names the link's text, a script the directory that it leads to.
  if (/^jcds: the link \S+ in \S+ leads out of the repository, to /.test(stderr)) return 'it leads out';
  const [, kind] = /^(jcds: .*? (?:cannot be seen:|is published, but) )/.exec(stderr) ?? [];
  return kind ?? stderr;
}

describe('what happened meanwhile', () => {
  test.each(Object.entries(FAULTS))('%s', (_, [code, happens]) => {
    happens();
    const byHand = stage.run([stage.jcds, 'exec', NAME, 'sh']);
    expect(byHand.status).toBe(code);
    for (const [shell] of SHELLS) {
      const { stderr, ...ran } = stage.run(stage.by(shell, script));
      expect(stderr).toMatch(/\nhint: [^\n]+\n$/);
      expect({ ...ran, said: said(stderr) }).toEqual({
        status: code,
        stdout: '',
        started: null,
        said: said(byHand.stderr),
      });
    }
  });
});

describe('another image', () => {
  const NOTE =
    'jcds: the ENV of library/debian:12 has values that a script cannot hand on exactly; jcds exec can, and a script written for it anew\n';

  test('the script runs what the tag names now, with nothing of what it recorded of the former', () => {
    publish('debian:12', { PATH: '/old:/bin', HARD: '$x' });
    const recorded = stage.wrap([NAME, 'sh'], stage.environment(), 'recorded');
    expect(stage.run([recorded]).started!.environment.get('APPTAINERENV_HARD')).toBe('\\$x');
    const target = publish('debian:12', { PATH: '/usr/bin:/bin', PLAIN: 'new' });
    for (const [shell] of SHELLS) {
      const { started, stderr } = stage.run(stage.by(shell, recorded));
      expect(stderr).toBe('');
      expect(started!.args.slice(-2)).toEqual([target, 'sh']);
      expect([...started!.environment.keys()].filter(name => name.startsWith('APPTAINERENV')).sort()).toEqual(
        ['APPTAINERENV_JCDS_IMAGE', 'APPTAINERENV_JCDS_IMAGE_PATH'],
      );
      expect(started!.environment.get('APPTAINERENV_JCDS_IMAGE_PATH')).toBe(target);
    }
  });

  test.each([['$HOME'], ['a "quoted" word'], ["it's"], ['back\\slash'], ['`'], ['two\nlines']])(
    'it says so where a value of the new image needs jcds: %j',
    value => {
      publish('debian:12', { PATH: '/usr/bin:/bin', VALUE: value });
      for (const [shell] of SHELLS) expect(stage.run(stage.by(shell, script)).stderr, shell).toBe(NOTE);
    },
  );

  test.each([
    ['sh', { PATH: '/bin:/sbin' }, 7],
    ['other', { PATH: '/opt/other' }, 7],
    ['other', { PATH: '/bin' }, 127],
  ])('%s is looked for on the PATH of the new image, %j', (word, env, code) => {
    const any = stage.wrap([NAME], stage.environment(), 'any');
    publish('debian:12', env, { 'opt/other/other': { program: '#!/bin/sh' } });
    for (const [shell] of SHELLS) expect(stage.run([...stage.by(shell, any), word]).status).toBe(code);
  });

  test('a pinned script runs the former, and says so when that is gone', () => {
    const target = publish('debian:12', { PLAIN: 'former' });
    const pinned = stage.wrap(['--pin', NAME, 'sh'], stage.environment(), 'pinned');
    publish('debian:12');
    for (const [shell] of SHELLS)
      expect(stage.run(stage.by(shell, pinned)).started!.args.at(-2)).toBe(target);
    rmSync(target, { recursive: true });
    for (const [shell] of SHELLS)
      expect(stage.run(stage.by(shell, pinned))).toEqual({
        status: 125,
        stdout: '',
        stderr: `jcds: the image that library/debian:12 was when this script was pinned to it is there no more (looked at ${target})
hint: a directory without a tag is removed after some days: write the script anew with jcds wrap, or without --pin
`,
        started: null,
      });
  });

  test('an image of another registry than the one typed is refused, as by jcds exec', () => {
    const typed = `docker.io/${NAME}`;
    const strict = stage.wrap([typed, 'sh'], stage.environment(), 'strict');
    const lax = stage.wrap(['--any-registry', typed, 'sh'], stage.environment(), 'lax');
    for (const [from, code] of [
      ['git.jinr.ru:5005/nica/debian:12', 125],
      ['debian:13', 7],
      ['registry-1.docker.io/x/y', 7],
      ['localhost/x', 125],
    ] as const) {
      publish(from);
      const byHand = stage.run([stage.jcds, 'exec', typed, 'sh']);
      expect(byHand.status, from).toBe(code);
      for (const [shell] of SHELLS) {
        const { status, stderr } = stage.run(stage.by(shell, strict));
        expect({ status, stderr }).toEqual({ status: byHand.status, stderr: byHand.stderr });
        expect(stage.run(stage.by(shell, lax)).status).toBe(7);
      }
    }
  });
});

test.each(['--no-home', '--contain'])('%s: a command that only the host has is not found', option => {
  const words = [option, NAME, '/usr/bin/setsid'];
  const own = stage.wrap(words, stage.environment(), 'own');
  const byHand = stage.run([stage.jcds, 'exec', ...words]);
  expect(byHand.status).toBe(127);
  for (const [shell] of SHELLS) expect(stage.run(stage.by(shell, own))).toEqual(byHand);
});
