import type { EngineStack } from "./port.ts";

export type EngineMethod = keyof EngineStack;

export interface EngineDecoration {
  /** Called for each call, so that the engine may be opened late. */
  readonly engine: () => EngineStack | Promise<EngineStack>;
  /** Runs one call, with work before and after it. Default: nothing else. */
  readonly around?: <T>(run: () => Promise<T>, method: EngineMethod) => Promise<T>;
  /** Methods that are answered without the engine. Default: none. */
  readonly own?: Partial<EngineStack>;
}

/** Looked up on any object by `await` and by JSON.stringify. */
const noMethods = ["then", "toJSON"];

/** An engine that forwards every method of the port, including those that the port has not yet. */
export function decorateEngine({ engine, around = (run) => run(), own = {} }: EngineDecoration): EngineStack {
  const forward = (method: EngineMethod) => {
    return (...args: unknown[]) =>
      around(async (): Promise<unknown> => {
        const target = await engine();
        return await Reflect.apply(target[method], target, args);
      }, method);
  };
  return new Proxy(own as EngineStack, {
    get: (target, name) => {
      if (typeof name === "symbol" || noMethods.includes(name)) return undefined;
      return Object.hasOwn(target, name) ? Reflect.get(target, name) : forward(name as EngineMethod);
    },
  });
}
