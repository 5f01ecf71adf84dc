import { render } from "preact";
import { LiveStream } from "./api/live-stream.ts";
import { ServerClock } from "./api/server-clock.ts";
import { ServicesProvider } from "./api/services.ts";
import { App } from "./views/app.tsx";

const services = {
  clock: new ServerClock(() => performance.now()),
  live: new LiveStream("/api/v1/events"),
};

const page = document.getElementById("page");
if (page === null) throw new Error("Cannot find the element #page to draw in");

render(
  <ServicesProvider value={services}>
    <App />
  </ServicesProvider>,
  page,
);
services.live.open();
