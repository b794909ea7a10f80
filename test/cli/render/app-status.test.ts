import { expect, it } from "vitest";
import { renderAppStatus } from "../../../src/cli/render/app-status.ts";
import { openTerminal } from "../../../src/cli/terminal.ts";
import type { ApplicationState } from "../../../src/stack/application-state.ts";

const sound: ApplicationState = {
  role: "prestashop",
  release: "9.1.5",
  wantedRelease: "9.1.5",
  state: "applied",
  installed: true,
  tables: 13,
  lastOrder: null,
  queue: 0,
  certificateDays: null,
  health: "ok",
  reasons: { lastOrder: "there is no order yet", certificateDays: "HTTPS ends at the load balancer" },
};
const remarks = (state: ApplicationState) => {
  const shop = { machine: "ps-0", application: "shop", state, failure: undefined };
  const terminal = { ...openTerminal({ json: false }), columns: 200 };
  return renderAppStatus(terminal, { machines: [shop], works: state.health === "ok" })
    .split("\n")
    .filter((line) => line.includes("ps-0"))
    .slice(1);
};

it("marks what is wrong, and not what is unknown for a good reason", () => {
  const unknown = [
    "     ps-0, last order: there is no order yet",
    "     ps-0, certificate: HTTPS ends at the load balancer",
  ];
  expect(remarks(sound)).toEqual(unknown);
  expect(remarks({ ...sound, health: "no images" })).toEqual([
    "  !  ps-0 does not serve: no images",
    ...unknown,
    "Next: lor-infra logs ps-0 --since 1h",
  ]);
});

it("does not propose to install an application whose release is not in place", () => {
  const reasons = { release: "no release is in place", state: "the archive has another checksum" };
  expect(remarks({ ...sound, release: null, installed: false, health: "no release is in place", reasons })).toEqual([
    "  !  ps-0 does not serve: no release is in place",
    "  !  ps-0: release 9.1.5 is wanted, none serves",
    "     ps-0, release: no release is in place",
    "     ps-0, state: the archive has another checksum",
    "Next: lor-infra logs ps-0 --since 1h",
  ]);
});
