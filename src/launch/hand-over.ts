import { freeDescriptors, type LauncherEnvironment } from './launcher-environment.ts';
import { type Plan, renderPlan } from './plan.ts';

/**
 * The plan for this launcher, as its shell evaluates it. Without a launcher (in a test) as one with nothing open would.
 * @throws UnholdableNameError, WordTooLongError, NoFreeDescriptorError
 */
export function renderFor(launcher: number | null, plan: Plan, environment: LauncherEnvironment): Buffer {
  const descriptors = launcher === null || !plan.inputs?.length ? undefined : freeDescriptors(launcher);
  return renderPlan(plan, environment, descriptors);
}
