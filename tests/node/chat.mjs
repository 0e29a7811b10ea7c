// ann and bo chat by MQTT.js: URL VERSION ROOM ANN'S-PASSWORD BO'S-TOKEN [CA-FILE]
//
// bo is away while ann says most of it, and hears it all, in order, when he is back. A large message comes whole.

import { readFileSync } from 'node:fs'
import mqtt from 'mqtt'

const [url, version, room, ann, bo, authority] = process.argv.slice(2)
const ca = authority && readFileSync(authority)
const is5 = version === '5'
const PATIENCE = 30_000

const late = setTimeout(() => fail(new Error('waited in vain')), PATIENCE)

function fail(error) {
  console.error(error)
  process.exit(1)
}

function check(what, words) {
  if (!what) fail(new Error(words))
}

// A client, connected, whose messages wait in order.
async function person(username, password, { lasting = false } = {}) {
  const heard = []
  let wake = () => {}
  const client = mqtt.connect(url, {
    ca,
    protocolVersion: Number(version),
    clientId: `browser-${room}`,
    clean: !lasting,
    properties: is5 && lasting ? { sessionExpiryInterval: 3600 } : undefined,
    reconnectPeriod: 0,
    username,
    password,
  })
  client.on('error', fail)
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic, payload: payload.toString(), packet })
    wake()
  })
  const connack = await new Promise((resolve) => client.once('connect', resolve))
  return {
    sessionPresent: connack.sessionPresent,
    subscribe: (topic) => client.subscribeAsync(topic, { qos: 1 }),
    say: (topic, body, qos = 1) => client.publishAsync(topic, body, { qos }),
    hear: async () => {
      while (heard.length === 0) await new Promise((resolve) => { wake = resolve })
      return heard.shift()
    },
    leave: () => client.endAsync(),
  }
}

const said = ({ payload }) => JSON.parse(payload)

let listener = await person('bo', bo, { lasting: true })
check(!listener.sessionPresent, 'bo was never here')
const [granted] = await listener.subscribe('rooms/+/said')
check(granted.qos === 1, `granted ${JSON.stringify(granted)}`)
const speaker = await person('ann', ann)
await speaker.say(`rooms/${room}/say`, 'hello')
const first = await listener.hear()
check(said(first).body === 'hello' && said(first).from === 'ann', first.payload)
if (is5) check(first.packet.properties.userProperties.seq === String(said(first).seq), 'properties say the same')
await listener.leave()

for (let number = 0; number < 100; number += 1) await speaker.say(`rooms/${room}/say`, `missed ${number}`, 1 + (number % 2))
await speaker.say(`rooms/${room}/say`, 'x'.repeat(60_000))
listener = await person('bo', bo, { lasting: true })
check(listener.sessionPresent, 'bo has a session')
for (let number = 0; number < 100; number += 1) {
  const { body } = said(await listener.hear())
  check(body === `missed ${number}`, `heard ${body} instead of ${number}`)
}
check(said(await listener.hear()).body.length === 60_000, 'a large message comes whole')

await speaker.subscribe('me/replies')
if (is5) {
  const refused = await speaker.say('rooms/cellar/say', 'anybody?').then(() => null, (error) => error)
  check(refused?.code === 0x87, `refused with ${refused}`)
} else {
  await speaker.say('rooms/cellar/say', 'anybody?')
  check(said(await speaker.hear()).refused === 'not_a_member', 'the refusal comes on me/replies')
}
await speaker.leave()
await listener.leave()
clearTimeout(late)
console.log('all is well')
process.exit(0)
