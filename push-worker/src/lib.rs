//! Push: what wakes the people who are away.
//!
//! One [`Notification`] for one [`Address`] goes in, one [`Answer`] comes out, and the answer says what to do: the
//! device heard it, the device is gone, later, a person has to look. The promise: each answer that Apple, Google and the
//! services of browsers document is understood and each other one has a meaning by its HTTP class; a call ends in bounded
//! time; whoever is down is left alone until a probe comes through, and what others are told is not late for it; no
//! secret, no word of a message and no whole token stands in a log.
//!
//! Around it stands the [`Worker`]: it decides who is due, from when until when, and what is told; all that it knows of
//! yesterday is in the store. Modules stand in the order in which a notification meets them, the worker last.

mod notification; // what is told

mod address; // to which device

mod manner; // and how it wants to be told

mod answer; // and what comes of it

mod settings; // which apps there are, and how providers are reached

mod providers; // the one way in: app and provider are found, and asked if they may be

mod circuit; // whoever is down is left alone for a while

mod schedule; // when to come again

mod provider; // what a provider can do

mod apns; // Apple

mod fcm; // Google

mod web; // browsers and UnifiedPush: strangers

mod log; // nobody: for development

mod transport; // HTTP, with bounds

mod worker; // who is told, and when

mod clock; // what time it is

pub use address::{Address, AddressError, Environment, Kind, ProviderName, Subscription, Target, Token};
pub use answer::{Answer, Reason, Whose};
pub use circuit::{Circuit, CircuitSettings, Health, Pass};
pub use clock::Clock;
pub use manner::{Manner, Unusable, reached};
pub use notification::{Form, Lifetime, Notification, Priority, Sealed, Words};
pub use provider::Provider;
pub use providers::{Condition, Count, Providers};
pub use schedule::{Next, Schedule};
pub use settings::{
    ApnsApp, App, FcmApp, Limits, Rates, Reach, Settings, SettingsError, VapidKey, WebApp, WebReach,
};
pub use worker::{Attendance, Here, Nobody, Notes, OfStore, Pace, Rules, Tells, Worker};
