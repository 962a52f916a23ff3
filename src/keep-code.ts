import './check-node.ts';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Script } from 'node:vm';
import { openNothing } from './files/nothing.ts';
import { readPlace } from './files/read.ts';
import { replace } from './files/replace.ts';
import { codeFile, pack, scriptText } from './kept-code.ts';
import { makeRehearsal, type Rehearsal } from './rehearsal.ts';

// `node dist/keep-code.cjs`, for whoever installs jcds: keeps the machine code of dist/start.cjs for this Node.js, in dist/code/.
// The code holds the functions that were used, so each is made at the end of a run of jcds: of an image that is made for it,
// with a runtime that starts nothing. Where that does not work jcds starts without, and loses the time alone.
const program = `${__dirname}/start.cjs`;
const REHEARSE = '--rehearse';

if (process.argv[2] === REHEARSE) rehearse(process.argv.slice(3));
else keepAll();

function keepAll(): void {
  let folder: string | null = null;
  try {
    // Beside the program: what is started from it must be nobody else's to write, and a job may see /tmp.
    folder = mkdtempSync(`${__dirname}/rehearsal-`);
    mkdirSync(`${__dirname}/code`, { recursive: true, mode: 0o755 });
    const kept = makeRehearsal(folder, process.pid).filter(keep);
    process.stdout.write(
      `jcds: kept the code of ${kept.length} kinds of starts for Node.js ${process.version}\n`,
    );
  } catch (thrown) {
    process.stdout.write(`jcds: no code was kept for faster starts (${(thrown as Error).message})\n`);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** A first run, which looks and remembers; then one as all later ones are. */
function keep(rehearsal: Rehearsal): boolean {
  return run([`${__dirname}/jcds.cjs`], rehearsal) && run([__filename, REHEARSE], rehearsal);
}

/** Whether it ended well. Descriptor 9 is where the planning program writes its plan. */
function run(program: readonly string[], { words, input, environment }: Rehearsal): boolean {
  const nothing = openNothing();
  const others = Array.from({ length: 9 }, () => nothing);
  const { status } = spawnSync(process.execPath, [...program, ...words], {
    env: environment,
    input,
    stdio: ['pipe', ...others],
    timeout: 60_000,
  });
  closeSync(nothing);
  return status === 0;
}

/** Runs the program as src/loader.ts does, and keeps its code when it has ended well. */
function rehearse(words: string[]): void {
  process.argv = [process.execPath, `${__dirname}/jcds.cjs`, ...words];
  const script = new Script(scriptText(readPlace('program', program).bytes.toString('latin1')), {
    filename: program,
  });
  process.on('exit', status => {
    if (status === 0)
      replace(codeFile(__dirname, words[0]!), pack(script.createCachedData()), {
        mode: 0o644,
        isExact: true,
      });
  });
  script.runInThisContext()(exports, require, module, program, __dirname, (later: string) => import(later));
}
