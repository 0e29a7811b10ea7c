//! Whom a client's certificate names.
//!
//! The certificate was checked when this reads it: an authority that the port trusts has signed it, and it is not over.
//! What it says is believed, so the authority should be one that signs for this server and nothing else.

use std::time::{Duration, SystemTime};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tracing::debug;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Somebody with a certificate that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    /// The user it names, if it names one; whether there is such a user, the application knows.
    pub user: Option<Box<str>>,
    /// When it ends.
    pub expires_at: SystemTime,
}

/// Where in a certificate the user stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The common name of its subject.
    CommonName,
    /// Its other names that are URIs.
    Uri,
    /// Its other names that are addresses of mail.
    Email,
    /// Its other names that are names of hosts.
    Dns,
}

/// How a user is found in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// Where.
    pub field: Field,
    /// What stands before the user.
    pub before: String,
    /// And after.
    pub after: String,
}

impl Naming {
    /// Whom it names: nobody, if that is not said or two are, or if it can't be read.
    pub(super) fn read(&self, certificate: &CertificateDer<'_>) -> Certified {
        match X509Certificate::from_der(certificate) {
            Ok((_, certificate)) => {
                let end = u64::try_from(certificate.validity().not_after.timestamp()).unwrap_or(0);
                let expires_at = SystemTime::UNIX_EPOCH + Duration::from_secs(end);
                Certified { user: self.named(&certificate).map(Box::from), expires_at }
            }
            Err(error) => {
                debug!(%error, "a client's certificate can't be read");
                Certified { user: None, expires_at: SystemTime::UNIX_EPOCH }
            }
        }
    }

    fn named<'a>(&self, certificate: &'a X509Certificate<'_>) -> Option<&'a str> {
        let mut users = self.values(certificate).into_iter().filter_map(|value| self.user(value));
        let user = users.next()?;
        users.all(|other| other == user).then_some(user)
    }

    /// What stands in the field.
    fn values<'a>(&self, certificate: &'a X509Certificate<'_>) -> Vec<&'a str> {
        if self.field == Field::CommonName {
            return certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok()).collect();
        }
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map(|names| &names.value.general_names).into_iter().flatten();
        let of_field = names.filter_map(|name| match (name, self.field) {
            (GeneralName::URI(text), Field::Uri)
            | (GeneralName::RFC822Name(text), Field::Email)
            | (GeneralName::DNSName(text), Field::Dns) => Some(*text),
            _ => None,
        });
        of_field.collect()
    }

    /// Who that is, if it has the right form.
    fn user<'a>(&self, value: &'a str) -> Option<&'a str> {
        let user = value.strip_prefix(&*self.before)?.strip_suffix(&*self.after)?;
        (!user.is_empty()).then_some(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, SanType};

    /// A certificate with these names; the first of them is the common one.
    fn certificate(names: &[&str], others: Vec<SanType>) -> CertificateDer<'static> {
        let mut params = CertificateParams::default();
        params.distinguished_name.remove(DnType::CommonName);
        names.iter().for_each(|name| params.distinguished_name.push(DnType::CommonName, *name));
        params.subject_alt_names = others;
        params.not_after = rcgen::date_time_ymd(2_100, 1, 1);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn naming(field: Field, pattern: &str) -> Naming {
        let (before, after) = pattern.split_once("{user}").unwrap();
        Naming { field, before: before.into(), after: after.into() }
    }

    fn user(certificate: &CertificateDer<'_>, field: Field, pattern: &str) -> Option<String> {
        naming(field, pattern).read(certificate).user.map(String::from)
    }

    fn text<T: TryFrom<String, Error = rcgen::Error>>(text: &str) -> T {
        T::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn the_user_stands_where_it_is_looked_for_and_nowhere_else() {
        let others = vec![
            SanType::URI(text("https://chat.example.org/of/bo")),
            SanType::URI(text("spiffe://example.org/cy")),
            SanType::Rfc822Name(text("dee@example.org")),
            SanType::Rfc822Name(text("root@example.com")),
            SanType::DnsName(text("lamp.devices.example.org")),
        ];
        let certificate = certificate(&["ann"], others);
        for (field, pattern, who) in [
            (Field::CommonName, "{user}", Some("ann")),
            (Field::CommonName, "user {user}", None),
            (Field::Uri, "https://chat.example.org/of/{user}", Some("bo")),
            (Field::Uri, "spiffe://example.org/{user}", Some("cy")),
            (Field::Uri, "{user}", None),
            (Field::Email, "{user}@example.org", Some("dee")),
            (Field::Email, "{user}@example.net", None),
            (Field::Dns, "{user}.devices.example.org", Some("lamp")),
            (Field::Dns, "{user}", Some("lamp.devices.example.org")),
        ] {
            assert_eq!(user(&certificate, field, pattern).as_deref(), who, "{field:?} {pattern}");
        }
        let end = naming(Field::CommonName, "{user}").read(&certificate).expires_at;
        assert_eq!(end.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs(), 4_102_444_800);
    }

    #[test]
    fn who_is_not_named_or_twice_is_nobody() {
        let cn = |certificate: &CertificateDer<'_>| user(certificate, Field::CommonName, "{user}");
        assert_eq!(cn(&certificate(&[""], Vec::new())), None);
        assert_eq!(cn(&CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])), None);
        let twice = vec![SanType::DnsName(text("ann")), SanType::DnsName(text("bo"))];
        assert_eq!(user(&certificate(&["x"], twice), Field::Dns, "{user}"), None);
        let again = vec![SanType::DnsName(text("ann")), SanType::DnsName(text("ann"))];
        assert_eq!(user(&certificate(&["x"], again), Field::Dns, "{user}").as_deref(), Some("ann"));
    }
}
