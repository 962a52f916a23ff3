import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What stands around the program of dist/start.cjs when it is compiled (src/loader.ts). */
const [HEAD, TAIL] = [
  '(function (exports, require, module, __filename, __dirname, jcdsImport) {',
  '\n})',
] as const;

/** The program of an installation, and the hash by which its code is filed. */
export function programOf(dist: string): { readonly text: string; readonly build: string } {
  const text = readFileSync(join(dist, 'start.cjs'));
  return {
    text: text.toString('latin1'),
    build: createHash('sha256').update(text).digest('hex').slice(0, 16),
  };
}

/**
 * V8's machine code of another program that V8 takes for this one's: of a text it looks at the length alone. Whoever can
 * put it where jcds reads its own has jcds run what he likes.
 */
export function foreignCode(dist: string, evil: string): Buffer {
  const { text } = programOf(dist);
  const script = new Script(`${HEAD}${evil.padEnd(text.length)}${TAIL}`, {
    filename: join(dist, 'start.cjs'),
  });
  return script.createCachedData();
}
