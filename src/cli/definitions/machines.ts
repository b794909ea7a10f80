import { Option } from "commander";
import { withCloud, withIdentity, withMachine } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  const load = () => import("../commands/machines.ts");
  withMachine(add(program, "ssh", "log in to a machine through the bastion"))
    .argument("[machine]", "such as ps-0")
    .argument("[command...]", "none: lor-infra run runs a command")
    .option("--print-config", "print a configuration file for ssh -F, and log in nowhere", false)
    .option("--trust-host-key <fingerprint>", "accept changed host keys, once you have compared them")
    .action(runs(async () => (await load()).ssh));
  withMachine(add(program, "run", "run a command on a machine, in its application's folder as its user"))
    .argument("[command...]", "machine and command, such as: ps-0 -- php bin/console cache:clear")
    .option("--all-fronts", "on every front, one after another; without a machine", false)
    .action(runs(async () => (await load()).run));
  withMachine(add(program, "copy", "copy a file or a folder from or to a machine"))
    .argument("<from>", "such as ps-0:/var/log/nginx/error.log")
    .argument("<to>", "such as . or ps-0:/tmp/")
    .action(runs(async () => (await load()).copy));
  withMachine(add(program, "logs", "the journal of a machine"))
    .argument("[machine]", "such as ps-0")
    .option("--since <when>", "such as 30m, 1h, 2d, or 2026-12-01T08:00Z", "1h")
    .option("--grep <pattern>", "only lines that match this regular expression")
    .addOption(
      new Option("--follow", "go on with new lines, until Ctrl-C").default(false).conflicts(["stored", "json"]),
    )
    .option("--stored", "from the object storage, even if the machine answers", false)
    .option("--sessions", "who logged in, and what they ran, which is left out otherwise", false)
    .action(runs(async () => (await load()).logs));
  withIdentity(withCloud(add(program, "inventory", "an inventory of the machines for ansible-playbook -i")))
    .option("--trust-host-key <fingerprint>", "accept changed host keys, once you have compared them")
    .action(runs(async () => (await load()).inventory));
};
