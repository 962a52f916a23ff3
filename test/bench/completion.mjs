// What TAB costs in bash with 30,000 published tags: jcds' function against one that gives the same answer from
// memory, in turn, in one bash; then the same behind a real prompt, from the key to the answer on the terminal.
// Usage: node test/bench/completion.mjs [runs]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { build } from 'esbuild';
import { median } from './paired.mjs';

const RUNS = Number(process.argv[2] ?? 100);
const BOUND = 30;
const root = resolve(import.meta.dirname, '../..');
const room = mkdtempSync(join(tmpdir(), 'jcds-bench-'));
const script = join(root, 'completions/jcds.bash');

const outfile = join(room, 'index-format.mjs');
await build({
  entryPoints: [join(root, 'src/completion/index-format.ts')],
  bundle: true,
  loader: { '.sh': 'text' },
  format: 'esm',
  outfile,
});
const { indexText } = await import(outfile);

/** 30,000 tags: as a service has them, all in one repository, and each in a repository of its own. */
const GROUPS = ['baikal', 'bmn', 'juno', 'mpd', 'nica', 'spd'];
const SHAPES = {
  'a service: 300 repositories of 100 tags': Array.from(
    { length: 30_000 },
    (_, at) =>
      `${GROUPS[at % 6]}/project-${at % 30}/image-${at % 300}:v${Math.floor(at / 3000)}.${Math.floor(at / 300) % 10}`,
  ),
  'one repository of 30,000 tags': Array.from({ length: 30_000 }, (_, at) => `nica/image:v${at}`),
  '30,000 repositories of one tag': Array.from({ length: 30_000 }, (_, at) => `nica/image-${at}:latest`),
};

function cacheOf(shape) {
  const cache = mkdtempSync(join(room, 'cache-'));
  const index = join(cache, 'jcds/completion');
  mkdirSync(index, { recursive: true, mode: 0o700 });
  writeFileSync(join(index, 'containers.jinr.ru.names'), indexText([...new Set(SHAPES[shape])].sort()));
  return cache;
}

/** Words as bash hands them over. */
function compWords(line) {
  const words = line.match(/[:=@]+|[^\s:=@]+/g);
  return line.endsWith(' ') ? [...words, ''] : words;
}

/** Calls both functions in turn and prints microseconds: jcds, the other, replies. */
const PROGRAM = `
. "$0"
compopt() { :; }
COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=("\${@:3}") COMP_CWORD=$(($# - 3))
_jcds
remembered=(\${COMPREPLY[@]+"\${COMPREPLY[@]}"})
_remembers() { COMPREPLY=(\${remembered[@]+"\${remembered[@]}"}); }
for ((run = 0; run < $2; run++)); do
  a=$EPOCHREALTIME; _jcds; b=$EPOCHREALTIME; _remembers; c=$EPOCHREALTIME
  echo "$((\${b/[.,]/} - \${a/[.,]/})) $((\${c/[.,]/} - \${b/[.,]/})) \${#COMPREPLY[@]}"
done`;

function pressInOneBash(cache, line) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', PROGRAM, script, line, String(RUNS), ...compWords(line)],
    { env: { ...process.env, XDG_CACHE_HOME: cache }, encoding: 'utf8' },
  );
  if (status !== 0 || stderr !== '') throw new Error(`bash ended with ${status}: ${stderr}`);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map(row => row.split(' ').map(Number));
  const column = index => rows.map(row => row[index] / 1000);
  return { jcds: column(0), remembered: column(1), replies: rows[0][2] };
}

/** From the key to the end of the answer, behind a prompt. `rest` is what TAB has to add. */
async function pressAtPrompt(cache, line, rest) {
  const times = { jcds: [], remembered: [] };
  for (const [side, setUp] of [
    ['jcds', `. ${script}`],
    ['remembered', `_jcds() { COMPREPLY=('${/[^:]*$/.exec(line)[0]}${rest}'); }; complete -F _jcds jcds`],
  ]) {
    const bash = spawn('bash', ['--norc', '--noprofile', '-i'], {
      cols: 200,
      env: { ...process.env, XDG_CACHE_HOME: cache, PS1: '> ', TERM: 'dumb' },
    });
    let unseen = '';
    let look = () => {};
    bash.onData(piece => {
      unseen += piece;
      look();
    });
    const see = text =>
      new Promise(done => {
        look = () => {
          const at = unseen.indexOf(text);
          if (at < 0) return;
          unseen = unseen.slice(at + text.length);
          look = () => {};
          done(process.hrtime.bigint());
        };
        look();
      });
    bash.write(`jcds() { :; }; ${setUp}; echo re""ady\r`);
    await see('ready\r\n');
    for (let run = 0; run < Math.min(RUNS, 50); run += 1) {
      bash.write(line);
      await see(line);
      const pressed = process.hrtime.bigint();
      bash.write('\t');
      times[side].push(Number((await see(rest)) - pressed) / 1e6);
      bash.write('\r');
      await see('> ');
    }
    bash.kill('SIGKILL');
  }
  return times;
}

const CASES = {
  'a service: 300 repositories of 100 tags': [
    'jcds ',
    'jcds run --',
    'jcds run ',
    'jcds run nica/',
    'jcds run spd/project-5/',
    'jcds run spd/project-5/image-5:',
    'jcds run git.jinr.ru:5005/spd/project-5/image-5:v9',
  ],
  'one repository of 30,000 tags': [
    'jcds run nica/image:',
    'jcds run nica/image:v2',
    'jcds run nica/image:v2999',
  ],
  '30,000 repositories of one tag': ['jcds run nica/', 'jcds run nica/image-2', 'jcds run nica/image-29999:'],
};

const number = value => value.toFixed(2).padStart(8);
try {
  let slowest = 0;
  for (const [shape, lines] of Object.entries(CASES)) {
    const cache = cacheOf(shape);
    console.log(`\n${shape}; milliseconds in bash, median and slowest of ${RUNS} pairs`);
    console.log('    jcds   slowest  remembered  replies  line');
    for (const line of lines) {
      const { jcds, remembered, replies } = pressInOneBash(cache, line);
      slowest = Math.max(slowest, median(jcds));
      console.log(
        `${number(median(jcds))}  ${number(Math.max(...jcds))}    ${number(median(remembered))}  ${String(replies).padStart(7)}  ${line}`,
      );
    }
  }
  const cache = cacheOf('a service: 300 repositories of 100 tags');
  console.log('\nfrom the key to the answer at a prompt, milliseconds, medians');
  console.log('    jcds  remembered  line');
  for (const [line, rest] of [
    ['jcds run spd/proj', 'ect-'],
    ['jcds run spd/project-5/image-5:v9.9', ' '],
  ]) {
    const { jcds, remembered } = await pressAtPrompt(cache, line, rest);
    slowest = Math.max(slowest, median(jcds));
    console.log(`${number(median(jcds))}    ${number(median(remembered))}  ${line}`);
  }
  console.log(`\nslowest median ${slowest.toFixed(2)} ms (bound: ${BOUND} ms)`);
} finally {
  rmSync(room, { recursive: true, force: true });
}
