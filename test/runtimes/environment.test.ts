import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJcdsError } from '../../src/errors.ts';
import { apptainerEnvironment, escapeForApptainer } from '../../src/runtimes/apptainer-environment.ts';
import { jobEnvironment, launcherChange } from '../../src/runtimes/environment.ts';
import { ENVIRONMENT_RULES, POLICIES } from '../../src/runtimes/environment-policy.ts';
import { aRequest, NO_CONFIG, someFacts } from './requests.ts';

type Pairs = readonly (readonly [string, string])[];

const HOST: Pairs = [
  ['PATH', '/opt/host/bin:/usr/bin'],
  ['HOME', '/home/alice'],
  ['LD_LIBRARY_PATH', '/opt/host/lib'],
  ['LD_PRELOAD', '/opt/host/x.so'],
  ['PYTHONPATH', '/opt/host/python'],
  ['JCDS_TOKEN_GIT', 'secret'],
  ['APPTAINERENV_JCDS_TOKEN_GIT', 'secret'],
  ['GITLAB_TOKEN', 'secret'],
  ['SINGULARITYENV_ADDRESSED', 'old'],
  ['APPTAINERENV_ADDRESSED', 'new $HOME'],
  ['APPTAINERENV_PREPEND_PATH', '/first'],
  ['FOO', 'of the host'],
  ['EMPTY', ''],
  ['TERM', 'xterm'],
  ['LANG', 'of the host'],
  ['NOTHING', 'of the host'],
  ['X509_USER_PROXY', '/tmp/x509up'],
  ['X509_CERT_DIR', 'of the host'],
  ['APPTAINER_CACHEDIR', '/scratch'],
  ['SINGULARITY_BIND', '/eos'],
  ['http_proxy', 'http://squid:3128'],
  ['BASH_FUNC_module%%', '() { eval x; }'],
  ['BYTES', 'a\udcff'],
  ['PWD', '/old'],
];

const IMAGE: Pairs = [
  ['PATH', '/opt/app/bin:/bin'],
  ['FOO', 'of the image'],
  ['EMPTY', 'not empty'],
  ['LANG', 'of the image'],
  ['NOTHING', ''],
  ['X509_CERT_DIR', 'of the image'],
  ['ONLY_IMAGE', '1'],
  ['ONLY_IMAGE', '2'],
];

function request(policy: 'keep' | 'clean' | 'hep', set: Pairs = [], env: Pairs = IMAGE) {
  return aRequest({
    environment: { policy, host: HOST, set },
    image: {
      path: '/img',
      kind: 'directory',
      facts: someFacts({ config: { ...NO_CONFIG, env } }),
    },
  });
}

const result = (policy: 'keep' | 'clean' | 'hep', set: Pairs = []) => {
  const { variables, leftBehind } = jobEnvironment(request(policy, set));
  return {
    variables: Object.fromEntries([...variables].map(([name, { value }]) => [name, value])),
    leftBehind,
  };
};

const ALWAYS = {
  PATH: '/first:/opt/app/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin',
  NOTHING: '',
  HOME: '/home/alice',
  PWD: '/home/alice/work',
  ONLY_IMAGE: '2',
  EMPTY: 'not empty',
  ADDRESSED: 'new $HOME',
  TERM: 'xterm',
};
const NOTED = ['LD_PRELOAD', 'PYTHONPATH', 'JCDS_TOKEN_GIT', 'GITLAB_TOKEN'];

