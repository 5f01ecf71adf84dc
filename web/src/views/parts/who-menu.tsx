import type { Grant, Me } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useServices } from "../../api/services.ts";
import { useSession } from "../../api/use-session.ts";
import { adminPath } from "../../route/admin-place.ts";
import { Link } from "../../route/link.tsx";
import { useAddress } from "../../route/use-address.ts";
import { enteredTab, mayEnter } from "../admin/may-enter.ts";
import { Outcome } from "./outcome.tsx";
import { useSubmit } from "./use-submit.ts";

/** Who is signed in, and the way out. Where nobody signs in there is nothing to say. */
export function WhoMenu(): JSX.Element | null {
  const state = useSession();
  const { path } = useAddress();
  if (state.kind !== "in") return null;
  if (state.signIn === "off") return <AdminLink />;
  const { name, grants } = state.actor;
  return (
    // Closed again on the page that somebody went to.
    <details class="whoami" key={path}>
      <summary>{name}</summary>
      <div class="whoami-menu">
        <p class="muted">{grants.length === 0 ? "No role" : grants.map(grantWords).join(", ")}</p>
        {mayEnter(state) && <AdminLink />}
        <PasswordForm />
        <SignOut />
      </div>
    </details>
  );
}

const AdminLink = (): JSX.Element => {
  const tab = enteredTab(useSession());
  return (
    <Link to={adminPath(tab)} class="who-admin">
      Administration
    </Link>
  );
};

const grantWords = ({ role, labels }: Grant): string => {
  const over = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return over.length === 0 ? role : `${role} of ${over.join(" ")}`;
};

function SignOut(): JSX.Element {
  const { session } = useServices();
  const { state, submit } = useSubmit<Me>();
  return (
    <p>
      <button type="button" disabled={state.kind === "sending"} onClick={() => submit(() => session.leave())}>
        Sign out
      </button>{" "}
      <Outcome state={state} done={() => "Signed out"} />
    </p>
  );
}

function PasswordForm(): JSX.Element {
  const { session } = useServices();
  const [old, setOld] = useState("");
  const [wanted, setWanted] = useState("");
  const { state, submit } = useSubmit<Me>(() => {
    setOld("");
    setWanted("");
  });
  const press = (event: SubmitEvent): void => {
    event.preventDefault();
    submit(() => session.changePassword(old === "" ? null : old, wanted));
  };
  return (
    <form aria-label="Change the password" onSubmit={press}>
      <label class="field">
        <span>Password until now</span>
        <input
          type="password"
          autoComplete="current-password"
          placeholder="none yet"
          value={old}
          onInput={(event) => setOld(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>New password, 15 characters or more</span>
        <input
          type="password"
          autoComplete="new-password"
          required
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      <p>
        <button type="submit" disabled={state.kind === "sending"}>
          Change the password
        </button>{" "}
        <Outcome state={state} done={() => "Changed; everywhere else you are signed out"} />
      </p>
    </form>
  );
}
