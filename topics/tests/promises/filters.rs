use crate::rows;
use proptest::prelude::*;
use topics::Format;
use topics::filter::{Answers, Below, FilterError, Interest, People, Rooms, interest};
use topics::rpc::ReplyTo;

/// What each filter could hear: `all` or a room's handle for `said`, with `/receipts` for its receipts, `me` for `replies` and `me/` with a word or `+` for
/// what is below it, `plain` or `cbor` before what is so.
const HEARD: &str = "
    | rooms/tea/said          | tea                   |
    | rooms/+/said            | all                   |
    | rooms/#                 | all, all/receipts     |
    | rooms/+/#               | all, all/receipts     |
    | rooms/+/+               | all, all/receipts     |
    | rooms/tea/#             | tea, tea/receipts     |
    | rooms/tea/+             | tea, tea/receipts     |
    | rooms/tea/said/#        | tea                   |
    | +/tea/said              | tea                   |
    | +/+/said                | all, me/said          |
    | +/tea/#                 | tea, tea/receipts     |
    | me/replies              | me                    |
    | me/+                    | me                    |
    | me/#                    | me me/+               |
    | me/replies/#            | me me/+               |
    | me/replies/+            | me/+                  |
    | me/replies/app-7        | me/app-7              |
    | me/replies/A.b_c/#      | me/A.b_c              |
    | +/replies/app           | me/app                |
    | +/replies               | me                    |
    | +/+                     | me                    |
    | plain/#                 | plain all, plain me   |
    | plain/+/#               | plain all, plain me   |
    | cbor/me/replies/app     | cbor me/app           |
    | +/me/replies/app        | cbor me/app           |
    | plain/rooms/+/said      | plain all             |
    | plain/rooms/tea/said    | plain tea             |
    | plain/+/tea/said        | plain tea             |
    | plain/me/#              | plain me              |
    | cbor/#                  | cbor all, cbor all/receipts, cbor me me/+ |
    | rooms/+/receipts        | all/receipts          |
    | rooms/tea/receipts/#    | tea/receipts          |
    | cbor/rooms/tea/receipts | cbor tea/receipts     |
    | +/rooms/tea/receipts    | cbor tea/receipts     |
    | +/+/receipts            | all/receipts, me/receipts |
    | cbor/rooms/+/said       | cbor all              |
    | cbor/rooms/tea/said     | cbor tea              |
    | cbor/me/replies         | cbor me               |
    | +/me/replies            | plain me, cbor me     |
    | +/rooms/+/said          | plain all, cbor all   |
    | +/rooms/tea/said        | plain tea, cbor tea   |
    | +/+/+/said              | plain all, cbor all, cbor me/said |
    | +/rooms/#               | plain all, cbor all, cbor all/receipts |
    | +/+/+                   | all, all/receipts, me/+, plain me, cbor me |
    | +/+/+/+                 | plain all, cbor all, cbor all/receipts, cbor me/+ |
    | +/+/replies             | me/replies, plain me, cbor me |
";

/// The same of what nobody keeps: `typing`, `signal` and `presence`, each with the room or the person, or `+` for all.
const HEARD_NOW: &str = "
    | rooms/tea/said      | nothing                                            |
    | rooms/tea/typing    | typing tea                                         |
    | rooms/+/signal      | signal +                                           |
    | rooms/#             | typing +, signal +                                 |
    | rooms/tea/+         | typing tea, signal tea                             |
    | users/bo/presence   | presence bo                                        |
    | users/bo/#          | presence bo                                        |
    | users/+/presence    | presence +                                         |
    | users/#             | presence +                                         |
    | +/bo/presence       | presence bo                                        |
    | +/+/presence        | presence +                                         |
    | +/bo/+              | typing bo, signal bo, presence bo                  |
    | me/#                | nothing                                            |
    | plain/users/bo/+    | plain presence bo                                  |
    | cbor/+/+/typing     | cbor typing +                                      |
    | cbor/#              | cbor typing +, cbor signal +, cbor presence +      |
    | +/users/+/presence  | plain presence +, cbor presence +                  |
";

