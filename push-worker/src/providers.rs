//! The one way in: finds the app and its provider, asks its circuit, sends, and remembers how it went.
//!
//! The promise: each provider of each app has its own places, and each stranger's server as well, so one that is slow or down
//! holds up nothing else. What is too large goes once more without content.
//!
//! Start at [`Providers::send`].

use crate::address::{Address, ProviderName};
use crate::answer::{Answer, Reason};
use crate::apns::{Apns, Team};
use crate::fcm::Fcm;
use crate::log::Log;
use crate::notification::Notification;
use crate::provider::Provider;
use crate::settings::{ApnsApp, App, Settings, SettingsError};
use crate::transport::Strangers;
use crate::web::Web;
use std::collections::HashMap;
use std::sync::Arc;

mod lane; // one provider of one app

mod gate; // who may go there now

mod rate; // how often a second

mod tally; // how often what came of it

pub use lane::Condition;
use lane::Lane;
pub use tally::Count;

/// All providers of all apps.
#[derive(Debug)]
pub struct Providers {
    lanes: HashMap<String, HashMap<ProviderName, Lane>>,
}

impl Providers {
    /// Reads the keys of all apps. Nothing is connected yet.
    ///
    /// # Errors
    /// [`SettingsError`] says which app and which setting.
    pub fn open(settings: &Settings) -> Result<Providers, SettingsError> {
        let mut house = House { settings, teams: HashMap::new(), strangers: None };
        let mut lanes = HashMap::new();
        for app in &settings.apps {
            let own = house.lanes(app)?;
            if lanes.insert(app.name.clone(), own).is_some() {
                return Err(SettingsError::Twice(app.name.clone()));
            }
        }
        Ok(Providers { lanes })
    }

    /// One provider of one app, as a test makes it.
    #[cfg(test)]
    pub(crate) fn with(
        app: &str,
        name: ProviderName,
        provider: Box<dyn Provider>,
        settings: &Settings,
    ) -> Providers {
        let lanes = HashMap::from([(name, Lane::new(name, provider, settings))]);
        Providers { lanes: HashMap::from([(app.to_owned(), lanes)]) }
    }

    /// Tells a device, and says what is to be done now. Ends within the time of two calls, three where a token has to be
    /// fetched, and the wait for a turn and a place.
    pub async fn send(&self, to: &Address, what: &Notification) -> Answer {
        let lane = self.lanes.get(&to.app).and_then(|app| app.get(&to.target.provider()));
        match lane {
            Some(lane) => lane.send(to, what).await,
            // Somebody took the app out of the settings, and may put it back.
            None => Answer::Disabled { reason: Reason::ours("no such app here") },
        }
    }

    /// Whether a device may register for this app with this provider.
    #[must_use]
    pub fn has(&self, app: &str, provider: ProviderName) -> bool {
        self.lanes.get(app).is_some_and(|app| app.contains_key(&provider))
    }

    /// By whom devices of some app can be told, in order.
    #[must_use]
    pub fn names(&self) -> Vec<ProviderName> {
        let mut names: Vec<ProviderName> = self.lanes.values().flat_map(|app| app.keys().copied()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// How each provider of each app is, in order.
    #[must_use]
    pub fn condition(&self) -> Vec<Condition> {
        let mut all: Vec<Condition> =
            self.lanes.iter().flat_map(|(app, own)| own.values().map(|lane| lane.condition(app))).collect();
        all.sort_by(|one, other| (&one.app, one.provider).cmp(&(&other.app, other.provider)));
        all
    }
}

/// What is made while the settings are read, and shared.
struct House<'a> {
    settings: &'a Settings,
    teams: HashMap<(String, String), Arc<Team>>,
    strangers: Option<Arc<Strangers>>,
}

impl House<'_> {
    fn lanes(&mut self, app: &App) -> Result<HashMap<ProviderName, Lane>, SettingsError> {
        let mut all: Vec<(ProviderName, Box<dyn Provider>)> = Vec::new();
        if let Some(apns) = &app.apns {
            let team = self.team(&app.name, apns)?;
            let provider = Apns::new(team, apns.topic.clone(), app.generic.clone());
            all.push((ProviderName::Apns, Box::new(provider)));
        }
        if let Some(fcm) = &app.fcm {
            let provider = Fcm::new(&app.name, fcm, &app.generic, self.settings)?;
            all.push((ProviderName::Fcm, Box::new(provider)));
        }
        if let Some(web) = &app.web {
            let provider = Web::new(&app.name, web, &app.generic, self.strangers()?)?;
            all.push((ProviderName::Web, Box::new(provider)));
        }
        if app.log {
            all.push((ProviderName::Log, Box::new(Log)));
        }
        let lane = |(name, provider)| (name, Lane::new(name, provider, self.settings));
        Ok(all.into_iter().map(lane).collect())
    }

    /// A team has one token and its connections, however many apps it has.
    fn team(&mut self, app: &str, apns: &ApnsApp) -> Result<Arc<Team>, SettingsError> {
        let who = (apns.team.clone(), apns.key_id.clone());
        if let Some(team) = self.teams.get(&who) {
            return Ok(team.clone());
        }
        let team = Arc::new(Team::new(app, apns, self.settings)?);
        self.teams.insert(who, team.clone());
        Ok(team)
    }

    fn strangers(&mut self) -> Result<Arc<Strangers>, SettingsError> {
        if let Some(strangers) = &self.strangers {
            return Ok(strangers.clone());
        }
        let strangers = Arc::new(Strangers::new(&self.settings.web, &self.settings.limits)?);
        Ok(self.strangers.insert(strangers).clone())
    }
}