describe('the environment of the job', () => {
  test.each([
    [
      'keep',
      {
        ...ALWAYS,
        NOTHING: undefined,
        FOO: 'of the image',
        LANG: 'of the image',
        X509_CERT_DIR: 'of the image',
        X509_USER_PROXY: '/tmp/x509up',
        http_proxy: 'http://squid:3128',
        'BASH_FUNC_module%%': '() { eval x; }',
        BYTES: 'a\udcff',
      },
    ],
    [
      'clean',
      {
        ...ALWAYS,
        FOO: 'of the image',
        LANG: 'of the image',
        X509_CERT_DIR: 'of the image',
        http_proxy: 'http://squid:3128',
      },
    ],
    [
      'hep',
      {
        ...ALWAYS,
        FOO: 'of the image',
        LANG: 'of the host',
        X509_CERT_DIR: 'of the host',
        X509_USER_PROXY: '/tmp/x509up',
        http_proxy: 'http://squid:3128',
      },
    ],
  ] as const)('under %s', (policy, variables) => {
    expect(result(policy)).toEqual({ variables, leftBehind: NOTED });
  });

  test('--env beats host, image and what is addressed; even for what is left behind', () => {
    const set: Pairs = [
      ['FOO', 'set'],
      ['PATH', '/set'],
      ['ADDRESSED', 'set'],
      ['GITLAB_TOKEN', 'set'],
      ['LD_PRELOAD', 'set'],
      ['PWD', '/set'],
    ];
    expect(result('clean', set).variables).toMatchObject(Object.fromEntries(set));
  });

  test('an image without PATH gets the usual one', () => {
    const { variables } = jobEnvironment(request('keep', [], []));
    expect(variables.get('PATH')?.value).toBe(
      '/first:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    );
  });

  test.each([
    ['HOME', 'jcds run --home DIR'],
    ['GID', 'shells reserve this name'],
    ['PREPEND_PATH', 'set the whole PATH: --env PATH=…'],
  ])('--env %s is refused', (name, hint) => {
    let thrown: unknown;
    try {
      jobEnvironment(request('keep', [[name, 'x']]));
    } catch (error) {
      thrown = error;
    }
    expect(isJcdsError(thrown)).toBe(true);
    expect(thrown).toMatchObject({
      message: `--env cannot set ${name} in the container`,
      hint,
      exitCode: 125,
    });
  });
});

test('every policy has a sentence and every line of the table says what it does under each', () => {
  for (const rule of ENVIRONMENT_RULES)
    for (const policy of Object.keys(POLICIES) as (keyof typeof POLICIES)[])
      expect(['image first', 'host', 'image']).toContain(rule[policy]);
  expect(ENVIRONMENT_RULES.at(-1)?.names).toEqual(['*']);
});

const anEnvironment = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z_%]{1,5}$/), fc.string()), {
  selector: ([name]) => name,
});

test('what the launcher changes turns its environment into the job’s, exactly', () => {
  fc.assert(
    fc.property(
      anEnvironment,
      anEnvironment,
      fc.constantFrom('keep', 'clean', 'hep'),
      (host, env, policy) => {
        const facts = someFacts({ config: { ...NO_CONFIG, env } });
        const { variables } = jobEnvironment(
          aRequest({
            environment: { policy, host, set: [] },
            image: { path: '/i', kind: 'directory', facts },
          }),
        );
        const change = launcherChange(variables, host);
        const after = new Map<string, unknown>([
          ...host.filter(([name]) => !change.unset.includes(name)),
          ...change.set,
        ]);
        expect(after).toEqual(new Map([...variables].map(([name, { value }]) => [name, value])));
      },
    ),
  );
});

