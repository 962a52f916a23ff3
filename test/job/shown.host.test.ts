import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RUNTIMES } from '../../src/runtimes/index.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { ShownStage } from './shown-stage.ts';

// What of the host is shown where: ordinary situations of an ordinary user, on every real runtime.
const stage = new ShownStage();
const runtimes = await stage.prepare();
afterAll(() => stage.remove());

const { home } = stage;
const data = stage.directory('data', { f: 'f of data\n', 'sub/g': 'g of data\n' });
const lustre = stage.directory('lustre/me', { input: 'mine\n', 'sub/deep': 'deep\n' });
symlinkSync(lustre, join(home, 'work'));
writeFileSync(join(home, 'own'), 'own\n');
stage.own(home);
const good = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe.each(runtimes)('%s', runtime => {
  const sh = (script: string, job: Parameters<ShownStage['sh']>[2] = {}) => stage.sh(runtime, script, job);
  /** Apptainer gives the working directory the name that it really has. */
  const named = (typed: string, real: string) => (runtime === 'apptainer' ? real : typed);

  describe('home', () => {
    const job = { env: { HOME: '/' }, cwd: '/' };
    // podman itself does not start without a home, and docker complains of /dev/null/.docker.
    const ofThemselves =
      runtime === 'podman' ? ['/', 'relative', '/dev/null', '/no/such'] : ['relative', '/dev/null'];
    const isEngine = runtime === 'podman' || runtime === 'docker';
    const homes = (all: string[]) => (isEngine ? all.filter(path => !ofThemselves.includes(path)) : all);
    test.each(homes(['/']))('HOME=%s: programs of the image are found, those of the host are not', () => {
      expect(sh('echo "$HOME"; pwd', job)).toEqual(good('/\n/\n'));
      expect(stage.exec(runtime, ['/usr/bin/setpriv', '--version'], job).code).toBe(127);
    });

    test.each(homes(['relative', '/dev/null', '/no/such']))('HOME=%s: the home of the account', HOME => {
      const { name, home: own } = stage.user;
      expect(sh('echo "$HOME"; [ -w "$HOME" ] && echo "$USER"', { env: { HOME } })).toEqual(
        good(`${own}\n${name}\n`),
      );
    });

    test('with a slash at the end', () => {
      expect(sh('echo "$HOME"; cat "$HOME/own"', { env: { HOME: `${home}/` } })).toEqual(
        good(`${home}/\nown\n`),
      );
    });

    test('a home that is a link, and one below /tmp', () => {
      const linked = stage.path(`linked-${runtime}`);
      symlinkSync(home, linked);
      expect(sh('cd && pwd && cat own', { env: { HOME: linked }, cwd: '/' })).toEqual(
        good(`${linked}\nown\n`),
      );
      const below = `/tmp/jcds-shown-${runtime}`;
      mkdirSync(below);
      stage.own(below);
      expect(sh('cd && pwd && echo x >in-home', { env: { HOME: below }, cwd: '/' })).toEqual(
        good(`${below}\n`),
      );
      expect(readdirSync(below)).toContain('in-home');
      const contained = { env: { HOME: below }, cwd: '/', options: ['--contain'] };
      expect(sh('cd && pwd && ls -A', contained)).toEqual(good(`${below}\n`));
      rmSync(below, { recursive: true });
    });
  });

  describe('working directory', () => {
    test('reached by a link in the home', () => {
      const cwd = join(home, 'work');
      const at = named(cwd, lustre);
      expect(sh('pwd; echo "$PWD"; cat input', { cwd })).toEqual(good(`${at}\n${at}\nmine\n`));
      expect(sh('pwd; cat deep', { cwd: join(cwd, 'sub') })).toEqual(
        good(`${named(join(cwd, 'sub'), join(lustre, 'sub'))}\ndeep\n`),
      );
    });

    test('reached by a link whose parent is not shown', () => {
      const cwd = stage.path(`gone-${runtime}/me`);
      mkdirSync(join(cwd, '..'));
      symlinkSync(lustre, cwd);
      expect(sh('pwd; echo "$PWD"; cat input', { cwd })).toEqual(good(`${cwd}\n${cwd}\nmine\n`));
    });

    test('--workdir by a link in the home', () => {
      expect(sh('cat input', { options: ['--workdir', join(home, 'work')] })).toEqual(good('mine\n'));
    });
  });

  describe('binds', () => {
    test('a source that is a link, and a place that is one in what is shown', () => {
      const work = join(home, 'work');
      expect(sh(`cat ${work}/input`, { options: ['-B', work] })).toEqual(good('mine\n'));
      expect(sh('cat /x/input', { options: ['-B', `${work}:/x`] })).toEqual(good('mine\n'));
      expect(sh(`cat ${work}/f`, { options: ['-B', `${data}:${work}`] })).toEqual(good('f of data\n'));
      expect(readdirSync(lustre).sort()).toEqual(['input', 'sub']);
    });

    test('a missing place below /tmp and below the home is made', () => {
      const below = `/tmp/jcds-shown-new-${runtime}`;
      const there = { options: ['-B', `${data}:${below}/in`] };
      expect(sh(`cat ${below}/in/f`, there)).toEqual(good('f of data\n'));
      expect(existsSync(`${below}/in`)).toBe(true);
      rmSync(below, { recursive: true });
      const inHome = join(home, `new-${runtime}`);
      expect(sh(`cat ${inHome}/deep/f`, { options: ['-B', `${data}:${inHome}/deep`] })).toEqual(
        good('f of data\n'),
      );
      expect(sh(`cat ${inHome}/f`, { options: ['-B', `${data}/f:${inHome}/f`] })).toEqual(
        good('f of data\n'),
      );
    });

    test('with --contain and with --no-home a place is made in what is empty', () => {
      const options = ['--contain', '-B', `${data}:/tmp/deep/er`, '-B', `${data}/f:${home}/own/f`];
      expect(sh(`cat /tmp/deep/er/f ${home}/own/f; ls ${home}`, { options })).toEqual(
        good('f of data\nf of data\nown\n'),
      );
      expect(
        sh(`cat ${home}/d/f; ls ${home}`, { options: ['--no-home', '-B', `${data}:${home}/d`], cwd: '/' }),
      ).toEqual(good('f of data\nd\n'));
    });

    test.each(['passwd', 'group', 'hosts', 'resolv.conf'])('onto /etc/%s, which jcds makes itself', name => {
      expect(sh(`cat /etc/${name}`, { options: ['-B', `${data}/f:/etc/${name}`] })).toEqual(
        good('f of data\n'),
      );
    });

    test.each(['/tmp', '/var/tmp', '/sys', '/dev', '/proc'])('onto %s', place => {
      const own = stage.directory(`onto${place}-${runtime}`, { f: 'x' });
      const { proc, dev } = (RUNTIMES[runtime] as Runtime).cannot;
      const refusal = place === '/proc' ? proc : place === '/dev' ? dev : undefined;
      if (refusal !== undefined) {
        const { code, stderr } = sh(':', { options: ['-B', `${own}:${place}`] });
        expect([code, stderr]).toEqual([125, expect.stringContaining(`jcds: ${refusal}\nhint: `)]);
        return;
      }
      expect(sh(`ls ${place}`, { options: ['-B', `${own}:${place}`], cwd: '/' })).toEqual(good('f\n'));
      expect(readdirSync(own)).toEqual(['f']);
    });

    // A daemon does not see the mounts of this test.
    const below: [string, string[], string][] = [
      ['read-only', [`P:/p:ro`], '/p/sub: f\n'],
      ['writable', [`P:/p`], '/p/mounted\n/p/sub\n/p/sub: f\n'],
      ['one below that is writable', [`P:/p:ro`, `${lustre}:/p/sub`], '/p/sub\n/p/sub: input\nsub\n'],
      ['one below that is read-only', [`P:/p`, `${lustre}:/p/sub:ro`], '/p/mounted\n/p/sub: input\nsub\n'],
      ['one below at a new place', [`P:/p:ro`, `${lustre}:/p/new`], '/p/new\n/p/sub: f\n'],
    ];
    test.each(runtime === 'docker' ? [] : below)(
      'read-only means what is mounted below as well, but for other binds: %s',
      (_, binds, stdout) => {
        const parent = stage.directory(`parent-${runtime}`, { 'mounted/m': '', 'closed/m': '', 'sub/f': '' });
        const before = `mount -t tmpfs -o mode=1777 tmpfs ${parent}/mounted; mount -t tmpfs tmpfs ${parent}/closed
mount -t tmpfs -o mode=700 tmpfs ${parent}/closed; mkdir ${parent}/closed/m; mount -t tmpfs tmpfs ${parent}/closed/m`;
        const options = binds.flatMap(bind => ['-B', bind.replace(/^P/, parent)]);
        const script = `for at in /p/mounted /p/new /p/sub; do touch $at/new 2>/dev/null && rm $at/new && echo $at; done
echo "/p/sub: $(ls /p/sub)"`;
        expect(sh(script, { options, before })).toEqual(good(stdout));
      },
    );

    test('below a CVMFS in which nothing can be made', () => {
      expect(sh('cat /cvmfs/extra/f', { options: ['-B', `${data}:/cvmfs/extra`] })).toEqual(
        good('f of data\n'),
      );
    });

    test('two names with a comma between them are no bind', () => {
      expect(sh(':', { options: ['-B', `${data},${lustre}`] })).toEqual({
        code: 125,
        stdout: '',
        stderr: `jcds: the directory to bind, "${data},${lustre}", does not exist\nhint: repeat -B, jcds splits nothing at commas: -B ${data} -B ${lustre}\n`,
      });
    });
  });

  describe('credentials and directories of a batch system', () => {
    test('a proxy that is a link, and Kerberos caches', () => {
      const proxy = join(home, `proxy-${runtime}`);
      symlinkSync(join(data, 'f'), proxy);
      const show = (name: string, value: string, script: string) =>
        sh(script, { env: { [name]: value } }).stdout;
      expect(show('X509_USER_PROXY', proxy, 'cat "$X509_USER_PROXY"')).toBe('f of data\n');
      expect(show('KRB5CCNAME', `FILE:${data}/f`, 'cat "${KRB5CCNAME#FILE:}"')).toBe('f of data\n');
      expect(show('KRB5CCNAME', `WRFILE:${data}/f`, 'cat "${KRB5CCNAME#WRFILE:}"')).toBe('f of data\n');
      expect(show('KRB5CCNAME', `DIR:${data}`, 'ls "${KRB5CCNAME#DIR:}"')).toBe('f\nsub\n');
      expect(
        show('KRB5CCNAME', `DIR::${data}/f`, 'cat "${KRB5CCNAME#DIR::}"; ls "${KRB5CCNAME#DIR::}/.."'),
      ).toMatch(/^f of data\n/);
    });

    test('the usual proxy with --contain', () => {
      const proxy = `/tmp/x509up_jcds_${runtime}`;
      writeFileSync(proxy, 'proxy\n');
      const job = { env: { X509_USER_PROXY: proxy }, options: ['--contain'] };
      expect(sh('cat "$X509_USER_PROXY"', job)).toEqual(good('proxy\n'));
      rmSync(proxy);
    });

    test('the name that a batch system gives to the working directory', () => {
      const other = stage.path(`scratch-${runtime}`);
      symlinkSync(lustre, other);
      for (const name of ['_CONDOR_SCRATCH_DIR', 'TMPDIR'])
        expect(sh(`cat "$${name}/input"`, { cwd: lustre, env: { [name]: other } })).toEqual(good('mine\n'));
    });
  });
});
