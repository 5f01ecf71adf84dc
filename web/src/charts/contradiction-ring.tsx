import type { JSX } from "preact";
import type { Look } from "../format/status-look.ts";
import { cutName } from "./cut-name.ts";
import { RING, ringBows, ringNodes } from "./ring-layout.ts";

export interface RingMember {
  readonly name: string;
  /** `utc` is the reference, which nobody accuses. */
  readonly look: Look | "utc";
}

interface ContradictionRingProps {
  readonly nodes: readonly RingMember[];
  /** From each node to the next: what was said. */
  readonly bows: readonly string[];
  readonly excess: string;
}

const NAME_MOST = 15;
const SIDE_MOST = 15;

/** Statements that cannot all be true, as the ring that they form, and by how much they exclude each other in its middle. */
export function ContradictionRing({ nodes, bows, excess }: ContradictionRingProps): JSX.Element {
  const places = ringNodes(nodes.length);
  return (
    <svg
      class="ring"
      viewBox={`0 0 ${RING.width} ${RING.height}`}
      role="img"
      aria-label={`${nodes.map(({ name }) => name).join(", ")}: ${excess}`}
    >
      {ringBows(nodes.length).map(({ path, middle }, index) => (
        <g key={path}>
          <path d={path} class={`ring-bow ring-bow-${bows[index] === "claim" ? "claim" : "measured"}`} />
          <text x={middle.x} y={middle.y + 4} class="ring-said">
            {bows[index]}
          </text>
        </g>
      ))}
      {nodes.map((node, index) => {
        const place = places[index];
        return place && <Node key={`${index} ${node.name}`} node={node} place={place} />;
      })}
      <text x={RING.x} y={RING.y - 2} class="ring-excess">
        {excess}
      </text>
      <text x={RING.x} y={RING.y + 16} class="ring-excess-note">
        too much
      </text>
    </svg>
  );
}

interface NodeProps {
  readonly node: RingMember;
  readonly place: ReturnType<typeof ringNodes>[number];
}

function Node({ node: { name, look }, place: { x, y, name: at } }: NodeProps): JSX.Element {
  const most = at.anchor === "middle" ? 2 * NAME_MOST : SIDE_MOST;
  return (
    <g class={look === "utc" ? "ring-utc" : `look-${look}`}>
      <title>{name}</title>
      <Shape look={look} x={x} y={y} />
      <text x={at.x} y={at.y + 4} text-anchor={at.anchor} class="ring-name">
        {cutName(name, ({ length }) => length <= most)}
      </text>
    </g>
  );
}

/** As the marks of the page: who is flagged is a square with a cross, a suspect a diamond. */
function Shape({ look, x, y }: { readonly look: RingMember["look"]; readonly x: number; readonly y: number }): JSX.Element {
  if (look === "conflict")
    return (
      <g transform={`translate(${x} ${y})`}>
        <rect x="-11" y="-11" width="22" height="22" rx="3.5" class="ring-solid" />
        <path d="M-5-5 5 5M5-5-5 5" class="ring-cut" />
      </g>
    );
  if (look === "unverified") return <path d="M0-12.5 12.5 0 0 12.5-12.5 0z" transform={`translate(${x} ${y})`} class="ring-line" />;
  return <circle cx={x} cy={y} r="9" class={look === "utc" ? "ring-solid" : "ring-line"} />;
}
