import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAnsible } from "../../../src/ansible/run-ansible.ts";
import { compareMachines } from "../../../src/remote/compare-machines.ts";
import { sshCommands } from "../../../src/remote/ssh-commands.ts";
import { SshMachine } from "./ssh-machine.ts";

/**
 * Measures on one machine that boots: 40 tasks by Mitogen and by SSH, and a comparison with the manifest. Then the same comparison for as many
 * machines as the first argument says (default 200): names of their own that lead to the same sshd, so that this computer also does the machines' work.
 */
const [count = "200", inside] = process.argv.slice(2);

if (inside === undefined) await measure();
else await compareMany(JSON.parse(inside) as Connection);

type Connection = ReturnType<SshMachine["connection"]>;

async function measure(): Promise<void> {
  const machine = await SshMachine.start();
  const folder = mkdtempSync(join(tmpdir(), "lor-measure-"));
  try {
    const tasks = Array.from({ length: 40 }, (_, number) => ({
      name: `Write file ${number}`,
      copy: { dest: `/etc/lor-file-${number}`, content: `${number}\n`.repeat(40), mode: "0644" },
    }));
    const playbook = join(folder, "forty.yml");
    writeFileSync(playbook, JSON.stringify([{ name: "Forty", hosts: "all", gather_facts: false, tasks }]));
    for (const transport of ["mitogen", "ssh"] as const) {
      for (const run of ["first", "second"]) {
        machine.inside("sh", "-c", run === "first" ? "rm -f /etc/lor-file-*" : "true");
        const seconds = await timed(() =>
          runAnsible({ env: process.env }).configure({
            ...{ mode: "apply", playbook, transport, inventory: { machines: [machine.managed()] } },
            ...{ sshConfig: machine.sshConfig, identityFile: machine.identityFile },
          }),
        );
        console.log(`40 tasks by ${transport}, ${run} run: ${seconds.toFixed(1)} s`);
      }
    }
    const commands = machine.commands();
    const one = await timed(() => compareMachines({ machines: ["machine"], commands }));
    console.log(`comparison with the manifest, one machine: ${one.toFixed(2)} s`);
    machine.inside("sh", "-c", "echo 'MaxStartups 2000' >/etc/ssh/sshd_config.d/measure.conf; systemctl reload ssh");
    const inNetwork = ["--net=/run/netns/".concat(machine.name), process.execPath, import.meta.filename];
    const child = spawn("nsenter", [...inNetwork, count, JSON.stringify(machine.connection())], { stdio: "inherit" });
    await new Promise((resolve) => child.once("close", resolve));
  } finally {
    machine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Inside the machine's network, where every address of 127.0.0.0/8 leads to its sshd. */
async function compareMany({ managed, knownHosts, identityFile }: Connection): Promise<void> {
  const machines = Array.from({ length: Number(count) }, (_, number) => ({
    ...managed,
    name: `machine-${number}`,
    address: `127.1.${number >> 8}.${number & 255}`,
  }));
  writeFileSync(knownHosts, machines.map(({ address, hostKeys }) => `${address} ${hostKeys[0]}\n`).join(""));
  const commands = sshCommands({
    knownHosts,
    identityFile,
    sshConfig: "none",
    machines,
    env: process.env,
    connectSeconds: 60,
  });
  const names = machines.map(({ name }) => name);
  const before = process.resourceUsage();
  let states: readonly string[] = [];
  const seconds = await timed(async () => {
    states = (await compareMachines({ machines: names, commands, limit: 120_000 })).map(({ state }) => state);
  });
  const same = states.filter((state) => state === "same").length;
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const own = (userCPUTime - before.userCPUTime + systemCPUTime - before.systemCPUTime) / 1e6;
  console.log(
    `comparison of ${count} machines: ${seconds.toFixed(1)} s, ${same} the same; own processor time ${own.toFixed(1)} s`,
  );
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}
