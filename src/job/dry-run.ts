import type { Configuration } from '../configuration/load.ts';
import type { Plan } from '../launch/plan.ts';
import { printableDocument, printableWord } from '../launch/printable-word.ts';
import type { Word } from '../launch/quote.ts';
import { jsonLine } from '../output/json.ts';
import { addressedVariables, jobEnvironment } from '../runtimes/environment.ts';
import type { Invocation, RunRequest } from '../runtimes/runtime.ts';
import { bindsIn } from '../runtimes/shown.ts';
import { launcherNames } from '../runtimes/withheld-variables.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import type { MadeRequest } from './make-request.ts';

/** A decided job, with the reason of each of its parts. */
export interface DryRun {
  /** With a `cwd` where the runtime could not start in the caller's. */
  readonly invocation: Invocation & Pick<Plan, 'cwd'>;
  /** The caller's own, which follow jcds' words. */
  readonly userArguments: readonly string[];
  readonly request: RunRequest;
  /** Names given by `--env` and `--env-file`, whose values are not shown; null: everything is. */
  readonly given: readonly string[] | null;
  readonly reasons: MadeRequest['reasons'];
  readonly image: {
    readonly name: string;
    readonly repository: string;
    readonly path: string;
    readonly target: string;
  };
  readonly runtime: { readonly name: string; readonly version: string };
  readonly configuration: Pick<Configuration, 'settings' | 'sources'>;
  readonly notes: readonly string[];
}

const MASK = '***';
/** Below 10, as in a plan. */
const HIGHEST_DESCRIPTOR = 9;

/**
 * The command that would run, to be pasted into a POSIX shell: variables that are set stand in front of it, `env -u`
 * takes others away, and what the runtime reads from descriptors follows as here-documents.
 */
export function commandLine(
  dryRun: Pick<DryRun, 'invocation' | 'userArguments' | 'request' | 'given'>,
): string {
  const { invocation, userArguments } = dryRun;
  const isMasked = maskedNames(dryRun);
  const inputs = (invocation.inputs ?? []).flatMap((text, index) =>
    isText(text) ? [{ text, end: delimiterFor(String(text)), descriptor: HIGHEST_DESCRIPTOR - index }] : [],
  );
  const { set, unset } = invocation.environment;
  const words = [
    ...(unset.length === 0 ? [] : ['/usr/bin/env', ...unset.flatMap(name => ['-u', name])]),
    invocation.file,
    ...withoutBytes(invocation).map(word =>
      typeof word === 'object' && 'input' in word ? String(HIGHEST_DESCRIPTOR - word.input) : word,
    ),
    ...userArguments,
  ];
  const assignments = set.map(([name, value]) => `${name}=${printableWord(isMasked(name) ? MASK : value)}`);
  const here = inputs.map(({ end, descriptor }) => `${descriptor}<<${end}`);
  const documents = inputs.map(({ text, end }) => `\n${printableDocument(text)}${end}`);
  const start = invocation.cwd === undefined ? '' : `cd ${printableWord(invocation.cwd)} && `;
  return `${start}${[...assignments, ...words.map(printableWord), ...here].join(' ')}${documents.join('')}`;
}

/** No here-document can hold a zero byte: an option that reads such an input is left out, as docs/security.md says. */
function withoutBytes({ args, inputs = [] }: Invocation): Invocation['args'] {
  const isOfBytes = (word: Invocation['args'][number] | undefined): boolean =>
    typeof word === 'object' && 'input' in word && !isText(inputs[word.input]!);
  return args.filter((word, at) => !isOfBytes(word) && !isOfBytes(args[at + 1]));
}

function isText(input: Word): boolean {
  return !input.includes('\0');
}

/** A word that is no line of the text: nothing from an image may end its here-document. */
function delimiterFor(text: string): string {
  const lines = new Set(text.split('\n'));
  let end = 'JCDS';
  while (lines.has(end)) end += '_';
  return end;
}

/** Values of `--env` are not shown, and neither are those that the caller has addressed to the container. */
function maskedNames({ request, given }: Pick<DryRun, 'request' | 'given'>): (name: string) => boolean {
  if (given === null) return () => false;
  const hidden = [...given, ...addressedVariables(request.environment.host).keys()];
  const names = new Set(hidden.flatMap(launcherNames));
  return name => names.has(name);
}

/** The whole plan for programs: each part says why it is so. Masked like the command line. */
export function explainJson(dryRun: DryRun): string {
  const { invocation, userArguments, request, image, runtime, reasons, notes } = dryRun;
  const isMasked = maskedNames(dryRun);
  const { settings, sources } = dryRun.configuration;
  return jsonLine({
    schemaVersion: SCHEMA_VERSION,
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
      args: withoutBytes(invocation),
      inputs: (invocation.inputs ?? []).map(input => (isText(input) ? input : null)),
      cwd: invocation.cwd ?? null,
      userArguments,
      words: request.words,
    },
    environment: {
      policy: request.environment.policy,
      set: invocation.environment.set.map(([name, value]) => ({
        name,
        value: isMasked(name) ? MASK : value,
      })),
      unset: invocation.environment.unset,
      variables: [...jobEnvironment(request).variables.values()].map(({ name, value, from }) => ({
        name,
        value: from === 'host' || from === 'addressed' ? undefined : isMasked(name) ? MASK : value,
        from,
      })),
    },
    binds: bindsIn(request.shown),
    workdir: request.shown.cwd,
    home: {
      path: request.shown.home.path,
      source: request.shown.home.kind === 'host' ? request.shown.home.source : null,
    },
    gpu: request.gpu,
    user: request.user,
    reasons,
    settings: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [
        key,
        { value, from: sources[key as keyof typeof settings] ?? 'default' },
      ]),
    ),
    notes,
  });
}
