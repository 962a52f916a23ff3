import './check-node.ts';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { Script } from 'node:vm';
import { codeFile, KEPT_FOR, scriptText, unpack } from './kept-code.ts';

// Starts the program (dist/start.cjs), with the code that the installer has kept of it where there is one. Writes nothing.
const file = `${__dirname}/start.cjs`;
const program = openSync(file, 'r');
const owner = fstatSync(program).uid;
const text = scriptText(readFileSync(program, 'latin1'));
closeSync(program);
const cachedData = KEPT_FOR.has(process.argv[2])
  ? readCode(codeFile(__dirname, process.argv[2]!))
  : undefined;
const script = new Script(text, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
script.runInThisContext()(exports, require, module, file, __dirname, (later: string) => import(later));

/** Only what the program's own owner has written, and nobody else may. */
function readCode(name: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    descriptor = openSync(name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    const status = fstatSync(descriptor);
    const isTheirs = status.uid === owner && (status.mode & 0o022) === 0;
    if (!status.isFile() || !isTheirs || status.size > 1 << 23) return undefined;
    const bytes = Buffer.allocUnsafeSlow(status.size);
    return readSync(descriptor, bytes, 0, status.size, 0) === status.size ? unpack(bytes) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
