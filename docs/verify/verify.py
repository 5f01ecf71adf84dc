#!/usr/bin/env python3
"""A second verifier of Truebound's reports: one file, Python 3.11, its standard library only.

    python3 verify.py BUNDLE [--key KEY_ID]     exit 0 only if every step holds; else one line: step, host, epoch/seq, rule
    python3 verify.py --explain CASE.json       tb-audit/1 alone: what `truebound explain audit CASE.json` prints

Written from docs/reports.md, docs/audit-algorithm.md and docs/log.md, and shares no code with the product. It uses no network,
no database, and no clock.
"""
import base64
import hashlib
import heapq
import json
import os
import sys
import zlib
from bisect import bisect_right
from collections import deque
from fractions import Fraction

# ---------------------------------------------------------------- stretches: sorted lists of (from, to), half open, apart


def union(stretches):
    out = []
    for a, b in sorted(s for s in stretches if s[0] < s[1]):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def meet(xs, ys):
    out, i, j = [], 0, 0
    while i < len(xs) and j < len(ys):
        a, b = max(xs[i][0], ys[j][0]), min(xs[i][1], ys[j][1])
        if a < b:
            out.append((a, b))
        if xs[i][1] < ys[j][1]:
            i += 1
        else:
            j += 1
    return out


def less(xs, ys):
    """xs without ys, both unions."""
    out, j = [], 0
    for a, b in xs:
        while j < len(ys) and ys[j][1] <= a:
            j += 1
        k = j
        while k < len(ys) and ys[k][0] < b:
            if ys[k][0] > a:
                out.append((a, ys[k][0]))
            a = max(a, ys[k][1])
            k += 1
        if a < b:
            out.append((a, b))
    return out


def length(xs):
    return sum(b - a for a, b in xs)


# ---------------------------------------------------------------- tb-audit/1: sides and pieces (sections 1 and 2)

INFINITY = 1 << 200
PPB = 10**9


def merged_cuts(cuts):
    """Cuts whose insides overlap are one."""
    out = []
    for a, b, _ in sorted(cuts):
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


class Side:
    """Time between two cuts: what is said at marks, and between them."""

    def __init__(self, before, after, leaps):
        self.lower = before[1] if before else -INFINITY
        self.upper = after[0] if after else INFINITY
        self.leap_before = any(b == self.lower for _, b in leaps)
        self.leap_after = any(a == self.upper for a, _ in leaps)
        self.instant_after = bool(after) and after[0] == after[1]
        self.samples = []
        self.parts = []

    def add_part(self, a, b, lo, hi):
        a, b = max(a, self.lower), min(b, self.upper)
        if a > b or (self.instant_after and a == self.upper):
            return False
        self.parts.append((a, b, lo, hi))
        return True

    def settle(self):
        """x: the marks; at[i]: what is said there; between[i]: what is said from x[i] to x[i+1], None = nothing."""
        self.parts.sort()
        at = {}
        count = {}
        for t, lo, hi in self.samples:
            old = at.get(t)
            at[t] = (lo, hi) if old is None else (max(old[0], lo), min(old[1], hi))
            count[t] = count.get(t, 0) + 1
        marks = set(at)
        for a, b, _, _ in self.parts:
            marks.add(a)
            marks.add(b)
        self.x = sorted(marks)
        self.at, self.between = [], []
        los, his, k = [], [], 0
        contradictory = 0
        parts = self.parts
        for x in self.x:
            while k < len(parts) and parts[k][0] == x:
                _, b, lo, hi = parts[k]
                heapq.heappush(los, (-lo, b))
                heapq.heappush(his, (hi, b))
                k += 1
            while los and los[0][1] < x:
                heapq.heappop(los)
            while his and his[0][1] < x:
                heapq.heappop(his)
            said = at.get(x)
            if los:
                lo, hi = -los[0][0], his[0][0]
                said = (lo, hi) if said is None else (max(lo, said[0]), min(hi, said[1]))
            if said[0] > said[1]:
                contradictory += count.get(x, 0)
            self.at.append(said)
            while los and los[0][1] <= x:
                heapq.heappop(los)
            while his and his[0][1] <= x:
                heapq.heappop(his)
            self.between.append((-los[0][0], his[0][0]) if los else None)
        return contradictory


