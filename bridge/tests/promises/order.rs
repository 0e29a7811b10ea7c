//! Who is shown out is out, whatever they were about to say.

use crate::company::Company;
use crate::device::{message, property};
use chat::{Act, Change, Person, Role, Seq, Timestamp};
use store::Store;

const ROUNDS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_shown_out_says_nothing_and_hears_nothing_after_it_however_the_two_meet() {
    let company = Company::of(&["ann", "bo"]).await;
    let tea = company.room("tea", &["ann", "bo"]).await;
    let (ann, bo) = (company.account("ann").await, company.account("bo").await);
    let who = || Person { id: bo.id, handle: bo.handle.clone() };
    let mut phone = company.connect("bo", "phone").await;
    phone.subscribe("rooms/tea/said").await;
    let (mut heard, mut refused) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let said = phone.begin(message("rooms/tea/say", "just a moment"));
        let kick = company.bridge.change_room(&ann, &tea, Change::Kick { who: who() });
        let (said, kicked) = tokio::join!(said, kick);
        kicked.unwrap();
        refused += usize::from(said.await.unwrap().code.is_refusal());
        let add = Change::Add { who: who(), role: Role::Member };
        company.bridge.change_room(&ann, &tea, add).await.unwrap();
        heard.extend(phone.take_ready(100).await.iter().map(|got| got.seq()));
    }
    let last = company.last_seq("tea").await;
    let id = company.room_id("tea").await;
    if heard.last() != Some(&last.0) {
        heard.extend(phone.take_until(id, last).await.iter().map(|got| got.seq()));
    }
    let (mut is_in, mut audible, mut after) = (true, Vec::new(), Seq::FIRST);
    while after < last {
        let page = company.store.read(id, after, last, 500, Timestamp(0)).await.unwrap();
        for entry in &page {
            match &entry.act {
                Act::Said(_) => assert!(is_in, "entry {} was said by one who was out", entry.seq),
                Act::Joined { .. } => is_in = true,
                _ => {}
            }
            if is_in {
                audible.push(entry.seq.0);
            }
            is_in &= !matches!(entry.act, Act::Left { .. });
        }
        after = page.last().unwrap().seq;
    }
    assert_eq!(heard, audible, "bo heard up to each going, and from each coming on");
    assert!(refused > 0 && refused < ROUNDS, "{refused} of {ROUNDS}: the two did not meet");
}

#[tokio::test]
async fn who_went_out_a_moment_ago_is_told_so_whatever_they_try() {
    let company = Company::of(&["ann", "bo"]).await;
    let tea = company.room("tea", &["ann", "bo"]).await;
    company.room("den", &["ann"]).await;
    let bo = company.account("bo").await;
    let phone = company.connect("bo", "phone").await;
    for (topic, payload) in [
        ("rooms/tea/read", "1"),
        ("rooms/tea/say", "hello"),
        ("rooms/tea/say", r#"{"of_room":"den","of":1}"#),
    ] {
        // What bo is in the room is remembered from this.
        company.bridge.say(&bo.handle, &tea, "just a moment").await.unwrap();
        company.leave("tea", "bo").await;
        let outcome = phone.say(topic, payload).await;
        assert_eq!(property(&outcome, "refused").as_deref(), Some("not_a_member"), "{topic} {payload}");
        company.join("tea", "bo").await;
    }
}

/// What bo sends, now and again: the receipt, or why there is none.
async fn sends(
    phone: &crate::device::Device,
    topic: &str,
    payload: &str,
) -> (Option<String>, Option<String>) {
    let answer = phone.say(topic, payload).await;
    let told = |name| crate::device::property(&answer, name);
    match answer.code.is_refusal() {
        true => (None, told("refused")),
        false => (told("seq"), told("duplicate")),
    }
}

#[tokio::test]
async fn what_is_sent_again_is_answered_as_the_first_time_whatever_became_of_its_sender() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    let tea = company.room("tea", &["ann", "bo"]).await;
    let (ann, bo) = (company.account("ann").await, company.account("bo").await);
    let who = || Person { id: bo.id, handle: bo.handle.clone() };
    let (phone, stranger) = (company.connect("bo", "phone").await, company.connect("cy", "phone").await);
    const FIRST: &str = r#"{"draft":"kettle-1","body":"the kettle is on"}"#;
    const OTHER: &str = r#"{"draft":"kettle-1","body":"the kettle is off"}"#;
    const NEW: &str = r#"{"draft":"kettle-2","body":"and now?"}"#;
    const SIGN: &str = r#"{"draft":"sign-1","kind":"react","of":2,"body":"+"}"#;
    let again = |seq: &str| (Some(seq.to_owned()), Some("true".to_owned()));
    let refused = |code: &str| (None, Some(code.to_owned()));
    assert_eq!(sends(&phone, "rooms/tea/say", FIRST).await.0.as_deref(), Some("2"));
    assert_eq!(sends(&phone, "rooms/tea/say", SIGN).await.0.as_deref(), Some("3"));

    for (change, code) in [
        (Change::Mute { who: who(), until: Timestamp::NEVER }, "muted"),
        (Change::Kick { who: who() }, "not_a_member"),
        (Change::Ban { who: who() }, "not_a_member"),
    ] {
        company.bridge.change_room(&ann, &tea, change).await.unwrap();
        assert_eq!(sends(&phone, "rooms/tea/say", FIRST).await, again("2"), "{code}");
        assert_eq!(sends(&phone, "rooms/tea/say", SIGN).await, again("3"), "{code}");
        assert_eq!(sends(&phone, "rooms/tea/say", NEW).await, refused(code));
        assert_eq!(sends(&phone, "rooms/tea/say", OTHER).await, refused("draft_reused"));
        // Whoever never sent it learns nothing by sending it.
        for payload in [FIRST, OTHER, SIGN] {
            assert_eq!(sends(&stranger, "rooms/tea/say", payload).await, refused("not_a_member"));
        }
    }
    let last = company.last_seq("tea").await;
    assert_eq!(last, Seq(6), "nothing but what was said first, and what ann did");
}

#[tokio::test]
async fn a_packet_that_comes_again_is_answered_though_its_sender_was_shown_out() {
    let company = Company::of(&["ann", "bo"]).await;
    let tea = company.room("tea", &["ann", "bo"]).await;
    let (ann, bo) = (company.account("ann").await, company.account("bo").await);
    let phone = company.connect("bo", "phone").await;
    let packet = |dup, body: &str| {
        let packet_id = mqtt::packet::PacketId::new(77);
        mqtt::packet::Publish { dup, packet_id, ..message("rooms/tea/say", body) }
    };
    let first = phone.publish(packet(false, "the kettle is on")).await.unwrap();
    let kick = Change::Kick { who: Person { id: bo.id, handle: bo.handle.clone() } };
    company.bridge.change_room(&ann, &tea, kick).await.unwrap();
    let again = phone.publish(packet(true, "the kettle is on")).await.unwrap();
    let seq = |answer| crate::device::property(answer, "seq");
    assert!(seq(&first).is_some() && seq(&first) == seq(&again), "{again:?}");
    let other = phone.publish(packet(true, "the kettle is off")).await.unwrap();
    assert!(other.code.is_refusal(), "{other:?}");
}
