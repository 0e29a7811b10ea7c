//! When nobody is woken: hours of every day, for all devices of a user.

use super::LOOK;
use crate::ask::Ask;
use crate::method::{Access, Method, Nothing, Rate, Verb};
use crate::problem::{Code, Problem};
use bridge::identity::Scope;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use store::{Habits, Quiet};
use utoipa::ToSchema;

/// As for what is set for a room of one's own.
const CHANGE: (Access, Rate) = (Access::Scope(Scope::RoomsWrite), Rate::Write);

/// What I set for all my devices. A key that is absent is cleared.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PushSettings {
    /// When nothing is pushed; absent for never.
    quiet: Option<QuietHours>,
}

/// Hours of every day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuietHours {
    /// The first minute, such as `22:00`.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    from: String,
    /// The first minute that is quiet no more; before `from` it is one of the next day.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    to: String,
    /// Whose clock: a name of the IANA database, such as `Europe/Berlin`.
    zone: String,
}

pub(super) fn methods() -> Vec<Method> {
    let settings = "/v1/push/settings";
    vec![
        Method::new("push.settings", (Verb::Get, settings), LOOK, "When nothing is pushed to me", get),
        Method::new(
            "push.set_settings",
            (Verb::Put, settings),
            CHANGE,
            "Say when nothing is pushed to me",
            set,
        )
        .may(&[Code::Invalid]),
    ]
}

impl PushSettings {
    fn of(habits: Habits) -> PushSettings {
        let quiet = habits.quiet.map(|Quiet { from, to, zone }| QuietHours {
            from: clock(from),
            to: clock(to),
            zone,
        });
        PushSettings { quiet }
    }
}

async fn get(ask: Ask, _: Nothing) -> Result<PushSettings, Problem> {
    Ok(PushSettings::of(ask.store().pushes().habits(ask.caller()?.account.id).await?))
}

async fn set(ask: Ask, input: PushSettings) -> Result<PushSettings, Problem> {
    let habits = Habits { quiet: input.quiet.map(quiet).transpose()? };
    ask.store().pushes().set_habits(ask.caller()?.account.id, &habits).await?;
    Ok(PushSettings::of(habits))
}

fn quiet(hours: QuietHours) -> Result<Quiet, Problem> {
    let (from, to) = (minute("from", &hours.from)?, minute("to", &hours.to)?);
    if from == to {
        let words = "`from` and `to` are the same minute; a room's `push` or `muted` is for whole days";
        return Err(Problem::new(Code::Invalid, words));
    }
    let zone = TimeZone::get(&hours.zone).ok().filter(|zone| !zone.is_unknown());
    let zone = zone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned);
    let zone = zone.ok_or_else(|| {
        Problem::new(Code::Invalid, "`zone` is no name of the IANA database, such as Europe/Berlin")
    })?;
    Ok(Quiet { from, to, zone })
}

/// Minutes after midnight, as they are written.
fn minute(key: &str, text: &str) -> Result<u16, Problem> {
    let digits = |text: &str| match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(u16::from((tens - b'0') * 10 + ones - b'0')),
        _ => None,
    };
    let read = text.split_once(':').and_then(|(hour, minute)| Some((digits(hour)?, digits(minute)?)));
    let minutes = read.filter(|(hour, minute)| *hour < 24 && *minute < 60);
    let minutes = minutes.map(|(hour, minute)| hour * 60 + minute);
    minutes.ok_or_else(|| Problem::new(Code::Invalid, format!("`{key}` is a time of the day, such as 22:00")))
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_four_digits_and_read_as_it_is_written() {
        for text in ["00:00", "09:05", "22:00", "23:59"] {
            assert_eq!(clock(minute("from", text).unwrap()), text);
        }
        for wrong in ["", "24:00", "22:60", "7:00", "22", "22:00:00", "+2:00", "２２:00"] {
            assert!(minute("from", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_zone_is_one_that_is_known_and_is_kept_under_its_own_name() {
        let of =
            |zone: &str| quiet(QuietHours { from: "22:00".into(), to: "07:00".into(), zone: zone.into() });
        assert_eq!(of("europe/BERLIN").unwrap().zone, "Europe/Berlin");
        assert_eq!(of("UTC").unwrap().zone, "UTC");
        for wrong in ["", "Mars/Olympus", "Etc/Unknown", "../../etc/passwd", "+02:00"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
