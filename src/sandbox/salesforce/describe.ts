import type { HttpRequest } from '../http.ts'
import type { Answer } from '../request-log.ts'
import { type Field, isLong } from './fields.ts'
import { isRecordObject, type ObjectType } from './objects/index.ts'
import type { Org } from './org.ts'
import { objectOf } from './records.ts'
import { notFound } from './refusals.ts'

const SOAP_TYPES: Record<string, string> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  address: 'urn:address',
}

/** The objects of the org, without their fields. */
export function listObjects(org: Org, { params }: HttpRequest): Answer {
  const sobjects = [...org.objects.values()].map((object) => headOf(params.version ?? '', object))
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects }, rows: sobjects.length }
}

/** An object with its fields and with who refers to it. */
export function describeObject(org: Org, { params }: HttpRequest): Answer {
  const object = objectOf(org, params.type ?? '')
  if (!object) throw notFound()
  const fields = [...object.fields.values()].map(describeField)
  return {
    status: 200,
    body: {
      ...headOf(params.version ?? '', object),
      childRelationships: childrenOf(org, object),
      fields,
      recordTypeInfos: [],
    },
    rows: fields.length,
  }
}

function headOf(version: string, { name, keyPrefix, writable }: ObjectType) {
  const url = `/services/data/${version}/sobjects/${name}`
  return {
    name,
    label: name,
    labelPlural: `${name}s`,
    keyPrefix,
    custom: false,
    createable: writable,
    updateable: writable,
    deletable: writable,
    undeletable: writable,
    mergeable: writable && name !== 'Task',
    queryable: true,
    retrieveable: isRecordObject(name),
    searchable: writable,
    triggerable: writable,
    layoutable: writable,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  }
}

/** Who refers to the object; its field history is among them as `Histories`. */
function childrenOf(org: Org, { name }: ObjectType) {
  return [...org.objects.values()].flatMap((child) =>
    [...child.fields.values()]
      .filter(({ referenceTo }) => referenceTo.includes(name))
      .map((field) => ({
        childSObject: child.name,
        field: field.name,
        relationshipName: child.name === `${name}History` ? 'Histories' : `${child.name}s`,
        cascadeDelete: child.name === `${name}History`,
        deprecatedAndHidden: false,
        restrictedDelete: false,
        junctionIdListNames: [],
        junctionReferenceTo: [],
      })),
  )
}

function describeField({ trackHistory: _hidden, ...field }: Field) {
  const plain = !isLong(field) && field.type !== 'address'
  const countable = ['double', 'currency', 'percent', 'datetime'].includes(field.type)
  return {
    ...field,
    byteLength: ['id', 'reference'].includes(field.type) ? 18 : field.length * 3,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    extraTypeInfo: field.type === 'textarea' ? 'plaintextarea' : null,
    sortable: plain && field.type !== 'multipicklist',
    groupable: plain && !countable,
    aggregatable: plain && field.type !== 'boolean',
    defaultValue: field.type === 'boolean' ? false : null,
    nameField: field.name === 'Name',
    permissionable: field.nillable && field.createable,
    calculatedFormula: null,
    caseSensitive: false,
    cascadeDelete: false,
    controllerName: null,
    defaultValueFormula: null,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    displayLocationInDecimal: false,
    encrypted: false,
    filteredLookupInfo: null,
    highScaleNumber: false,
    htmlFormatted: false,
    inlineHelpText: null,
    mask: null,
    maskType: null,
    namePointing: field.referenceTo.length > 1,
    polymorphicForeignKey: field.referenceTo.length > 1,
    queryByDistance: false,
    referenceTargetField: null,
    relationshipOrder: null,
    restrictedDelete: false,
    searchPrefilterable: false,
    writeRequiresMasterRead: false,
  }
}
