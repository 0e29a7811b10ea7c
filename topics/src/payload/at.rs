//! Times as clients read them: RFC 3339, UTC, with milliseconds.

use chat::Timestamp;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// The first and last millisecond that RFC 3339 has a year for.
const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// `2026-11-23T10:00:00.123Z`. A clock beyond the years 0 to 9999 is shown as the nearest of them.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    let ms = at.0.clamp(*YEARS.start(), *YEARS.end());
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .map_err(time::Error::from)
        .and_then(|at| at.format(FORMAT).map_err(time::Error::from))
        .expect("every millisecond of the years 0 to 9999 can be written")
}

/// A time that somebody wrote, in any zone; to the millisecond.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_digits_of_milliseconds_whatever_they_are() {
        assert_eq!(rfc3339(Timestamp(1_795_428_000_123)), "2026-11-23T10:00:00.123Z");
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_time_is_read_in_any_zone() {
        let at = Some(Timestamp(1_795_428_000_123));
        assert_eq!(from_rfc3339("2026-11-23T10:00:00.123Z"), at);
        assert_eq!(from_rfc3339("2026-11-23T11:00:00.123456+01:00"), at);
        for wrong in ["", "now", "2026-11-23", "2026-11-23T10:00:00", "2026-13-23T10:00:00Z"] {
            assert_eq!(from_rfc3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_clock_that_is_far_out_is_still_written() {
        assert_eq!(rfc3339(Timestamp(i64::MAX)), "9999-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(Timestamp(i64::MIN)), "0000-01-01T00:00:00.000Z");
    }
}
