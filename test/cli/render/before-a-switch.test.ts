import { afterEach, beforeEach, expect, it } from "vitest";
import { type SwitchInput, switchProfile } from "../../../src/actions/rush/switch-profile.ts";
import { up } from "../../../src/actions/up/up.ts";
import { ActionScreen } from "../../../src/cli/render/action-screen.ts";
import { errorDocument, renderError } from "../../../src/cli/render/error.ts";
import { renderProposal } from "../../../src/cli/render/proposal.ts";
import { openTerminal, type Terminal } from "../../../src/cli/terminal.ts";
import { LorError } from "../../../src/core/errors.ts";
import { FakeStack } from "../../actions/fake-stack.ts";

let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
});
afterEach(() => stack.dispose());

/** What a person reads between the command and the question; the answer is no. */
async function screenOf(
  input: Partial<SwitchInput> = {},
): Promise<{ readonly text: string; readonly error: LorError }> {
  const lines: string[] = [];
  const terminal: Terminal = {
    ...openTerminal({ json: false }),
    interactive: false,
    columns: 120,
    line: (text = "") => lines.push(text),
    style: (_, text) => text,
  };
  const screen = new ActionScreen(terminal);
  const asked = switchProfile(stack.context({ emit: (event) => screen.on(event) }), {
    target: "rush",
    confirm: async (proposal) => {
      screen.end();
      terminal.line(renderProposal(terminal, proposal));
      return false;
    },
    ...input,
  });
  const error = await asked.catch((reason: unknown) => reason);
  screen.end();
  if (!(error instanceof LorError)) throw error;
  return { text: `${lines.join("\n")}\n${renderError(error, false)}\n`, error };
}

it("everything that was looked at, what it leads to, and its price are on one screen before the question", async () => {
  const { text, error } = await screenOf({ season: { event: "noel", early: true } });
  expect(error.code).toBe("not-approved");
  await expect(text).toMatchFileSnapshot("golden/before-rush.txt");
  expect(text.split("\n").length).toBeLessThan(60);
});

it("refusals, warnings and what is not known are told apart, and nothing is asked", async () => {
  stack.world.supply.left = { instances: 0, ports: 0 };
  stack.world.supply.flavors.length = 1;
  const now = new Date("2026-11-26T00:00:00Z");
  Object.assign(stack.world.backups, { now, newest: new Date("2026-11-24T12:00:00Z") });
  stack.world.supply.members = "unknown";
  const { text, error } = await screenOf();
  await expect(text).toMatchFileSnapshot("golden/before-rush-refused.txt");
  await expect(`${JSON.stringify(errorDocument(error), undefined, 2)}\n`).toMatchFileSnapshot(
    "golden/before-rush-refused-document.snap",
  );
});

it("the way back is asked the same, but for what only a rush is", async () => {
  await switchProfile(stack.context(), { target: "rush", confirm: stack.confirm });
  await expect((await screenOf({ target: "normal" })).text).toMatchFileSnapshot("golden/before-normal.txt");
});
