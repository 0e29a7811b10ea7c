//! Where a device is reached: whoever has that can try to tell it something, so it is sealed at rest.

use super::MasterKey;
use super::keys::Sealer;
use crate::{Error, PushAddress, PushDeviceId};
use aws_lc_rs::digest;

impl MasterKey {
    /// Seals the address of this device.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no input brings about.
    pub fn seal_address(&self, id: PushDeviceId, address: &PushAddress) -> Result<Vec<u8>, Error> {
        self.device(id)?.seal(b"address", address.0.as_bytes().to_vec())
    }

    /// Opens what [`MasterKey::seal_address`] sealed for the same device.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when it is not that.
    pub fn open_address(&self, id: PushDeviceId, sealed: Vec<u8>) -> Result<PushAddress, Error> {
        let plain = self.device(id)?.open(b"address", sealed)?;
        let text = String::from_utf8(plain).map_err(|_| Error::Damaged("an address is no text".into()))?;
        Ok(PushAddress(text))
    }

    fn device(&self, id: PushDeviceId) -> Result<Sealer, Error> {
        Sealer::derive(&self.root, &[b"push", &id.0.to_be_bytes()])
    }
}

impl PushAddress {
    /// What tells this address of an app from others, and does not give it away.
    #[must_use]
    pub fn key(&self, app: &str, provider: &str) -> Vec<u8> {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in [app, provider, &self.0] {
            hash.update(&part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finish().as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn an_address_opens_for_its_device_only_and_does_not_print_itself() {
        let master = MasterKey::from_text(KEY).unwrap();
        let address = PushAddress("0123456789abcdef".into());
        let sealed = master.seal_address(PushDeviceId(7), &address).unwrap();
        assert_eq!(master.open_address(PushDeviceId(7), sealed.clone()).unwrap(), address);
        assert!(matches!(master.open_address(PushDeviceId(8), sealed), Err(Error::NotAuthentic)));
        assert!(!format!("{address:?}").contains("0123"), "{address:?}");
        assert_ne!(address.key("a", "bc"), address.key("ab", "c"));
    }
}
