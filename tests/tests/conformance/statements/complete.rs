//! Which ids there are: appendix B of each standard, as ranges.

use super::all;
use mqtt::packet::Version;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

type Sections = &'static [(&'static str, RangeInclusive<u16>)];

/// MQTT 3.1.1, OASIS standard of 29 October 2014. It prints 3.8.3-4 as "3-8.3-4".
const V3: Sections = &[
    ("1.5.3", 1..=3),
    ("2.2.2", 1..=2),
    ("2.3.1", 1..=7),
    ("3.1.0", 1..=2),
    ("3.1.2", 1..=24),
    ("3.1.3", 1..=11),
    ("3.1.4", 1..=5),
    ("3.2.0", 1..=1),
    ("3.2.2", 1..=6),
    ("3.3.1", 1..=12),
    ("3.3.2", 1..=3),
    ("3.3.4", 1..=1),
    ("3.3.5", 1..=2),
    ("3.6.1", 1..=1),
    ("3.8.1", 1..=1),
    ("3.8.3", 1..=4),
    ("3.8.4", 1..=6),
    ("3.9.3", 1..=2),
    ("3.10.1", 1..=1),
    ("3.10.3", 1..=2),
    ("3.10.4", 1..=6),
    ("3.12.4", 1..=1),
    ("3.14.1", 1..=1),
    ("3.14.4", 1..=3),
    ("4.1.0", 1..=2),
    ("4.3.1", 1..=1),
    ("4.3.2", 1..=2),
    ("4.3.3", 1..=2),
    ("4.4.0", 1..=1),
    ("4.5.0", 1..=2),
    ("4.6.0", 1..=6),
    ("4.7.1", 1..=3),
    ("4.7.2", 1..=1),
    ("4.7.3", 1..=4),
    ("4.8.0", 1..=2),
    ("6.0.0", 1..=4),
    ("7.0.0", 1..=2),
    ("7.1.1", 1..=1),
    ("7.1.2", 1..=1),
];

/// MQTT 5.0, OASIS standard of 7 March 2019. There is no 2.2.1-1; its text prints 4.2.0-1 as "4.2-1".
const V5: Sections = &[
    ("1.5.4", 1..=3),
    ("1.5.5", 1..=1),
    ("1.5.7", 1..=1),
    ("2.1.3", 1..=1),
    ("2.2.1", 2..=6),
    ("2.2.2", 1..=1),
    ("3.1.0", 1..=2),
    ("3.1.2", 1..=30),
    ("3.1.3", 1..=12),
    ("3.1.4", 1..=6),
    ("3.2.0", 1..=2),
    ("3.2.2", 1..=22),
    ("3.3.1", 1..=13),
    ("3.3.2", 1..=20),
    ("3.3.4", 1..=10),
    ("3.4.2", 1..=3),
    ("3.5.2", 1..=3),
    ("3.6.1", 1..=1),
    ("3.6.2", 1..=3),
    ("3.7.2", 1..=3),
    ("3.8.1", 1..=1),
    ("3.8.3", 1..=5),
    ("3.8.4", 1..=8),
    ("3.9.2", 1..=2),
    ("3.9.3", 1..=2),
    ("3.10.1", 1..=1),
    ("3.10.3", 1..=2),
    ("3.10.4", 1..=6),
    ("3.11.2", 1..=2),
    ("3.11.3", 1..=2),
    ("3.12.4", 1..=1),
    ("3.14.0", 1..=1),
    ("3.14.1", 1..=1),
    ("3.14.2", 1..=4),
    ("3.14.4", 1..=3),
    ("3.15.1", 1..=1),
    ("3.15.2", 1..=3),
    ("4.1.0", 1..=2),
    ("4.2.0", 1..=1),
    ("4.3.1", 1..=1),
    ("4.3.2", 1..=5),
    ("4.3.3", 1..=13),
    ("4.4.0", 1..=2),
    ("4.5.0", 1..=2),
    ("4.6.0", 1..=6),
    ("4.7.0", 1..=1),
    ("4.7.1", 1..=2),
    ("4.7.2", 1..=1),
    ("4.7.3", 1..=4),
    ("4.8.2", 1..=6),
    ("4.9.0", 1..=3),
    ("4.12.0", 1..=7),
    ("4.12.1", 1..=2),
    ("4.13.1", 1..=1),
    ("4.13.2", 1..=1),
    ("6.0.0", 1..=4),
];

/// Every id of a standard, in its order.
pub(crate) fn ids(version: Version) -> Vec<String> {
    let sections = if version == Version::V3 { V3 } else { V5 };
    let numbered = |(section, numbers): &(&str, RangeInclusive<u16>)| {
        numbers.clone().map(|number| format!("{section}-{number}")).collect::<Vec<_>>()
    };
    sections.iter().flat_map(numbered).collect()
}

#[test]
fn every_statement_of_both_standards_is_listed_once_and_in_order() {
    assert_eq!((ids(Version::V3).len(), ids(Version::V5).len()), (141, 251), "as many as appendix B has");
    for version in [Version::V3, Version::V5] {
        let listed: Vec<&str> = all().filter(|one| one.version == version).map(|one| one.id).collect();
        let complete = ids(version);
        let missing: Vec<_> = complete.iter().filter(|id| !listed.contains(&id.as_str())).collect();
        assert!(missing.is_empty(), "{version:?} lacks {missing:?}");
        assert_eq!(listed, complete, "{version:?}: twice, unknown or out of order");
    }
}

#[test]
fn every_statement_says_something_of_its_own() {
    let mut said = BTreeSet::new();
    for one in all() {
        assert!(one.asks.len() > 10 && !one.asks.contains('|'), "{one:?}");
        assert!(said.insert((one.version, one.asks)), "said twice: {}", one.asks);
    }
}
