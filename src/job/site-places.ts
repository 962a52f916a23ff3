import type { CallOptions } from '../call.ts';
import { notMounted, type SiteMount, siteFlag, siteVariable } from '../runtimes/site-variables.ts';
import type { PlacedOptions } from './home.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options of a job with what a site's variables for Apptainer say of places where nothing was typed: CONTAIN
 * (CONTAINALL, COMPAT), NO_HOME or NO_MOUNT=home, HOME (which names a home that is not shown, too), and PWD or CWD. They count on every runtime. @throws SiteVariableError
 */
export function withSitePlaces(options: CallOptions, environment: Environment): PlacedOptions {
  const isContained = ['CONTAIN', 'CONTAINALL', 'COMPAT'].some(key => siteFlag(key, environment));
  const home = options.home ?? siteHome(environment);
  const homeName = home === false ? siteVariable('HOME', environment)?.value : undefined;
  const isTyped = [options.workdir, options.pwd, options.cwd].some(value => value !== undefined);
  const workdir = siteVariable('CWD', environment) ?? siteVariable('PWD', environment);
  return {
    ...options,
    ...(isContained ? { contain: true } : {}),
    ...(home === undefined ? {} : { home }),
    ...(homeName === undefined ? {} : { homeName }),
    ...(isTyped || workdir === null ? {} : { pwd: workdir.value }),
  };
}

function siteHome(environment: Environment): string | false | undefined {
  const isLeftOut = siteFlag('NO_HOME', environment) || isNotMounted('home', environment);
  return isLeftOut ? false : siteVariable('HOME', environment)?.value;
}

/** Whether NO_MOUNT names one of what jcds shows by itself: `home`, `cwd` or `tmp`. */
export function isNotMounted(name: SiteMount, environment: Environment): boolean {
  return notMounted(environment).includes(name);
}
