// Answers questions about one resource policy with what @cloud-copilot/iam-simulate says.
// One JSON object a line on standard input: {"policy", "request": {"caller", "action", "resource",
// "context"}}; one a line on standard output, in the same order: {"verdict", "why"}.
//
// The simulator weighs identity policies, accounts and control policies as well. Its analysis holds
// the resource policy's own verdict apart from them, and only that is told here. A match by account
// (`AllowedForAccount`, `DeniedForAccount`) is the policy's word too: what the account's identity
// policies add is not the resource policy's matter.
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import { createInterface } from 'node:readline'

const VERDICTS = {
  Allowed: 'allow',
  AllowedForAccount: 'allow',
  ExplicitlyDenied: 'deny',
  DeniedForAccount: 'deny',
  ImplicitlyDenied: 'implicit',
}

function principalOf(caller) {
  if (caller === 'anonymous') return anonymousPrincipal
  if (caller.service) return caller.service
  return caller.principal.session ?? caller.principal.arn
}

async function answer({ policy, request }) {
  const { caller, action, resource, context } = request
  const outcome = await runSimulation({
    request: {
      principal: principalOf(caller),
      action,
      resource: { resource, accountId: resource.split(':')[4] },
      contextVariables: context,
    },
    identityPolicies: [],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: policy,
  }, {})
  if (outcome.resultType === 'error') {
    return { verdict: 'refused', why: JSON.stringify(outcome.errors) }
  }
  const { analysis, ignoredContextKeys } = outcome.result
  if (ignoredContextKeys.length > 0) {
    return { verdict: 'refused', why: `keys it ignores: ${ignoredContextKeys.join(' ')}` }
  }
  const verdict = VERDICTS[analysis.resourceAnalysis.result]
  return verdict ? { verdict } : { verdict: 'refused', why: analysis.resourceAnalysis.result }
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = await answer(JSON.parse(line)).catch(error => ({ verdict: 'refused', why: String(error) }))
  process.stdout.write(JSON.stringify(told) + '\n')
}
