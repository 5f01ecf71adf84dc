import { render } from "preact";
import { LiveStream } from "./api/live-stream.ts";
import { ServerClock } from "./api/server-clock.ts";
import { ServicesProvider } from "./api/services.ts";
import { Session } from "./api/session.ts";
import { App } from "./views/app.tsx";

const clock = new ServerClock(() => performance.now());
const services = { clock, live: new LiveStream("/api/v1/events"), session: new Session(clock) };

const page = document.getElementById("page");
if (page === null) throw new Error("Cannot find the element #page to draw in");

render(
  <ServicesProvider value={services}>
    <App />
  </ServicesProvider>,
  page,
);
services.session.subscribe(({ kind }) => {
  // Whoever is out hears nothing; a stream that was refused would be tried again for ever.
  if (kind === "out") services.live.close();
  else services.live.open();
});
void services.session.look();
