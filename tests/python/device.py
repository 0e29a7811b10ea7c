"""A paho client whose events wait in queues."""

import queue
import socket

import paho.mqtt.client as mqtt

#: Seconds until something has come.
PATIENCE = 30


class Device:
    """A client that is connected."""

    def __init__(self, address, user, password, client_id, protocol, session=None, will=None, **connect):
        self.client = on = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id, protocol=protocol, **(session or {})
        )
        if user is not None:
            on.username_pw_set(user, password)
        if will is not None:
            on.will_set(*will)
        names = ("connected", "subscribed", "unsubscribed", "answered", "heard")
        self.events = {name: queue.Queue() for name in names}
        on.on_connect = lambda _c, _u, flags, code, _p: self.events["connected"].put((code, flags.session_present))
        on.on_subscribe = lambda _c, _u, _id, codes, _p: self.events["subscribed"].put(codes)
        on.on_unsubscribe = lambda _c, _u, _id, codes, _p: self.events["unsubscribed"].put(codes)
        on.on_publish = lambda _c, _u, _id, code, properties: self.events["answered"].put((code, properties))
        on.on_message = lambda _c, _u, message: self.events["heard"].put(message)
        host, port = address
        on.connect(host, int(port), **connect)
        on.loop_start()
        code, self.session_present = self.next("connected")
        assert not code.is_failure, code

    def next(self, what):
        try:
            return self.events[what].get(timeout=PATIENCE)
        except queue.Empty:
            raise SystemExit(f"waited in vain: nothing {what}") from None

    def subscribe(self, topic, qos=1, options=None):
        self.client.subscribe(topic, **({"options": options} if options else {"qos": qos}))
        codes = self.next("subscribed")
        assert [code.value for code in codes] == [options.QoS if options else qos], codes

    def unsubscribe(self, topic):
        self.client.unsubscribe(topic)
        self.next("unsubscribed")

    def say(self, topic, payload, qos=1, retain=False, properties=None):
        """Gives the code of the answer and its properties."""
        self.client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        return self.next("answered")

    def hear(self):
        return self.next("heard")

    def leave(self):
        self.client.disconnect()
        self.client.loop_stop()

    def cut(self):
        """Goes without a word."""
        self.client.loop_stop()
        self.client.socket().shutdown(socket.SHUT_RDWR)
