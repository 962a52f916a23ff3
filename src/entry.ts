import { LOOK_WORD } from './cvmfs/ask-look.ts';
import { runLookProgram } from './cvmfs/look-program.ts';
import { EXIT } from './errors.ts';
import { emitPlan, launcherLives, watchLauncher } from './launch/emit.ts';
import { readArguments } from './launch/launcher-environment.ts';
import { renderExit } from './launch/plan.ts';
import { ignoreAsLauncher } from './launch/signals.ts';
import { STATS_WORD, type StatsRequest } from './launch/stats-plan.ts';
import { main } from './main.ts';
import { realContext } from './real-context.ts';

/** What bin/jcds puts before the caller's words when it waits for a plan, followed by its process id. */
const PLAN_WORD = '--jcds-plan';

void start(process.argv.slice(2)).then(code => code !== null && process.exit(code));

/** Answers the code of this process; null: it ends by itself. */
async function start(words: string[]): Promise<number | null> {
  if (words[0] === LOOK_WORD) {
    runLookProgram();
    return null;
  }
  if (words[0] === STATS_WORD) return stayBeside(exactWords(words).slice(1));
  if (words[0] !== PLAN_WORD) return startAlone(exactWords(words));
  const launcher = Number(words[1]);
  ignoreAsLauncher(launcher);
  const isGone = new Promise<number>(resolve => watchLauncher(launcher, () => resolve(EXIT.failed)));
  return Promise.race([isGone, startPlanning(launcher, exactWords(words.slice(2)))]);
}

/** Without a launcher that waits: for the commands that end in a code. */
async function startAlone(words: string[]): Promise<number> {
  const context = realContext(null);
  const outcome = await main(words, context);
  if (outcome.kind === 'exit') return outcome.code;
  context.stderr.write('jcds: only its launcher can start a job\nhint: call bin/jcds\n');
  return EXIT.failed;
}

/** For `--stats`: a plan's descriptor, what to tell, and the caller's words. */
async function stayBeside([descriptor = '', request = '', ...words]: string[]): Promise<number> {
  const { runWithStats } = await import('./job/stats.ts');
  return runWithStats(Number(descriptor), JSON.parse(request) as StatsRequest, words, realContext(null));
}

/** For a launcher: its death ends everything, silently; every deliberate end is a plan. */
async function startPlanning(launcher: number, words: string[]): Promise<number> {
  try {
    const context = realContext(launcher);
    const outcome = await main(words, context);
    const plan = outcome.kind === 'plan' ? outcome.plan : renderExit(outcome.code);
    return emitPlan(plan, launcher) ? EXIT.ok : EXIT.failed;
  } catch (thrown) {
    if (!launcherLives(launcher)) return EXIT.failed;
    throw thrown;
  }
}

/** The words with the bytes that they were typed with; Node has put U+FFFD where they are not UTF-8. */
function exactWords(words: string[]): string[] {
  return words.some(word => word.includes('\ufffd')) ? (readArguments(words.length) ?? words) : words;
}
