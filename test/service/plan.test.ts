import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_DELETED, plan } from '../../src/service/plan.ts';
import type { Answer, Situation, Step } from '../../src/service/situation.ts';
import { applied } from './model.ts';
import { DAY, digestOf, directoryOf, HOUR, imageAt, NOW, situation } from './situations.ts';

const A = imageAt('a/b:1', 3);
const here = (name: string): Answer => ({ state: 'present', digest: digestOf(name) });
const answers = (answer: Answer) => new Map([[A.path, answer]]);
const no = (state: 'absent' | 'refused' | 'unseen' | 'not-looked-at'): Answer => ({
  state,
  text: `it is ${state}`,
});
const links = (directory: string | null) => new Map([[A.path, directory]]);
/** What is there of two images, `one` and `two`. */
const both = {
  directories: new Set([directoryOf('one'), directoryOf('two')]),
  manifests: new Map(['one', 'two'].map(name => [digestOf(name), directoryOf(name)])),
};
const failure = {
  digest: digestOf('one'),
  code: 'LAYER_INVALID',
  text: 'it is bad',
  at: NOW - HOUR,
  version: '1',
};

/** The step of the one listed image. */
const rows: readonly (readonly [what: string, given: Parameters<typeof situation>[0], step: object])[] = [
  ['an image that is new', { answers: answers(here('one')) }, { kind: 'convert', digest: digestOf('one') }],
  [
    'a new image under a name that is published',
    { answers: answers(here('new')), state: { ...both, links: links(directoryOf('one')) } },
    { kind: 'convert', digest: digestOf('new') },
  ],
  [
    'content that is known and was taken away by hand',
    { answers: answers(here('one')), state: { ...both, directories: new Set() } },
    { kind: 'convert' },
  ],
  [
    'content that is there, and no link',
    { answers: answers(here('one')), state: both },
    { kind: 'link', directory: directoryOf('one') },
  ],
  [
    'a link to other content: the tag was moved',
    { answers: answers(here('one')), state: { ...both, links: links(directoryOf('two')) } },
    { kind: 'relink', directory: directoryOf('one') },
  ],
  [
    'a link to content that is not there',
    { answers: answers(here('one')), state: { ...both, links: links(directoryOf('lost')) } },
    { kind: 'repair-link', directory: directoryOf('one') },
  ],
  [
    'a link to no content at all',
    { answers: answers(here('one')), state: { ...both, links: links(null) } },
    { kind: 'repair-link', directory: directoryOf('one') },
  ],
  [
    'what is as it should be',
    { answers: answers(here('one')), state: { ...both, links: links(directoryOf('one')) } },
    { kind: 'keep', reason: { kind: 'current' } },
  ],
  ...(['absent', 'refused', 'unseen', 'not-looked-at'] as const).flatMap(
    state =>
      [
        [
          `one that is ${state}, and published`,
          { answers: answers(no(state)), state: { ...both, links: links(directoryOf('one')) } },
          { kind: 'keep', reason: { kind: state } },
        ],
        [
          `one that is ${state}, and not published`,
          { answers: answers(no(state)), state: both },
          { kind: 'skip', reason: { kind: state } },
        ],
      ] as const,
  ),
  ['one that nobody asked for', {}, { kind: 'skip', reason: { kind: 'not-looked-at' } }],
  [
    'one in whose place something else stands',
    { answers: answers(here('one')), state: { ...both, others: new Set([A.path]) } },
    { kind: 'skip', reason: { kind: 'occupied' } },
  ],
  [
    'content that failed an hour ago',
    { answers: answers(here('one')), state: { failures: new Map([[A.path, failure]]) } },
    { kind: 'skip', reason: { kind: 'failed-before', text: 'it is bad' } },
  ],
  [
    'the same under a name that is published',
    {
      answers: answers(here('one')),
      state: {
        directories: new Set([directoryOf('two')]),
        links: links(directoryOf('two')),
        failures: new Map([[A.path, failure]]),
      },
    },
    { kind: 'keep', reason: { kind: 'failed-before' } },
  ],
  ...(
    [
      ['a day ago', { ...failure, at: NOW - DAY }, {}],
      ['in the future, by a clock that was put back', { ...failure, at: NOW + HOUR }, {}],
      ['with another jcds', { ...failure, version: '0' }, {}],
      ['with other content', { ...failure, digest: digestOf('older') }, {}],
      ['an hour ago, and --again', failure, { again: true }],
    ] as const
  ).map(
    ([what, row, policy]) =>
      [
        `content that failed ${what}`,
        { answers: answers(here('one')), state: { failures: new Map([[A.path, row]]) }, policy },
        { kind: 'convert' },
      ] as const,
  ),
];

