import { spawnSync } from 'node:child_process';

/** Somebody who runs jobs: the ordinary user of the host tests, or root. */
export interface Person {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** The command that becomes this person. */
  readonly become: readonly string[];
}

/** The ordinary user's name. */
export const user = process.env.JCDS_TEST_USER ?? 'jcdstest';

/** Everybody whom this test can become. */
export function people(): Person[] {
  const [, , uid, gid, , home] = spawnSync('getent', ['passwd', user], { encoding: 'utf8' })
    .stdout.trim()
    .split(':');
  return [
    {
      name: user,
      uid: Number(uid),
      gid: Number(gid),
      home: home!,
      become: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--inh-caps=-all', '--'],
    },
    { name: 'root', uid: 0, gid: 0, home: '/root', become: [] },
  ];
}
