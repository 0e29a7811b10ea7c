use crate::told::{entry, published, refusals, said_in, told, written};
use chat::{Act, Ask};
use serde_json::Value;
use std::collections::BTreeSet;
use topics::access::RULES;
use topics::page::{Direction, Example, TEXT};
use topics::payload::{presence, refused, signal, typing};
use topics::{Address, Format, Section, Topic};

/// The examples that this crate reads.
fn examples() -> Vec<Example> {
    topics::page::examples().into_iter().filter(Example::is_of_chat).collect()
}

#[test]
fn every_example_that_is_published_is_answered_as_the_page_says() {
    for example in examples() {
        let expected = match example.direction {
            Direction::Send => None,
            Direction::Refuse(code) => Some(code),
            Direction::Hear => continue,
        };
        let answer = published(&example);
        assert_eq!(answer.as_ref().err().map(refused::reason_code), expected, "{example:?}: {answer:?}");
    }
}

#[test]
fn every_example_that_is_heard_is_what_the_server_writes() {
    for example in examples().iter().filter(|example| example.direction == Direction::Hear) {
        let address: Address = example.topic.parse().unwrap();
        let told = told(example);
        let (payload, properties) = written(&address, &told);
        match address.format {
            Format::Json => assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), told),
            Format::Cbor => {
                assert_eq!(payload, example.payload, "line {}", example.line);
                assert!(properties.is_empty());
            }
            Format::Plain => {
                assert_eq!(payload, example.payload);
                let properties = properties.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                let (properties, expected): (BTreeSet<_>, BTreeSet<_>) =
                    (properties.collect(), example.properties.iter().copied().collect());
                assert_eq!(properties, expected);
            }
        }
    }
}

#[test]
fn the_bytes_of_an_example_mean_what_stands_behind_them() {
    let examples = examples();
    let shown: Vec<_> = examples.iter().filter(|example| !example.meaning.is_empty()).collect();
    assert!(shown.len() >= 5, "only {} are shown", shown.len());
    let tight = |notation: &str| notation.replace(' ', "");
    for example in shown {
        let meaning = minicbor::display(&example.payload).to_string();
        assert_eq!(tight(&meaning), tight(&example.meaning), "line {}", example.line);
    }
}

#[test]
fn what_is_heard_right_below_a_message_is_that_message() {
    let mut pairs = 0;
    for pair in examples().windows(2) {
        let [sent, heard] = pair else { unreachable!() };
        if heard.right_below && (sent.direction, heard.direction) == (Direction::Send, Direction::Hear) {
            let address: Address = sent.topic.parse().unwrap();
            if let Topic::Rpc(method) = address.topic {
                assert_eq!(told(heard)["reply"], method.as_str());
                pairs += 1;
                continue;
            }
            if !matches!(address.topic, Topic::Say(_) | Topic::SayTo(_)) {
                is_what_became_of(sent, heard);
                pairs += 1;
                continue;
            }
            let (draft, ask) = said_in(sent);
            let told = entry(&told(heard));
            assert_eq!(told.draft, draft);
            pairs += 1;
            let (heard, content) = match (told.act, ask) {
                (Act::Said(heard), Ask::Say(content)) => (heard, content),
                (act, ask) => {
                    assert_eq!(act, Act::Did(deed(ask)));
                    continue;
                }
            };
            assert_eq!((&heard.kind, &heard.body), (&content.kind, &content.body));
            assert_eq!((heard.reply_to, heard.mentions), (content.reply_to, content.mentions));
            let json =
                |data: Option<Box<str>>| data.map(|data| serde_json::from_str::<Value>(&data).unwrap());
            assert_eq!(json(heard.data), json(content.data));
        }
    }
    assert!(pairs >= 14, "only {pairs} are shown");
}

/// What nobody keeps is heard as it was sent.
fn is_what_became_of(sent: &Example, heard: &Example) {
    let (address, told): (Address, _) = (sent.topic.parse().expect("the page is right"), told(heard));
    match address.topic {
        Topic::Typing(_) => {
            let typing = typing::read(address.format, &sent.payload).expect("the page is right");
            assert_eq!(told["typing"].to_string().trim_matches('"'), typing.to_string());
        }
        Topic::Signal(_) => {
            let signal = signal::read(address.format, &sent.payload).expect("the page is right");
            assert_eq!(signal.data.is_some(), told["data"].is_object());
            assert_eq!(signal.body.is_empty(), told.get("body").or(told.get("body_base64")).is_none());
        }
        Topic::MyPresence => {
            let shown = presence::read(address.format, &sent.payload).expect("the page is right");
            assert_eq!(told["state"].as_str(), shown.state.map(chat::Presence::word));
        }
        other => panic!("what became of {other:?}?"),
    }
}

fn deed(ask: Ask) -> chat::Deed {
    match ask {
        Ask::Do(deed) => deed,
        other => panic!("a message was heard as something else: {other:?}"),
    }
}

#[test]
fn what_goes_to_an_app_is_heard_as_it_was_sent() {
    let others: Vec<_> = topics::page::examples().into_iter().filter(|one| !one.is_of_chat()).collect();
    assert!(others.len() >= 4, "only {} are shown", others.len());
    for pair in others.windows(2) {
        if let [sent, heard] = pair
            && heard.direction == Direction::Hear
        {
            assert!(heard.right_below && sent.direction == Direction::Send, "line {}", heard.line);
            assert_eq!((sent.topic, &sent.payload), (heard.topic, &heard.payload));
            assert_eq!(sent.properties, heard.properties);
        }
    }
}

#[test]
fn every_topic_has_its_section_and_each_section_its_examples() {
    let headings: Vec<&str> = TEXT.lines().filter_map(|line| line.strip_prefix("### `")).collect();
    assert_eq!(headings.len(), Section::ALL.len());
    for (heading, rule) in headings.iter().zip(RULES) {
        assert!(heading.starts_with(&format!("{}`: ", rule.section.template())), "{heading}");
    }
    let shown: BTreeSet<Section> =
        examples().iter().map(|example| example.topic.parse::<Address>().unwrap().topic.section()).collect();
    assert!(Section::ALL.iter().all(|section| shown.contains(section)), "{shown:?}");
}

#[test]
fn the_page_says_who_may_use_each_topic_as_the_table_of_the_code_does() {
    let sections: Vec<&str> = TEXT.split("\n### `").skip(1).collect();
    for (section, rule) in sections.iter().zip(RULES) {
        let line =
            format!("- Published by: {}. Subscribed by: {}. Never retained.", rule.publish, rule.subscribe);
        assert!(section.contains(&line), "{line}");
        let row = format!("| {} | {} |", rule.publish, rule.subscribe);
        let start = format!("| [`{}`]", rule.section.template());
        assert!(TEXT.lines().any(|line| line.starts_with(&start) && line.contains(&row)), "{row}");
    }
}

#[test]
fn the_page_has_a_row_for_every_refusal() {
    for refusal in refusals() {
        let row = format!("\n| `{}` | 0x{:02X} |", refusal.code(), refused::reason_code(&refusal));
        assert!(TEXT.contains(&row), "{row}");
    }
    use topics::filter::FilterError::{Nothing, OpenOnly, Shared, Syntax};
    let filters = [Nothing, OpenOnly, Shared, Syntax("")].map(|error| error.reason_code());
    for code in filters.into_iter().chain([topics::replay::WishError::REASON_CODE]) {
        assert!(TEXT.contains(&format!("\n| 0x{code:02X} | ")), "{code:02X}");
    }
}
