"""A small device and an app: HOST PORT ANN'S-PASSWORD BO'S-PASSWORD

ann's thermometer says and hears CBOR by MQTT 3.1.1, bo's app says and hears JSON by MQTT 5, in the room tea. cbor2, which
nobody here wrote, reads and writes the bytes.
"""

import json
import sys
import uuid

import cbor2
import paho.mqtt.client as mqtt

from device import Device

HOST, PORT, ANN, BO = sys.argv[1:]
ROOM, SEQ, FROM, AT, KIND, BODY, REPLY_TO, MENTIONS, DATA, DRAFT, N, PREV = range(1, 13)
REFUSED, TOPIC, PACKET, REASON = range(32, 36)


def main():
    thermometer = Device((HOST, PORT), "ann", ANN, "cbor", mqtt.MQTTv311)
    app = Device((HOST, PORT), "bo", BO, "cbor", mqtt.MQTTv5)
    thermometer.subscribe("cbor/rooms/+/said")
    thermometer.subscribe("cbor/me/replies")
    app.subscribe("rooms/+/said")

    draft = uuid.UUID("0198f3c2-7d1e-7000-8000-000000000001")
    measured = {"celsius": 22.5, "exact": 0.1, "sensors": [1, -2, None, True], "größe": 2**63}
    thermometer.say("cbor/rooms/tea/say", cbor2.dumps({DRAFT: draft.bytes, BODY: "warm", DATA: measured, MENTIONS: ["bo"]}))
    message = app.hear()
    heard, in_json = json.loads(message.payload), len(message.payload)
    assert message.topic == "rooms/tea/said", message.topic
    assert (heard["body"], heard["data"], heard["mentions"]) == ("warm", measured, ["bo"]), heard
    assert heard["draft"] == str(draft), heard
    message = thermometer.hear()
    echo = cbor2.loads(message.payload)
    assert message.topic == "cbor/rooms/tea/said", message.topic
    assert echo[DATA] == measured and uuid.UUID(bytes=echo[DRAFT]) == draft, echo
    assert (echo[ROOM], echo[SEQ], echo[FROM], echo[KIND], echo[N]) == ("tea", heard["seq"], "ann", "text", heard["n"]), echo
    assert 3 * len(message.payload) < 2 * in_json, (len(message.payload), in_json)

    app.say("rooms/tea/say", json.dumps({"body": "turn it down", "reply_to": heard["seq"], "data": {"to": 1e300}}))
    answer = cbor2.loads(thermometer.hear().payload)
    assert (answer[FROM], answer[BODY], answer[REPLY_TO]) == ("bo", "turn it down", echo[SEQ]), answer
    assert answer[DATA] == {"to": 1e300} and answer[PREV] == echo[SEQ], answer
    app.hear()

    # Bytes that are no text, in pieces whose number is not told before, as small devices like to write them.
    thermometer.say("cbor/rooms/tea/say", b"\xbf\x06\x5f\x41\xff\x42\x00\x7b\xff\xff")
    assert json.loads(app.hear().payload)["body_base64"] == "/wB7"
    assert cbor2.loads(thermometer.hear().payload)[BODY] == b"\xff\x00\x7b"

    thermometer.say("cbor/rooms/cellar/say", cbor2.dumps({DRAFT: draft.bytes, BODY: "anybody?"}))
    message = thermometer.hear()
    refused = cbor2.loads(message.payload)
    assert message.topic == "cbor/me/replies", message.topic
    assert (refused[REFUSED], refused[TOPIC]) == ("not_a_member", "cbor/rooms/cellar/say"), refused
    assert uuid.UUID(bytes=refused[DRAFT]) == draft, refused
    thermometer.say("cbor/rooms/tea/say", cbor2.dumps({"body": "no number"}))
    assert cbor2.loads(thermometer.hear().payload)[REASON] == "`body` is written as the number 6 in CBOR"
    thermometer.say("cbor/rooms/tea/read", cbor2.dumps(answer[SEQ]))
    thermometer.leave()
    app.leave()
    print("all is well")


main()
