import { InvalidArgumentError, Option } from "commander";
import { faultEffects } from "../../local-cloud/kernel/fault-effects.ts";
import { add, positiveInteger, withSettings } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  const cloud = program.command("cloud").description("the built-in local cloud");
  const addCloud = (name: string, description: string) => withSettings(add(cloud, name, description));
  const load = () => import("../commands/cloud.ts");
  addCloud("start", "start it, or say that it runs")
    .option("--realtime", "operations last as long as on the real cloud", false)
    .option("--machines", "boot its servers as whole Debian machines, where this computer can", false)
    .option("--releases <folder>", "with --machines: release archives, each at HOST/PATH of its address")
    .option(
      "--print-ovh-endpoint",
      'only shell variables for clients of OVHcloud\'s API: eval "$(lor-infra cloud start --print-ovh-endpoint)"',
      false,
    )
    .action(runs(async () => (await load()).cloudStart));
  addCloud("stop", "stop it; what it holds stays").action(runs(async () => (await load()).cloudStop));
  addCloud("status", "whether it runs, and what it holds").action(runs(async () => (await load()).cloudStatus));
  addCloud("env", 'shell variables for plain pulumi: eval "$(lor-infra cloud env)"').action(
    runs(async () => (await load()).cloudEnv),
  );
  addCloud("reset", "empty it")
    .option("--yes", "without a question", false)
    .action(runs(async () => (await load()).cloudReset));
  addCloud("journal", "the calls it received")
    .option("--last <n>", "how many", positiveInteger, 50)
    .action(runs(async () => (await load()).cloudJournal));
  addCloud("fault", "order a fault; without options, list them")
    .addOption(new Option("--effect <effect>", "what goes wrong").choices(faultEffects))
    .option("--type <type>", "resource type, such as openstack:compute/instance:Instance")
    .option("--operation <operation>", "create, read, update, delete, invoke or http")
    .option("--name <name>", "name of the resource")
    .option("--seconds <n>", "for slow: by how much", positiveInteger)
    .option("--times <n>", "how often before it clears itself", positiveInteger, 1)
    .option("--clear", "clear all faults", false)
    .action(runs(async () => (await load()).cloudFault));
  addCloud("restrict", "take quota, sizes or backups away until --clear; without options, list what is lacking")
    .option("--quota <name=limit>", "a new limit, such as instances=3; may be repeated", quotaLimit)
    .option("--withdraw <size...>", "sizes that are not offered any more, such as b2-15-flex or large")
    .option(
      "--backups-stopped <hours>",
      "no backup was made for so many hours, and none is from now on",
      positiveInteger,
    )
    .option("--region <region>", "compute region; the one of the settings by default")
    .option("--clear", "take everything back", false)
    .action(runs(async () => (await load()).cloudRestrict));
};

function quotaLimit(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, limit] = /^([a-zA-Z]+)=(\d{1,9})$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is not a limit such as instances=3.`);
  return { ...before, [name]: Number(limit) };
}
