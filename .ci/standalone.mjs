// Builds the standalone: jcds for hosts without Node.js, a directory of a launcher, one executable, completions, the
// manual page and the licence notes. `npm run build:standalone [-- DIRECTORY [ARCHITECTURE…]]`; see docs/installation.md.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { common, version } from './bundle.mjs';
import { ARCHITECTURES, compiler, compilerVersion, hostArchitecture } from './compiler.mjs';
import { readElf } from './elf.mjs';
import { notices } from './notices.mjs';

const root = resolve(import.meta.dirname, '..');
const MACHINES = { 'linux-x64': 'x86_64', 'linux-arm64': 'aarch64' };
// No .env, bunfig.toml or tsconfig.json of the caller's directory is read: it may be somebody else's clone.
const SEALED = ['dotenv', 'bunfig', 'tsconfig', 'package-json'].map(name => `--no-compile-autoload-${name}`);

// How much later than usual functions are made into machine code: in a start of 20 ms they never pay for it (28 ms of
// processor time with 1, 20 with 20; a loop of 0.3 s takes twice as long with 20, SQLite in WebAssembly as long as before).
const PATIENCE = 10;

/** node:path that keeps every byte, for jcds and its packages. */
const ownPath = {
  name: 'own-path',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^(node:)?path$/ }, () => ({
      path: join(root, 'src/standalone/path.ts'),
    }));
  },
};

/**
 * Compiles a TypeScript program into one executable.
 * @returns the paths of all that went into it
 */
export async function compile(entry, outfile, architecture = hostArchitecture) {
  const work = mkdtempSync(join(tmpdir(), 'jcds-standalone-'));
  try {
    const bundle = join(work, 'jcds.cjs');
    // esbuild first: so the undici that runs is the real one (Bun would put a stub in its place, which ignores what
    // ProxyAgent is told), and the code is the same as npm's.
    const { metafile } = await build({
      ...common,
      entryPoints: [entry],
      outfile: bundle,
      nodePaths: [join(root, 'node_modules')],
      format: 'cjs',
      minify: true,
      metafile: true,
      // There is no package beside a standalone: src/cvmfs/attributes.ts asks for one in vain.
      // The same bytes wherever it is built: Bun would write this directory's name for the last two.
      define: {
        ...common.define,
        'import.meta.url': 'undefined',
        __filename: '"/jcds.cjs"',
        __dirname: '"/"',
      },
      plugins: [ownPath],
      logOverride: { 'empty-import-meta': 'silent' },
    });
    const words = [
      'build',
      '--compile',
      '--bytecode',
      `--compile-jit-policy=${PATIENCE}`,
      ...SEALED,
      `--target=bun-${architecture}`,
    ];
    words.push(`--compile-executable-path=${compiler(architecture)}`, `--outfile=${outfile}`, bundle);
    execFileSync(compiler(hostArchitecture), words, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
    return Object.keys(metafile.inputs);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Puts the launcher and what else surrounds the executable into `directory`. */
export function furnish(directory, architecture = hostArchitecture) {
  for (const name of ['bin', 'libexec', 'completions', 'share/man/man1'])
    mkdirSync(join(directory, name), { recursive: true });
  const { interpreter, glibc } = readElf(compiler(architecture));
  copyFileSync(join(root, 'bin/jcds'), join(directory, 'bin/jcds'));
  chmodSync(join(directory, 'bin/jcds'), 0o755);
  writeFileSync(join(directory, 'libexec/host'), `${interpreter} ${glibc} ${MACHINES[architecture]}\n`);
  writeFileSync(join(directory, 'VERSION'), `${version}\n`);
  cpSync(join(root, 'completions'), join(directory, 'completions'), { recursive: true });
  copyFileSync(join(root, 'docs/jcds.1'), join(directory, 'share/man/man1/jcds.1'));
}

/** The whole standalone in `directory`, which is made anew. */
export async function buildStandalone(directory, architecture = hostArchitecture) {
  rmSync(directory, { recursive: true, force: true });
  furnish(directory, architecture);
  const inputs = await compile('src/entry.ts', join(directory, 'libexec/jcds'), architecture);
  copyFileSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  writeFileSync(join(directory, 'NOTICES'), notices(inputs, compilerVersion));
  copyFileSync(join(import.meta.dirname, 'licences/LGPL-2.1'), join(directory, 'LGPL-2.1'));
}

if (process.argv[1] === import.meta.filename) {
  const [directory = join(root, 'standalone'), ...architectures] = process.argv.slice(2);
  for (const architecture of architectures.length > 0 ? architectures : ARCHITECTURES) {
    const made = resolve(directory, architecture);
    await buildStandalone(made, architecture);
    console.log(made);
  }
}
