import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { processTree } from "../../src/local-cloud/machines/process-memory.ts";
import { requireMachines } from "../../src/local-cloud/machines/requirements.ts";
import { compareMachines } from "../../src/remote/compare-machines.ts";
import type { PinnedSshArgs } from "../../src/remote/pinned-ssh.ts";
import { sshCommands } from "../../src/remote/ssh-commands.ts";
import { SshMachine } from "../machines/ansible/ssh-machine.ts";
import type { Figure } from "./measure.ts";

/** Machines of the figure. */
const count = 1_000;
/** Machines that are asked at the same time. */
const parallel = 32;
/** Longest time of the comparison, seconds. */
const limit = 60;
/** Linux counts a process's time in hundredths of a second, whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** What the process inside the machine's network measured. */
interface Comparison {
  readonly seconds: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Processor time of this side: this program and its SSH clients, in seconds. */
  readonly ownProcessor: number;
  /** Time of a comparison alone, in seconds. */
  readonly alone: number;
}

type Connection = ReturnType<SshMachine["connection"]>;

const [inside] = process.argv[1] === import.meta.filename ? process.argv.slice(2) : [];
if (inside !== undefined) process.stdout.write(JSON.stringify(await compareMany(JSON.parse(inside) as Connection)));

/**
 * Who differs, and in what, for a thousand machines: a thousand logins by OpenSSH and as many comparisons with a manifest. All lead to one booted
 * machine under addresses of their own, so that this computer does the work of the thousand machines too.
 *
 * @throws LorError `machines-not-possible` where no machine can boot
 */
export async function fleet(): Promise<readonly Figure[]> {
  await requireMachines();
  const machine = await SshMachine.start();
  try {
    prepare(machine);
    const words = [`--net=/run/netns/${machine.name}`, process.execPath, import.meta.filename];
    const before = processorOf(processTree(machine.pid));
    const said = execFileSync("nsenter", [...words, JSON.stringify(machine.connection())], { encoding: "utf8" });
    const theirs = processorOf(processTree(machine.pid)) - before;
    return figures(JSON.parse(said) as Comparison, theirs);
  } finally {
    machine.stop();
  }
}

function figures({ seconds, answers, ownProcessor, alone }: Comparison, theirs: number): readonly Figure[] {
  const told = Object.entries(answers).map(([state, number]) => `${number} ${state}`);
  const all = answers.different === count;
  const processors = cpus().length;
  // Their processors are their own in a real fleet: what is left is this side's work, or the time that machines take in turns of `parallel`.
  const real = Math.max(ownProcessor / processors, (count / parallel) * alone);
  const own = `${ownProcessor.toFixed(0)} s of ${processors} processors, one machine alone ${alone.toFixed(2)} s, ${parallel} side by side`;
  return [
    {
      name: `who differs, and in what, of ${count} machines by SSH, without the machines' own work`,
      seen: `${real.toFixed(1)} s (${own})`,
      limit: `${limit} s`,
      within: all && real <= limit,
    },
    {
      name: `the same measured, with the work of the ${count} machines on the same processors`,
      seen: `${seconds.toFixed(1)} s (${told.join(", ")}; the machines took ${theirs.toFixed(0)} s of ${processors} processors)`,
      limit: undefined,
      within: all,
    },
  ];
}

/** A manifest as a usual playbook leaves it, and one file that differs. */
function prepare(machine: SshMachine): void {
  const program = new URL("../../src/machines/machine/lor-drift.py", import.meta.url);
  writeFileSync(machine.path("/usr/local/sbin/lor-drift"), readFileSync(program), { mode: 0o755 });
  const files = Array.from({ length: 40 }, (_, index) => `/etc/lor-file-${index}`);
  for (const file of files) writeFileSync(machine.path(file), file);
  const managed = { files, packages: ["nginx-light", "sudo", "nftables"], units: ["ssh.service", "nginx.service"] };
  writeFileSync(machine.path("/srv/managed.json"), JSON.stringify(managed));
  machine.inside("sh", "-c", "lor-drift record site </srv/managed.json");
  writeFileSync(machine.path("/etc/lor-file-0"), "changed");
  machine.inside("sh", "-c", "echo 'MaxStartups 2000' >/etc/ssh/sshd_config.d/bench.conf; systemctl reload ssh");
}

/** Inside the machine's network, where every address of 127.0.0.0/8 leads to its sshd. */
async function compareMany({ managed, ...connection }: Connection): Promise<Comparison> {
  const machines = Array.from({ length: count }, (_, index) => ({
    ...managed,
    name: `machine-${index}`,
    address: `127.1.${index >> 8}.${index & 255}`,
  }));
  writeFileSync(connection.knownHosts, machines.map(({ address, hostKeys }) => `${address} ${hostKeys[0]}\n`).join(""));
  const pinned: PinnedSshArgs = { ...connection, sshConfig: "none" };
  const commands = sshCommands({ ...pinned, machines, env: process.env, connectSeconds: limit });
  const names = machines.map(({ name }) => name);
  const alone = (await timed(() => compareMachines({ machines: names.slice(0, 1), commands }))).seconds;
  const before = processorOf([process.pid]);
  const { seconds, result } = await timed(() =>
    compareMachines({ machines: names, commands, parallel, limit: limit * 1_000 }),
  );
  const answers: Record<string, number> = {};
  for (const { state } of result) answers[state] = (answers[state] ?? 0) + 1;
  return { seconds, answers, ownProcessor: processorOf([process.pid]) - before, alone };
}

/** Processor time of processes and of their ended children, in seconds. */
function processorOf(pids: readonly number[]): number {
  const ticks = pids.flatMap((pid) => {
    // It may have ended meanwhile: its time is then its parent's.
    if (!existsSync(`/proc/${pid}/stat`)) return [];
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    // utime, stime, cutime and cstime of proc(5).
    return fields.slice(11, 15).map(Number);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

async function timed<T>(action: () => Promise<T>): Promise<{ readonly seconds: number; readonly result: T }> {
  const start = performance.now();
  const result = await action();
  return { seconds: (performance.now() - start) / 1000, result };
}
