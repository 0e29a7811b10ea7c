use super::*;
use chat::Draft;
use tempfile::TempDir;

fn ann() -> Handle {
    Handle::new("ann").unwrap()
}

fn message(turn: u64, payload: &'static str) -> (Turn, Outgoing) {
    let draft = Some(Draft::from_text(payload));
    (Turn(turn), Outgoing { topic: "rooms/tea/say".into(), draft, payload: payload.into() })
}

fn put(turn: u64, payload: &'static str) -> Batch {
    let (turn, outgoing) = message(turn, payload);
    Batch::Append(vec![Change::Put(turn, outgoing)])
}

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: TempDir::new().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("outbox")
    }

    fn open(&self) -> Journal {
        Journal::open(&self.path(), &ann()).unwrap().0
    }

    /// What waits in the file: turns and payloads.
    fn left(&self) -> Vec<(u64, String)> {
        let (_, left) = Journal::open(&self.path(), &ann()).unwrap();
        let words = |outgoing: Outgoing| String::from_utf8(outgoing.payload.to_vec()).unwrap();
        left.into_iter().map(|(turn, outgoing)| (turn.0, words(outgoing))).collect()
    }

    fn flaw(&self) -> OutboxFlaw {
        Journal::open(&self.path(), &ann()).err().unwrap().why
    }
}

#[test]
fn what_was_put_in_and_not_settled_is_there_at_the_next_start_under_its_draft() {
    let desk = Desk::new();
    let mut journal = desk.open();
    for (turn, payload) in ["one", "two", "three"].into_iter().enumerate() {
        journal.write(&put(turn as u64, payload)).unwrap();
    }
    journal.write(&Batch::Append(vec![Change::Settled(Turn(1))])).unwrap();
    drop(journal);
    assert_eq!(desk.left(), [(0, "one".to_owned()), (2, "three".to_owned())]);
    let (_, left) = Journal::open(&desk.path(), &ann()).unwrap();
    assert_eq!((left[0].1.draft, &*left[0].1.topic), (Some(Draft::from_text("one")), "rooms/tea/say"));
}

#[test]
fn a_batch_that_was_torn_is_left_out_and_the_file_goes_on() {
    let desk = Desk::new();
    desk.open().write(&put(0, "one")).unwrap();
    let whole = std::fs::read(desk.path()).unwrap().len();
    let mut journal = desk.open();
    journal.write(&put(1, "two")).unwrap();
    drop(journal);
    let torn = std::fs::read(desk.path()).unwrap();
    for end in whole..torn.len() {
        std::fs::write(desk.path(), &torn[..end]).unwrap();
        assert_eq!(desk.left(), [(0, "one".to_owned())], "torn at {end}");
        desk.open().write(&put(2, "three")).unwrap();
        assert_eq!(desk.left().len(), 2, "torn at {end}");
    }
}

#[test]
fn a_second_program_is_kept_out_until_the_first_is_done() {
    let desk = Desk::new();
    let mut journal = desk.open();
    assert_eq!(desk.flaw(), OutboxFlaw::InUse);
    journal.write(&Batch::Anew(vec![message(0, "one")])).unwrap();
    assert_eq!(desk.flaw(), OutboxFlaw::InUse);
    drop(journal);
    assert_eq!(desk.left().len(), 1);
}

#[test]
fn a_child_that_is_just_being_started_keeps_nobody_out() {
    let desk = Desk::new();
    let journal = desk.open();
    // Between its fork and its exec a child has all files of its parent.
    let inherited = journal._lock.0.try_clone().unwrap();
    assert_eq!(desk.flaw(), OutboxFlaw::InUse);
    drop(journal);
    assert_eq!(desk.left(), []);
    drop(inherited);
}

#[test]
fn a_file_of_somebody_else_or_of_another_kind_is_refused_and_not_touched() {
    let desk = Desk::new();
    let bo = Handle::new("bo").unwrap();
    drop(Journal::open(&desk.path(), &bo).unwrap());
    assert_eq!(desk.flaw(), OutboxFlaw::SomebodyElses(bo));
    for other in ["dear diary", "dear diary, today I drank tea", "natter outbox 2\n"] {
        std::fs::write(desk.path(), other).unwrap();
        assert_eq!(desk.flaw(), OutboxFlaw::NotAnOutbox);
        assert_eq!(std::fs::read(desk.path()).unwrap(), other.as_bytes());
    }
}

#[test]
fn damage_before_the_end_is_told_and_nothing_is_lost_by_looking() {
    let desk = Desk::new();
    let mut journal = desk.open();
    let first = journal.len;
    journal.write(&put(0, "one")).unwrap();
    journal.write(&put(1, "two")).unwrap();
    drop(journal);
    let mut bytes = std::fs::read(desk.path()).unwrap();
    bytes[first as usize + 20] ^= 1;
    std::fs::write(desk.path(), &bytes).unwrap();
    assert_eq!(desk.flaw(), OutboxFlaw::Damaged { at: first });
    assert_eq!(std::fs::read(desk.path()).unwrap(), bytes);
}

#[test]
fn an_empty_file_becomes_an_outbox() {
    let desk = Desk::new();
    std::fs::write(desk.path(), "").unwrap();
    desk.open().write(&put(0, "one")).unwrap();
    assert_eq!(desk.left().len(), 1);
}

#[test]
fn dead_wood_is_noticed_and_goes() {
    let desk = Desk::new();
    let mut journal = desk.open();
    let page: &'static str = Box::leak("x".repeat(64 * 1024).into_boxed_str());
    let mut turn = 0;
    while !journal.is_untidy(0) {
        journal.write(&put(turn, page)).unwrap();
        journal.write(&Batch::Append(vec![Change::Settled(Turn(turn))])).unwrap();
        turn += 1;
    }
    assert!((4..10).contains(&turn));
    journal.write(&Batch::Anew(vec![message(turn, "alive")])).unwrap();
    assert!(!journal.is_untidy(0) && std::fs::metadata(desk.path()).unwrap().len() < 200);
    journal.write(&put(turn + 1, "and more")).unwrap();
    drop(journal);
    assert_eq!(desk.left(), [(turn, "alive".to_owned()), (turn + 1, "and more".to_owned())]);
}
