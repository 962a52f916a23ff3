// Stands in for src/main.ts in the tests of src/entry.ts: the first word behind the verb says what happens.
import type { Outcome } from '../../src/call.ts';
import type { Context } from '../../src/context.ts';
import { renderFor } from '../../src/launch/hand-over.ts';
import { readLauncherEnvironment } from '../../src/launch/launcher-environment.ts';
import type { Plan } from '../../src/launch/plan.ts';

export async function main(args: readonly string[], context: Context): Promise<Outcome> {
  const [, act, ...rest] = args;
  const plan = { shift: 2, file: '/usr/bin/printf', args: ['%s|'], environment: { set: [], unset: [] } };
  switch (act) {
    case 'plan':
      return render(plan, context);
    case 'words':
      return render({ ...plan, shift: args.length, args: ['%s|', ...rest] }, context);
    case 'print':
      return { kind: 'exit', code: context.stdout.write('out\n') && context.stderr.write('err\n') ? 0 : 3 };
    case 'context': {
      const { cwd, uid, home, userName, self, launcherPid, stdin, stdout } = context;
      const facts = {
        cwd,
        uid,
        home,
        userName,
        self,
        planned: launcherPid !== null,
        tty: [stdin.isTerminal, stdout.isTerminal],
        columns: stdout.columns,
      };
      context.stdout.write(JSON.stringify(facts));
      return { kind: 'exit', code: 0 };
    }
    case 'bug':
      throw new TypeError('a bug');
    default:
      return { kind: 'exit', code: Number(act) };
  }
}

function render(plan: Plan, { launcherPid }: Context): Outcome {
  const environment = readLauncherEnvironment(launcherPid ?? process.pid);
  return { kind: 'plan', plan: renderFor(launcherPid, plan, environment) };
}
