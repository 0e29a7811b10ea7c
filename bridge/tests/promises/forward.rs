//! What was said elsewhere is said here too, by who may read it.

use crate::company::Company;
use crate::device::property;
use mqtt::ReasonCode;
use serde_json::{Value, json};

fn heard(payload: &str) -> Value {
    serde_json::from_str(payload).expect("it is an object")
}

#[tokio::test]
async fn a_message_is_said_on_as_it_is_worded_and_names_where_it_was_first() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo"]).await;
    company.room("attic", &["bo", "cy"]).await;
    company.room("loft", &["cy"]).await;
    let ann = company.connect("ann", "phone").await;
    let bo = company.connect("bo", "phone").await;
    let mut cy = company.connect("cy", "phone").await;
    cy.subscribe("rooms/+/said").await;
    ann.say("rooms/tea/say", r#"{"body":"the kettle is on","mentions":["bo"],"data":{"cups":2}}"#).await;
    ann.say("rooms/tea/say", r#"{"kind":"edit","of":2,"body":"the kettle boils"}"#).await;

    let draft = r#"{"of":2,"of_room":"tea","draft":"d"}"#;
    assert_eq!(bo.say("rooms/attic/say", draft).await.code, ReasonCode::Success);
    ann.say("rooms/tea/say", r#"{"kind":"edit","of":2,"body":"the kettle sings"}"#).await;
    let again = bo.say("rooms/attic/say", draft).await;
    assert_eq!(
        property(&again, "duplicate").as_deref(),
        Some("true"),
        "it is the same, however it is worded now"
    );

    let said = heard(&cy.take().await.payload);
    assert_eq!((&said["from"], &said["body"]), (&json!("bo"), &json!("the kettle boils")));
    assert_eq!((&said["data"], &said["mentions"]), (&Value::Null, &Value::Null), "as it is worded last");
    let origin =
        |said: &Value| (said["origin_room"].clone(), said["origin_seq"].clone(), said["origin_from"].clone());
    assert_eq!(origin(&said), (json!("tea"), json!(2), json!("ann")));
    cy.say("rooms/loft/say", r#"{"of":2,"of_room":"attic"}"#).await;
    assert_eq!(origin(&heard(&cy.take().await.payload)), origin(&said), "where it was said first");
}

#[tokio::test]
async fn who_may_not_read_a_message_cannot_say_it_on() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann"]).await;
    company.room("attic", &["ann", "bo"]).await;
    let ann = company.connect("ann", "phone").await;
    let bo = company.connect("bo", "phone").await;
    company.say("ann", "tea", "before").await;
    company.join("tea", "bo").await;
    company.say("ann", "tea", "while").await;
    let last = company.say("ann", "tea", "taken back").await;
    ann.say("rooms/tea/say", format!(r#"{{"kind":"recall","of":{last}}}"#).as_str()).await;
    company.leave("tea", "bo").await;
    company.say("ann", "tea", "after").await;

    let asks = async |room: &str, of: u64| {
        let answer = bo.say("rooms/attic/say", format!(r#"{{"of":{of},"of_room":"{room}"}}"#).as_str()).await;
        property(&answer, "refused")
    };
    assert_eq!(asks("tea", 4).await, None, "who heard it may say it on");
    for (room, of) in [("tea", 2), ("tea", 3), ("tea", 8), ("tea", 99), ("cellar", 1)] {
        assert_eq!(asks(room, of).await.as_deref(), Some("no_such_message"), "{room} {of}");
    }
    assert_eq!(asks("tea", last.0).await.as_deref(), Some("recalled"));
}

#[tokio::test]
async fn what_was_said_on_is_answered_again_though_the_first_message_is_gone_or_out_of_sight() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo"]).await;
    company.room("attic", &["bo", "cy"]).await;
    let ann = company.connect("ann", "phone").await;
    let bo = company.connect("bo", "phone").await;
    let cy = company.connect("cy", "phone").await;
    company.say("ann", "tea", "the kettle is on").await;
    let asks = async |device: &crate::device::Device, payload: &str| {
        let answer = device.say("rooms/attic/say", payload).await;
        (property(&answer, "seq"), property(&answer, "refused"))
    };
    const ON: &str = r#"{"of":2,"of_room":"tea","draft":"d"}"#;
    let told = (Some("2".to_owned()), None);
    let refused = |code: &str| (None, Some(code.to_owned()));
    assert_eq!(asks(&bo, ON).await, told);
    ann.say("rooms/tea/say", r#"{"kind":"recall","of":2}"#).await;
    assert_eq!(asks(&bo, ON).await, told, "it was taken back");
    assert_eq!(asks(&bo, r#"{"of":2,"of_room":"tea","draft":"e"}"#).await, refused("recalled"));
    company.leave("tea", "bo").await;
    assert_eq!(asks(&bo, ON).await, told, "bo went out of tea");
    // Under a draft of something else nothing is found, and cy never sent this one.
    bo.say("rooms/attic/say", r#"{"draft":"f","body":"something else"}"#).await;
    assert_eq!(asks(&bo, r#"{"of":2,"of_room":"tea","draft":"f"}"#).await, refused("draft_reused"));
    assert_eq!(asks(&cy, ON).await, refused("no_such_message"));
    company.leave("attic", "bo").await;
    assert_eq!(asks(&bo, ON).await, told, "and of the attic, too");
}
