import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import type { BandData } from "../../charts/band-data.ts";
import { cutWords } from "../../charts/cut-words.ts";
import { ppmText } from "../../format/rate.ts";

/** How to read the picture: what it cuts off, and what lies between two readings. */
export const BandNotes = ({ host, data }: { readonly host: HostDetail; readonly data: BandData }): JSX.Element => (
  <>
    {data.cut.length > 0 && (
      <p class="band-note">
        {cutWords(data.points, data.cut)} Arrowheads at the edge mark them; without “fit to the bound” they are shown whole.
      </p>
    )}
    <p class="band-note">
      The band is drawn through the readings that were sent. Between two readings the clock may have strayed further, by at most the slew
      allowance{host.assumptions && ` (${ppmText(host.assumptions.slew_ppm)})`}; <code>/api/v1/hosts/{host.id}/interval?at=</code> answers
      for any instant with that allowance in it, and knows nothing of an instant at which the clock was being set.
    </p>
  </>
);
