import { accessSync, constants } from 'node:fs';
import { runChild } from '../../cvmfs/bounded-child.ts';
import { readText } from '../../files/read.ts';
import { findGpu } from '../../runtimes/gpu.ts';
import { probeContext } from '../../runtimes/probe-context.ts';
import { USERNS_CURE } from '../../runtimes/userns.ts';
import type { Check, Finding } from '../finding.ts';

/** What the kernel lets this user do, and which GPUs there are. */
export const host: Check = async ({ limit }, context) => [
  await userNamespaces(limit, context.environment.PATH),
  fuse(),
  await gpu(context),
];

/** Tried out: the kernel, seccomp, AppArmor and limits each can forbid it. */
async function userNamespaces(timeout: number, PATH = '/usr/bin:/bin'): Promise<Finding> {
  const subject = 'user namespaces';
  const run = await runChild({
    file: 'unshare',
    args: ['-rm', 'true'],
    environment: { PATH },
    timeout,
    limit: 1024,
  });
  if (run.state === 'not-started')
    return {
      subject,
      state: 'note',
      finding: 'not tried: unshare is not installed',
      cure: 'install util-linux',
    };
  if (run.state === 'ended' && run.code === 0)
    return { subject, state: 'well', finding: 'an ordinary user can make them' };
  const values = LIMITS.flatMap(file => {
    const value = switchAt(file);
    return value === null ? [] : [`${file.slice('/proc/sys/'.length).replaceAll('/', '.')} = ${value}`];
  });
  return { subject, state: 'note', finding: `cannot be made here (${values.join(', ')})`, cure: USERNS_CURE };
}

const LIMITS = [
  '/proc/sys/user/max_user_namespaces',
  '/proc/sys/kernel/unprivileged_userns_clone',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
];

function switchAt(file: string): string | null {
  try {
    return readText('system', file).trim();
  } catch {
    return null; // this kernel has no such switch
  }
}

function fuse(): Finding {
  const subject = '/dev/fuse';
  try {
    accessSync(subject, constants.R_OK | constants.W_OK);
    return { subject, state: 'well', finding: 'can be opened: a user can mount CVMFS without root' };
  } catch {
    const finding = 'cannot be opened: only an administrator can mount CVMFS here';
    return { subject, state: 'note', finding };
  }
}

async function gpu({ environment, uid }: Parameters<Check>[1]): Promise<Finding> {
  const found = await findGpu(probeContext(environment, uid));
  const named = (['nvidia', 'rocm'] as const).flatMap(name => {
    const { devices, libraries } = found[name];
    const isThere = name === 'nvidia' ? devices.length > 0 : devices.includes('/dev/kfd');
    return isThere ? [`${name}: ${devices.length} device files, ${libraries.length} libraries`] : [];
  });
  return { subject: 'GPU', state: 'well', finding: named.length === 0 ? 'none' : named.join('; ') };
}
