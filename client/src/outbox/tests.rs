use super::*;

const LIMITS: Limits = Limits { count: 3, bytes: 1000 };

fn words(payload: &'static str) -> Outgoing {
    Outgoing {
        topic: "rooms/tea/say".into(),
        draft: Some(Draft::from_text(payload)),
        payload: payload.into(),
    }
}

fn waiting(outbox: &Outbox) -> Vec<Bytes> {
    outbox.behind(None).into_iter().map(|(_, outgoing)| outgoing.payload).collect()
}

#[tokio::test]
async fn what_has_no_puback_is_sent_again_in_its_order_and_what_has_one_is_not() {
    let outbox = Outbox::new(LIMITS);
    let first = outbox.put(words("one")).unwrap();
    let _others = [outbox.put(words("two")).unwrap(), outbox.put(words("three")).unwrap()];
    let (turn, _) = outbox.behind(None)[0];
    assert!(outbox.settle(turn, Ok(PubAck::new(1, None))).is_none());
    assert_eq!(first.await.unwrap(), Ok(PubAck::new(1, None)));
    assert_eq!(waiting(&outbox), ["two", "three"]);
}

#[test]
fn a_full_outbox_takes_no_more_until_something_is_answered() {
    let outbox = Outbox::new(LIMITS);
    let _all = ["one", "two", "three"].map(|payload| outbox.put(words(payload)).unwrap());
    assert_eq!(outbox.put(words("four")).err(), Some(SayError::OutboxFull));
    let (turn, _) = outbox.behind(None)[0];
    outbox.settle(turn, Ok(PubAck::new(1, None)));
    assert!(outbox.put(words("four")).is_ok());
}

#[test]
fn bytes_fill_an_outbox_too_and_what_it_could_never_hold_is_refused() {
    let outbox = Outbox::new(LIMITS);
    let page = Outgoing { payload: vec![b'x'; 600].into(), ..words("") };
    let _first = outbox.put(page.clone()).unwrap();
    assert_eq!(outbox.put(page).err(), Some(SayError::OutboxFull));
    let novel = Outgoing { payload: vec![b'x'; 1000].into(), ..words("") };
    assert!(matches!(outbox.put(novel), Err(SayError::Refused(Refused::TooLarge(_)))));
}

#[tokio::test]
async fn who_waits_when_the_client_is_closed_is_told() {
    let outbox = Outbox::new(LIMITS);
    let first = outbox.put(words("one")).unwrap();
    outbox.close();
    assert_eq!(first.await.unwrap(), Err(SayError::Closed));
    assert_eq!(outbox.put(words("two")).err(), Some(SayError::Closed));
}

#[test]
fn with_a_file_nothing_is_sent_before_it_is_kept() {
    let outbox = Outbox::restored(LIMITS, vec![(Turn(4), words("left"))]);
    let _new = outbox.put(words("new")).unwrap();
    assert_eq!(waiting(&outbox), ["left"]);
    outbox.kept.send_replace(Turn(6));
    assert_eq!(waiting(&outbox), ["left", "new"]);
}

#[test]
fn the_answer_to_what_an_earlier_run_left_is_kept_until_it_is_taken() {
    let outbox = Outbox::restored(LIMITS, vec![(Turn(4), words("left"))]);
    let unclaimed = outbox.settle(Turn(4), Ok(PubAck::new(1, None))).unwrap();
    assert_eq!(unclaimed.draft, Draft::from_text("left"));
    assert!(waiting(&outbox).is_empty() && outbox.inner.lock().changes.is_empty());
    outbox.taken(Turn(4));
    outbox.taken(Turn(4));
    assert!(matches!(outbox.inner.lock().changes[..], [Change::Settled(Turn(4))]));
}
