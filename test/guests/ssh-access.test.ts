import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fingerprint } from "../../src/stack/ssh/host-keys.ts";
import { SessionLog } from "../../src/stack/ssh/session-log.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { makeKey, SshScene } from "./ssh-servers.ts";

let scene: SshScene;

beforeAll(ensureGuestTools);
beforeEach(async () => {
  scene = await SshScene.start();
});
afterEach(async () => {
  await scene.stop();
});

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("a command on a machine behind the bastion", () => {
  it.each([
    ["spaces", ["printf", "%s|", "a b", "", " c "], "a b|| c |"],
    ["quotes", ["printf", "%s|", `it's`, `"x"`, "`id`", "$HOME", "\\"], 'it\'s|"x"|`id`|$HOME|\\|'],
    ["line breaks", ["printf", "%s|", "a\nb", "\t"], "a\nb|\t|"],
    ["options", ["printf", "%s|", "-x", "--", "*"], "-x|--|*|"],
  ])("gets its words as they are: %s", async (_, command, stdout) => {
    expect(await scene.open().run("ps-0", command)).toEqual({ code: 0, stdout, stderr: "" });
  });

  it.each([0, 1, 7, 255])("passes its exit code on: %i", async (code) => {
    const answer = await scene.open().run("ps-0", ["sh", "-c", `echo to-stderr >&2; exit ${code}`]);
    expect(answer).toEqual({ code, stdout: "", stderr: "to-stderr\n" });
  });

  it("passes input and output on, byte for byte", async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_value, index) => (index * 7919) % 256));
    const output = new PassThrough();
    const all = buffer(output);
    const streams = { input: Readable.from([bytes]), output, errors: new PassThrough() };
    expect(await scene.open().ssh("ps-0", ["-T"], ["cat"], streams)).toBe(0);
    output.end();
    const hash = (of: Buffer) => createHash("sha256").update(of).digest("hex");
    expect(hash(await all)).toBe(hash(bytes));
  });

  it("ends at its limit", async () => {
    const answer = scene.open().run("ps-0", ["sleep", "60"], { limit: 1_000 });
    await expect(answer).rejects.toThrow(refusal("connection-lost", /no answer in time/));
  });

  it("is noted in the words of its person, not in those that wrap them", async () => {
    const streams = { input: "none", output: new PassThrough(), errors: new PassThrough() } as const;
    const wrapped = ["sh", "-c", 'exec "$@"', "sh", "true"];
    await scene.open().ssh("ps-0", ["-T"], wrapped, { ...streams, noted: ["true"] });
    expect(new SessionLog(scene.folder).read().at(-1)?.command).toBe("true");
  });

  it("copies files both ways", async () => {
    const streams = { input: "none", output: new PassThrough(), errors: new PassThrough() } as const;
    mkdirSync(scene.path("here"));
    writeFileSync(scene.path("here/a file"), "content");
    const access = scene.open();
    expect(await access.copy("ps-0", scene.path("here"), `ps-0:${scene.path("there")}`, streams)).toBe(0);
    expect(await access.copy("ps-0", `ps-0:${scene.path("there/a file")}`, scene.path("back"), streams)).toBe(0);
    expect(readFileSync(scene.path("back"), "utf8")).toBe("content");
    const missing = await access.copy("ps-0", `ps-0:${scene.path("nothing")}`, scene.path("back"), streams);
    expect(missing).toBe(1);
  });

  it("works by hand with the written configuration, in a folder of any name", async () => {
    const access = scene.open();
    const config = await access.prepare(scene.routes.machines);
    const done = spawnSync("ssh", ["-F", config, "ps-0", "echo by hand"], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: scene.home },
    });
    expect(done.stdout).toBe("by hand\n");
    for (const name of ["ssh.config", "known_hosts", "host-keys.json"]) {
      expect(statSync(join(scene.folder, name)).mode & 0o077, name).toBe(0);
    }
  });
});

describe("who may log in", () => {
  it("a key that was removed is refused, and the refusal says by which hop", async () => {
    scene.machine.accept([]);
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      refusal("ssh-key-refused", /^ps-0 does not accept your key/),
    );
    scene.bastion.accept([]);
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      refusal("ssh-key-refused", /^bastion does not accept your key/),
    );
  });

  it("somebody without a key of the settings is told how to get one in", async () => {
    mkdirSync(scene.path("empty-home"));
    const env = { PATH: process.env.PATH ?? "", HOME: scene.path("empty-home") };
    await expect(scene.open({ env }).run("ps-0", ["true"])).rejects.toThrow(
      expect.objectContaining({ code: "ssh-key-missing", next: expect.stringContaining("access.administrators") }),
    );
  });

  it("an agent with more keys than a server tries offers the right one first", async () => {
    const agent = spawnSync("ssh-agent", ["-s"], { encoding: "utf8" }).stdout;
    const [, socket = ""] = /SSH_AUTH_SOCK=([^;]+)/.exec(agent) ?? [];
    const [, pid = "0"] = /SSH_AGENT_PID=(\d+)/.exec(agent) ?? [];
    try {
      const env = { SSH_AUTH_SOCK: socket };
      const add = (file: string) =>
        expect(spawnSync("ssh-add", ["-q", file], { env: { ...process.env, ...env } }).status).toBe(0);
      for (let index = 0; index < 8; index += 1) {
        makeKey(scene.path(`other-${index}`));
        add(scene.path(`other-${index}`));
      }
      add(join(scene.home, ".ssh", "id_ed25519"));
      mkdirSync(scene.path("empty-home"));
      const access = scene.open({ env: { ...env, HOME: scene.path("empty-home") } });
      expect(access.administrators).toEqual(["anna"]);
      expect(await access.run("ps-0", ["echo", "in"])).toMatchObject({ code: 0, stdout: "in\n" });
    } finally {
      process.kill(Number(pid));
    }
  });

  it("asks nothing when a key has a passphrase and no agent has it", async () => {
    const file = join(scene.home, ".ssh", "id_ed25519");
    spawnSync("/usr/bin/ssh-keygen", ["-q", "-p", "-N", "secret", "-f", file]);
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(refusal("ssh-key-refused", /bastion/));
  });

  it("takes a key that is named", async () => {
    makeKey(scene.path("named"));
    const key = readFileSync(scene.path("named.pub"), "utf8");
    scene.bastion.accept([key]);
    scene.machine.accept([key]);
    expect(await scene.open({ identityFile: scene.path("named") }).run("ps-0", ["true"])).toMatchObject({ code: 0 });
  });

  it("the bastion gives no shell, and forwards to nothing but the machines", async () => {
    const access = scene.open();
    const config = await access.prepare([scene.routes.bastion]);
    const env = { PATH: process.env.PATH, HOME: scene.home };
    const shell = spawnSync("ssh", ["-F", config, "bastion", "echo in"], { encoding: "utf8", env });
    expect(shell.stdout).toBe("");
    expect(shell.status).toBe(255);
    const forward = spawnSync("ssh", ["-F", config, "-W", `127.0.0.1:${scene.bastion.port}`, "bastion"], {
      encoding: "utf8",
      env,
      input: "",
    });
    expect(forward.stderr).toContain("administratively prohibited");
  });
});

