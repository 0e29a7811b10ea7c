//! The load of plain topics, for any broker.

use super::Place;
use clap::{Args, ValueEnum};

/// Topics, each with one who publishes and some who subscribe.
#[derive(Debug, Clone, Args)]
pub struct Relay {
    /// How many topics, each with one publisher
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub topics: u16,
    /// Subscribers of each topic
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub subscribers: u16,
    /// Messages that each publisher may have unanswered
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub window: u16,
    /// Messages a second, of all publishers together, instead of as many as the window lets through
    #[arg(long, conflicts_with = "window", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: Option<u32>,
    /// Bytes of a message
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=65_536))]
    pub size: u32,
    /// QoS of the deliveries; what is published has always 1, so that there is a window
    #[arg(long, value_enum, default_value = "1")]
    pub qos: Qos,
    /// Version of MQTT
    #[arg(long, value_enum, default_value = "5")]
    pub version: Version,
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
