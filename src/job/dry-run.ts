import { toBytes } from '../launch/bytes.ts';
import { jobEnvironment } from '../runtimes/environment.ts';
import type { Invocation, RunRequest } from '../runtimes/runtime.ts';

/** What a dry run shows of a job: an invocation and the caller's own arguments. */
export interface DryRun {
  readonly invocation: Invocation;
  readonly userArguments: readonly string[];
  /** Values given by `--env` and `--env-file`: masked wherever they stand. Empty: nothing is masked. */
  readonly masked: readonly string[];
}

const MASK = '***';

/**
 * The command that would run, as text to paste into a shell: changes of the environment by `env`, the runtime with
 * jcds' words and the caller's arguments, and what the runtime reads from descriptors as here-documents.
 */
export function commandLine({ invocation, userArguments, masked }: DryRun): string {
  const inputs = invocation.inputs ?? [];
  const mask = (text: string) =>
    masked.reduce((shown, value) => (value === '' ? shown : shown.replaceAll(value, MASK)), text);
  const { set, unset } = invocation.environment;
  const changes = [
    ...unset.flatMap(name => ['-u', name]),
    ...set.map(([name, value]) => `${name}=${mask(String(value))}`),
  ];
  const words = invocation.args.map(word =>
    typeof word === 'object' && 'input' in word ? String(9 - word.input) : String(word),
  );
  const line = [
    ...(changes.length === 0 ? [] : ['env', ...changes]),
    invocation.file,
    ...words.map(mask),
    ...userArguments,
  ];
  const here = inputs.map((_, index) => ` ${9 - index}<<'JCDS${index}'`);
  const documents = inputs.map((text, index) => `\n${mask(String(text))}JCDS${index}`);
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
  const mask = (value: string) => (masked.includes(value) && value !== '' ? MASK : value);
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
      args: invocation.args.map(word => (typeof word === 'string' ? mask(word) : word)),
      userArguments,
    },
    environment: {
      policy: request.environment.policy,
      variables: [...jobEnvironment(request).variables.values()].map(({ name, value, from }) => ({
        name,
        value: from === 'set' ? mask(value) : from === 'host' ? undefined : value,
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
