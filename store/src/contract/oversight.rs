//! What is reported, what is decided on it, and what administrators did.

use super::bench::*;
use crate::{ActId, Decision, NewDeed, NewReport, Oversight, Person, ReportId, Reported, Verdict};
use chat::{EventKind, Seq, Timestamp, UserId};

fn report(id: i64, by: UserId, what: Reported) -> NewReport {
    NewReport { id: ReportId(id), by, what, reason: format!("reason {id}"), at: Timestamp(1_000 + id) }
}

fn decision(verdict: Verdict) -> Decision {
    let by = Person { user: ANN, handle: called(ANN) };
    Decision { by, verdict, note: "seen".into(), at: Timestamp(2_000) }
}

impl Scene {
    fn oversight(&self) -> &dyn Oversight {
        self.store.oversight()
    }

    async fn reports(&self, decided: bool, after: Option<i64>, limit: u32) -> Vec<i64> {
        let found = self.oversight().reports(decided, after.map(ReportId), limit).await;
        found.expect("they are listed").into_iter().map(|one| one.new.id.0).collect()
    }
}

/// A report is kept as it was made, once while it waits, and its maker hears what was decided.
pub async fn a_report_waits_until_it_is_decided(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let rude = Reported::Message { room: TEA, seq: Seq(2), user: ANN };
    let kept = [
        report(1, BO, rude.clone()),
        report(2, CY, rude.clone()),
        report(3, BO, Reported::User(ANN)),
        report(4, BO, Reported::Room(TEA)),
    ];
    for new in &kept {
        assert_eq!(scene.oversight().report(new).await.expect("it is kept"), new.id);
    }
    let again = scene.oversight().report(&report(5, BO, rude.clone())).await.expect("it is found");
    assert_eq!(again, ReportId(1));
    let scene = scene.reopened(bench).await;
    for new in &kept {
        let found = scene.oversight().reported(new.id).await.expect("it is read").expect("it is there");
        assert_eq!((&found.new, &found.by, &found.decision), (new, &called(new.by), &None));
    }
    let first = scene.oversight().reported(ReportId(1)).await.expect("it is read").expect("it is there");
    assert_eq!((first.room, first.user), (Some(name("tea")), Some(called(ANN))));
    assert_eq!(scene.oversight().reported(ReportId(5)).await.expect("it is read"), None);

    let upheld = decision(Verdict::Upheld);
    assert!(scene.oversight().decide(ReportId(1), &upheld).await.expect("it is decided"));
    for id in [1, 99] {
        assert!(!scene.oversight().decide(ReportId(id), &upheld).await.expect("it is tried"), "{id}");
    }
    let decided = scene.oversight().reported(ReportId(1)).await.expect("it is read").expect("it is there");
    assert_eq!(decided.decision, Some(upheld));
    let told: Vec<_> = scene.told(BO).await.into_iter().map(|event| (event.kind, event.data)).collect();
    assert_eq!(told, [(EventKind::ReportDecided, Some(r#"{"id":"1","decision":"upheld"}"#.into()))]);

    assert_eq!(
        (scene.reports(false, None, 10).await, scene.reports(true, None, 10).await),
        (vec![2, 3, 4], vec![1])
    );
    assert_eq!(
        (scene.reports(false, None, 2).await, scene.reports(false, Some(3), 2).await),
        (vec![2, 3], vec![4])
    );
    let anew = scene.oversight().report(&report(6, BO, rude)).await.expect("it is kept");
    assert_eq!(anew, ReportId(6), "what was decided can be reported again");
}

/// What an administrator does is there before it has ended, and is found newest first.
pub async fn what_administrators_did_is_kept(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let deed = |id: i64, by| NewDeed {
        id: ActId(id),
        by,
        act: "admin.deactivate".into(),
        input: format!(r#"{{"user":"user-{id}"}}"#),
        at: Timestamp(1_000 + id),
    };
    for (id, by) in [(1, Some(ANN)), (2, Some(BO)), (3, Some(ANN)), (4, None)] {
        scene.oversight().begin_act(&deed(id, by)).await.expect("it is written");
    }
    scene.oversight().end_act(ActId(1), 204).await.expect("it is written");
    let scene = scene.reopened(bench).await;
    let list = |by, before: Option<i64>, limit| {
        let oversight = scene.oversight();
        async move { oversight.acts(by, before.map(ActId), limit).await.expect("they are listed") }
    };
    let all = list(None, None, 10).await;
    assert_eq!(
        all.iter().map(|one| (one.new.id.0, one.status)).collect::<Vec<_>>(),
        [(4, None), (3, None), (2, None), (1, Some(204))]
    );
    assert_eq!((&all[3].new, &all[3].by), (&deed(1, Some(ANN)), &Some(called(ANN))));
    assert_eq!((&all[0].new, &all[0].by), (&deed(4, None), &None), "at the machine itself");
    let ids = |acts: Vec<crate::Audited>| acts.into_iter().map(|one| one.new.id.0).collect::<Vec<_>>();
    assert_eq!(
        (ids(list(None, Some(3), 1).await), ids(list(Some(ANN), None, 10).await)),
        (vec![2], vec![3, 1])
    );
}
