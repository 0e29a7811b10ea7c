//! Where connections come in: the simple ports, and those of `[[mqtt.listeners]]` and `[[http.listeners]]`, which have
//! settings of their own.

use super::tls::{Tls, Usual};
use super::value::{address, count, listen, loopback, networks, none_or, truth, word};
use super::written::Written;
use super::{ConfigError, Listen};
use ipnet::IpNet;
use std::net::SocketAddr;

/// All of them, the simple one first of each.
#[derive(Debug, Clone)]
pub(crate) struct Ports {
    /// Where MQTT is.
    pub(crate) mqtt: Vec<Listener>,
    /// Where health, the API and WebSocket are.
    pub(crate) http: Vec<Listener>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    /// What the file `addresses` calls it.
    pub(crate) name: String,
    /// The flag or the list that it stands in.
    pub(crate) written: &'static str,
    /// Where it is.
    pub(crate) listen: Listen,
    /// What TLS is spoken with, if it is.
    pub(crate) tls: Option<Tls>,
    /// Only balancers come there, from these networks, and say from where.
    pub(crate) balancers: Option<Vec<IpNet>>,
    /// Connections at once, where it has fewer than the whole server.
    pub(crate) most: Option<usize>,
}

/// What differs between the two lists of further ports.
pub(super) struct List {
    key: &'static str,
    name: &'static str,
    /// It is MQTT's: there a certificate can say who somebody is, and connections are counted.
    is_mqtt: bool,
}

pub(super) const MQTT: List = List { key: "mqtt.listeners", name: "mqtt", is_mqtt: true };
pub(super) const HTTP: List = List { key: "http.listeners", name: "http", is_mqtt: false };

/// Whether balancers stand before a port.
const PROXIES: [(&str, bool); 2] = [("off", false), ("required", true)];

impl Ports {
    /// Each of them.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Listener> {
        self.mqtt.iter().chain(&self.http)
    }
}

/// Reads them, and what they speak TLS with.
pub(super) fn read(w: &mut Written) -> Result<Ports, ConfigError> {
    let usual = Usual::read(w)?;
    let mqtt = w.take("mqtt.listen", loopback(1883), address)?;
    let http = w.take("http.listen", loopback(8080), address)?;
    let mqtts = w.take("mqtt.tls_listen", None, none_or(address))?;
    let https = w.take("http.tls_listen", None, none_or(address))?;
    let mut ports =
        Ports { mqtt: vec![simple("mqtt", "--mqtt", mqtt)], http: vec![simple("http", "--http", http)] };
    if let Some(address) = mqtts {
        ports.mqtt.push(Listener { tls: Some(usual.tls()?), ..simple("mqtts", "--mqtts", address) });
    }
    if let Some(address) = https {
        ports.http.push(Listener { tls: Some(usual.tls()?), ..simple("https", "--https", address) });
    }
    ports.mqtt.extend(further(w, &MQTT, &usual)?);
    ports.http.extend(further(w, &HTTP, &usual)?);
    usual.is_used(ports.each().filter_map(|port| port.tls.as_ref()))?;
    Ok(ports)
}

fn simple(name: &str, flag: &'static str, address: SocketAddr) -> Listener {
    let listen = Listen::Tcp(address);
    Listener { name: name.to_owned(), written: flag, listen, tls: None, balancers: None, most: None }
}

/// Those of a list, numbered from 1.
fn further(w: &mut Written, list: &List, usual: &Usual) -> Result<Vec<Listener>, ConfigError> {
    let mut listeners = w.take_each(list.key, |w| listener(w, list, usual))?;
    for (number, listener) in listeners.iter_mut().enumerate() {
        listener.name = format!("{}-{}", list.name, number + 1);
    }
    Ok(listeners)
}

/// One of them, without its name.
pub(super) fn listener(w: &mut Written, list: &List, usual: &Usual) -> Result<Listener, ConfigError> {
    let place = w.take("listen", None, |value| listen(value).map(Some))?;
    let place = place.ok_or_else(|| {
        ConfigError::Unfitting(format!("each [[{}]] says where it is: listen = \"127.0.0.1:1884\"", list.key))
    })?;
    let unfitting = |why: &str| ConfigError::Unfitting(format!("the listener on {place}: {why}"));
    let speaks_tls = w.take("tls", false, truth)?;
    let tls = usual.of_listener(w, speaks_tls, list.is_mqtt).map_err(|error| error.about(&place))?;
    let is_behind = w.take("proxy", false, word(&PROXIES))?;
    let from = w.take("proxy_from", Vec::new(), networks)?;
    if !is_behind && !from.is_empty() {
        return Err(unfitting("`proxy_from` counts only with proxy = \"required\""));
    }
    let most = match list.is_mqtt {
        true => w.take("max_connections", None, |value| count(1, 10_000_000)(value).map(Some))?,
        false => None,
    };
    let balancers = is_behind.then_some(from);
    Ok(Listener { name: String::new(), written: list.key, listen: place, tls, balancers, most })
}
