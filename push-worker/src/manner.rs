//! How a device wants to be told, as its registration keeps it.
//!
//! The store keeps these words and does not read them ([`store::PushDevice::how`]).

use crate::address::{Address, AddressError, Environment, Kind, ProviderName, Target};
use crate::notification::Form;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::{PushAddress, PushDevice};

/// How a device wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manner {
    /// What sort of address it gave.
    pub kind: Kind,
    /// Which of Apple's houses knows it.
    pub environment: Environment,
    /// What the system does with what it is told.
    pub form: Form,
    /// Whether words of messages may be in it. Providers read along.
    pub content: bool,
}

impl Manner {
    /// As the store keeps it.
    #[must_use]
    pub fn written(&self) -> String {
        // Words and a truth value: nothing in it can fail to be JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Why a stored registration can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Another version of this program wrote it.
    #[error("this version does not know how this device wants to be told")]
    Manner,
    /// There is no such provider.
    #[error("this version knows no provider `{0}`")]
    Provider(String),
    /// Its address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// Where a registered device is reached, and how.
///
/// # Errors
/// [`Unusable`] says what of it this program does not know.
pub fn reached(device: &PushDevice) -> Result<(Address, Manner), Unusable> {
    let manner: Manner = serde_json::from_str(&device.how).map_err(|_| Unusable::Manner)?;
    let provider = ProviderName::from_word(&device.provider);
    let provider = provider.ok_or_else(|| Unusable::Provider(device.provider.clone()))?;
    let target = Target::read(provider, manner.kind, &device.address.0)?;
    let (app, registered_at) = (device.app.clone(), device.registered_at);
    Ok((Address { app, target, environment: manner.environment, registered_at }, manner))
}

impl From<&Target> for PushAddress {
    fn from(target: &Target) -> PushAddress {
        PushAddress(target.value().expose_secret().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Timestamp, UserId};
    use store::PushDeviceId;

    #[test]
    fn what_a_device_registered_is_read_back_as_it_was_said() {
        let manner = Manner {
            kind: Kind::Installation,
            environment: Environment::Sandbox,
            form: Form::MutableContent,
            content: false,
        };
        let target =
            Target::read(ProviderName::Fcm, Kind::Installation, "cdFGhijklmnopqrstuvwxy").expect("good");
        let device = PushDevice {
            id: PushDeviceId(1),
            user: UserId(2),
            device: "phone".into(),
            app: "natter".into(),
            provider: "fcm".into(),
            how: manner.written(),
            address: PushAddress::from(&target),
            registered_at: Timestamp(3),
            disabled: None,
        };
        let (address, read) = reached(&device).expect("it is known");
        assert_eq!((read, address.app.as_str(), address.registered_at), (manner, "natter", Timestamp(3)));
        assert_eq!(address.target.kind(), Kind::Installation);
        let other = PushDevice { how: r#"{"kind":"pigeon"}"#.into(), ..device };
        assert_eq!(reached(&other).map(drop), Err(Unusable::Manner));
    }
}
