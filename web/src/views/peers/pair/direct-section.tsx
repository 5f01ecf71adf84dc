import type { PairView } from "@truebound/wire";
import type { JSX } from "preact";
import { ageText } from "../../../format/age.ts";
import { exactBound } from "../../../format/bound.ts";
import { differenceWords } from "../../../format/difference.ts";
import { byId, namesOf } from "../names.ts";

/** What the two measured of each other, without anybody else. */
export const DirectSection = ({ pair }: { readonly pair: PairView }): JSX.Element => (
  <section aria-labelledby="direct-title">
    <div class="section-head">
      <h2 id="direct-title">Measured directly</h2>
    </div>
    {pair.direct.length === 0 ? (
      <p class="none">Neither measures the other. The bound comes by way of others, and of UTC.</p>
    ) : (
      <ul class="events direct">
        {pair.direct.map((one) => (
          <Direct key={`${one.from} ${one.to}`} one={one} pair={pair} />
        ))}
      </ul>
    )}
  </section>
);

function Direct({ one, pair }: { readonly one: PairView["direct"][number]; readonly pair: PairView }): JSX.Element {
  const nameOf = namesOf(byId([pair.a, pair.b]));
  return (
    <li>
      <span class="event-kind">{nameOf(one.from)} measured</span>
      <span class="muted">{ageText(one.age_s * 1000)} ago</span>
      <span title={exactBound(one)}>{differenceWords(nameOf(one.to), nameOf(one.from), one)}</span>
    </li>
  );
}
