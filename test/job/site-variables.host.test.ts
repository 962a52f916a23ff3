import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { HostSetting, imageInCvmfs } from '../cli/host-setting.ts';
import { surroundingsOf, usableBy } from '../contract/containers.ts';

// What sites and their users set for Apptainer, typed by hand: every runtime is held to what Apptainer makes of it.
const host = new HostSetting();
const user = host.people.find(({ uid }) => uid !== 0)!;
const away = mkdtempSync('/srv/jcds-site-');
chmodSync(away, 0o755);
const IMAGE = 'library/debian:12';
/** One program is tried by one of its names. */
const runtimes = usableBy(user).filter(name => name !== 'singularity');
const surroundings = Object.fromEntries(
  await Promise.all(runtimes.map(async name => [name, await surroundingsOf(name, user)] as const)),
);
afterAll(async () => {
  for (const { close } of Object.values(surroundings)) await close?.();
  host.remove();
  rmSync(away, { recursive: true });
});

const [eos, lustre, data] = ['eos', 'lustre', 'data'].map(name => {
  const directory = join(away, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'f'), `${name}\n`);
  chownSync(directory, user.uid, user.gid);
  return directory;
}) as [string, string, string];
/** A home that is not below /tmp. */
const home = join(away, 'home');
mkdirSync(home);
chownSync(home, user.uid, user.gid);
const ef = join(away, 'f-of-eos');
writeFileSync(ef, 'f of eos\n');

type Variables = Readonly<Record<string, string>>;

function byHand(script: string, env: Variables, options: readonly string[] = []) {
  const image = imageInCvmfs(`containers.jinr.ru/${IMAGE}`);
  return host.run(user, ['apptainer', '-s', 'exec', ...options, image, 'sh', '-c', script], { env });
}

