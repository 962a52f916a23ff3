/** What the environment of login nodes and batch systems holds; values clash with those of the images. */
export const VARIABLES: readonly (readonly [string, string])[] = [
  ...(['host', '', 'two  words', 'a$HOME `b` "c" \\d', "it's", 'line\nline'] as const).map(
    value => ['FOO', value] as const,
  ),
  ...([
    ['EMPTY', 'full'],
    ['EMPTY', ''],
    ['SMALL', 'host'],
    ['FROM90', 'host'],
    ['OTHER', 'x'],
    ['OTHER', ''],
  ] as const),
  ...([
    ['LD_LIBRARY_PATH', '/host/lib'],
    ['TZ', 'Europe/Berlin'],
    ['TZ', ''],
    ['LANG', 'C.UTF-8'],
    ['LC_ALL', 'C'],
    ['TERM', 'xterm'],
  ] as const),
  ...([
    ['SHELL', '/bin/zsh'],
    ['HOSTNAME_OF_MINE', 'h'],
    ['XDG_RUNTIME_DIR', '/run/user/1001'],
    ['OLDPWD', '/eos'],
    ['SHLVL', '3'],
  ] as const),
  ...([
    ['BASH_FUNC_module%%', '() {  eval x\n}'],
    ['http_proxy', 'http://127.0.0.1:9/'],
    ['UID', '4'],
    ['IFS', ':'],
    ['ENV', '/home/me/note'],
  ] as const),
  ...([
    ['TMPDIR', '/tmp/job'],
    ['TMPDIR', '/lustre/me/scratch'],
    ['TMPDIR', '/home/me/work/scratch'],
    ['TMPDIR', '/gone'],
  ] as const),
  ...([
    ['_CONDOR_SCRATCH_DIR', '/home/me/work/scratch'],
    ['_CONDOR_SCRATCH_DIR', '/lustre/me/scratch'],
    ['SLURM_JOB_ID', '7'],
    ['OMP_NUM_THREADS', '2'],
  ] as const),
  ...(['host', '', 'a b', '$HOME'] as const).map(value => ['APPTAINERENV_FOO', value] as const),
  ...([
    ['APPTAINERENV_PATH', '/own/bin:/bin:/usr/bin'],
    ['APPTAINERENV_PATH', ''],
    ['APPTAINERENV_PREPEND_PATH', '/before'],
    ['APPTAINERENV_APPEND_PATH', '/after'],
  ] as const),
  ...([
    ['SINGULARITYENV_FOO', 'old'],
    ['SINGULARITYENV_OLD', 'old'],
    ['APPTAINERENV_LD_LIBRARY_PATH', '/addressed'],
    ['APPTAINERENV_NEW', ''],
  ] as const),
  ...([
    ['CUDA_VISIBLE_DEVICES', '0'],
    ['CUDA_VISIBLE_DEVICES', '10000'],
    ['CUDA_VISIBLE_DEVICES', ''],
    ['CUDA_VISIBLE_DEVICES', 'NoDevFiles'],
    ['NVIDIA_VISIBLE_DEVICES', 'none'],
  ] as const),
  ...([
    ['X509_USER_PROXY', '/tmp/x509up_u'],
    ['X509_USER_PROXY', '/lustre/me/proxy'],
    ['X509_USER_PROXY', '/home/me/proxy-link'],
    ['X509_USER_PROXY', '/gone/proxy'],
  ] as const),
  ...([
    ['X509_CERT_DIR', '/cvmfs/grid/certificates'],
    ['BEARER_TOKEN_FILE', '/lustre/me/token'],
  ] as const),
  ...([
    ['KRB5CCNAME', 'FILE:/lustre/me/cc'],
    ['KRB5CCNAME', '/lustre/me/cc'],
    ['KRB5CCNAME', 'WRFILE:/lustre/me/cc'],
    ['KRB5CCNAME', 'DIR:/lustre/me/tickets'],
  ] as const),
  ...([
    ['KRB5CCNAME', 'DIR::/lustre/me/tickets/tkt'],
    ['KRB5CCNAME', 'KEYRING:persistent:1001'],
    ['KRB5CCNAME', 'KCM:'],
  ] as const),
];

/** What sites set for all their users' containers. */
export const SITE: readonly (readonly [string, string])[] = [
  ...['APPTAINER_BIND', 'APPTAINER_BINDPATH', 'SINGULARITY_BIND', 'SINGULARITY_BINDPATH'].flatMap(name =>
    ['/eos', '/data/a,/eos:/eos:ro', '/lustre:/lustre', '/data/a/file:/n/file', '/data/a:/opt/site'].map(
      value => [name, value] as const,
    ),
  ),
  ...['CONTAIN', 'CLEANENV', 'NO_HOME', 'CONTAINALL'].flatMap(name =>
    ['APPTAINER', 'SINGULARITY'].map(prefix => [`${prefix}_${name}`, '1'] as const),
  ),
  ['APPTAINER_BIND', '/gone'],
  ...(['tmp', 'home', 'cwd', 'hostfs', 'bind-paths'] as const).map(
    value => ['APPTAINER_NO_MOUNT', value] as const,
  ),
  ...([
    ['APPTAINER_HOME', '/eos'],
    ['APPTAINER_PWD', '/eos'],
    ['APPTAINER_NV', '1'],
  ] as const),
  ...([
    ['APPTAINER_FAKEROOT', '1'],
    ['APPTAINER_WORKDIR', '/scratch'],
    ['APPTAINER_WRITABLE_TMPFS', '1'],
  ] as const),
];

/** What is typed after --env. */
export const SET: readonly (readonly [string, string])[] = [
  ...([
    ['FOO', 'typed'],
    ['FOO', ''],
    ['EMPTY', 'typed'],
    ['NEW', 'a b'],
    ['NEW', '$HOME `x` "y" \\z'],
    ['PATH', '/typed:/bin:/usr/bin'],
    ['LD_LIBRARY_PATH', '/typed'],
  ] as const),
  ...([
    ['PWD', '/typed'],
    ['TZ', 'Asia/Tokyo'],
    ['USER', 'typed'],
    ['CUDA_VISIBLE_DEVICES', '1'],
    ['FROM90', 'typed'],
  ] as const),
];