class Clock:
    """All that is known of one clock, settled: sides, runs, conflicts."""

    def __init__(self, drift, horizon, requires, cuts, samples, spans):
        self.rho, self.horizon = drift, horizon
        kept = [s for s in samples if s[3] or not requires]
        kept_spans = [s for s in spans if s[4] or not requires]
        self.untraceable = len(samples) - len(kept) + len(spans) - len(kept_spans)
        self.in_cut = 0
        self.cuts = merged_cuts(cuts)
        ends = [c[1] for c in self.cuts]
        leaps = [(a, b) for a, b, reason in cuts if reason == "leap"]
        self.sides = [Side(b, a, leaps) for b, a in zip([None] + self.cuts, self.cuts + [None])]
        for t, lo, hi, _ in kept:
            k = bisect_right(ends, t)
            if k < len(self.cuts) and self.cuts[k][0] < t:
                self.in_cut += 1
            else:
                self.sides[k].samples.append((t, lo, hi))
        self.spans = 0
        for a, b, lo, hi, _ in kept_spans:
            if self._split(a, b, lo, hi, bisect_right(ends, a)):
                self.spans += 1
            else:
                self.in_cut += 1
        self.contradictory = sum(side.settle() for side in self.sides)
        self.samples = sum(len(side.samples) for side in self.sides) - self.contradictory
        self.runs, self.conflicts = [], []
        for side in self.sides:
            runs, conflicts = walk(side, self.rho, self.horizon)
            self.runs += runs
            self.conflicts += conflicts
        self.conflicts = union(self.conflicts)

    def _split(self, a, b, lo, hi, k):
        some = False
        # A cut of one instant may stand right at a; the side before it has nothing then.
        k = max(0, k - 1)
        while k < len(self.sides) and self.sides[k].lower <= b:
            some = self.sides[k].add_part(a, b, lo, hi) or some
            k += 1
        return some

    def elements(self):
        out = []
        for run in self.runs:
            out += run.elements(self.rho, self.horizon)
        return out

    def blocks(self):
        """Where pieces that are not void lie, joined: closed [from, to]."""
        out = []
        for side in self.sides:
            for i, x in enumerate(side.x):
                if side.at[i][0] <= side.at[i][1]:
                    if not (out and out[-1][1] == x):
                        out.append((x, x))
                said = side.between[i]
                if said is not None and said[0] <= said[1]:
                    if out and out[-1][1] == x:
                        out[-1] = (out[-1][0], side.x[i + 1])
                    else:
                        out.append((x, side.x[i + 1]))
        return out


# ---------------------------------------------------------------- tb-audit/1: conflicts (section 3)


class Run:
    def __init__(self, side, first, last, lower, upper):
        # Pieces are numbered: 2i is the mark i, 2i+1 what lies between i and i+1.
        self.side, self.first, self.last, self.lower, self.upper = side, first, last, lower, upper

    def elements(self, rho, horizon):
        return elements_of(self, rho, horizon)


