import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { seal, unseal } from '../../src/files/sealed.ts';
import type { ImageFacts } from '../../src/rootfs/facts.ts';
import { HostSetting } from '../cli/host-setting.ts';
import type { Person } from '../contract/containers.ts';

// What is remembered of an image lies, written by somebody who knows its form: no runtime shows anything that the image has not.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';

/** Runtimes that build a root of their own from the listing of the image. */
const BUILDERS = ['unshare', 'bubblewrap', 'charliecloud'] as const;

interface Record_ {
  facts: { -readonly [Key in keyof ImageFacts]: ImageFacts[Key] };
  commands: Record<string, string>;
}

function recordsOf(person: Person): string[] {
  const directory = join(host.home(person), '.cache/jcds/images');
  return readdirSync(directory)
    .filter(name => name.endsWith('.json'))
    .map(name => join(directory, name));
}

/** Changes the one record that there is. */
function lie(person: Person, change: (record: Record_) => void): void {
  const [file = ''] = recordsOf(person);
  const record = JSON.parse(unseal(readFileSync(file))!) as Record_;
  change(record);
  writeFileSync(file, seal(JSON.stringify(record)), { mode: 0o600 });
  chownSync(file, person.uid, person.gid);
}

describe.each(host.people.flatMap(person => BUILDERS.map(runtime => [runtime, person] as const)))(
  '%s, $name',
  (runtime, person) => {
    const look = ['exec', '--contain', '--no-home', '--runtime', runtime, IMAGE, 'ls', '-a', '/', '/home'];
    const shell = ['shell', '-n', '--runtime', runtime, IMAGE];
    const secret = join(host.home(person), 'secret');
    beforeEach(() => {
      mkdirSync(secret, { recursive: true });
      host.jcds(person, ['cache', 'prune', '-q']);
      host.jcds(person, look);
      host.jcds(person, shell);
    });

    test.each<[string, (record: Record_) => void]>([
      [
        'a name that leads out of the image',
        ({ facts }) => {
          const up = '../'.repeat(12);
          for (const name of [`${up}${secret}`, `..${secret}`, '..', '.', `home${secret}`])
            facts.directories = {
              ...facts.directories,
              '/': [...facts.directories['/']!, { name, kind: 'directory' }],
            };
        },
      ],
      [
        'a listing of a directory that leads out of the image',
        ({ facts }) => {
          facts.directories = { ...facts.directories, '/../..': [{ name: 'etc', kind: 'directory' }] };
        },
      ],
      [
        'another image’s directory',
        ({ facts }) => {
          facts.directory = secret;
        },
      ],
      [
        'places of commands that nobody searches',
        ({ commands }) => {
          for (const key of Object.keys(commands)) commands[key] = `${secret}/evil`;
        },
      ],
    ])('%s', (_what, change) => {
      const right = [host.jcds(person, look), host.jcds(person, shell)];
      expect(right.map(({ code }) => code)).toEqual([0, 0]);
      lie(person, change);
      expect([host.jcds(person, look), host.jcds(person, shell)]).toEqual(right);
    });

    // bubblewrap is what the launcher becomes: nobody is there to forget what was remembered, but jcds cache prune.
    const forgets = runtime !== 'bubblewrap';
    test(`a lie that could be true costs ${forgets ? 'one start' : 'starts'} at most`, () => {
      const right = host.jcds(person, look);
      lie(person, ({ facts }) => {
        facts.directories = {
          ...facts.directories,
          '/': [...facts.directories['/']!, { name: 'never-there', kind: 'directory' }],
        };
      });
      const first = host.jcds(person, look);
      expect([first.code === 0, first.stdout]).toEqual([false, '']);
      if (!forgets) host.jcds(person, ['cache', 'prune']);
      expect(host.jcds(person, look)).toEqual(right);
    });
  },
);
