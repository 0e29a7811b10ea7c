// A browser's service by web-push-testing, with TLS: CERTIFICATE-FILE KEY-FILE PUBLIC-KEY
//
// Prints its subscription, as JSON. Then each line that comes is obeyed: `expire` ends the subscription, `told` prints what
// came, as JSON. Ends with its input.

import { readFileSync } from 'node:fs'
import https from 'node:https'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(import.meta.url)
const Service = require('web-push-testing/src/server.js')
const { PushApiModel } = require('web-push-testing/src/PushApiModel.js')

const [certificate, key, applicationServerKey] = process.argv.slice(2)
const model = new PushApiModel()
const service = new Service(model, 0)
service.setRequestHandlers()
const tls = { cert: readFileSync(certificate), key: readFileSync(key) }
const server = https.createServer(tls, service._app)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
model.notifyUrl = `https://localhost:${server.address().port}/notify/`
const subscription = await model.subscribe({ userVisibleOnly: 'true', applicationServerKey })
console.log(JSON.stringify(subscription))

const commands = {
  expire: () => ({ expired: model.expireSubscription(subscription.clientHash) ?? true }),
  told: () => model.getNotifications({ clientHash: subscription.clientHash }).messages,
}
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(commands[line]()))
process.exit(0)