def walk(side, rho, horizon):
    runs, conflicts = [], []
    first, lower = None, side.lower
    los, his = deque(), deque()
    x, at, between = side.x, side.at, side.between

    def close(last, upper):
        if first is not None:
            runs.append(Run(side, first, last, lower, upper))
        los.clear()
        his.clear()

    for i, here in enumerate(x):
        lo, hi = at[i]
        before = between[i - 1] if i else None
        if lo > hi:
            close(2 * i - 1, here)
            first, lower = None, here
        else:
            if excluded(los, his, here, lo, hi, rho, horizon):
                p = here if before is not None else x[i - 1]
                close(2 * i - 1, p)
                conflicts.append((p, here))
                first, lower = None, here
            if first is None:
                first = 2 * i
            remember(los, his, here, lo, hi, rho)
        said = between[i]
        if said is None:
            continue
        if said[0] <= said[1]:
            if first is None:
                first = 2 * i + 1
            continue
        conflicts.append((here, x[i + 1]))
        if i and before is None and at[i - 1][0] <= at[i - 1][1] and here - x[i - 1] <= 2 * horizon:
            conflicts.append((x[i - 1], here))
            runs[-1].upper = x[i - 1]
        first, lower = None, x[i + 1]
    close(2 * len(x) - 1, side.upper)
    return runs, conflicts


def excluded(los, his, x, lo, hi, rho, horizon):
    while los and x - los[0][0] > 2 * horizon:
        los.popleft()
    while his and x - his[0][0] > 2 * horizon:
        his.popleft()
    return bool(los) and (los[0][1] - rho * x > hi * PPB or his[0][1] - rho * x > -lo * PPB)


def remember(los, his, x, lo, hi, rho):
    for queue, value in ((los, lo * PPB + rho * x), (his, -hi * PPB + rho * x)):
        while queue and queue[-1][1] <= value:
            queue.pop()
        queue.append((x, value))


# ---------------------------------------------------------------- tb-audit/1: E (section 4)
# E.lo and -E.hi are both the greatest of lines. A line is (k, m): (m + k·t) / scale.


def behind(points, horizon):
    """The greatest value of points (at, value) with at <= t <= at + horizon: steps (t, value or None), each from its t on."""
    queue, out = deque(), []

    def step(t, value):
        if out and out[-1][0] == t:
            out[-1] = (t, value)
        else:
            out.append((t, value))

    for at, value in points:
        while queue and queue[0][0] + horizon <= at:
            gone = queue.popleft()[0] + horizon
            step(gone, queue[0][1] if queue else None)
        while queue and queue[-1][1] <= value:
            queue.pop()
        queue.append((at, value))
        step(at, queue[0][1])
    while queue:
        gone = queue.popleft()[0] + horizon
        step(gone, queue[0][1] if queue else None)
    return out


def ahead(points, horizon):
    """The same for from - horizon <= t <= from; points are (-from, value), ascending."""
    steps = behind(points, horizon)
    out = [(-steps[i + 1][0], steps[i][1]) for i in range(len(steps) - 2, -1, -1)]
    if steps:
        out.append((-steps[0][0], None))
    return out


class Element:
    """A stretch over which E consists of the same lines."""

    __slots__ = ("a", "b", "slot", "lo", "hi", "scale", "neighbours", "leap")

    def __init__(self, a, b, slot, lo, hi, scale, neighbours, leap):
        self.a, self.b, self.slot, self.lo, self.hi = a, b, slot, lo, hi
        self.scale, self.neighbours, self.leap = scale, neighbours, leap


def elements_of(run, rho, horizon):
    side = run.side
    i0, i1 = (run.first + 1) // 2, run.last // 2
    x, at = side.x, side.at
    while i1 >= i0 and at[i1][0] > at[i1][1]:
        i1 -= 1
    marks = range(i0, i1 + 1)
    back = range(i1, i0 - 1, -1)
    steps = [
        behind([(x[i], at[i][0] * PPB + rho * x[i]) for i in marks], horizon),
        ahead([(-x[i], at[i][0] * PPB - rho * x[i]) for i in back], horizon),
        behind([(x[i], -at[i][1] * PPB + rho * x[i]) for i in marks], horizon),
        ahead([(-x[i], -at[i][1] * PPB - rho * x[i]) for i in back], horizon),
    ]
    return Envelope(run, rho, i0, i1, steps).elements()


