//! Who wants what: filters, and who subscribed to each.
//!
//! A filter without wildcards is found by its name in one step, however many there are. The others stand in a tree of
//! levels. Nothing here recurses, so a filter of sixty thousand levels is only long; a node that leads nowhere any
//! more is given back at once. A topic visits each node of the tree at most once.

use super::how::How;
use super::share::Share;
use super::subscriber::Subscriber;
use std::collections::HashMap;
use std::sync::Arc;

/// The node from which every filter begins.
const ROOT: u32 = 0;

/// One subscription.
#[derive(Debug)]
pub(crate) struct Hearer {
    pub(crate) subscriber: Arc<Subscriber>,
    pub(crate) how: How,
}

/// All subscriptions with the same filter.
#[derive(Debug, Default)]
pub(crate) struct Hearers {
    pub(crate) each: Vec<Hearer>,
    pub(crate) shares: Vec<Share>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Tree {
    exact: HashMap<Box<str>, Hearers>,
    nodes: Vec<Node>,
    free: Vec<u32>,
    count: u64,
}

#[derive(Debug, Default)]
struct Node {
    parent: u32,
    /// What leads here from the parent.
    level: Box<str>,
    below: HashMap<Box<str>, u32>,
    /// Where `+` leads.
    any: Option<u32>,
    /// Filters that end here.
    ends: Hearers,
    /// Filters that end here in `#`.
    rest: Hearers,
}

impl Hearers {
    fn is_empty(&self) -> bool {
        self.each.is_empty() && self.shares.is_empty()
    }

    fn put(&mut self, filter: &str, group: Option<&str>, hearer: Hearer) {
        let Some(group) = group else { return self.each.push(hearer) };
        match self.shares.iter_mut().find(|share| share.is_called(group)) {
            Some(share) => share.put(hearer),
            None => self.shares.push(Share::new(group, filter, hearer)),
        }
    }

    fn take(&mut self, group: Option<&str>, subscriber: &Arc<Subscriber>) {
        let Some(group) = group else {
            // Who came last often goes first.
            let place = self.each.iter().rposition(|one| Arc::ptr_eq(&one.subscriber, subscriber));
            place.map(|place| self.each.swap_remove(place));
            self.each.shrink_to(self.each.len() * 2);
            return;
        };
        self.shares.retain_mut(|share| !share.is_called(group) || share.take(subscriber));
    }
}

impl Default for Tree {
    fn default() -> Tree {
        Tree { exact: HashMap::new(), nodes: vec![Node::default()], free: Vec::new(), count: 0 }
    }
}

impl Tree {
    /// Puts a subscription in; the same subscriber has none with this filter and group.
    pub(crate) fn put(&mut self, filter: &str, group: Option<&str>, hearer: Hearer) {
        self.count += 1;
        if !has_wildcard(filter) {
            if let Some(hearers) = self.exact.get_mut(filter) {
                return hearers.put(filter, group, hearer);
            }
            let mut hearers = Hearers::default();
            hearers.put(filter, group, hearer);
            self.exact.insert(filter.into(), hearers);
            return;
        }
        let (path, is_rest) = split(filter);
        let mut at = ROOT;
        for level in path {
            at = self.below(at, level).unwrap_or_else(|| self.grow(at, level));
        }
        self.hearers(at, is_rest).put(filter, group, hearer);
    }

    /// Takes a subscription out, which is in.
    pub(crate) fn take(&mut self, filter: &str, group: Option<&str>, subscriber: &Arc<Subscriber>) {
        self.count = self.count.saturating_sub(1);
        if !has_wildcard(filter) {
            let Some(hearers) = self.exact.get_mut(filter) else { return };
            hearers.take(group, subscriber);
            if hearers.is_empty() {
                self.exact.remove(filter);
            }
            return;
        }
        let (path, is_rest) = split(filter);
        let mut at = ROOT;
        for level in path {
            let Some(next) = self.below(at, level) else { return };
            at = next;
        }
        self.hearers(at, is_rest).take(group, subscriber);
        self.prune(at);
    }

    /// The subscriptions with this very filter.
    pub(crate) fn with(&self, filter: &str) -> Option<&Hearers> {
        if !has_wildcard(filter) {
            return self.exact.get(filter);
        }
        let (path, is_rest) = split(filter);
        let mut at = ROOT;
        for level in path {
            at = self.below(at, level)?;
        }
        let node = &self.nodes[at as usize];
        Some(if is_rest { &node.rest } else { &node.ends })
    }

    /// Visits the subscriptions of every filter that matches this topic.
    pub(crate) fn visit<'t>(&'t self, topic: &str, mut visit: impl FnMut(&'t Hearers)) {
        if let Some(hearers) = self.exact.get(topic) {
            visit(hearers);
        }
        if self.nodes.len() == 1 && self.nodes[0].rest.is_empty() {
            return;
        }
        // A wildcard as the first level passes over such names. [MQTT5-4.7.2-1]
        let aside = topic.starts_with('$');
        let mut open = vec![(ROOT, Some(topic))];
        while let Some((at, rest)) = open.pop() {
            let node = &self.nodes[at as usize];
            let wild = at != ROOT || !aside;
            if wild && !node.rest.is_empty() {
                visit(&node.rest);
            }
            let Some(rest) = rest else {
                if !node.ends.is_empty() {
                    visit(&node.ends);
                }
                continue;
            };
            let (level, rest) =
                rest.split_once('/').map_or((rest, None), |(level, rest)| (level, Some(rest)));
            if let Some(next) = node.below.get(level) {
                open.push((*next, rest));
            }
            if let Some(next) = node.any.filter(|_| wild) {
                open.push((next, rest));
            }
        }
    }

