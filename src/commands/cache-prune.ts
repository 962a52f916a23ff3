import { existsSync } from 'node:fs';
import { mountedRepositories } from '../cvmfs/client-cache.ts';
import { DEFAULT_CVMFS_ROOT } from '../cvmfs/root.ts';
import { EXIT } from '../errors.ts';
import { bytesText } from '../output/amount.ts';
import { jsonLine } from '../output/json.ts';
import { textLines } from '../output/safe-text.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { cleaningLines } from '../status/cache-rows.ts';
import { directorySize } from '../status/directory-size.ts';
import { ownCache, runtimeCaches } from '../status/local-caches.ts';
import { pruneOwnCache } from '../status/prune.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { JSON_OPTION } from './common-options.ts';

/** `jcds cache prune`: jcds' own cache, and what to type for the others. */
export const cachePrune: CommandDeclaration = {
  group: 'cache',
  name: 'prune',
  summary: 'Empty jcds’ own cache, and say how the others are emptied',
  description:
    'Removes what jcds remembers of images, runtimes and repositories (not the index for TAB: jcds completion uninstall). The caches of CVMFS and of the runtimes are not touched: the commands for them are printed.',
  arguments: [],
  options: [{ flags: '-n, --dry-run', description: 'say what would be removed' }, JSON_OPTION],
  async action(call, context) {
    const own = ownCache(context);
    const size = await directorySize(own.directory, 5000);
    const isDry = flag(call, 'dryRun');
    const { names, bytes } = pruneOwnCache(own, context.uid, size, isDry);
    if (flag(call, 'json')) {
      const report = {
        schemaVersion: SCHEMA_VERSION,
        directory: own.directory,
        removed: names,
        bytes,
        dryRun: isDry,
      };
      context.stdout.write(jsonLine(report));
      return exit(EXIT.ok);
    }
    const what = names.length === 0 ? 'nothing' : names.join(', ');
    const amount = bytes === null ? '' : ` (${bytesText(bytes)})`;
    context.stdout.write(
      textLines([`${isDry ? 'would remove' : 'removed'} from ${own.directory}: ${what}${amount}`]),
    );
    if (call.options.quiet !== true) {
      const runtimes = runtimeCaches(context).filter(({ directory }) => existsSync(directory));
      const [mounted] = mountedRepositories(DEFAULT_CVMFS_ROOT);
      context.stdout.write(textLines(cleaningLines(mounted, runtimes)));
    }
    return exit(EXIT.ok);
  },
};
