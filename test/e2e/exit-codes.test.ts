import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cloudFolder, requireLocalCloud } from "../../src/stack/cloud-connection.ts";
import { InProcessProject } from "./in-process.ts";
import { ended, launcher, type Run } from "./project.ts";

/** Every exit code, provoked as a person or a script would meet it; with `--json` one document, whatever happens. */
const project = new InProcessProject();
/** An `up` that the cloud holds in the middle of a creation. */
let first: ChildProcess;
let firstRun: Promise<Run>;
let beforeFirst: number;

interface Failure {
  readonly ok: false;
  readonly error: { readonly code: string; readonly message: string; readonly next?: string };
}

const failure = (args: readonly string[], code: number) => project.json<Failure>(args, code);

beforeAll(async () => {
  await project.json(["cloud", "start"]);
});
afterAll(() => project.dispose());

describe("2: bad usage or settings", () => {
  it.each([
    ["an unknown option", ["up", "--frobnicate"], /unknown option '--frobnicate'/],
    ["an unknown command", ["frobnicate"], /unknown command 'frobnicate'/],
    ["a choice that is none", ["up", "--cloud", "mars"], /Allowed choices are local, ovh/],
    ["a number that is none", ["up", "--parallel", "0"], /whole number of 1 or more/],
    ["new lines of a machine that is not asked", ["logs", "ps-0", "--follow", "--stored"], /'--follow' cannot be used/],
    ["a private key that does not exist", ["ssh", "ps-0", "--identity", "/nowhere"], /"\/nowhere" cannot be read/],
    ["a folder as private key", ["ssh", "ps-0", "--identity", "/"], /"\/" is not a regular file/],
    ["no command at all", [], /Usage: lor-infra/],
  ])("%s", async (_, args, says) => {
    const run = await project.run(args);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(says);
    expect(run.stdout).toBe("");
  });

  it("with --json an unknown option is a document too", async () => {
    expect(await failure(["status", "--frobnicate"], 2)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("--frobnicate") },
    });
  });

  it("a folder without settings", async () => {
    expect(await failure(["up", "--yes", "--settings", "/nowhere"], 2)).toMatchObject({
      error: { code: "settings-refused", next: "correct the settings, then lor-infra check" },
    });
  });

  it.each([
    ["a folder that is not there", ["--machines", "--releases", "/nowhere"], /no folder \/nowhere/],
    ["a folder that nothing would read", ["--releases", "/"], /only machines that boot/],
  ])("release archives in %s", async (_, args, says) => {
    expect(await failure(["cloud", "start", ...args], 2)).toMatchObject({
      error: { code: "releases-unusable", message: expect.stringMatching(says) },
    });
  });

  it("a command for lor-infra ssh, with the one that runs it", async () => {
    const run = await project.run(["ssh", "ps-0", "--", "ls", "a b"]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("[command-unexpected]") });
    expect(run.stderr).toContain("lor-infra run ps-0 -- ls 'a b'\n");
  });

  it("nobody is there to approve: a pipe needs --yes", async () => {
    const before = await project.journalEnd();
    const run = await project.run(["up"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("--yes");
    const created = (await project.cloud.journal({ after: before, api: "grpc", operation: "create" })).length;
    expect(created).toBe(0);
  });
});

describe("1: failed", () => {
  it("the cloud refuses a creation: the error names it, and --json is one document", async () => {
    await project.json(["cloud", "fault", "--effect", "fail", "--type", "Router", "--operation", "create"]);
    const { error } = await failure(["up", "--yes"], 1);
    expect(error).toMatchObject({ code: "resource-failed", message: expect.stringContaining("router") });
    expect(error.next).toBeDefined();
  });

  it("there is nothing to switch", async () => {
    const empty = new InProcessProject();
    try {
      const run = await empty.run(["rush", "--yes"]);
      expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining("[not-created]") });
      expect(run.stderr).toContain("lor-infra up");
    } finally {
      await empty.dispose();
    }
  });

  it("logs of a machine that nobody can ask say that nothing else keeps them", async () => {
    const own = new InProcessProject();
    try {
      const access =
        "{ administrators: [{ name: anna, key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw }], allowFrom: [203.0.113.0/24], subnet: { cidr: 10.10.5.0/24, vlan: 105 }, bastion: { address: 10.10.5.10 } }";
      own.edit("Pulumi.yaml", (text) => `${text.trimEnd()}\n  access:\n    value: ${access}\n`);
      expect(await own.json<Failure>(["logs", "ps-0"], 1)).toMatchObject({
        error: { message: expect.stringContaining("no section `logs`") },
      });
      own.edit("Pulumi.yaml", (text) => `${text.trimEnd()}\n  logs:\n    value: {}\n`);
      expect(await own.json<Failure>(["logs", "ps0"], 2)).toMatchObject({
        error: { code: "machine-unknown", message: expect.stringContaining("did you mean ps-0?") },
      });
      expect(await own.json(["logs", "ps-0"], 0)).toMatchObject({ source: "object-storage", lines: [] });
    } finally {
      await own.dispose();
    }
  });
});

