//! Packets as a client may think of them: well-formed each, and rarely where they belong.

use bytes::Bytes;
use fastrand::Rng;
use mqtt::ReasonCode;
use mqtt::packet::{
    Acknowledge, Auth, Connack, ConnackProperties, Connect, Disconnect, Packet, PacketId, Password, Publish,
    PublishProperties, Qos, RetainHandling, Suback, Subscribe, Subscription, Unsuback, Unsubscribe,
    UserProperties, Version, Will, WillProperties,
};
use std::num::{NonZeroU16, NonZeroU32};

/// Few, so that connections meet in sessions, topics and retained messages, and what they leave is bounded.
const NAMES: [&str; 4] = ["a", "b", "é", "茶"];

/// Topics of chat, where eve may say something and others nothing.
const CHAT: [&str; 12] = [
    "rooms/den/say",
    "rooms/tea/say",
    "users/eve/say",
    "plain/rooms/den/say",
    "cbor/rooms/den/say",
    "rooms/den/read",
    "rooms/den/typing",
    "me/presence",
    "rpc/rooms",
    "rpc/history",
    "$SYS/a",
    "apps/a/b",
];

const PAYLOADS: [&str; 6] = [
    "",
    "tea",
    r#"{"body":"tea"}"#,
    r#"{"draft":"d","kind":"react","of":1,"emoji":"x"}"#,
    r#"{"seq":18446744073709551615}"#,
    "{\"body\":\"\u{0}\"}",
];

/// Somebody with a bad day.
pub(crate) struct Author<'a> {
    pub(crate) chance: &'a mut Rng,
    pub(crate) version: Version,
    /// The token of eve.
    pub(crate) token: &'a str,
}

