import { emptyRoot, nodeHash, type Sha256 } from "./merkle.ts";

/** The root of a log whose leaves are seen one after the other; no more is remembered than one hash for each doubling. */
export class GrowingRoot {
  readonly #sha256: Sha256;
  /** Complete subtrees, the largest first. */
  #subtrees: { readonly leaves: number; readonly hash: Uint8Array }[] = [];
  #size = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.#size;
  }

  add(leaf: Uint8Array): void {
    let grown = { leaves: 1, hash: leaf };
    for (let before = this.#subtrees.at(-1); before?.leaves === grown.leaves; before = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      grown = { leaves: 2 * grown.leaves, hash: nodeHash(before.hash, grown.hash, this.#sha256) };
    }
    this.#subtrees.push(grown);
    this.#size += 1;
  }

  root(): Uint8Array {
    const [last, ...rest] = this.#subtrees.map(({ hash }) => hash).reverse();
    return last === undefined ? emptyRoot(this.#sha256) : rest.reduce((right, left) => nodeHash(left, right, this.#sha256), last);
  }
}
