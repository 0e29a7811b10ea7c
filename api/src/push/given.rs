//! What a device says of itself. Its address is a secret: who has it can try to wake the device.

use push_worker::{Environment, Form, Kind, ProviderName};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Where a device is reached, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PushRegistration {
    /// Its MQTT client id.
    pub(super) device: String,
    /// For which app: one of `push.apps`.
    pub(super) app: String,
    /// By whom: one of the app's `providers`.
    pub(super) provider: String,
    /// The token that the provider gave it; of a browser its `PushSubscription`.
    pub(super) address: PushAddressGiven,
    /// `token`, `installation` (a Firebase installation id), or `subscription`; what is usual with the provider without it.
    #[schema(inline)]
    kind: Option<KindGiven>,
    /// `production`, which is usual, or `sandbox` for an app of Apple's under development.
    #[schema(inline)]
    environment: Option<EnvironmentGiven>,
    /// What the system does with it: `alert`, which is usual, shows the words; `mutable_content` wakes the app to make them;
    /// `background` wakes it and shows nothing.
    #[schema(inline)]
    form: Option<FormGiven>,
    /// Whether words of messages may be in it: providers read along. Otherwise the app's own words are shown.
    #[serde(default = "yes")]
    pub(super) content: bool,
}

/// An address, as it was given. It does not print itself.
#[derive(Debug)]
pub(super) struct PushAddressGiven(pub(super) SecretString);

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KindGiven {
    Token,
    Installation,
    Subscription,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EnvironmentGiven {
    Production,
    Sandbox,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FormGiven {
    Alert,
    MutableContent,
    Background,
}

const fn yes() -> bool {
    true
}

impl PushRegistration {
    /// What sort of address it is.
    pub(super) fn kind(&self, provider: ProviderName) -> Kind {
        match (self.kind, provider) {
            (Some(KindGiven::Token), _) => Kind::Token,
            (Some(KindGiven::Installation), _) => Kind::Installation,
            (Some(KindGiven::Subscription), _) | (None, ProviderName::Web) => Kind::Subscription,
            (None, ProviderName::Apns | ProviderName::Fcm | ProviderName::Log) => Kind::Token,
        }
    }

    pub(super) fn environment(&self) -> Environment {
        match self.environment {
            None | Some(EnvironmentGiven::Production) => Environment::Production,
            Some(EnvironmentGiven::Sandbox) => Environment::Sandbox,
        }
    }

    pub(super) fn form(&self) -> Form {
        match self.form {
            None | Some(FormGiven::Alert) => Form::Alert,
            Some(FormGiven::MutableContent) => Form::MutableContent,
            Some(FormGiven::Background) => Form::Background,
        }
    }
}

impl<'de> Deserialize<'de> for PushAddressGiven {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<PushAddressGiven, D::Error> {
        // The reader's own complaint would repeat what it found.
        const WRONG: &str = "an address is a text, or what a browser's PushSubscription says, as an object";
        match Value::deserialize(from).map_err(|_| serde::de::Error::custom(WRONG))? {
            Value::String(text) => Ok(PushAddressGiven(text.into())),
            object @ Value::Object(_) => Ok(PushAddressGiven(object.to_string().into())),
            _ => Err(serde::de::Error::custom(WRONG)),
        }
    }
}

impl PartialSchema for PushAddressGiven {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let subscription = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("What a browser's PushSubscription says of itself."));
        RefOr::T(Schema::OneOf(OneOfBuilder::new().item(text).item(subscription).build()))
    }
}

impl ToSchema for PushAddressGiven {}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn an_address_is_a_text_or_an_object_and_is_in_no_complaint() {
        let read = |text: &str| serde_json::from_str::<PushAddressGiven>(text);
        assert_eq!(read(r#""abcd""#).unwrap().0.expose_secret(), "abcd");
        assert_eq!(read(r#"{"endpoint":"x"}"#).unwrap().0.expose_secret(), r#"{"endpoint":"x"}"#);
        for wrong in ["1234567", "[\"1234567\"]", "null"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("an address is") && !error.contains("1234567"), "{error}");
        }
        assert!(!format!("{:?}", read(r#""abcd""#)).contains("abcd"));
    }
}
