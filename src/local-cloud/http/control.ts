import { CloudError } from "../kernel/cloud-error.ts";
import { faultEffects } from "../kernel/fault-effects.ts";
import type { FaultEffect, FaultMatch, FaultOrder } from "../kernel/faults.ts";
import type { JournalFilter } from "../kernel/journal.ts";
import { defaultComputeRegion } from "../kernel/regions.ts";
import type { RestrictionOrder } from "../openstack/restrictions.ts";
import { plainErrors } from "./error-format.ts";
import { type Call, type HttpApi, jsonObject, param, type Reply } from "./route.ts";

/** Longest wait of one call, milliseconds; a client that waits longer asks again. */
const longestWaitMs = 30_000;

const effectKinds: ReadonlySet<string> = new Set(faultEffects);

/** The cloud's own controls: faults, journal, clock, regions, traffic. */
export const control: HttpApi = {
  name: "control",
  errors: plainErrors,
  access: "token",
  journaled: false,
  routes: [
    { method: "GET", path: "/control/status", handle: status },
    { method: "GET", path: "/control/credentials", handle: credentials },
    { method: "GET", path: "/control/faults", handle: ({ cloud }) => ({ body: cloud.faults.list() }) },
    {
      method: "POST",
      path: "/control/faults",
      handle: ({ cloud, body }) => ({ status: 201, body: cloud.faults.order(faultOrder(body)) }),
    },
    { method: "DELETE", path: "/control/faults", handle: ({ cloud }) => done(() => cloud.faults.clear()) },
    {
      method: "DELETE",
      path: "/control/faults/:id",
      handle: (call) => done(() => call.cloud.faults.clear(Number(param(call, "id")))),
    },
    { method: "GET", path: "/control/restrictions", handle: ({ cloud }) => ({ body: cloud.restrictions.view() }) },
    {
      method: "POST",
      path: "/control/restrictions",
      handle: ({ cloud, body }) => ({ body: cloud.restrictions.order(restrictionOrder(body)) }),
    },
    {
      method: "DELETE",
      path: "/control/restrictions",
      handle: ({ cloud }) => done(() => cloud.restrictions.clear()),
    },
    { method: "GET", path: "/control/held", handle: ({ cloud }) => ({ body: cloud.faults.held() }) },
    {
      method: "POST",
      path: "/control/release",
      handle: ({ cloud, body }) => ({
        body: { released: cloud.faults.release(typeof body.seq === "number" ? body.seq : undefined) },
      }),
    },
    {
      method: "GET",
      path: "/control/journal",
      handle: ({ cloud, query }) => ({ body: cloud.journal.entries(journalFilter(query)) }),
    },
    { method: "GET", path: "/control/journal/wait", handle: waitForEntry },
    { method: "POST", path: "/control/clock", handle: clock },
    {
      method: "POST",
      path: "/control/regions/:region/lose",
      handle: (call) => done(() => call.cloud.faults.loseRegion(param(call, "region"))),
    },
    {
      method: "POST",
      path: "/control/regions/:region/restore",
      handle: (call) => done(() => call.cloud.faults.restoreRegion(param(call, "region"))),
    },
    { method: "GET", path: "/control/health", handle: health },
    { method: "GET", path: "/control/traffic", handle: ({ traffic }) => ({ body: traffic.figures() }) },
    {
      method: "GET",
      path: "/control/traffic/unbound-addresses",
      handle: ({ traffic }) => ({ body: traffic.unboundAddresses() }),
    },
    { method: "POST", path: "/control/traffic/reset", handle: ({ traffic }) => done(() => traffic.resetFigures()) },
    {
      method: "POST",
      path: "/control/reset",
      handle: async ({ cloud, traffic }) => {
        cloud.reset();
        await traffic.refresh();
        traffic.resetFigures();
        return { body: {} };
      },
    },
  ],
};

function done(effect: () => void): Reply {
  effect();
  return { body: {} };
}

function status({ cloud, traffic, machines }: Call): Reply {
  return {
    body: {
      clock: { mode: cloud.clock.mode, now: cloud.clock.iso() },
      scale: cloud.scale,
      resources: {
        servers: cloud.nova.servers.list().length,
        loadBalancers: cloud.octavia.loadBalancers.list().length,
        databases: cloud.ovhDatabases.list().length,
        buckets: cloud.ovhStorage.list().length,
      },
      faults: cloud.faults.list().length,
      held: cloud.faults.held().length,
      lostRegions: cloud.faults.lostRegions(),
      trafficProblems: traffic.figures().problems,
      memoryBytes: process.memoryUsage.rss(),
      ...(machines === undefined ? {} : { machines: machines.report(), releases: machines.releases }),
    },
  };
}