class Envelope:
    def __init__(self, run, rho, i0, i1, steps):
        self.run, self.rho, self.i0, self.i1 = run, rho, i0, i1
        self.steps, self.at, self.value = steps, [0] * 4, [None] * 4
        self.out = []

    def elements(self):
        run, x = self.run, self.run.side.x
        # Slots end at marks. A run may begin or end with a piece between two marks of which one is void.
        held_first = run.first // 2 if run.first % 2 else self.i0 - 1
        held_last = run.last // 2
        for j in range(held_first, held_last + 1):
            a = x[j] if j >= self.i0 or run.first % 2 else -INFINITY
            b = x[j + 1] if j < self.i1 or (j + 1 < len(x) and 2 * j + 1 <= run.last) else INFINITY
            self._slot(max(a, run.lower), min(b, run.upper), j)
        return self.out

    def _slot(self, a, b, j):
        if a >= b:
            return
        run, side = self.run, self.run.side
        held = side.between[j] if j >= 0 and run.first <= 2 * j + 1 <= run.last else None
        leap = (j == -1 and side.leap_before and run.first == 0) or (
            j == len(side.x) - 1 and side.leap_after and side.at[j][0] <= side.at[j][1]
        )
        while a < b:
            end = self._until(a, b)
            self._element(a, end, j, held, leap)
            a = end

    def _until(self, a, b):
        """Takes all steps up to a, and says where the next one is."""
        end = b
        for n in range(4):
            steps, k = self.steps[n], self.at[n]
            while k < len(steps) and steps[k][0] <= a:
                self.value[n] = steps[k][1]
                k += 1
            self.at[n] = k
            if k < len(steps) and steps[k][0] < end:
                end = steps[k][0]
        return end

    def _element(self, a, b, j, held, leap):
        rho, side = self.rho, self.run.side
        behind_lo, ahead_lo, behind_hi, ahead_hi = self.value
        lo, hi, neighbours = [], [], []
        if held is not None:
            lo.append((0, held[0] * PPB))
            hi.append((0, -held[1] * PPB))
            neighbours.append(held)
        if behind_lo is not None:
            lo.append((-rho, behind_lo))
            hi.append((-rho, behind_hi))
            if held is None:
                neighbours.append(side.at[j])
        if ahead_lo is not None:
            lo.append((rho, ahead_lo))
            hi.append((rho, ahead_hi))
            if held is None:
                neighbours.append(side.at[j + 1])
        if lo:
            self.out.append(Element(a, b, (id(side), j), lo, hi, PPB, neighbours, leap))


def paired(xs, ys):
    """Elements of the first clock less the second."""
    out, i, j = [], 0, 0
    while i < len(xs) and j < len(ys):
        p, q = xs[i], ys[j]
        a, b = max(p.a, q.a), min(p.b, q.b)
        if a < b:
            out.append(difference(p, q, a, b))
        if p.b < q.b:
            i += 1
        else:
            j += 1
    return out


def difference(p, q, a, b):
    # lo = p.lo - q.hi = p.lo + (-q.hi), and -hi = -p.hi + q.lo.
    lo = [(k + l, m + n) for k, m in p.lo for l, n in q.hi]
    hi = [(k + l, m + n) for k, m in p.hi for l, n in q.lo]
    neighbours = [(u[0] - v[1], u[1] - v[0]) for u in p.neighbours for v in q.neighbours]
    return Element(a, b, (p.slot, q.slot), lo, hi, PPB, neighbours, p.leap or q.leap)


def unsmeared(elements, begins, step):
    """E less what a clock is off that smears a leap over a day."""
    day = 86400 + step
    leap = begins + (43200 if step > 0 else 43199) * PPB
    end = begins + day * PPB
    out = []
    for e in elements:
        at = [e.a] + [t for t in (begins, leap, end) if e.a < t < e.b] + [e.b]
        for a, b in zip(at, at[1:]):
            if a < begins or a >= end:
                out.append(Element(a, b, e.slot, e.lo, e.hi, e.scale, e.neighbours, e.leap))
                continue
            # v(t) = (c - step·(t - begins)) / day
            c = 0 if a < leap else step * day * PPB
            k, m = -step * e.scale, (c + step * begins) * e.scale
            lo = [(l * day - k, n * day - m) for l, n in e.lo]
            hi = [(l * day + k, n * day + m) for l, n in e.hi]
            va, vb = Fraction(c - step * (a - begins), day), Fraction(c - step * (b - begins), day)
            near = [(floor(u - max(va, vb)), ceil(v - min(va, vb))) for u, v in e.neighbours]
            out.append(Element(a, b, e.slot, lo, hi, e.scale * day, near, e.leap))
    return out


