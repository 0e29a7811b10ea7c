//! What a relay calls its topics, filters and clients. All of them carry the run, so that no other meets them.

use crate::folk::Folk;
use crate::settings::Relay;
use crate::wire::{Guest, Session};

/// Filters without a wildcard that share the level before their last.
const ON_A_LEVEL: u32 = 1_000;

/// The names of one run.
pub(super) struct Names<'a> {
    relay: &'a Relay,
    folk: &'a Folk,
    run: u32,
    /// What topics and filters begin with.
    base: String,
}

impl<'a> Names<'a> {
    pub(super) fn of(relay: &'a Relay, folk: &'a Folk, run: u32) -> Names<'a> {
        Names { relay, folk, run, base: format!("{}/{run:08x}", relay.prefix) }
    }

    /// Who connects. All say they are the first of the folk, if there is one.
    pub(super) fn guest(&self, number: usize) -> Guest {
        Guest {
            number,
            client_id: format!("bench-{:08x}-{number}", self.run),
            person: self.folk.people.first().cloned(),
            version: self.relay.version.into(),
            session: Session::Ends,
        }
    }

    /// Where something is published.
    pub(super) fn topic(&self, number: usize) -> String {
        format!("{}/{number}", self.base)
    }

    /// A filter beside the load. None is like another, and each wants more levels than a topic of the load has, so that
    /// none matches it. Of those with a wildcard each third has it where topics of the load have their number.
    pub(super) fn beside(&self, number: u32) -> String {
        let base = &self.base;
        if number % 100 >= self.relay.beside.wildcards {
            return format!("{base}/beside/{}/{number}", number / ON_A_LEVEL);
        }
        match number % 3 {
            0 => format!("{base}/beside/{number}/+"),
            1 => format!("{base}/beside/{number}/#"),
            _ => format!("{base}/+/beside/{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Load;
    use clap::{FromArgMatches, Subcommand};
    use std::collections::HashSet;

    fn relay(words: &[&str]) -> Relay {
        let command = Load::augment_subcommands(clap::Command::new("bench"));
        let matches = command.try_get_matches_from([&["bench", "relay"], words].concat()).unwrap();
        match Load::from_arg_matches(&matches).unwrap() {
            Load::Relay(relay) => relay,
            load => panic!("{load:?}"),
        }
    }

    #[test]
    fn filters_beside_are_distinct_and_as_many_have_wildcards_as_was_said() {
        let (relay, folk) = (relay(&["--prefix", "apps/meter", "--wildcards", "25"]), Folk::default());
        let names = Names::of(&relay, &folk, 7);
        let filters: HashSet<String> = (0..10_000).map(|number| names.beside(number)).collect();
        assert_eq!(filters.len(), 10_000);
        let wild = |filter: &&String| filter.contains(['+', '#']);
        assert_eq!(filters.iter().filter(wild).count(), 2_500);
        assert!(filters.iter().all(|filter| filter.starts_with("apps/meter/00000007/")));
    }

    #[test]
    fn no_filter_beside_matches_a_topic_of_the_load() {
        let (relay, folk) = (relay(&["--wildcards", "50"]), Folk::default());
        let names = Names::of(&relay, &folk, 7);
        let levels = |name: &str| name.split('/').count();
        let topic = names.topic(0);
        for number in 0..300 {
            let filter = names.beside(number);
            // `#` stands for no level at all, too.
            let least = levels(filter.strip_suffix("/#").unwrap_or(&filter));
            assert!(least > levels(&topic), "{filter} {topic}");
        }
    }
}
