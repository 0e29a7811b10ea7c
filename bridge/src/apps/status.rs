//! How the server is, for administrators: topics below `$SYS`, with mosquitto's names where it has them.
//!
//! A value is told when it has changed, and kept so that whoever comes later hears it at once. It is in memory only:
//! after a start there are new ones.

use super::message::Message;
use crate::Bridge;
use crate::core::Core;
use bytes::Bytes;
use mqtt::packet::Qos;
use mqtt::{Content, Frame};
use std::sync::Arc;

impl Bridge {
    /// Tells administrators how the server is: topics below `$SYS/`, and what they say now.
    pub fn show(&self, values: impl IntoIterator<Item = (String, String)>) {
        let core = self.core();
        for (topic, value) in values {
            core.show(&format!("$SYS/{topic}"), value);
        }
    }
}

impl Core {
    fn show(&self, topic: &str, value: String) {
        let (apps, now) = (&self.apps, self.now());
        let kept = apps.retained.look().page(topic, None, now).messages;
        if kept.first().is_some_and(|kept| **kept.frame.payload() == *value.as_bytes()) {
            return;
        }
        let frame = Arc::new(Frame::new(topic, Bytes::from(value), Content::default()));
        let message =
            Arc::new(Message { frame, qos: Qos::AtMostOnce, retain: true, at: now, expires_at: None });
        apps.retained.take(&message);
        for target in apps.targets(&message, None) {
            apps.deliver_now(&message, &target);
        }
    }
}
