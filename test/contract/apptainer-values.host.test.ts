import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { fromBytes } from '../../src/launch/bytes.ts';
import { containers } from './containers.ts';
import { bytesOf, Workplace } from './workplace.ts';

const work = new Workplace();
afterAll(() => work.remove());
const apptainers = await containers('apptainer');

/** Bytes that shells, scripts and UTF-8 make something of stand beside each other more often than by chance. */
const aByte = fc.oneof(
  fc.constantFrom(...Buffer.from('$`\\"\'{}()!#~ \t\n\r;&|*?[]%=,:aé')),
  fc.integer({ min: 1, max: 255 }),
);
const someBytes = fc.oneof({ arbitrary: aByte.map(byte => [byte]), weight: 9 }, fc.constant([13, 10]));
const aValue = fc.array(someBytes, { maxLength: 24 }).map(bytes => fromBytes(Buffer.from(bytes.flat())));

test.each(apptainers.map(container => [container.person.name, container] as const))(
  'whatever is given by --env or as an argument reaches the program through Apptainer as it is, for %s',
  async (_, container) => {
    const property = fc.asyncProperty(fc.array(aValue, { minLength: 40, maxLength: 40 }), async values => {
      const host = work.environment(container);
      const set = values.map((value, index) => [`V${index}`, value] as const);
      const { stdout, stderr } = await work.sh(container, 'cat /proc/self/environ; printf "\\0%s" "-" "$@"', {
        args: values,
        request: { environment: { policy: 'clean', host, set } },
      });
      expect(stderr).toBe('');
      const border = stdout.indexOf('\0-\0');
      const [environment, args] = [stdout.slice(0, border), stdout.slice(border + 3)];
      const got = new Map(
        environment
          .split('\0')
          .map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
      );
      expect(set.map(([name]) => got.get(name))).toEqual(values.map(bytesOf));
      expect(args.split('\0')).toEqual(values.map(bytesOf));
    });
    await fc.assert(property, { numRuns: 12 });
  },
);
