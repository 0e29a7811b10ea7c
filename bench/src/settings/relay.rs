//! The load of plain topics, for any broker.

use super::{Beside, Place};
use clap::{Args, ValueEnum};

/// Bytes of what topics begin with: a broker that takes topics of 256 bytes takes these.
const LONGEST: usize = 200;

/// Topics, each with one who publishes and some who subscribe.
#[derive(Debug, Clone, Args)]
pub struct Relay {
    /// How many topics, each with one publisher
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub topics: u16,
    /// Subscribers of each topic
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub subscribers: u16,
    /// Messages that each publisher may have under way: at QoS 1 without PUBACK, at QoS 0 not heard by all subscribers
    ///
    /// At QoS 0 nothing is answered. So that it is not measured how fast a broker throws away what it can't deliver, no
    /// publisher is further ahead of the slowest subscriber of its topic than this; listeners of this program say how far
    /// they are. If one hears nothing of all that is under way for a second, that is taken for lost, and counted.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    /// Messages a second, of all publishers together, instead of as many as the window lets through
    ///
    /// What is due is then said with up to 4,096 under way for each publisher.
    #[arg(long, conflicts_with = "window", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: Option<u32>,
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    /// QoS of what is published and of the deliveries
    #[arg(long, value_enum, default_value = "1")]
    pub qos: Qos,
    /// Version of MQTT
    #[arg(long, value_enum, default_value = "5")]
    pub version: Version,
    /// What all topics begin with: PREFIX/RUN/NUMBER, such as apps/meter/bench for an app of a Natter
    #[arg(long, default_value = "bench", value_parser = prefix)]
    pub prefix: String,
    #[command(flatten)]
    /// What else is subscribed to.
    pub beside: Beside,
    /// User name of all connections [default: none]
    #[arg(long, value_name = "NAME", requires = "proof")]
    pub user: Option<String>,
    /// Read their password from the first line of standard input
    #[arg(long, requires = "user", group = "proof")]
    pub password_stdin: bool,
    /// Read their password from this variable of the environment
    #[arg(long, value_name = "VARIABLE", requires = "user", group = "proof")]
    pub password_env: Option<String>,
    /// How long, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    #[command(flatten)]
    /// Against which server.
    pub place: Place,
}

/// How hard the broker tries to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Qos {
    /// At most once
    #[value(name = "0")]
    AtMostOnce,
    /// At least once, with a PUBACK of each subscriber
    #[value(name = "1")]
    AtLeastOnce,
}

/// The version of MQTT that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// MQTT 3.1.1
    #[value(name = "4", alias = "3.1.1")]
    V4,
    /// MQTT 5
    #[value(name = "5")]
    V5,
}

/// What topics may begin with. What the broker makes of it is its matter.
fn prefix(prefix: &str) -> Result<String, String> {
    let is_topic = !prefix.is_empty() && !prefix.contains(['+', '#', '\0']);
    match (is_topic, prefix.len() <= LONGEST) {
        (true, true) => Ok(prefix.to_owned()),
        (true, false) => Err(format!("it may have {LONGEST} bytes")),
        (false, _) => {
            Err("it is to begin topics, so it has a character at least, and no wildcards".to_owned())
        }
    }
}

impl From<Qos> for mqtt::packet::Qos {
    fn from(qos: Qos) -> Self {
        match qos {
            Qos::AtMostOnce => mqtt::packet::Qos::AtMostOnce,
            Qos::AtLeastOnce => mqtt::packet::Qos::AtLeastOnce,
        }
    }
}

impl From<Version> for mqtt::packet::Version {
    fn from(version: Version) -> Self {
        match version {
            Version::V4 => mqtt::packet::Version::V3,
            Version::V5 => mqtt::packet::Version::V5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_topics_begin_with_is_no_filter() {
        for good in ["bench", "apps/meter/bench", "/", "$app/x", "tee"] {
            assert_eq!(prefix(good).as_deref(), Ok(good));
        }
        for bad in ["", "bench/+", "#", "a\0", &"x".repeat(LONGEST + 1)] {
            assert!(prefix(bad).is_err(), "{bad}");
        }
    }
}
