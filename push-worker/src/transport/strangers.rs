//! Everybody else: a client for addresses that strangers gave us.
//!
//! Whoever registers a subscription names a server for us to call, which might be one that only we can reach. So a name is
//! looked up here, what is not for everybody is left out, and only what is left is connected to: nobody looks the name up
//! a second time. No proxy is in between, which would look it up again, and no redirect is followed.

use crate::settings::{Limits, SettingsError, WebReach};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, RequestBuilder, Url, redirect};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

/// Addresses of one name that are tried.
const MOST: usize = 8;
/// Connections to one server that are kept for later, and for how long.
const IDLE: usize = 4;
const IDLE_FOR: Duration = Duration::from_secs(60);

/// The client for them.
#[derive(Debug)]
pub(crate) struct Strangers {
    client: reqwest::Client,
    allowed: Arc<[IpNet]>,
}

/// All addresses of a server are such that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("an address that is not for everybody")]
pub(crate) struct Forbidden;

impl Strangers {
    /// Nothing is connected before the first call.
    pub(crate) fn new(reach: &WebReach, limits: &Limits) -> Result<Strangers, SettingsError> {
        let wrong = |error: reqwest::Error| SettingsError::Reach { whom: "web", what: error.to_string() };
        let allowed: Arc<[IpNet]> = reach.networks.clone().into();
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(true)
            .connect_timeout(limits.connect)
            .timeout(limits.call)
            .pool_max_idle_per_host(IDLE)
            .pool_idle_timeout(IDLE_FOR)
            .dns_resolver(Arc::new(Resolver { allowed: allowed.clone(), within: limits.connect }));
        if let Some(pem) = &reach.authority {
            builder = builder.tls_certs_merge(Certificate::from_pem_bundle(pem.as_bytes()).map_err(wrong)?);
        }
        Ok(Strangers { client: builder.build().map_err(wrong)?, allowed })
    }

    /// A POST there, unless the address itself says that it may not be.
    pub(crate) fn post(&self, url: &Url) -> Result<RequestBuilder, Forbidden> {
        // What is an address already is looked up by nobody.
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) if !may_be_reached(address, &self.allowed) => Err(Forbidden),
            _ => Ok(self.client.post(url.clone())),
        }
    }
}

struct Resolver {
    allowed: Arc<[IpNet]>,
    within: Duration,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, within) = (self.allowed.clone(), self.within);
        Box::pin(async move {
            let found = tokio::time::timeout(within, tokio::net::lookup_host((name.as_str(), 0))).await??;
            let mut good =
                found.filter(|address| may_be_reached(address.ip(), &allowed)).take(MOST).peekable();
            if good.peek().is_none() {
                return Err(Forbidden.into());
            }
            let good: Addrs = Box::new(good.collect::<Vec<_>>().into_iter());
            Ok(good)
        })
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(first: u16, second: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), length)
}

/// What is not for everybody, by the registries of special addresses (RFC 6890 and later).
const V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),       // this network
    v4(10, 0, 0, 0, 8),      // private
    v4(100, 64, 0, 0, 10),   // behind a provider's NAT
    v4(127, 0, 0, 0, 8),     // this machine
    v4(169, 254, 0, 0, 16),  // this link: where clouds tell their secrets
    v4(172, 16, 0, 0, 12),   // private
    v4(192, 0, 0, 0, 24),    // assignments of protocols
    v4(192, 0, 2, 0, 24),    // documentation
    v4(192, 88, 99, 0, 24),  // relays that are no more
    v4(192, 168, 0, 0, 16),  // private
    v4(198, 18, 0, 0, 15),   // benchmarks
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24),  // documentation
    v4(224, 0, 0, 0, 4),     // groups
    v4(240, 0, 0, 0, 4),     // reserved
];

/// Of IPv6 only 2000::/3 is given to anybody; of that, these are not for everybody.
const V6_GIVEN: Ipv6Net = v6(0x2000, 0, 3);
const V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),     // protocols, Teredo among them, which has an address of IPv4 in it
    v6(0x2001, 0xdb8, 32), // documentation
    v6(0x2002, 0, 16),     // 6to4: the same
    v6(0x3fff, 0, 20),     // documentation
];

/// Whether a stranger may make us call there.
fn may_be_reached(address: IpAddr, allowed: &[IpNet]) -> bool {
    // An address of IPv4 in the clothes of one of IPv6 is what it is underneath.
    let address = address.to_canonical();
    if allowed.iter().any(|network| network.contains(&address)) {
        return true;
    }
    match address {
        IpAddr::V4(address) => !V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            V6_GIVEN.contains(&address) && !V6.iter().any(|network| network.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_we_can_reach_is_not_reached_for_strangers() {
        for bad in [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(!may_be_reached(bad.parse().expect("an address"), &[]), "{bad}");
        }
        for good in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
        {
            assert!(may_be_reached(good.parse().expect("an address"), &[]), "{good}");
        }
    }

    #[test]
    fn a_network_that_is_named_may_be_reached_and_nothing_beside_it() {
        let allowed = ["10.1.0.0/16".parse().expect("a network")];
        assert!(may_be_reached("10.1.9.9".parse().expect("an address"), &allowed));
        assert!(may_be_reached("::ffff:10.1.9.9".parse().expect("an address"), &allowed));
        assert!(!may_be_reached("10.2.0.1".parse().expect("an address"), &allowed));
    }

    #[test]
    fn an_address_in_any_spelling_is_looked_at() {
        let strangers = Strangers::new(&WebReach::default(), &Limits::default()).expect("it can be made");
        for bad in [
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433:8443/a",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
        ] {
            assert!(strangers.post(&Url::parse(bad).expect("a URL")).is_err(), "{bad}");
        }
        assert!(strangers.post(&Url::parse("https://push.example.org/a").expect("a URL")).is_ok());
    }
}
