import { spawn } from "node:child_process";
import { once } from "node:events";
import type { WantedDatabase } from "./database-engine.ts";
import type { MachineNetwork } from "./machine-network.ts";

const table = "inet lor_databases";

/** Lets the authorised address blocks reach each database; packets of others are dropped, so that their connections time out. */
export async function admitClients(network: MachineNetwork, databases: readonly WantedDatabase[]): Promise<void> {
  const rules = databases.flatMap(({ address, port, allowedFrom }) => {
    const target = `ip daddr ${address} tcp dport ${port}`;
    return [...allowedFrom.map((block) => `${target} ip saddr ${block} accept`), `${target} drop`];
  });
  // One transaction: no moment without rules. The first line makes the deletion succeed when there is no table yet.
  await apply(network, [
    `table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    "chain input {",
    "type filter hook input priority 0; policy accept;",
    ...rules,
    "}",
    "}",
  ]);
}

async function apply(network: MachineNetwork, lines: readonly string[]): Promise<void> {
  const [program = "", ...args] = network.inside(["nft", "-f", "-"]);
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(`${lines.join("\n")}\n`);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the databases' firewall cannot be set: ${complaint.trim()}`);
}
