import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compile } from '../../.ci/standalone.mjs';
import { SHELLS } from '../wrap/stage.ts';
import type { Script } from './planner.ts';

/** test/standalone/launch.host.test.ts: no Node.js at all. */
const STANDALONE = process.env.JCDS_TEST_STANDALONE;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Copies of the real launcher, one for each shell, with a program of the test's in place of dist/jcds.cjs. */
export interface Stage {
  readonly folder: string;
  readonly launchers: readonly { readonly shell: string; readonly launcher: string }[];
  /** The Node.js programs of this machine: the one that runs the tests, and those that the hosts suite has installed. */
  readonly nodes: readonly string[];
  /** A program that stands in for Node: writes `plan` as it is on descriptor 9 and ends with `status`. */
  readonly writer: string;
  script(script: Script): void;
  /** What `writer` is to do. */
  write(plan: Buffer, status?: number): void;
  remove(): void;
}

/** `program`: whether the program of the test is to be built as well (the property tests need only `writer`). */
export async function setStage(program: boolean): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'jcds-launch-'));
  const writer = join(folder, 'writer');
  writeFileSync(
    writer,
    `#!/bin/sh\n/bin/cat '${folder}/plan' >&9\nread -r status <'${folder}/status'\nexit "$status"\n`,
  );
  chmodSync(writer, 0o755);
  const launchers = SHELLS.map(([shell, file]) => ({
    shell,
    launcher: copyLauncher(join(folder, shell), file),
  }));
  // Where planner.ts finds what it is to do: beside itself.
  const place = STANDALONE ? 'libexec' : 'dist';
  const copies = launchers.map(({ shell }) => join(folder, shell, place));
  if (program) await (STANDALONE ? compileProgram(copies) : buildProgram(folder, copies));
  return {
    folder,
    launchers,
    nodes: STANDALONE ? ['/no/node'] : nodes(),
    writer,
    script: script => {
      for (const copy of copies) writeFileSync(join(copy, 'planner.json'), JSON.stringify(script, base64));
    },
    write: (plan, status = 0) => {
      writeFileSync(join(folder, 'plan'), plan);
      writeFileSync(join(folder, 'status'), `${status}\n`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function copyLauncher(folder: string, shell: string): string {
  for (const name of ['bin', STANDALONE ? 'libexec' : 'dist'])
    mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(shell, join(folder, 'sh'));
  const text = readFileSync(join(ROOT, 'bin/jcds'), 'utf8').replace(/^#!.*/, `#!${join(folder, 'sh')}`);
  const launcher = join(folder, 'bin/jcds');
  writeFileSync(launcher, text, { mode: 0o755 });
  return launcher;
}

async function buildProgram(folder: string, copies: string[]): Promise<void> {
  const outfile = join(folder, 'planner.cjs');
  await build({
    entryPoints: [join(ROOT, 'test/launch/planner.ts')],
    outfile,
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  for (const copy of copies) writeFileSync(join(copy, 'jcds.cjs'), readFileSync(outfile));
}

/** The same as a standalone; a link would be followed to the one place of all. */
async function compileProgram(copies: string[]): Promise<void> {
  const [first = '', ...others] = copies;
  await compile('test/launch/planner.ts', join(first, 'jcds'));
  for (const copy of others) linkSync(join(first, 'jcds'), join(copy, 'jcds'));
  for (const copy of copies) copyFileSync(join(STANDALONE!, 'libexec/host'), join(copy, 'host'));
}

/** Node.js beside the one that runs the tests: test/hosts/steps/nodes.sh. */
function nodes(): string[] {
  const folder = '/var/cache/jcds-test/nodes';
  return [process.execPath, ...['22', '24', '26'].map(major => join(folder, major)).filter(existsSync)];
}

/** Buffers, as planner.ts reads them. */
function base64(_key: string, value: unknown): unknown {
  const bytes = value as { type?: string; data?: number[] } | null;
  return bytes?.type === 'Buffer' && bytes.data !== undefined
    ? { base64: Buffer.from(bytes.data).toString('base64') }
    : value;
}
