/** What is pushed to registries beside images, by the types that its manifest names, and what to do with it. */
const ARTIFACTS: readonly (readonly [type: RegExp, what: string, hint: string])[] = [
  [
    /\.sif\b|sylabs/,
    'a SIF file',
    'run it with apptainer itself (oras://NAME), or give the image that it was made from',
  ],
  [/helm/, 'a Helm chart', 'give the name of an image that the chart uses'],
  [/simplesigning|cosign|sigstore|notary/, 'a signature', 'give the name of the image that it signs'],
  [/in-toto|slsa|spdx|cyclonedx/, 'a statement about an image', 'give the name of the image itself'],
  [
    /manifest\.v1\+(?:pretty)?jws|manifest\.v1\+json$/,
    "an image of docker's first schema",
    'push it again with a newer docker',
  ],
  [/\+encrypted/, 'an image with encrypted layers', 'push it without encryption'],
  [/foreign|nondistributable/, 'an image with layers that no registry holds', 'push it with all its layers'],
  [/windows/, 'an image for Windows', 'give an image for Linux'],
  [/image\.index|manifest\.list/, 'an index within an index', 'give the digest of one of its images'],
  [/oci\.empty/, 'an artifact without the configuration of an image', 'give the name of an image'],
];

/** Words for what is no image that can be unpacked, and a hint; the most telling type counts. */
export function artifactOf(types: readonly string[]): { readonly what: string; readonly hint: string } {
  const found = ARTIFACTS.find(([pattern]) => types.some(type => pattern.test(type)));
  return found === undefined
    ? { what: 'of a type that no image has', hint: 'give the name of an image' }
    : { what: found[1], hint: found[2] };
}

const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar|docker\.image\.rootfs\.diff\.tar)(?:[.+](?:gzip|zstd))?$/;

/** Whether a layer of this type is a tree of files that can be unpacked. */
export function isTreeLayer(mediaType: string): boolean {
  return LAYER.test(mediaType);
}
