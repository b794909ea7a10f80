import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limitsMemory } from "../../src/local-cloud/machines/control-groups.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { createPart } from "../local-cloud/test-cloud.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";

const userData =
  "#cloud-config\nruncmd:\n  - [sh, -c, 'date >>/var/boots']\nbootcmd:\n  - [sh, -c, 'date >>/var/starts']\n";

describe.skipIf(obstacle !== undefined)("a server of the local cloud", () => {
  let lab: Lab;
  let serverId: string;
  let volumeId: string;
  let machine: Machine;
  const shell = (text: string) => machine.run(["sh", "-c", text]);
  const settled = async (step: () => unknown) => {
    step();
    lab.cloud.clock.step(200);
    lab.cloud.advance();
    await lab.machines.settled();
  };
  const isUp = async (which: Machine) => {
    // Undefined until its first process runs.
    if ((await which.read("/etc/hostname")) === undefined) return undefined;
    const { stdout } = await which.try(["systemctl", "is-system-running"]);
    return ["running", "degraded"].includes(stdout.trim()) ? true : undefined;
  };
  const starts = (number: number) =>
    waitFor(`start ${number}`, async () => {
      const lines = (await machine.read("/var/starts"))?.trim().split("\n").length;
      return lines === number ? await isUp(machine) : undefined;
    });

  beforeAll(async () => {
    lab = await openLab();
    const { nova, cinder } = lab.cloud;
    const { networkId } = createPart(lab.cloud, 1);
    const image = { imageName: "Debian 12", flavorName: "b2-7-flex" };
    serverId = nova.servers.create({ name: "box", ...image, networks: [{ networkId }], userData }).id;
    volumeId = cinder.volumes.create({ name: "box-data", size: 2, volumeType: "high-speed" }).id;
    await settled(() => undefined);
    machine = lab.machines.named("box");
    await starts(1);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("has its own address, name and user data, from the network alone", async () => {
    const [address] = lab.cloud.nova.servers.get(serverId).addresses;
    expect(await shell("ip -4 -o address show dev eth0")).toContain(` ${address?.address}/24 `);
    expect((await shell("hostname")).trim()).toBe("box");
    expect((await shell("wc -l </var/boots")).trim()).toBe("1");
    expect(await shell("ip route show default")).toContain("via 10.10.1.254");
  });

  it("has a Debian's own search path for programs, whatever this computer's is", async () => {
    expect(await shell("echo $PATH")).toBe("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
  });

  it("has processors, memory and no disk of the computer", async () => {
    expect((await shell("grep -c ^processor /proc/cpuinfo")).trim()).toBe("2");
    expect(Number(await shell("awk '/^MemTotal/ {print $2}' /proc/meminfo"))).toBeLessThan(7_200_000);
    expect(await shell("lsblk --noheadings")).toBe("");
    expect((await machine.try(["mknod", "/tmp/disk", "b", "254", "0"])).code).not.toBe(0);
  });

  it("finds no name of the internet, at once", async () => {
    expect((await machine.try(["getent", "hosts", "packages.example"])).code).toBe(2);
    expect((await machine.try(["apt-get", "update"])).code).toBe(0);
  });

  it("gets a data volume while it runs, and keeps it and its system disk over a reboot", async () => {
    await settled(() => lab.cloud.nova.volumeAttachments.create({ serverId, volumeId }));
    expect(await shell("findmnt -rn -o LABEL -M /srv")).toBe("lor-data\n");
    await shell("echo kept >/srv/file; echo kept >/root/file");
    await settled(() => lab.cloud.nova.servers.reboot(serverId));
    await starts(2);
    expect(await shell("cat /srv/file /root/file")).toBe("kept\nkept\n");
    expect((await shell("wc -l </var/boots")).trim()).toBe("1");
  });

  it("follows a larger volume", async () => {
    await settled(() => lab.cloud.cinder.volumes.extend(volumeId, 3, true));
    // Growing its file system needs CAP_SYS_RESOURCE, which root lacks in some sandboxes: the device is what the cloud gives.
    expect(await shell("blockdev --getsize64 $(findmnt -rn -o SOURCE -M /srv)")).toBe(`${3 * 2 ** 30}\n`);
  });

  it("comes back with more processors and memory after a resize", async () => {
    await settled(() => lab.cloud.nova.servers.resize(serverId, { flavorName: "b2-15-flex" }));
    await starts(3);
    expect((await shell("grep -c ^processor /proc/cpuinfo")).trim()).toBe("4");
    expect(await shell("cat /srv/file /root/file")).toBe("kept\nkept\n");
    await settled(() => lab.cloud.nova.servers.confirmResize(serverId));
    expect((await shell("wc -l </var/starts")).trim()).toBe("3");
  });

  it("has no process of another machine in its units", async () => {
    const { networkId } = createPart(lab.cloud, 2);
    const image = { imageName: "Debian 12", flavorName: "b2-7-flex" };
    await settled(() => lab.cloud.nova.servers.create({ name: "other", ...image, networks: [{ networkId }] }));
    const other = lab.machines.named("other");
    await waitFor("the other machine", () => isUp(other));
    // A process that a machine cannot see has the number 0. systemd would neither end the unit nor know when it has ended.
    const processes = "find /sys/fs/cgroup -path '*/dbus.service/cgroup.procs' -exec cat {} + | sort -u";
    const [dbus, othersDbus] = [await shell(processes), await other.run(["sh", "-c", processes])];
    expect([dbus, othersDbus]).toEqual([expect.stringMatching(/^[1-9]\d*\n$/), expect.stringMatching(/^[1-9]\d*\n$/)]);
  });

  it.skipIf(!limitsMemory())("ends what takes more memory than the machine has, and nothing else", async () => {
    const small = lab.machines.named("other");
    await small.reboot({ memoryMebibytes: 512 });
    await waitFor("the small machine", () => isUp(small));
    expect(await small.run(["awk", "/^MemTotal/ {print $2}", "/proc/meminfo"])).toBe("508559\n");
    const take = (mebibytes: number) =>
      small.run([
        "systemd-run",
        "--quiet",
        "--pipe",
        "--wait",
        "sh",
        "-c",
        `python3 -c 'bytearray(${mebibytes} << 20)'; echo $?`,
      ]);
    expect([await take(100), await take(1024)]).toEqual(["0\n", "137\n"]);
    expect([await isUp(small), await isUp(machine)]).toEqual([true, true]);
  });

  it("stops and starts with its server, and is deleted with it", async () => {
    await settled(() => lab.cloud.nova.servers.stop(serverId));
    expect(machine.isRunning).toBe(false);
    await settled(() => lab.cloud.nova.servers.start(serverId));
    await starts(4);
    await settled(() => lab.cloud.nova.servers.delete(serverId));
    expect(machine.isRunning).toBe(false);
    expect(lab.machines.of(serverId)).toBeUndefined();
  });

  it("gets the address of one that was deleted", async () => {
    const { networkId } = createPart(lab.cloud, 3);
    const image = { imageName: "Debian 12", flavorName: "b2-7-flex" };
    const boot = async (name: string) => {
      const fixedIp = "10.10.3.77";
      const make = () => lab.cloud.nova.servers.create({ name, ...image, networks: [{ networkId, fixedIp }] });
      let id = "";
      await settled(() => {
        id = make().id;
      });
      const booted = lab.machines.named(name);
      await waitFor(`${name} with its address`, async () =>
        (await isUp(booted)) && (await booted.run(["ip", "-4", "-o", "address"])).includes(` ${fixedIp}/24 `)
          ? true
          : undefined,
      );
      return id;
    };
    const first = await boot("first");
    await settled(() => lab.cloud.nova.servers.delete(first));
    await boot("second");
  });
});
