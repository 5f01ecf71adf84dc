import { SeededRandom } from "../sim/random.ts";
import { runningTime } from "../sim/sim-clock.ts";
import { startReferenceServer } from "../udp/reference-server.ts";
import { startRelay } from "../udp/relay.ts";
import { heedSignals } from "./children.ts";

/** Sources that are far away, and one that is near: for a namespace of their own. Told by its parent: the addresses of both. */
export interface HubJob {
  readonly far: readonly { readonly address: string; readonly thereMs: number; readonly backMs: number }[];
  readonly near: string;
  readonly jitterMs: number;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

heedSignals();
process.once("disconnect", () => process.exit(1));
process.once("message", (job: HubJob) => {
  void serve(job).then((places) => process.send?.(places));
});

async function serve({ far, near, jitterMs }: HubJob): Promise<{ far: Place[]; near: Place }> {
  // Off by a constant that is the same for all of them.
  const truth = runningTime();
  const random = new SeededRandom(7);
  const places = await Promise.all(
    far.map(async ({ address, thereMs, backMs }, index) => {
      const server = await startReferenceServer({ address: `127.0.1.${index + 1}`, code: "GPS", truth });
      const { port } = await startRelay(address, server, { thereMs, backMs, jitterMs }, random);
      return { address, port };
    }),
  );
  const { address, port } = await startReferenceServer({ address: near, code: "PPS", truth });
  return { far: places, near: { address, port } };
}
