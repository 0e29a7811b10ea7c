// A browser's service is told things by web-push: CA-FILE PUBLIC-KEY PRIVATE-KEY SUBSCRIPTION GONE OTHERS
//
// GONE has unsubscribed, OTHERS takes only what comes from another key. Prints the status of each answer, as JSON.

import { readFileSync } from 'node:fs'
import https from 'node:https'
import webPush from 'web-push'

const [ca, publicKey, privateKey, ...subscriptions] = process.argv.slice(2)
const agent = new https.Agent({ ca: readFileSync(ca) })
const vapidDetails = { subject: 'mailto:ops@example.org', publicKey, privateKey }

async function tell(subscription, words, change = {}) {
  const options = { agent, vapidDetails, TTL: 60, urgency: 'high', topic: 'tea', ...change }
  try {
    return (await webPush.sendNotification(JSON.parse(subscription), words, options)).statusCode
  } catch (error) {
    return error.statusCode ?? String(error)
  }
}

const [good, gone, others] = subscriptions
console.log(JSON.stringify({
  good: await tell(good, JSON.stringify({ body: 'the kettle is on' })),
  gone: await tell(gone, '{}'),
  others: await tell(others, '{}'),
  large: await tell(good, JSON.stringify('x'.repeat(4096))),
  nobody: await tell(good, '{}', { vapidDetails: undefined }),
}))
