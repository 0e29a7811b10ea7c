//! Readers for single values. Each says, when it can't read one, what to write instead.

use super::Database;
use super::written::Remedy;
use api::Origins;
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use toml::Value;

/// `"127.0.0.1:1883"`; port 0 lets the system choose.
pub(crate) fn address(value: &Value) -> Result<SocketAddr, Remedy> {
    let text = value.as_str().unwrap_or_default();
    text.parse()
        .map_err(|_| "write an address and a port, such as \"127.0.0.1:1883\" or \"[::]:1883\"".to_owned())
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listen {
    /// On an address of this machine.
    Tcp(SocketAddr),
    /// On a file of it.
    Unix(PathBuf),
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Tcp(address) => write!(f, "{address}"),
            Listen::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

/// How a listener begins that is a file.
const UNIX: &str = "unix:";

/// An address and a port, or `"unix:/run/natter/mqtt.sock"`.
pub(crate) fn listen(value: &Value) -> Result<Listen, Remedy> {
    match value.as_str().and_then(|text| text.strip_prefix(UNIX)) {
        Some(path) if !path.is_empty() => Ok(Listen::Unix(path.into())),
        Some(_) => Err("write a path after it, such as \"unix:/run/natter/mqtt.sock\"".to_owned()),
        None => address(value).map(Listen::Tcp).map_err(|remedy| {
            format!("{remedy}, or a path of a socket, such as \"unix:/run/natter/mqtt.sock\"")
        }),
    }
}

/// A port of this machine, which no other reaches.
pub(crate) fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// A path, from where the program is started.
pub(crate) fn path(value: &Value) -> Result<PathBuf, Remedy> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(PathBuf::from).ok_or_else(|| "write the path of a folder, such as \"./natter-data\"".to_owned())
}

/// A path to a file, from where the program is started.
pub(crate) fn file(value: &Value) -> Result<PathBuf, Remedy> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(PathBuf::from).ok_or_else(|| "write the path of a file".to_owned())
}

/// `"folder"`, or the address of a PostgreSQL.
pub(crate) fn database(value: &Value) -> Result<Database, Remedy> {
    match value.as_str() {
        Some("folder") => Ok(Database::Folder),
        Some(url) if store_postgres::Options::is_address(url) => Ok(Database::Postgres(url.into())),
        _ => {
            Err("write \"folder\", or an address such as \"postgres://natter@db.example.org/natter\""
                .to_owned())
        }
    }
}

/// `true` or `false`.
pub(crate) fn truth(value: &Value) -> Result<bool, Remedy> {
    value.as_bool().ok_or_else(|| "write true or false, without quotes".to_owned())
}

/// A whole number within bounds.
pub(crate) fn count<T>(low: u32, high: u32) -> impl Fn(&Value) -> Result<T, Remedy>
where
    T: TryFrom<u32>,
{
    move |value| {
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
        let fits =
            number.filter(|number| (low..=high).contains(number)).and_then(|number| T::try_from(number).ok());
        fits.ok_or_else(|| format!("write a whole number from {low} to {high}"))
    }
}

/// Bytes within bounds: `4096` or `"256 KiB"`.
pub(crate) fn size<T>(low: u64, high: u64) -> impl Fn(&Value) -> Result<T, Remedy>
where
    T: TryFrom<u64>,
{
    move |value| {
        let bytes = match value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            Value::String(text) => bytes(text),
            _ => None,
        };
        let fits =
            bytes.filter(|bytes| (low..=high).contains(bytes)).and_then(|bytes| T::try_from(bytes).ok());
        fits.ok_or_else(|| {
            format!("write a size from {} to {}, such as \"256 KiB\"", size_text(low), size_text(high))
        })
    }
}

/// A length of time within bounds: `"10s"`, `"500ms"`, `"24h"`.
pub(crate) fn time(low: Duration, high: Duration) -> impl Fn(&Value) -> Result<Duration, Remedy> {
    move |value| {
        let time = value.as_str().and_then(|text| duration(text).ok());
        time.filter(|time| (low..=high).contains(time)).ok_or_else(|| {
            format!(
                "write a time from {low:?} to {high:?} with its unit, such as \"10s\", \"15m\" or \"24h\""
            )
        })
    }
}

/// `"never"` for none, or what `read` reads.
pub(crate) fn never_or<T>(
    read: impl Fn(&Value) -> Result<T, Remedy>,
) -> impl Fn(&Value) -> Result<Option<T>, Remedy> {
    unless("never", read)
}

/// `"none"`, or what `read` reads.
pub(crate) fn none_or<T>(
    read: impl Fn(&Value) -> Result<T, Remedy>,
) -> impl Fn(&Value) -> Result<Option<T>, Remedy> {
    unless("none", read)
}

fn unless<T>(
    word: &'static str,
    read: impl Fn(&Value) -> Result<T, Remedy>,
) -> impl Fn(&Value) -> Result<Option<T>, Remedy> {
    move |value| {
        if value.as_str() == Some(word) {
            return Ok(None);
        }
        read(value).map(Some).map_err(|remedy| format!("{remedy}, or \"{word}\""))
    }
}

/// One of a few words.
pub(crate) fn word<T: Copy>(words: &'static [(&'static str, T)]) -> impl Fn(&Value) -> Result<T, Remedy> {
    move |value| {
        let found = words.iter().find(|(word, _)| Some(*word) == value.as_str());
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            format!("write one of {}", words.join(", "))
        })
    }
}

/// Addresses: a list, or a text with commas (as a variable of the environment may be).
pub(crate) fn hosts(value: &Value) -> Result<Vec<IpAddr>, Remedy> {
    let hosts = several(value, |text| text.parse().ok());
    hosts.ok_or_else(|| "write a list of addresses, such as [\"10.0.0.7\"]".to_owned())
}

/// Networks, in the same way; an address is a network of one.
pub(crate) fn networks(value: &Value) -> Result<Vec<IpNet>, Remedy> {
    let network = |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let networks = several(value, network);
    networks.ok_or_else(|| "write a list of networks, such as [\"10.0.0.0/8\", \"2001:db8::7\"]".to_owned())
}

/// A list, or a text with commas.
pub(super) fn several<T>(value: &Value, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let read = |text: &str| read(text.trim());
    match value {
        Value::Array(list) => list.iter().map(|item| item.as_str().and_then(read)).collect(),
        Value::String(text) => text.split(',').filter(|part| !part.trim().is_empty()).map(read).collect(),
        _ => None,
    }
}

/// Pages that may ask: `"any"`, or a list of their origins, or a text with commas.
pub(crate) fn origins(value: &Value) -> Result<Origins, Remedy> {
    let origin = |text: &str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
        (!host.is_empty() && host.bytes().all(plain)).then(|| text.to_owned())
    };
    if value.as_str() == Some("any") {
        return Ok(Origins::Any);
    }
    let these = several(value, origin);
    these.map(Origins::These).ok_or_else(|| {
        "write a list of origins, such as [\"https://chat.example.org\"], or \"any\"".to_owned()
    })
}

/// Reads `90s`, `15m`, `24h`, `30d` or `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = number_and_unit(text);
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
    let time = number.and_then(|number| number.checked_mul(milliseconds)).filter(|_| milliseconds > 0);
    time.map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is not a time; write one such as 90s, 15m, 24h or 30d"))
}

fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text);
    let unit = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number?.checked_mul(unit)
}

fn number_and_unit(text: &str) -> (Option<u64>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    (number.parse().ok(), unit.trim())
}

fn size_text(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= 1 << 30 && bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        bytes if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}
