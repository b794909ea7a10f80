import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopCloud } from "../../actions/cloud/cloud-stop.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { lastWords } from "../../local-cloud/kernel/log-file.ts";
import { host } from "../../os/host.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";
import { rollingOf } from "../../systems/project-plan.ts";
import { loadBalancerAddress, whileCustomersVisit } from "../demo-customers.ts";
import { loadSettings } from "../load-settings.ts";
import type { ChangeOptions, SettingsOptions } from "../options.ts";
import { packageFolder } from "../package-folder.ts";
import { renderSeconds } from "../render/duration.ts";
import type { Terminal } from "../terminal.ts";
import { cost } from "./cost.ts";
import { destroyStack } from "./destroy.ts";
import { rpo } from "./rpo.ts";
import { showStatus } from "./status.ts";
import { normal, rush } from "./switch.ts";
import { up } from "./up.ts";

/** Complete demonstration on the local cloud, in a temporary state folder: up in normal, into rush and back while customers send requests. */
export async function demo(
  terminal: Terminal,
  options: SettingsOptions & { readonly machines: boolean },
): Promise<ExitCode> {
  if (options.machines) return await (await import("./demo-machines.ts")).demoMachines(terminal, options);
  const began = host().monotonic();
  const given: ChangeOptions = {
    ...options,
    settings: existsSync(join(options.settings, "Pulumi.yaml")) ? options.settings : packageFolder,
    cloud: "local",
    yes: true,
    takeOver: false,
  };
  const project = loadSettings(given);
  if (project.settings.normal.state.localCloudToo) throw demoWouldShare();
  const domain = rollingOf(project).domain(project.settings.normal);
  const home = mkdtempSync(join(tmpdir(), "lor-infra-demo-"));
  process.env.LOR_INFRA_HOME = home;
  const title = (text: string) => terminal.line(`\n${terminal.style("bold", `── ${text} ──`)}`);
  // One document at the end, not one per command.
  const quiet: Terminal = { ...terminal, document: () => undefined };
  try {
    title("1. Up in normal");
    await up(quiet, { ...given, profile: "normal" });
    title("2. What runs, and where");
    const { addresses } = await showStatus(quiet, given);
    const shop = { home, address: loadBalancerAddress(addresses), domain };
    title("3. Into rush, while customers visit");
    const intoRush = await whileCustomersVisit(terminal, shop, () => rush(quiet, given));
    await showStatus(quiet, given);
    title("4. Back to normal, while customers visit");
    const back = await whileCustomersVisit(terminal, shop, () => normal(quiet, given));
    await showStatus(quiet, given);
    title("5. What each profile costs");
    await cost(quiet, given);
    title("6. The most data that can be lost");
    await rpo(quiet, given);
    title("7. Everything deleted");
    await destroyStack(quiet, { ...given, withData: true });
    const seconds = (host().monotonic() - began) / 1000;
    terminal.line(`\nDone in ${renderSeconds(seconds)}; nothing is left running.`);
    terminal.document({
      version: 1,
      ok: intoRush.lost + back.lost === 0,
      seconds,
      requests: { rush: intoRush, normal: back },
    });
    return intoRush.lost + back.lost === 0 ? ExitCode.done : ExitCode.failed;
  } finally {
    await stopCloud(home);
    // Deleted with the folder: what the cloud wrote, if it ended in an exception, would be lost.
    const words = lastWords(cloudFolder(home));
    if (words !== "") terminal.line(`\nThe local cloud's last words:\n${words}`);
    rmSync(home, { recursive: true, force: true });
  }
}

/** Deletes what the demo created; its cloud is separate from the project's. */
function demoWouldShare(): LorError {
  return new LorError({
    code: "demo-shares-state",
    message: "the demo would use the project's shared state",
    exit: ExitCode.refused,
    culprit: "user",
    path: "state.localCloudToo",
    seen: "true",
    accepted: "false",
    next: "cd to another folder, then: npx lor-infra demo",
  });
}
