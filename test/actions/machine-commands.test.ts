import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applicationCommand } from "../../src/actions/machines/application-command.ts";
import { journalCommand, journalEnd } from "../../src/actions/machines/journal-command.ts";
import { parseCopy } from "../../src/actions/machines/parse-copy.ts";
import { linesOnly, outsideSessions } from "../../src/actions/machines/session-lines.ts";
import { routesOf } from "../../src/stack/ssh/open-access.ts";
import { machineRoutes } from "../../src/systems/lor/access.ts";
import { lorProject, planWithAccess } from "../systems/lor/lor-project.ts";

const found = machineRoutes(planWithAccess("normal"));
if (found === undefined) throw new Error("no routes");
const routes = found;
const now = new Date("2026-12-01T08:00:00Z");
const plain = { follow: false, sessions: false, now };

test("every machine of any profile can be reached, by the addresses of the settings", () => {
  expect(routes.machines.map(({ name, address, application }) => [name, address, application?.user])).toEqual([
    ["ps-0", "10.10.1.10", "www-data"],
    ["ps-1", "10.10.1.11", "www-data"],
    ["ps-2", "10.10.1.12", "www-data"],
    ["odoo", "10.10.3.10", "odoo"],
  ]);
  expect(routes.bastion).toMatchObject({ name: "bastion", user: "jump" });
  expect(routes.bastionAddress({ addresses: { bastion: { public: "203.0.113.9" } } })).toBe("203.0.113.9");
  expect(routes.bastionAddress({})).toBeUndefined();
});

test("settings without the section are refused before anything is opened", () => {
  expect(() => routesOf(lorProject())).toThrow(expect.objectContaining({ code: "access-missing", exit: 2 }));
});

