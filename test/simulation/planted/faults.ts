/** A fault to plant in a copy of the source: the simulator must find it. */
export interface PlantedFault {
  readonly name: string;
  /** File below the project's folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Faults of the kind that this project once had, or that its rules are there to prevent. */
export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "creations are recorded after their run instead of before it",
    file: "src/stack/update-stack.ts",
    from: "  await intents.record(creations, context.clock.now());\n",
    to: "",
  },
  {
    name: "the list of creations is cleared although the run has failed",
    file: "src/stack/update-stack.ts",
    from: "  const result = await context.engine.up(update.program, runOptions(context));\n  await intents.clear();",
    to: "  await intents.clear();\n  const result = await context.engine.up(update.program, runOptions(context));",
  },
  {
    name: "lost creations are never looked for",
    file: "src/stack/recover-stack.ts",
    from: "if (await adoptLostCreations(context, recorded, goal)) {",
    to: "if (goal === null && (await adoptLostCreations(context, recorded, goal))) {",
  },
  {
    name: "pending operations are thrown away",
    file: "src/stack/recover-stack.ts",
    from: "  await state.intents.record(\n    creations.map",
    to: "  if (now.getTime() < 0) await state.intents.record(\n    creations.map",
  },
  {
    name: "the state is not refreshed after a disturbed run",
    file: "src/stack/recover-stack.ts",
    from: "    if (recorded.resources.length > 0) {\n      await refreshState",
    to: "    if (recorded.resources.length < 0) {\n      await refreshState",
  },
  {
    name: "an interrupted resize is not settled",
    file: "src/stack/recover-stack.ts",
    from: "    await settleInterruptedResizes(context, goal);\n",
    to: "",
  },
  {
    name: "engines of killed commands are not waited for",
    file: "src/stack/recover-stack.ts",
    from: "for (const run of lock?.unsettled ?? []) {",
    to: "for (const run of (lock?.unsettled ?? []).slice(0, 0)) {",
  },
  {
    name: "the number of the lock is not looked at again",
    file: "src/state/stack-lock.ts",
    from: "    if ((await highest(this.#files)) !== this.#number) {\n      this.#lose();\n    }\n",
    to: "",
  },
  {
    name: "the lease alone is believed",
    file: "src/state/stack-lock.ts",
    from: '    return machine.processes === here.processes ? livenessOf(process) : "unknown";',
    to: '    return leaseEnd(renewed) <= now ? "dead" : "unknown";',
  },
  {
    name: "a holder whose process has ended counts as alive",
    file: "src/state/stack-lock.ts",
    from: '    return machine.processes === here.processes ? livenessOf(process) : "unknown";',
    to: '    return "alive";',
  },
  {
    name: "the lock is not given back",
    file: "src/state/stack-lock.ts",
    from: "      this.#released = true;\n      await this.#write(true);",
    to: "      this.#released = true;",
  },
  {
    name: "a front is changed while it serves",
    file: "src/actions/rush/carry-out-step.ts",
    from: "        before: () => takeOut(context, request),\n        beside:",
    to: "        beside:",
  },
  {
    name: "it is not asked whether enough others serve",
    file: "src/actions/rush/carry-out-step.ts",
    from: "if (!mayLeave(now, names, minimum)) {",
    to: "if (minimum < 0) {",
  },
  {
    name: "a new front is not awaited",
    file: "src/actions/rush/carry-out-step.ts",
    from: "{ after: () => readmitMembers(context, membersOf(step), again) });",
    to: "{ after: async () => undefined });",
  },
  {
    name: "nobody looks whether the fronts are well before the next step",
    file: "src/rolling/decide.ts",
    from: "    gateEveryMember(view) ??\n",
    to: "",
  },
  {
    name: "the minimum of serving fronts is none",
    file: "src/rolling/decide.ts",
    from: "free: Math.max(0, servingWithout(live) - minimum) };",
    to: "free: fronts.length };",
  },
  {
    name: "extra fronts leave before the others are resized",
    file: "src/rolling/decide.ts",
    from: "    addMissingMembers(view) ??\n    resizeNextWave(view) ??\n    removeExtras(view) ??\n",
    to: "    removeExtras(view) ??\n    resizeNextWave(view) ??\n    addMissingMembers(view) ??\n",
  },
  {
    name: "a state that cannot be read counts as none",
    file: "src/state/state-file.ts",
    from: "  const parsed = parseState(text);\n  return parsed.ok\n",
    to: '  const parsed = parseState(text);\n  if (!parsed.ok) return { kind: "none" };\n  return parsed.ok\n',
  },
  {
    name: "a drained front is left out of the pool",
    file: "src/rolling/decide.ts",
    from: "    readmitMembers(view) ??\n",
    to: "",
  },
  {
    name: "the advice leads in a circle",
    file: "src/actions/up/up.ts",
    from: '(await interruptedProfile(context)) ?? "normal"}`,\n    });',
    to: '"up"}`,\n    });',
  },
];