describe("host keys", () => {
  it("of the same server that changed are refused, with what was seen and the way on", async () => {
    await scene.open().run("ps-0", ["true"]);
    await scene.machine.stop();
    scene.machine.newHostKey();
    await scene.machine.start();
    // Not published: whoever answers is not the machine.
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      refusal("host-key-changed", /what answers as ps-0 has other host keys/),
    );
    scene.publish();
    const seen = fingerprint(scene.machine.hostKey);
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      expect.objectContaining({
        code: "host-key-changed",
        exit: 3,
        seen,
        next: expect.stringContaining(`lor-infra ssh ps-0 --trust-host-key ${seen}`),
      }),
    );
    await expect(scene.open({ trusted: "SHA256:other" }).run("ps-0", ["true"])).rejects.toThrow(
      refusal("host-key-changed", /have changed/),
    );
    expect(await scene.open({ trusted: seen }).run("ps-0", ["true"])).toMatchObject({ code: 0 });
    expect(await scene.open().run("ps-0", ["true"])).toMatchObject({ code: 0 });
  });

  it("of a server that was replaced are taken once it has published its own", async () => {
    await scene.open().run("ps-0", ["true"]);
    await scene.machine.stop();
    scene.machine.newHostKey();
    await scene.machine.start();
    scene.servers.set("lor-prod-ps-0", "another-server");
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      refusal("host-key-unknown", /new server that has not published/),
    );
    scene.publish();
    expect(await scene.open().run("ps-0", ["true"])).toMatchObject({ code: 0 });
  });

  it("of a kind that OpenSSH refuses are left out", async () => {
    const keys = ["ssh-dss AAAAB3NzaC1kc3M=", scene.machine.hostKey];
    scene.published.set("host-keys/ps-0.json", { serverId: "ps-0-server", keys });
    expect(await scene.open().run("ps-0", ["true"])).toMatchObject({ code: 0 });
    expect(readFileSync(join(scene.folder, "known_hosts"), "utf8")).not.toContain("ssh-dss");
  });

  it.each([
    ["nothing", undefined],
    [
      "a line of its own for another host",
      { serverId: "ps-0-server", keys: ["ssh-ed25519 AAAA\nlor-prod-odoo ssh-ed25519 AAAA"] },
    ],
    ["no keys", { serverId: "ps-0-server", keys: [] }],
    ["a text", "ssh-ed25519 AAAA"],
  ])("that a machine publishes as %s are unknown", async (_, published) => {
    scene.published.set("host-keys/ps-0.json", published);
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(refusal("host-key-unknown", /ps-0/));
  });
});

describe("a connection that fails", () => {
  it("says that the bastion is down, and that no machine was reached", async () => {
    await scene.bastion.stop();
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      refusal("bastion-unreachable", /bastion does not answer at 127\.0\.0\.1:\d+: Connection refused; no machine/),
    );
    // `lor-infra status` shows nothing of a bastion.
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      expect.objectContaining({ next: expect.stringContaining("lor-infra preview --detect") }),
    );
    const streams = { input: "none", output: new PassThrough(), errors: new PassThrough() } as const;
    await expect(scene.open().copy("ps-0", "ps-0:/etc/hostname", scene.path("x"), streams)).rejects.toThrow(
      refusal("bastion-unreachable", /no machine was reached/),
    );
  });

  it("says that the bastion answers and the machine does not", async () => {
    await scene.machine.stop();
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(
      refusal(
        "machine-unreachable",
        /bastion answers, and ps-0 does not answer it at 127\.0\.0\.1: Connection refused/,
      ),
    );
  });

  it("says that OpenSSH's client is missing", async () => {
    const access = scene.open({ env: { PATH: scene.path("nothing") } });
    await expect(access.run("ps-0", ["true"])).rejects.toThrow(refusal("ssh-missing", /ssh is not installed/));
  });

  it("names the nearest machine for a name that no machine has, and says which does not exist", async () => {
    await expect(scene.open().run("ps0", ["true"])).rejects.toThrow(refusal("machine-unknown", /did you mean ps-0\?/));
    scene.servers.delete("lor-prod-ps-0");
    await expect(scene.open().run("ps-0", ["true"])).rejects.toThrow(refusal("machine-missing", /lor-prod-ps-0/));
  });
});
