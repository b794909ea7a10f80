import type { Property, Shape } from "./shape.ts";

/** One property of the real provider, as test/openstack/provider prints it. Absent flags are false. */
interface TerraformProperty {
  /** Its name towards Pulumi. */
  readonly pulumi: string;
  readonly type: string;
  readonly required?: boolean;
  /** Required by the API; the provider generates a value when it is omitted. */
  readonly autoNamed?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  /** The default is the value of a variable of the provider's environment. */
  readonly fromEnvironment?: boolean;
  readonly sensitive?: boolean;
  readonly forceNew?: boolean;
  readonly default?: string | number | boolean;
  readonly maxItems?: number;
  readonly block?: TerraformBlock;
}
export type TerraformBlock = Readonly<Record<string, TerraformProperty>>;

/**
 * Adds what the real provider says (replaces, computed, defaults, secrets, order) to what the SDK declares. Names are the bridge's own: every
 * property of the SDK must find its Terraform property.
 */
export function mergeTerraform(
  properties: Readonly<Record<string, Property>>,
  block: TerraformBlock,
  where: string,
): Record<string, Property> {
  const byName = new Map(Object.values(block).map((property) => [property.pulumi, property]));
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const terraform = byName.get(name);
      if (terraform === undefined) throw new Error(`${where}.${name}: no such property in the provider's schema`);
      return [name, mergeProperty(property, terraform, `${where}.${name}`)];
    }),
  );
}

function mergeProperty(property: Property, terraform: TerraformProperty, where: string): Property {
  return {
    type: mergeShape(property.type, terraform, where),
    ...(property.required ? { required: true } : {}),
    ...(terraform.forceNew ? { replaces: true } : {}),
    ...(property.secret || terraform.sensitive ? { secret: true } : {}),
    ...(terraform.computed ? { computed: true } : {}),
    ...(terraform.fromEnvironment ? { fromEnvironment: true } : {}),
    ...(terraform.default === undefined ? {} : { default: terraform.default }),
    ...(terraform.type === "TypeSet" && terraform.maxItems !== 1 ? { set: true } : {}),
  };
}

function mergeShape(shape: Shape, terraform: TerraformProperty, where: string): Shape {
  if (typeof shape === "string" || terraform.block === undefined) return shape;
  if ("list" in shape) return { list: mergeShape(shape.list, terraform, where) };
  if ("map" in shape) return shape;
  const { block } = terraform;
  const shown = new Set(
    Object.values(block)
      .filter((one) => one.computed && !one.optional)
      .map((one) => one.pulumi),
  );
  const inner = Object.entries(mergeTerraform(shape.object, block, where)).map(([name, property]) => {
    return [name, shown.has(name) ? { ...property, shown: true as const } : property] as const;
  });
  return { object: Object.fromEntries(inner) };
}
