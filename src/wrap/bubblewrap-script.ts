import { quoteWord } from '../launch/quote.ts';
import { gpuLibraryPattern } from '../runtimes/gpu.ts';
import { RUNTIME_NAMES, RUNTIMES } from '../runtimes/index.ts';
import { UnsupportedByRuntimeError } from '../runtimes/select.ts';
import { bindLines } from './binds-script.ts';
import { failLine, TEXT } from './failures.ts';
import { gpuLibraries } from './gpu-libraries-script.ts';
import { CONTAINED_CWD, placeLines } from './places-script.ts';
import {
  ADDRESSED_SCRIPT,
  GIVE_PLAIN,
  isCallers,
  PLAIN_FINISH,
  plainVariables,
  USUAL_PLACES,
} from './plain-environment-script.ts';
import { plainImage } from './plain-image-script.ts';
import type { ScriptOptions } from './script-options.ts';
import { knownLinks, showRoot } from './show-root-script.ts';
import { accountsScript, GATHER_BINDS, GPU_DEVICES, INPUT, skeletonLines, ZONE } from './skeleton-script.ts';
import { becomeRuntime, chooseGpu, findProgram } from './start-script.ts';
import { TREE } from './tree-script.ts';

/** The functions that a script for bubblewrap has besides those of every script. */
export function bubblewrapFunctions(requested: ScriptOptions): string[] {
  return [
    // Directories of the image that the script reads: the look sees them first, within its bound.
    "jcds_deep='etc home var .singularity.d/env'",
    GATHER_BINDS,
    INPUT,
    GIVE_PLAIN,
    isCallers(requested.policy),
    ADDRESSED_SCRIPT,
    USUAL_PLACES,
    plainImage(requested),
    knownLinks(requested.recorded),
    TREE,
    showRoot(requested.image.repository),
    accountsScript(requested.recorded),
    ZONE,
    ...(requested.gpu === 'none' ? [] : gpuFunctions(requested.contain)),
  ];
}

function gpuFunctions(contain: boolean): string[] {
  const libraries = gpuLibraries(gpuLibraryPattern('nvidia'), gpuLibraryPattern('rocm'));
  return contain ? [GPU_DEVICES, libraries] : [libraries];
}

/** Lines of the function that becomes bubblewrap: what src/runtimes/bubblewrap.ts decides, decided by the script. */
export function bubblewrapLines(requested: ScriptOptions, starting: readonly string[]): string[] {
  const { contain, workdir, runtimeArguments } = requested;
  return [
    ...refuseFiles(),
    ...findProgram(requested.program),
    ...plainVariables(requested),
    ...placeLines(requested),
    ...chooseGpu(requested.gpu),
    ...bindLines(requested, { showsCwd: false, opens: true }),
    ...(contain && workdir === null ? CONTAINED_CWD : []),
    'jcds_check "$1"',
    ...skeletonLines(requested),
    'jcds_option --chdir "$jcds_cwd"',
    ...(runtimeArguments.length > 0 ? [`jcds_option ${runtimeArguments.map(quoteWord).join(' ')}`] : []),
    'jcds_options=$jcds_options$jcds_head',
    ...PLAIN_FINISH,
    ...becomeRuntime(starting, '\\"\\$jcds_program\\" $jcds_options -- \\"\\$@\\"$jcds_inputs$jcds_bodies'),
  ];
}

/** A tag may lead to an image file one day. */
function refuseFiles(): string[] {
  const able = RUNTIME_NAMES.filter(name => RUNTIMES[name].images.includes('file'));
  const refusal = new UnsupportedByRuntimeError(`bubblewrap runs no image that is one file: ${TEXT}`, able);
  return ['case $jcds_result in', `  file) ${failLine(refusal)} ;;`, 'esac'];
}
