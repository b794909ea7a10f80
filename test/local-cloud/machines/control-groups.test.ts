import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ControlGroups, groupFolders } from "../../../src/local-cloud/machines/control-groups.ts";

let hierarchy: string;

beforeEach(() => {
  hierarchy = mkdtempSync(join(tmpdir(), "groups-"));
});
afterEach(() => rmSync(hierarchy, { recursive: true, force: true }));

it("finds the group of this process in the hierarchies that systemd uses", () => {
  const hybrid = [
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu",
    "33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
    "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime shared:5 - cgroup cgroup rw,xattr,name=systemd",
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
  ].join("\n");
  const folders = (groups: string, mounts: string) =>
    groupFolders(groups, mounts).map(({ type, folder }) => [type, folder]);
  expect(folders("1:cpu:/limited\n4:memory:/small\n9:name=systemd:/one\n0::/two\n", hybrid)).toEqual([
    ["memory", "/sys/fs/cgroup/memory/small"],
    ["systemd", "/sys/fs/cgroup/systemd/one"],
    ["unified", "/sys/fs/cgroup/unified/two"],
  ]);
  const unified = "41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw";
  expect(folders("0::/\n", unified)).toEqual([["unified", "/sys/fs/cgroup"]]);
});

it("stays below what a container mounts of a hierarchy", () => {
  const mounts = "41 31 0:38 /docker/abc /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd";
  expect(groupFolders("9:name=systemd:/docker/abc/inner\n", mounts)[0]?.folder).toBe("/sys/fs/cgroup/systemd/inner");
  expect(groupFolders("9:name=systemd:/elsewhere\n", mounts)[0]?.folder).toBe("/sys/fs/cgroup/systemd");
});

it("gives each machine groups of its own, and removes them with what its systemd made in them", async () => {
  const groups = new ControlGroups([{ folder: hierarchy, memory: undefined }]);
  const [one = "", other = ""] = ["one", "other"].map((name) => groups.inside(name, 1024, ["true"])[4]);
  expect(one).not.toBe(other);
  mkdirSync(join(one, "payload/system.slice/dbus.service"), { recursive: true });
  await groups.remove("one");
  expect(existsSync(one)).toBe(false);
  expect(existsSync(other)).toBe(true);
  await groups.removeAll();
  expect(readdirSync(hierarchy)).toEqual([]);
});

it("removes the groups of a cloud that was killed, and no other", () => {
  for (const name of ["lor-machines-4194305-1/one", `lor-machines-${process.ppid}-1`, "user.slice"])
    mkdirSync(join(hierarchy, name), { recursive: true });
  new ControlGroups([{ folder: hierarchy, memory: undefined }]);
  expect(readdirSync(hierarchy).toSorted()).toEqual([`lor-machines-${process.ppid}-1`, "user.slice"]);
});

it.each([
  ["v1", "memory.limit_in_bytes"],
  ["v2", "memory.max"],
] as const)("limits the memory of a machine by %s", (memory, file) => {
  const groups = new ControlGroups([{ folder: hierarchy, memory }]);
  const folder = groups.inside("one", 1024, ["true"])[4] ?? "";
  expect(readFileSync(join(folder, file), "utf8")).toBe("1024");
});
