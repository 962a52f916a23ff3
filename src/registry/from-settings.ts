import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { RegistryOptions } from './client.ts';
import { storedCredentials } from './credentials.ts';

/** The settings that registries are spoken to by. */
export type RegistrySettings = Pick<Settings, 'insecureRegistries' | 'registryTokenServers'>;

/** How registries are spoken to, with the credentials that docker and podman keep for this user. */
export function registryOptions(
  { insecureRegistries: insecure, registryTokenServers: tokenServers }: RegistrySettings,
  { environment, home, uid, now }: Pick<Context, 'environment' | 'home' | 'uid' | 'now'>,
): RegistryOptions {
  const findCredential = storedCredentials({ environment, home, uid });
  return { environment, findCredential, insecure, tokenServers, now };
}
