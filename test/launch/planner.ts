// The program of the launcher's tests: says what `planner.json` beside it says, in place of dist/jcds.cjs.
import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emitPlan, PLAN_DESCRIPTOR, watchLauncher } from '../../src/launch/emit.ts';
import { freeDescriptors, readLauncherEnvironment } from '../../src/launch/launcher-environment.ts';
import { type Plan, renderExit, renderPlan } from '../../src/launch/plan.ts';
import { ignoreAsLauncher } from '../../src/launch/signals.ts';

/** What the program is to do; words of the plan are written as `{ base64 }` where they are no UTF-8. */
export type Script =
  | { kind: 'plan'; plan: Plan }
  | { kind: 'exit'; code: number }
  /** Writes these bytes as they are and ends with this status. */
  | { kind: 'raw'; base64: string; status: number }
  /** Says that it has started (its process id in the file) and plans until it is told otherwise. */
  | { kind: 'forever'; started: string; watch: boolean }
  /** Says that it has started, and writes the plan only when the launcher has died. */
  | { kind: 'late'; started: string; plan: Plan }
  /** Says that it has started, and writes the plan when the file is there. */
  | { kind: 'until'; started: string; release: string; plan: Plan };

const launcher = Number(process.argv[3]);
// A standalone is one file: what it calls its directory is inside it.
const folder = 'bun' in process.versions ? dirname(process.execPath) : __dirname;
const text = readFileSync(join(folder, 'planner.json'), 'utf8');
act(JSON.parse(text, reviveWord) as Script);

function act(script: Script): void {
  if (script.kind === 'plan') finish(render(script.plan));
  else if (script.kind === 'exit') finish(renderExit(script.code));
  else if (script.kind === 'raw') {
    writeSync(PLAN_DESCRIPTOR, Buffer.from(script.base64, 'base64'));
    process.exit(script.status);
  } else if (script.kind === 'forever') {
    ignoreAsLauncher(launcher);
    if (script.watch) watchLauncher(launcher, () => process.exit(125));
    setInterval(() => {}, 1000);
    writeFileSync(script.started, String(process.pid));
  } else {
    ignoreAsLauncher(launcher);
    const plan = render(script.plan);
    const due = script.kind === 'late' ? () => process.ppid !== launcher : () => existsSync(script.release);
    setInterval(() => due() && finish(plan), 5);
    writeFileSync(script.started, String(process.pid));
  }
}

function render(plan: Plan): Buffer {
  return renderPlan(plan, readLauncherEnvironment(launcher), freeDescriptors(launcher));
}

function finish(plan: Buffer): void {
  process.exit(emitPlan(plan, launcher) ? 0 : 125);
}

function reviveWord(_key: string, value: unknown): unknown {
  const bytes = value as { base64?: string; kind?: string } | null;
  return typeof bytes === 'object' && typeof bytes?.base64 === 'string' && bytes.kind === undefined
    ? Buffer.from(bytes.base64, 'base64')
    : value;
}