describe("a command of an application", () => {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  beforeAll(() => {
    writeFileSync(
      join(folder, "sudo"),
      '#!/bin/sh\necho "$1 $2 $3"\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n',
    );
    chmodSync(join(folder, "sudo"), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const showWords = ["sh", "-c", 'pwd; printf "%s|" "$@"', "sh", "x y", "", "*"];
  const run = (application: { readonly user: string; readonly folder: string }, command = showWords) => {
    const [front] = routes.machines;
    if (front === undefined) throw new Error("no front");
    const [program = "", ...words] = applicationCommand(
      { ...front, application: { name: "shop", ...application } },
      command,
    );
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(program, words, { env, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const { username } = userInfo();

  test("runs in its folder as its user, word for word", () => {
    const stdout = `-n -u ${username}\n${folder}\nx y||*|`;
    expect(run({ user: username, folder })).toEqual({ status: 0, stdout, stderr: "" });
  });

  test.each([
    ["folder", { user: username, folder: join(folder, "current") }],
    ["user", { user: "nobody-of-this-name", folder }],
  ])("says that no release is in place where its %s does not exist", (_, application) => {
    const { status, stderr } = run(application);
    expect(status).toBe(75);
    expect(stderr).toBe(
      `lor-infra: no release is in place on ps-0 (${application.folder}), so nothing can run in it. Next: lor-infra app status\n`,
    );
  });

  test.each([
    ["exit 255", 255],
    ["kill -TERM $$", 128 + 15],
    ["kill -KILL $$", 128 + 9],
  ])("ends as a shell reports it: %s", (script, status) => {
    expect(run({ user: username, folder }, ["sh", "-c", script]).status).toBe(status);
    const [program = "", ...words] = applicationCommand(routes.bastion, ["sh", "-c", script]);
    expect(spawnSync(program, words).status).toBe(status);
  });

  test("is the command itself, word for word, on a machine without one", () => {
    const [program = "", ...words] = applicationCommand(routes.bastion, ["printf", "%s|", "x y", "", "*"]);
    expect(spawnSync(program, words, { encoding: "utf8" }).stdout).toBe("x y||*|");
  });
});

test.each([
  ["30m", "2026-12-01T07:30:00Z"],
  ["1h", "2026-12-01T07:00:00Z"],
  ["2d", "2026-11-29T08:00:00Z"],
  ["2026-12-01", "2026-12-01T00:00:00Z"],
  ["2026-12-01T08:00+01:00", "2026-12-01T07:00:00Z"],
])("a log begins at %s", (since, moment) => {
  expect(journalCommand({ ...plain, since })).toContain(`--since=@${Date.parse(moment) / 1000}`);
});

test("a log never begins before 1970, which journalctl refuses", () => {
  expect(journalCommand({ ...plain, since: "999999d" })).toContain("--since=@0");
});

test.each([
  [0, "error", "", 0],
  [1, "error", "", 0],
  [1, "error", "Failed to open the journal: Permission denied\n", 1],
  [1, undefined, "", 1],
  [143, "error", "", 143],
])("journalctl that ends with %i, pattern %s, message %j", (code, grep, stderr, end) => {
  expect(journalEnd(code, grep, stderr)).toBe(end);
});

test("a pattern that journalctl cannot read is refused", () => {
  const said = 'Bad pattern "[": missing terminating ] for character class\n';
  expect(() => journalEnd(1, "[", said)).toThrow(expect.objectContaining({ code: "pattern-invalid", seen: "[" }));
});

test.each(["", "1x", "yesterday", "2026-13-01", "2026-02-31", "2026-02-30T08:00Z", "1 h", "-1h", "2026-12-01T08:00"])(
  "a beginning that cannot be read is refused: %j",
  (since) => {
    expect(() => journalCommand({ ...plain, since })).toThrow(
      expect.objectContaining({ code: "since-invalid", seen: since }),
    );
  },
);

test("a pattern is one word of the command, whatever is in it", () => {
  expect(journalCommand({ ...plain, since: "1h", grep: "a b; rm" })).toContain("--grep=a b; rm");
});

test.each([
  ["ps-0:/var/log/x", ".", { machine: "ps-0", source: "ps-0:/var/log/x", target: "." }],
  ["ps-0:", "here", { machine: "ps-0", source: "ps-0:.", target: "here" }],
  ["./a:b", "odoo:/tmp/", { machine: "odoo", source: "./a:b", target: "odoo:/tmp/" }],
  ["/a:b", "odoo:/tmp/", { machine: "odoo", source: "/a:b", target: "odoo:/tmp/" }],
  ["my file:1", "odoo:/tmp/", { machine: "odoo", source: "./my file:1", target: "odoo:/tmp/" }],
])("a copy of %s to %s", (from, to, copy) => {
  expect(parseCopy(routes, from, to)).toEqual(copy);
});

test.each([
  ["a", "b", "copy-form"],
  ["ps-0:/a", "ps-1:/b", "copy-form"],
  ["ps0:/a", ".", "machine-unknown"],
])("a copy of %s to %s is refused", (from, to, code) => {
  expect(() => parseCopy(routes, from, to)).toThrow(expect.objectContaining({ code }));
});

describe("the sessions in a journal", () => {
  // Of a login to a Debian 12, with the lines around it.
  const journal = `2026-12-01T06:39:20+0000 lor-prod-odoo systemd[1]: Started lor-certificate.timer - Get the certificate.
2026-12-01T06:39:20+0000 lor-prod-odoo sshd[658]: Connection from 10.10.5.10 port 34804 on 10.10.3.10 port 22 rdomain ""
2026-12-01T06:39:22+0000 lor-prod-odoo systemd[1]: Created slice user-1000.slice - User Slice of UID 1000.
2026-12-01T06:39:22+0000 lor-prod-odoo systemd[1]: Starting user-runtime-dir@1000.service - User Runtime Directory...
2026-12-01T06:39:22+0000 lor-prod-odoo systemd-logind[127]: New session 2579 of user debian.
2026-12-01T06:39:22+0000 lor-prod-odoo systemd[1]: Starting user@1000.service - User Manager for UID 1000...
2026-12-01T06:39:22+0000 lor-prod-odoo (systemd)[689]: pam_unix(systemd-user:session): session opened for user debian
2026-12-01T06:39:22+0000 lor-prod-odoo systemd[689]: Reached target paths.target - Paths.
2026-12-01T06:39:22+0000 lor-prod-odoo systemd[1]: Started session-2579.scope - Session 2579 of User debian.
2026-12-01T06:39:23+0000 lor-prod-odoo lor-session[703]: {"who": "demo", "command": "printf 'a
                                                         b'"}
2026-12-01T06:39:23+0000 lor-prod-odoo sudo[703]:   debian : PWD=/home/debian ; USER=root ; COMMAND=/usr/bin/true
2026-12-01T06:39:24+0000 lor-prod-odoo kernel: a line without a process: a\tb
2026-12-01T06:39:24+0000 lor-prod-odoo odoo[12]: Traceback:
                                                   File "sudo[1]: é"
`;
  const wanted = journal
    .split("\n")
    .filter((line) => /timer|kernel|Traceback|File/.test(line))
    .map((line) => `${line}\n`)
    .join("");

  test.each([1, 7, 100_000])("are left out, wherever a connection cuts the lines: every %i bytes", async (size) => {
    let shown = "";
    const lines = linesOnly(outsideSessions(), (text) => {
      shown += text;
    });
    const bytes = Buffer.from(journal);
    for (let at = 0; at < bytes.length; at += size) lines.write(bytes.subarray(at, at + size));
    await finished(lines.end());
    expect(shown).toBe(wanted);
  });
});