describe.each(runtimes)('%s', runtime => {
  const exec = (script: string, env: Variables, options: readonly string[] = []) =>
    host.jcds(user, ['exec', '--runtime', runtime, ...options, IMAGE, 'sh', '-c', script], {
      env,
      around: surroundings[runtime]!,
    });
  const good = (stdout: string) => ({ code: 0, stdout, stderr: '' });

  test.each<Variables>([
    { SINGULARITY_BINDPATH: `${eos},${lustre}:/data/lustre:ro` },
    { APPTAINER_BIND: `${eos}, ${lustre}`, APPTAINER_BINDPATH: data },
    { APPTAINER_BIND: '', SINGULARITY_BIND: lustre, SINGULARITY_BINDPATH: data },
    { APPTAINER_BIND: `${eos}:/mnt,${lustre}:/mnt`, APPTAINER_BINDPATH: `${data}:/mnt` },
    { APPTAINER_MOUNT: `type=bind,src=${eos},dst=/mnt`, APPTAINER_BIND: ef },
  ])('%j shows what Apptainer shows', variables => {
    const script = `for at in ${eos} ${lustre} ${data} /mnt /data/lustre; do
  [ -f $at/f ] || continue; echo "$at is $(cat $at/f)"; touch $at/new 2>/dev/null && rm $at/new && echo "$at is writable"
done; cat ${ef} 2>/dev/null; :`;
    const bare = byHand(script, variables);
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(exec(script, variables)).toEqual(bare);
  });

  test('what is typed comes first, then the configuration, then these; --contain keeps them', () => {
    const env = { APPTAINER_BIND: `${eos}:/mnt,${eos}:/opt/site` };
    const configured = { JCDS_BINDS: `${lustre}:/mnt,${lustre}:/opt/both` };
    const script = 'cat /mnt/f /opt/site/f';
    expect(exec(script, env)).toEqual(good('eos\neos\n'));
    expect(exec(script, { ...env, ...configured })).toEqual(good('lustre\neos\n'));
    expect(exec(script, { ...env, ...configured }, ['-B', `${data}:/mnt`])).toEqual(good('data\neos\n'));
    const contained = { ...env, HOME: home };
    expect(exec(script, contained, ['--contain'])).toEqual(byHand(script, contained, ['--contain']));
  });

  test('a missing source is left out, with a note; what cannot be understood is named', () => {
    const env = { APPTAINER_BIND: `/no/such:/mnt,${eos}` };
    expect(exec(`cat ${eos}/f`, env)).toEqual(good('eos\n'));
    expect(exec(':', env, ['-v']).stderr).toContain('/no/such does not exist: not shown in the container');
    const { code, stderr } = exec(':', { SINGULARITY_BIND: `${eos}:/mnt:odd` });
    expect([code, stderr.split('\n')[0]]).toEqual([
      125,
      `jcds: SINGULARITY_BIND ${JSON.stringify(`${eos}:/mnt:odd`)}: "odd" is neither ro nor rw`,
    ]);
  });

  const SHOW = 'echo "own=$OWN https_proxy=$https_proxy px=$X509_USER_PROXY path=$PATH"';
  const own = { OWN: 'mine', https_proxy: 'http://site:3128', X509_USER_PROXY: '/tmp/px' };

  test.each<Variables>([
    { APPTAINER_CLEANENV: ' true ' },
    { APPTAINER_CLEANENV: '0', SINGULARITY_CLEANENV: '1' },
  ])('%j is what it is by hand, unless a policy is chosen', variables => {
    const env = { ...own, ...variables };
    expect(exec(SHOW, env)).toEqual(byHand(SHOW, env));
    expect(exec(SHOW, env, ['--env-policy', 'keep'])).toEqual(byHand(SHOW, own));
    const hep = exec(SHOW, env, ['--env-policy', 'hep']).stdout;
    expect(hep.replace(/ path=.*/, '')).toBe('own= https_proxy=http://site:3128 px=/tmp/px\n');
  });

  test('a value that Apptainer does not take is an error that names it', () => {
    expect(exec(':', { APPTAINER_CLEANENV: 'yes' })).toEqual({
      code: 125,
      stdout: '',
      stderr:
        'jcds: the variable APPTAINER_CLEANENV is "yes": Apptainer takes 1 or 0 there\nhint: unset APPTAINER_CLEANENV\n',
    });
  });

  test('NO_EVAL: values stay as they are, those of --env and of APPTAINERENV_ alike', () => {
    const env = { APPTAINER_NO_EVAL: '1', APPTAINERENV_ADDRESSED: '$HOME `id` \\ $(id)', OWN: 'a $b' };
    const script = 'printf "%s\\n" "$ADDRESSED" "$OWN" "$SET"; printf "<%s>" "$@"';
    const set = '$x `y` \\ "z" \'';
    const bare = byHand(script, env).stdout;
    expect(exec(script, env, ['--env', `SET=${set}`])).toEqual(good(bare.replace('\n\n<', `\n${set}\n<`)));
  });
});

describe('what only Apptainer can do, it does under jcds as well', () => {
  const exec = (script: string, env: Variables, options: readonly string[] = []) =>
    host.jcds(user, ['exec', '--runtime', 'apptainer', ...options, IMAGE, 'sh', '-c', script], { env });

  test.each(['FAKEROOT', 'CONTAINALL', 'COMPAT', 'USERNS', 'PID', 'WRITABLE_TMPFS'])('%s', key => {
    const script = `id -u; echo "own=$OWN"; ls -A /tmp | wc -l >/dev/null; ls /dev | grep -c '^loop-control$'
umask; touch /new 2>/dev/null && echo writable; readlink /proc/self/ns/ipc | grep -c "$IPC_OF_HOST"; [ $$ -gt 20 ] && echo 'no own pids'`;
    const env = { [`APPTAINER_${key}`]: '1', OWN: 'mine' };
    expect(exec(script, env)).toEqual(byHand(script, env));
  });

  test('CONTAINALL leaves the job what --env-policy hep says', () => {
    const env = { SINGULARITY_CONTAINALL: '1', X509_USER_PROXY: '/tmp/px' };
    expect(exec('echo "$X509_USER_PROXY"', env, ['--env-policy', 'hep']).stdout).toBe('/tmp/px\n');
  });
});
