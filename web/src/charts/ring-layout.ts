/** Nodes on a ring and the bows between neighbours, in the units of the picture. */
export interface RingNode {
  readonly x: number;
  readonly y: number;
  /** Where its name stands: outside of the ring. */
  readonly name: { readonly x: number; readonly y: number; readonly anchor: "start" | "middle" | "end" };
}

export interface RingBow {
  readonly path: string;
  readonly middle: { readonly x: number; readonly y: number };
}

export const RING = { width: 500, height: 286, x: 250, y: 143, radius: 92 } as const;
const NAME_GAP = 20;
const BULGE = 1.32;

interface Point {
  readonly x: number;
  readonly y: number;
}

const at = (angle: number, radius: number): Point => ({ x: RING.x + radius * Math.sin(angle), y: RING.y - radius * Math.cos(angle) });
const figure = (value: number): string => value.toFixed(1);

/** The first node stands on top; the others follow clockwise. */
export const ringNodes = (count: number): RingNode[] =>
  Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    const name = at(angle, RING.radius + NAME_GAP);
    return { ...at(angle, RING.radius), name: { ...name, anchor: anchorOf(Math.sin(angle)) } };
  });

function anchorOf(sideways: number): RingNode["name"]["anchor"] {
  if (Math.abs(sideways) < 0.3) return "middle";
  return sideways > 0 ? "start" : "end";
}

/** From each node to the next, along the ring, so that two nodes have two bows. */
export const ringBows = (count: number): RingBow[] =>
  Array.from({ length: count }, (_, index) => {
    const [from, half, to] = [0, 0.5, 1].map((step) => (2 * Math.PI * (index + step)) / count) as [number, number, number];
    const reach = RING.radius * (count === 2 ? BULGE : 1 / Math.max(0.5, Math.cos(Math.PI / count)));
    const [start, bend, end] = [at(from, RING.radius), at(half, reach), at(to, RING.radius)];
    const path = `M${figure(start.x)} ${figure(start.y)}Q${figure(bend.x)} ${figure(bend.y)} ${figure(end.x)} ${figure(end.y)}`;
    return { path, middle: { x: (start.x + 2 * bend.x + end.x) / 4, y: (start.y + 2 * bend.y + end.y) / 4 } };
  });
