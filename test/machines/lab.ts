import { inject } from "vitest";

export { type Lab, openLab, waitFor } from "./open-lab.ts";

/** Why no machine boots here; undefined: they do. For `describe.skipIf`. */
export const obstacle: string | undefined = inject("machinesObstacle");
