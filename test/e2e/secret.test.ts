import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { InProcessProject } from "./in-process.ts";
import { ended, launcher, type Run } from "./project.ts";

/**
 * Secrets that were planted (the passphrase, credentials in the environment) and all that the cloud knows once everything is up. None of them may be
 * found in clear in what a command says, in state, journals, logs, backups, scratch folders or arguments of processes. The cloud's own folder is
 * the cloud; only its log is looked into.
 */
const project = new InProcessProject();
const scratch = mkdtempSync(join(tmpdir(), "lor-infra-scratch-"));
const planted = {
  PULUMI_CONFIG_PASSPHRASE: "planted-passphrase-Zq7",
  OS_PASSWORD: "planted-os-password-Zq7",
  OVH_APPLICATION_SECRET: "planted-application-secret-Zq7",
  OVH_CONSUMER_KEY: "planted-consumer-key-Zq7",
};
const env = { ...planted, TMPDIR: scratch, LOR_INFRA_DEBUG: "1", PULUMI_HOME: join(scratch, "pulumi-home") };
/** Everything that any command wrote, with its name. */
const said: { readonly where: string; readonly text: string }[] = [];
/** Files and arguments of processes as they were in the middle of a run. */
let meanwhile: readonly { readonly where: string; readonly text: string }[] = [];
let secrets: ReadonlyMap<string, string>;

