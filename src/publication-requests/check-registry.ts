import type { Settings } from '../configuration/settings.ts';
import { JcdsError } from '../errors.ts';
import { canonicalName, type Reference } from '../image/reference.ts';
import type { Speaker } from '../output/console.ts';
import { safeText } from '../output/safe-text.ts';
import { noCredential } from '../registry/client.ts';
import { checkConvertible, refuseThisHost } from '../registry/convertible.ts';
import { registryOptions } from '../registry/from-settings.ts';
import { registryHas } from '../registry/presence.ts';
import type { AskingContext, Service } from './service.ts';

/** An image that only some may pull, for a service that publishes what everyone may. */
export class PrivateImageError extends JcdsError {
  constructor(reference: Reference, service: string) {
    super({
      code: 'IMAGE_PRIVATE',
      message: `${safeText(canonicalName(reference))} may not be pulled by everyone, and ${safeText(service, 80)} publishes public images only`,
      hint: 'make the project or image public, or ask a service that takes private ones (--repository)',
    });
  }
}

/**
 * Makes sure that the registry of an image has it, that the service can convert it, and says whether everyone may pull it. A name that
 * nobody confirms, or that no service can publish, is not asked for in anybody's name. Throws the registry's own failure
 * (`NOT_IN_REGISTRY`: exit 1), what checkConvertible throws, and PrivateImageError.
 */
export async function checkRegistry(
  reference: Reference,
  service: Service,
  { settings, context, say }: { settings: Settings; context: AskingContext; say: Speaker },
): Promise<{ readonly isPublic: boolean }> {
  refuseThisHost(reference);
  const options = registryOptions(settings, context);
  const asEveryone = { ...options, findCredential: noCredential };
  const everyone = await registryHas(reference, asEveryone);
  // Some registries say "not found" to strangers where they mean "not for you": the credential decides.
  const isAskedAgain = everyone.state === 'absent' || everyone.state === 'private';
  const { evidence, failure } = isAskedAgain ? await registryHas(reference, options) : everyone;
  if (failure !== null) throw failure;
  if (isAskedAgain && service.wishlist.publicOnly === true)
    throw new PrivateImageError(reference, service.row.name);
  await checkConvertible(
    reference,
    service.wishlist.architectures ?? ['amd64'],
    isAskedAgain ? options : asEveryone,
  );
  if (!isAskedAgain) say.detail(evidence);
  else
    say.warn(
      `${canonicalName(reference)} may not be pulled by everyone: ${service.row.name} can publish it only if its operators have access, and then every host that mounts it can read it`,
    );
  return { isPublic: !isAskedAgain };
}
