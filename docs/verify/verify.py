#!/usr/bin/env python3
"""A second verifier of Truebound's reports: one file, Python 3.11, its standard library only.

    python3 verify.py BUNDLE [--key=KEY_ID] [--countersigned]
                                                exit 0 only if every step holds; else one line: step, host, epoch/seq, rule
                                                (--key KEY_ID is the same; an id may begin with -)
                                                --countersigned: exit 1 where nobody countersigned, too
    python3 verify.py --explain CASE.json       tb-audit/1 alone: what `truebound explain audit CASE.json` prints

Written from docs/reports.md, docs/audit-algorithm.md and docs/log.md, and shares no code with the product. It uses no network,
no database, and no clock.
"""
import base64
import gc
import hashlib
import heapq
import json
import multiprocessing
import os
import re
import stat
import sys
import zlib
from array import array
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from bisect import bisect_right
from collections import deque
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
        # (t, which of the four, its value from there on), ascending.
        self.steps = sorted(((t, n, value) for n, each in enumerate(steps) for t, value in each), key=lambda step: step[0])
        self.next, self.value = 0, [None] * 4
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
        run, side, steps = self.run, self.run.side, self.steps
        held = side.between[j] if j >= 0 and run.first <= 2 * j + 1 <= run.last else None
        leap = (j == -1 and side.leap_before and run.first == 0) or (
            j == len(side.x) - 1 and side.leap_after and side.at[j][0] <= side.at[j][1]
        )
        while a < b:
            # All steps up to a are taken; the next one is where the element ends.
            k = self.next
            while k < len(steps) and steps[k][0] <= a:
                _, n, value = steps[k]
                self.value[n] = value
                k += 1
            self.next = k
            end = steps[k][0] if k < len(steps) and steps[k][0] < b else b
            self._element(a, end, j, held, leap)
            a = end

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
    best = top_of(lines, a, b)
    return ceil(Fraction(best, scale)) if isinstance(best, Fraction) else -(-best // scale)


def top_of(lines, a, b):
    """The same, exact and scaled."""
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
    return best


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


# ---------------------------------------------------------------- all pairs of a group (section 8)
# A member's figures over a stretch, scaled: the greatest hi, the greatest -lo, the least hi, the least -lo.


def figures_of(e, a, b):
    low = lambda lines: -max(max(m + k * a, m + k * b) for k, m in lines)
    return top_of(e.hi, a, b), top_of(e.lo, a, b), low(e.hi), low(e.lo)


def joined_figures(f, g):
    return g if f is None else (max(f[0], g[0]), max(f[1], g[1]), min(f[2], g[2]), min(f[3], g[3]))


def apart(xs, ys):
    """The greatest x of one and y of another one; None = there are no two."""
    if len(xs) < 2:
        return None
    i = max(range(len(xs)), key=xs.__getitem__)
    j = max(range(len(ys)), key=ys.__getitem__)
    if i != j:
        return xs[i] + ys[j]
    return max(xs[i] + max(ys[:j] + ys[j + 1 :]), max(xs[:i] + xs[i + 1 :]) + ys[j])


def exceeds(value, limit):
    return value is not None and value > limit


def at_most_apart(figures):
    return apart([f[0] for f in figures], [f[1] for f in figures])


def certainly_apart(figures):
    return apart([-f[3] for f in figures], [-f[2] for f in figures])


class Phases:
    """Who is asked when: exemptions of single members take their pairs out."""

    def __init__(self, exemptions, window):
        timely = [union([(a, b) for a, b, declared in own if declared <= a]) for own in exemptions]
        late = [union([(a, b) for a, b, declared in own if declared > a]) for own in exemptions]
        ends = {t for own in timely + late for s in own for t in s if window[0] < t < window[1]}
        ends = sorted({*window, *ends})
        self.phases, self.relieved = [], []
        for a, b in zip(ends, ends[1:]):
            holds = lambda own: any(p <= a < q for p, q in own)
            roles = ["out" if holds(t) else "late" if holds(l) else "asked" for t, l in zip(timely, late)]
            if len(roles) - roles.count("out") < 2:
                roles = ["asked"] * len(roles)
                self.relieved.append((a, b, a))
            elif roles.count("asked") < 2:
                roles = ["out" if role == "out" else "asked" for role in roles]
                self.relieved.append((a, b, a + 1))
            self.phases.append((a, b, roles))


class Sketch:
    """What is kept of a member while others are read: figures of each block, and where nothing is known of it."""

    def __init__(self, clock, window, step, sections):
        a, b = window
        self.counts = {k: getattr(clock, k) for k in ("samples", "spans", "untraceable", "in_cut", "contradictory")}
        self.gap = longest_gap(sections, clock.blocks()) if sections else 0
        elements = clock.elements()
        bound = meet(union([(e.a, e.b) for e in elements]), [(a, b)])
        known = union(bound + meet(clock.conflicts, [(a, b)]))
        self.silent, self.unbounded = less([(a, b)], known), less([(a, b)], bound)
        self.blocks = [[None, 0, 0, None] for _ in range(a, b, step)]
        for e in elements:
            p, q = max(e.a, a), min(e.b, b)
            k = (p - a) // step
            while p < q:
                end = min(q, a + (k + 1) * step)
                block = self.blocks[k]
                block[0] = joined_figures(block[0], figures_of(e, p, end))
                block[1] += end - p
                p, k = end, k + 1
        for p, q in known:
            for k in range((p - a) // step, -((a - q) // step)):
                self.blocks[k][2] += min(q, a + (k + 1) * step) - max(p, a + k * step)
        self._asked(elements, sections, a, b, step)

    def _asked(self, elements, sections, a, b, step):
        k = 0
        for e in elements:
            while k < len(sections) and sections[k][1] <= e.a:
                k += 1
            for s, t in sections[k:]:
                if s >= e.b:
                    break
                p, q = max(s, e.a, a), min(t, e.b, b)
                while p < q:
                    n = (p - a) // step
                    end = min(q, a + (n + 1) * step)
                    self.blocks[n][3] = joined_figures(self.blocks[n][3], figures_of(e, p, end))
                    p = end


class Group:
    """terms: limit (effective), minimum; exemptions: of each member; clocks: of each a function that makes it, and its Sketch."""

    def __init__(self, terms, period, exemptions, step=600 * PPB):
        self.terms, self.period, self.exemptions, self.step = terms, period, exemptions, step
        self.limit = terms["limit"] * PPB
        phases = Phases(exemptions, period["window"])
        self.phases, self.relieved = phases.phases, phases.relieved
        self.whole = {**period, "exemptions": period["exemptions"] + self.relieved}
        plain = union(Account([], self.whole).plain)
        self.plain = plain
        self.sections = [less(plain, union([(a, b) for a, b, _ in own])) for own in exemptions]

    def sketch(self, k, clock):
        return Sketch(clock, self.period["window"], self.step, self.sections[k])

    def judge(self, makers, sketches):
        a, b = self.period["window"]
        self.exact, self.pairs, self.causes = [], {}, []
        cells = [(p, q, roles, self._by_sketch(p, q, n, roles, sketches)) for p, q, n, roles in self._cells()]
        most = max(1, 1_000_000 * len(sketches[0].blocks) // max(1, sum(s.counts["spans"] for s in sketches)))
        batch, count = [], 0
        for cell in cells:
            batch.append(cell)
            count += cell[3] is None
            if count >= most:
                self._walk(batch, makers)
                batch, count = [], 0
        self._walk(batch, makers)
        spans, episodes = rounded(self.exact, a, b)
        account = Account(spans, self.whole)
        result = {"spans": spans, "episodes": episodes, **account.totals(), **account.shares(self.terms["minimum"])}
        result["statistics"] = self._statistics(sketches, account)
        result["pairs"] = len(sketches) * (len(sketches) - 1) // 2
        result["outside"] = self._outside(account)
        result["silent"] = [length(meet(s.silent, own)) for s, own in zip(sketches, self.sections)]
        return result

    def _cells(self):
        a, _ = self.period["window"]
        for p, q, roles in self.phases:
            while p < q:
                n = (p - a) // self.step
                end = min(q, a + (n + 1) * self.step)
                yield p, end, n, roles
                p = end

    def _by_sketch(self, p, q, n, roles, sketches):
        """The verdict of all of the cell, where sketches tell; else None."""
        a, b = self.period["window"]
        whole = min(a + (n + 1) * self.step, b) - (a + n * self.step)
        present = [s.blocks[n] for s, role in zip(sketches, roles) if role != "out"]
        asked = [s.blocks[n] for s, role in zip(sketches, roles) if role == "asked"]
        if exceeds(certainly_apart([block[0] for block in present if block[0]]), self.limit):
            return None
        if len(asked) < 2 or any(block[2] == 0 for block in asked):
            return "NO_EVIDENCE"
        if all(block[1] == whole for block in asked) and not exceeds(at_most_apart([block[0] for block in asked]), self.limit):
            return "COMPLIANT"
        return None

    def _put(self, p, q, verdict, peak=0):
        last = self.exact[-1] if self.exact else None
        if last and last[2] == verdict:
            last[1], last[3] = q, max(last[3], peak)
        else:
            self.exact.append([p, q, verdict, peak])

    def _walk(self, cells, makers):
        opened = [(p, q) for p, q, _, verdict in cells if verdict is None]
        pieces = [pieces_in(make(), opened) for make in makers] if opened else []
        k = 0
        for p, q, roles, verdict in cells:
            if verdict is None:
                self._cell(p, q, roles, [own[k] for own in pieces])
                k += 1
            else:
                self._put(p, q, verdict)

    def _cell(self, p, q, roles, pieces):
        ends = sorted({p, q, *(t for own in pieces for s, e, _ in own for t in (s, e))})
        at = [0] * len(pieces)
        figures = [None] * len(pieces)
        for a, b in zip(ends, ends[1:]):
            held = []
            for m, own in enumerate(pieces):
                if roles[m] == "out":
                    continue
                while at[m] < len(own) and own[at[m]][1] <= a:
                    at[m] += 1
                    figures[m] = None
                here = own[at[m]] if at[m] < len(own) and own[at[m]][0] <= a else None
                if here and here[2] and figures[m] is None:
                    figures[m] = figures_of(here[2], here[0], here[1])
                held.append((m, roles[m], here, figures[m] if here and here[2] else None))
            self._segment(a, b, held)

    def _segment(self, a, b, held):
        bound = [h for h in held if h[3]]
        outside, loose = [], []
        if exceeds(certainly_apart([h[3] for h in bound]), self.limit):
            for i, j in near_pairs(bound, lambda f, g: -f[3] - g[2] > self.limit):
                for s, t, verdict, e in self._pair(i, j, a, b):
                    if verdict == "VIOLATION":
                        outside.append((s, t, max(certain(e, s), certain(e, t))))
                        self._note(i[0], j[0], *outside[-1])
        asked = [h for h in held if h[1] == "asked"]
        known = [h for h in asked if h[3]]
        if len(asked) < 2 or any(h[2] is None for h in asked):
            base = "NO_EVIDENCE"
        elif len(known) < len(asked):
            base = "CONFLICT"
        elif not exceeds(at_most_apart([h[3] for h in known]), self.limit):
            base = "COMPLIANT"
        elif exceeds(apart([h[3][2] for h in known], [h[3][3] for h in known]), self.limit):
            base = "UNPROVEN"
        else:
            base = "COMPLIANT"
            for i, j in near_pairs(known, lambda f, g: f[0] + g[1] > self.limit):
                loose += [(s, t) for s, t, verdict, _ in self._pair(i, j, a, b) if verdict != "COMPLIANT"]
        self._lay(a, b, base, loose, outside)
        if loose or outside or base == "UNPROVEN":
            self.causes.append((a, b, self._cause(bound)))

    def _pair(self, i, j, a, b):
        e = difference(i[2][2], j[2][2], a, b)
        return [(s, t, v, e) for s, t, v in verdicts_in(e, a, b, -self.terms["limit"], self.terms["limit"])]

    def _lay(self, a, b, base, loose, outside):
        ends = sorted({a, b, *(t for s in loose for t in s), *(t for s in outside for t in s[:2])})
        for p, q in zip(ends, ends[1:]):
            over = [peak for s, t, peak in outside if s <= p and q <= t]
            if over:
                self._put(p, q, "VIOLATION", max(over))
            else:
                self._put(p, q, "UNPROVEN" if any(s <= p and q <= t for s, t in loose) else base)

    def _note(self, i, j, s, t, peak):
        own = self.pairs.setdefault((i, j), [])
        if own and own[-1][1] == s:
            own[-1][1], own[-1][2] = t, max(own[-1][2], peak)
        else:
            own.append([s, t, peak])

    def _outside(self, account):
        out = []
        for (i, j), own in self.pairs.items():
            hidden = [x for x in self.period["exemptions"] + self.exemptions[i] + self.exemptions[j] if x[2] <= x[0]]
            asked = less(account.scope, union([(a, b) for a, b, _ in hidden]))
            whole = [(ceil(s), floor(t), max(0, peak)) for s, t, peak in own]
            episodes = [e for e in whole if e[0] < e[1] and meet([e[:2]], asked)]
            if episodes:
                ns = length(meet(union([e[:2] for e in episodes]), asked))
                out.append(((i, j), ns, len(episodes), episodes[0][0], max(e[2] for e in episodes)))
        return sorted(out, key=lambda pair: (-pair[1], -pair[4], pair[0]))

    def _cause(self, bound):
        if any(h[2][2].leap for h in bound):
            return "leap"
        made = []
        for h in bound:
            lo, hi = max(n[0] for n in h[2][2].neighbours), min(n[1] for n in h[2][2].neighbours)
            made.append((hi, -lo, hi, -lo))
        limit = self.terms["limit"]
        return "drift" if not exceeds(at_most_apart(made), limit) or exceeds(certainly_apart(made), limit) else "wide"

    def _statistics(self, sketches, account):
        gaps = [s.gap for s, own in zip(sketches, self.sections) if own]
        by = {"wide": 0, "drift": 0, "conflict": length(account.of("CONFLICT")), "leap": 0}
        for cause in ("wide", "drift", "leap"):
            by[cause] = length(meet(account.of("UNPROVEN"), union([(a, b) for a, b, c in self.causes if c == cause])))
        values = self._widths(sketches)
        return {
            **{k: sum(s.counts[k] for s in sketches) for k in sketches[0].counts},
            "max_gap": None if None in gaps or not gaps else max(gaps),
            "worst_bound": max((v for _, v in values), default=None), "bound": percentiles(values), "unproven_by": by,
        }

    def _widths(self, sketches):
        """(weight, how far two can be apart) of each block in which all that are asked are bounded."""
        a, b = self.period["window"]
        bare = union([x for s, own in zip(sketches, self.sections) for x in meet(s.unbounded, own)])
        whole, out = less(self.plain, bare), []
        for n in range(len(sketches[0].blocks)):
            ns = length(meet(whole, [(a + n * self.step, min(b, a + (n + 1) * self.step))]))
            width = at_most_apart([s.blocks[n][3] for s in sketches if s.blocks[n][3]]) if ns else None
            if width is not None:
                out.append((ns, ceil(Fraction(width) / PPB)))
        return out


def near_pairs(held, holds):
    return [
        (i, j) for k, i in enumerate(held) for j in held[k + 1 :] if holds(i[3], j[3]) or holds(j[3], i[3])
    ]


def pieces_in(clock, cells):
    """Of each cell (from, to, element), None = in conflict; in order."""
    known = [(e.a, e.b, e) for e in clock.elements()] + [(a, b, None) for a, b in clock.conflicts]
    known.sort(key=lambda k: k[0])
    out, first = [], 0
    for p, q in cells:
        while first < len(known) and known[first][1] <= p:
            first += 1
        own, k = [], first
        while k < len(known) and known[k][0] < q:
            a, b, e = known[k]
            if max(a, p) < min(b, q):
                own.append((max(a, p), min(b, q), e))
            k += 1
        out.append(own)
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


def explain_group(case):
    profile, window = case["profile"], tuple(int(x) for x in case["window"])
    relieved = lambda of: [(int(x["from"]), int(x["to"]), int(x["declaredAt"])) for x in of.get("exemptions", [])]
    terms = {
        "limit": int(profile["limitNs"][1]) - int(profile.get("appErrorNs", 0)),
        "minimum": whole(profile.get("minimumProvenPpm")),
    }
    schedule = [(int(a), int(b)) for a, b in case.get("schedule", [window])]
    period = {"window": window, "schedule": schedule, "exemptions": relieved(case)}
    group = Group(terms, period, [relieved(h) for h in case["group"]], int(case.get("blockNs", 600 * PPB)))
    makers = [lambda h=h: clock_of_case(h["profile"], h) for h in case["group"]]
    return group.judge(makers, [group.sketch(k, make()) for k, make in enumerate(makers)])


def explain(case):
    if "group" in case:
        return explain_group(case)
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
        **(group_expect_of(r) if "outside" in r else {}),
    }


def group_expect_of(r):
    return {
        "pairs": r["pairs"],
        "outside": [
            {"members": list(pair), "violationNs": str(ns), "episodes": n, "first": str(first), "peakProvenNs": str(peak)}
            for pair, ns, n, first, peak in r["outside"]
        ],
        "silentNs": [str(ns) for ns in r["silent"]],
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


# ---------------------------------------------------------------- Ed25519 (RFC 8032), extended coordinates

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_double(p):
    x, y, z, _ = p
    a, b = x * x, y * y
    h = a + b
    e, g = h - (x + y) * (x + y), a - b
    f = 2 * z * z + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def decompress(data):
    """Null for bytes that are no point, or not the one way to write it."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(data) != 32 or y >= P:
        return None
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7 % P, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT % P
        if (v * x * x - u) % P:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def multiply_few(pairs):
    """The sum of scalar · point, four bits at a time."""
    tables = []
    for _, point in pairs:
        table = [None, point]
        for _ in range(14):
            table.append(point_add(table[-1], point))
        tables.append(table)
    total = NEUTRAL
    for shift in range(252, -1, -4):
        for _ in range(4):
            total = point_double(total)
        for (k, _), table in zip(pairs, tables):
            digit = k >> shift & 15
            if digit:
                total = point_add(total, table[digit])
    return total


def multiply_all(pairs):
    """The same for many, by buckets of a window's digits."""
    if len(pairs) < 12:
        return multiply_few(pairs)
    bits = max((k.bit_length() for k, _ in pairs), default=0)
    w = min(9, max(2, len(pairs).bit_length() - 3))
    total = NEUTRAL
    for shift in reversed(range(0, bits, w)):
        for _ in range(w):
            total = point_double(total)
        buckets = {}
        for k, point in pairs:
            digit = k >> shift & (1 << w) - 1
            if digit:
                old = buckets.get(digit)
                buckets[digit] = point if old is None else point_add(old, point)
        running = window = NEUTRAL
        for digit in range(max(buckets, default=0), 0, -1):
            if digit in buckets:
                running = point_add(running, buckets[digit])
            window = point_add(window, running)
        total = point_add(total, window)
    return total


class Signature:
    """One signature, read; `s` is None where it cannot be one. `where` is handed back if it does not hold."""

    def __init__(self, key, message, signature, where=None):
        self.key, self.where, self.s = key, where, None
        if len(signature) != 64 or len(key) != 32:
            return
        s = int.from_bytes(signature[32:], "little")
        self.r = decompress(signature[:32])
        if s < L and self.r is not None and public_point(key) is not None:
            self.s = s
            self.h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L


POINTS = {}


def public_point(key):
    if key not in POINTS:
        POINTS[key] = decompress(key)
    return POINTS[key]


def all_hold(signatures):
    """8·(sum z·s)·B = 8·(sum z·R + sum z·h·A), with z that nobody could foresee (RFC 8032, 5.1.7: with the cofactor)."""
    if any(one.s is None for one in signatures):
        return False
    base, keys, pairs = 0, {}, []
    for one in signatures:
        z = int.from_bytes(os.urandom(16), "little") | 1
        base += z * one.s
        keys[one.key] = (keys.get(one.key, 0) + z * one.h) % L
        pairs.append((z, one.r))
    # The wide scalars apart: they are few.
    total = multiply_all([(L - base % L, BASE)] + [(h, public_point(key)) for key, h in keys.items()])
    total = point_add(total, multiply_all(pairs))
    for _ in range(3):
        total = point_double(total)
    return total[0] == 0 and total[1] == total[2]


def first_bad(signatures):
    """Null = all hold."""
    while signatures and not all_hold(signatures):
        if len(signatures) == 1:
            return signatures[0]
        half = len(signatures) // 2
        signatures = signatures[:half] if not all_hold(signatures[:half]) else signatures[half:]
    return None


def is_signed(key, text, signature):
    return first_bad([Signature(key, text.encode(), signature)]) is None


# ---------------------------------------------------------------- codes


class Fault(Exception):
    """What does not hold."""

    def __init__(self, step, rule, detail, host=None, epoch=None, seq=None):
        super().__init__(step, rule, detail, host, epoch, seq)
        self.step, self.rule, self.detail, self.host, self.epoch, self.seq = step, rule, detail, host, epoch, seq

    def line(self):
        place = [f"{name} {value}" for name, value in (("host", self.host), ("epoch", self.epoch), ("seq", self.seq)) if value is not None]
        return ", ".join([f"Does not hold: step {self.step}", *place, f"rule {self.rule}"]) + f": {self.detail}"


# What a forger wrote may break any form, be too much for this machine, or keep its files from being read: then it is no bundle.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError, OSError, zlib.error, BrokenProcessPool)


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def canonical(value):
    """RFC 8785. Reports have no other numbers than integers below 2^53."""
    return json.dumps(sorted_keys(value), ensure_ascii=False, separators=(",", ":"))


def sorted_keys(value):
    if isinstance(value, dict):
        return {k: sorted_keys(value[k]) for k in sorted(value, key=lambda k: k.encode("utf-16-be"))}
    if isinstance(value, list):
        return [sorted_keys(one) for one in value]
    if isinstance(value, float) or (type(value) is int and abs(value) >= 2**53):
        raise ValueError(f"{value} is no integer below 2^53")
    return value


def from_base64url(text, length=None):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text or length not in (None, len(data)):
        raise ValueError(f"{text} is no base64url")
    return data


def from_base64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError(f"{text} is not the base64 of its bytes")
    return data


def from_hex(text, length):
    data = bytes.fromhex(text)
    if data.hex() != text or len(data) != length:
        raise ValueError(f"{text} is not the hex of {length} bytes")
    return data


def to_base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def key_id(key):
    return to_base64url(hashlib.sha256(key).digest())[:16]


def refuse(text):
    raise ValueError(f"{text} is no integer below 2^53")


def integer(text):
    number = int(text) if len(text) < 18 else refuse(text)
    return number if abs(number) < 2**53 else refuse(text)


# Readers of JSON differ over names that come twice, 1.0, NaN and numbers beyond 2^53: two of them would read two different bundles.
PLAIN = json.JSONDecoder(parse_float=refuse, parse_constant=refuse, parse_int=integer)


NUMBER_NAME = re.compile(r'"(0|[1-9][0-9]*)":')


def in_order(value):
    """ECMAScript writes names that are array indices first, ascending."""
    if isinstance(value, dict):
        names = [k for k in value if NUMBER_NAME.fullmatch(f'"{k}":') and int(k) < 2**32 - 1]
        return list(value)[: len(names)] == sorted(names, key=int) and all(map(in_order, value.values()))
    return all(map(in_order, value)) if isinstance(value, list) else True


# How deep what nobody asks for may be nested: readers of JSON give up at different depths.
MOST_DEEP = 100


def is_shallow(value, deep=0):
    if isinstance(value, (dict, list)):
        return deep < MOST_DEEP and all(is_shallow(one, deep + 1) for one in (value.values() if isinstance(value, dict) else value))
    return True


def parsed(data):
    """JSON in UTF-8, written in the one way for it: no space, no name twice, integers only."""
    text = data.decode()
    value = PLAIN.decode(text)
    if not is_shallow(value):
        raise ValueError(f"{text[:80]} is nested too deeply")
    if json.dumps(value, ensure_ascii=False, separators=(",", ":")) != text or (NUMBER_NAME.search(text) and not in_order(value)):
        raise ValueError(f"{text[:80]} is not written in the one way for it")
    if type(value) is not dict:
        raise ValueError(f"{text[:80]} is no object")
    return value


# No bundle has longer ones, and what is read as a whole must fit into memory.
MOST_LINE_BYTES = 16 * 2**20
MOST_FILE_BYTES = 500_000_000


def is_file(path):
    """A pipe never ends, nor does a device, and a link may lead to one: none of them is a file of a bundle."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def lines_of(path):
    if not is_file(path):
        return
    with open(path, "rb") as file:
        while line := file.readline(MOST_LINE_BYTES + 1):
            if line[-1] != 10:
                wrong = "does not end where a line does" if len(line) <= MOST_LINE_BYTES else f"has a line of more than {MOST_LINE_BYTES} bytes"
                raise ValueError(f"{os.path.basename(path)} {wrong}")
            yield parsed(line[:-1])


def field(line, name, kind):
    """A count is from 0 on; True is an int here, and no count."""
    value = line[name]
    if type(value) is not kind or (kind is int and value < 0):
        raise ValueError(f"{name} is {value!r}")
    return value


NANOSECONDS = re.compile(r"(0|-?[1-9][0-9]{0,29})")
COUNT = re.compile(r"(0|[1-9][0-9]{0,29})")


def ns_field(line, name):
    if not NANOSECONDS.fullmatch(field(line, name, str)):
        raise ValueError(f"{name} is {line[name]!r}")
    return line[name]


# ---------------------------------------------------------------- time: UTC, and the axis without leap seconds

SECOND = 10**9


class LeapTable:
    def __init__(self, rows):
        # Another table than UTC can have would hide time, or count it twice.
        good = all(text.endswith("-01T00:00:00.000000000Z") and type(value) is int for text, value in rows)
        self.rows = [(posix_of(text)[0], value) for text, value in rows] if good else []
        self.begins = [at for at, _ in self.rows]
        values = [value for _, value in self.rows]
        if not self.rows or self.begins != sorted(set(self.begins)) or any(abs(a - b) != 1 for a, b in zip(values, values[1:])):
            raise Fault("results", "leap_table", "leap_table is no ascending list of instants and seconds")

    def axis(self, utc):
        k = bisect_right(self.begins, utc) - 1
        return utc + SECOND * self.rows[max(k, 0)][1]

    def read(self, text):
        utc, within = posix_of(text)
        # 23:59:60 is read as the second after 23:59:59.
        return self.axis(utc) if within is None else self.axis(utc - SECOND) + SECOND + within

    def leaps(self):
        """(y, step): the leap-free instant at which a second is inserted, or from which one is missing."""
        for (_, before), (at, value) in zip(self.rows, self.rows[1:]):
            yield at + SECOND * before, value - before

    def say(self, x):
        k = 0
        while k + 1 < len(self.rows) and self.rows[k + 1][0] + SECOND * self.rows[k + 1][1] <= x:
            k += 1
        utc = x - SECOND * self.rows[k][1]
        if k + 1 < len(self.rows) and utc >= self.rows[k + 1][0]:
            return instant(self.rows[k + 1][0] - SECOND)[:17] + f"60.{utc - self.rows[k + 1][0]:09d}Z"
        return instant(utc)


INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z")


def posix_of(text):
    """(ns since 1970, None), or within 23:59:60 (the instant after it, ns into it)."""
    if not INSTANT.fullmatch(text):
        raise ValueError(f"{text} is not written as 2026-03-02T00:00:00.000000000Z")
    date, _, clock = text.removesuffix("Z").partition("T")
    year, month, day = (int(part) for part in date.split("-"))
    clock, _, fraction = clock.partition(".")
    hour, minute, second = (int(part) for part in clock.split(":"))
    part = int((fraction + "000000000")[:9])
    at = (((days_before(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * SECOND
    is_leap = second == 60
    begins_month = instant(at)[8:] == "01T00:00:00.000000000Z"
    if instant(at - SECOND * is_leap)[:17] != text[:17] or (is_leap and not begins_month) or second > 60:
        raise ValueError(f"{text} is no instant of UTC")
    return (at, part) if is_leap else (at + part, None)


def utc_of(text):
    """Of one that is in no inserted second: as texts they sort as they follow."""
    at, within = posix_of(text)
    if within is not None:
        raise ValueError(f"{text} is in an inserted second")
    return at


def days_before(year, month, day):
    year -= month <= 2
    era, year = divmod(year, 400)
    return era * 146097 + year * 365 + year // 4 - year // 100 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719468


def instant(ns):
    seconds, part = divmod(ns, SECOND)
    days, seconds = divmod(seconds, 86400)
    era, days = divmod(days + 719468, 146097)
    year = (days - days // 1460 + days // 36524 - days // 146096) // 365
    days -= 365 * year + year // 4 - year // 100
    month = (5 * days + 2) // 153
    day = days - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    year += era * 400 + (month <= 2)
    return f"{year:04d}-{month:02d}-{day:02d}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part:09d}Z"


# ---------------------------------------------------------------- the log (RFC 6962)


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(hashes):
    while len(hashes) > 1:
        hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


class Log:
    """log.ndjson."""

    def __init__(self, path):
        self.heads, self.anchored, self.tiles, self.leaves, self.proofs, self.changes = {}, [], {}, {}, {}, []
        for line in lines_of(path):
            kind = field(line, "kind", str)
            if kind == "server_key":
                self.changes.append(line)
                continue
            shard = field(line, "shard", str)
            if kind in ("head", "anchored"):
                self.form_of_head(line)
            if kind == "head":
                if shard in self.heads:
                    raise Fault("heads", "malformed", f"log.ndjson has two heads of {shard}")
                self.heads[shard] = line
            elif kind == "anchored":
                self.anchored.append(line)
            elif kind == "tile":
                data, level = from_base64(line["hashes"]), field(line, "level", int)
                if level > self.MOST_LEVEL:
                    raise Fault("heads", "malformed", f"A tile is of level {level}; there are none above {self.MOST_LEVEL}")
                self.tiles[shard, level, field(line, "tile", int)] = [data[i : i + 32] for i in range(0, len(data), 32)]
            elif kind == "leaf":
                from_hex(line["salt"], 16)
                field(line, "entry", dict)
                self.leaves[shard, field(line, "index", int)] = line
            elif kind == "consistency":
                proof = [from_hex(one, 32) for one in field(line, "proof", list)]
                self.proofs.setdefault((shard, field(line, "from", int), field(line, "to", int)), proof)
            else:
                raise Fault("heads", "malformed", f"log.ndjson has a line of kind {json.dumps(kind)}")

    # No count of leaves needs more.
    MOST_LEVEL = 7
    NAMED = ("shard", "size", "root", "timestamp_ns")

    def form_of_head(self, line):
        field(line, "size", int)
        ns_field(line, "timestamp_ns")
        field(line, "previous", str)
        field(line, "key_id", str)
        from_hex(line["root"], 32)
        from_base64url(line["signature"], 64)

    def check_heads(self, manifest, keys):
        for head in [*self.heads.values(), *self.anchored]:
            if not is_signed_head(head, manifest, keys):
                raise Fault("heads", "head_signature", f"The head of {head['shard']} with {head['size']} leaves is not signed by the issuer")
        newest = max(self.heads.values(), key=lambda head: int(head["timestamp_ns"]), default=None)
        said = manifest["log"]["head"]
        if newest is None or canonical([said.get(k) for k in self.NAMED]) != canonical([newest[k] for k in self.NAMED]):
            raise Fault("heads", "newest_head", "The newest head is not the one that the manifest names")
        if manifest["previous"]:
            self._check_consistency(manifest["previous"]["head"])
        for head in self.anchored:
            self._check_consistency(head)

    def _check_consistency(self, before):
        head = self.heads.get(before["shard"])
        proof = head and self.proofs.get((before["shard"], before["size"], head["size"]))
        roots = head and (bytes.fromhex(before["root"]), bytes.fromhex(head["root"]))
        if proof is None or not consistent(before["size"], head["size"], *roots, proof):
            raise Fault("heads", "consistency", f"The log of {before['shard']} does not go on from its {before['size']} leaves")

    def check_tiles(self):
        for shard in {shard for shard, _, _ in self.tiles} - set(self.heads):
            raise Fault("evidence", "tile", f"There are tiles of {shard}, but no head")
        for shard, head in self.heads.items():
            if self._root(shard, head["size"]) != head["root"]:
                raise Fault("evidence", "root", f"The tiles of {shard} have another root than its head")
        for (shard, level, tile), hashes in self.tiles.items():
            full = min(256, self.heads[shard]["size"] // 256**level - 256 * tile)
            if len(hashes) != full or any(len(one) != 32 for one in hashes):
                raise Fault("evidence", "tile", f"Tile {tile} of level {level} of {shard} has not as many hashes as the log")
            if full == 256 and self._tile(shard, level + 1, tile // 256)[tile % 256] != perfect_root(hashes):
                raise Fault("evidence", "tile", f"Tile {tile} of level {level} of {shard} is not the one that the log has")
        for (shard, index), line in self.leaves.items():
            if not self.holds(line, canonical(line["entry"])):
                raise Fault("evidence", "leaf", f"Leaf {index} of {shard} is not this {line['entry'].get('kind')}")

    def _tile(self, shard, level, tile):
        found = self.tiles.get((shard, level, tile))
        if found is None:
            raise Fault("evidence", "tile", f"Tile {tile} of level {level} of {shard} is missing")
        return found

    def _root(self, shard, size):
        if size == 0:
            return sha256(b"")
        parts, level = [], 0
        while size >> 8 * level:
            count, tile = size // 256**level % 256, size // 256 ** (level + 1)
            hashes = self._tile(shard, level, tile)[:count] if count else []
            if len(hashes) != count:
                raise Fault("evidence", "tile", f"Tile {tile} of level {level} of {shard} has not as many hashes as the log")
            runs, at = [], 0
            for bit in (128, 64, 32, 16, 8, 4, 2, 1):
                if count & bit:
                    runs.append(perfect_root(hashes[at : at + bit]))
                    at += bit
            parts = runs + parts
            level += 1
        root = parts[-1]
        for left in reversed(parts[:-1]):
            root = node(left, root)
        return root.hex()

    def holds(self, place, entry):
        """Whether the leaf there is of this entry (canonical text)."""
        shard, index = field(place, "shard", str), field(place, "index", int)
        tile, salt = self.tiles.get((shard, 0, index // 256)), from_hex(place["salt"], 16)
        leaf = hashlib.sha256(b"\0" + salt + entry.encode()).digest()
        return tile is not None and index % 256 < len(tile) and tile[index % 256] == leaf

    def entry_of(self, place, host):
        line = self.leaves.get((place["shard"], place["index"]))
        if line is None or line["entry"].get("host") != host:
            raise Fault("evidence", "host_leaf", f"log.ndjson does not open leaf {place['index']} of {place['shard']} as one of this host", host)
        return line["entry"]


def key_change(line, manifest, fault):
    """A key, the one that followed it, since when, and whether it was lost: signed as it must be."""
    before, after = from_base64url(line["before"], 32), from_base64url(line["public_key"], 32)
    is_lost, since = line["signature"] is None, ns_field(line, "since_ns")
    title = "truebound-server-key-lost/1" if is_lost else "truebound-server-key/1"
    text = "\n".join([title, manifest["issuer"]["installation"], line["before"], line["public_key"], since])
    if not is_signed(after, text, from_base64url(line["proof"], 64)):
        raise fault(f"Key {key_id(after)} did not sign that it follows another")
    if not is_lost and not is_signed(before, text, from_base64url(line["signature"], 64)):
        raise fault(f"Nobody vouches for key {key_id(after)}: the key before did not sign that it follows")
    return before, after, int(since), is_lost


def keys_after(keys, changes, manifest):
    """The same keys, and those that followed the last of them when the report was signed off; each signed no head after the next came."""
    fault = lambda detail: Fault("signoff", "key_chain", detail)
    keys, ids = dict(keys), list(keys)
    since = max([int(manifest["log"]["head"]["timestamp_ns"]), *(until for _, until in keys.values() if until is not None)])
    for line in changes:
        before, after, then, is_lost = key_change(line, manifest, fault)
        last, own = ids[-1], key_id(after)
        if is_lost:
            raise fault(f"Nobody vouches for key {own}: key {key_id(before)} was lost")
        if key_id(before) != last or then < since:
            raise fault(f"Key {own} does not follow {last}, which the chain has come to")
        if own in keys:
            raise fault(f"Key {own} was in use before")
        keys[last], keys[own], since = (before, then), (after, None), then
        ids.append(own)
    return keys


def keys_of(changes, manifest, issuer):
    """By id: the issuer's key, and those that it follows, with the time up to which each signed heads. And the key that was lost."""
    fault = lambda detail: Fault("signature", "key_chain", detail)
    keys, lost, last, since, seen = {}, None, None, None, set()
    for line in changes:
        before, after, then, is_lost = key_change(line, manifest, fault)
        if last not in (None, before) or (since is not None and then < since):
            raise fault(f"Key {key_id(after)} does not follow the key that was announced before it")
        seen.add(key_id(before))
        if key_id(after) in seen:
            raise fault(f"Key {key_id(after)} was in use before")
        if is_lost:
            keys, lost = {}, key_id(before)
        else:
            keys[key_id(before)] = before, then
        last, since = after, then
    if last not in (None, issuer):
        raise fault(f"The last key that was announced is {key_id(last)}, and {key_id(issuer)} signed the report")
    return {**keys, key_id(issuer): (issuer, None)}, lost


def is_signed_head(head, manifest, keys):
    """By a key of the chain, while that one was in use."""
    key, until = keys.get(head["key_id"], (None, None))
    if key is None or (until is not None and int(head["timestamp_ns"]) > until):
        return False
    return is_signed(key, head_text(manifest, head), from_base64url(head["signature"], 64))


def head_text(manifest, head):
    words = ["truebound-head/1", manifest["issuer"]["installation"]]
    return "\n".join(words + [str(head[k]) for k in ("shard", "size", "root", "timestamp_ns", "previous")])


def consistent(m, n, old, new, proof):
    """RFC 9162, 2.1.4.2."""
    if m == n:
        return not proof and old == new
    if m == 0 or m > n:
        return m == 0 and not proof
    if m & (m - 1) == 0:
        proof = [old] + proof
    if not proof:
        return False
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old and sr == new


def included(index, size, leaf, root, proof):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn = index, size - 1
    for c in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            leaf = node(c, leaf)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            leaf = node(leaf, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and leaf == root


# ---------------------------------------------------------------- what agents send

STATUSES = ("proven", "unverified", "holdover", "conflict", "no_majority", "disrupted", "unknown")

# What batches repeat, of packages/wire: a deflated body may want the second, or the part of it that is the first.
MESH_DICTIONARY = zlib.decompress(base64.b64decode(
    b"eNqlWNtyozgQ/ZUUzyRrcCaT+HU/w+VSySDb2giJRcJOKuV/39MSCHyBzMxOKhOru2n63kdOXNNaJ/U+SROjBTsaJ/Bxx1vl2LYt98KxRpRtIUqQrWmbQlim"
    b"jHWjo9SF0VZaJ/SYXErL940gfdpAy14aTezW1kKXomSmYZU5es2FMsV7eJAVB673nnqsSEnT1s4fm1aJhv3TVrU/anHEsRLctk0gGCY+wtNsB+VcswNUgnOS"
    b"JUQdWIwzK2BuJ99avlWCiSMEdEGmOlkJW3AQW/2uzYlMVoLXo+O7aLRQcNuJBqzgQUfcciuL4diIQsgj6W0thLkumXeVXOZKbhsO1yKpbgwCZ+PZyqpVJJEk"
    b"jdjBVmWT1Zc30bQuWWVIWiP3UrNK2oq74uBp7xI6SLM/WQSb7bhUUEPnVttPXRwao6X1pPMXnkBAVgnfI4PMOt50AecnpvHK5EbC1HUomlsRbzxERF1PKIkV"
    b"MP38TSncyl0Xx43AVbncCvThrnlrp0x1git2kPvDDFubpuJqJhi+ytn2c0IHd62ddbWLBkmKXxFshDXqOC+DepfTcdkKduBNhSbmovJteycBmBUYGHL2NWi1"
    b"nZKFuyuzlZUpJyIHZ6sakSu/8ViJE+PWIssO84VtG/Mu7ttbNnLn/lR2zoZdI/5tMT4+aaJR4XfS94NrEI5PxutaTcY/iPiWn3K7NkYhh/uGl7Mie17f5fqR"
    b"Rl041cZeYM5KL4CPsuAOfvfT3k4LK6yIWa8q+YE+iRP4QhV9RrMRMxCyn28/QNwa4wZiXD/JSrdKpUkpHEYfTc1dY6og4Uz4ezp8hg/bz/g0L0t0T7AK68XS"
    b"zlrlaRh8nTTeyGTZv23nTrzB+xKsUrE1rS4fvfBfi6fsaUEiMJva/8bQQL/xiqyIhecHfnMwrK63MGRB/zD1bSGV8nH39M5XX7S0gUiT1xHWttxXfFDQrXcb"
    b"tgP1T10jMq9L/OsIvQ6/JmhsDd0I6p39d06TiCRW603a13AMYRZxAfhfiQ8fef0kPqBZiSct3CrLlxcpyN7yp8VT/pQl/aKj1pS2wDwNK9+PRGpBrEbhZAHT"
    b"PBXbr638W1Fv9LIQISrDZAUvlfHhDtSDHB1KofhnPJ/TztYs/wlTkNJbIxeBMbaRWm9kXUAqXNtTNLszcBkNzLK3l+fnF/z0Zi6imckjae/MTOjzYKU/ItrK"
    b"du5Sx/afI2Y4ky70FLUfbCCos/IxGwEe6OoxTnT7wtOLLIhC8cscxPaP3uWDd/ecGvl06dLg0cihP/LHFcl5Qy2Ltgyt1M2TrwQ1Lro3oyQXm/PVgIkSoSWj"
    b"0EUf31UTNjpOtEmP2DAbr9pSH6ypqjYxCPH5x7GCLir3lQNtCzb7eBCZU+IAaNy8kiAyqwTDod0DYX+naZCbU4dNdRX3xWLMJ7hBQV1uCPoTcl3nmzRUHT6v"
    b"F2mW5uly418pgF1IVc3dYdgfNLhjgQGaS5pNwzz2My6Wox+mkUdTMRygPi58esUwi2HFYwqTAmZi9EwgUU5qHpyjNcRuqrD3dOO1k8TdUhyLOTOvhvjfKrlO"
    b"3Jh3nawxD5oJOdgw7GPBE6u/gvlH+2UcswO7MjbbhC5nilA55Oba0C07sXxG1fN9VRc9T0URZg/M8pb6n03Pkris+CXW8bM024zLB/c6THdKdL5Iw++y+32m"
    b"3wvhArOMcMS6E9rQPbCe6XbFcX8g9jrPX1/fUv//5nIhr2dvpGPiJszTT3qmv6n2f2lWeSM9IL9UdaGDcoyp5kLCk1ogPMxoRTjhYADxWo3yQBFsVbiBYrWf"
    b"TPN+Q8fdQIvCw+seFRK5WzgRchNtuOl5JBEvkP40vWUDA3+VGJ2vbsDTKCJQx/ecnjb+yoOdJIaMdFaoHYU9YFlcoveCrj3BoIgvHIahD0DyN9fauIfAf/Bh"
    b"fDD6Yb1abVYBA8q9rny5hEdpM6NMprELwuYoFbFJsXsfsmGHP4ywSmAul2Mu4Fb28grYOgjkv4IuRt9InM9RPh/J55fbm3ayVaYWrJI6IFNqH2DTbj3eHyIT"
    b"0+Ni6k1MjwuZidFBMkNlpwlwxIHY40wk/fdQBEhiar8GlBQyUZsGwq9Z/nIepbzPEpaHdeGxvlpXATbB5caDJFQG46wT9RTCvLhCVTIcUcTeoMX5ujCugdWo"
    b"KoZUxwSP8p8PRAqTr8gBrQ+lHe5Cd4Df70G4Mcic0KxN/43kbwNeKjFRdhVErgxLKH1Of2zSb6BgyPE6/T9Y7T7M6kvRV4Ov90m4dVf0unEGZuTxjxve+Xz+"
    b"D4BoPd8="
))
BATCH_DICTIONARY = MESH_DICTIONARY[:4162]
DICTIONARIES = {zlib.adler32(one): one for one in (BATCH_DICTIONARY, MESH_DICTIONARY)}

# No batch that is stored decodes to more.
MOST_TEXT = 64 * 1024 * 1024


def inflated(body):
    if len(body) < 2 or body[0] & 15 != 8 or (256 * body[0] + body[1]) % 31:
        return body
    wanted = DICTIONARIES[int.from_bytes(body[2:6], "big")] if body[1] & 32 else b""
    stream = zlib.decompressobj(zdict=wanted)
    text = stream.decompress(body, MOST_TEXT)
    if not stream.eof:
        raise ValueError(f"a body of more than {MOST_TEXT} bytes, or one that is cut off")
    return text


def whole_number(text):
    """Some write 200000 as 200000.0 or 2e5: readers of ECMAScript see no difference."""
    number = float(text)
    return int(number) if number.is_integer() else refuse(text)


def each_once(pairs):
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError(f"a name of {list(names)[:8]} comes twice")
    return names


BATCH = json.JSONDecoder(parse_float=whole_number, parse_constant=refuse, object_pairs_hook=each_once)


MOST_ROWS = 5000
# So that no sum or difference of two of them leaves 64 bits.
FAR = 2**62


def decimal(text):
    if type(text) is not str or not DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is no decimal text of an integer")
    return int(text)


DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,29})")


def column(packed):
    base = decimal(packed["base"])
    return [None if d is None else base + (d if type(d) is int and abs(d) < 2**53 else decimal(d)) for d in packed["d"]]


def table(columns, words, known, intervals):
    """Columns as long as their words are many; in those up to `known` each row says something; each interval has both its ends, or neither."""
    if len(words) > MOST_ROWS or any(len(one) != len(words) for one in columns) or not all(word in STATUSES for word in words):
        raise ValueError("columns are of different lengths, too long, or without a status")
    if any(None in one for one in columns[:known]) or any(value is not None and abs(value) >= FAR for one in columns for value in one):
        raise ValueError("a row says nothing, or a number outside of 63 bits")
    for lows, highs in intervals:
        if any((a is None) != (b is None) or (a is not None and a > b) for a, b in zip(columns[lows], columns[highs])):
            raise ValueError("a lower end is without its upper end, or above it")
    return columns


def rate_of(assumptions):
    return assumptions["rho_ppb"] + abs(assumptions["oscillator_ppb"] or 0) + 1000 * assumptions["slew_ppm"]


class Reading:
    __slots__ = ("raw", "realtime", "lo", "hi", "through", "status", "batch", "follows")


class BatchFacts:
    __slots__ = ("boot", "rehearsal", "events")


class Evidence:
    """What a host's file says, of whole batches and statements."""

    def __init__(self, until=None):
        self.readings, self.spans, self.rate = [], [], 0
        self.events, self.rehearsed, self.demo = [], [], False
        self._last = None
        # (at, batch): the reports that a forecast rests on.
        self.until, self.lately = until, deque(maxlen=MOST_REPORTS)

    def not_whole(self, epoch, seq):
        self._last = (epoch, seq, False)

    def take_batch(self, host, epoch, seq, body):
        batch = BATCH.decode(inflated(body).decode())
        if batch["agent"] != host:
            raise ValueError("it is of another agent than the one that signed")
        facts = BatchFacts()
        facts.boot, facts.rehearsal = batch["boot_id"], "rehearsal" in batch
        facts.events = [(e["kind"], decimal(e["raw_ns"])) for e in batch["events"]]
        self.rate = max(self.rate, rate_of(batch["assumptions"]))
        follows = self._last == (epoch, seq - 1, True)
        rows = self._take_rows(batch["bounds"], facts, follows)
        self._last = (epoch, seq, rows > 0 or follows)
        if not facts.rehearsal:
            self.events += [(e["kind"], decimal(e["realtime_ns"])) for e in batch["events"]]
            self._take_spans(batch["spans"], facts.boot)
            if rows > 0 and self.until is not None:
                at = self.readings[-1].realtime + (self.readings[-1].hi or 0)
                if self.until - LOOKED_BACK <= at < self.until:
                    self.lately.append((at, batch))

    def _take_rows(self, bounds, facts, follows):
        names = ("raw_ns", "realtime_ns", "lo_ns", "hi_ns", "throughout_lo_ns", "throughout_hi_ns")
        columns = table([column(bounds[name]) for name in names], bounds["status"], 2, ((2, 3), (4, 5)))
        if "injected_ns" in bounds:
            self.demo = self.demo or any(d is not None for d in bounds["injected_ns"]["d"])
        for raw, realtime, lo, hi, low, high, status in zip(*columns, bounds["status"]):
            one = Reading()
            one.raw, one.realtime, one.status, one.batch, one.follows = raw, realtime, status, facts, follows
            has_bound = lo is not None and hi is not None
            one.lo, one.hi = (lo, hi) if has_bound else (None, None)
            known = has_bound and low is not None and high is not None and not facts.rehearsal
            one.through = (min(lo, low), max(hi, high)) if known else None
            self.readings.append(one)
            follows = True
            if facts.rehearsal:
                self.rehearsed.append(realtime)
        return len(columns[0])

    def _take_spans(self, spans, boot):
        names = ("from_raw_ns", "from_realtime_ns", "to_raw_ns", "to_realtime_ns", "lo_ns", "hi_ns")
        columns = table([column(spans[name]) for name in names], spans["status"], 6, ((0, 2), (4, 5)))
        for row in zip(*columns, spans["status"]):
            self.spans.append((*row, boot))

    def take_statement(self, body, context):
        said = json.loads(context)
        if body[:16] != hashlib.sha256(context.encode()).digest()[:16]:
            raise ValueError("another context")
        numbers = leb128(body[16:])
        self.rate = max(self.rate, rate_of(said["assumptions"]))
        realtime = raw = lo = 0
        for _ in range(next(numbers)):
            from_realtime = realtime + zigzag(next(numbers))
            from_raw = raw + zigzag(next(numbers))
            lasted = zigzag(next(numbers))
            realtime, raw = from_realtime + lasted, from_raw + lasted + zigzag(next(numbers))
            lo += zigzag(next(numbers))
            hi = lo + zigzag(next(numbers))
            if next(numbers) >= 2**53:
                raise ValueError("more readings than can be counted")
            self.spans.append((from_raw, from_realtime, raw, realtime, lo, hi, STATUSES[next(numbers)], said["boot_id"]))
        if next(numbers, None) is not None:
            raise ValueError("more than it should hold")


# Room for any number that a batch can carry: 20 groups of seven bits.
MOST_SHIFT = 7 * 20


def leb128(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            if byte == 0 and shift > 7:
                raise ValueError("a number that is written in another way than the shortest")
            yield value
            value = shift = 0
        elif shift >= MOST_SHIFT:
            raise ValueError("a number that is longer than any")


def zigzag(n):
    return n >> 1 if n & 1 == 0 else -(n >> 1) - 1


# ---------------------------------------------------------------- step 4: a host's file


def first_missing(found, said):
    """Where two lists of what is missing in an epoch part."""
    if found["epoch"] != said["epoch"]:
        return None, None
    here, there = ([seq for run in one["lost"] for seq in run] for one in (found, said))
    at = next((i for i, seq in enumerate(here) if i >= len(there) or there[i] != seq), len(here))
    parted = [seqs[at] for seqs in (here, there) if at < len(seqs)]
    return found["epoch"], min(parted, default=None)


class HostFile:
    MOST_AT_ONCE = 4096
    # No agent puts more batches under one signature.
    MOST_IN_DELIVERY = 500

    def __init__(self, host, log, declared, until=None):
        self.host, self.id, self.log, self.declared = host, host["id"], log, declared
        self.evidence, self.keys, self.chains = Evidence(until), set(), {}
        self.last, self.at = (-1, -1), (None, None)
        # The last ones of an unbroken run, and the first of it that is in no delivery yet.
        self.batches, self.unsigned, self.waiting = {}, None, []

    def fault(self, rule, detail, epoch=None, seq=None):
        return Fault("evidence", rule, detail, self.id, epoch, seq)

    def read(self, path):
        try:
            self._read(path)
        except Fault:
            # A signature further up that does not hold comes first.
            self._check_signatures()
            raise
        except (*UNREADABLE, StopIteration) as error:
            self._check_signatures()
            raise self.fault("malformed", f"A line cannot be read: {error!r}", *self.at) from error
        return self

    def _read(self, path):
        self._check_host()
        for line in lines_of(path):
            place = field(line, "epoch", int), field(line, "seq", int)
            field(line, "kind", str)
            self.at = place
            take = {"batch": self._batch, "delivery": self._delivery, "statement": self._statement}.get(line["kind"])
            if take is None:
                raise self.fault("malformed", f"A line is of kind {json.dumps(line['kind'])}")
            take(line)
            if len(self.waiting) >= self.MOST_AT_ONCE:
                self._check_signatures()
            # What comes next may be no line at all.
            self.at = (None, None)
        self._all_signed()
        self._check_signatures()
        chains = [
            {"epoch": epoch, "first_seq": c["first"], "last_seq": c["last"], "lost": c["lost"], "unreadable": c["unreadable"]}
            for epoch, c in self.chains.items()
        ]
        said = self.host["chains"]
        if canonical(chains) != canonical(said):
            at = next((i for i, one in enumerate(chains) if i >= len(said) or canonical(one) != canonical(said[i])), None)
            where = first_missing(chains[at], said[at]) if at is not None and at < len(said) else (None, None)
            raise self.fault("lost_evidence", "The first, last and missing numbers of its batches are not those of the manifest", *where)

    def _check_host(self):
        enrolment = self.log.entry_of(self.host["leaf"], self.id)
        if enrolment["kind"] != "enrol" or enrolment["name"] != self.host["name"]:
            raise self.fault("host_leaf", "Its leaf is no enrolment of that name")
        for key in self.host["keys"]:
            entry = self.log.entry_of(key["leaf"], self.id)
            if entry["kind"] not in ("enrol", "key") or entry["public_key"] != key["public_key"]:
                raise self.fault("host_key", f"Leaf {key['leaf']['index']} of {key['leaf']['shard']} does not know key {key['public_key']} as one of this host")
            self.keys.add(key["public_key"])

    def _check_signatures(self):
        waiting, self.waiting = self.waiting, []
        bad = first_bad(waiting)
        if bad is not None:
            raise self.fault(*bad.where)

    def _number(self, epoch, seq):
        if (epoch, seq) <= self.last:
            raise self.fault("order", "It comes after a later one", epoch, seq)
        chain = self.chains.get(epoch)
        if chain is None:
            self.chains[epoch] = {"first": seq, "last": seq, "lost": [], "unreadable": 0}
        else:
            if seq > chain["last"] + 1:
                chain["lost"].append([chain["last"] + 1, seq - 1])
            chain["last"] = seq
        self.last = (epoch, seq)

    def _batch(self, line):
        epoch, seq, body = line["epoch"], line["seq"], from_base64(field(line, "body", str))
        given, prev = field(line, "hash", str), field(line, "prev_hash", str)
        if epoch != self.last[0]:
            self._break_run()
        self._number(epoch, seq)
        if seq - 1 not in self.batches:
            self._break_run()
        before = self.batches.get(seq - 1)
        if seq == 1:
            follows = prev == sha256(f"truebound-genesis/1\n{self.id}\n{epoch}")
        else:
            follows = before is None or prev == before[0]
        if not follows:
            raise self.fault("chain", "It does not follow the batch before it", epoch, seq)
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if given != sha256(f"truebound-batch/1\n{self.id}\n{epoch}\n{seq}\n{prev}\nsha-256=:{digest}:"):
            raise self.fault("body", "Its bytes are not those that were hashed", epoch, seq)
        received = json.dumps(ns_field(line, "received_at_ns"))
        entry = f'{{"epoch":{epoch},"hash":"{given}","host":"{self.id}","kind":"batch","received_at_ns":{received},"seq":{seq}}}'
        if not self.log.holds(line["leaf"], entry):
            raise self.fault("leaf", f"Leaf {line['leaf']['index']} of {line['leaf']['shard']} is not this batch", epoch, seq)
        late = self.declared.behind(line["leaf"], int(line["received_at_ns"]))
        if late:
            raise self.fault("declared_late", f"It was received after {late['at']}, and {late['what']} of then lies behind it", epoch, seq)
        self.batches[seq] = (given, prev, body)
        self.batches.pop(seq - self.MOST_IN_DELIVERY, None)
        if self.unsigned is None:
            self.unsigned = seq
        if not field(line, "whole", bool):
            self.chains[epoch]["unreadable"] += 1
            self.evidence.not_whole(epoch, seq)
            return
        try:
            self.evidence.take_batch(self.id, epoch, seq, body)
        except (ValueError, KeyError, TypeError, zlib.error, RecursionError) as error:
            raise self.fault("unreadable", f"It is said to be whole, and cannot be read: {error!r}", epoch, seq) from error

    def _break_run(self):
        self._all_signed()
        self.batches = {}

    def _all_signed(self):
        if self.unsigned is not None:
            raise self.fault("delivery", "It and those after it are in no signed delivery", self.last[0], self.unsigned)

    def _delivery(self, line):
        epoch, first, seq = line["epoch"], field(line, "signed_from", int), line["seq"]
        covered = [self.batches.get(n) for n in range(first, seq + 1)] if seq - first < len(self.batches) else [None]
        if (epoch, seq) != self.last or not covered or None in covered:
            raise self.fault("delivery", f"The batches {first} to {seq} that it covers are not all there", epoch, seq)
        if self.unsigned is not None and first <= self.unsigned:
            self.unsigned = None
        field(line, "target_uri", str)
        digest = None if line["signed_digest"] is None else field(line, "signed_digest", str)
        field(line, "sent", str)
        if digest is None:
            together = b"".join(b"\x01" + len(body).to_bytes(4, "big") + body for _, _, body in covered)
            digest = base64.b64encode(hashlib.sha256(together).digest()).decode()
        text = self._signature_base(line, covered, digest)
        where = ("delivery_signature", f"The batches {first} to {seq} are not signed by a key of this host", epoch, seq)
        self._await_signature(field(line, "key", str), text, line, where)

    def _signature_base(self, line, covered, digest):
        fields = ("@method", "@target-uri", "content-digest", "truebound-agent", "truebound-epoch", "truebound-seq",
                  "truebound-prev", "truebound-head", "truebound-sent")
        values = ("POST", line["target_uri"], f"sha-256=:{digest}:", self.id, line["epoch"], line["signed_from"],
                  covered[0][1], covered[-1][0], line["sent"])
        names = " ".join(f'"{field}"' for field in fields)
        base = [f'"{field}": {value}' for field, value in zip(fields, values)]
        return "\n".join([*base, f'"@signature-params": ({names});keyid="{self.id}";alg="ed25519"'])

    def _await_signature(self, key, text, line, where):
        if key not in self.keys:
            raise self.fault(*where)
        signature = from_base64url(field(line, "signature", str), 64)
        self.waiting.append(Signature(from_base64url(key), text.encode(), signature, where))

    def _statement(self, line):
        epoch, seq = line["epoch"], line["seq"]
        body, signature = from_base64(field(line, "body", str)), from_base64url(field(line, "signature", str), 64)
        self._break_run()
        self._number(epoch, seq)
        where = ("statement_signature", "It is not signed by a key of this host", epoch, seq)
        self._await_signature(field(line, "key", str), f"truebound-spans/1\n{self.id}\n{body.hex()}", line, where)
        entry = {"kind": "statement", "host": self.id, "epoch": epoch, "seq": seq, "digest": sha256(body + signature)}
        if not self.log.holds(line["leaf"], canonical(entry)):
            raise self.fault("leaf", f"Leaf {line['leaf']['index']} of {line['leaf']['shard']} is not this statement", epoch, seq)
        field(line, "context", str)
        try:
            self.evidence.take_statement(body, line["context"])
        except (ValueError, KeyError, TypeError, StopIteration, IndexError) as error:
            raise self.fault("unreadable", f"It is no statement of this context: {error!r}", epoch, seq) from error


# ---------------------------------------------------------------- tb-evidence/1

EVENT_REASONS = ("clock_stepped", "suspended", "vm_disrupted", "ruler_jumped", "clocksource_changed")


def counting(unverified):
    return {"proven", "holdover", "unverified"} if unverified else {"proven", "holdover"}


def broken_by(x, y):
    """Why the clock was not continuous from one reading to the next; None = it was (step 2)."""
    if y.follows and y.batch.boot == x.batch.boot and y.raw >= x.raw and y.through is not None:
        return None
    if not y.follows:
        return "lost_evidence"
    if y.batch.boot != x.batch.boot:
        return "boot"
    if y.raw < x.raw:
        return "ruler_jumped"
    if x.batch.rehearsal or y.batch.rehearsal:
        return "rehearsal"
    happened = {kind for kind, raw in y.batch.events if x.raw < raw <= y.raw}
    for kind in EVENT_REASONS:
        if kind in happened:
            return kind
    return "no_bound" if y.lo is None else "agent_blind"


def covers_of(readings, counts):
    """Step 3: covers (from, to, lo, hi), holes (from, to), gaps (from, to, reason), and the readings that count."""
    covers, holes, gaps, used = [], [], [], []
    last, before, reason, between = None, None, None, 0
    for y in readings:
        if before is not None and reason is None:
            reason = broken_by(before, y)
        before = y
        if y.lo is None or y.batch.rehearsal or y.status not in counts:
            between += 1
            continue
        used.append(y)
        earliest, latest = y.realtime + y.lo, y.realtime + y.hi
        if last is None:
            gaps.append((-INFINITY, latest, "no_record"))
        else:
            early, late = last.realtime + last.lo, last.realtime + last.hi
            if between == 0 and reason is None:
                covers.append((early, latest, min(last.lo, y.lo, y.through[0]), max(last.hi, y.hi, y.through[1])))
            elif reason is None:
                holes.append((min(early, earliest), max(late, latest)))
            else:
                gaps.append((min(early, earliest), max(late, latest), reason))
        last, reason, between = y, None, 0
    gaps.append((-INFINITY if last is None else last.realtime + last.lo, INFINITY, "no_record"))
    return covers, holes, gaps, used


def pieces_of(covers, blocked):
    """Step 4."""
    covers = sorted(c for c in covers if c[0] < c[1])
    blocked = union(blocked)
    ends = sorted({t for a, b, *_ in covers for t in (a, b)} | {t for stretch in blocked for t in stretch})
    out, active, k, j = [], [], 0, 0
    for p, q in zip(ends, ends[1:]):
        active = [c for c in active if c[1] > p]
        while k < len(covers) and covers[k][0] <= p:
            active.append(covers[k])
            k += 1
        while j < len(blocked) and blocked[j][1] <= p:
            j += 1
        if not active or (j < len(blocked) and blocked[j][0] <= p):
            continue
        lo, hi = min(c[2] for c in active), max(c[3] for c in active)
        if out and out[-1][1] == p and out[-1][2:] == (lo, hi):
            out[-1] = (out[-1][0], q, lo, hi)
        else:
            out.append((p, q, lo, hi))
    return out


def span_pieces(spans, counts):
    """Step 5."""
    covers, holes, last = [], [], None
    for one in spans:
        from_raw, from_realtime, _, to_realtime, lo, hi, status, boot = one
        if status not in counts:
            continue
        covers.append((from_realtime + lo, to_realtime + hi, lo, hi))
        if last is None:
            holes.append((-INFINITY, from_realtime + hi))
        elif last[7] != boot or last[2] != from_raw:
            holes.append((min(last[3] + last[4], from_realtime + lo), max(last[3] + last[5], from_realtime + hi)))
        last = one
    if last is not None:
        holes.append((last[3] + last[4], INFINITY))
    return pieces_of(covers, holes)


class Derived:
    """What a host's evidence says, for one answer to whether `unverified` counts (steps 3 to 6)."""

    def __init__(self, evidence, unverified, period):
        counts = counting(unverified)
        covers, holes, gaps, self.used = covers_of(evidence.readings, counts)
        self.pieces = pieces_of(covers, holes + [(a, b) for a, b, _ in gaps])
        self.minutes = span_pieces(evidence.spans, counts)
        proved = union([(a, b) for a, b, _, _ in self.minutes])
        self.cuts = [clamped(a, b, reason, *period) for f, t, reason in gaps for a, b in less([(f, t)], proved)]


def clamped(a, b, reason, begin, end):
    if a == -INFINITY and b == INFINITY:
        return (begin - 1, end + 1, reason)
    if a == -INFINITY:
        return (min(b, begin) - 1, b, reason)
    return (a, max(a, end) + 1 if b == INFINITY else b, reason)


# ---------------------------------------------------------------- step 6: results


class Period:
    # A leap year.
    LONGEST = 366 * 86400 * SECOND

    def __init__(self, manifest):
        self.leaps = LeapTable(manifest["leap_table"])
        self.utc = tuple(posix_of(manifest["period"][k])[0] for k in ("from", "to"))
        if self.utc[0] >= self.utc[1]:
            raise Fault("results", "period", "It ends before it begins")
        if self.utc[1] - self.utc[0] > self.LONGEST:
            raise Fault("results", "period", "It is longer than a year")
        self.window = tuple(self.leaps.axis(t) for t in self.utc)

    def leap_cuts(self, horizon):
        for y, step in self.leaps.leaps():
            a, b = (y - SECOND, y + 2 * SECOND) if step > 0 else (y - 2 * SECOND, y + SECOND)
            if a <= self.window[1] + horizon and b >= self.window[0] - horizon:
                yield (a, b, "leap")

    def smears(self, horizon):
        for y, step in self.leaps.leaps():
            begins = y - 43200 * SECOND
            if begins <= self.window[1] + horizon and begins + 86401 * SECOND >= self.window[0] - horizon:
                yield (begins, 1 if step > 0 else -1)


def exempt_time(exemption, leaps):
    """(from, to, declared), or nothing where it was taken back before it began."""
    begin, end, declared = (leaps.read(exemption[k]) for k in ("from", "to", "declared_at"))
    if "withdrawn_at" in exemption:
        withdrawn = leaps.read(exemption["withdrawn_at"])
        end, declared = min(end, withdrawn), max(declared, withdrawn)
        if end <= begin:
            return
    yield begin, end, declared


def derive(result, profile, evidence, derived, period):
    """The part of a result that follows from evidence."""
    terms, leaps = result["terms"], period.leaps
    low, high = (int(x) for x in terms["limit_ns"])
    if not is_count(terms["app_error_ns"]) or not is_count(terms["horizon_ns"]):
        raise ValueError("app_error_ns and horizon_ns are not both nanoseconds from 0 on")
    error, horizon = int(terms["app_error_ns"]), int(terms["horizon_ns"])
    traceable = bool(result["documents"]) or not terms["requires_traceability"]
    pieces = [(leaps.axis(a), leaps.axis(b), -hi, -lo, traceable) for a, b, lo, hi in derived.pieces + derived.minutes]
    cuts = [(leaps.axis(a), leaps.axis(b), reason) for a, b, reason in derived.cuts] + list(period.leap_cuts(horizon))
    clock = Clock(evidence.rate, horizon, terms["requires_traceability"], cuts, [], pieces)
    said = {
        "window": period.window,
        "schedule": [(leaps.read(a), leaps.read(b)) for a, b in result["schedule"]],
        "exemptions": [
            time
            for e in result["exemptions"]
            if e["scope"] == result["scope"] and e["host"] in (None, result["host"])
            for time in exempt_time(e, leaps)
        ],
    }
    if any(a > b for a, b, *_ in said["schedule"] + said["exemptions"]):
        raise ValueError("a stretch that ends before it begins")
    limits = {"low": low + error, "high": high - error, "minimum": terms["minimum_proven_ppm"]}
    smears = list(period.smears(horizon)) if profile.get("smear") in ("reference", "corrected") else []
    found = audit(limits, [clock], said, smears)
    return in_words(found, cuts, said, sampled(derived.used, said, limits, leaps), evidence, period)


class GroupResult:
    """A result of all pairs of a group: its hosts come one after the other, and are judged together."""

    def __init__(self, result, period):
        self.result, self.period, terms = result, period, result["terms"]
        read = period.leaps.read
        relieved = lambda host: [
            time
            for e in result["exemptions"]
            if e["scope"] == result["scope"] and e["host"] == host
            for time in exempt_time(e, period.leaps)
        ]
        self.members = result["group"]["members"]
        self.horizon = int(terms["horizon_ns"])
        schedule = [(read(a), read(b)) for a, b in result["schedule"]]
        # Either of the two may have erred by the error of an application.
        limit = int(terms["limit_ns"][1]) - 2 * int(terms["app_error_ns"])
        said = {"window": period.window, "schedule": schedule, "exemptions": relieved(None)}
        own = [[] if m["host"] is None else relieved(m["host"]) for m in self.members]
        self.group = Group({"limit": limit, "minimum": terms["minimum_proven_ppm"]}, said, own)

    def take(self, host, evidence, derived):
        """What is kept of a host, small enough to be sent from one process to another; None = it is no member."""
        place = next((k for k, m in enumerate(self.members) if m["host"] == host), None)
        if place is None:
            return None
        leaps, (begin, end) = self.period.leaps, self.period.utc
        pieces = [(leaps.axis(a), leaps.axis(b), -hi, -lo) for a, b, lo, hi in derived.pieces + derived.minutes]
        cuts = [(leaps.axis(a), leaps.axis(b), reason) for a, b, reason in derived.cuts] + list(self.period.leap_cuts(self.horizon))
        here = lambda kind: sum(1 for k, t in evidence.events if k == kind and begin <= t < end)
        kept = {
            "rate": evidence.rate, "cuts": cuts, "pieces": [packed(column) for column in zip(*pieces)] or [[]] * 4,
            "rehearsed": sum(1 for t in evidence.rehearsed if begin <= t < end),
            "counts": {"leap_events": here("leap_applied"), "source_changes": here("source_state_changed"), "steps": here("clock_stepped")},
        }
        kept["sketch"] = self.group.sketch(place, self._clock(kept))
        return kept

    def _clock(self, kept):
        pieces = [(a, b, lo, hi, True) for a, b, lo, hi in zip(*kept["pieces"])]
        return Clock(kept["rate"], self.horizon, False, kept["cuts"], [], pieces)

    def computed(self, kept):
        """kept: what was taken, by host."""
        none = {"rate": 0, "cuts": [], "pieces": [[]] * 4}
        all_kept = [kept.get(m["host"]) or {**none, "sketch": self.group.sketch(k, self._clock(none))} for k, m in enumerate(self.members)]
        found = self.group.judge([lambda one=one: self._clock(one) for one in all_kept], [one["sketch"] for one in all_kept])
        return self._in_words(found, list(kept.values()))

    def _in_words(self, found, kept):
        evidence = Evidence()
        evidence.rate = max((one["rate"] for one in kept), default=0)
        cuts = {cut for one in kept for cut in one["cuts"]}
        nothing = {"samples": 0, "inside": 0, "greatest_divergence_ns": None, "longest_interval_ns": None}
        words = in_words(found, cuts, self.group.whole, nothing, evidence, self.period)
        words["statistics"]["dropped"]["rehearsed"] = sum(one["rehearsed"] for one in kept)
        for name in ("leap_events", "source_changes", "steps"):
            words["counts"][name] = sum(one["counts"][name] for one in kept)
        return {**words, "group": self._group_in_words(found)}

    def _group_in_words(self, found):
        named = lambda k: {"host": self.members[k]["host"], "name": self.members[k]["name"]}
        silent = sorted((-ns, k) for k, ns in enumerate(found["silent"]) if ns > 0)
        return {
            "members": [named(k) for k in range(len(self.members))],
            "pairs": found["pairs"], "pairs_outside": len(found["outside"]),
            "outside": [
                {
                    "a": named(i), "b": named(j), "violation_ns": str(ns), "episodes": n,
                    "first": self.period.leaps.say(first), "peak_proven_ns": str(peak),
                }
                for (i, j), ns, n, first, peak in found["outside"][:10]
            ],
            "members_silent": len(silent),
            "silent": [{**named(k), "silent_ns": str(-ns)} for ns, k in silent[:10]],
        }


def packed(numbers):
    try:
        return array("q", numbers)
    except OverflowError:
        return list(numbers)


def group_name(scope, manifest):
    """Of a scope of which only some hosts were asked for not all pairs are."""
    return f"pairs of {scope} among the hosts that were named" if "chosen_hosts" in manifest else f"all pairs of {scope}"


def members_of(manifest, labels):
    """All hosts that carry the labels, and all that are listed without an agent."""
    fits = lambda host: all(host["labels"].get(name) == value for name, value in labels.items())
    hosts = [(host["name"], host["id"]) for host in manifest["hosts"] if fits(host)]
    missing = [(name, None) for name in (manifest["inventory"] or {}).get("missing", [])]
    text = lambda s: (s or "").encode("utf-16-be")
    return [{"host": i, "name": n} for n, i in sorted(hosts + missing, key=lambda m: (text(m[0]), text(m[1])))]


def in_words(found, cuts, said, samples, evidence, period):
    say, (a, b) = period.leaps.say, period.window
    begin, end = period.utc
    here = lambda kind: sum(1 for k, t in evidence.events if k == kind and begin <= t < end)
    statistics = statistics_in_words(found["statistics"])
    statistics.pop("samples")
    statistics["dropped"]["rehearsed"] = sum(1 for t in evidence.rehearsed if begin <= t < end)
    shown = sorted((max(f, a), min(t, b), reason) for f, t, reason in cuts if f < b and t > a)
    return {
        "drift_ppb": evidence.rate,
        "cuts": [[say(f), say(t), reason] for f, t, reason in shown],
        "spans": [[say(f), say(t), verdict] for f, t, verdict in found["spans"]],
        "episodes": [{"from": say(f), "to": say(t), "peak_proven_ns": str(peak)} for f, t, peak in found["episodes"]],
        "gaps": [[say(f), say(t)] for f, t in longest_gaps(found["spans"], said)],
        "totals": {f"{k}_ns": str(found[k]) for k in SUMS}, "shares": shares_in_words(found), "verdict": found["verdict"],
        "sampled": samples, "statistics": statistics,
        "counts": {
            "leap_events": here("leap_applied"), "source_changes": here("source_state_changed"), "steps": here("clock_stepped"),
            "conflicts": sum(1 for _, _, verdict in found["spans"] if verdict == "CONFLICT"),
        },
    }


SUMS = ("in_scope", "exempt", "audited", "compliant", "violation", "unproven", "conflict", "no_evidence")


def shares_in_words(found):
    return {
        "coverage_ppm": found["coverage_ppm"], "proven_ppm": found["proven_ppm"], "violation_ppm": found["violation_ppm"],
        "compliance_ppm_range": found["range_ppm"],
    }


def longest_gaps(spans, said):
    nothing = [(a, b) for a, b, verdict in spans if verdict == "NO_EVIDENCE"]
    wanted = less(union(said["schedule"]), union([(a, b) for a, b, _ in said["exemptions"]]))
    return sorted(meet(nothing, wanted), key=lambda g: (g[0] - g[1], g[0]))[:10]


def sampled(used, said, limits, leaps):
    """Step 11."""
    early = union([(a, b) for a, b, declared in said["exemptions"] if declared <= a])
    wanted = less(meet(union(said["schedule"]), [said["window"]]), early)
    begins = [a for a, _ in wanted]
    taken = []
    for reading in used:
        m = (reading.lo + reading.hi) // 2
        t = leaps.axis(reading.realtime + m)
        k = bisect_right(begins, t) - 1
        if k >= 0 and t < wanted[k][1]:
            taken.append((t, -m))
    times = sorted(t for t, _ in taken)
    return {
        "samples": len(taken), "inside": sum(1 for _, d in taken if limits["low"] <= d <= limits["high"]),
        "greatest_divergence_ns": str(max(abs(d) for _, d in taken)) if taken else None,
        "longest_interval_ns": str(max(b - a for a, b in zip(times, times[1:]))) if len(times) > 1 else None,
    }


def differs(result, computed):
    for name, value in computed.items():
        said = result["terms"]["drift_ppb"] if name == "drift_ppb" else result[name]
        # As texts: True is 1 here, and nowhere else.
        if said != value or canonical(said) != canonical(value):
            return f"{name} is not what follows from the evidence: {shorter(said, value)}"
    for known, said in ((DECLARED | computed.keys() - {"drift_ppb"}, result), (TERMS, result["terms"])):
        odd = sorted(name for name in said if name not in known)
        if odd:
            return f"{odd[0]} is nothing that the evidence says"
    return None


DECLARED = {
    "host", "name", "scope", "profile", "terms", "schedule", "exemptions", "findings", "documents", "service", "activity", "stamp_point",
}
TERMS = {
    "limit_ns", "app_error_ns", "horizon_ns", "drift_ppb", "counts_unverified", "requires_traceability", "minimum_proven_ppm",
}


def shorter(said, value):
    """The first place where they differ."""
    if isinstance(said, dict) and isinstance(value, dict):
        for k in sorted({*said, *value}):
            if said.get(k) != value.get(k):
                return f"{k}: {shorter(said.get(k), value.get(k))}"
    if isinstance(said, list) and isinstance(value, list):
        for k in range(max(len(said), len(value))):
            if said[k : k + 1] != value[k : k + 1]:
                return f"[{k}]: {json.dumps(said[k : k + 1])}, not {json.dumps(value[k : k + 1])}"
    return f"{json.dumps(said)}, not {json.dumps(value)}"


def order_of(result):
    text = lambda s: (0, b"") if s is None else (1, s.encode("utf-16-be"))
    return (text(result["profile"]), text(result["scope"]), text(result["name"]), text(result["host"]))


def totals_of(results):
    """Step 13."""
    sums = {k: sum(int(r["totals"][f"{k}_ns"]) for r in results) for k in SUMS}
    verdicts = ("PASS", "PASS_WITHIN_POLICY", "INCONCLUSIVE", "FAIL", "NOT_APPLICABLE")
    worst = min(results, key=badness, default=None)
    return {
        "hosts": len({m["host"] or ("listed", m["name"]) for r in results for m in members_in(r)}), "results": len(results),
        **{f"{k}_ns": str(sums[k]) for k in ("audited", "compliant", "violation", "unproven", "no_evidence")},
        "shares": shares_in_words(shares_of(sums)),
        "sampled": {k: sum(r["sampled"][k] for r in results) for k in ("samples", "inside")},
        "verdicts": {v: sum(1 for r in results if r["verdict"] == v) for v in verdicts},
        "worst": None if worst is None else {k: worst[k] for k in ("host", "name", "profile")},
    }


def members_in(result):
    return result["group"]["members"] if "group" in result else [result]


def badness(result):
    violation, compliant, audited = (int(result["totals"][f"{k}_ns"]) for k in ("violation", "compliant", "audited"))
    return (-violation, Fraction(compliant, audited) if audited else 2)


# ---------------------------------------------------------------- step 15: forecasts

# A forecast looks at so many reports at most, the last ones of so long.
LOOKED_BACK, MOST_REPORTS = 600 * SECOND, 64
# As far as an agent remembers.
WINDOW_AGE = 1024 * SECOND
# No source is asked more often than this.
FLOORS = {"declared": SECOND, "discovered": 16 * SECOND, "pool": 64 * SECOND}
BOUND_TERMS = ("path", "root", "precision", "stamp", "offset", "slew", "drift")
SAMPLE_TERMS = BOUND_TERMS[:5]


INTERLEAVED = ("hardware_interleaved", "kernel_interleaved")


def up(n, d):
    return -(-n // d)


class Report:
    """What a plan reads of a batch."""

    def __init__(self, batch):
        assumed, bounds, terms = batch["assumptions"], batch["bounds"], batch["terms"]
        self.boot, self.sealed = batch["boot_id"], decimal(batch["sealed_boottime_ns"])
        self.interleaved, self.faults = assumed["stamp_mode"] in INTERLEAVED, assumed["faults"]
        self.rho, self.around, self.slew = assumed["rho_ppb"], abs(assumed["oscillator_ppb"] or 0), 1000 * assumed["slew_ppm"]
        self.status, self.trusting, self.votes = bounds["status"][-1], bounds["reason"][-1] == "trusting", bounds["votes"][-1] or 0
        self.lo, self.hi = column(bounds["lo_ns"])[-1], column(bounds["hi_ns"])[-1]
        self.terms = None if terms is None else {k: decimal(terms[f"{k}_ns"]) for k in ("path", "root", "precision", "stamp", "drift")}
        gaps = column(bounds["gap_ns"]) if "gap_ns" in bounds else []
        self.apart = max((gap for gap in gaps if gap is not None), default=None)
        self.sources = [(s["id"], FLOORS[s["origin"]], s["state"] == "agrees", s["polls"]) for s in batch["sources"]]

    @property
    def rate(self):
        return self.rho + self.around

    def sample(self, longest):
        """The terms of its last bound less what drifted since its exchange; None = no exchange set it."""
        if self.terms is None or self.lo is None or self.hi is None or self.status not in ("proven", "unverified"):
            return None
        grown = 0 if self.rho <= self.around else self.terms["drift"] * (self.rho - self.around) // self.rate
        if longest is not None:
            grown = min(grown, up(self.rate * longest, SECOND))
        found = {k: self.terms[k] for k in SAMPLE_TERMS[:4]}
        found["offset"] = max(0, max(abs(self.lo), abs(self.hi)) - grown - sum(found.values()))
        return found


def polled(reports, name, floor):
    """(floor, how far apart its polls were on average or None, whether it is a peer)."""
    seen = []
    for one in reports:
        polls = next((polls for id, _, _, polls in one.sources if id == name), None)
        if polls is not None and polls >= 4:
            seen.append((polls, one.sealed, one.boot))
    if not seen or seen[0][2] != seen[-1][2]:
        return (floor, None, False)
    polls, elapsed = seen[-1][0] - seen[0][0], seen[-1][1] - seen[0][1]
    return (floor, None if polls < 4 or elapsed <= 0 else up(elapsed, polls), False)


def votes_of(reports):
    """Of so many votes the slowest sources that agree; whoever is no source is a peer."""
    last = reports[-1]
    agreeing = [polled(reports, name, floor) for name, floor, agrees, _ in last.sources if agrees]
    every = lambda vote: vote[0] if vote[1] is None else vote[1]
    votes = sorted(agreeing, key=every, reverse=True)[: last.votes]
    return votes + [(SECOND, None, True)] * (last.votes - len(votes))


def poll_that_counts(polls, last):
    polls = sorted(polls)
    return None if not polls else polls[-1 if last.trusting else min(last.faults, len(polls) - 1)]


def polls_apart(poll):
    return up(poll * 105, 100)


def forecast(result, evidence, leaps):
    """What a plan promised of a limit when the report was made."""
    terms = result["terms"]
    low, high = (int(x) for x in terms["limit_ns"])
    limit, unknown = min(-low, high) - int(terms["app_error_ns"]), {"verdict": "unknown", "worst_ns": None}
    said = {"limit_ns": str(limit), "basis": None, "live": unknown, "report": unknown, "binding": None}
    reports = [Report(batch) for _, batch in evidence.lately]
    if not reports:
        return said
    last, votes = reports[-1], votes_of(reports)
    spanned = 3 if last.interleaved else 2
    sources = [apart for _, apart, is_peer in votes if not is_peer]
    counts = None if None in sources else poll_that_counts(sources, last)
    longest = None if counts is None else spanned * polls_apart(counts)
    samples = [found for one in reports if (found := one.sample(longest)) is not None]
    if not samples:
        return said
    rate, slew = max(one.rate for one in reports), max(one.slew for one in reports)
    needed = max(2, 2 * last.faults + 1)
    said["basis"] = {
        "reports": len(samples), "from": leaps.say(leaps.axis(evidence.lately[0][0])), "to": leaps.say(leaps.axis(evidence.lately[-1][0])),
        "drift_ppb": rate, "slew_ppm": slew // 1000, "faults": last.faults, "votes": len(votes), "votes_needed": needed,
    }
    # At the pace that was shown: whoever's is not is the slowest.
    shown = [apart for _, apart, _ in votes if apart is not None]
    reading = max((one.apart for one in reports if one.apart is not None), default=None)
    if reading is None or (len(votes) if last.trusting else min(last.faults + 1, len(votes))) > len(shown):
        return said
    paces = [max(shown, default=WINDOW_AGE) if apart is None else apart for _, apart, _ in votes]
    poll = poll_that_counts(paces, last)
    gap = polls_apart(WINDOW_AGE if poll is None else poll)
    sample = max(samples, key=lambda one: sum(one.values()))
    found = {**sample, "slew": up(slew * reading, 2 * SECOND) + 3, "drift": up(rate * spanned * gap, SECOND)}
    still = sum(sample.values()) + found["slew"]
    worst = {"live": still + found["drift"], "report": still + up(rate * (3 if last.interleaved else 1) * gap, 2 * SECOND)}
    at_odds = last.status in ("conflict", "no_majority")
    enough = not at_odds and (len(votes) > 0 if last.trusting else len(votes) >= needed)
    out_of_reach = 0 < limit < min(one["path"] + one["root"] for one in samples)
    for goal, ns in worst.items():
        vouched = enough or (goal == "report" and terms["counts_unverified"] and not at_odds and len(votes) > 0)
        verdict = "yes" if vouched and ns <= limit else "out_of_reach" if out_of_reach else "no"
        said[goal] = {"verdict": verdict, "worst_ns": str(ns) if vouched else None}
    term = max(BOUND_TERMS, key=lambda name: found[name])
    said["binding"] = {"term": term, "ns": str(found[term])}
    return said


# ---------------------------------------------------------------- step 2: responses of time-stamping authorities (RFC 3161)

DIGESTS = {"608648016503040201": "sha256", "608648016503040202": "sha384", "608648016503040203": "sha512"}
CURVES = {  # p, a, b, x, y, n of P-256 and P-384
    "2a8648ce3d030107": (
        2**256 - 2**224 + 2**192 + 2**96 - 1, -3, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    "2b81040022": (
        2**384 - 2**128 - 2**96 + 2**32 - 1, -3,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
}


class Der:
    def __init__(self, data):
        if data[1] < 128:
            begin, size = 2, data[1]
        else:
            begin = 2 + (data[1] & 127)
            size = int.from_bytes(data[2:begin], "big")
        self.tag, self.value, self.whole, self.rest = data[0], data[begin : begin + size], data[: begin + size], data[begin + size :]
        if len(self.value) != size:
            raise ValueError("cut off")

    def __iter__(self):
        rest = self.value
        while rest:
            one = Der(rest)
            rest = one.rest
            yield one

    def number(self):
        if self.tag != 2:
            raise ValueError("not a number")
        return int.from_bytes(self.value, "big")


def stamped(response):
    """The imprint under a granted response whose signature holds by the certificate in it; a ValueError says what is wrong."""
    status, *token = Der(response)
    if next(iter(status)).number() > 1 or not token:
        raise ValueError("it was not granted")
    signed = list(next(iter(list(token[0])[1])))
    info = next(iter(list(signed[2])[1])).value
    certificates = [one for part in signed if part.tag == 0xA0 for one in part]
    signer = next(iter(signed[-1]))
    check_signer(list(signer), info, certificates)
    algorithm, imprint = list(Der(info))[2]
    if next(iter(algorithm)).value.hex() not in DIGESTS:
        raise ValueError("its imprint is of another algorithm")
    return imprint.value.hex()


def check_signer(signer, info, certificates):
    _, who, digest, attributes, algorithm, signature = signer[:6]
    name = DIGESTS.get(next(iter(digest)).value.hex())
    if name is None or attributes.tag != 0xA0:
        raise ValueError("its signature is of another form")
    said = {next(iter(a)).value.hex(): next(iter(list(a)[1])).value for a in attributes}
    if said.get("2a864886f70d010904") != hashlib.new(name, info).digest():
        raise ValueError("its digest is not that of what it says")
    # Signed as the SET that the attributes are, whatever tag stands here for it.
    data = b"\x31" + attributes.whole[1:]
    for certificate in certificates:
        fields = [field for field in next(iter(certificate)) if field.tag != 0xA0]
        names = list(who)
        if who.tag != 0x30 or fields[0].number() != names[1].number() or fields[2].whole != names[0].whole:
            continue
        if not signature_holds(fields[5], algorithm, name, data, signature.value):
            raise ValueError("its signature does not hold by its certificate")
        return
    raise ValueError("the certificate of its signer is not in it")


def signature_holds(public, algorithm, name, data, signature):
    kind, bits = public
    kind = list(kind)
    oid = next(iter(algorithm)).value.hex()
    # The algorithm may name its own digest.
    name = {"2a864886f70d01010b": "sha256", "2a864886f70d01010c": "sha384", "2a864886f70d01010d": "sha512",
            "2a8648ce3d040302": "sha256", "2a8648ce3d040303": "sha384", "2a8648ce3d040304": "sha512"}.get(oid, name)
    digest = hashlib.new(name, data).digest()
    if kind[0].value.hex() == "2a864886f70d010101":
        modulus, exponent = (part.number() for part in Der(bits.value[1:]))
        oid = bytes.fromhex(next(k for k, v in DIGESTS.items() if v == name))
        wrapped = b"\x30\x0d\x06\x09" + oid + b"\x05\x00\x04" + bytes([len(digest)]) + digest
        size = (modulus.bit_length() + 7) // 8
        block = b"\x30" + bytes([len(wrapped)]) + wrapped
        padded = b"\x00\x01" + b"\xff" * (size - len(block) - 3) + b"\x00" + block
        return len(signature) == size and pow(int.from_bytes(signature, "big"), exponent, modulus) == int.from_bytes(padded, "big")
    curve = CURVES.get(kind[1].value.hex()) if kind[0].value.hex() == "2a8648ce3d0201" else None
    if curve is None:
        raise ValueError("its key is of a kind that is not known here (RSA, P-256 and P-384 are)")
    return ecdsa_holds(curve, bits.value[1:], digest, *(part.number() for part in Der(signature)))


def ecdsa_holds(curve, point, digest, r, s):
    p, a, b, x, y, n = curve
    half = len(point) // 2
    key = (int.from_bytes(point[1 : 1 + half], "big"), int.from_bytes(point[1 + half :], "big"))
    if point[0] != 4 or not (0 < r < n and 0 < s < n) or (key[1] ** 2 - key[0] ** 3 - a * key[0] - b) % p:
        return False

    def add(u, v):
        if u is None or v is None:
            return u or v
        if u[0] == v[0]:
            if (u[1] + v[1]) % p == 0:
                return None
            slope = (3 * u[0] ** 2 + a) * pow(2 * u[1], -1, p)
        else:
            slope = (v[1] - u[1]) * pow(v[0] - u[0], -1, p)
        at = (slope**2 - u[0] - v[0]) % p
        return at, (slope * (u[0] - at) - u[1]) % p

    z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
    scalars = [(z * pow(s, -1, n) % n, (x, y)), (r * pow(s, -1, n) % n, key)]
    total = None
    for bit in reversed(range(n.bit_length())):
        total = add(total, total)
        for k, base in scalars:
            if k >> bit & 1:
                total = add(total, base)
    return total is not None and total[0] % n == r


def check_anchors(bundle, imprints):
    for name in bundle.names("anchors"):
        try:
            imprint = stamped(bundle.bytes(f"anchors/{name}", "anchors"))
        except (ValueError, IndexError, StopIteration, TypeError) as error:
            raise Fault("anchors", "anchor", f"anchors/{name} does not hold: {error}") from error
        if imprint not in imprints or name != f"{imprint}.tsr":
            raise Fault("anchors", "anchor", f"anchors/{name} is over no head of this report")
    there = set(bundle.names("anchors"))
    for imprint in sorted(imprints):
        if f"{imprint}.tsr" not in there:
            raise Fault("anchors", "missing", f"anchors/{imprint}.tsr is not there")


# ---------------------------------------------------------------- step 5: limits that were published

# The SHA-256 of every text of a limit that a release shipped, by its id. Of others nobody else knows the text.
PUBLISHED = {
    "5g-tdd": ("ca86b32b5a25157890e8b484cbcb085b640d226dcc921338f46c88528af92dbf",),
    "au-asic": ("d73cc5f6de8a2390f998e0f759e472abd6db4821eb6d2aec8987915136e9433f",),
    "aws-sigv4": ("33b9d18e675dc9187b26708852cc9deb0f0e4fef2551b4cf9e0357e57d901f2c",),
    "c37-118-50hz": ("a7e1b9e715499f727cff4735b7957e88538292cabb19cb1244b3cb2b0086e0be",),
    "c37-118-60hz": ("be3d5adc538932abd7469ccdf4221577778c0086f872f70f1047a96cba7ee5e1",),
    "ca-ciro": ("3ced3e998bbdb3dd3907a285253c9bf46c1e6a68a9ca4c1b15352820ffb7af11",),
    "cassandra": ("6d58b86b620afd8e1b1e25a5e57b9b891bb0896729f50ed5b31872665be9aae2",),
    "ceph-mon": ("f4caa8a384f29631cf5782e25b861bd6dc8c834c749eeb0a02b51562b10b17b1",),
    "cockroachdb": ("1109c9c79e46e381192b0200d0aa2fbc3e5442dd2977f4f0fd3b380713d1e843",),
    "corda-notary": ("111af44ad023217807f6e4bd4c592cfb928c69036442dd0e9ee87e0df170d261",),
    "couchbase-xdcr": ("c77acf5304943c5e05fe216a1daf02e3fda4a4ed0c2aefb45d9f0fbaabf49912",),
    "edb-pgd": ("ee5f4de67145b2884d0f18aba0848608cb201b514ea313e4006ef9d1a6428fcb",),
    "etcd": ("af4386a13e77cada5e41a7331053111a549058413ba4ca98f3638b72c541da2f",),
    "eu-2017-574-hft": ("5bd45247afcb4940f091f2cfa6137a6ac0180c5cda726ae2823ce19f50105b41",),
    "eu-2017-574-nego": ("42405ca40ce6c0f61c3622f615d63a7a16a57eebfaeb0f69d5f36f38134290fc",),
    "eu-2017-574-other": ("bf8ec621d605e409c37141a6dfba8d9e2b78059d3e254a428c13fbc447694a80",),
    "eu-2017-574-rfq": ("34e18dc6051b9ba4d4a453cae742cced1f6fc845e740aeeca39d87442e21a15c",),
    "eu-2017-574-venue-derogation": ("0d1eda3c27265447c67f342f2b207eacbc8a126499796b54502fa5e72270e8bf",),
    "eu-2017-574-venue-fast": ("5342ca225aefeb2b74a368066efa24018bf613f1f11858907ce8235012b7836f",),
    "eu-2017-574-venue-slow": ("671ac798ccc67f128c03decb2ea0a7ae343b55c7c93e9ddc1ff349d6897c6a93",),
    "eu-2017-574-voice": ("0ed5dffa7f929820ca1ea9520b0cf6df36f467471578aac48d6044f0e6e007a6",),
    "eu-2025-1155-apa-ctp": ("a8bf3f17525bfa71fa174d5a5850c4c297657db35dae4e24bfdd303835b5135f",),
    "eu-2025-1155-dpe": ("353fd871e558754f07b816e8896ab9326e4e9ca431ab00e23bd8724384be5205",),
    "eu-2025-1155-hft": ("48dcb712917db06c92afaad8bf8237a9617bec78a6c1f8a9f48cee23e4f7baaf",),
    "eu-2025-1155-nego": ("6f992087609ed0224594409e5f085374a69b1f2c17c8b598be66b93dec84ca5c",),
    "eu-2025-1155-other": ("93902064d879cb2c2e83ad6a23ea1e28054fe9e94eac79ac69cb15140048b4b6",),
    "eu-2025-1155-rfq": ("9d599ef28ea22b10d9c453571853304b29478652b6901fedb1f457c606dc9ca4",),
    "eu-2025-1155-venue-derogation": ("74a04b1b1a9244c4ba705cbb37e9adc5b3e64645fbbf5e5692a8ea43b29d9cc1",),
    "eu-2025-1155-venue-fast": ("7950773c793fa40cb5a129b4cac025910e295c8c7a1563d2e601efa3c926df17",),
    "eu-2025-1155-venue-slow": ("baaa40d834da0fe9fc34f9c763d0adaf0d412e61248ce3b67d28527286306a24",),
    "eu-2025-1155-voice": ("349017e0cf40ccf8bd9964e2c1afb30eaaa2ff5f74507317e942cec8dd725ea6",),
    "g8271-1": ("0173ca2c721d33e217142d4af7f16b9fd43b7f08be35630aa6091246a5cc9804",),
    "in-sebi-exchange": ("e228fc2f1c82d400ce82c8b298f1f4d6113c62eac41adabb894ebedeb6f99040",),
    "kafka-create-time": ("e1585da3ea94889582b13d3878d842ff959a686efbae234a0f886c9298a6e255",),
    "kerberos": ("ad3eba9895aa1eb60ab9b205deb5063738303f56c74c35e26df8d11a15484207",),
    "mongodb-cluster-time": ("974b930dfe6cb938903169c35a01d0b67abf1642f13dd18f8ed5dd2a1a9a6740",),
    "nerc-prc-002": ("ea330c68902c4e5d46d20cc1a4f7908fb4b6d4ddc9e1c783762206df8f466c5e",),
    "totp": ("050774736742731b2f43587624ffe969e2802d5ade5e6cd7fd96bec1ea0809f2",),
    "tsa-etsi-319421": ("9ffdbf8487469df92749fcc3ac46e666b7e54b4fdec03886e517e531c0a31273",),
    "uk-rts25-hft": ("6a8ae2857ac99b3b8e78e6150de333e6c6dfe27ad8b84fed339890d72dc3bd1e",),
    "uk-rts25-nego": ("4fd0d51dfaebc4965320e3c18845c55e23f5a3375b7271f8c66c587708aa43ae",),
    "uk-rts25-other": ("c044768c854da273258d9a1a57f6e8cfe0fc99321eb158cf0f648ad2441e56fe",),
    "uk-rts25-rfq": ("486119a2e2e68098d5f964c1ffae401ba96da100ba6d58e9f384311ecc94329e",),
    "uk-rts25-venue-derogation": ("402c93cbd2a091387a4b754085880b26a3358be07974465a3675de999abc2260",),
    "uk-rts25-venue-fast": ("ef8ff13606e790fb914e24d5986f7a4cc2047edb596e9e8fc1eca2d805c838ef",),
    "uk-rts25-venue-slow": ("11b65e139ad6b214451471662fc065372c979bb8741ba9a33d27157eb1e6d0d2",),
    "uk-rts25-voice": ("0f805913757eb4384995f71afb905c5986798d320d1e88af888f34197dcc3b00",),
    "us-cat-manual": ("60585caebcc33a73c52c93204482bef540508aedc78bf0dd570aebb61cb0d461",),
    "us-cat-member": ("1c0d80576794b99ec4ee04dab335b974604a7f338f7c403a0295c4515a8392a8",),
    "us-cat-participant": ("538328b8f3c9440a93ceb1257401c5ada84530d5831cdd64bc5b6e8181b1cee4",),
    "us-finra-4590": ("8517df8dd9801193b4f52960772b03f48c89d4367228fe04bd3c0a9f0b5795bc",),
    "us-finra-4590-other": ("b8effb0a48b15667b5234cb0011f0b302d4dfb0ab00dd9d010f0b55f86d6e401",),
    "ws-security": ("dda2d1da98635b0e59619e4063056ed18f99d7bab7333d56db3777a6685b9f24",),
    "ydb": ("9acde9792b5da7abc22e31b6e77a1c34f5bd910cd4068727aab422b246e137f9",),
    "ydb-transactions": ("739637bd5b6258bd6d8b6d7b9bdd42b3717e6a83aeb37f23bddadf2b6f3897c2",),
    "yugabytedb": ("97301e66561ba7a6a83cdfd1c1b2e9f9726a8b8a140b3f4fcbd3f26e4f197a77",),
}


# ---------------------------------------------------------------- the form of a manifest


class Maybe:
    """Null, or of this form."""

    def __init__(self, form):
        self.form = form


class Members:
    """Each member is of this form."""

    def __init__(self, form):
        self.form = form


def misfit(form, value, at):
    """Where a value is not of a form: a type, (form, form), [form of each], a pattern, or {name: form}, where a name may end in ?; None = it is."""
    if form is Signed:
        return None if type(value) is int else at
    if form is Instant or form is PlainInstant:
        return None if isinstance(value, str) and is_read(posix_of if form is Instant else utc_of, value) else at
    if isinstance(form, re.Pattern):
        return None if isinstance(value, str) and form.fullmatch(value) else at
    if isinstance(form, type):
        return None if type(value) is form and (form is not int or value >= 0) else at
    if isinstance(form, Maybe):
        return None if value is None else misfit(form.form, value, at)
    if isinstance(form, tuple):
        parts = zip(form, value, range(2)) if isinstance(value, list) and len(value) == 2 else None
    elif isinstance(form, list):
        parts = ((form[0], one, k) for k, one in enumerate(value)) if isinstance(value, list) else None
    elif isinstance(form, Members):
        parts = ((form.form, one, k) for k, one in value.items()) if isinstance(value, dict) else None
    else:
        parts = members_in_form(form, value) if isinstance(value, dict) else None
    if parts is None:
        return at
    return next((odd for part, one, k in parts if (odd := misfit(part, one, f"{at}.{k}")) is not None), None)


MISSING = object()


def members_in_form(form, value):
    for name, part in form.items():
        if not name.endswith("?"):
            yield part, value.get(name, MISSING), name
        elif name[:-1] in value:
            yield part, value[name[:-1]], name[:-1]


class Signed:
    """An integer of any sign; int stands for one from 0 on."""


class Instant:
    """Of UTC, in the one way in which a manifest says it."""


class PlainInstant:
    """The same, in no inserted second."""


def is_read(read, text):
    try:
        read(text)
        return True
    except ValueError:
        return False


TEXTS = Members(str)
PLACE = {"shard": str, "index": int}
HEAD = {"shard": str, "size": int, "root": str, "timestamp_ns": COUNT}
PREVIOUS = {"id": str, "sha256": str, "head": HEAD}
WORDS = {"service": Maybe(str), "activity": Maybe(str), "stamp_point": Maybe(str)}
SCOPED = {"app_error_ns": COUNT, "horizon_ns": COUNT, "counts_unverified": bool, "minimum_proven_ppm": Maybe(Signed)}
# What of it is true is for the steps, and so is what is recomputed. What else is there is for another release.
MANIFEST = {
    "id": str, "created_at": Instant, "period": {"from": PlainInstant, "to": PlainInstant}, "final": bool, "demo": bool,
    "issuer": {"installation": str, "key_id": str, "public_key": str, "software": str},
    "previous": Maybe(PREVIOUS), "previous_left?": {**PREVIOUS, "key_id": str},
    "profiles": [{"profile": {"id": str}, "sha256": str}],
    "scopes": [{"name": str, "profile": str, "hosts": TEXTS, "calendar": Maybe(str), **WORDS, **SCOPED, "app_error_from?": str}],
    "forecasts?": [{"result": int}], "chosen_hosts?": [str], "inventory": Maybe({"missing": [str], "unlisted": [str], "listed": int, "outside?": [str]}),
    "hosts": [{
        "id": str, "name": str, "labels": TEXTS, "enrolled_at": str, "retired_at": Maybe(str), "leaf": PLACE,
        "keys": [{"public_key": str, "leaf": PLACE}],
        "chains": [{"epoch": int, "first_seq": int, "last_seq": int, "lost": [(int, int)], "unreadable": int}],
    }],
    "results": [{
        "host": Maybe(str), "name": str, "scope": str, "profile": str,
        "terms": {"limit_ns": (NANOSECONDS, NANOSECONDS), "drift_ppb": int, "requires_traceability": bool, **SCOPED},
        "schedule": [(Instant, Instant)],
        "exemptions": [{
            "id": str, "host": Maybe(str), "scope": str, "from": Instant, "to": Instant, "declared_at": Instant,
            "withdrawn_at?": Instant, "withdrawn_by?": str, "withdrawn_reason?": str,
        }],
        "findings": [{"kind": str, "words": str}], "documents": [str], **WORDS,
    }],
    "results_sha256": str,
    "chain_documents": [{"id": str, "title": str, "sha256": str, "kind": str, "hosts": int, "valid_from": str}],
    "assumptions": [str], "leap_table": [(str, Signed)], "log": {"head": HEAD, "anchor_period_ns": Maybe(COUNT)}, "limits": [str],
}


# ---------------------------------------------------------------- a bundle, step by step


class Bundle:
    def __init__(self, folder):
        self.folder = folder

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def bytes(self, name, step="signature"):
        if not is_file(self.path(name)):
            raise Fault(step, "missing", f"{name} is not there")
        if os.path.getsize(self.path(name)) > MOST_FILE_BYTES:
            raise ValueError(f"{name} is of more than {MOST_FILE_BYTES} bytes")
        with open(self.path(name), "rb") as file:
            return file.read()

    def names(self, folder):
        if not os.path.isdir(self.path(folder)):
            return []
        return sorted(one.name for one in os.scandir(self.path(folder)) if one.is_file(follow_symlinks=False))

    def only_line(self, name, step="signature"):
        data = self.bytes(name, step)
        return parsed(data[:-1] if data.endswith(b"\n") else data)

    def check(self, expected):
        self.step = "signature"
        self._signature()
        self.step = "heads"
        self.log = Log(self.path("log.ndjson"))
        self.step = "signature"
        self._keys(expected)
        self.step = "heads"
        self._anchors_and_heads()
        self.step = "evidence"
        self._log_and_files()
        Period(self.manifest)
        hosts = self.each_host()
        for failure, *_ in hosts:
            if failure:
                raise Fault(*failure)
        self.step = "profiles"
        self._profiles()
        self.step = "results"
        self._results(hosts)
        self.step = "rendered"
        self._rendered()
        self.step = "signoff"
        self.signoffs = SignOffs(self)
        self.people = self.signoffs.check()
        return sum(count for _, _, _, count, _ in hosts)

    def _signature(self):
        data = self.bytes("manifest.json")
        try:
            self.manifest = json.loads(data.decode())
            same = is_shallow(self.manifest) and canonical(self.manifest).encode() == data and type(self.manifest) is dict
        except (ValueError, RecursionError):
            same = False
        if not same:
            raise Fault("signature", "canonical", "manifest.json is not canonical JSON")
        if self.manifest.get("format") != "truebound-report/1":
            raise Fault("signature", "format", f"manifest.json is of the format {self.manifest.get('format')}, not truebound-report/1")
        odd = misfit(MANIFEST, self.manifest, "")
        if odd is not None:
            raise Fault("signature", "format", f"manifest.json has not the form of truebound-report/1: {odd[1:]} is missing or of another type")
        self.sha256, signed = sha256(data), self.only_line("manifest.sig")
        self.key = from_base64url(signed["public_key"], 32)
        if not is_signed(self.key, f"truebound-report/1\n{self.sha256}", from_base64url(signed["signature"], 64)):
            raise Fault("signature", "manifest_signature", f"manifest.sig is not over manifest.json, whose SHA-256 is {self.sha256}")
        own, issuer = key_id(self.key), self.manifest["issuer"]
        if signed["key_id"] != own or issuer["key_id"] != own or issuer["public_key"] != signed["public_key"]:
            raise Fault("signature", "issuer_key", f"manifest.sig is by key {own}, but the manifest is issued by {issuer['key_id']}")

    def _keys(self, expected):
        self.keys, self.lost = keys_of(self.log.changes, self.manifest, self.key)
        if expected is not None and expected not in self.keys:
            own = key_id(self.key)
            raise Fault("signature", "expected_key", f"The report is signed by key {own}, which is not {expected} and does not follow it")

    def _anchors_and_heads(self):
        check_anchors(self, {sha256(head_text(self.manifest, head)) for head in self.log.anchored})
        self.log.check_heads(self.manifest, self.keys)

    def _log_and_files(self):
        self.log.check_tiles()
        there, wanted = set(self.names("evidence")), [f"{host['id']}.ndjson" for host in self.manifest["hosts"]]
        for name in wanted:
            if name not in there:
                raise Fault("evidence", "missing", f"evidence/{name} is not there", name.removesuffix(".ndjson"))
        for name in sorted(there - set(wanted)):
            raise Fault("evidence", "odd_file", f"evidence/{name} is of no host of the manifest")
        ids = [host["id"] for host in self.manifest["hosts"]]
        for before, after in zip(ids, ids[1:]):
            if before.encode("utf-16-be") >= after.encode("utf-16-be"):
                raise Fault("evidence", "order", "The hosts are not in their order, each once", after)
        names = {host["id"]: host["name"] for host in self.manifest["hosts"]}
        for result in self.manifest["results"]:
            host = result["host"]
            if host is not None and host not in names:
                raise Fault("evidence", "missing", f"A result is of {result['name']}, which is not among the hosts", host)
            if host is not None and names[host] != result["name"]:
                raise Fault("evidence", "host_name", f"A result calls it {result['name']}, and it is {names[host]}", host)
        for result in self.manifest["results"]:
            if "group" in result and not has_members(result["group"]):
                raise Fault("evidence", "malformed", f"{result['name']}: its group has no list of members, each of a host and a name")
        self.declared = Declared(self.manifest, self.log)

    def each_host(self):
        """(fault, differences, demo, records, what is kept for groups) of each host, on all processors."""
        hosts = self.manifest["hosts"]
        if len(hosts) < 2:
            return [self.one_host(host) for host in hosts]
        # A fork has all that was read already. Without it the hosts are taken one after the other.
        if "fork" not in multiprocessing.get_all_start_methods():
            return [self.one_host(host) for host in hosts]
        context = multiprocessing.get_context("fork")
        Bundle.shared = self
        # A Pool waits for ever for a process that the system ended for its memory.
        with ProcessPoolExecutor(mp_context=context) as pool:
            return list(pool.map(one_host_of_shared, range(len(hosts))))

    def one_host(self, host):
        try:
            file = HostFile(host, self.log, self.declared, self.forecast_until()).read(self.path("evidence", f"{host['id']}.ndjson"))
        except Fault as fault:
            return fault.args, {}, False, 0, {}
        records = sum(c["last"] - c["first"] + 1 - sum(b - a + 1 for a, b in c["lost"]) for c in file.chains.values())
        try:
            differences, kept = self.differences(host["id"], file.evidence)
        except UNREADABLE as error:
            return Fault("evidence", "malformed", f"Its results cannot be derived: {error!r}", host["id"]).args, {}, False, 0, {}
        return None, differences, file.evidence.demo, records, kept

    def forecast_until(self):
        """None = an earlier release made it, and there is none."""
        if "forecasts" not in self.manifest:
            return None
        # An inserted second counts as the one before it.
        at, within = posix_of(self.manifest["created_at"])
        return min(Period(self.manifest).utc[1], at if within is None else at + within - SECOND)

    def foretold(self, k, result, evidence, leaps):
        """How a forecast differs from what the evidence says; None = it does not, or there is none."""
        if "forecasts" not in self.manifest or result["host"] is None:
            return None
        said = next((one for one in self.manifest["forecasts"] if one["result"] == k), None)
        found = {"result": k, **forecast(result, evidence, leaps)}
        return None if canonical(said) == canonical(found) else f"its forecast is not what follows from the evidence: {shorter(said, found)}"

    def differences(self, host, evidence):
        """
        Of each result of the host that cannot be derived: what differs; and what is kept of it for each group that it is in. A fault
        of the period or the leap table is told later.
        """
        try:
            period = Period(self.manifest)
        except Fault:
            return {}, {}
        profiles = {p["profile"]["id"]: p["profile"] for p in self.manifest["profiles"]}
        derived, out, kept = {}, {}, {}
        for k, result in enumerate(self.manifest["results"]):
            if result["host"] != host and "group" not in result:
                continue
            unverified = result["terms"]["counts_unverified"]
            if unverified not in derived:
                derived[unverified] = Derived(evidence, unverified, period.utc)
            if "group" in result:
                taken = None if host is None else GroupResult(result, period).take(host, evidence, derived[unverified])
                if taken:
                    kept[k] = taken
                continue
            computed = derive(result, profiles.get(result["profile"], {}), evidence, derived[unverified], period)
            wrong = differs(result, computed) or self.foretold(k, result, evidence, period.leaps)
            if wrong:
                out[k] = wrong
        return out, kept

    def _profiles(self):
        profiles = {}
        for one in self.manifest["profiles"]:
            if one["profile"]["id"] in profiles:
                raise Fault("profiles", "twice", f"Profile {one['profile']['id']} is there in two forms")
            if one["sha256"] not in PUBLISHED.get(one["profile"]["id"], (one["sha256"],)):
                raise Fault("profiles", "published", f"Profile {one['profile']['id']} is not the one of that id that was ever published")
            if sha256(canonical(one["profile"])) != one["sha256"]:
                raise Fault("profiles", "profile_hash", f"Profile {one['profile'].get('id')} has another hash than the manifest says")
            profiles[one["profile"]["id"]] = one["profile"]
        period, taken = Period(self.manifest), {}
        for result in self.manifest["results"]:
            self._check_declared(result, profiles.get(result["profile"], {}))
            schedule = [(period.leaps.read(a), period.leaps.read(b)) for a, b in result["schedule"]]
            others = taken.setdefault(tuple(result[k] for k in ("host", "name", "scope", "profile")), [])
            if meet(union(others), union(schedule)):
                raise Fault("profiles", "twice", f"{result['name']}: the same time is counted twice in {result['scope']}", result["host"])
            others += schedule
        if not all(is_count(scope["horizon_ns"]) for scope in self.manifest["scopes"]):
            raise Fault("profiles", "scope_terms", "A horizon_ns of a scope is not nanoseconds from 0 on")
        horizon = max((int(scope["horizon_ns"]) for scope in self.manifest["scopes"]), default=0)
        try:
            is_final = period.leaps.read(self.manifest["created_at"]) >= period.window[1] + horizon
        except ValueError:
            is_final = None
        if self.manifest["final"] is not is_final:
            raise Fault("profiles", "final", "Whether it is final is not what its date says")
        self._check_app_errors(self.manifest.get("stamp_tests", []))
        self.declared.check(period.utc)

    def _check_app_errors(self, tests):
        """An application error that is said to be measured is not less than what was measured."""
        fault = lambda detail: Fault("profiles", "app_error", detail)
        if not isinstance(tests, list) or not all(self._is_stamp_test(one) for one in tests):
            raise fault("stamp_tests is no list of stamp tests")
        measured = {one["id"]: int(one["app_error_ns"]) for one in tests}
        if len(measured) != len(tests):
            raise fault("A stamp test is there twice")
        for scope in self.manifest["scopes"]:
            if "app_error_from" not in scope:
                continue
            if scope["app_error_from"] not in measured:
                raise fault(f"Scope {scope['name']} has its application error from a document that is not among the stamp tests")
            if int(scope["app_error_ns"]) < measured[scope["app_error_from"]]:
                raise fault(f"Scope {scope['name']} has an application error of {scope['app_error_ns']} ns, and its stamp test measured more")
        for one in tests:
            self._check_document(one)

    SAID_OF_TEST = ("id", "title", "sha256", "stamp_point", "app_error_ns", "valid_from", "valid_to")

    def _check_document(self, test):
        """The log has the document as a stamp test, with all that the manifest says of it."""
        forms = self.declared.by_what.get(f"document {test['id']}", [])
        body = forms[0][1] if forms else None
        if body is None:
            raise Fault("profiles", "document_leaf", f"No leaf of the log says what stamp test {test['id']} measured")
        if body.get("kind") != "stamp_test" or any(body.get(k, 0) != test[k] for k in self.SAID_OF_TEST):
            raise Fault("profiles", "document_leaf", f"Stamp test {test['id']} is not as its document was handed in")

    @staticmethod
    def _is_stamp_test(one):
        fits = lambda form, name: isinstance(one.get(name), str) and re.fullmatch(form, one[name], re.ASCII) is not None
        day = r"\d{4}-\d\d-\d\d"
        return (isinstance(one, dict) and isinstance(one.get("id"), str) and isinstance(one.get("title"), str)
                and (one.get("stamp_point", 0) is None or isinstance(one.get("stamp_point", 0), str))
                and fits("[0-9a-f]{64}", "sha256") and is_count(one.get("app_error_ns")) and fits(day, "valid_from")
                and (one.get("valid_to", 0) is None or fits(day, "valid_to")))

    SCOPED = ("service", "activity", "stamp_point")
    SCOPED_TERMS = ("app_error_ns", "horizon_ns", "counts_unverified", "minimum_proven_ppm")

    def _check_declared(self, result, profile):
        """What a result is held against is what was declared."""
        terms, limit = result["terms"], profile.get("limit_ns")
        fault = lambda rule, detail: Fault("profiles", rule, f"{result['name']}: {detail}", result["host"])
        missing = sorted((DECLARED - result.keys()) | (TERMS - terms.keys()))
        if missing:
            raise fault("malformed", f"it does not say {missing[0]}")
        share = terms["minimum_proven_ppm"]
        if type(terms["counts_unverified"]) is not bool or not (share is None or (type(share) is int and 0 <= share <= 10**6)):
            raise fault("scope_terms", "counts_unverified is no truth value, or minimum_proven_ppm not within 0 to 1000000")
        if limit is None or limits_of(limit) != terms["limit_ns"]:
            raise fault("profile_limit", f"it is not held against the limit of {result['profile']}")
        if terms["requires_traceability"] is not (profile.get("traceability") == "required"):
            raise fault("profile_terms", f"requires_traceability is not what {result['profile']} says")
        said = {**{k: terms[k] for k in self.SCOPED_TERMS}, **{k: result[k] for k in self.SCOPED}}
        scopes = [s for s in self.manifest["scopes"] if s["name"] == result["scope"] and s["profile"] == result["profile"]]
        if not any(all(scope[k] == v for k, v in said.items()) for scope in scopes):
            raise fault("scope_terms", f"its terms are not those of scope {result['scope']}")
        known = {document["id"] for document in self.manifest["chain_documents"]}
        for document in result["documents"]:
            if document not in known:
                raise fault("document", f"it names document {document}, which is not among the chain documents")
        self._check_group(result, profile, fault)

    def _check_group(self, result, profile, fault):
        """Pairs are asked of groups, and of whole ones."""
        group, scope = result.get("group"), result["scope"]
        if (profile.get("kind") == "pair") != ("group" in result):
            raise fault("profile_kind", f"whether {result['profile']} is one of pairs is not whether a group is asked")
        if group is None:
            return
        called = group_name(scope, self.manifest)
        if result["host"] is not None or result["name"] != called:
            raise fault("group_name", f"it is not called {called}")
        forms = [s for s in self.manifest["scopes"] if s["name"] == scope and s["profile"] == result["profile"]]
        if not any(members_of(self.manifest, form["hosts"]) == group["members"] for form in forms):
            raise fault("group_members", f"its members are not the hosts of scope {scope}")

    def _results(self, hosts):
        period, results = Period(self.manifest), self.manifest["results"]
        wrong, _ = self.differences(None, Evidence())
        for _, differences, _, _, _ in hosts:
            wrong.update(differences)
        for k, result in enumerate(results):
            if "group" in result:
                kept = {host["id"]: own[k] for host, (*_, own) in zip(self.manifest["hosts"], hosts) if k in own}
                differing = differs(result, GroupResult(result, period).computed(kept))
                wrong.update({k: differing} if differing else {})
        for k in sorted(wrong):
            raise Fault("results", "recomputed", f"{results[k]['name']} × {results[k]['profile']}: {wrong[k]}", results[k]["host"])
        if any(order_of(a) > order_of(b) for a, b in zip(results, results[1:])):
            raise Fault("results", "order", "The results are not in their order")
        if canonical(totals_of(results)) != canonical(self.manifest["totals"]):
            raise Fault("results", "totals", "The totals are not the sums of the results")
        if self.manifest["demo"] is not any(demo for _, _, demo, _, _ in hosts):
            raise Fault("results", "demo", "Whether clocks are simulated is not what the evidence says")
        names = ("algorithm", "evidence", "period", "demo", "profiles", "leap_table", "results", "totals")
        if sha256(canonical({k: self.manifest[k] for k in names})) != self.manifest["results_sha256"]:
            raise Fault("results", "results_sha256", "results_sha256 is not that of the results")
        foretold = [k for k, result in enumerate(results) if result["host"] is not None and "group" not in result]
        if "forecasts" in self.manifest and [one["result"] for one in self.manifest["forecasts"]] != foretold:
            raise Fault("results", "forecasts", "The forecasts are not one for each result of a single host, in their order")

    def _rendered(self):
        said = self.only_line("rendered.json", "rendered")
        files = field(said, "files", dict)
        lines = ["truebound-rendered/1", self.sha256, *(f"{name} {files[name]}" for name in sorted(files))]
        if not is_signed(self.key, "\n".join(lines), from_base64url(said["signature"])):
            raise Fault("rendered", "rendered_signature", "rendered.json is not signed by the issuer for this manifest")
        known = ("report.csv", "report.html", "report.pdf")
        for name in files:
            if name not in known:
                raise Fault("rendered", "rendered_file", f"{name} is not made from a manifest")
        for name in known:
            there = is_file(self.path(name))
            if name in files and not there:
                raise Fault("rendered", "rendered_file", f"{name} is not there, and rendered.json names it")
            if there and (name not in files or sha256(self.bytes(name)) != files[name]):
                raise Fault("rendered", "rendered_file", f"{name} is not the one that was made from this manifest")


class Declared:
    """What people declared, as the leaves of the log say that log.ndjson opens."""

    # By the first word of what they declare; of another kind a leaf would be dated in another way.
    KIND_OF = {"scope": "scope", "profile": "profile", "exemption": "exemption", "calendar": "rule", "document": "document"}
    KINDS = tuple(KIND_OF.values())
    # A declaration lies before all that came once it was committed; this is for the transaction that declares.
    MOST_BACKDATED = 60 * SECOND

    def __init__(self, manifest, log):
        self.manifest, self.said = manifest, manifest.get("declared", [])
        if not isinstance(self.said, list) or not all(self._is_declared(one) for one in self.said):
            raise self.fault("malformed", "declared is no list of what, at and leaf")
        self.by_what = {}
        for one, found in [(one, self._opened(one, log)) for one in self.said]:
            self.by_what.setdefault(one["what"], []).append(found)
        self.places = [self._place(one["leaf"]) for one in self.said]
        if any(a >= b for a, b in zip(self.places, self.places[1:])):
            raise self.fault("declared_order", "A declaration does not lie behind the one before it")
        for what, forms in self.by_what.items():
            if any(a[0] > b[0] for a, b in zip(forms, forms[1:])):
                raise self.fault("declared_order", f"{what} is dated before the one that it follows")
        told = set(self.places)
        for shard, index in log.leaves:
            if log.leaves[shard, index]["entry"].get("kind") in self.KINDS and (shard, index) not in told:
                raise self.fault("declared_leaf", f"The manifest does not name leaf {index} of {shard}")
        self.earliest = []
        for one in reversed(self.said):
            before = self.earliest[-1] if self.earliest else one
            self.earliest.append(before if before["at"] < one["at"] else one)
        self.earliest.reverse()

    def fault(self, rule, detail):
        return Fault("evidence", rule, detail)

    @staticmethod
    def _place(leaf):
        return leaf["shard"], leaf["index"]

    @staticmethod
    def _is_declared(one):
        if not isinstance(one, dict) or not isinstance(one.get("what"), str) or not isinstance(one.get("at"), str):
            return False
        leaf = one.get("leaf")
        return isinstance(leaf, dict) and isinstance(leaf.get("shard"), str) and type(leaf.get("index")) is int

    def _opened(self, one, log):
        """(ns of UTC, body or None)"""
        line = log.leaves.get(self._place(one["leaf"]))
        entry = line["entry"] if line else {}
        where = f"leaf {one['leaf']['index']} of {one['leaf']['shard']}"
        if entry.get("what") != one["what"] or entry.get("kind") != self.KIND_OF.get(one["what"].split(" ", 1)[0], ()):
            raise self.fault("declared_leaf", f"log.ndjson does not open {where} as {one['what']}")
        body = entry.get("body") if isinstance(entry.get("body"), dict) else None
        try:
            at = utc_of(one["at"])
            if entry["kind"] == "exemption":
                date = (body or {}).get("declared_at" if isinstance(entry.get("sha256"), str) else "withdrawn_at")
                dated = isinstance(date, str) and utc_of(date) == at
            elif entry["kind"] == "document":
                date = (body or {}).get("uploaded_at")
                dated = isinstance(date, str) and utc_of(date) == at
            else:
                # One that was written before leaves had dates may be of any.
                dated = not isinstance(entry.get("at_ns"), str) or entry["at_ns"] == str(at)
        except ValueError:
            dated = False
        if not dated:
            raise self.fault("declared_date", f"{one['what']} is said to be of {one['at']}, and {where} has another date")
        return at, body

    def behind(self, leaf, received):
        """What lies in the log behind a batch, and is said to have been declared long before that was received."""
        k = bisect_right(self.places, self._place(leaf))
        if k < len(self.earliest) and received > posix_of(self.earliest[k]["at"])[0] + self.MOST_BACKDATED:
            return self.earliest[k]
        return None

    def check(self, window):
        self.begin, self.end = window
        self.asked = {}
        self.profiles = {one["profile"]["id"]: one["profile"] for one in self.manifest["profiles"]}
        self._check_profiles()
        forms = self._scopes()
        for result in self.manifest["results"]:
            self._check_schedule(result, forms)
            self._check_exemptions(result)
        for scope, schedule in forms:
            self._check_hosts(scope, schedule)

    def _check_profiles(self):
        for key, profile in self.profiles.items():
            if key in PUBLISHED:
                continue
            forms = [form for form in self.by_what.get(f"profile {key}", []) if form[1] is not None]
            before = [body for at, body in forms if at <= self.begin]
            body = before[-1] if before else forms[0][1] if forms else None
            if body is None or canonical({**body, "id": key}) != canonical(profile):
                raise Fault("profiles", "profile_leaf", f"Profile {key} is not as a leaf of the log declares it")

    TERMS_BY_HAND = {"hosts": {}, "calendar": None, "service": None, "activity": None, "stamp_point": None, "app_error_ns": "0"}

    def _is_by_hand(self, scope):
        name = scope["name"]
        return name == f"by-hand/{scope['profile']}" or (name == "by-hand" and "scope by-hand" not in self.by_what)

    def _scopes(self):
        """(scope, schedule) of each form that a scope had at some time of the period."""
        scopes, forms = self.manifest["scopes"], []
        for scope in filter(self._is_by_hand, scopes):
            profile = self.profiles.get(scope["profile"], {})
            horizon, unverified = profile.get("horizon_ns"), profile.get("counts_unverified") is True
            terms = {"horizon_ns": horizon if isinstance(horizon, str) else "30000000000", "counts_unverified": unverified, "minimum_proven_ppm": None}
            if canonical(scope) != canonical({**self.TERMS_BY_HAND, **terms, "name": scope["name"], "profile": scope["profile"]}):
                raise Fault("profiles", "scope_leaf", f"Scope {scope['name']} has terms, and nobody declared it")
            forms.append((scope, self._within(None, self.begin, None)))
        by_hand, named = len(forms), [scope for scope in scopes if not self._is_by_hand(scope)]
        for name in dict.fromkeys(scope["name"] for scope in named):
            forms += self._forms_of(name)
        said = {canonical(scope) for scope in scopes}
        known = {canonical(scope) for scope, _ in forms[by_hand:]}
        for scope in named:
            if canonical(scope) not in known:
                raise Fault("profiles", "scope_leaf", f"Scope {scope['name']} is not as it was declared for any time of the period")
        for scope, _ in forms[by_hand:]:
            if canonical(scope) not in said:
                raise Fault("profiles", "scope_leaf", f"Scope {scope['name']} was declared in another form too, which the manifest leaves out")
        return forms

    def _forms_of(self, name):
        found = self.by_what.get(f"scope {name}", [])
        for k, (at, body) in enumerate(found):
            until = found[k + 1][0] if k + 1 < len(found) else None
            if body is None or at >= self.end or (until is not None and until <= self.begin) or body.get("profile") not in self.profiles:
                continue
            yield {**body, "name": name}, self._within(body["calendar"], at, until)

    def _within(self, calendar, since, until):
        """When the calendar is open, as far as the scope was in force."""
        hours = [(self.begin, self.end)] if calendar is None else self._hours(calendar)
        cut = [(max(a, since), b if until is None else min(b, until)) for a, b in hours]
        return [[instant(a), instant(b)] for a, b in cut if a < b]

    def _hours(self, name):
        """By each form of a calendar for the time of it, and by the first for all time before."""
        forms = self.by_what.get(f"calendar {name}", [])
        if not forms:
            raise Fault("profiles", "calendar_leaf", f"No leaf of the log says when calendar {name} is open")
        if any(body is not None and misfit(CALENDAR, body, "") is not None for _, body in forms):
            raise Fault("profiles", "calendar_leaf", f"A leaf of calendar {name} is none")
        out = []
        for k, (at, body) in enumerate(forms):
            begin = self.begin if k == 0 else max(self.begin, at)
            end = min(self.end, forms[k + 1][0]) if k + 1 < len(forms) else self.end
            if begin < end:
                out += [(begin, end)] if body is None else open_hours(body, begin, end)
        return union(sorted(out))

    def _check_schedule(self, result, forms):
        terms = {k: result["terms"][k] for k in Bundle.SCOPED_TERMS} | {k: result[k] for k in (*Bundle.SCOPED, "profile")}
        terms["name"] = result["scope"]
        fitting = [scope for scope, schedule in forms if all(scope[k] == v for k, v in terms.items()) and schedule == result["schedule"]]
        if not fitting:
            raise Fault("profiles", "schedule", f"{result['name']}: its hours are not those of scope {result['scope']}", result["host"])
        if not any((result["host"], result["name"]) in self._asked(scope) for scope in fitting):
            raise Fault("profiles", "scope_hosts", f"{result['name']} is not in scope {result['scope']}, and has a result of it", result["host"])

    def _asked(self, scope):
        """(host, name) of all that it asks: of a scope of pairs its group."""
        key = canonical(scope)
        if key not in self.asked:
            members = [(m["host"], m["name"]) for m in members_of(self.manifest, scope["hosts"])]
            is_of_pairs = self.profiles.get(scope["profile"], {}).get("kind") == "pair"
            # A dict, since it keeps their order.
            self.asked[key] = dict.fromkeys([(None, group_name(scope["name"], self.manifest)) for _ in members[:1]] if is_of_pairs else members)
        return self.asked[key]

    def _check_exemptions(self, result):
        bodies = [forms[-1][1] or {} for what, forms in self.by_what.items() if what.startswith("exemption ")]
        declared = [{k: v for k, v in body.items() if k != "host_name"} for body in bodies]
        said, texts = result["exemptions"], {canonical(body) for body in declared}
        for one in said:
            if canonical(one) not in texts:
                raise Fault("profiles", "exemption_leaf", f"{result['name']}: exemption {one['id']} is not as it was declared", result["host"])
        for body in declared:
            concerns = "group" in result or body.get("host") in (None, result["host"])
            if body.get("scope") == result["scope"] and concerns and not any(one["id"] == body.get("id") for one in said):
                raise Fault("profiles", "exemption_leaf", f"{result['name']}: exemption {body.get('id')} was declared, and is left out", result["host"])

    def _check_hosts(self, scope, schedule):
        """All that a scope asks is answered."""
        answered = {
            (one["host"], one["name"]) for one in self.manifest["results"]
            if one["scope"] == scope["name"] and one["profile"] == scope["profile"] and one["schedule"] == schedule
        }
        for host, name in self._asked(scope):
            if (host, name) not in answered:
                raise Fault("profiles", "scope_hosts", f"{name} is in scope {scope['name']}, and no result says so", host)


WALL_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
CALENDAR = {"timezone": str, "open": WALL_TIME, "close": WALL_TIME, "days": [str], "holidays": [str]}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86400


# What lies among the rules of timezones on some machines: other forms of all of them, the zone of the machine, and none.
NO_IANA_NAME = re.compile(r"posix/|right/|posixrules$|localtime$|Factory$")


def open_hours(calendar, begin, end):
    """Sessions of a calendar, cut off at both ends; a session of the day before may reach in."""
    try:
        if NO_IANA_NAME.match(calendar["timezone"]):
            raise ValueError("a file of this machine, and no name of a timezone")
        zone = ZoneInfo(calendar["timezone"])
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        name = calendar["timezone"]
        raise Fault("profiles", "timezone", f"This machine has no rules of timezone {name}: install tzdata, or set PYTHONTZPATH") from error
    day_at = lambda at: (at // SECOND + lead(zone, at // SECOND)) // DAY
    for day in range(day_at(begin) - 2, day_at(end) + 2):
        if WEEKDAYS[(day + 3) % 7] not in calendar["days"] or instant(day * DAY * SECOND)[:10] in calendar["holidays"]:
            continue
        opens, closes = (60 * (60 * int(calendar[k][:2]) + int(calendar[k][3:])) for k in ("open", "close"))
        closing = day if calendar["close"] > calendar["open"] else day + 1
        a = max(begin, wall_edges(zone, day * DAY + opens)[0] * SECOND)
        b = min(end, wall_edges(zone, closing * DAY + closes)[1] * SECOND)
        if a < b:
            yield a, b


def lead(zone, at):
    """Seconds by which the wall clock is ahead of UTC."""
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return offset.days * DAY + offset.seconds


def wall_edges(zone, wall):
    """When the wall clock first shows a time or a later one, and from when on it shows none before it."""
    before, after = wall - 26 * 3600, wall + 26 * 3600
    lead_before, lead_after = lead(zone, before), lead(zone, after)
    if lead_before == lead_after:
        return wall - lead_before, wall - lead_before
    low, change = before, after
    while change - low > 1:
        middle = (low + change) // 2
        if lead(zone, middle) == lead_after:
            change = middle
        else:
            low = middle
    early, late = wall - lead_before, wall - lead_after
    return early if early < change else max(change, late), late if late > change else min(change, early)


def has_members(group):
    members = group.get("members") if isinstance(group, dict) else None
    return isinstance(members, list) and all(
        isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("host", 0), (str, type(None))) for one in members
    )


def is_count(text):
    return isinstance(text, str) and COUNT.fullmatch(text) is not None


def limits_of(limit):
    """Both ends, of a limit as a profile has it; null = it is none."""
    if isinstance(limit, str):
        return [f"-{limit}", limit] if is_count(limit) and limit != "0" else None
    if not isinstance(limit, list) or len(limit) != 2 or not all(isinstance(one, str) and NANOSECONDS.fullmatch(one) for one in limit):
        return None
    return limit if int(limit[0]) <= int(limit[1]) else None


class SignOffs:
    """signoff.json: which people signed the report, in their order."""

    SHEETS = ("signoff.html", "signoff.pdf")
    MEMBERS = {"act", "manifest_sha256", "name", "over", "public_key", "report", "role", "signed_at", "words"}

    def __init__(self, bundle):
        self.bundle, self.key_id = bundle, None

    def fault(self, rule, detail):
        return Fault("signoff", rule, detail)

    def check(self):
        bundle = self.bundle
        if not is_file(bundle.path("signoff.json")):
            for name in self.SHEETS:
                if is_file(bundle.path(name)):
                    raise self.fault("missing", f"{name} is there, and signoff.json, which it is made of, is not")
            return []
        said = bundle.only_line("signoff.json", "signoff")
        people, digests = [], []
        for one in said["signed"]:
            statement = one["statement"]
            self._statement(statement, one["signature"])
            self._person(statement, people, digests)
            people.append(statement)
            digests.append(sha256(canonical({"statement": statement, "signature": one["signature"]})))
        if not people:
            raise self.fault("malformed", "signoff.json holds no sign-off")
        changes = field(said, "keys", list) if "keys" in said else []
        self.keys = keys_after(bundle.keys, changes, bundle.manifest)
        self.key_id = list(self.keys)[-1]
        self._heads(said)
        for one, digest in zip(said["signed"], digests):
            self._leaves(one, digest)
        self._sheets(said, digests)
        return people

    def _heads(self, said):
        manifest, self.heads = self.bundle.manifest, {}
        for head in said["heads"]:
            self.bundle.log.form_of_head(head)
            if not is_signed_head(head, manifest, self.keys):
                raise self.fault("head_signature", f"The head of {head['shard']} with {head['size']} leaves is not signed by the issuer")
            self.heads[head["shard"]] = head["size"], bytes.fromhex(head["root"])
        before = manifest["log"]["head"]
        if before["shard"] in self.heads:
            size, root = self.heads[before["shard"]]
            proof = [bytes.fromhex(one) for one in said["consistency"]]
            if not consistent(before["size"], size, bytes.fromhex(before["root"]), root, proof):
                raise self.fault("consistency", f"The log of {before['shard']} does not go on from the {before['size']} leaves of the report")

    def _statement(self, statement, signature):
        texts = all(isinstance(statement.get(k), str) for k in ("name", "role", "words", "signed_at"))
        if set(statement) != self.MEMBERS or not texts or statement["act"] not in ("sign", "countersign") or not isinstance(statement["over"], list):
            raise self.fault("malformed", "A statement of signoff.json has not the members that one has")
        if statement["manifest_sha256"] != self.bundle.sha256 or statement["report"] != self.bundle.manifest["id"]:
            raise self.fault("signoff_manifest", f"What {statement['name']} signed is report {statement['report']}")
        key = from_base64url(statement["public_key"])
        if not is_signed(key, "truebound-signoff/1\n" + canonical(statement), from_base64url(signature)):
            raise self.fault("signoff_signature", f"The statement of {statement['name']} is not signed by the key that it names")

    def _person(self, statement, people, digests):
        name = statement["name"]
        if any(one["name"] == name or one["public_key"] == statement["public_key"] for one in people):
            raise self.fault("same_person", f"{name} signed more than once; a countersignature is that of somebody else")
        if statement["over"] != digests:
            raise self.fault("signoff_order", f"What {name} signed is not over just the statements before it")
        if statement["act"] == "countersign" and not people:
            raise self.fault("signoff_order", f"{name} countersigned what nobody had signed")

    def _leaves(self, one, digest):
        statement, name = one["statement"], one["statement"]["name"]
        signer = self._leaf(one["signer"], "signer")
        wanted = {"kind": "signer", "what": f"signer {name}", "name": name, "public_key": statement["public_key"]}
        if any(signer.get(k) != v for k, v in wanted.items()):
            raise self.fault("signer", f"The log does not know the key of {name} as one of a person of that name")
        leaf = self._leaf(one["leaf"], "signoff_leaf")
        wanted = {"kind": "signoff", "what": f"report {statement['report']}", "sha256": digest, "who": name}
        wanted["manifest_sha256"] = statement["manifest_sha256"]
        if any(leaf.get(k) != v for k, v in wanted.items()):
            raise self.fault("signoff_leaf", f"The log does not know what {name} signed")
        if [one["signer"][k] for k in ("shard", "index")] > [one["leaf"][k] for k in ("shard", "index")]:
            raise self.fault("signer", f"The key of {name} was registered after it had signed")

    def _leaf(self, place, rule):
        shard, index, salt = place["shard"], place["index"], bytes.fromhex(place["salt"])
        hashed = hashlib.sha256(b"\0" + salt + canonical(place["entry"]).encode()).digest()
        size, root = self.heads.get(shard, (0, b""))
        if len(salt) != 16 or not included(index, size, hashed, root, [bytes.fromhex(one) for one in place["proof"]]):
            raise self.fault(rule, f"Leaf {index} of {shard} is not this {place['entry'].get('kind')}")
        return place["entry"]

    def _sheets(self, said, digests):
        bundle, files = self.bundle, said["files"]
        lines = ["truebound-signoffs/1", bundle.sha256, *digests, *(f"{name} {files[name]}" for name in sorted(files))]
        in_use, _ = self.keys[self.key_id]
        if not is_signed(in_use, "\n".join(lines), from_base64url(said["signature"], 64)):
            raise self.fault("sheet_signature", "The sign-offs and their sheets are not signed by the issuer of the report")
        for name in self.SHEETS:
            there = is_file(bundle.path(name))
            if there != (name in files) or (there and sha256(bundle.bytes(name)) != files[name]):
                raise self.fault("sheet", f"{name} is not the one that was made of these sign-offs")


def one_host_of_shared(k):
    return Bundle.shared.one_host(Bundle.shared.manifest["hosts"][k])


def what_it_says(bundle, records, expected):
    """That a report holds is not that its clocks were right: its verdicts are shown beside it."""
    manifest, key = bundle.manifest, key_id(bundle.key)
    period, totals = manifest["period"], manifest["totals"]
    marks = ("" if manifest["final"] else ", provisional") + (", of simulated clocks" if manifest["demo"] else "")
    vouched = "" if expected else "; compare it with what you know of the issuer, or name it by --key"
    others = [one for one in bundle.keys if one != key]
    followed = f"\n  follows   {', '.join(others)}: each vouched for the next" if others else ""
    if bundle.lost is not None:
        followed += f"\n  anew      key {bundle.lost} was lost; nobody vouches for the one in its place"
    if (left := manifest.get("previous_left")) is not None:
        followed += f"\n  untied    nothing shows that its log goes on from report {left['id']}: key {left['key_id']} was lost, and the log of {left['head']['shard']} was left as it had signed it"
    verdicts = ", ".join(f"{name} {count}" for name, count in totals["verdicts"].items() if count > 0)
    return f"""Holds: report {manifest['id']} of {period['from']} to {period['to']}{marks}
  SHA-256   {bundle.sha256}
  signed by {key}{vouched}{followed}
  read      {records} records of {len(manifest['hosts'])} hosts, {totals['results']} results recomputed
  verdicts  {verdicts}
{who_signed(bundle.people)}{sheets_by(bundle.signoffs.key_id, key)}"""


def who_signed(people):
    if not people:
        return "  sign-off  nobody has signed it"
    acts = {"sign": "signed       ", "countersign": "countersigned"}
    return "\n".join(f"  sign-off  {acts[p['act']]}  {p['signed_at']}  {p['name']}, {p['role']}, key {p['public_key']}" for p in people)


def sheets_by(signed, issuer):
    return "" if signed in (None, issuer) else f"\n  sheets    signed by {signed}, which follows {issuer}: each key vouched for the next"


def verify(folder, expected, countersigned):
    if not os.path.isdir(folder):
        print(f"Cannot verify {folder}: there is no such folder; name the bundle, the folder that manifest.json lies in", file=sys.stderr)
        return 2
    bundle = Bundle(folder)
    try:
        records = bundle.check(expected)
    except Fault as fault:
        print(fault.line(), file=sys.stderr)
        return 1
    except UNREADABLE as error:
        print(Fault(bundle.step, "malformed", f"It cannot be read: {error!r}").line(), file=sys.stderr)
        return 1
    print(what_it_says(bundle, records, expected))
    if countersigned and not any(one["act"] == "countersign" for one in bundle.people):
        print("It holds, and is not countersigned", file=sys.stderr)
        return 1
    return 0


def explain_file(how, name):
    try:
        with (sys.stdin if name == "-" else open(name, encoding="utf-8")) as file:
            if how == "--explain":
                print(json.dumps(expect_of(explain(json.load(file))), indent=1))
            else:
                explain_each(file)
    except OSError as error:
        print(f"Cannot read {name}: {error.strerror}", file=sys.stderr)
        return 1
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        print(f"Cannot explain {name}: it is no case as docs/explain.md describes it ({error!r})", file=sys.stderr)
        return 1
    return 0


def bundle_and_terms(args):
    """The folder, the id of the key that is expected, which may begin with -, and whether somebody must have countersigned; None = the arguments are none of these."""
    words, keys, left = [], [], [one for one in args if one != "--countersigned"]
    while left:
        word = left.pop(0)
        if word == "--key" and left:
            keys.append(left.pop(0))
        elif word.startswith("--key="):
            keys.append(word.removeprefix("--key="))
        else:
            words.append(word)
    if len(words) != 1 or words[0].startswith("-") or len(keys) > 1 or "" in keys:
        return None
    return words[0], keys[0] if keys else None, "--countersigned" in args


def main(args):
    # Nothing here refers to itself: looking for such garbage only costs time.
    gc.disable()
    if args in (["--help"], ["-h"]):
        print(__doc__.strip())
        return 0
    if len(args) == 2 and args[0] in ("--explain", "--explain-each"):
        return explain_file(*args)
    asked = bundle_and_terms(args)
    if asked is not None:
        return verify(*asked)
    print(f"Cannot use {' '.join(args)}: see below what it takes" if args else "Cannot verify without a bundle", file=sys.stderr)
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
