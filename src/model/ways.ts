import type { Model } from './client.ts'
import type { ModelProfile } from './profile.ts'

/**
 * The way to the provider where this model is asked: the one that its name ends with (`…@router`), else the first. What is configured
 * of a model, noted of its calls and known of its price goes by the whole name; only the request itself is sent without the end. Pure.
 */
export function wayTo(model: Model, name: string): Model {
  return model.others.find(({ profile }) => isAt(profile, name)) ?? model
}

/** The ways to all providers, the first one first. Pure. */
export function waysOf(model: Model): Model[] {
  return [model, ...model.others]
}

/** What the provider itself calls a model. Pure. */
export function nameThere(profile: Pick<ModelProfile, 'provider'>, name: string): string {
  return isAt(profile, name) ? name.slice(0, -endOf(profile).length) : name
}

function isAt(profile: Pick<ModelProfile, 'provider'>, name: string): boolean {
  return profile.provider !== null && name.endsWith(endOf(profile))
}

function endOf({ provider }: Pick<ModelProfile, 'provider'>): string {
  return `@${provider}`
}
