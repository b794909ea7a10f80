import type { Cloud, ServerAction } from "../cloud.ts";

/** One resize with its confirmation, as Nova recorded them. Milliseconds; Nova writes whole seconds. */
export interface RecordedResize {
  readonly server: string;
  readonly from: number;
  readonly to: number;
}

/** Every resize of the servers since a moment, the first first. @throws Error for one that was not confirmed */
export async function resizesSince(
  cloud: Cloud,
  servers: Readonly<Record<string, { readonly id: string }>>,
  since: number,
): Promise<readonly RecordedResize[]> {
  const ofEach = await Promise.all(
    Object.entries(servers).map(async ([name, { id }]) => resizesOf(name, await cloud.serverActions(id))),
  );
  return ofEach
    .flat()
    .filter((one) => one.from >= since - 1000)
    .sort((a, b) => a.from - b.from);
}

function resizesOf(server: string, actions: readonly ServerAction[]): readonly RecordedResize[] {
  const changes = actions.filter(({ action }) => /resize/i.test(action));
  return changes.flatMap((change, index) => {
    if (change.action !== "resize") return [];
    const confirmation = changes[index + 1];
    if (confirmation?.action !== "confirmResize" || confirmation.finishedAt === undefined) {
      throw new Error(`the resize of ${server} was not confirmed: ${JSON.stringify(changes)}`);
    }
    return [{ server, from: change.startedAt.getTime(), to: confirmation.finishedAt.getTime() }];
  });
}

/** Those that began before the one before them had ended. */
export function overlapping(resizes: readonly RecordedResize[]): readonly RecordedResize[] {
  return resizes.filter((one, index) => index > 0 && one.from < (resizes[index - 1]?.to ?? 0));
}
