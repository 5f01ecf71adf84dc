export { hostRecord as record } from "../../../packages/testkit/src/fleet/sound-host.ts";
