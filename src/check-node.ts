// Imported first by entry.ts, before anything that an old Node.js lacks: says which one is needed. The start-up
// bundle is lowered to the syntax of Node.js 10 for this (.ci/build.mjs), so that RHEL 8's own gets as far as here.

/** The oldest Node.js that jcds runs on: engines in package.json. */
const OLDEST = [20, 18] as const;

/** Whether `version` (`20.18.1`) is older than jcds can use. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

if (isTooOld(process.versions.node)) {
  process.stderr.write(
    `jcds: Node.js ${process.versions.node} is too old\n` +
      'hint: install Node.js 20.18.1 or newer, or name it: JCDS_NODE=/path/to/node\n',
  );
  // As in bin/jcds: 125 where a plan was asked for, 2 elsewhere.
  process.exit(process.argv[2] === '--jcds-plan' ? 125 : 2);
}