function credentials({ cloud, base }: Call): Reply {
  const { userName, password } = cloud.keystone.operator();
  const { projectId, projectName } = cloud.keystone;
  return {
    body: {
      authUrl: `${base}/identity/v3`,
      ovhUrl: `${base}/1.0`,
      regions: cloud.keystone.regions(),
      userName,
      password,
      projectId,
      projectName,
    },
  };
}

async function waitForEntry({ cloud, query }: Call): Promise<Reply> {
  const wanted = Math.min(Number(query.timeoutMs ?? longestWaitMs) || longestWaitMs, longestWaitMs);
  try {
    return { body: await cloud.journal.wait(journalFilter(query), wanted) };
  } catch {
    throw new CloudError(404, "no-such-call", `no call matched within ${wanted} ms`);
  }
}

function clock({ cloud, body }: Call): Reply {
  if (body.mode === "real" || body.mode === "stepped") cloud.clock.setMode(body.mode);
  if (body.stepSeconds !== undefined) {
    if (typeof body.stepSeconds !== "number" || !(body.stepSeconds >= 0)) {
      throw new CloudError(400, "bad-request", "stepSeconds is a number of seconds, 0 or more");
    }
    cloud.clock.step(body.stepSeconds);
    cloud.advance();
  }
  return { body: { mode: cloud.clock.mode, now: cloud.clock.iso() } };
}

function health({ cloud, query }: Call): Reply {
  const { address, region } = query;
  if (address === undefined) throw new CloudError(400, "bad-request", "address is missing");
  const { healthy, reason, serverName, running } = cloud.frontHealth(address, { region });
  return { body: { healthy, reason, serverName, running } };
}

function journalFilter(query: Readonly<Record<string, string>>): JournalFilter {
  const { after, api, service, operation, type, name, outcome, limit } = query;
  return {
    ...(after === undefined ? {} : { after: Number(after) }),
    ...(api === "grpc" || api === "http" ? { api } : {}),
    service,
    operation,
    type,
    name,
    outcome,
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

function restrictionOrder(body: Readonly<Record<string, unknown>>): RestrictionOrder {
  const { region, withdrawn, backupsStoppedForSeconds: stopped } = body;
  const quotas = Object.entries(jsonObject(body.quotas)).map(([name, limit]) => {
    if (typeof limit === "number" && Number.isInteger(limit) && limit >= 0) return [name, limit] as const;
    throw new CloudError(400, "bad-request", `a quota is a whole number of 0 or more, not ${String(limit)}`);
  });
  if (stopped !== undefined && (typeof stopped !== "number" || !(stopped >= 0))) {
    throw new CloudError(400, "bad-request", "backupsStoppedForSeconds is a number of seconds, 0 or more");
  }
  return {
    region: typeof region === "string" ? region : defaultComputeRegion,
    quotas: Object.fromEntries(quotas),
    ...(Array.isArray(withdrawn) ? { withdrawn: withdrawn.map(String) } : {}),
    ...(stopped === undefined ? {} : { backupsStoppedForSeconds: stopped }),
  };
}

function faultOrder(body: Readonly<Record<string, unknown>>): FaultOrder {
  const effect = jsonObject(body.effect);
  if (typeof effect.kind !== "string" || !effectKinds.has(effect.kind)) {
    throw new CloudError(400, "bad-request", `effect.kind is one of ${[...effectKinds].join(", ")}`);
  }
  if (effect.kind === "slow" && typeof effect.seconds !== "number") {
    throw new CloudError(400, "bad-request", "effect.seconds is missing");
  }
  const match: Record<string, string> = {};
  for (const [key, value] of Object.entries(jsonObject(body.match))) {
    if (!["type", "operation", "name", "service", "api"].includes(key) || typeof value !== "string") {
      throw new CloudError(400, "bad-request", "match has text for type, operation, name, service, api");
    }
    match[key] = value;
  }
  const { times } = body;
  if (times !== undefined && (typeof times !== "number" || !Number.isInteger(times) || times < 1)) {
    throw new CloudError(400, "bad-request", "times is 1 or more");
  }
  return {
    match: match as FaultMatch,
    effect: effect as unknown as FaultEffect,
    ...(times === undefined ? {} : { times }),
  };
}
