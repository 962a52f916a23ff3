/** Something that the reader threw, and about which repository: caught by the look, which makes an answer of it. */
export class Unseen extends Error {
  readonly repository: string;
  readonly thrown: unknown;

  constructor(repository: string, thrown: unknown) {
    super(repository);
    this.repository = repository;
    this.thrown = thrown;
  }
}

/** Does something with a repository; whatever is thrown becomes Unseen. */
export async function guarded<Value>(repository: string, look: () => Promise<Value>): Promise<Value> {
  try {
    return await look();
  } catch (thrown) {
    throw thrown instanceof Unseen ? thrown : new Unseen(repository, thrown);
  }
}
