// ann and bo see by MQTT.js who is there and what the other signals: URL VERSION ROOM ANN'S-PASSWORD BO'S-TOKEN

import mqtt from 'mqtt'

const [url, version, room, ann, bo] = process.argv.slice(2)
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
async function person(username, password, properties) {
  const heard = []
  let wake = () => {}
  const client = mqtt.connect(url, {
    protocolVersion: Number(version),
    clientId: `presence-${room}`,
    properties,
    reconnectPeriod: 0,
    username,
    password,
  })
  client.on('error', fail)
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic, payload: payload.toString(), retain: packet.retain })
    wake()
  })
  await new Promise((resolve) => client.once('connect', resolve))
  return {
    subscribe: (topic) => client.subscribeAsync(topic, { qos: 1 }),
    say: (topic, body) => client.publishAsync(topic, body, { qos: 1 }),
    hear: async (topic) => {
      for (;;) {
        while (heard.length === 0) await new Promise((resolve) => { wake = resolve })
        const message = heard.shift()
        if (message.topic === topic) return message
      }
    },
    leave: () => client.endAsync(),
  }
}

const watcher = await person('ann', ann)
const speaker = await person('bo', bo)
await watcher.subscribe('users/bo/presence')
const first = await watcher.hear('users/bo/presence')
check(JSON.parse(first.payload).state === 'online' && first.retain, first.payload)
await speaker.say('me/presence', 'busy')
const then = await watcher.hear('users/bo/presence')
check(JSON.parse(then.payload).state === 'busy' && !then.retain, then.payload)
await watcher.subscribe('rooms/#')
await speaker.say(`rooms/${room}/signal`, JSON.stringify({ data: { step: 'ringing' } }))
const signal = JSON.parse((await watcher.hear(`rooms/${room}/signal`)).payload)
check(signal.from === 'bo' && signal.data.step === 'ringing', JSON.stringify(signal))
await speaker.leave()
const gone = JSON.parse((await watcher.hear('users/bo/presence')).payload)
check(gone.state === 'offline' && gone.last_seen, JSON.stringify(gone))
await watcher.leave()
clearTimeout(late)
console.log('all is well')
