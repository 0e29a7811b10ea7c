//! For which apps devices may register here.

use super::LOOK;
use crate::ask::Ask;
use crate::config::PushApp;
use crate::method::{Method, Nothing, Verb};
use crate::problem::{Code, Problem};
use push_worker::ProviderName;
use serde::Serialize;
use utoipa::ToSchema;

/// An app.
#[derive(Debug, Serialize, ToSchema)]
struct PushAppSeen {
    /// Its name.
    app: String,
    /// Those that reach its devices: `apns`, `fcm`, `web`, `log`.
    providers: Vec<&'static str>,
    /// For a page, as `applicationServerKey`; absent where there is no `web`.
    key: Option<String>,
}

/// All apps.
#[derive(Debug, Serialize, ToSchema)]
struct PushApps {
    /// None where this server pushes nothing.
    apps: Vec<PushAppSeen>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![Method::new(
        "push.apps",
        (Verb::Get, "/v1/push/apps"),
        LOOK,
        "For which apps a device may say where it is reached",
        list,
    )]
}

async fn list(ask: Ask, _: Nothing) -> Result<PushApps, Problem> {
    let seen =
        |app: &PushApp| PushAppSeen { app: app.name.clone(), providers: words(app), key: app.key.clone() };
    Ok(PushApps { apps: ask.api.config.push.iter().map(seen).collect() })
}

/// The provider of this name, if it reaches devices of this app.
pub(super) fn provider(apps: &[PushApp], app: &str, provider: &str) -> Result<ProviderName, Problem> {
    let invalid = |words: String| Problem::new(Code::Invalid, words);
    if apps.is_empty() {
        return Err(invalid("this server pushes nothing: no app is set for it".to_owned()));
    }
    let found = apps.iter().find(|one| one.name == app).ok_or_else(|| {
        let names: Vec<&str> = apps.iter().map(|one| one.name.as_str()).collect();
        invalid(format!("there is no such app here; there are: {}", names.join(", ")))
    })?;
    let known = ProviderName::from_word(provider).filter(|provider| found.providers.contains(provider));
    known.ok_or_else(|| invalid(format!("devices of this app are reached by: {}", words(found).join(", "))))
}

fn words(app: &PushApp) -> Vec<&'static str> {
    app.providers.iter().map(|provider| provider.as_str()).collect()
}
