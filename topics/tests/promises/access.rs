use crate::rows;
use topics::access::{RULES, may_publish, may_subscribe, of};
use topics::{Address, Section};

const WHO_MAY: &str = "
    | members of the room          | publish   | rooms/kitchen/say  | yes                          |
    | anyone connected             | publish   | users/bo/say       | yes                          |
    | members of the room          | publish   | rooms/kitchen/read | yes                          |
    | members of the room          | publish   | rooms/kitchen/typing | yes                        |
    | members of the room          | subscribe | rooms/kitchen/typing | yes                        |
    | members of the room          | publish   | rooms/kitchen/signal | yes                        |
    | members of the room          | subscribe | rooms/kitchen/signal | yes                        |
    | the user whom `me` stands for | publish  | me/presence        | yes                          |
    | the server                   | subscribe | me/presence        | no: others hear it of users  |
    | whoever may see that user    | subscribe | users/bo/presence  | yes                          |
    | the server                   | publish   | users/bo/presence  | no: each says it of themselves |
    | the server                   | publish   | rooms/kitchen/said | no: only the server speaks   |
    | the server                   | publish   | me/replies         | no: only the server answers  |
    | the server                   | publish   | me/events          | no: only the server tells    |
    | members of the room          | subscribe | rooms/kitchen/said | yes                          |
    | members of the room          | subscribe | rooms/kitchen/receipts | yes                      |
    | the server                   | publish   | rooms/kitchen/receipts | no: only the server knows |
    | the user whom `me` stands for | subscribe | me/replies        | yes                          |
    | the user whom `me` stands for | subscribe | me/events         | yes                          |
    | the server                   | subscribe | rooms/kitchen/say  | no: said is what members hear |
    | the server                   | subscribe | users/bo/say       | no: said is what members hear |
    | the server                   | subscribe | rooms/kitchen/read | no: only the server asks     |
    | anyone connected             | publish   | rpc/rooms.list     | yes                          |
    | the server                   | subscribe | rpc/rooms.list     | no: answers are on me/replies |
";

#[test]
fn clients_may_publish_and_subscribe_where_the_table_says() {
    for [who, does, topic, answer] in rows::<4>(WHO_MAY) {
        let formats = ["", "cbor/", "plain/"].iter().map(|level| format!("{level}{topic}"));
        // Under `plain/` there are no objects.
        let is_there = |topic: &String| {
            let plain = topic.strip_prefix("plain/");
            !plain.is_some_and(|rest| rest.starts_with("rpc") || rest.ends_with("receipts"))
        };
        for topic in formats.filter(is_there) {
            let topic = topic.parse::<Address>().unwrap().topic;
            let (party, may) = match does {
                "publish" => (of(&topic).publish, may_publish(&topic)),
                _ => (of(&topic).subscribe, may_subscribe(&topic)),
            };
            assert_eq!((party.to_string().as_str(), may), (who, answer == "yes"), "{does} {topic}");
        }
    }
}

#[test]
fn the_table_has_a_row_for_each_section_in_the_order_of_the_page() {
    assert_eq!(RULES.map(|rule| rule.section), Section::ALL);
}