    /// How many subscriptions there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// How many filters have subscribers.
    #[cfg(test)]
    fn size(&self) -> (usize, usize) {
        (self.exact.len(), self.nodes.len() - self.free.len())
    }

    fn hearers(&mut self, at: u32, is_rest: bool) -> &mut Hearers {
        let node = &mut self.nodes[at as usize];
        if is_rest { &mut node.rest } else { &mut node.ends }
    }

    fn below(&self, at: u32, level: &str) -> Option<u32> {
        let node = &self.nodes[at as usize];
        if level == "+" { node.any } else { node.below.get(level).copied() }
    }

    fn grow(&mut self, parent: u32, level: &str) -> u32 {
        let node = Node { parent, level: level.into(), ..Node::default() };
        let at = match self.free.pop() {
            Some(at) => {
                self.nodes[at as usize] = node;
                at
            }
            None => {
                self.nodes.push(node);
                // 2^32 nodes do not fit in memory.
                (self.nodes.len() - 1) as u32
            }
        };
        let above = &mut self.nodes[parent as usize];
        if level == "+" {
            above.any = Some(at);
        } else {
            above.below.insert(level.into(), at);
        }
        at
    }

    /// Gives back nodes that lead nowhere, from here upwards.
    fn prune(&mut self, mut at: u32) {
        while at != ROOT {
            let node = &self.nodes[at as usize];
            let leads = !node.below.is_empty() || node.any.is_some();
            if leads || !node.ends.is_empty() || !node.rest.is_empty() {
                return;
            }
            let Node { parent, level, .. } = std::mem::take(&mut self.nodes[at as usize]);
            let above = &mut self.nodes[parent as usize];
            if *level == *"+" {
                above.any = None;
            } else {
                above.below.remove(&level);
            }
            self.free.push(at);
            at = parent;
        }
    }
}

fn has_wildcard(filter: &str) -> bool {
    filter.contains(['+', '#'])
}

/// The levels of a filter before its `#`, and whether it has one.
fn split(filter: &str) -> (impl Iterator<Item = &str>, bool) {
    let path = match filter {
        "#" => None,
        filter => Some(filter.strip_suffix("/#").unwrap_or(filter)),
    };
    (path.into_iter().flat_map(|path| path.split('/')), filter.ends_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::subscriber::somebody;
    use mqtt::packet::Qos;
    use proptest::prelude::*;

    fn hearer(subscriber: &Arc<Subscriber>) -> Hearer {
        let how =
            How { qos: Qos::AtMostOnce, no_local: false, as_published: false, limited: false, ids: None };
        Hearer { subscriber: subscriber.clone(), how }
    }

    fn count(tree: &Tree, topic: &str) -> usize {
        let mut count = 0;
        tree.visit(topic, |hearers| count += hearers.each.len() + hearers.shares.len());
        count
    }

    proptest! {
        #[test]
        fn a_topic_finds_the_filters_that_match_it_and_no_others(
            filters in prop::collection::btree_set("(\\$?[ab+]?(/[ab+]?){0,3}|#)(/#)?", 1..12),
            topics in prop::collection::vec("\\$?[ab]?(/[ab]?){0,4}", 1..12),
        ) {
            let is_filter = |one: &&String| topics::filter::open_interest(one)
                != Err(topics::filter::FilterError::Syntax("it is empty")) && !one.contains("$+") && *one != "#/#";
            let filters: Vec<&String> = filters.iter().filter(is_filter).collect();
            let mut tree = Tree::default();
            let who = somebody();
            filters.iter().for_each(|filter| tree.put(filter, None, hearer(&who)));
            for topic in &topics {
                let expected = filters.iter().filter(|filter| topics::pattern::matches(filter, topic)).count();
                prop_assert_eq!(count(&tree, topic), expected, "{} in {:?}", topic, filters);
            }
            filters.iter().for_each(|filter| tree.take(filter, None, &who));
            prop_assert_eq!(tree.size(), (0, 1));
        }
    }

    #[test]
    fn a_filter_of_very_many_levels_comes_and_goes() {
        let mut tree = Tree::default();
        let who = somebody();
        let long = format!("{}+", "a/".repeat(65_000));
        tree.put(&long, None, hearer(&who));
        assert_eq!(count(&tree, &format!("{}b", "a/".repeat(65_000))), 1);
        tree.take(&long, None, &who);
        assert_eq!(tree.size(), (0, 1));
    }

    #[test]
    fn a_group_is_one_hearer_however_many_are_in_it() {
        let mut tree = Tree::default();
        let (ann, bo) = (somebody(), somebody());
        for who in [&ann, &bo] {
            tree.put("a/+", Some("workers"), hearer(who));
        }
        tree.put("a/+", None, hearer(&ann));
        assert_eq!(count(&tree, "a/b"), 2);
        tree.take("a/+", Some("workers"), &ann);
        assert_eq!(count(&tree, "a/b"), 2);
        tree.take("a/+", Some("workers"), &bo);
        tree.take("a/+", None, &ann);
        assert_eq!(tree.size(), (0, 1));
    }
}
