import { toBytes } from '../launch/bytes.ts';
import { jobEnvironment } from '../runtimes/environment.ts';
import { launcherNames } from '../runtimes/held.ts';
import type { Invocation, RunRequest } from '../runtimes/runtime.ts';

/** What a dry run shows of a job: an invocation and the caller's own arguments. */
export interface DryRun {
  readonly invocation: Invocation;
  readonly userArguments: readonly string[];
  /** Names given by `--env` and `--env-file`, whose values are masked. Their values stand in no argument list. */
  readonly masked: readonly string[];
}

const MASK = '***';

/**
 * The command that would run, as text to paste into a shell: changes of the environment by `env`, the runtime with
 * jcds' words and the caller's arguments, and what the runtime reads from descriptors as here-documents.
 */
export function commandLine({ invocation, userArguments, masked }: DryRun): string {
  const inputs = invocation.inputs ?? [];
  const hidden = new Set(masked.flatMap(launcherNames));
  const { set, unset } = invocation.environment;
  const changes = [
    ...unset.flatMap(name => ['-u', name]),
    ...set.map(([name, value]) => `${name}=${hidden.has(name) ? MASK : String(value)}`),
  ];
  const words = invocation.args.map(word =>
    typeof word === 'object' && 'input' in word ? String(9 - word.input) : String(word),
  );
  const line = [
    ...(changes.length === 0 ? [] : ['env', ...changes]),
    invocation.file,
    ...words,
    ...userArguments,
  ];
  const here = inputs.map((_, index) => ` ${9 - index}<<'JCDS${index}'`);
  const documents = inputs.map((text, index) => `\n${String(text)}JCDS${index}`);
  return `${line.map(quote).join(' ')}${here.join('')}${documents.join('')}`;
}

/** Quotes a word for a POSIX shell, leaving harmless ones bare. Bytes that are not UTF-8 are shown as U+FFFD. */
export function quote(word: string): string {
  const text = toBytes(word).toString();
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A decided job, with the reason of each of its parts. */
export interface Explained extends DryRun {
  readonly request: RunRequest;
  readonly image: {
    readonly name: string;
    readonly repository: string;
    readonly path: string;
    readonly target: string;
  };
  readonly runtime: { readonly name: string; readonly version: string };
}

/** The whole plan for programs: each bind and variable says where it comes from. Masked like the command line. */
export function explainJson({
  invocation,
  userArguments,
  masked,
  request,
  image,
  runtime,
}: Explained): string {
  const hidden = new Set(masked);
  return JSON.stringify({
    schemaVersion: 1,
    image: {
      name: image.name,
      repository: image.repository,
      path: image.path,
      target: image.target,
      configuration: request.image.facts?.config.source ?? null,
    },
    runtime,
    command: {
      file: invocation.file,
      args: invocation.args,
      userArguments,
    },
    environment: {
      policy: request.environment.policy,
      variables: [...jobEnvironment(request).variables.values()].map(({ name, value, from }) => ({
        name,
        value: hidden.has(name) ? MASK : from === 'host' ? undefined : value,
        from,
      })),
    },
    binds: request.binds,
    workdir: request.cwd,
    home: request.home,
    gpu: request.gpu,
    user: request.user,
  });
}
