/** Whether answers bear the name of a stand-in: they prove plumbing, never how well a model extracts. Pure. */
export function isStandIn(model: string): boolean {
  return model.startsWith('sandbox-')
}
