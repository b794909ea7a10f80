import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopCloud } from "../../actions/cloud/cloud-stop.ts";
import { readYamlFile } from "../../config/yaml-file.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { lastWords } from "../../local-cloud/kernel/log-file.ts";
import { writeMachinesProject } from "../../local-cloud/machines/applications/demo-project.ts";
import { requireMachines } from "../../local-cloud/machines/requirements.ts";
import { cacheHome } from "../../os/cache-home.ts";
import { host } from "../../os/host.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";
import { startCloud } from "../../stack/start-local-cloud.ts";
import { rollingOf } from "../../systems/project-plan.ts";
import { loadBalancerAddress, whileCustomersVisit } from "../demo-customers.ts";
import { loadSettings } from "../load-settings.ts";
import type { ChangeOptions, SettingsOptions } from "../options.ts";
import { packageFolder } from "../package-folder.ts";
import { renderSeconds } from "../render/duration.ts";
import type { Terminal } from "../terminal.ts";
import { install, status } from "./app.ts";
import { destroyStack } from "./destroy.ts";
import { showStatus } from "./status.ts";
import { normal, rush } from "./switch.ts";
import { up } from "./up.ts";

/** Programs beside those that boot machines, and the Debian package of each. */
const ownPrograms = [
  ["ssh", "openssh-client"],
  ["ssh-keygen", "openssh-client"],
  ["dpkg-deb", "dpkg"],
] as const;

/** Variables that the demo sets for its own time. */
const ownVariables = ["LOR_INFRA_HOME", "HOME", "XDG_CACHE_HOME"] as const;

/**
 * The demo with machines that boot, in a temporary folder: up, the applications installed, into rush and back while customers visit the shop.
 * @throws LorError `machines-not-possible`, before anything is changed
 */
export async function demoMachines(terminal: Terminal, options: SettingsOptions): Promise<ExitCode> {
  const began = host().monotonic();
  await requireMachines(ownPrograms);
  const before = ownVariables.map((name) => [name, process.env[name]] as const);
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-demo-"));
  const home = join(folder, "state");
  let stopped = false;
  // A signal between two commands, or during one that only looks: the demo ends after it, and cleans up.
  const onSignal = () => {
    stopped = true;
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const title = (text: string) => {
    if (stopped) throw demoStopped();
    terminal.line(`\n${terminal.style("bold", `── ${text} ──`)}`);
  };
  // One document at the end, not one per command.
  const quiet: Terminal = { ...terminal, document: () => undefined };
  try {
    const example = readYamlFile(packageFolder, "Pulumi.yaml");
    if (!example.ok) throw new Error(`the example's settings in ${packageFolder} are damaged`);
    const project = writeMachinesProject({ example: packageFolder, shared: example.value, folder });
    process.env.XDG_CACHE_HOME = cacheHome(process.env);
    process.env.LOR_INFRA_HOME = home;
    process.env.HOME = project.userHome;
    const given: ChangeOptions = { ...options, settings: project.settings, cloud: "local", yes: true, takeOver: false };
    title("1. A cloud whose machines boot");
    await startCloud({
      home,
      env: process.env,
      machines: { releases: project.releases },
      onProgress: (text) => terminal.line(text),
    });
    title("2. Up in normal");
    await expectNotInstalled(terminal, () => up(quiet, { ...given, profile: "normal" }));
    title("3. The shop and the ERP are installed");
    await install(quiet, { ...given, demoProducts: true });
    title("4. Up once more: everything serves");
    await up(quiet, { ...given, profile: "normal" });
    const { addresses } = await showStatus(quiet, given);
    const works = [await status(quiet, given)];
    const loaded = loadSettings(given);
    const domain = rollingOf(loaded).domain(loaded.settings.normal);
    // Few customers: machines, databases and customers share this computer's processors.
    const shop = { home, address: loadBalancerAddress(addresses), domain, secure: true, clients: 2, pauseMs: 100 };
    title("5. Into rush, while customers visit");
    const intoRush = await whileCustomersVisit(terminal, shop, () => rush(quiet, given));
    works.push(await status(quiet, given));
    title("6. Back to normal, while customers visit");
    const back = await whileCustomersVisit(terminal, shop, () => normal(quiet, given));
    works.push(await status(quiet, given));
    title("7. Everything deleted");
    await destroyStack(quiet, { ...given, withData: true });
    const seconds = (host().monotonic() - began) / 1000;
    const applicationsWork = works.every((code) => code === ExitCode.done);
    const ok = applicationsWork && intoRush.lost + back.lost === 0;
    terminal.line(`\nDone in ${renderSeconds(seconds)}; nothing is left running.`);
    terminal.document({ version: 1, ok, seconds, applicationsWork, requests: { rush: intoRush, normal: back } });
    return ok ? ExitCode.done : ExitCode.failed;
  } finally {
    await stopCloud(home);
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    // Deleted with the folder: what the cloud wrote, if it ended in an exception, would be lost.
    const words = lastWords(cloudFolder(home));
    if (words !== "") terminal.line(`\nThe local cloud's last words:\n${words}`);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** The first `up` builds everything, and says that the fronts wait for their application. */
async function expectNotInstalled(terminal: Terminal, work: () => Promise<ExitCode>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LorError) || error.code !== "front-unhealthy") throw error;
    terminal.line(`${error.message}. Next: ${error.next}`);
  }
}

function demoStopped(): LorError {
  return new LorError({
    code: "interrupted",
    message: "the demo was stopped on request; everything it made is removed",
    exit: ExitCode.failed,
    culprit: "user",
    next: "lor-infra demo --machines",
  });
}
