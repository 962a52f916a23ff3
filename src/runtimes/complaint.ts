import { isUtf8 } from './apptainer-environment.ts';
import { addressedVariables } from './environment.ts';
import type { RunRequest, Runtime } from './runtime.ts';
import { bindsIn, sourcesIn } from './shown.ts';

/** What this runtime cannot do of a request, as the sentence that the error before exec says; null: it can do it. */
export function complaint(runtime: Runtime, request: RunRequest): string | null {
  if (!runtime.images.includes(request.image.kind))
    return `${runtime.name} runs no image that is one file: ${request.image.path}`;
  const asked: Record<keyof Runtime['cannot'], boolean> = {
    gpu: request.gpu !== null,
    writableTmpfs: request.writableTmpfs,
    contain: request.contain,
    terminal: request.interactive,
    stdin: request.hasInput,
    runtimeArguments: request.runtimeArguments.length > 0,
    bytes: ![...placesOf(request), ...namesOf(runtime, request)].every(isUtf8),
    dev: isBound('/dev', request),
    proc: isBound('/proc', request) && !(runtime.showsHostsProc === true && isHostsProc(request)),
    pwd: isOtherPwd(request),
    entries: false, // known once they are listed
  };
  const options = Object.keys(asked) as (keyof typeof asked)[];
  return (
    options
      .filter(option => asked[option])
      .map(option => runtime.cannot[option])
      .find(text => text !== undefined) ??
    runtime.refuses?.(request) ??
    null
  );
}

function isOtherPwd({ environment, shown }: RunRequest): boolean {
  const given = new Map([...addressedVariables(environment.host), ...environment.set]).get('PWD');
  return given !== undefined && given !== shown.cwd;
}

/** Names in the image's root, where a runtime is told each of them. */
function namesOf({ root }: Runtime, { image }: RunRequest): readonly string[] {
  return root === undefined ? [] : (image.facts?.directories['/'] ?? []).map(({ name }) => name);
}

/** What is bound at /proc is the host's own. */
function isHostsProc({ shown }: RunRequest): boolean {
  return bindsIn(shown).every(({ source, destination }) => destination !== '/proc' || source === '/proc');
}

function isBound(place: string, { shown }: RunRequest): boolean {
  return bindsIn(shown).some(({ destination }) => destination === place);
}

function placesOf({ image, shown }: RunRequest): readonly string[] {
  return [image.path, shown.cwd, shown.home.path, ...shown.places.map(({ at }) => at), ...sourcesIn(shown)];
}
