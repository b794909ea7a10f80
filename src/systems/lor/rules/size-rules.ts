import {
  type FlavorFamily,
  findCloudFlavor,
  findDatabaseFlavor,
  findDatabasePlan,
  findInstance,
  findRegion,
  ovhcloudOffer,
} from "../../../clouds/ovh/offers.ts";
import { priceBooks } from "../../../clouds/ovh/price-books.ts";
import { problem } from "../../../config/problem.ts";
import { didYouMean } from "../../../core/nearest-name.ts";
import type { Issue } from "../../../core/result.ts";
import { priceKey } from "../../../domain/price-book.ts";
import type { DatabaseSettings } from "../settings.ts";
import { pairRule, type Rule, sharedRule } from "./rule.ts";

export const sizeRules: readonly Rule[] = Object.freeze([
  pairRule("front-sizes-sold", ["prestashop", "region"], ({ normal, rush }) =>
    distinct([normal.prestashop.frontsFlavor, rush.prestashop.frontsFlavor]).flatMap((size) =>
      judgeSize("prestashop.frontsFlavor", size, normal.prestashop.flavorFamily, normal.region.compute),
    ),
  ),
  sharedRule("odoo-size-sold", ["odoo", "region"], ({ odoo, region }) =>
    judgeSize("odoo.flavor", odoo.flavor, odoo.flavorFamily, region.compute),
  ),
  sharedRule("bastion-size-sold", ["access", "region"], ({ access, region }) =>
    access === undefined ? [] : judgeSize("access.bastion.flavor", access.bastion.flavor, "classic", region.compute),
  ),
  sharedRule("databases-sold", ["mysql", "postgresql"], ({ mysql, postgresql }) => [
    ...judgeDatabase("mysql", mysql),
    ...judgeDatabase("postgresql", postgresql),
  ]),
  sharedRule("databases-beside-servers", ["region"], ({ region }) => {
    const area = findRegion(region.compute)?.area;
    if (area === undefined || area === region.database) return [];
    return [
      problem("region.database", "region-mismatch", {
        what: `a database is only reachable in its own region, and the servers are in ${region.compute}`,
        seen: region.database,
        accepted: area,
      }),
    ];
  }),
]);

function judgeSize(path: string, size: string, family: FlavorFamily, region: string): readonly Issue[] {
  const offer = findRegion(region);
  if (offer === undefined) return [];
  if (findInstance(size) === undefined) {
    return [
      problem(path, "flavor-unknown", {
        what: `the size does not exist${didYouMean(size, offer.classic)}`,
        seen: size,
        accepted: sizesOf(offer.classic),
      }),
    ];
  }
  if (!priceBooks.some((book) => Object.hasOwn(book.prices, priceKey({ kind: "instance", size })))) {
    return [
      problem(path, "flavor-without-price", {
        what: "no price book lists the size",
        seen: size,
        accepted: sizesOf(offer.classic),
      }),
    ];
  }
  if (!offer.classic.includes(size)) {
    return [
      problem(path, "flavor-not-in-region", {
        what: `the region ${region} does not have the size`,
        seen: size,
        accepted: sizesOf(offer.classic),
      }),
    ];
  }
  if (family === "flex" && (findCloudFlavor(size, "flex") === undefined || !offer.flex.includes(size))) {
    return [
      problem(path, "flex-not-in-region", {
        what: `the region ${region} does not have the size as a flex flavor, whose resize is reversible`,
        seen: size,
        accepted: `${sizesOf(offer.flex)} in ${region}, a size in another region, or flavorFamily: classic where the size never changes`,
      }),
    ];
  }
  return [];
}

function judgeDatabase(path: "mysql" | "postgresql", { plan, flavor, disk }: DatabaseSettings): readonly Issue[] {
  const planOffer = findDatabasePlan(plan);
  const flavorOffer = findDatabaseFlavor(flavor);
  if (planOffer === undefined || flavorOffer === undefined) return [];
  if (planOffer.flavors !== flavorOffer.family) {
    const fitting = ovhcloudOffer.databaseFlavors.filter((offer) => offer.family === planOffer.flavors);
    return [
      problem(`${path}.flavor`, "database-flavor-not-in-plan", {
        what: `the plan ${plan} does not have the flavor`,
        seen: flavor,
        accepted: fitting.map((offer) => offer.flavor).join(", "),
      }),
    ];
  }
  const [least, most] = flavorOffer.diskGigabytes;
  const gigabytes = disk.in("GB");
  if (gigabytes >= (least ?? 0) && gigabytes <= (most ?? Number.POSITIVE_INFINITY)) return [];
  return [
    problem(`${path}.disk`, "database-disk", {
      what: `the flavor ${flavor} does not have a disk of this size`,
      seen: disk,
      accepted: most === null ? `${least} GB or more` : `${least} to ${most} GB`,
    }),
  ];
}

function sizesOf(sizes: readonly string[]): string {
  return sizes.length === 0 ? "none" : sizes.join(", ");
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
