//! Times as clients read them: RFC 3339, UTC, with milliseconds.

use chat::Timestamp;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_digits_of_milliseconds_whatever_they_are() {
        assert_eq!(rfc3339(Timestamp(1_795_428_000_123)), "2026-11-23T10:00:00.123Z");
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_clock_that_is_far_out_is_still_written() {
        assert_eq!(rfc3339(Timestamp(i64::MAX)), "9999-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(Timestamp(i64::MIN)), "0000-01-01T00:00:00.000Z");
    }
}
