import { CASES, DAEMONS } from "./cast.ts";
import { playScene } from "./scene.ts";

/**
 * Plays one scene, inside namespaces that were made for it: `main.js DAEMON CASE SECONDS LOOKS`. Prints what came of it as one line of JSON.
 */
const [daemon, what, everySeconds, looks] = process.argv.slice(2);
const named = DAEMONS.find((one) => one === daemon);
const played = CASES.find((one) => one === what);
if (named === undefined || played === undefined)
  throw new Error(`Cannot play ${daemon} ${what}: say one of ${DAEMONS.join(", ")} and one of ${CASES.join(", ")}`);
process.stdout.write(`${JSON.stringify(await playScene(named, played, { everySeconds: Number(everySeconds), looks: Number(looks) }))}\n`);
process.exit(0);