# ---------------------------------------------------------------- tb-audit/1: verdicts (section 5)


def floor(q):
    return q if isinstance(q, int) else q.numerator // q.denominator


def ceil(q):
    return q if isinstance(q, int) else -(-q.numerator // q.denominator)


def ratio(n, d):
    q, r = divmod(n, d)
    return q if r == 0 else Fraction(n, d)


def where_below(lines, c, a, b, or_equal):
    """Where in [a, b] all lines lie below c (scaled): one stretch; None = nowhere."""
    for k, m in lines:
        if k == 0:
            if m > c or (m == c and not or_equal):
                return None
        elif k > 0:
            if m + k * b > c:
                b = min(b, ratio(c - m, k))
        elif m + k * a > c:
            a = max(a, ratio(m - c, -k))
    return (a, b) if a < b else None


def verdicts_in(e, a, b, low, high):
    """(from, to, verdict) of an element over [a, b]."""
    s = e.scale
    bare = [x for x in (where_below(e.lo, low * s, a, b, False), where_below(e.hi, -high * s, a, b, False)) if x]
    in_lo, in_hi = where_below(e.lo, high * s, a, b, True), where_below(e.hi, -low * s, a, b, True)
    touching = None
    if in_lo and in_hi:
        touching = (max(in_lo[0], in_hi[0]), min(in_lo[1], in_hi[1]))
        if touching[0] >= touching[1]:
            touching = None
    if not bare and touching == (a, b):
        return [(a, b, "COMPLIANT")]
    ends = sorted({a, b, *(t for x in bare + ([touching] if touching else []) for t in x)})
    out = []
    for p, q in zip(ends, ends[1:]):
        if not (touching and touching[0] <= p and q <= touching[1]):
            out.append((p, q, "VIOLATION"))
        elif any(x[0] <= p and q <= x[1] for x in bare):
            out.append((p, q, "UNPROVEN"))
        else:
            out.append((p, q, "COMPLIANT"))
    return out


def certain(e, t):
    """Floor of the distance of E from 0 that is certain at t."""
    return max(floor(Fraction(m + k * t) / e.scale) for k, m in e.lo + e.hi)


def timeline(elements, conflicts, a, b, low, high):
    """Exact, joined: [from, to, verdict, peak]."""
    out = []

    def put(p, q, verdict, peak=0):
        if p >= q:
            return
        if out and out[-1][2] == verdict and out[-1][1] == p:
            out[-1][1] = q
            out[-1][3] = max(out[-1][3], peak)
        else:
            out.append([p, q, verdict, peak])

    known = [(e.a, e.b, e) for e in elements] + [(p, q, None) for p, q in conflicts]
    known.sort(key=lambda k: k[0])
    at = a
    for p, q, e in known:
        p, q = max(p, a), min(q, b)
        if p >= q:
            continue
        put(at, p, "NO_EVIDENCE")
        if e is None:
            put(p, q, "CONFLICT")
        else:
            for s, t, verdict in verdicts_in(e, p, q, low, high):
                put(s, t, verdict, max(certain(e, s), certain(e, t)) if verdict == "VIOLATION" else 0)
        at = q
    put(at, b, "NO_EVIDENCE")
    return out


def rounded(exact, a, b):
    out, episodes = [], []
    at = a

    def put(p, q, verdict):
        if p < q and out and out[-1][2] == verdict:
            out[-1] = (out[-1][0], q, verdict)
        elif p < q:
            out.append((p, q, verdict))

    for p, q, verdict, peak in exact:
        if verdict == "UNPROVEN":
            continue
        p, q = ceil(p), floor(q)
        if p >= q:
            continue
        put(at, p, "UNPROVEN")
        put(p, q, verdict)
        at = q
        if verdict == "VIOLATION":
            episodes.append((p, q, max(0, peak)))
    put(at, b, "UNPROVEN")
    return out, episodes


# ---------------------------------------------------------------- tb-audit/1: accounting (section 6)


def audit(terms, clocks, period, smears=()):
    """terms: low, high (effective limit), minimum; clocks: one, or two for a pair; period: window, schedule, exemptions."""
    a, b = period["window"]
    elements, conflicts = clocks[0].elements(), clocks[0].conflicts
    if len(clocks) == 2:
        elements, conflicts = pair_of(clocks, elements)
    for begins, step in smears:
        elements = unsmeared(elements, begins, step)
    exact = timeline(elements, conflicts, a, b, terms["low"], terms["high"])
    spans, episodes = rounded(exact, a, b)
    account = Account(spans, period)
    result = {"spans": spans, "episodes": episodes, **account.totals(), **account.shares(terms["minimum"])}
    result["statistics"] = statistics(terms, clocks, elements, account, a, b)
    return result


def pair_of(clocks, elements):
    other = clocks[1].elements()
    mine = union([(e.a, e.b) for e in elements])
    theirs = union([(e.a, e.b) for e in other])
    known = [union(mine + clocks[0].conflicts), union(theirs + clocks[1].conflicts)]
    conflicts = meet(meet(*known), union(clocks[0].conflicts + clocks[1].conflicts))
    return paired(elements, other), conflicts


class Account:
    def __init__(self, spans, period):
        a, b = period["window"]
        scope = meet(union(period["schedule"]), [(a, b)])
        early = union([(p, q) for p, q, declared in period["exemptions"] if declared <= p])
        late = union([(p, q) for p, q, declared in period["exemptions"] if declared > p])
        violation = [(p, q) for p, q, v in spans if v == "VIOLATION"]
        self.spans, self.scope = spans, scope
        open_time = less(scope, early)
        self.plain = less(open_time, late)
        self.spite = meet(meet(open_time, late), violation)
        self.audited = union(self.plain + self.spite)

    def of(self, *verdicts):
        return meet([(p, q) for p, q, v in self.spans if v in verdicts], self.audited)

    def totals(self):
        parts = {v: length(self.of(v)) for v in ("COMPLIANT", "VIOLATION", "UNPROVEN", "CONFLICT", "NO_EVIDENCE")}
        in_scope, audited = length(self.scope), length(self.audited)
        self.sums = {
            "in_scope": in_scope, "exempt": in_scope - audited, "audited": audited, "compliant": parts["COMPLIANT"],
            "violation": parts["VIOLATION"], "unproven": parts["UNPROVEN"] + parts["CONFLICT"], "conflict": parts["CONFLICT"],
            "no_evidence": parts["NO_EVIDENCE"],
        }
        return self.sums

    def shares(self, minimum):
        return shares_of(self.sums, minimum)


def shares_of(sums, minimum=None):
    d, c, v, n = (sums[k] for k in ("audited", "compliant", "violation", "no_evidence"))
    if d == 0:
        none = {"coverage_ppm": None, "proven_ppm": None, "violation_ppm": None, "range_ppm": None}
        return {**none, "verdict": "NOT_APPLICABLE"}
    million = 10**6
    policy = minimum is not None and c * million >= minimum * d
    verdict = "FAIL" if v else "PASS" if c == d else "PASS_WITHIN_POLICY" if policy else "INCONCLUSIVE"
    proven = c * million // d
    return {
        "coverage_ppm": (d - n) * million // d, "proven_ppm": proven, "violation_ppm": -(-v * million // d),
        "range_ppm": [proven, -(-(d - v) * million // d)], "verdict": verdict,
    }


# ---------------------------------------------------------------- tb-audit/1: statistics (section 7)


def statistics(terms, clocks, elements, account, a, b):
    values = slot_values(elements, union(account.plain), union(account.spite))
    gaps = [longest_gap(account.audited, clock.blocks()) for clock in clocks]
    return {
        "samples": sum(c.samples for c in clocks), "spans": sum(c.spans for c in clocks),
        "untraceable": sum(c.untraceable for c in clocks), "in_cut": sum(c.in_cut for c in clocks),
        "contradictory": sum(c.contradictory for c in clocks),
        "max_gap": None if None in gaps else max(gaps),
        "worst_bound": max((v for _, v in values), default=None), "bound": percentiles(values),
        "unproven_by": causes(terms, elements, account),
    }


def longest_gap(audited, blocks):
    longest, some, k = 0, False, 0
    for a, b in audited:
        while k < len(blocks) and blocks[k][1] < a:
            k += 1
        at, j = a, k
        while j < len(blocks) and blocks[j][0] < b:
            some = True
            longest = max(longest, blocks[j][0] - at)
            at = max(at, blocks[j][1])
            j += 1
        longest = max(longest, b - at)
    return longest if some else None


def slot_values(elements, *kinds):
    """(weight, worst bound) of each slot of each section in which E is known."""
    out = []
    for sections in kinds:
        k, slot, weight, worst = 0, None, 0, 0
        for e in elements:
            while k < len(sections) and sections[k][1] <= e.a:
                k += 1
            j = k
            while j < len(sections) and sections[j][0] < e.b:
                a, b = max(e.a, sections[j][0]), min(e.b, sections[j][1])
                if (e.slot, j) != slot:
                    if slot:
                        out.append((weight, worst))
                    slot, weight, worst = (e.slot, j), 0, -INFINITY
                weight += b - a
                worst = max(worst, widest(e.lo, e.scale, a, b), widest(e.hi, e.scale, a, b))
                j += 1
        if slot:
            out.append((weight, worst))
    return out


def widest(lines, scale, a, b):
    """Greatest value in [a, b] of -(greatest of the lines), rounded up."""
    best = None
    for k, m in lines:
        top = -(m + k * (a if k > 0 else b))
        if best is None or top < best:
            best = top
    for k, m in lines:
        if k >= 0:
            continue
        for l, n in lines:
            # -line k rises and -line l falls: where they cross within [a, b], no more than that value.
            if l <= 0 or m + k * a <= n + l * a or m + k * b >= n + l * b:
                continue
            top = Fraction(-(m * l - n * k), l - k)
            if top < best:
                best = top
    return ceil(Fraction(best, scale)) if isinstance(best, Fraction) else -(-best // scale)


def four_digits(v):
    if v <= 0:
        return v
    unit = 10 ** max(0, len(str(v)) - 4)
    return -(-v // unit) * unit


def percentiles(values):
    weights = {}
    for weight, value in values:
        v = four_digits(value)
        weights[v] = weights.get(v, 0) + weight
    total = sum(weights.values())
    if total == 0:
        return None
    out, seen, wanted = [], 0, [500, 990, 999]
    for v in sorted(weights):
        seen += weights[v]
        while wanted and seen * 1000 >= wanted[0] * total:
            out.append(v)
            wanted.pop(0)
    return out


def causes(terms, elements, account):
    out = {"wide": 0, "drift": 0, "conflict": length(account.of("CONFLICT")), "leap": 0}
    unproven = account.of("UNPROVEN")
    low, high = terms["low"], terms["high"]
    k = 0
    for a, b in unproven:
        while k < len(elements) and elements[k].b <= a:
            k += 1
        j = k
        while j < len(elements) and elements[j].a < b:
            e = elements[j]
            j += 1
            if e.leap:
                cause = "leap"
            else:
                narrow = any((lo >= low and hi <= high) or lo > high or hi < low for lo, hi in e.neighbours)
                cause = "drift" if narrow else "wide"
            out[cause] += min(e.b, b) - max(e.a, a)
    return out


# ---------------------------------------------------------------- a case by hand (--explain)


def clock_of_case(profile, case):
    samples = [(int(s["t"]), int(s["lo"]), int(s["hi"]), s.get("traceable", True)) for s in case.get("samples", [])]
    spans = [
        (int(s["from"]), int(s["to"]), int(s["lo"]), int(s["hi"]), s.get("traceable", True)) for s in case.get("spanEvidence", [])
    ]
    cuts = [(int(c["from"]), int(c["to"]), c.get("reason", "")) for c in case.get("cuts", [])]
    requires = profile.get("requireTraceability", False)
    return Clock(int(profile["driftPpb"]), int(profile["horizonNs"]), requires, cuts, samples, spans)


def whole(value):
    return None if value is None else int(value)


def explain(case):
    profile = case["profile"]
    error = int(profile.get("appErrorNs", 0))
    low, high = (int(x) for x in profile["limitNs"])
    terms = {"low": low + error, "high": high - error, "minimum": whole(profile.get("minimumProvenPpm"))}
    clocks = [clock_of_case(h["profile"], h) for h in case["hosts"]] if "hosts" in case else [clock_of_case(profile, case)]
    window = tuple(int(x) for x in case["window"])
    period = {
        "window": window,
        "schedule": [(int(a), int(b)) for a, b in case.get("schedule", [window])],
        "exemptions": [(int(x["from"]), int(x["to"]), int(x["declaredAt"])) for x in case.get("exemptions", [])],
    }
    smeared = profile.get("smear", "divergence") != "divergence"
    smears = [(int(s["begins"]), int(s["step"])) for s in case.get("smears", [])] if smeared else []
    return audit(terms, clocks, period, smears)


def expect_of(r):
    names = {"in_scope": "inScopeNs", "exempt": "exemptNs", "audited": "auditedNs", "compliant": "compliantNs",
             "violation": "violationNs", "unproven": "unprovenNs", "conflict": "conflictNs", "no_evidence": "noEvidenceNs"}
    return {
        "spans": [[str(a), str(b), v] for a, b, v in r["spans"]],
        **{name: str(r[key]) for key, name in names.items()},
        "coveragePpm": r["coverage_ppm"], "provenPpm": r["proven_ppm"], "violationPpm": r["violation_ppm"],
        "compliancePpmRange": r["range_ppm"],
        "episodes": [{"from": str(a), "to": str(b), "peakProvenNs": str(p)} for a, b, p in r["episodes"]],
        "verdict": r["verdict"],
    }


def statistics_in_words(s):
    """The form of a manifest's statistics."""
    text = lambda n: None if n is None else str(n)
    return {
        "samples": s["samples"], "spans": s["spans"],
        "dropped": {k: s[k] for k in ("untraceable", "in_cut", "contradictory")},
        "max_gap_ns": text(s["max_gap"]), "worst_bound_ns": text(s["worst_bound"]),
        "bound_ns": None if s["bound"] is None else dict(zip(("p50", "p99", "p999"), map(str, s["bound"]))),
        "unproven_by_ns": {k: str(v) for k, v in s["unproven_by"].items()},
    }


def explain_each(lines):
    """A case a line; the answer has the statistics too."""
    for line in lines:
        result = explain(json.loads(line))
        print(json.dumps({**expect_of(result), "statistics": statistics_in_words(result["statistics"])}))


def main(args):
    if len(args) == 2 and args[0] in ("--explain", "--explain-each"):
        with (sys.stdin if args[1] == "-" else open(args[1], encoding="utf-8")) as file:
            if args[0] == "--explain":
                print(json.dumps(expect_of(explain(json.load(file))), indent=1))
            else:
                explain_each(file)
        return 0
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
