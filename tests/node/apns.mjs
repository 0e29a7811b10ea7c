// Apple's server is asked by @parse/node-apn: PORT CA-FILE KEY-FILE KEY-ID TEAM TOPIC GOOD GONE OTHERS
//
// GOOD is a device, GONE one that has not the app any more, OTHERS one with another app. Prints what node-apn makes of
// each answer, as JSON.

import { readFileSync } from 'node:fs'
import apn from '@parse/node-apn'

const [port, ca, key, keyId, teamId, topic, good, gone, others] = process.argv.slice(2)

function provider(team) {
  return new apn.Provider({
    token: { key: readFileSync(key), keyId, teamId: team },
    ca: readFileSync(ca),
    address: 'localhost',
    port: Number(port),
    production: true,
    requestRetryLimit: 0,
  })
}

function note(change = {}) {
  const made = new apn.Notification({ alert: { title: 'ann', body: 'the kettle is on' } })
  return Object.assign(made, { topic, pushType: 'alert', priority: 10, collapseId: 'tea', badge: 3, ...change })
}

const silent = new apn.Notification({ aps: { 'content-available': 1 } })
Object.assign(silent, { topic, pushType: 'background', priority: 5 })

const known = provider(teamId)
const stranger = provider('ANOTHERONE')

const said = {}
async function tell(what, by, message, device) {
  const { sent, failed } = await by.send(message, device)
  const [failure] = failed
  said[what] = sent.length ? 'sent' : [failure?.status, failure?.response?.reason, failure?.response?.timestamp]
}

await tell('alert', known, note(), good)
await tell('silent', known, silent, good)
await tell('gone', known, note(), gone)
await tell('others', known, note(), others)
await tell('no token', known, note(), 'ab'.repeat(32))
await tell('no topic', known, note({ topic: 'org.example.unknown' }), good)
await tell('collapse', known, note({ collapseId: 'x'.repeat(65) }), good)
await tell('kind', known, note({ pushType: 'loud' }), good)
await tell('priority', known, Object.assign(new apn.Notification({ aps: { 'content-available': 1 } }),
  { topic, pushType: 'background', priority: 10 }), good)
await tell('large', known, note({ payload: { more: 'x'.repeat(4096) } }), good)
await tell('stranger', stranger, note(), good)

await known.shutdown()
await stranger.shutdown()
console.log(JSON.stringify(said))
