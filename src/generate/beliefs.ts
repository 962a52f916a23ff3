import type { PlaceName } from '../files/places.ts';

/** What jcds reads back from one place: for docs/security.md, and for who reads the code. */
export interface Belief {
  readonly place: string;
  /** Who can write it. */
  readonly writers: string;
  /** What it may decide. */
  readonly decides: string;
  /** What happens when it lies. */
  readonly lies: string;
}

/** What is read otherwise than by src/files/read.ts: test/architecture/files.test.ts says by which module. */
export type OtherPlace =
  | 'image'
  | 'repository'
  | 'kept-code'
  | 'failed-attempt'
  | 'own-descriptors'
  | 'own-temporary'
  | 'store'
  | 'target';

/** One row for each place; the order is that of the page. */
export const BELIEFS: Readonly<Record<PlaceName | OtherPlace, Belief>> = {
  'site-settings': {
    place: '`/etc/jcds/config.json`',
    writers: 'root',
    decides: 'every setting; what stands under `enforced` beats everything',
    lies: 'root can do everything anyway. A broken file is an error that names file, line and key',
  },
  'user-settings': {
    place: '`$XDG_CONFIG_HOME/jcds/config.json` (`~/.config`)',
    writers: 'you',
    decides: 'every setting but the site’s own: servers, keys, forges, runtimes, binds',
    lies: 'not used, with a note, where it is neither yours nor root’s, everybody may write it, or another user’s link leads to it',
  },
  'project-settings': {
    place: '`.jcds.json` at or above the working directory',
    writers: 'whoever made what you cloned',
    decides:
      'after `jcds config trust`, and only as it was then: the image `.`, repositories, binds of the project at their own paths',
    lies: 'an error without a terminal and in batch jobs, left out with a note at a terminal; what a trusted one sets is said at each start',
  },
  'trusted-projects': {
    place: '`~/.config/jcds/trusted.json`',
    writers: 'you, by `jcds config trust`',
    decides: 'which project files are used: path and SHA-256 of each',
    lies: 'a file that is a link, another’s, or that others may write trusts nothing',
  },
  'image-memory': {
    place: '`~/.cache/jcds/images/*.json`',
    writers: 'you',
    decides:
      'what an image says of itself: ENV, ENTRYPOINT, CMD, accounts, the names in its directories; that a command is at a place where it would be searched. Nothing outside the container, and no job can write it',
    lies: 'forgotten unless its checksum is right and each value is in its range (no name leads out of the image), and when a start fails; `jcds cache prune` forgets all',
  },
  'failed-attempt': {
    place: '`~/.cache/jcds/images/*.tried`',
    writers: 'you',
    decides:
      'by its time alone: whether a registry is asked again within the hour for what an image has lost',
    lies: 'a warning an hour earlier or later',
  },
  'engine-file': {
    place: '`~/.cache/jcds/podman/`, `~/.cache/jcds/docker/`; of root below `/var/lib/jcds/`',
    writers: 'you; no job can write it',
    decides:
      'links at the root of a container, its `/etc/passwd` and `/etc/group`; for containerd what stands in runc’s place',
    lies: 'compared before each start: what is not exactly as jcds makes it, or not yours, is removed and made anew',
  },
  'runtime-memory': {
    place: '`~/.cache/jcds/runtimes-HOST.json`',
    writers: 'you',
    decides:
      'whether a trial of a runtime is saved, and what it found. Never a program: that is looked up by PATH at each start',
    lies: 'forgotten unless its checksum is right and each value is in its range, after a day, and when a start fails that jcds can see',
  },
  store: {
    place: 'names and content of your store of local copies, and what processes at work there have noted',
    writers:
      'you; no job can write it, but one that is shown the home can make a store where there is none yet',
    decides:
      'which directory of the store `--local` runs; who makes a copy now, and what a killed process has left',
    lies: 'a link that leads out of the store is refused; another’s store, another’s link to it, or one that others may write, is an error; a copy is made twice',
  },
  'store-record': {
    place: '`.jcds/images/*.json` in your store of local copies (`~/.local/share/jcds/store`)',
    writers: 'you; no job can write it',
    decides: 'what is said of a copy: its source, digests, size, and what was left out',
    lies: 'said without them where a value is not in its range, or where the file is another’s or others may write it',
  },
  'shared-store-record': {
    place: 'the same in the stores of the setting `sharedStores`',
    writers: 'who keeps that store',
    decides: 'the same',
    lies: 'the copies there are theirs in any case',
  },
  'store-listing': {
    place: '`.jcds/listings/*` in a store of local copies',
    writers: 'you, or who keeps that store; no job can write it',
    decides: 'what `jcds store verify` says of a copy; nothing runs by it',
    lies: 'a change of a copy is not seen, or one is seen where there is none',
  },
  'store-content': {
    place: 'the files of a local copy',
    writers: 'you, or who keeps that store; no job can write it',
    decides: 'whether `jcds store verify` finds them as they were made',
    lies: 'told by name; links, pipes and devices in the place of files are not read',
  },
  'name-index': {
    place: '`~/.cache/jcds/completion/`',
    writers: 'you',
    decides: 'what TAB offers, in your shell too. Plain names of few characters, never expanded',
    lies: 'a name is offered that is not published, or one is missing',
  },
  'http-object': {
    place: '`~/.cache/jcds/cvmfs/objects/`, or `--cache-dir`',
    writers: 'you',
    decides: 'saves a download',
    lies: 'each is hashed again: one that is not what its name says is removed and fetched',
  },
  'http-revision': {
    place: '`~/.cache/jcds/cvmfs/revisions/`',
    writers: 'you',
    decides: 'how new a repository must be at least, and the answer where no server can be asked',
    lies: 'it is verified by today’s keys. Who removes it lets a server go back in time unnoticed',
  },
  authorities: {
    place: 'the system’s certificate authorities, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS',
    writers: 'root, or whoever you name',
    decides: 'which servers are believed over https',
    lies: 'a stranger’s server is spoken to; what comes of a repository is verified by its own keys all the same',
  },
  'master-key': {
    place: '`--keys`, and the keys of this host’s CVMFS client',
    writers: 'root, or whoever you name',
    decides: 'whose signatures count over HTTP',
    lies: 'a stranger’s repository is verified: the fingerprint is said with `-v` and in JSON',
  },
  'token-file': {
    place: '`~/.config/jcds/tokens`, or JCDS_TOKEN_FILE',
    writers: 'you',
    decides: 'which token a forge gets; a token goes to the host that it stands for and to no other',
    lies: 'refused where it is not yours or anybody else may use it',
  },
  'tool-token': {
    place: 'the configuration of `glab` and `gh`',
    writers: 'you',
    decides: 'the same, where there is nothing else',
    lies: 'passed over where it is not yours or cannot be understood',
  },
  'registry-credentials': {
    place: 'REGISTRY_AUTH_FILE, `containers/auth.json`, `~/.docker/config.json`',
    writers: 'you',
    decides:
      'which credential a registry gets; may name a helper `docker-credential-NAME` on PATH, as with docker and podman',
    lies: 'the registry refuses; the helper gets none of jcds’ tokens',
  },
  'variables-file': {
    place: '`--env-file`',
    writers: 'whoever you name',
    decides: 'variables of the job, none of jcds or of the runtime',
    lies: 'the job sees what stands there',
  },
  'start-up-file': {
    place: '`~/.bashrc`, `~/.zshrc`',
    writers: 'you',
    decides: 'nothing: `completion install` adds a marked block, `uninstall` removes it',
    lies: 'what stands outside of the marks stays byte for byte',
  },
  'installed-script': {
    place: 'the completion scripts in your home directory',
    writers: 'you',
    decides: 'whether `completion install` may replace it: only what begins with jcds’ mark',
    lies: 'a file that pretends is replaced',
  },
  'shipped-script': {
    place: '`completions/` of the installation',
    writers: 'the installer',
    decides: 'what your shells read',
    lies: 'as the program itself',
  },
  'image-source': {
    place: 'an OCI layout or archive that you name: `jcds convert oci:…`, `docker-archive:…`',
    writers: 'whoever made it',
    decides: 'what stands in the directory that is made of it, and nothing outside of that',
    lies: 'links, pipes and devices in the place of its files are refused; content that is not what its digest says, or above a limit, is an error and leaves nothing',
  },
  wishlist: {
    place: 'the list of `jcds sync --wishlist`',
    writers: 'whoever may change the list',
    decides:
      'which images are published, and which names lose their link; never a path outside of the repository',
    lies: 'an empty list, one of half its length, a web page, or one that takes many names away is not followed',
  },
  'service-record': {
    place: '`.jcds/*.json` and `.missing_links.json` of the repository that `jcds sync` fills',
    writers: 'you; no job',
    decides: 'which content a digest of a registry stands for, how long something was missing or unlinked',
    lies: 'a file that cannot be understood stops the cycle before anything is changed; a directory counts only where it is there',
  },
  program: {
    place: '`dist/start.cjs` of the installation',
    writers: 'the installer',
    decides: 'what code is kept of it (`dist/keep-code.cjs`, run by the installer)',
    lies: 'it is the program itself',
  },
  'kept-code': {
    place: '`dist/code/` of the installation',
    writers: 'the installer',
    decides: 'V8’s machine code of the program: a start takes less time',
    lies: 'not used unless the owner of the program owns it, nobody else may write it, and its checksum is right',
  },
  image: {
    place: 'the image: `.singularity.d`, `/etc/passwd`, `/etc/group`, names, the heads of programs',
    writers: 'its publisher',
    decides:
      'what runs in the container, and its ENV; never a path outside of it: every link is followed inside the image',
    lies: 'the job is the publisher’s program in any case',
  },
  repository: {
    place: 'the names and links of a CVMFS repository',
    writers: 'its publisher',
    decides: 'which directory is the image',
    lies: 'a link that leads out of the repository is refused unless the table of services allows it',
  },
  target: {
    place: 'names, links and content of the directory that `jcds sync` fills',
    writers: 'you',
    decides: 'what is published already, and what no link leads to',
    lies: 'a directory that others may write to, or that is not a repository, is refused; what stands in the place of a link is left alone',
  },
  system: {
    place: '`/proc`, `/sys`, `/etc/os-release`',
    writers: 'the kernel, root',
    decides: 'limits, mounts, signals and the environment of the launcher',
    lies: 'they are what jcds knows of the host',
  },
  'own-descriptors': {
    place: 'standard input of the process that looks, the plan’s descriptor',
    writers: 'jcds itself',
    decides: 'what is looked at, and the plan',
    lies: 'a plan without its end marker is not run',
  },
  'own-temporary': {
    place: '`~/.cache/jcds/git/`, and `dist/` for the installer',
    writers: 'jcds itself (mode 0700)',
    decides: 'a copy of a list; a rehearsal of starts',
    lies: 'nobody else can write there, and no job: what lies beside a repository names programs that git starts',
  },
};
