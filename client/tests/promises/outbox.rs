//! What was said survives the program.

use super::*;
use client::{Answered, Content, Draft, OutboxFlaw, Refused, SayError, To};
use std::path::PathBuf;
use tempfile::TempDir;

/// Ann's program, which may end at any time.
struct Ann {
    world: World,
    folder: TempDir,
}

impl Ann {
    async fn new() -> Ann {
        let mut world = World::start().await;
        world.room("tea", ["ann", "bo"]).await;
        Ann { world, folder: TempDir::new().expect("a temporary folder can be made") }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("outbox")
    }

    async fn starts(&self) -> Client {
        let options = options(&self.world, "ann", "phone").outbox_file(self.file());
        within("ann's program to start", Client::start(options)).await.expect("the outbox is fine")
    }

    /// The file as it is at this moment, in a folder of its own.
    fn copy(&self) -> TempDir {
        let copy = TempDir::new().expect("a temporary folder can be made");
        std::fs::copy(self.file(), copy.path().join("outbox")).expect("the outbox can be read");
        copy
    }

    /// What the next start finds when the program ends at this moment, without a word.
    fn dies(&mut self, client: Client) {
        let copy = self.copy();
        drop(client);
        self.folder = copy;
    }
}

async fn answered(events: &Events) -> Answered {
    loop {
        match next(events).await {
            Event::Answered(answered) => return answered,
            Event::Said(mut said) => said.taken(),
            Event::Connection(_) => {}
            other => panic!("expected an answer, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_was_said_before_the_program_died_is_sent_by_the_next_one_once_and_in_order() {
    let mut ann = Ann::new().await;
    let bo = connect(&ann.world, "bo").await;
    let events = bo.said();
    assert!(!is_up(&events).await);
    ann.world.kill_9();
    let program = ann.starts().await;
    let tea = To::Room(handle("tea"));
    let drafts = ["one", "two", "three"].map(Draft::from_text);
    for (draft, words) in drafts.iter().zip(["one", "two", "three"]) {
        drop(program.say_as(*draft, &tea, &Content::text(words)));
    }
    program.kept().await.unwrap();
    ann.dies(program);

    ann.world.restart().await;
    let program = ann.starts().await;
    let four = program.say(&handle("tea"), Content::text("four"));
    let mut last = Seq::ZERO;
    for words in ["one", "two", "three", "four"] {
        let seq = takes(&events, words).await;
        assert!(seq > last);
        last = seq;
    }
    assert_eq!(four.await.unwrap().seq, last);
    let told = program.said();
    for draft in drafts {
        let mut answer = answered(&told).await;
        assert_eq!((answer.draft, &answer.to), (draft, &tea));
        assert!(!answer.answer.as_ref().unwrap().duplicate);
        answer.taken();
    }
}

#[tokio::test]
async fn what_the_server_took_and_the_program_did_not_hear_of_is_answered_again_until_it_is_taken() {
    let mut ann = Ann::new().await;
    let program = ann.starts().await;
    let said = program.say(&handle("tea"), Content::text("one"));
    program.kept().await.unwrap();
    // The file as it was before the PUBACK came.
    let copy = ann.copy();
    let first = said.await.unwrap();
    program.close().await;
    ann.folder = copy;

    for _ in 0..2 {
        let program = ann.starts().await;
        let again = answered(&program.said()).await;
        assert_eq!(again.answer.as_ref().unwrap().seq, first.seq);
        drop(again);
        program.close().await;
    }
    let program = ann.starts().await;
    answered(&program.said()).await.taken();
    program.close().await;
    let program = ann.starts().await;
    // Answers come in order, so there is none for an older one.
    let next = program.say(&handle("tea"), Content::text("two"));
    assert_eq!(next.await.unwrap().seq, first.seq.next());
    program.close().await;
}

#[tokio::test]
async fn a_message_of_an_earlier_run_that_is_refused_is_told_with_its_reason() {
    let mut ann = Ann::new().await;
    let program = ann.starts().await;
    let cellar = To::Room(handle("cellar"));
    is_up(&program.said()).await;
    program.close().await;
    ann.world.kill_9();
    let program = ann.starts().await;
    drop(program.say_as(Draft::from_text("lost"), &cellar, &Content::text("hello?")));
    drop(program.read(&handle("tea"), Seq(1)));
    program.close().await;

    ann.world.restart().await;
    let program = ann.starts().await;
    let mut answer = answered(&program.said()).await;
    assert_eq!((&answer.to, answer.draft), (&cellar, Draft::from_text("lost")));
    assert!(matches!(answer.answer, Err(SayError::Refused(Refused::NotAMember(_)))), "{answer:?}");
    answer.taken();
}

#[tokio::test]
async fn an_outbox_file_is_for_one_client_at_a_time_and_for_one_user() {
    let ann = Ann::new().await;
    let program = ann.starts().await;
    let file = |user| options(&ann.world, user, "tablet").outbox_file(ann.file());
    let flaw = |started: Result<Client, client::OutboxError>| started.err().map(|error| error.why);
    assert_eq!(flaw(Client::start(file("ann")).await), Some(OutboxFlaw::InUse));
    let Err(Offline::Outbox(error)) = Client::connect(file("ann")).await else { panic!("it is in use") };
    assert_eq!((error.path, error.why), (ann.file(), OutboxFlaw::InUse));
    program.close().await;
    assert_eq!(flaw(Client::start(file("bo")).await), Some(OutboxFlaw::SomebodyElses(handle("ann"))));
    ann.starts().await.close().await;
}

#[tokio::test]
async fn much_that_is_said_at_once_waits_for_no_disk_and_is_all_taken_in_order() {
    let ann = Ann::new().await;
    let program = ann.starts().await;
    let receipts: Vec<_> =
        (0..500).map(|i| program.say(&handle("tea"), Content::text(format!("{i}")))).collect();
    let mut last = None;
    for receipt in receipts {
        let seq = within("a receipt", receipt).await.unwrap().seq;
        assert!(last.is_none_or(|last: Seq| seq == last.next()));
        last = Some(seq);
    }
    program.close().await;
    let length = std::fs::metadata(ann.file()).unwrap().len();
    assert!(length < 256 * 1024, "{length} bytes are left of what was settled");
}
