import childProcess, { type ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

/**
 * What the last check of `npm test` looks through (test/leaks.mjs): everything that any program printed which a test started,
 * and every secret that a test's server was shown or a program was given. Loaded before each file of tests when the variable
 * names a file to note it in; the programs and the tests are the same with it and without.
 */
const file = process.env.JCDS_TEST_PRINTED;

/** Notes what jcds has put where people and programs read it. */
export function notePrinted(...texts: readonly unknown[]): void {
  const text = texts.map(String).join('\n');
  if (file !== undefined && text.trim() !== '')
    appendFileSync(file, `${JSON.stringify({ printed: text })}\n`);
}

/** Notes what must never be printed. A shorter text may well stand somewhere by chance. */
export function noteSecret(secret: string | undefined): void {
  if (file !== undefined && secret !== undefined && secret.length >= 8)
    appendFileSync(file, `${JSON.stringify({ secret })}\n`);
}

/** These print secrets to whoever asks them: that is what they are for. */
const KEEPERS = /^(?:git|gh|glab|secure-shell|docker-credential-.*)$/;
const SECRET_VARIABLE =
  /^(?:JCDS_TOKEN_(?!FILE$).*|GITLAB_TOKEN|GITHUB_TOKEN|GH_TOKEN|CI_JOB_TOKEN|TEST_TOKEN)$/;

type Call = (...args: unknown[]) => unknown;
type Program = readonly [file: unknown, ...rest: unknown[]];

function noteEnvironment(call: Program): void {
  for (const part of call) {
    const { env } = (typeof part === 'object' && part !== null ? part : {}) as { env?: NodeJS.ProcessEnv };
    for (const [name, value] of Object.entries(env ?? {})) if (SECRET_VARIABLE.test(name)) noteSecret(value);
  }
}

const isKeeper = ([program]: Program): boolean => KEEPERS.test(basename(String(program)));

/** A stream keeps its pace: what is pushed into it is noted on the way, and nobody listens earlier than before. */
function noteStream(stream: ChildProcess['stdout']): void {
  if (stream === null || stream === undefined) return;
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, ...rest: never[]) => {
    if (chunk !== null) notePrinted(chunk);
    return push(chunk, ...rest);
  };
}

/** What a call that waits has answered or thrown. */
function noteEnd(end: unknown): void {
  if (typeof end === 'string' || Buffer.isBuffer(end)) notePrinted(end);
  const { stdout, stderr } = (end ?? {}) as { stdout?: unknown; stderr?: unknown };
  notePrinted(stdout ?? '', stderr ?? '');
}

function watchPrograms(): void {
  const functions = childProcess as unknown as Record<string, Call>;
  for (const name of ['spawn', 'execFile', 'exec', 'fork']) {
    const start = functions[name]!;
    const noted: Call = (...call: unknown[]) => {
      noteEnvironment(call as unknown as Program);
      const child = start(...call) as ChildProcess;
      if (!isKeeper(call as unknown as Program))
        for (const stream of [child.stdout, child.stderr]) noteStream(stream);
      return child;
    };
    // promisify() looks for what the original carries.
    functions[name] = Object.defineProperties(noted, Object.getOwnPropertyDescriptors(start));
  }
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const run = functions[name]!;
    functions[name] = (...call: [unknown, ...unknown[]]) => {
      noteEnvironment(call);
      const note = isKeeper(call) ? () => {} : noteEnd;
      try {
        const end = run(...call);
        note(end);
        return end;
      } catch (thrown) {
        note(thrown);
        throw thrown;
      }
    };
  }
  syncBuiltinESMExports();
}

function watchServers(): void {
  for (const { prototype } of [http.Server, https.Server]) {
    const emit = prototype.emit as Call;
    prototype.emit = function (this: unknown, event: string, ...rest: unknown[]) {
      if (event === 'request') noteHeaders((rest[0] as http.IncomingMessage).headers);
      return emit.call(this, event, ...rest);
    } as typeof prototype.emit;
  }
}

function noteHeaders(headers: http.IncomingHttpHeaders): void {
  noteSecret(headers['private-token'] as string | undefined);
  for (const header of [headers.authorization, headers['proxy-authorization']]) {
    const [, scheme, value = ''] = /^(Basic|Bearer) (.+)$/i.exec(header ?? '') ?? [];
    noteSecret(value);
    if (scheme?.toLowerCase() === 'basic')
      noteSecret(
        Buffer.from(value, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      );
  }
}

if (file !== undefined) {
  watchPrograms();
  watchServers();
}
