import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../src/secret.ts';

test('no way of printing shows the value', () => {
  fc.assert(
    fc.property(fc.uuid(), value => {
      const secret = new Secret(value);
      const error = Object.assign(new Error(`with ${secret}`), { secret });
      const prints = [
        String(secret),
        `${secret}`,
        JSON.stringify({ secret }),
        inspect({ secret }, { showHidden: true, depth: 9 }),
        format('%s %j %o %O %d', secret, secret, secret, secret, secret),
        inspect(error),
        Object.entries(secret).join(),
        JSON.stringify(structuredClone({ ...secret })),
      ];
      expect(prints.filter(text => text.includes(value))).toEqual([]);
    }),
  );
});

test('whoever needs the value asks for it', () => {
  expect(new Secret('s3cret').reveal()).toBe('s3cret');
});
