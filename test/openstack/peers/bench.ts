/**
 * `npm run bench:openstack [-- [--json] [--keep]]`: the same shop is created in normal and switched to rush on a real OpenStack by lor-infra, by
 * OpenTofu and by plain Pulumi, one after the other. Exit 1 when a limit is not kept. With --json progress goes to the error output; with --keep OpenStack is left
 * running.
 */

import { renderTable } from "../../../src/cli/render/table.ts";
import { openTerminal } from "../../../src/cli/terminal.ts";
import { type Figure, printFigures } from "../../bench/measure.ts";
import { forgetShell } from "../../setup/forget-shell.ts";
import { slowly } from "../../slowly.ts";
import { Progress } from "../lab/progress.ts";
import { type Running, withOpenStack } from "../with-openstack.ts";
import { installOpenTofu } from "./install-opentofu.ts";
import { LorInfraWay } from "./lor-infra-way.ts";
import { type Measured, measureWay } from "./measure-way.ts";
import { OpenTofuWay } from "./opentofu-way.ts";
import { PlainPulumiWay } from "./plain-pulumi-way.ts";
import { type FrontOrder, type RecordedResource, terraformConfiguration } from "./terraform-configuration.ts";

const creationLimit = 1.1;

const json = process.argv.includes("--json");
const terminal = openTerminal({ json });
const progress = new Progress(json ? process.stderr : process.stdout);

// Before OpenStack is started: a first build takes both cores for minutes.
const opentofu = await installOpenTofu({ env: process.env, onProgress: slowly((text) => progress.tell(text)) });
await withOpenStack({ keep: process.argv.includes("--keep"), progress, run: bench });

async function bench({ signal }: Running): Promise<number> {
  forgetShell();
  const recorded = new Map<"normal" | "rush", readonly RecordedResource[]>();
  const own = await LorInfraWay.open();
  const args = { tell: (text: string) => progress.tell(text), signal };
  const ways = [
    await measureWay(own, {
      ...args,
      onProfile: async (profile) => {
        recorded.set(profile, await own.recorded());
      },
    }),
    // Next to each other, because their first creations are compared.
    await measureWay(await openTofuWay(recorded, "in order"), args),
    await measureWay(await openTofuWay(recorded, "together"), args),
    await measureWay(await PlainPulumiWay.open(), args),
  ];
  const figures = figuresOf(ways);
  print(ways, figures, recorded.get("normal") ?? []);
  return figures.every((figure) => figure.within) ? 0 : 1;
}

function openTofuWay(
  recorded: ReadonlyMap<"normal" | "rush", readonly RecordedResource[]>,
  order: FrontOrder,
): Promise<OpenTofuWay> {
  const configuration = (profile: "normal" | "rush") => terraformConfiguration(recorded.get(profile) ?? [], order);
  return OpenTofuWay.open({
    name: `OpenTofu, fronts ${order}`,
    installed: opentofu,
    normal: configuration("normal"),
    rush: configuration("rush"),
  });
}

function figuresOf(ways: readonly Measured[]): readonly Figure[] {
  const [own, peer] = ways;
  if (own === undefined || peer === undefined) throw new Error("not every way was measured");
  const ratio = own.creationSeconds / peer.creationSeconds;
  return [
    {
      name: "first creation, lor-infra against OpenTofu with its fronts in the same order",
      seen: `${ratio.toFixed(2)} (${own.creationSeconds.toFixed(1)} s, ${peer.creationSeconds.toFixed(1)} s)`,
      limit: creationLimit.toFixed(2),
      within: ratio <= creationLimit,
    },
    {
      name: "lor-infra's switch is done, with at most one front out, nobody sent to a machine that does not run, nothing replaced",
      seen: `${own.outcome}; ${own.mostOut} out; ${own.misdirectedSeconds.toFixed(1)} s; ${own.replaced.length} replaced`,
      limit: "1 out; 0 s; 0 replaced",
      within: own.done && own.mostOut <= 1 && own.misdirectedSeconds === 0 && own.replaced.length === 0,
    },
  ];
}

function print(ways: readonly Measured[], figures: readonly Figure[], recorded: readonly RecordedResource[]): void {
  const openstack = recorded.filter(({ type }) => type.startsWith("openstack:")).length;
  const seconds = (value: number | undefined) => (value === undefined ? "never" : `${value.toFixed(1)} s`);
  const rows = ways.map((way) => [
    way.name,
    seconds(way.creationSeconds),
    way.creationLoad.toFixed(1),
    String(way.hosts),
    seconds(way.switchSeconds),
    seconds(way.servingSeconds),
    String(way.mostOut),
    String(way.fewestServing),
    seconds(way.misdirectedSeconds),
    way.replaced.length === 0 ? "nothing" : way.replaced.join(", "),
    way.outcome,
  ]);
  const head = [
    "",
    "first creation",
    "load then",
    "hosts of the fronts",
    "switch",
    "until all serve",
    "fronts out at once",
    "fewest serving",
    "sent to a stopped machine",
    "replaced",
    "outcome",
  ];
  terminal.line();
  terminal.line(renderTable(terminal, head, rows, [1, 2, 3, 4, 5, 6, 7, 8]));
  if (!json) printFigures(figures);
  terminal.document({
    version: 1,
    opentofu: opentofu.version,
    provider: opentofu.providerVersion,
    openstack,
    ways,
    figures,
  });
}