describe('one image of the list', () => {
  test.each(rows)('%s', (_what, given, step) => {
    const [first] = plan(situation({ images: [A], ...given }));
    expect(first).toMatchObject(step);
  });
});

describe('an image that its registry says is not there', () => {
  const absent = (cycles: number, first: number, last: number, removeGone = true) =>
    plan(
      situation({
        images: [A],
        answers: answers(no('absent')),
        state: {
          ...both,
          links: links(directoryOf('one')),
          absences: new Map([[A.path, { cycles, first, last }]]),
        },
        policy: { removeGone },
      }),
    )[0];
  test.each([
    ['for the third time in a day, a day ago first', 2, NOW - DAY, NOW - HOUR, 'unlink'],
    ['for the second time', 1, NOW - DAY, NOW - HOUR, 'keep'],
    ['for the third time in less than a day', 2, NOW - DAY + 1, NOW - HOUR, 'keep'],
    ['three times, of which two within some minutes count once', 2, NOW - DAY, NOW - 1000, 'keep'],
    ['for the third time, by a clock that was put back', 2, NOW + 1, NOW + 1, 'keep'],
  ] as const)('%s', (_what, cycles, first, last, kind) => {
    expect(absent(cycles, first, last)).toMatchObject({ kind });
  });
  test('stays where nobody said that it is to go, with what takes it away', () => {
    expect(absent(2, NOW - DAY, NOW - HOUR, false)).toMatchObject({
      kind: 'keep',
      reason: { kind: 'absent', text: 'it is absent: gone; --remove-gone takes it away' },
    });
  });
});

describe('what the list does not name', () => {
  const unclear = (mayMean: (path: string) => boolean) => [
    { line: 7, text: 'x', reason: { kind: 'unclear' as const, text: 'it is odd' }, mayMean },
  ];
  test.each([
    ['a link to content', directoryOf('one'), [], { kind: 'unlink', path: A.path, image: null }],
    ['a link to content that is lost', directoryOf('lost'), [], { kind: 'unlink' }],
    ['a link that nobody here has made', null, [], { kind: 'keep', reason: { kind: 'foreign' } }],
    [
      'what an unclear line may mean',
      directoryOf('one'),
      unclear(path => path === A.path),
      { kind: 'keep', reason: { kind: 'unclear', text: 'line 7 may mean it' } },
    ],
    ['what no unclear line can mean', directoryOf('one'), unclear(() => false), { kind: 'unlink' }],
  ] as const)('%s', (_what, directory, lines, step) => {
    const steps = plan(situation({ unclear: lines, state: { ...both, links: links(directory) } }));
    expect(steps.find(found => 'path' in found && found.path === A.path)).toMatchObject(step);
  });
  test('an unclear line is said', () => {
    expect(plan(situation({ unclear: unclear(() => true) }))).toMatchObject([
      { kind: 'skip', line: 7, image: null, reason: { kind: 'unclear', text: 'it is odd' } },
    ]);
  });
});

