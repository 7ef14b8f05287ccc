import { isDeepStrictEqual } from 'node:util'
import type { CustomField, Edit, Mapping } from '../../mapping/index.ts'
import { type ConfigUpdate, type RetellField, type RetellMapping, toCustomField, toRetellMapping } from './shape.ts'

type Place = { file: Mapping; index: number }

/**
 * How the files of our own contacts come to say what an update asks, by file: what it does not name stays as it is, and so do rules that
 * the source product's words cannot tell. New lines go to the first file. `own` are at least one; a checked update. Pure.
 */
export function planEdits(
  update: ConfigUpdate,
  own: readonly Mapping[],
  fields: readonly RetellField[],
): Map<Mapping, Edit[]> {
  const edits = new Map<Mapping, Edit[]>()
  const edit = (file: Mapping, path: (string | number)[], value: unknown) => {
    edits.set(file, [...(edits.get(file) ?? []), { change: 'set', values: [{ path, value }] }])
  }
  // Within a file nothing moves before its last edits, which take away from behind and add at the end.
  const removals: (Place & { list: string })[] = []
  const additions: { list: 'custom_fields' | 'fields'; value: object }[] = []
  if (update.custom_fields) planFields(update.custom_fields, own, fields, { edit, removals, additions })
  if (update.crm_analysis_data_mappings)
    planMappings(update.crm_analysis_data_mappings, own, { edit, removals, additions })
  for (const { file, list, index } of removals.toSorted((a, b) => b.index - a.index))
    edit(file, [list, index], undefined)
  const [first] = own
  if (first) addTo(first, { edit, removals, additions })
  return edits
}

function addTo(file: Mapping, { edit, removals, additions }: Into): void {
  const lists = { custom_fields: file.customFields?.length, fields: file.rules.length }
  for (const [list, count] of Object.entries(lists)) {
    const values = additions.filter((each) => each.list === list).map((each) => each.value)
    const gone = removals.filter((each) => each.file === file && each.list === list).length
    if (count !== undefined)
      for (const [place, value] of values.entries()) edit(file, [list, count - gone + place], value)
    else if (values.length > 0) edit(file, [list], values)
  }
}

type Into = {
  edit: (file: Mapping, path: (string | number)[], value: unknown) => void
  removals: (Place & { list: string })[]
  additions: { list: 'custom_fields' | 'fields'; value: object }[]
}

function planFields(
  wanted: readonly RetellField[],
  own: readonly Mapping[],
  fields: readonly RetellField[],
  into: Into,
) {
  const declared = own.flatMap((file) => (file.customFields ?? []).map((field, index) => ({ file, index, field })))
  for (const place of declared)
    if (!wanted.some(({ name }) => name === place.field.name)) into.removals.push({ ...place, list: 'custom_fields' })
  for (const field of wanted) {
    const now = declared.find((each) => each.field.name === field.name)
    const value = toCustomField(field)
    if (now && isDeepStrictEqual(now.field, value)) continue
    if (now) into.edit(now.file, ['custom_fields', now.index], value)
    // A rule has made the field what it is to be.
    else if (!isAsMade(value, fields)) {
      for (const { file, index } of rulesTyping(own, field.name))
        for (const key of ['type', 'options']) into.edit(file, ['fields', index, key], undefined)
      into.additions.push({ list: 'custom_fields', value })
    }
  }
}

function isAsMade(value: CustomField, fields: readonly RetellField[]): boolean {
  const made = fields.find(({ name }) => name === value.name)
  return made !== undefined && isDeepStrictEqual(toCustomField(made), value)
}

function rulesTyping(own: readonly Mapping[], name: string): Place[] {
  return own.flatMap((file) =>
    file.rules.flatMap(({ field, type, options }, index) =>
      field === name && (type !== undefined || options !== undefined) ? [{ file, index }] : [],
    ),
  )
}

function planMappings(wanted: readonly RetellMapping[], own: readonly Mapping[], into: Into) {
  const told = own.flatMap((file) =>
    file.rules.flatMap((rule, index) => {
      const mapping = toRetellMapping(rule)
      return mapping ? [{ file, index, mapping }] : []
    }),
  )
  for (const place of told)
    if (!wanted.some((each) => each.field_name === place.mapping.field_name))
      into.removals.push({ ...place, list: 'fields' })
  for (const { field_name: to, analysis_data_name: from, update_mode: mode } of wanted) {
    const [now, ...others] = told.filter((each) => each.mapping.field_name === to)
    for (const other of others) into.removals.push({ ...other, list: 'fields' })
    if (now === undefined)
      into.additions.push({ list: 'fields', value: { from, to, ...(mode !== 'overwrite' && { mode }) } })
    if (now && now.mapping.analysis_data_name !== from) into.edit(now.file, ['fields', now.index, 'from'], from)
    if (now && now.mapping.update_mode !== mode) into.edit(now.file, ['fields', now.index, 'mode'], mode)
  }
}
