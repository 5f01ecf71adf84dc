import { MemoryStore } from "./memory-store.fixture.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

export function storeOf(files: Files): MemoryStore {
  const store = new MemoryStore();
  for (const [name, bytes] of files) store.files.set(name, Uint8Array.from(bytes));
  return store;
}

/** Tells every state that a crash can leave: before and after each step, and within each write at several lengths. */
export function tellCrashes(store: MemoryStore, tell: (files: Files) => void): void {
  const snapshot = (changed?: readonly [string, Uint8Array]) => {
    const { files } = storeOf(store.files);
    tell(changed === undefined ? files : files.set(changed[0], Uint8Array.from(changed[1])));
  };
  const [append, overwrite, remove] = [store.append.bind(store), store.overwrite.bind(store), store.remove.bind(store)];
  store.append = (name, bytes) => {
    const before = store.read(name);
    for (const part of [0, 0.1, 0.5, 0.99, 1])
      snapshot([name, Buffer.concat([before, bytes.subarray(0, Math.floor(part * bytes.length))])]);
    append(name, bytes);
  };
  store.overwrite = (name, at, bytes) => {
    snapshot();
    overwrite(name, at, bytes.subarray(0, bytes.length >> 1));
    snapshot();
    overwrite(name, at, bytes);
    snapshot();
  };
  store.remove = (name) => {
    snapshot();
    remove(name);
    snapshot();
  };
}

export function crashes(store: MemoryStore): Files[] {
  const states: Files[] = [];
  tellCrashes(store, (files) => states.push(files));
  return states;
}
