import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** client.ts as one file that Node runs. */
export class ClientProgram {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async build(): Promise<ClientProgram> {
    const directory = await mkdtemp(join(tmpdir(), 'jcds-client-'));
    await build({
      entryPoints: [fileURLToPath(new URL('client.ts', import.meta.url))],
      outfile: join(directory, 'client.mjs'),
      bundle: true,
      loader: { '.sh': 'text' },
      platform: 'node',
      format: 'esm',
      target: 'node20.18',
      logLevel: 'error',
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    return new ClientProgram(directory);
  }

  /** Starts it; `ended` tells what it printed, or the signal that ended it. */
  start(
    kind: string,
    origin: string,
    image: string,
    token: string,
  ): { child: ChildProcess; ended: Promise<{ signal: string | null; text: string }> } {
    const child = spawn(process.execPath, [join(this.#directory, 'client.mjs'), kind, origin, image], {
      env: { TEST_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', chunk => (text += String(chunk)));
    child.stderr.on('data', chunk => (text += String(chunk)));
    const ended = new Promise<{ signal: string | null; text: string }>(resolve =>
      child.on('close', (_, signal) => resolve({ signal, text })),
    );
    return { child, ended };
  }

  remove(): Promise<void> {
    return rm(this.#directory, { recursive: true });
  }
}
