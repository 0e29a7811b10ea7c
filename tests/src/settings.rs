//! How a server is started: its settings, its folder, the environment it lives in.

use providers::Authority;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings of a server under test. The default is the product's, without limits for one user's rates.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) data: Option<PathBuf>,
    pub(crate) is_demo: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        let usual = Settings { variables: Vec::new(), data: None, is_demo: false };
        let level = std::env::var("NATTER_TEST_LOG").unwrap_or_else(|_| "info".to_owned());
        // Tests that storm are about other things than the rate of one user.
        usual
            .set("limits.messages_per_user", "0")
            .set("limits.connects_per_user", "0")
            .set("limits.connects_per_device", "0")
            .set("limits.strangers_per_day", "0")
            .set("limits.strangers_per_day_of_new_user", "0")
            .set("log.level", &level)
            .set("store.reserve", "0")
    }
}

impl Settings {
    /// Sets a setting of `natter.example.toml`, named `section.key`.
    #[must_use]
    pub fn set(self, key: &str, value: &str) -> Settings {
        let name = key.to_uppercase().replacen('.', "__", 1);
        self.variable(&format!("NATTER_{name}"), value)
    }

    /// Sets a variable of the server's environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Settings {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Shows what this authority signed, wherever TLS is spoken.
    #[must_use]
    pub fn certificate(self, authority: &Authority) -> Settings {
        let [certificate, key] =
            [authority.certificate(), authority.key()].map(|file| file.display().to_string());
        self.set("tls.certificate", &certificate).set("tls.key", &key)
    }

    /// Speaks TLS here too, on ports of its own for MQTT and HTTP: `mqtts` and `https` of [`World::address`](crate::World::address).
    #[must_use]
    pub fn tls(self, authority: &Authority, listen: SocketAddr) -> Settings {
        let listen = listen.to_string();
        self.certificate(authority).set("mqtt.tls_listen", &listen).set("http.tls_listen", &listen)
    }

    /// Keeps the data in this folder instead of a temporary one.
    #[must_use]
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Settings {
        self.data = Some(folder.into());
        self
    }

    /// Starts with `--demo`.
    #[must_use]
    pub fn demo(mut self) -> Settings {
        self.is_demo = true;
        self
    }
}