impl Author<'_> {
    /// Yes, once in so many times.
    pub(crate) fn once_in(&mut self, times: u32) -> bool {
        self.chance.u32(..times) == 0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.chance.usize(..all.len())]
    }

    /// Something, once in so many times.
    fn maybe<T>(&mut self, times: u32, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.once_in(times) { Some(make(self)) } else { None }
    }

    fn qos(&mut self) -> Qos {
        self.one_of(&[Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce])
    }

    fn id(&mut self) -> PacketId {
        let number = if self.once_in(8) { self.chance.u16(1..) } else { self.chance.u16(1..8) };
        PacketId::new(number).unwrap_or(PacketId(NonZeroU16::MIN))
    }

    fn words(&mut self) -> String {
        let length = if self.once_in(20) { self.chance.usize(..2_000) } else { self.chance.usize(..6) };
        let letters = ["x", "é", "茶", "/", "+", "\u{feff}", " "];
        (0..length).map(|_| self.one_of(&letters)).collect()
    }

    fn data(&mut self) -> Bytes {
        if self.once_in(3) {
            return self.one_of(&PAYLOADS).into();
        }
        let length = if self.once_in(30) { self.chance.usize(..20_000) } else { self.chance.usize(..20) };
        std::iter::repeat_with(|| self.chance.u8(..)).take(length).collect()
    }

    fn user_properties(&mut self) -> UserProperties {
        let count = if self.once_in(4) { self.chance.usize(..5) } else { 0 };
        (0..count).map(|_| (self.words(), self.words())).collect()
    }

    fn topic(&mut self) -> String {
        if self.once_in(3) {
            return self.one_of(&CHAT).to_owned();
        }
        let levels = if self.once_in(100) { self.chance.usize(1..20) } else { self.chance.usize(1..3) };
        let names: Vec<&str> = (0..levels).map(|_| self.one_of(&NAMES)).collect();
        format!("fuzz/{}", names.join("/"))
    }

    fn filter(&mut self) -> String {
        match self.chance.u32(..10) {
            0 => "#".to_owned(),
            1 => "$share/a/fuzz/#".to_owned(),
            2 => self.one_of(&["rooms/+/said", "rooms/#", "me/#", "$SYS/#", "+/+/#", "plain/#"]).to_owned(),
            3 => "fuzz/+/+".to_owned(),
            4 => "fuzz/#".to_owned(),
            _ => self.topic(),
        }
    }

    /// A CONNECT; most are let in.
    pub(crate) fn connect(&mut self) -> Packet {
        let name = format!("fuzz-{}", self.chance.u32(..200));
        let mut connect = Connect::new(self.version, name);
        connect.clean_start = self.chance.bool();
        connect.keep_alive = self.one_of(&[0, 1, 60, u16::MAX]);
        connect.will = self.maybe(3, Self::will);
        if self.once_in(3) {
            connect.user_name = Some("eve".to_owned());
            connect.password = Some(Password(Bytes::copy_from_slice(self.token.as_bytes())));
        }
        if self.once_in(30) {
            connect.client_id = if self.chance.bool() { String::new() } else { self.words() };
            connect.clean_start |= connect.client_id.is_empty();
        }
        if self.version == Version::V5 {
            connect.session_expiry = self.maybe(2, |author| author.one_of(&[0, 1, 2, 60, u32::MAX]));
            connect.receive_maximum = self.maybe(3, |author| author.id().0);
            connect.maximum_packet_size =
                self.maybe(5, |author| NonZeroU32::new(author.chance.u32(1..200)).unwrap_or(NonZeroU32::MIN));
            connect.topic_alias_maximum = self.maybe(3, |author| author.one_of(&[0, 1, 5, u16::MAX]));
            connect.request_problem_information = self.maybe(3, |author| author.chance.bool());
            connect.request_response_information = self.maybe(3, |author| author.chance.bool());
            connect.user_properties = self.user_properties();
            connect.authentication_method = self.maybe(40, Self::words);
        }
        Packet::Connect(Box::new(connect))
    }

    fn will(&mut self) -> Box<Will> {
        let properties = WillProperties {
            delay: self.maybe(2, |author| author.one_of(&[0, 1, 5, u32::MAX])),
            message_expiry: self.maybe(4, |author| author.one_of(&[0, 1, 60])),
            content_type: self.maybe(4, Self::words),
            user_properties: self.user_properties(),
            ..WillProperties::default()
        };
        let (topic, payload) = (self.topic(), self.data());
        Box::new(Will { topic, payload, qos: self.qos(), retain: self.once_in(3), properties })
    }

    /// Anything, the packets that clients live by more often than others.
    pub(crate) fn packet(&mut self) -> Packet {
        match self.chance.u32(..40) {
            0..16 => self.publish(),
            16..22 => self.subscribe(),
            22..24 => self.unsubscribe(),
            24..35 => self.acknowledge(),
            35..39 => Packet::Pingreq,
            _ => self.last(),
        }
    }

    /// What ends a connection sooner or later.
    fn last(&mut self) -> Packet {
        match self.chance.u32(..4) {
            0 => self.disconnect(),
            1 => self.connect(),
            2 if self.version == Version::V5 => self.auth(),
            _ => self.of_a_server(),
        }
    }

    fn publish(&mut self) -> Packet {
        let qos = self.qos();
        let mut properties = PublishProperties::default();
        let mut topic = self.topic();
        if self.version == Version::V5 {
            properties.payload_format = self.maybe(12, |author| author.chance.u8(..2));
            properties.message_expiry = self.maybe(5, |author| author.one_of(&[0, 1, 2, u32::MAX]));
            properties.response_topic = self.maybe(6, Self::topic);
            properties.correlation_data = self.maybe(6, Self::data);
            properties.content_type = self.maybe(6, Self::words);
            properties.user_properties = self.user_properties();
            properties.topic_alias = self.maybe(4, |author| author.id().0);
            if properties.topic_alias.is_some() && self.once_in(4) {
                topic.clear();
            }
        }
        Packet::Publish(Box::new(Publish {
            dup: qos > Qos::AtMostOnce && self.once_in(5),
            qos,
            retain: self.once_in(6),
            topic,
            packet_id: (qos > Qos::AtMostOnce).then(|| self.id()),
            payload: self.data(),
            properties,
        }))
    }

    fn acknowledge(&mut self) -> Packet {
        let code = match self.chance.u32(..30) {
            0 => self.one_of(&ReasonCode::ALL),
            1..4 => ReasonCode::UnspecifiedError, // good for two of the four
            _ => ReasonCode::Success,
        };
        let acknowledge = Acknowledge {
            reason: self.maybe(8, Self::words),
            user_properties: self.user_properties(),
            ..Acknowledge::new(self.id(), code)
        };
        let kinds = [Packet::Puback, Packet::Pubrec, Packet::Pubrel, Packet::Pubcomp];
        self.one_of(&kinds)(acknowledge)
    }

    fn subscribe(&mut self) -> Packet {
        let count = if self.once_in(60) { self.chance.usize(..120) } else { self.chance.usize(1..4) };
        let wish = |author: &mut Self| Subscription {
            filter: author.filter(),
            qos: author.qos(),
            no_local: author.version == Version::V5 && author.once_in(4),
            retain_as_published: author.version == Version::V5 && author.once_in(4),
            retain_handling: author.one_of(&[
                RetainHandling::Always,
                RetainHandling::IfNew,
                RetainHandling::Never,
            ]),
        };
        Packet::Subscribe(Box::new(Subscribe {
            packet_id: self.id(),
            subscriptions: (0..count).map(|_| wish(self)).collect(),
            subscription_id: self.maybe(3, |author| author.one_of(&[1, 200, 268_435_455])),
            user_properties: self.user_properties(),
        }))
    }

    fn unsubscribe(&mut self) -> Packet {
        let filters = (0..self.chance.usize(1..4)).map(|_| self.filter()).collect();
        let user_properties = self.user_properties();
        Packet::Unsubscribe(Box::new(Unsubscribe { packet_id: self.id(), filters, user_properties }))
    }

    fn disconnect(&mut self) -> Packet {
        Packet::Disconnect(Box::new(Disconnect {
            session_expiry: self.maybe(3, |author| author.one_of(&[0, 1, u32::MAX])),
            reason: self.maybe(4, Self::words),
            user_properties: self.user_properties(),
            ..Disconnect::new(self.one_of(&ReasonCode::ALL))
        }))
    }

    fn auth(&mut self) -> Packet {
        let code = self.one_of(&[ReasonCode::Reauthenticate, ReasonCode::ContinueAuthentication]);
        let (method, data) = (self.maybe(2, Self::words), self.maybe(2, Self::data));
        Packet::Auth(Box::new(Auth { method, data, ..Auth::new(code) }))
    }

    fn of_a_server(&mut self) -> Packet {
        let (packet_id, codes) = (self.id(), vec![ReasonCode::Success]);
        match self.chance.u32(..4) {
            0 => Packet::Pingresp,
            1 => {
                let (code, properties) = (ReasonCode::Success, ConnackProperties::default());
                Packet::Connack(Box::new(Connack { session_present: false, code, properties }))
            }
            2 => Packet::Suback(Box::new(Suback { packet_id, codes, reason: None, user_properties: vec![] })),
            _ => Packet::Unsuback(Box::new(Unsuback {
                packet_id,
                codes,
                reason: None,
                user_properties: vec![],
            })),
        }
    }
}
