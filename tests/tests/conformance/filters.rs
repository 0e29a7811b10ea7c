//! Which topics a filter matches.

use crate::corner::{BOTH, Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Qos, Version};
use tests::{Wire, publish_at};

/// Filter, topic, and whether the one matches the other.
const CASES: [(&str, &str, bool); 34] = [
    ("tea", "tea", true),
    ("tea", "teas", false),
    ("tea", "Tea", false),
    ("tea", "tea/", false),
    ("tea", "/tea", false),
    ("tea/hot", "tea/hot", true),
    ("tea/hot", "tea", false),
    ("tea/#", "tea", true),
    ("tea/#", "tea/", true),
    ("tea/#", "tea/hot", true),
    ("tea/#", "tea/hot/sweet/and/more", true),
    ("tea/#", "teas", false),
    ("tea/#", "milk/hot", false),
    ("tea/+", "tea/hot", true),
    ("tea/+", "tea/", true),
    ("tea/+", "tea", false),
    ("tea/+", "tea/hot/sweet", false),
    ("+", "tea", true),
    ("+", "tea/hot", false),
    ("+", "/tea", false),
    ("+/+", "/tea", true),
    ("/+", "/tea", true),
    ("+/hot", "tea/hot", true),
    ("+/hot", "/hot", true),
    ("+/hot", "hot", false),
    ("tea/+/sweet", "tea/hot/sweet", true),
    ("tea/+/sweet", "tea//sweet", true),
    ("tea/+/sweet", "tea/sweet", false),
    ("tea/+/#", "tea/hot", true),
    ("tea/+/#", "tea", false),
    ("+/+/#", "tea", false),
    ("tea//hot", "tea/hot", false),
    ("t e a", "t e a", true),
    ("tea", "te\u{0301}a", false),
];

/// Whether a message to the topic comes by the filter: it would come before what ends the case.
async fn matches(wire: &mut Wire, corner: &Corner, filter: &str, topic: &str) -> bool {
    let (filter, topic, end) = (corner.topic(filter), corner.topic(topic), corner.topic("the/end/of/a/case"));
    listen(wire, wish(&filter, Qos::AtLeastOnce)).await;
    listen(wire, wish(&end, Qos::AtLeastOnce)).await;
    wire.sends(publish_at(Qos::AtLeastOnce, &topic, "x")).await;
    wire.sends(publish_at(Qos::AtLeastOnce, &end, "x")).await;
    let first = wire.receive().await.topic;
    let matched = first == topic;
    if matched {
        assert_eq!(wire.receive().await.topic, end);
    } else {
        assert_eq!(first, end);
    }
    wire.unsubscribe(&[&filter, &end]).await;
    matched
}

#[tokio::test]
pub(crate) async fn a_filter_matches_what_the_standard_says() {
    for version in BOTH {
        for (filter, topic, expected) in CASES {
            // A corner for each, as the end of one case may match the next filter.
            let corner = Corner::open().await;
            let mut wire = corner.client(version, "both").await;
            let matched = matches(&mut wire, &corner, filter, topic).await;
            assert_eq!(matched, expected, "{filter} and {topic} in {version:?}");
        }
    }
}

#[tokio::test]
pub(crate) async fn topics_are_compared_byte_for_byte() {
    // Letters that look alike or that some would call the same: composed and not, wide and narrow, upper and lower.
    let alike = ["é", "e\u{301}", "É", "ﬁ", "fi", "Å", "\u{212b}", "ａ", "a", "\u{feff}a", "%61", "a ", " a"];
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "both").await;
        for filter in alike {
            listen(&mut wire, wish(&corner.topic(filter), Qos::AtLeastOnce)).await;
            for topic in alike {
                wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic(topic), "x")).await;
            }
            assert_eq!(wire.receive().await.topic, corner.topic(filter));
            wire.is_quiet().await;
            wire.unsubscribe(&[&corner.topic(filter)]).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_wildcard_in_the_wrong_place_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        for filter in ["tea#", "tea/#/hot", "#/tea", "##", "tea/##", "#tea", "tea+", "+tea", "tea/h+t", "++"]
        {
            let text = raw::text(filter);
            let subscribe = raw::request(version, 0x82, 1, &[], &[&text[..], &[1]].concat());
            corner.breaks(version, filter, &subscribe, ReasonCode::TopicFilterInvalid).await;
            let unsubscribe = raw::request(version, 0xa2, 1, &[], &text);
            corner.breaks(version, filter, &unsubscribe, ReasonCode::TopicFilterInvalid).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn an_empty_filter_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let subscribe = raw::request(version, 0x82, 1, &[], &[0, 0, 1]);
        corner.breaks(version, "SUBSCRIBE", &subscribe, ReasonCode::TopicFilterInvalid).await;
        let unsubscribe = raw::request(version, 0xa2, 1, &[], &[0, 0]);
        corner.breaks(version, "UNSUBSCRIBE", &unsubscribe, ReasonCode::TopicFilterInvalid).await;
    }
}

