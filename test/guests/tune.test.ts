import { afterEach, describe, expect, it } from "vitest";
import { type GuestDocumentInput, renderGuestDocument } from "../../src/machines/render-document.ts";
import { odooConnections, phpChildren } from "../../src/systems/lor/front-capacity.ts";
import { odooInput, shopInput } from "./guest-inputs.ts";
import { Sandbox } from "./sandbox.ts";

let machine: Sandbox;

afterEach(() => machine.remove());

async function tune(processors: number, memoryMebibytes: number, input: GuestDocumentInput): Promise<void> {
  machine = new Sandbox(processors, memoryMebibytes);
  machine.install(renderGuestDocument(input));
  const done = await machine.run(`${machine.root}/usr/local/sbin/lor-tune`);
  expect(done).toEqual({ code: 0, out: "" });
}

describe("sizes derived at boot", () => {
  it.each([
    { size: "b2-7", processors: 2, memory: 7000, children: 24, opcache: 256 },
    { size: "b2-15", processors: 4, memory: 15_000, children: 48, opcache: 512 },
    { size: "a very small one", processors: 1, memory: 1000, children: 4, opcache: 256 },
    { size: "many processors, little memory", processors: 16, memory: 4000, children: 17, opcache: 256 },
  ])("of a front: $size", async ({ processors, memory, children, opcache }) => {
    await tune(processors, memory, shopInput);
    const pool = machine.read("/etc/php/8.2/fpm/pool.d/lor-tuning.conf");
    expect(pool).toContain(`pm.max_children = ${children}\n`);
    expect(machine.read("/etc/php/8.2/fpm/conf.d/90-lor-tuning.ini")).toContain(
      `opcache.memory_consumption = ${opcache}\n`,
    );
    // What normal can carry is said without asking a machine.
    const memoryMegabytes = Math.ceil((memory * 2 ** 20) / 1_000_000);
    expect(phpChildren({ cores: processors, memoryMegabytes })).toBe(children);
    // php-fpm's own rules for a dynamic pool.
    const number = (name: string) => Number(new RegExp(`^pm\\.${name} = (\\d+)$`, "m").exec(pool)?.[1]);
    expect(number("start_servers")).toBeGreaterThanOrEqual(number("min_spare_servers"));
    expect(number("start_servers")).toBeLessThanOrEqual(number("max_spare_servers"));
    expect(number("max_spare_servers")).toBeLessThanOrEqual(children);
  });

  it.each([
    { size: "b2-7", processors: 2, memory: 7000, workers: 4 },
    { size: "b2-15", processors: 4, memory: 15_000, workers: 9 },
  ])("of Odoo: $size", async ({ processors, memory, workers }) => {
    await tune(processors, memory, odooInput);
    const tuning = machine.read("/etc/lor/odoo-tuning.env");
    expect(tuning).toContain(`--workers=${workers} `);
    const limit = (name: string) => Number(new RegExp(`--limit-memory-${name}=(\\d+)`).exec(tuning)?.[1]) / 2 ** 20;
    // Every process at the limit from which it is replaced still fits beside the system.
    expect((workers + 3) * limit("soft")).toBeLessThanOrEqual(memory - 1024);
    // Odoo's default: the program that makes PDF files crashes with less.
    expect(limit("hard")).toBeGreaterThanOrEqual(2560);
    const connections = Number(/--db_maxconn=(\d+)/.exec(tuning)?.[1]);
    expect((workers + 3) * connections).toBeLessThanOrEqual(100);
    // The policy about connections counts as the machine does.
    const memoryMegabytes = Math.ceil((memory * 2 ** 20) / 1_000_000);
    expect(odooConnections({ cores: processors, memoryMegabytes })).toBe((workers + 3) * connections);
  });

  it.each([1, 2, 20, 400])("of a front with at most %i PHP children", async (most) => {
    await tune(4, 15_000, { ...shopInput, phpChildren: most });
    const pool = machine.read("/etc/php/8.2/fpm/pool.d/lor-tuning.conf");
    const number = (name: string) => Number(new RegExp(`^pm\\.${name} = (\\d+)$`, "m").exec(pool)?.[1]);
    expect(number("max_children")).toBe(Math.min(most, 48));
    expect(phpChildren({ cores: 4, memoryMegabytes: 15_729 }, most)).toBe(number("max_children"));
    expect(number("start_servers")).toBeGreaterThanOrEqual(number("min_spare_servers"));
    expect(number("start_servers")).toBeLessThanOrEqual(number("max_spare_servers"));
    expect(number("max_spare_servers")).toBeLessThanOrEqual(most);
  });

  it("bind the node exporter to the private address only", async () => {
    await tune(2, 7000, shopInput);
    expect(machine.read("/etc/default/prometheus-node-exporter")).toBe('ARGS="--web.listen-address=127.0.0.1:9100"\n');
  });
});