const REFUSED: &str = "
    | #                       | open    |
    | +/#                     | open    |
    | +/+/#                   | open    |
    | $share/g/rooms/tea/said | shared  |
    | $share/g/me/replies     | shared  |
    | $share/g/rooms/+/receipts | shared |
    | $share/g/me/events      | shared  |
    | $share/g/+/rooms/+/said | shared  |
    | $share/g/$share/g/rooms/+/said | shared  |
    | $share/g/#              | open    |
    | $share/g/rooms/tea/say  | nothing |
    | $share/g                | syntax  |
    | $share//rooms/+/said    | syntax  |
    | $share/+/rooms/+/said   | syntax  |
    | $SYS/#                  | nothing |
    | +                       | nothing |
    | /                       | nothing |
    | //                      | nothing |
    | /#                      | nothing |
    | +/tea                   | nothing |
    | rooms                   | nothing |
    | rooms/+                 | nothing |
    | rooms/tea               | nothing |
    | rooms/tea/say           | nothing |
    | rooms/+/read            | nothing |
    | plain/rooms/+/receipts  | nothing |
    | rooms/+/said/+          | nothing |
    | rooms/tea/said/         | nothing |
    | rooms/Tea/said          | nothing |
    | rooms/me/said           | nothing |
    | rooms//said             | nothing |
    | users/+/say             | nothing |
    | me                      | nothing |
    | me/presence             | nothing |
    | me/replies/é            | nothing |
    | me/replies/a/b          | nothing |
    | me/replies/             | nothing |
    | plain/me/replies/a      | nothing |
    | rpc/#                   | nothing |
    | rpc/rooms.list          | nothing |
    | plain                   | nothing |
    | plain/plain/#           | nothing |
    | cbor                    | nothing |
    | cbor/plain/#            | nothing |
    | apps/#                  | nothing |
    | é/1                     | nothing |
    | rooms/#/said            | syntax  |
    | #/said                  | syntax  |
    | ##                      | syntax  |
    | rooms#                  | syntax  |
    | rooms/te+               | syntax  |
    | rooms/++/said           | syntax  |
    | é#                      | syntax  |
";

#[test]
fn what_every_room_says_can_be_shared_in_one_format() {
    for filter in ["rooms/+/said", "plain/rooms/+/said", "cbor/rooms/#"] {
        let shared = interest(&format!("$share/bots/{filter}")).unwrap();
        let said = interest(filter).unwrap().said;
        assert_eq!(shared, Interest { shared: true, said, ..Interest::default() });
    }
}

fn now_in_words(interest: &Interest) -> String {
    let of = |format: Format, what: &str, whose: &str| {
        format!("{} {what} {whose}", format.level().unwrap_or_default()).trim().to_owned()
    };
    let rooms = |rooms: &Rooms| match rooms {
        Rooms::All => "+".to_owned(),
        Rooms::One(room) => room.to_string(),
    };
    let typing = interest.typing.iter().map(|(format, one)| of(*format, "typing", &rooms(one)));
    let signals = interest.signals.iter().map(|(format, one)| of(*format, "signal", &rooms(one)));
    let presence = interest.presence.iter().map(|(format, one)| match one {
        People::Around => of(*format, "presence", "+"),
        People::One(user) => of(*format, "presence", user.as_str()),
    });
    typing.chain(signals).chain(presence).collect::<Vec<_>>().join(", ")
}

