import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { LookQuestion } from './cvmfs/look-question.ts';

/** A run of jcds that needs nothing of this host. */
export interface Rehearsal {
  readonly words: readonly string[];
  readonly input: string;
  readonly environment: Readonly<Record<string, string>>;
}

const REPOSITORY = 'containers.jinr.ru';
const IMAGE = 'rehearsal/image:1';
/** Answers as Apptainer does when it is tried, and starts nothing. */
const RUNTIME = `#!/bin/sh
case "$*" in
  --version) echo 'apptainer version 1.4.5'; exit ;;
esac
echo 'FATAL:   stat /jcds-probe: no such file or directory' >&2
exit 255
`;

/**
 * Makes a small repository and a runtime in `folder`, and says which runs to make of them.
 * @param launcher the process that the planning program takes for bin/jcds
 */
export function makeRehearsal(folder: string, launcher: number): readonly Rehearsal[] {
  const [root, home, programs] = [`${folder}/cvmfs`, `${folder}/home`, `${folder}/programs`];
  for (const directory of [home, programs]) mkdirSync(directory, { mode: 0o700 });
  writeFileSync(`${programs}/apptainer`, RUNTIME);
  chmodSync(`${programs}/apptainer`, 0o755);
  const directory = makeImage(`${root}/${REPOSITORY}`);
  const environment = {
    PATH: `${programs}:/usr/bin:/bin`,
    HOME: home,
    JCDS_CVMFS_ROOT: root,
    JCDS_NETWORK: 'false',
  };
  const run = (words: readonly string[], input = ''): Rehearsal => ({ words, input, environment });
  const question: LookQuestion = { ask: 'image', directory, listings: ['/', '/etc'] };
  return [
    run(['--jcds-plan', String(launcher), 'exec', '--runtime', 'apptainer', IMAGE, 'true']),
    run(['--jcds-look'], JSON.stringify(question)),
    run(['resolve', IMAGE]),
    run(['list']),
    run(['status', IMAGE]),
  ];
}

/** As `apptainer build` leaves one; answers its directory. */
function makeImage(repository: string): string {
  const directory = `${repository}/.images/00/${'0'.repeat(62)}`;
  for (const name of ['bin', 'etc', 'tmp', 'home', '.singularity.d/env'])
    mkdirSync(`${directory}/${name}`, { recursive: true });
  const texts = {
    '.singularity.d/Singularity': `bootstrap: docker\nfrom: ${IMAGE}\n`,
    '.singularity.d/runscript': `#!/bin/sh\nOCI_ENTRYPOINT=''\nOCI_CMD='"sh"'\n`,
    '.singularity.d/env/10-docker2singularity.sh': `#!/bin/sh\nexport PATH="/usr/bin:/bin"\nexport LANG="\${LANG:-"C.UTF-8"}"\n`,
    '.singularity.d/env/99-base.sh': '#!/bin/sh\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'etc/group': 'root:x:0:\n',
    'bin/true': '#!/bin/sh\n',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(`${directory}/${name}`, text);
  chmodSync(`${directory}/bin/true`, 0o755);
  writeFileSync(`${directory}/bin/sh`, Buffer.concat([elfHead(), Buffer.alloc(256)]));
  chmodSync(`${directory}/bin/sh`, 0o755);
  mkdirSync(`${repository}/rehearsal`, { recursive: true });
  symlinkSync(`../.images/00/${'0'.repeat(62)}`, `${repository}/${IMAGE}`);
  return directory;
}

/** The head of a static program for this processor (e_machine: 62 x86-64, 183 AArch64), without anything in it. */
function elfHead(): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(process.arch === 'arm64' ? 183 : 62, 18);
  head.writeUInt32LE(1, 20);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  return head;
}
