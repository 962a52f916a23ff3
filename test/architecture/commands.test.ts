import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Rooms whose texts are scripts and plans, not words for people: these have quotes of their own, and tests of them. */
const SCRIPTS =
  /^(?:wrap\/(?!write-script)|runtimes\/|launch\/|completion\/|batch\/htcondor\/.*script|job\/stats|batch\/htcondor\/configuration)/;

/** A command in a text for people, its words, and what is put behind them. */
const COMMAND =
  /\b(?:jcds [a-z]+|ls -[a-z]+|chmod|podman login|mount -\w|umount|rm -\w|cvmfs_config|cvmfs_talk|condor_[a-z]+|mkdir|cp|unset|docker run)(?: [-\w/.=]+)*? ?\$\{([^}]*)/g;

/** What is quoted already: options by typed.ts, and in ways-to-mount.ts a place, a name and the job's own words. */
const QUOTED = /commandText\(|^(?:typed\b|drawing\.typed|place$|job$|repository$)/;

/** Nothing from outside, or no command: each as it is found. */
const HARMLESS: ReadonlySet<string> = new Set([
  'job/workdir.ts: jcds run --${name',
  'publication-requests/show.ts: jcds request --again ${name',
  "batch/htcondor/submit.ts: condor_rm ${jobs.clusters.join(' ')",
  'requests/forges/failures.ts: jcds on to ${safeText(target, 120)',
]);

/** The text of a module without its comments. */
function textOf(name: string): string {
  return readFileSync(join(SRC, name), 'utf8').replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '');
}

test.each([
  ['`ls -ld ${safeText(path)}`', 1],
  ['`see: jcds list ${typed}${name}; or`', 0],
  ['`ask with: jcds request --again ${name}`', 1],
  ["`${commandText('ls', '-ld', path)}; or ${ASK}`", 0],
])('%s is seen', (text, count) =>
  expect([...text.matchAll(COMMAND)].filter(([, found]) => !QUOTED.test(found!))).toHaveLength(count),
);

test('a command that people may paste holds no text from outside that was not quoted', () => {
  const wrong = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !SCRIPTS.test(name))
    .flatMap(name =>
      [...textOf(name).matchAll(/`(?:[^`\\]|\\.)*`/gs)].flatMap(([literal]) =>
        [...literal.matchAll(COMMAND)]
          .filter(([, expression]) => !QUOTED.test(expression!))
          .map(([found]) => `${name}: ${found}`)
          .filter(found => !HARMLESS.has(found)),
      ),
    );
  expect(wrong).toEqual([]);
});