describe('content that no link leads to', () => {
  const one = directoryOf('one');
  const since = (milliseconds: number) => new Map([[one, (NOW - milliseconds) / 1000]]);
  test.each([
    ['for the first time', new Map(), [{ kind: 'mark-unlinked', directory: one }]],
    ['for a day', since(DAY), []],
    ['for two days', since(2 * DAY), [{ kind: 'delete', directory: one }]],
    [
      'since tomorrow, by a clock that was put back',
      since(-DAY),
      [{ kind: 'mark-unlinked', directory: one }],
    ],
  ] as const)('%s', (_what, unlinked, steps) => {
    expect(plan(situation({ state: { directories: new Set([one]), unlinked } }))).toMatchObject(steps);
  });
  test('is what the name will have left when the steps are done', () => {
    const moved = situation({
      images: [A],
      answers: answers(here('one')),
      state: { ...both, links: links(directoryOf('two')) },
    });
    expect(plan(moved).map(({ kind }) => kind)).toEqual(['relink', 'mark-unlinked']);
  });
  test('so many go at once, the oldest first', () => {
    const names = Array.from({ length: MOST_DELETED + 9 }, (_, at) => directoryOf(`${at}`));
    const unlinked = new Map(names.map((name, at) => [name, (NOW - 9 * DAY) / 1000 - at]));
    const steps = plan(situation({ state: { directories: new Set(names), unlinked } }));
    expect(steps.map(step => 'directory' in step && step.directory)).toEqual(
      names.toReversed().slice(0, MOST_DELETED),
    );
  });
});

test('what a plan says, done, leaves nothing to do', () => {
  const name = fc.constantFrom('one', 'two', 'three', 'four');
  const path = fc.constantFrom('a/b:1', 'a/b:2', 'c/d:1', 'e/f:1');
  const answer = fc.oneof(
    name.map(here),
    fc
      .constantFrom('absent', 'refused', 'unseen', 'not-looked-at' as const)
      .map(state => no(state as 'absent')),
  );
  const time = fc.integer({ min: -DAY, max: 4 * DAY }).map(age => NOW - age);
  const directories = fc.uniqueArray(name).map(names => names.map(directoryOf));
  const arbitrary = fc.record({
    images: fc.uniqueArray(path).map(paths => paths.map((found, at) => imageAt(found, at + 1))),
    answers: fc.array(fc.tuple(path, answer)).map(rows => new Map(rows)),
    policy: fc.record({ removeGone: fc.boolean(), again: fc.constant(false), version: fc.constant('1') }),
    unclear: fc.array(
      path.map(line => ({
        ...{ line: 9, text: line, reason: { kind: 'unclear' as const, text: '' } },
        mayMean: (other: string) => other === line,
      })),
      { maxLength: 1 },
    ),
    state: fc.record({
      directories: directories.map(names => new Set(names)),
      links: fc
        .array(fc.tuple(path, fc.option(name.map(directoryOf))))
        .map(rows => new Map<string, string | null>(rows)),
      others: fc.constant(new Set<string>()),
      manifests: fc
        .uniqueArray(name)
        .map(names => new Map(names.map(one => [digestOf(one), directoryOf(one)]))),
      absences: fc
        .array(fc.tuple(path, fc.record({ first: time, last: time, cycles: fc.nat(4) })))
        .map(rows => new Map(rows)),
      failures: fc.constant(new Map()),
      unlinked: fc
        .array(
          fc.tuple(
            name.map(directoryOf),
            time.map(at => at / 1000),
          ),
        )
        .map(rows => new Map(rows)),
    }),
  });
  fc.assert(
    fc.property(arbitrary, given => {
      const before: Situation = situation(given);
      const steps = plan(before);
      const after = applied(before, steps);
      const left: Step[] = plan(after).filter(({ kind }) => kind !== 'keep' && kind !== 'skip');
      expect(left).toEqual([]);
      // A listed image that is published is never taken away by a registry that could not be seen.
      for (const [found, reply] of before.answers)
        if (reply.state === 'unseen' && before.wanted.images.some(image => image.path === found))
          expect(after.state.links.get(found)).toBe(before.state.links.get(found));
      // No link leads to what was deleted.
      for (const [found, directory] of after.state.links)
        if (before.state.directories.has(directory ?? '') && before.state.links.get(found) === directory)
          expect(after.state.directories).toContain(directory);
    }),
    { numRuns: 500 },
  );
});