describe("4: locked", () => {
  beforeAll(async () => {
    await project.cloud.orderFault({
      match: { type: "openstack:compute/instance:Instance", operation: "create", name: "lor-prod-ps-1" },
      effect: { kind: "hold" },
    });
    beforeFirst = await project.journalEnd();
    first = project.start(["up", "--yes", "--parallel", "1"]);
    firstRun = ended(first);
    await vi.waitUntil(async () => (await project.cloud.held()).length === 1, { timeout: 600_000, interval: 100 });
  });

  it("the second of two says who holds the lock, and since when", async () => {
    const { error } = await failure(["up", "--yes"], 4);
    expect(error.code).toBe("stack-locked");
    expect(error.message).toContain(String(first.pid));
    const screen = await project.run(["rush", "--yes"]);
    expect(screen.code).toBe(4);
    expect(screen.stderr).toMatch(/\bup\b/);
    expect(screen.stderr).toContain(String(first.pid));
  });

  it("reading needs no lock, and tells who changes the stack", async () => {
    expect(await project.json(["status"])).toMatchObject({ lockedBy: expect.stringContaining(String(first.pid)) });
  });

  it("0: the first goes on, one resource at a time, and its plain lines move no cursor and have no colour", async () => {
    await project.cloud.release();
    const run = await firstRun;
    expect(run, run.stderr).toMatchObject({ code: 0, stderr: "" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(run.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    const creations = (await project.cloud.journal({ after: beforeFirst, api: "grpc", operation: "create" })).filter(
      ({ outcome, duration }) => outcome === "ok" && duration !== undefined,
    );
    expect(creations.length).toBeGreaterThan(30);
    const overlaps = creations.filter(({ at, duration }, index) => {
      const next = creations[index + 1];
      return next !== undefined && next.at < Math.floor(at + (duration ?? 0));
    });
    expect(overlaps).toEqual([]);
  });
});

describe("3: refused", () => {
  it("data would be lost", async () => {
    expect(await failure(["destroy", "--yes"], 3)).toMatchObject({ error: { code: "destroy-holds-data" } });
  });

  it("`up` would change serving fronts all at once", async () => {
    expect(await failure(["up", "--profile", "rush", "--yes"], 3)).toMatchObject({
      error: { code: "up-changes-profile", next: "lor-infra rush" },
    });
  });

  it("the RPO cannot be held", async () => {
    const strict = new InProcessProject();
    try {
      strict.edit("Pulumi.yaml", (text) => text.replace("PT1H", "PT10M"));
      for (const command of ["check", "rpo", "up"]) expect(await strict.run([command])).toMatchObject({ code: 3 });
    } finally {
      await strict.dispose();
    }
  });

  it("a real stack, from a shell that points at the local cloud", async () => {
    const run = await project.run(["up", "--cloud", "ovh", "--yes", "--json"], { PULUMI_DEBUG_PROVIDERS: "ovh:1" });
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: "environment-of-local-cloud" } });
  });
});

describe("5: differences found", () => {
  it("somebody has changed the cloud: found in a pipe and with --json", async () => {
    await deleteOneCredential();
    const document = await project.json<{
      readonly changes: readonly { readonly type: string; readonly kind: string }[];
    }>(["preview", "--detect"], 5);
    // The guests' configuration carries the key: it follows. Nothing else does.
    const { created = [], other = [] } = Object.groupBy(document.changes, ({ kind }) =>
      kind === "create" ? "created" : "other",
    );
    expect(created).toMatchObject([{ type: "ovh:CloudProject/s3Credential:S3Credential" }]);
    expect(new Set(other.map(({ type }) => type))).toEqual(
      new Set(["openstack:objectstorage/containerObject:ContainerObject"]),
    );
    const screen = await project.run(["preview", "--detect"]);
    expect(screen.code).toBe(5);
    expect(screen.stdout).toContain("S3Credential");
  });
});

describe("the documents", () => {
  it("a reader that leaves early is no error", async () => {
    const shell = spawn("sh", ["-c", `"${process.execPath}" "${launcher}" cost | head -1; exit 0`], {
      cwd: project.folder,
      env: project.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(await ended(shell)).toMatchObject({ code: 0, stderr: "" });
  });
});

/** As somebody in OVHcloud's console would: one S3 credential is gone. */
async function deleteOneCredential(): Promise<void> {
  const { runtime, control } = requireLocalCloud(cloudFolder(project.home));
  const { ovhUrl, projectId } = await control.credentials();
  const call = async (method: string, path: string) => {
    const answer = await fetch(`${ovhUrl}/cloud/project/${projectId}${path}`, {
      method,
      headers: { authorization: `Bearer ${runtime.token}` },
    });
    expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
    return await answer.json();
  };
  const [user] = (await call("GET", "/user")) as { id: number }[];
  const [credential] = (await call("GET", `/user/${user?.id}/s3Credentials`)) as { access: string }[];
  await call("DELETE", `/user/${user?.id}/s3Credentials/${credential?.access}`);
}
