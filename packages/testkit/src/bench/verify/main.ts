import { parseArgs } from "node:util";
import { heedSignals } from "../children.ts";
import { makeBigBundle } from "./big-bundle.ts";
import { fleetOf, fleetOfReadings } from "./verify.ts";

/** `node packages/testkit/dist/bench/verify/main.js --out FOLDER [--batches N] [--per-delivery N] [--readings N]`: of so many batches, or of as many readings as hosts report them */
const { values } = parseArgs({
  options: {
    out: { type: "string" },
    batches: { type: "string", default: "1000000" },
    "per-delivery": { type: "string", default: "10" },
    readings: { type: "string" },
  },
});
if (values.out === undefined) {
  process.stderr.write("Cannot make a bundle without a place: name a folder that is not there yet by --out\n");
  process.exit(2);
}
heedSignals();
const fleet =
  values.readings === undefined
    ? fleetOf(Number(values.batches), Number(values["per-delivery"]))
    : fleetOfReadings(Number(values.readings));
await makeBigBundle(fleet, values.out, (text) => process.stderr.write(`${text}\n`));