beforeAll(async () => {
  await useOwnSalt();
  await run(["cloud", "start"], 0);
  await provokeFailures();
  await upWithALookInTheMiddle();
  secrets = allSecrets();
  await run(["preview", "--detect"], 0);
  await run(["preview", "--profile", "rush", "--json"], 0);
  for (const command of [["status"], ["doctor"], ["cloud", "env"], ["cloud", "journal", "--last", "5000"]]) {
    await run(command, 0);
    await run([...command, "--json"], 0);
  }
  await run(["up", "--yes"], 2, { PULUMI_CONFIG_PASSPHRASE: "planted-wrong-passphrase-Zq7" });
  await plainPulumi("pulumi stack export; pulumi stack output --json; pulumi stack --show-urns");
  await run(["destroy", "--with-data", "--yes"], 0);
});
afterAll(async () => {
  await project.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

it("there is something to look for, and the search finds it where it is", () => {
  // Both databases, both object-storage users and keys, Odoo, the shop, the load balancer's key, the documents' address.
  expect(secrets.size).toBeGreaterThanOrEqual(16);
  const everything = [...secrets].map(([name, value]) => ({ where: name, text: `x${value}x` }));
  expect(found(everything).length).toBeGreaterThanOrEqual(secrets.size);
  expect(
    found([{ where: "base64", text: Buffer.from(`{"a":"${planted.OS_PASSWORD}"}`).toString("base64") }]),
  ).not.toEqual([]);
});

it("shows nowhere in what the commands say", () => {
  expect(said.length).toBeGreaterThan(15);
  expect(said.filter(({ text }) => text.length > 0).length).toBeGreaterThan(15);
  expect(found(said)).toEqual([]);
});

it("shows nowhere in the files, nor in arguments of processes, in the middle of a run", () => {
  const places = meanwhile.map(({ where }) => where);
  expect(places).toEqual(expect.arrayContaining([expect.stringMatching(/process .*pulumi/)]));
  expect(places).toEqual(expect.arrayContaining([expect.stringMatching(/stacks\/lor\/prod\.json$/)]));
  expect(found(meanwhile)).toEqual([]);
});

it("shows nowhere in the files that are left: state, backups, journals, log, settings", () => {
  const left = files();
  const places = left.map(({ where }) => where);
  for (const place of [
    /backups\/.*before-destroy/,
    /history\//,
    /journal\.jsonl$/,
    /cloud\.log$/,
    /^Pulumi\.rush\.yaml$/,
  ])
    expect(places).toEqual(expect.arrayContaining([expect.stringMatching(place)]));
  expect(found(left)).toEqual([]);
});

/** The project's passphrase is the planted one: `init` makes the salt that goes with it. */
async function useOwnSalt(): Promise<void> {
  const dir = join(scratch, "init");
  await run(["init", dir], 0);
  const salt = /^encryptionsalt: .*$/m.exec(readFileSync(join(dir, "Pulumi.normal.yaml"), "utf8"))?.[0] ?? "";
  for (const file of ["Pulumi.normal.yaml", "Pulumi.rush.yaml"])
    project.edit(file, (text) => text.replace(/^encryptionsalt: .*$/m, salt));
}

/** Errors about things that carry secrets. */
async function provokeFailures(): Promise<void> {
  const fault = async (type: string, effect: string) =>
    await run(["cloud", "fault", "--type", type, "--operation", "create", "--effect", effect], 0);
  await fault("SecretV1", "fail");
  await run(["up", "--yes"], 1);
  await fault("ovh:CloudProjectDatabase/user:User", "drop-after-accept");
  await fault("ContainerObject", "fail");
  await run(["up", "--yes", "--json"], 1);
}

async function upWithALookInTheMiddle(): Promise<void> {
  await project.cloud.clearFaults();
  await project.cloud.orderFault({
    match: { type: "Instance", operation: "create", name: "lor-prod-ps-1" },
    effect: { kind: "hold" },
  });
  const up = run(["up", "--yes"], 0);
  await vi.waitUntil(async () => (await project.cloud.held()).length === 1, { timeout: 600_000, interval: 100 });
  meanwhile = [...files(), ...processes()];
  await project.cloud.clearFaults();
  await project.cloud.release();
  await up;
}

async function run(args: readonly string[], code: number, more: Record<string, string> = {}): Promise<Run> {
  const done = await project.run(args, { ...env, ...more });
  said.push({ where: `lor-infra ${args.join(" ")}`, text: done.stdout + done.stderr });
  expect(done.code, `lor-infra ${args.join(" ")}: ${done.stderr}`).toBe(code);
  return done;
}

async function plainPulumi(line: string): Promise<void> {
  const script = `eval "$("${process.execPath}" "${launcher}" cloud env)" && pulumi stack select prod && { ${line}; }`;
  const shell = spawn("sh", ["-c", script], {
    cwd: project.folder,
    env: { ...project.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, stdout, stderr } = await ended(shell);
  expect(code, stderr).toBe(0);
  said.push({ where: line, text: stdout + stderr });
}

/** What is planted, and every password, key and signature that the cloud holds: where it is from -> value. */
function allSecrets(): ReadonlyMap<string, string> {
  const all = new Map<string, string>(Object.entries(planted));
  all.set("another passphrase", "planted-wrong-passphrase-Zq7");
  const add = (name: string, value: unknown): void => {
    if (typeof value === "string" && value.length >= 12) all.set(`${name} ${all.size}`, value);
  };
  const walk = (name: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      // The id of an S3 key is no secret: it is a name, as a user's is.
      if (/password|secret|cookie_?key|tempUrlKeys/i.test(key)) {
        add(`${name} ${key}`, inner);
        if (Array.isArray(inner)) for (const one of inner) add(`${name} ${key}`, one);
      }
      walk(name, inner);
    }
  };
  const database = new DatabaseSync(join(project.home, "cloud", "cloud.sqlite"), { readOnly: true });
  for (const row of database.prepare("SELECT kind, name, body FROM record").all()) {
    const name = `${row.kind} ${row.name}`;
    const body = JSON.parse(String(row.body));
    walk(name, body);
    if (row.kind === "object" && typeof body.content === "string") walk(name, JSON.parse(body.content));
    // Of the key and of the addresses: what is secret, not what is around it.
    if (row.kind === "secret") add(name, String(body.payload).slice(400, 480));
    if (row.kind === "server") add(name, /temp_url_sig=([0-9a-f]{32,})/.exec(String(body.userData))?.[1]);
  }
  add("operator", database.prepare("SELECT value FROM setting WHERE key = 'operator-password'").get()?.value);
  database.close();
  add("token of the cloud", JSON.parse(readFileSync(join(project.home, "cloud", "runtime.json"), "utf8")).token);
  return all;
}

/** Text files of project, state and scratch folders; of the cloud only its log. */
function files(): readonly { readonly where: string; readonly text: string }[] {
  return [project.folder, project.home, scratch].flatMap((folder) =>
    readdirSync(folder, { recursive: folder !== project.folder, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/node_modules|node-compile-cache/.test(entry.parentPath))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.startsWith(join(project.home, "cloud")) || path.endsWith("cloud.log"))
      .flatMap((path) => {
        try {
          const raw = readFileSync(path);
          const text = (path.endsWith(".gz") ? gunzipSync(raw) : raw).toString("latin1");
          return [{ where: relative(folder, path), text }];
        } catch {
          // A running engine deletes its files meanwhile.
          return [];
        }
      }),
  );
}

/** Arguments of every process: any user of the machine can read them. */
function processes(): readonly { readonly where: string; readonly text: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return text === "" ? [] : [{ where: `process ${text.slice(0, 80)}`, text }];
      } catch {
        return [];
      }
    });
}

/** Secrets that stand in a text: as they are, or in base64 at any of its three positions. */
function found(texts: readonly { readonly where: string; readonly text: string }[]): readonly string[] {
  const forms = [...secrets].flatMap(([name, value]) =>
    [value, ...[0, 1, 2].map((shift) => base64Middle(value, shift))].map((form) => ({ name, form })),
  );
  return texts.flatMap(({ where, text }) =>
    forms.filter(({ form }) => text.includes(form)).map(({ name }) => `${name} in ${where}`),
  );
}

/** The part of a value's base64 that does not depend on what stands around it. */
function base64Middle(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64");
  return whole.slice(shift === 0 ? 0 : 4);
}
