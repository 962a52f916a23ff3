import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTar } from '../archive/make-tar.ts';
import { ROWS } from './escape-rows.ts';
import { imageOf, Scratch } from './scratch.ts';

const isRoot = process.getuid!() === 0;
/** Somebody who owns nothing here. */
const NOBODY = 65_534;

describe.each(isRoot ? ['root', 'an ordinary user'] : ['an ordinary user'])('as %s', who => {
  beforeAll(() => {
    if (!isRoot || who === 'root') return;
    process.setgroups!([]);
    process.setegid!(NOBODY);
    process.seteuid!(NOBODY);
  });
  afterAll(() => {
    if (!isRoot) return;
    process.seteuid!(0);
    process.setegid!(0);
  });

  let scratch: Scratch;
  let before: string[];
  beforeEach(() => {
    scratch = new Scratch();
    before = scratch.outside();
  });
  afterEach(() => scratch.remove());

  test.each(ROWS)('$row, $what', async ({ layers, out, remarks = {}, limits }) => {
    const host = `${scratch.at}/host`;
    const archives = layers(host).map(layer => (Buffer.isBuffer(layer) ? layer : makeTar(layer as [])));
    const outcome = await scratch.convert(imageOf(archives), limits);
    expect(scratch.outside()).toEqual(before);
    if (out instanceof RegExp) {
      expect(outcome.error?.message).toMatch(out);
      return;
    }
    const parents = host
      .slice(1)
      .split('/')
      .map((_, at, parts) => `d 755 ${parts.slice(0, at + 1).join('/')}`);
    const wanted = out.flatMap(line =>
      line === '{parents}' ? parents : [line.replace('{host}', host.slice(1))],
    );
    expect(outcome).toEqual({ tree: sorted(wanted), error: null, remarks: { ...remarks } });
  });
});

/** By path, as linesOf has it. */
function sorted(lines: readonly string[]): string[] {
  const path = (line: string) => /^(?:l|[dfp] \d+) ((?:.|\n)*?)(?: -> .*| = .*)?$/.exec(line)![1]!;
  return [...lines].sort((one, other) => (path(one) < path(other) ? -1 : 1));
}
