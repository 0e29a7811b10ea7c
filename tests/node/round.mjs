// Everything plain MQTT has, by MQTT.js: URL VERSION before|after
//
// `before` leaves a session with messages and a retained message behind; `after` a crash of the server finds them.

import mqtt from 'mqtt'

const [url, version, when] = process.argv.slice(2)
const is5 = version === '5'
const tree = `round/js-${new URL(url).protocol.slice(0, -1)}-${version}`
const QUEUED = 200
const PATIENCE = 30_000

const late = setTimeout(() => fail(new Error('waited in vain')), PATIENCE)

function fail(error) {
  console.error(error)
  process.exit(1)
}

function same(found, expected) {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value))
  if (one !== other) fail(new Error(`${one} is not ${other}`))
}

// A client without a name, connected, whose messages wait in order.
async function client(name, { lasting = false, will } = {}) {
  const heard = []
  let wake = () => {}
  const client = mqtt.connect(url, {
    protocolVersion: Number(version),
    clientId: `${name}-${tree}`,
    clean: !lasting,
    properties: is5 ? { sessionExpiryInterval: lasting ? 3600 : 0, topicAliasMaximum: 8 } : undefined,
    reconnectPeriod: 0,
    will,
  })
  client.on('error', fail)
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic: topic.slice(tree.length + 1), payload: payload.toString(), packet })
    wake()
  })
  const connack = await new Promise((resolve) => client.once('connect', resolve))
  const hear = async () => {
    while (heard.length === 0) await new Promise((resolve) => { wake = resolve })
    return heard.shift()
  }
  return {
    sessionPresent: connack.sessionPresent,
    subscribe: (topic, options = { qos: 1 }) => client.subscribeAsync(topic, options),
    unsubscribe: (topic) => client.unsubscribeAsync(topic),
    say: (topic, body, options = { qos: 1 }) => client.publishAsync(`${tree}/${topic}`, body, options),
    hear,
    hears: async (...expected) => {
      const told = []
      for (let number = 0; number < expected.length; number += 1) told.push(await hear())
      same(told.map(({ topic, payload }) => [topic, payload]), expected)
      return told
    },
    leave: () => client.endAsync(),
    cut: () => client.stream.destroy(),
  }
}

async function everyQos(ann, bo) {
  await bo.subscribe(`${tree}/qos/+`, { qos: 2 })
  for (const qos of [0, 1, 2]) await ann.say(`qos/${qos}`, 'hello', { qos })
  const heard = [await bo.hear(), await bo.hear(), await bo.hear()]
  same(heard.map(({ topic, packet }) => [topic, packet.qos]).sort(), [['qos/0', 0], ['qos/1', 1], ['qos/2', 2]])
  await bo.unsubscribe(`${tree}/qos/+`)
}

async function retained(ann, bo) {
  const kept = { qos: 1, retain: true }
  await ann.say('kept/a', 'one', kept)
  await ann.say('kept/a', 'two', kept)
  await ann.say('kept/b', 'other', kept)
  await ann.say('kept/b', '', kept)
  await bo.subscribe(`${tree}/kept/#`)
  const [first] = await bo.hears(['kept/a', 'two'])
  await ann.say('kept/a', 'three', kept)
  const [second] = await bo.hears(['kept/a', 'three'])
  same([first.packet.retain, second.packet.retain], [true, false])
  await bo.unsubscribe(`${tree}/kept/#`)
}

async function will(bo) {
  await bo.subscribe(`${tree}/will`)
  const cy = await client('cy', { will: { topic: `${tree}/will`, payload: 'cy is gone', qos: 1, retain: false } })
  cy.cut()
  await bo.hears(['will', 'cy is gone'])
}

async function shared(ann, bo) {
  const cy = await client('cy')
  for (const member of [bo, cy]) await member.subscribe(`$share/workers/${tree}/jobs`)
  for (let number = 0; number < 10; number += 1) await ann.say('jobs', String(number))
  const jobs = []
  for (const member of [bo, cy]) for (let turn = 0; turn < 5; turn += 1) jobs.push((await member.hear()).payload)
  same(jobs.sort(), [...'0123456789'])
  await cy.leave()
}

async function options(ann, bo) {
  if (!is5) return
  await bo.subscribe(`${tree}/own`, { qos: 1, nl: true, rap: true, properties: { subscriptionIdentifier: 7 } })
  await bo.say('own', 'mine')
  const properties = {
    contentType: 'text/plain',
    responseTopic: `${tree}/answers`,
    correlationData: Buffer.from([7]),
    messageExpiryInterval: 60,
    payloadFormatIndicator: true,
    userProperties: { b: ['2', '3'], a: '1' },
  }
  for (const body of ['yours', 'yours again']) await ann.say('own', body, { qos: 1, properties })
  const heard = await bo.hears(['own', 'yours'], ['own', 'yours again'])
  for (const { packet } of heard) {
    const { contentType, responseTopic, correlationData, subscriptionIdentifier } = packet.properties
    same([contentType, responseTopic, correlationData[0], subscriptionIdentifier], ['text/plain', `${tree}/answers`, 7, 7])
    same(packet.properties.userProperties.b, ['2', '3'])
  }
}

async function before() {
  const [ann, bo] = [await client('ann'), await client('bo')]
  await everyQos(ann, bo)
  await retained(ann, bo)
  await will(bo)
  await shared(ann, bo)
  await options(ann, bo)
  await bo.leave()
  const away = await client('away', { lasting: true })
  same(away.sessionPresent, false)
  await away.subscribe(`${tree}/queue/#`, { qos: 2 })
  await away.leave()
  for (let number = 0; number < QUEUED; number += 1) {
    await ann.say(`queue/${number % 7}`, String(number), { qos: 1 + (number % 2) })
  }
  await ann.leave()
}

async function after() {
  const away = await client('away', { lasting: true })
  same(away.sessionPresent, true)
  const numbers = []
  while (numbers.length < QUEUED) numbers.push(Number((await away.hear()).payload))
  // What is delivered exactly once may be heard at its PUBREL: each QoS has its own order.
  for (const odd of [0, 1]) {
    same(numbers.filter((number) => number % 2 === odd), Array.from({ length: QUEUED / 2 }, (_, n) => 2 * n + odd))
  }
  await away.subscribe(`${tree}/kept/#`)
  await away.hears(['kept/a', 'three'])
  await away.leave()
}

await (when === 'before' ? before() : after())
clearTimeout(late)
console.log('all is well')