describe('the environment as Apptainer has to be given it', () => {
  test.each([
    ['plain', 'plain'],
    ['$HOME `id` \\', '\\$HOME \\`id\\` \\\\'],
    ['"quotes" \'stay\'\n', '"quotes" \'stay\'\n'],
    ['a\udcff\udc80b', "a$(printf '\\377\\200')b"],
    ['é\ud83d\ude00', 'é\ud83d\ude00'],
    ['line\r\nend\r', "line$(printf '\\015')\nend\r"],
  ])('%j', (value, escaped) => {
    expect(escapeForApptainer(value)).toBe(escaped);
  });

  const change = (changes: Parameters<typeof aRequest>[0] = {}, prefix = 'APPTAINERENV_') =>
    apptainerEnvironment({ ...request('keep', [['FOO', '$x']]), ...changes }, prefix);

  test('Apptainer passes on what it inherits and reads the image itself; the rest is addressed to the container', () => {
    expect(change()).toEqual({
      set: [
        ['APPTAINERENV_BYTES', "a$(printf '\\377')"],
        ['APPTAINERENV_FOO', '\\$x'],
      ],
      unset: [
        'LD_PRELOAD',
        'PYTHONPATH',
        'JCDS_TOKEN_GIT',
        'APPTAINERENV_JCDS_TOKEN_GIT',
        'GITLAB_TOKEN',
        'SINGULARITY_BIND',
      ],
    });
  });

  test('a value of the caller’s that comes before the image’s is addressed: Apptainer would give the image’s', () => {
    const { environment } = request('hep');
    expect(change({ environment }).set).toEqual([
      ['APPTAINERENV_LANG', 'of the host'],
      ['APPTAINERENV_X509_CERT_DIR', 'of the host'],
    ]);
  });

  test('a value that the image’s file would not give as it is', () => {
    const facts = someFacts({
      config: {
        ...NO_CONFIG,
        env: [
          ['HARD', '$(echo ran)'],
          ['EASY', 'a b'],
        ],
      },
    });
    expect(change({ image: { path: '/img', kind: 'directory', facts } }).set).toContainEqual([
      'APPTAINERENV_HARD',
      '\\$(echo ran)',
    ]);
    expect(JSON.stringify(change({ image: { path: '/img', kind: 'directory', facts } }).set)).not.toContain(
      'EASY',
    );
  });

  test('where Apptainer drops or lacks the image’s ENV, jcds gives it', () => {
    const facts = someFacts({ config: { ...NO_CONFIG, env: IMAGE }, environmentFileDropped: true });
    const { set, unset } = change({ image: { path: '/img', kind: 'directory', facts } });
    expect(set).toEqual(
      expect.arrayContaining([
        ['APPTAINERENV_PATH', ALWAYS.PATH],
        ['APPTAINERENV_ONLY_IMAGE', '2'],
        ['APPTAINERENV_EMPTY', 'not empty'],
      ]),
    );
    expect(unset).toContain('APPTAINERENV_PREPEND_PATH');
  });

  test('Singularity reads its own prefix alone', () => {
    expect(change({}, 'SINGULARITYENV_').set).toEqual(
      expect.arrayContaining([
        ['SINGULARITYENV_FOO', '\\$x'],
        ['SINGULARITYENV_ADDRESSED', 'new $HOME'],
        ['SINGULARITYENV_PREPEND_PATH', '/first'],
      ]),
    );
  });
});

describe('an image beside whose ENV files env/99-base.sh is missing: Apptainer drops what is addressed to it', () => {
  const deaf = (set: Pairs, env: Pairs = []) => {
    const facts = someFacts({
      config: { ...NO_CONFIG, source: 'singularity.d', env },
      singularityMissing: ['env/99-base.sh'],
    });
    const environment = { policy: 'keep', host: [], set } as const;
    return apptainerEnvironment(
      aRequest({ environment, image: { path: '/img', kind: 'directory', facts } }),
      'APPTAINERENV_',
    );
  };

  test('--env is inherited instead, as it is', () => {
    expect(deaf([['A', 'x $y']])).toEqual({ set: [['A', 'x $y']], unset: [] });
  });

  test.each<[string, Pairs, Pairs]>([
    ['what the image names, whatever it is called', [], [['A', "x '"]]],
    ['what the image names for the loader', [], [['LD_PRELOAD', "/evil.so '"]]],
    ['what would steer programs on the host', [['LD_PRELOAD', '/lib/x.so']], []],
  ])('%s is never a variable of Apptainer itself', (_what, set, env) => {
    expect(() => deaf(set, env)).toThrow(expect.objectContaining({ code: 'VARIABLE_NOT_POSSIBLE' }));
  });

  test('what Apptainer does not pass on is an error', () => {
    expect(() => deaf([['PATH', '/x']])).toThrow(
      expect.objectContaining({
        code: 'VARIABLE_NOT_POSSIBLE',
        message: 'apptainer cannot set PATH in this image, which lost .singularity.d/env/99-base.sh',
        hint: 'jcds run --runtime bubblewrap (or unshare), or have the image published anew',
        exitCode: 125,
      }),
    );
  });
});
