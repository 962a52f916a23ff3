import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RECORDS } from '../../src/service/records.ts';
import type { Target } from '../../src/service/targets/target.ts';
import { directoryOf } from './situations.ts';

/** A target of a test, and a look at what it has published as its users see it. */
export interface TestedTarget {
  readonly target: Target;
  /** The text of a file below the root; null: there is none. */
  read(path: string): string | null;
}

const ONE = directoryOf('one');
const TWO = directoryOf('two');

/** What every target does. A new one is tested by a row in targets.test.ts. */
export function targetContract(name: string, make: () => TestedTarget): void {
  const put = (tested: TestedTarget, directory: string, content: string) =>
    tested.target.alone(0, repository =>
      repository.inWorkplace(async workplace => {
        mkdirSync(`${workplace}/rootfs`);
        writeFileSync(`${workplace}/rootfs/file`, content);
        await repository.addImage(directory, `${workplace}/rootfs`);
      }),
    );

  describe(name, () => {
    test('is empty where nothing was published, and a look makes nothing', async () => {
      const { target, read } = make();
      const { links, others, directories, records } = await target.look();
      expect([links.size, others.size, directories.size, records.size]).toEqual([0, 0, 0, 0]);
      expect(read('.jcds/manifests.json')).toBe(null);
    });

    test('shows an image when a link leads to it, and content that no link leads to as content', async () => {
      const tested = make();
      await put(tested, ONE, 'one');
      expect((await tested.target.look()).directories).toEqual(new Set([ONE]));
      const failures = await tested.target.alone(0, async repository => {
        expect(await Promise.all([ONE, TWO].map(repository.hasImage))).toEqual([true, false]);
        return repository.changeLinks([{ path: 'a/b/c:1', directory: ONE }]);
      });
      expect(failures).toEqual([]);
      expect(tested.read('a/b/c:1/file')).toBe('one');
      expect([...(await tested.target.look()).links.keys()]).toEqual(['a/b/c:1']);
    });

    test('puts nothing into a directory that is there', async () => {
      const tested = make();
      await put(tested, ONE, 'one');
      await put(tested, ONE, 'another');
      await tested.target.alone(0, repository => repository.changeLinks([{ path: 'a/b:1', directory: ONE }]));
      expect(tested.read('a/b:1/file')).toBe('one');
    });

    test('moves a link, and takes it away; what is not there can be taken away', async () => {
      const tested = make();
      await put(tested, ONE, 'one');
      await put(tested, TWO, 'two');
      await tested.target.alone(0, async repository => {
        for (const directory of [ONE, TWO]) await repository.changeLinks([{ path: 'a/b:1', directory }]);
        expect(tested.read('a/b:1/file')).toBe('two');
        const gone = ['a/b:1', 'c/d:1'].map(path => ({ path, directory: null }));
        expect(await repository.changeLinks(gone)).toEqual([]);
      });
      expect((await tested.target.look()).links.size).toBe(0);
    });

    test('says which link it could not make, and makes the others', async () => {
      const tested = make();
      await put(tested, ONE, 'one');
      await tested.target.alone(0, async repository => {
        await repository.changeLinks([{ path: 'a/b:1', directory: ONE }]);
        const changes = ['a/b:1/c:1', 'e/f:1'].map(path => ({ path, directory: ONE }));
        expect((await repository.changeLinks(changes)).map(({ path }) => path)).toEqual(['a/b:1/c:1']);
      });
      expect(tested.read('e/f:1/file')).toBe('one');
    });

    test('removes content', async () => {
      const tested = make();
      for (const directory of [ONE, TWO]) await put(tested, directory, 'x');
      await tested.target.alone(0, repository => repository.removeImages([ONE]));
      expect((await tested.target.look()).directories).toEqual(new Set([TWO]));
    });

    test('keeps records, which everybody may read', async () => {
      const tested = make();
      const records = Object.values(RECORDS).map(file => [file, `{"of":"${file}"}\n`] as const);
      await tested.target.alone(0, repository => repository.writeRecords(records));
      expect((await tested.target.look()).records).toEqual(new Map(records));
      for (const [file, text] of records) expect(tested.read(file)).toBe(text);
    });

    test('is changed by one at a time: another one leaves, or waits', async () => {
      const { target } = make();
      const order: string[] = [];
      let second: Promise<unknown> = Promise.resolve();
      await target.alone(0, async () => {
        await expect(target.alone(0, async () => {})).rejects.toMatchObject({
          code: 'SYNC_RUNNING',
          exitCode: 75,
        });
        second = target.alone(60_000, async () => void order.push('second'));
        await new Promise(done => setTimeout(done, 700));
        order.push('first');
      });
      await second;
      expect(order).toEqual(['first', 'second']);
    });

    test('is free again after work that failed, and keeps nothing of it', async () => {
      const { target } = make();
      const work = target.alone(0, repository =>
        repository.inWorkplace(async workplace => {
          writeFileSync(`${workplace}/half`, '');
          throw new Error('on purpose');
        }),
      );
      await expect(work).rejects.toThrow('on purpose');
      await target.alone(0, async () => {});
      const { links, directories } = await target.look();
      expect([links.size, directories.size]).toEqual([0, 0]);
    });
  });
}
