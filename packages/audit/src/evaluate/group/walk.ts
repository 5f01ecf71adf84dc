import { maxOf, minOf } from "@truebound/time";
import type { GroupMember, InstantVerdict, Stretch } from "../../audit-case.ts";
import { type Known, SCALE } from "../line.ts";
import { JudgedLine } from "../rounding.ts";
import { knownOf, timelineOf } from "../timeline.ts";
import { certainlyApart, isAbove, widest } from "./extremes.ts";
import type { Phase } from "./phases.ts";
import { type Books, type Held, judgeSegment } from "./segment.ts";
import { type BlockSketch, extremesOf, type Grid, type MemberSketch } from "./sketch.ts";

/** A part of a block in which the same members are asked; null = its verdict is not the same throughout, or not known from sketches. */
interface Cell extends Stretch {
  readonly phase: Phase;
  readonly verdict: InstantVerdict | null;
}

export interface Walked {
  readonly members: readonly GroupMember[];
  readonly sketches: readonly MemberSketch[];
  readonly phases: readonly Phase[];
  readonly grid: Grid;
  /** Scaled. */
  readonly limit: bigint;
}

/** Pieces of evidence that are held at once, about: what a group needs of memory does not grow with its period. */
const MOST_PIECES = 2_000_000;

/** Blocks are judged from sketches; those that are not are gone through piece by piece, some at a time. It yields now and then. */
export function* walkGroup(walked: Walked, books: Books): Generator<void, JudgedLine> {
  const line = new JudgedLine();
  const pieces = walked.sketches.reduce((sum, one) => sum + one.pieces, 0);
  const most = Math.max(1, Math.floor((MOST_PIECES * walked.grid.count) / Math.max(1, pieces)));
  let [cells, open]: [Cell[], number] = [[], 0];
  for (const cell of cellsOf(walked)) {
    cells.push(cell);
    if (cell.verdict === null) open += 1;
    if (open < most) continue;
    yield* judgeCells(walked, cells, line, books);
    [cells, open] = [[], 0];
  }
  yield* judgeCells(walked, cells, line, books);
  return line;
}

function* cellsOf(walked: Walked): Generator<Cell> {
  const { grid, phases } = walked;
  for (const phase of phases)
    for (let index = grid.indexOf(phase.from); index < grid.count && grid.block(index).from < phase.to; index++) {
      const block = grid.block(index);
      const [from, to] = [maxOf(block.from, phase.from), minOf(block.to, phase.to)];
      yield { from, to, phase, verdict: verdictOfBlock(walked, phase, index) };
    }
}

function verdictOfBlock({ sketches, grid, limit }: Walked, { roles }: Phase, index: number): InstantVerdict | null {
  const present = sketches.map(({ blocks }) => blocks[index] as BlockSketch).filter((_, member) => roles[member] !== "out");
  const asked = sketches.map(({ blocks }) => blocks[index] as BlockSketch).filter((_, member) => roles[member] === "asked");
  const known = present.flatMap(({ extremes }) => (extremes === null ? [] : [extremes]));
  if (isAbove(certainlyApart(known), limit)) return null;
  if (asked.length < 2 || asked.some(({ knownNs }) => knownNs === 0n)) return "NO_EVIDENCE";
  const { from, to } = grid.block(index);
  const bound = asked.flatMap(({ extremes, boundNs }) => (extremes !== null && boundNs === to - from ? [extremes] : []));
  return bound.length === asked.length && !isAbove(widest(bound), limit) ? "COMPLIANT" : null;
}

function* judgeCells(walked: Walked, cells: readonly Cell[], line: JudgedLine, books: Books): Generator<void, void> {
  const open = cells.filter(({ verdict }) => verdict === null);
  const pieces: Known[][][] = [];
  for (const member of open.length === 0 ? [] : walked.members) {
    pieces.push(piecesIn(member, open));
    yield;
  }
  let next = 0;
  for (const cell of cells) {
    if (cell.verdict !== null) line.addWhole(cell.from, cell.to, cell.verdict);
    else {
      judgeCell(
        walked,
        cell,
        pieces.map((one) => one[next] as Known[]),
        line,
        books,
      );
      next += 1;
      yield;
    }
  }
}

/** What is known of a member in each of some stretches, which are in order. */
function piecesIn({ terms, clock }: GroupMember, stretches: readonly Stretch[]): Known[][] {
  const found: Known[][] = stretches.map(() => []);
  let first = 0;
  for (const known of knownOf(timelineOf(terms, clock, SCALE))) {
    while (first < stretches.length && (stretches[first] as Stretch).to <= known.from) first += 1;
    for (let index = first; index < stretches.length && (stretches[index] as Stretch).from < known.to; index++) {
      const { from, to } = stretches[index] as Stretch;
      found[index]?.push({ ...known, from: maxOf(from, known.from), to: minOf(to, known.to) });
    }
    if (first === stretches.length) break;
  }
  return found;
}

function judgeCell({ limit }: Walked, { from, to, phase }: Cell, pieces: readonly Known[][], line: JudgedLine, books: Books): void {
  const cursors = pieces.flatMap((one, member) => {
    const role = phase.roles[member];
    return role === "out" ? [] : [new Cursor(member, role === "late", one, to)];
  });
  for (let at = from; at < to; ) {
    for (const cursor of cursors) cursor.moveTo(at);
    const until = cursors.map((cursor) => cursor.until).reduce(minOf, to);
    for (const judged of judgeSegment(
      { from: at, to: until },
      cursors.map(({ held }) => held),
      limit,
      books,
    ))
      line.add(judged);
    at = until;
  }
}

class Cursor {
  held: Held;
  until: bigint;
  readonly #pieces: readonly Known[];
  readonly #end: bigint;
  #next = 0;

  constructor(member: number, isLate: boolean, pieces: readonly Known[], end: bigint) {
    this.held = { member, isLate, known: null, extremes: null };
    this.until = pieces[0]?.from ?? end;
    this.#pieces = pieces;
    this.#end = end;
  }

  moveTo(at: bigint): void {
    if (at < this.until) return;
    const one = this.#pieces[this.#next];
    const isHere = one !== undefined && one.from <= at;
    if (isHere) this.#next += 1;
    const extremes = isHere && one.kind === "bound" ? extremesOf(one) : null;
    this.held = { ...this.held, known: isHere ? one : null, extremes };
    this.until = isHere ? one.to : (one?.from ?? this.#end);
  }
}
