import { UsageError } from '../errors.ts';
import { TOPICS } from '../help/topics.ts';
import type { CommandDeclaration } from './command.ts';
import { exit } from './command.ts';

/** `jcds help`: topics that belong to no single command, and every command's own help. */
export const help: CommandDeclaration = {
  name: 'help',
  summary: 'Show help about a command or a topic',
  description: `Topics: ${Object.keys(TOPICS).join(', ')}.`,
  arguments: [
    {
      name: 'topic',
      description: 'a command, or a topic',
      optional: true,
      variadic: true,
      choices: Object.keys(TOPICS),
      completes: 'command',
    },
  ],
  options: [],
  examples: [['jcds help exit-codes', 'what each exit code means']],
  async action(call, context) {
    const [name] = call.arguments;
    const topic = name !== undefined && Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
    if (topic !== undefined) {
      context.stdout.write(topic.text());
      return exit(0);
    }
    // program.ts has turned a command's name into that command with --help.
    throw new UsageError(`there is no help about ${JSON.stringify(name)}`, 'jcds help');
  },
};
