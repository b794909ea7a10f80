import { expect, test } from "vitest";
import { applicationCommand } from "../../src/actions/machines/application-command.ts";
import { journalCommand } from "../../src/actions/machines/journal-command.ts";
import { parseCopy } from "../../src/actions/machines/parse-copy.ts";
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

test("a command of an application runs in its folder as its user, one of a machine without one as it is", () => {
  const [front] = routes.machines;
  if (front === undefined) throw new Error("no front");
  expect(applicationCommand(front, ["php", "x y"]).slice(0, 5)).toEqual(["sudo", "-n", "-u", "www-data", "--"]);
  expect(applicationCommand(front, ["php", "x y"]).slice(-3)).toEqual(["/srv/lor/current", "php", "x y"]);
  expect(applicationCommand(routes.bastion, ["uptime"])).toEqual(["uptime"]);
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

test.each(["", "1x", "yesterday", "2026-13-01", "1 h", "-1h", "2026-12-01T08:00"])(
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
