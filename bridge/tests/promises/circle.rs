//! Who keeps whom away, as both hear it.

use crate::company::{Company, handle};
use crate::device::property;
use chat::Handle;
use mqtt::ReasonCode;

fn refused(outcome: &broker::application::Outcome) -> (ReasonCode, Option<String>) {
    (outcome.code, property(outcome, "refused"))
}

#[tokio::test]
async fn who_is_kept_away_cannot_write() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    let (ann, bo) = (company.account("ann").await, company.account("bo").await);
    let [anns, bos] = [company.connect("ann", "phone").await, company.connect("bo", "phone").await];
    let said = bos.say("users/ann/say", "hello").await;
    let room = Handle::new(&property(&said, "room").unwrap()).unwrap();
    company.bridge.keep_away(&ann, &handle("bo")).await.unwrap();

    let no = ReasonCode::NotAuthorized;
    let [there, nowhere] =
        [bos.say("users/ann/say", "hello?").await, bos.say("users/nobody/say", "hello?").await];
    assert_eq!(
        (there.code, there.reason, there.user_properties),
        (nowhere.code, nowhere.reason, nowhere.user_properties)
    );
    let inside = format!("rooms/{room}/say");
    let not_allowed = (no, Some("not_allowed".to_owned()));
    for (who, topic) in [(&bos, &inside[..]), (&anns, &inside[..]), (&anns, "users/bo/say")] {
        assert_eq!(refused(&who.say(topic, "hello?").await), not_allowed, "{topic}");
    }
    let recall = bos.say(&inside, r#"{"kind":"recall","of":2}"#).await;
    assert_eq!(recall.code, ReasonCode::Success, "one's own words can be taken back");

    company.bridge.let_near(&ann, &handle("bo")).await.unwrap();
    for (who, topic) in [(&bos, "users/ann/say"), (&anns, &inside[..])] {
        assert_eq!(who.say(topic, "well").await.code, ReasonCode::Success);
    }
    company.bridge.keep_away(&bo, &handle("cy")).await.unwrap();
    let cys = company.connect("cy", "phone").await;
    assert_eq!(refused(&cys.say("users/bo/say", "hello").await), (no, Some("no_such_user".to_owned())));
    assert_eq!(
        refused(&bos.say("users/cy/say", "hello").await),
        not_allowed,
        "whom one keeps away one does not write to"
    );
}
