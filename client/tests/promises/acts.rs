//! What is done to what was said.

use super::*;
use client::{Content, Deed, Draft, Objection, Refused, SayError, Sign, To, What, Wording};

/// What is done next.
async fn deed(events: &Events) -> Deed {
    loop {
        if let Event::Said(mut said) = next(events).await {
            said.taken();
            if let What::Did(deed) = said.what {
                return deed;
            }
        }
    }
}

#[tokio::test]
async fn what_one_does_to_a_message_the_other_hears_as_it_was_done() {
    let (_world, ann, bo) = tea().await;
    let (tea, events) = (handle("tea"), bo.said());
    let of = ann.say(&tea, Content::text("the kettle is on")).await.unwrap().seq;
    let wording = Wording {
        mentions: vec![handle("bo").into()],
        data: Some(r#"{"sugar":2}"#.into()),
        ..Wording::text("the kettle \"boils\"")
    };
    let sealed = Wording::text(vec![0xFF, 0, 0x7B]);
    let sign = Sign::new("🍵").unwrap();
    let deeds = [
        Deed::Edit { of, wording },
        Deed::Edit { of, wording: sealed },
        Deed::React { of, sign: sign.clone() },
        Deed::Unreact { of, sign },
        Deed::Pin { of },
        Deed::Unpin { of },
        Deed::Recall { of },
    ];
    for done in &deeds {
        let receipt = ann.act(&tea, done.clone()).await.unwrap();
        assert!(!receipt.duplicate && receipt.room == tea);
    }
    for done in deeds {
        assert_eq!(deed(&events).await, done);
    }
    bo.replay(&tea, of.before()).await.unwrap();
    loop {
        match next(&events).await {
            Event::Said(said) if said.seq == of => {
                assert_eq!((said.what.clone(), said.kind()), (What::Recalled, "recalled"));
                return;
            }
            Event::Said(_) | Event::Gap(_) | Event::Connection(_) => {}
            other => panic!("expected the place of the message, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_done_to_a_message_is_a_typed_error() {
    let (_world, ann, bo) = tea().await;
    let tea = handle("tea");
    let of = ann.say(&tea, Content::text("mine")).await.unwrap().seq;
    let objection = |refused: Result<client::Receipt, SayError>| match refused {
        Err(SayError::Refused(Refused::Objected { objection, .. })) => objection,
        other => panic!("expected an objection, got {other:?}"),
    };
    assert_eq!(objection(bo.act(&tea, Deed::Recall { of }).await), Objection::NotYours);
    assert_eq!(objection(bo.act(&tea, Deed::Pin { of }).await), Objection::NotAllowed);
    assert_eq!(objection(bo.act(&tea, Deed::Recall { of: Seq(400) }).await), Objection::NoSuchMessage);
}

#[tokio::test]
async fn a_deed_under_a_draft_of_ones_own_is_done_once() {
    let (_world, ann, _bo) = tea().await;
    let (draft, tea) = (Draft::from_text("back-1"), To::Room(handle("tea")));
    let of = ann.say(&handle("tea"), Content::text("never mind")).await.unwrap().seq;
    let first = ann.act_as(draft, &tea, Deed::Recall { of }).await.unwrap();
    let again = ann.act_as(draft, &tea, Deed::Recall { of }).await.unwrap();
    assert_eq!(again, client::Receipt { duplicate: true, ..first });
}