#[tokio::test]
pub(crate) async fn topics_of_one_character_are_topics() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "both").await;
        // Not in a corner: nobody else uses these.
        for topic in ["/", "é", "~"] {
            listen(&mut wire, wish(topic, Qos::AtLeastOnce)).await;
            wire.sends(publish_at(Qos::AtLeastOnce, topic, corner.topic(""))).await;
            while wire.receive().await.payload != corner.topic("") {}
        }
    }
}

/// Listeners of everything hear the other tests, too: what they must not hear is looked for until the end comes.
#[tokio::test]
pub(crate) async fn wildcards_at_the_first_level_do_not_match_topics_that_begin_with_a_dollar() {
    for version in BOTH {
        let corner = Corner::open().await;
        let own = corner.topic("tea");
        let hidden = format!("${own}");
        let mut named = corner.client(version, "named").await;
        listen(&mut named, wish(&format!("${}", corner.topic("#")), Qos::AtLeastOnce)).await;
        let mut wild = corner.client(version, "wild").await;
        for filter in ["#", "+/#", "+/tea"] {
            listen(&mut wild, wish(filter, Qos::AtLeastOnce)).await;
        }
        let mut speaker = corner.client(version, "speaker").await;
        for topic in [&hidden, &own] {
            let code = speaker.sends(publish_at(Qos::AtLeastOnce, topic, "x")).await;
            assert_eq!(code, ReasonCode::Success, "{topic}");
        }
        assert_eq!(named.receive().await.topic, hidden, "who asks for it by name hears it");
        loop {
            let heard = wild.receive().await.topic;
            assert!(!heard.starts_with('$'), "{heard}");
            if heard == own {
                break;
            }
        }
    }
}

#[tokio::test]
pub(crate) async fn a_topic_that_is_longer_than_the_server_takes_is_refused_and_harms_nobody() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut bystander = corner.listener(version, "bystander", Qos::AtLeastOnce).await;
        for topic in [corner.topic(&"a".repeat(60_000)), corner.topic(&"a/".repeat(5_000))] {
            let bytes = raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"x");
            corner.breaks(version, "a long topic", &bytes, ReasonCode::TopicNameInvalid).await;
            let rest = [&raw::text(&topic)[..], &[1]].concat();
            let bytes = raw::request(version, 0x82, 1, &[], &rest);
            corner.breaks(version, "a long filter", &bytes, ReasonCode::TopicFilterInvalid).await;
        }
        bystander.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        assert_eq!(bystander.receive().await.payload, "hot");
    }
}

#[tokio::test]
pub(crate) async fn the_longest_topics_that_the_server_takes_are_heard() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.listener(version, "both", Qos::AtLeastOnce).await;
        let long = corner.topic(&"a".repeat(512 - corner.topic("").len()));
        let deep = corner.topic(&["a"; 15].join("/"));
        assert_eq!((long.len(), deep.split('/').count()), (512, 16));
        for topic in [long, deep] {
            wire.sends(publish_at(Qos::AtLeastOnce, &topic, "x")).await;
            assert_eq!(wire.receive().await.topic, topic);
        }
    }
}

#[tokio::test]
pub(crate) async fn shares_must_be_written_as_the_standard_has_them() {
    let corner = Corner::open().await;
    let wrong =
        ["$share/", "$share/g", "$share/g/", "$share//tea", "$share/g+/tea", "$share/#/tea", "$share/g/t#"];
    for filter in wrong {
        let rest = [&raw::text(filter)[..], &[1]].concat();
        let bytes = raw::request(Version::V5, 0x82, 1, &[], &rest);
        corner.breaks(Version::V5, filter, &bytes, ReasonCode::TopicFilterInvalid).await;
    }
}
