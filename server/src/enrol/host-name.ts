/** Names to try in turn for a host: the wish, then with a number, and at last with a part of its id, which is free. */
export function* nameCandidates(wish: string, id: string): Generator<string> {
  yield wish;
  for (let number = 2; number <= 20; number++) yield suffixed(wish, String(number));
  yield suffixed(wish, id.slice(0, 8));
  yield suffixed(wish, id);
}

const LONGEST = 255;

const suffixed = (name: string, suffix: string): string => `${name.slice(0, LONGEST - suffix.length - 1)}-${suffix}`;
