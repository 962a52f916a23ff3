import { readdirSync } from 'node:fs';
import type { JobEnvironment } from './environment.ts';
import type { ProbeContext, RunRequest, RuntimeHost } from './runtime.ts';

type Gpu = NonNullable<RunRequest['gpu']>;

/** What the host has for a GPU: what Apptainer's --nv and --rocm bring into the container. */
export type GpuFacts = Record<
  Gpu,
  { readonly libraries: readonly string[]; readonly devices: readonly string[] }
>;

/** Where Apptainer shows the libraries inside; images look there by habit. */
export const GPU_LIBRARIES = '/.singularity.d/libs';

const PROBE_TIMEOUT = 5_000;

/** Names of libraries and devices (Apptainer 1.4's nvliblist.conf and rocmliblist.conf, in general terms). */
const NAMES: Record<Gpu, { readonly library: RegExp; readonly device: RegExp }> = {
  nvidia: {
    library:
      /^lib(?:cuda|cudadebugger|nv(?:idia|cuvid|optix).*|vdpau_nvidia|E?GL(?:X|ESv[12]_CM|ESv[12]|dispatch)?(?:_nvidia)?|OpenGL|OpenCL|gdsto.*)(?:\.so|-).*/,
    device: /^nvidia/,
  },
  rocm: {
    library: /^lib(?:amd|hip|hsa|roc|MIOpen|OpenCL|drm|numa|pciaccess|comgr).*\.so/,
    device: /^(?:kfd|dri)$/,
  },
};

/** Reads the loader's cache and /dev, for a probe. Without ldconfig or GPU: nothing found. */
export async function findGpu(search: ProbeContext, devices = '/dev'): Promise<GpuFacts> {
  const ldconfig = search.which('ldconfig');
  const listing = ldconfig === null ? '' : (await search.run(ldconfig, ['-p'], PROBE_TIMEOUT)).stdout;
  const names = namesIn(devices);
  const found = (gpu: Gpu) => ({
    libraries: librariesOf(listing, NAMES[gpu].library),
    devices: names.filter(name => NAMES[gpu].device.test(name)).map(name => `${devices}/${name}`),
  });
  return { nvidia: found('nvidia'), rocm: found('rocm') };
}

/** Lines are `<tab>libcuda.so.1 (libc6,x86-64) => /lib/…/libcuda.so.1`; of one name the loader takes the first. */
function librariesOf(listing: string, wanted: RegExp): string[] {
  const first = new Map<string, string>();
  const is64 = /,(?:x86-64|AArch64|64bit)/;
  for (const [, name = '', flags = '', path = ''] of listing.matchAll(/^\t(\S+) \(([^)]*)\) => (\/\S+)$/gm))
    if (wanted.test(name) && is64.test(`,${flags}`) && !first.has(name)) first.set(name, path);
  return [...first.values()];
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** The names of a GPU's libraries as an extended regular expression (POSIX) for their beginning, without the anchor. */
export function gpuLibraryPattern(gpu: Gpu): string {
  return NAMES[gpu].library.source.slice(1).replaceAll('(?:', '(').replaceAll('.*', '[^ ]*');
}

/** What a request needs of the host's GPU; nothing where it wants none. */
export function gpuOf(request: RunRequest, host: RuntimeHost): GpuFacts[Gpu] {
  const facts = host.facts.gpu as GpuFacts | undefined;
  return (request.gpu === null ? undefined : facts?.[request.gpu]) ?? { libraries: [], devices: [] };
}

/** The environment with the place of the host's libraries behind the job's own, as Apptainer has it. */
export function withGpuLibraries(environment: JobEnvironment, request: RunRequest): JobEnvironment {
  if (request.gpu === null) return environment;
  const name = 'LD_LIBRARY_PATH';
  const before = environment.variables.get(name);
  const value =
    before === undefined || before.value === '' ? GPU_LIBRARIES : `${before.value}:${GPU_LIBRARIES}`;
  return {
    ...environment,
    variables: new Map([...environment.variables, [name, { name, value, from: before?.from ?? 'jcds' }]]),
  };
}
