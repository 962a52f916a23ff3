import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stored, TestImage } from './images.ts';
import { type Handler, type Heard, reply } from './server.ts';

/** A registry in memory: manifests by `repository` and tag or digest, blobs by digest. */
export class MemoryRegistry {
  readonly manifests = new Map<string, Stored>();
  readonly blobs = new Map<string, Stored>();

  tag(repository: string, tag: string, top: Stored, images: readonly TestImage[] = []): this {
    this.manifests.set(`${repository} ${tag}`, top);
    for (const manifest of [top, ...images.map(image => image.manifest)])
      this.manifests.set(`${repository} ${manifest.digest}`, manifest);
    for (const { config, layers } of images)
      for (const blob of [config, ...layers]) this.blobs.set(blob.digest, blob);
    return this;
  }

  readonly handle: Handler = (heard: Heard, response: ServerResponse, _request?: IncomingMessage) => {
    const [, repository, room, place] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/?]+)/.exec(heard.url) ?? [];
    if (room === 'tags') return reply(response, 200, { name: repository, tags: this.#tags(repository!) });
    const found =
      room === 'manifests' ? this.manifests.get(`${repository} ${place}`) : this.blobs.get(place ?? '');
    if (!found)
      return reply(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
    response.writeHead(200, {
      'content-type': room === 'blobs' ? 'application/octet-stream' : found.mediaType,
      'content-length': found.bytes.length,
      'docker-content-digest': found.digest,
    });
    response.end(heard.method === 'HEAD' ? undefined : found.bytes);
  };

  #tags(repository: string): string[] {
    return [...this.manifests.keys()]
      .filter(key => key.startsWith(`${repository} `) && !key.includes('sha256:'))
      .map(key => key.split(' ')[1]!);
  }
}
