//! Hours in which nothing is told, by the clocks of a place on earth.

use chat::Timestamp;
use jiff::tz::TimeZone;
use store::Quiet;

/// Whether this moment is one of the quiet hours. A place that is not known is never quiet: better one sound too many than
/// a message that is missed.
pub(super) fn is_quiet(quiet: &Quiet, now: Timestamp) -> bool {
    let (Ok(zone), Ok(now)) = (TimeZone::get(&quiet.zone), jiff::Timestamp::from_millisecond(now.0)) else {
        return false;
    };
    let there = zone.to_datetime(now);
    let minute = u16::try_from(i32::from(there.hour()) * 60 + i32::from(there.minute())).unwrap_or(0);
    match quiet.from <= quiet.to {
        true => (quiet.from..quiet.to).contains(&minute),
        false => minute >= quiet.from || minute < quiet.to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(from: u16, to: u16) -> Quiet {
        Quiet { from, to, zone: "Europe/Berlin".into() }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    #[test]
    fn a_night_goes_past_midnight_and_follows_the_clocks_of_its_place() {
        let night = berlin(22 * 60, 7 * 60);
        // In summer Berlin is two hours before UTC, in winter one.
        assert!(is_quiet(&night, at("2026-07-01T20:00:00Z")));
        assert!(!is_quiet(&night, at("2026-01-01T20:00:00Z")));
        assert!(is_quiet(&night, at("2026-01-01T21:00:00Z")));
        assert!(is_quiet(&night, at("2026-01-01T05:59:59Z")));
        assert!(!is_quiet(&night, at("2026-01-01T06:00:00Z")));
    }

    #[test]
    fn an_afternoon_is_quiet_to_its_end_and_no_time_at_all_never() {
        assert!(is_quiet(&berlin(13 * 60, 15 * 60), at("2026-01-01T13:59:00Z")));
        assert!(!is_quiet(&berlin(13 * 60, 15 * 60), at("2026-01-01T14:00:00Z")));
        assert!(!is_quiet(&berlin(600, 600), at("2026-01-01T09:00:00Z")));
        let nowhere = Quiet { from: 0, to: 1_439, zone: "Mars/Olympus".into() };
        assert!(!is_quiet(&nowhere, at("2026-01-01T09:00:00Z")));
    }
}
