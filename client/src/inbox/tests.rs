use super::*;
use crate::event::What;
use crate::offline::Offline;
use chat::{Content, Timestamp};
use std::sync::atomic::{AtomicUsize, Ordering};

fn entry(seq: u64, prev: u64) -> Heard {
    Heard::Entry(Entry {
        room: Handle::new("tea").unwrap(),
        seq: Seq(seq),
        prev: Seq(prev),
        n: seq,
        from: Handle::new("ann").unwrap(),
        at: Timestamp(0),
        draft: None,
        what: What::Message(Content::text("hello")),
    })
}

/// An inbox, and how many PUBACKs it sent.
struct Desk {
    inbox: Arc<Inbox>,
    acks: Arc<AtomicUsize>,
}

impl Desk {
    fn new() -> Desk {
        Desk { inbox: Arc::default(), acks: Arc::default() }
    }

    fn hears(&self, heard: Heard) {
        let acks = self.acks.clone();
        self.inbox.hear(
            heard,
            Box::new(move || {
                acks.fetch_add(1, Ordering::Relaxed);
            }),
        );
    }

    fn acks(&self) -> usize {
        self.acks.load(Ordering::Relaxed)
    }

    async fn said(&self) -> Said {
        match self.inbox.next().await {
            Some(Event::Said(said)) => said,
            other => panic!("expected an entry, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_entry_is_acknowledged_when_it_is_taken_and_only_once() {
    let desk = Desk::new();
    desk.hears(entry(1, 0));
    let mut said = desk.said().await;
    assert_eq!(desk.acks(), 0);
    said.taken();
    said.taken();
    drop(said);
    assert_eq!(desk.acks(), 1);
}

#[tokio::test]
async fn what_was_taken_is_acknowledged_again_and_not_heard_again() {
    let desk = Desk::new();
    desk.hears(entry(1, 0));
    desk.said().await.taken();
    desk.hears(entry(1, 0));
    desk.hears(entry(2, 1));
    assert_eq!((desk.said().await.seq, desk.acks()), (Seq(2), 2));
}

#[tokio::test]
async fn what_is_in_somebodys_hands_does_not_come_twice() {
    let desk = Desk::new();
    desk.hears(entry(1, 0));
    let mut said = desk.said().await;
    desk.inbox.accepted(true, None);
    desk.hears(entry(1, 0));
    desk.hears(entry(2, 1));
    said.taken();
    assert_eq!((desk.said().await.seq, desk.acks()), (Seq(2), 1));
}

#[tokio::test]
async fn what_was_given_back_comes_again() {
    let desk = Desk::new();
    desk.hears(entry(1, 0));
    drop(desk.said().await);
    desk.hears(entry(1, 0));
    assert_eq!((desk.said().await.seq, desk.acks()), (Seq(1), 0));
}

#[tokio::test]
async fn a_gap_is_prev_beyond_what_was_heard_and_nothing_else() {
    let desk = Desk::new();
    desk.hears(entry(5, 4)); // the first of a room: nothing is known of those before
    desk.hears(entry(9, 5)); // a jump that `prev` explains
    desk.hears(entry(20, 15));
    assert_eq!((desk.said().await.seq, desk.said().await.seq), (Seq(5), Seq(9)));
    let Some(Event::Gap(gap)) = desk.inbox.next().await else { panic!("expected a gap") };
    assert_eq!((gap.from, gap.to), (Seq(10), Seq(15)));
    assert_eq!(desk.said().await.seq, Seq(20));
}

#[tokio::test]
async fn a_marker_is_a_gap_that_is_acknowledged() {
    let desk = Desk::new();
    desk.hears(entry(1, 0));
    desk.hears(Heard::Gap { room: Handle::new("tea").unwrap(), from: Seq(2), to: Seq(9) });
    desk.hears(entry(10, 9));
    desk.said().await.taken();
    let Some(Event::Gap(mut gap)) = desk.inbox.next().await else { panic!("expected a gap") };
    gap.taken();
    assert_eq!((gap.from, gap.to, desk.acks()), (Seq(2), Seq(9), 2));
    assert_eq!(desk.said().await.seq, Seq(10));
}

#[tokio::test]
async fn after_a_restore_numbers_begin_anew() {
    let desk = Desk::new();
    desk.inbox.accepted(false, Some("1".to_owned()));
    desk.hears(entry(9, 8));
    desk.said().await.taken();
    desk.inbox.accepted(true, Some("2".to_owned()));
    desk.hears(entry(3, 2));
    assert_eq!(desk.said().await.seq, Seq(3));
}

#[tokio::test]
async fn what_is_in_hand_from_before_a_restore_hides_and_acknowledges_nothing_of_after_it() {
    let desk = Desk::new();
    desk.inbox.accepted(false, Some("1".to_owned()));
    desk.hears(entry(3, 2));
    let mut before = desk.said().await;
    desk.inbox.accepted(true, Some("2".to_owned()));
    desk.hears(entry(3, 2));
    before.taken();
    assert_eq!(desk.acks(), 0);
    desk.said().await.taken();
    assert_eq!(desk.acks(), 1);
}

#[tokio::test]
async fn of_many_changes_of_the_connection_the_newest_waits() {
    let desk = Desk::new();
    for _ in 0..1000 {
        desk.inbox.connection(Connection::Down { why: Offline::Lost("away".to_owned()), again: None });
    }
    desk.inbox.connection(Connection::Up { session_present: true });
    desk.inbox.close();
    let Some(Event::Connection(Connection::Up { .. })) = desk.inbox.next().await else {
        panic!("the newest is told")
    };
    assert!(desk.inbox.next().await.is_none());
}

#[tokio::test]
async fn no_more_is_asked_for_while_a_window_is_in_hand() {
    let desk = Desk::new();
    for seq in 1..=u64::from(WINDOW) + 1 {
        desk.hears(entry(seq, seq - 1));
    }
    let mut first = desk.said().await;
    let room = desk.inbox.has_room();
    tokio::pin!(room);
    assert!(futures_util::poll!(&mut room).is_pending());
    first.taken();
    room.await;
}

fn tea() -> Handle {
    Handle::new("tea").unwrap()
}

/// The next entry, taken: its number, and whether it says that it comes again.
async fn takes(desk: &Desk) -> (u64, bool) {
    let mut said = desk.said().await;
    said.taken();
    (said.seq.0, said.again)
}

#[tokio::test]
async fn a_room_that_is_heard_again_comes_from_there_on_in_order_and_without_a_gap() {
    let desk = Desk::new();
    (1..=4).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    for _ in 0..4 {
        takes(&desk).await;
    }
    desk.inbox.will_rewind(&tea(), Seq(1));
    desk.hears(entry(5, 4)); // on its way already, and comes once
    (2..=6).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    let mut heard = Vec::new();
    for _ in 0..5 {
        heard.push(takes(&desk).await);
    }
    assert_eq!(heard, [(5, false), (2, true), (3, true), (4, true), (6, false)]);
}

#[tokio::test]
async fn what_waits_or_is_in_hand_is_not_doubled_by_hearing_again_and_each_delivery_is_acknowledged() {
    let desk = Desk::new();
    (1..=3).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    takes(&desk).await;
    let mut in_hand = desk.said().await;
    desk.inbox.will_rewind(&tea(), Seq(0));
    (1..=4).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    in_hand.taken();
    assert_eq!(desk.acks(), 3, "1 once, 2 twice");
    assert_eq!(
        [takes(&desk).await, takes(&desk).await, takes(&desk).await],
        [(3, false), (1, true), (4, false)]
    );
    assert_eq!(desk.acks(), 7);
}

#[tokio::test]
async fn a_replay_that_is_cut_goes_on_and_what_comes_early_on_the_new_connection_skips_nothing() {
    let desk = Desk::new();
    (1..=9).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    for _ in 0..9 {
        takes(&desk).await;
    }
    desk.inbox.will_rewind(&tea(), Seq(0));
    (1..=3).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    for seq in 1..=3 {
        assert_eq!(takes(&desk).await, (seq, true));
    }
    desk.inbox.accepted(true, None);
    desk.hears(entry(9, 8)); // it was in flight, and its PUBACK was lost
    (2..=8).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    desk.hears(entry(10, 9));
    let mut heard = Vec::new();
    for _ in 0..7 {
        heard.push(takes(&desk).await.0);
    }
    assert_eq!(heard, [9, 4, 5, 6, 7, 8, 10]);
}

#[tokio::test]
async fn what_is_missing_behind_everything_that_was_ever_heard_is_a_gap_in_a_replay_too() {
    let desk = Desk::new();
    (1..=4).for_each(|seq| desk.hears(entry(seq, seq - 1)));
    desk.inbox.will_rewind(&tea(), Seq(0));
    desk.hears(entry(1, 0));
    desk.hears(entry(9, 8));
    for _ in 0..4 {
        takes(&desk).await;
    }
    let Some(Event::Gap(gap)) = desk.inbox.next().await else { panic!("expected a gap") };
    assert_eq!((gap.from, gap.to), (Seq(5), Seq(8)));
}
