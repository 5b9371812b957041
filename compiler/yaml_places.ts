// The document of a YAML file -> where the key and the value of each path stand in its text; also as data, which the build keeps.

import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'

export type YamlPath = readonly (string | number)[]
export type Span = readonly [offset: number, length: number]

export interface YamlPlaces {
  /** undefined where there is no such value */
  valueAt(path: YamlPath): Span | undefined
  /** Of the key that ends the path. */
  keyAt(path: YamlPath): Span | undefined
}

export const placesOf = (root: Node | null): YamlPlaces => ({
  valueAt: path => spanOf(descend(root, path)),
  keyAt: path => spanOf(keyNode(root, path)),
})

/** Of each path, its value and, where it ends with a key, the key. */
export type PlacesData = Readonly<Record<string, readonly [value: Span | null, key: Span | null]>>

const dataKey = (path: YamlPath): string => path.join('\u0000')

export function placesData(root: Node | null): PlacesData {
  const found: Record<string, readonly [Span | null, Span | null]> = {}
  const visit = (node: Node | null, path: YamlPath, key: Node | undefined): void => {
    found[dataKey(path)] = [spanOf(node) ?? null, spanOf(key) ?? null]
    if (isMap(node)) {
      for (const pair of node.items)
        if (isScalar(pair.key)) visit(pair.value as Node | null, [...path, String(pair.key.value)], pair.key)
    } else if (isSeq(node))
      node.items.forEach((item, index) => {
        visit(item as Node, [...path, index], undefined)
      })
  }
  visit(root, [], undefined)
  return found
}

export const placesOfData = (data: PlacesData): YamlPlaces => ({
  valueAt: path => data[dataKey(path)]?.[0] ?? undefined,
  keyAt: path => data[dataKey(path)]?.[1] ?? undefined,
})

const spanOf = (node: Node | null | undefined): Span | undefined =>
  node?.range ? [node.range[0], node.range[1] - node.range[0]] : undefined

function descend(root: Node | null, path: YamlPath): Node | null | undefined {
  let node: Node | null | undefined = root
  for (const part of path) {
    if (isMap(node)) node = pairOf(node, part)?.value as Node | null | undefined
    else if (isSeq(node)) node = node.get(part, true) as Node | undefined
    else return undefined
  }
  return node
}

function keyNode(root: Node | null, path: YamlPath): Node | undefined {
  const parent = descend(root, path.slice(0, -1))
  return isMap(parent) ? (pairOf(parent, path.at(-1) ?? '')?.key as Node | undefined) : undefined
}

/** By the text of their keys: a file with many faults asks for the places of many keys. */
const pairsOfMaps = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  const known = pairsOfMaps.get(map)
  const pairs =
    known ?? new Map(map.items.map(pair => [isScalar(pair.key) ? String(pair.key.value) : '', pair]))
  if (!known) pairsOfMaps.set(map, pairs)
  return pairs.get(String(key))
}
