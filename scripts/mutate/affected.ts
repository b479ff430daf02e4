import type { Node } from './solidity.ts'

/** For each source, the sources whose bytecode may change with it: itself, and all that import it, directly or not. */
export function affectedBy(asts: Readonly<Record<string, Node>>): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>()
  for (const [name, ast] of Object.entries(asts)) {
    for (const imported of importsOf(ast)) {
      // Callers of a library that is only linked hold its address, not its code.
      if (isOnlyLinked(asts[imported])) continue
      importers.set(imported, [...(importers.get(imported) ?? []), name])
    }
  }
  return new Map(Object.keys(asts).map((name) => [name, reach(name, importers)]))
}

function importsOf(ast: Node): readonly string[] {
  return partsOf(ast).flatMap((node) => (node.nodeType === 'ImportDirective' ? [String(node['absolutePath'])] : []))
}

function isOnlyLinked(ast: Node | undefined): boolean {
  const contracts = partsOf(ast).filter((node) => node.nodeType === 'ContractDefinition')
  const functions = contracts.flatMap(partsOf).filter((node) => node.nodeType === 'FunctionDefinition')
  if (functions.length === 0 || contracts.some((node) => node['contractKind'] !== 'library')) return false
  return functions.every(({ visibility }) => visibility === 'external' || visibility === 'private')
}

function partsOf(node: Node | undefined): readonly Node[] {
  return (node?.['nodes'] as readonly Node[] | undefined) ?? []
}

function reach(name: string, importers: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = new Set([name])
  for (const next of reached) for (const importer of importers.get(next) ?? []) reached.add(importer)
  return [...reached]
}