fn in_words(interest: &Interest) -> String {
    let of = |format: Format, what: &str| match format {
        Format::Json => what.to_owned(),
        Format::Plain => format!("plain {what}"),
        Format::Cbor => format!("cbor {what}"),
    };
    let said = interest.said.iter().map(|(format, rooms)| match rooms {
        Rooms::All => of(*format, "all"),
        Rooms::One(room) => of(*format, room.as_str()),
    });
    let replies = interest.replies.iter().map(|(format, Answers { here, below })| {
        let below = match below {
            Below::None => String::new(),
            Below::All => "me/+".to_owned(),
            Below::One(word) => format!("me/{word}"),
        };
        of(*format, format!("{} {below}", if *here { "me" } else { "" }).trim())
    });
    let receipts = interest.receipts.iter().map(|(format, rooms)| match rooms {
        Rooms::All => of(*format, "all/receipts"),
        Rooms::One(room) => of(*format, &format!("{room}/receipts")),
    });
    said.chain(receipts).chain(replies).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_filter_hears_every_topic_it_matches_and_no_other() {
    for [filter, heard] in rows::<2>(HEARD) {
        let interest = interest(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(in_words(&interest), heard, "{filter}");
    }
}

#[test]
fn a_filter_hears_what_nobody_keeps_where_it_matches_and_nowhere_else() {
    for [filter, heard] in rows::<2>(HEARD_NOW) {
        let interest = interest(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        let now = now_in_words(&interest);
        assert_eq!(if now.is_empty() { "nothing" } else { &now }, heard, "{filter}");
    }
}

#[test]
fn a_filter_that_could_hear_nothing_is_refused_with_its_reason() {
    for [filter, why] in rows::<2>(REFUSED) {
        let word = match interest(filter).unwrap_err() {
            FilterError::OpenOnly => "open",
            FilterError::Shared => "shared",
            FilterError::Nothing => "nothing",
            FilterError::Syntax(_) => "syntax",
        };
        assert_eq!(word, why, "{filter}");
    }
}

#[test]
fn a_filter_of_any_length_is_looked_at_without_harm() {
    assert_eq!(interest(&"+/".repeat(5_000)), Err(FilterError::Nothing));
    assert_eq!(interest(&"a/".repeat(5_000)), Err(FilterError::Nothing));
    for filter in ["", "rooms/\0/said", &"a".repeat(65_536)] {
        assert!(matches!(interest(filter), Err(FilterError::Syntax(_))));
    }
}

/// MQTT's rule in its plainest form, for a filter known to be one: the model of [`interest`].
fn matches(filter: &[&str], topic: &[&str]) -> bool {
    match (filter, topic) {
        (["#"], _) | ([], []) => true,
        ([first, filter @ ..], [level, topic @ ..]) if ["+", level].contains(first) => matches(filter, topic),
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_filter_is_granted_exactly_when_it_matches_a_topic(
        levels in prop::collection::vec(
            prop::sample::select(&[
                "rooms", "tea", "said", "receipts", "typing", "users", "presence", "me", "replies", "app", "plain", "cbor", "+",
            ][..]), 1..6),
        open_end in any::<bool>(),
    ) {
        let mut levels = levels;
        if open_end {
            levels.push("#");
        }
        prop_assume!(!levels.iter().all(|level| ["+", "#"].contains(level)) || !open_end);
        let hears = |topic: String| matches(&levels, &topic.split('/').collect::<Vec<_>>());
        let granted = interest(&levels.join("/")).unwrap_or_default();
        // The one room of this small world, unless the filter names another.
        let said = |format| granted.said.iter().any(|(f, rooms)| {
            *f == format && (*rooms == Rooms::All || *rooms == Rooms::One("tea".parse().unwrap()))
        });
        let replies = |topic: &str| granted.answers(&topic.parse::<ReplyTo>().unwrap());
        for format in Format::ALL {
            let before = format.level().map_or(String::new(), |level| format!("{level}/"));
            prop_assert_eq!(said(format), hears(format!("{before}rooms/tea/said")));
            let receipts = granted.hears_receipts(format, &"tea".parse().unwrap());
            prop_assert_eq!(receipts, format != Format::Plain && hears(format!("{before}rooms/tea/receipts")));
            let tea = "tea".parse().unwrap();
            prop_assert_eq!(granted.hears_typing(format, &tea), hears(format!("{before}rooms/tea/typing")));
            prop_assert_eq!(
                granted.hears_presence(format, &tea, true),
                hears(format!("{before}users/tea/presence"))
            );
            let here = granted.replies.iter().any(|(f, answers)| *f == format && answers.here);
            prop_assert_eq!(here, hears(format!("{before}me/replies")));
            if format != Format::Plain {
                let below = format!("{before}me/replies/app");
                prop_assert_eq!(replies(&below), hears(below));
            }
        }
    }
}
