/** Names what an effect or a derived value must run again for, where it does not read it otherwise. */
export function dependsOn(...values: unknown[]): number {
  return values.length;
}
