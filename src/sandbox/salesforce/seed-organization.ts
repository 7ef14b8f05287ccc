import type { Field } from './fields.ts'
import type { Org } from './org.ts'
import { addRecord, fieldOf, objectOf, type Value } from './records.ts'
import { usersOf } from './users.ts'

/** The org's own record and its users, which are there from the start. */
export function seedOrganization(org: Org): void {
  const { orgId, userId, timeZone } = org
  seed(org, 'Organization', orgId, {
    Name: 'Harbor Heating',
    OrganizationType: 'Enterprise Edition',
    TimeZoneSidKey: timeZone,
    DefaultLocaleSidKey: 'en_US',
    InstanceName: 'USA123',
    IsSandbox: false,
  })
  for (const [name, user] of Object.entries(usersOf(userId))) {
    const username = name === 'us' ? (org.jwt?.username ?? 'afterword@example.com') : `${name}@example.com`
    seed(org, 'User', user.id, {
      Username: username,
      Name: user.name,
      Email: username,
      IsActive: true,
      UserType: user.userType,
      TimeZoneSidKey: timeZone,
    })
  }
}

function seed(org: Org, name: string, id: string, values: Record<string, Value>): void {
  const object = objectOf(org, name)
  if (!object) throw new Error(`the org has no ${name}`)
  const record = addRecord(org, object, { id, by: org.userId, at: 0 })
  for (const [key, value] of Object.entries(values)) {
    const field: Field | undefined = fieldOf(object, key)
    if (field) record.values.set(field.name, [{ value, at: 0, by: org.userId }])
  }
}
