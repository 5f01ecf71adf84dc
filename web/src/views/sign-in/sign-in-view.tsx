import type { Me } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Failure } from "../../api/answer.ts";
import { useServices } from "../../api/services.ts";
import { causeOf } from "../../format/failure-words.ts";
import { navigate } from "../../route/use-address.ts";
import { Brand } from "../parts/brand.tsx";
import { useSubmit } from "../parts/use-submit.ts";
import { useTitle } from "../parts/use-title.ts";
import { linkSecret, returnPath, troubleWords } from "./sign-in-place.ts";

interface SignInViewProps {
  readonly oidc: Me["oidc"];
  readonly path: string;
  readonly search: string;
}

/** Until somebody is in there is nothing else to see. Whoever came for a page goes there afterwards. */
export function SignInView({ oidc, path, search }: SignInViewProps): JSX.Element {
  useTitle("Sign in");
  // Kept, for it leaves the address bar at once.
  const [secret] = useState(() => linkSecret(window.location.hash));
  const trouble = troubleWords(search, oidc?.name ?? "the provider");
  const after = (): void => navigate(returnPath(path, search), "replace");
  return (
    <main class="sign-in">
      <h1>
        <Brand />
      </h1>
      {trouble !== null && (
        <p class="outcome outcome-failed" role="alert">
          {trouble}
        </p>
      )}
      {secret === null ? <ByPassword onIn={after} /> : <ByLink secret={secret} onIn={after} />}
      {oidc !== null && (
        <p class="sign-in-other">
          <a class="button" href={`/api/v1/sign-in/oidc?to=${encodeURIComponent(returnPath(path, search))}`}>
            Sign in with {oidc.name}
          </a>
        </p>
      )}
      <p class="muted">
        No password yet, or forgotten? Whoever runs this server makes you a link: <code>truebound person link NAME</code>.
      </p>
    </main>
  );
}

function ByPassword({ onIn }: { readonly onIn: () => void }): JSX.Element {
  const { session } = useServices();
  const { state, submit } = useSubmit<Me>(onIn);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const press = (event: SubmitEvent): void => {
    event.preventDefault();
    submit(() => session.byPassword(name, password));
  };
  return (
    <form aria-label="Sign in" aria-busy={state.kind === "sending"} onSubmit={press}>
      <label class="field">
        <span>Name</span>
        <input
          type="text"
          autoComplete="username"
          autoCapitalize="none"
          required
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Password</span>
        <input
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={state.kind === "sending"}>
        {state.kind === "sending" ? "Signing in…" : "Sign in"}
      </button>
      {state.kind === "failed" && <Trouble failure={state.failure} />}
    </form>
  );
}

/** A press, for a program that looks at links before people do would use it up. */
function ByLink({ secret, onIn }: { readonly secret: string; readonly onIn: () => void }): JSX.Element {
  const { session } = useServices();
  const { state, submit } = useSubmit<Me>(onIn);
  const press = (event: SubmitEvent): void => {
    event.preventDefault();
    submit(() => session.byLink(secret));
  };
  return (
    <form aria-label="Sign in by a link" onSubmit={press}>
      <p>This link signs you in once.</p>
      <button type="submit" disabled={state.kind === "sending"}>
        {state.kind === "sending" ? "Signing in…" : "Sign in"}
      </button>
      {state.kind === "failed" && (
        <>
          <Trouble failure={state.failure} />
          <p>
            <a href="/sign-in">Sign in by a password</a>
          </p>
        </>
      )}
    </form>
  );
}

const Trouble = ({ failure }: { readonly failure: Failure }): JSX.Element => (
  <p class="outcome outcome-failed" role="alert">
    {failure.kind === "refused" ? (failure.detail ?? failure.title) : causeOf(failure)}
  </p>
);
