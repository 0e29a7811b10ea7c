//! What a connection weighs while nothing happens.

use super::run;
use crate::application::{
    Acknowledged, Application, Arrival, ConnectRefusal, Departure, Identity, Introduction, Proof, Welcome,
};
use crate::outbound::Answer;
use crate::port::Socket;
use mqtt::ReasonCode;
use mqtt::packet::{Auth, PacketId, Publish, Subscription, UserProperties};
use std::sync::Arc;
use std::time::SystemTime;

/// An application whose calls weigh nothing, so that only the broker is measured.
struct Nobody;

impl Application for Nobody {
    type Session = ();

    async fn authenticate(&self, _: Introduction<'_>) -> Result<Identity, ConnectRefusal> {
        let (grants, proof) = (Arc::default(), Proof::default());
        Ok(Identity { user: "nobody".into(), id: 0, known: true, expires_at: None, grants, proof })
    }

    async fn connected(&self, _: Arrival) -> Result<Welcome<()>, ConnectRefusal> {
        Err(ConnectRefusal { code: ReasonCode::ServerUnavailable, reason: String::new() })
    }

    async fn reauthenticate(&self, _: &Arc<()>, _: &Auth) -> Result<Option<SystemTime>, ReasonCode> {
        Err(ReasonCode::NotAuthorized)
    }

    async fn publish(&self, _: &Arc<()>, _: Publish, _: Answer) {}

    async fn released(&self, _: &Arc<()>, _: PacketId) -> bool {
        false
    }

    async fn subscribe(
        &self,
        _: &Arc<()>,
        _: &[Subscription],
        _: Option<u32>,
        _: &UserProperties,
    ) -> Vec<ReasonCode> {
        Vec::new()
    }

    async fn unsubscribe(&self, _: &Arc<()>, _: &[String]) -> Vec<ReasonCode> {
        Vec::new()
    }

    fn acknowledged(&self, _: &Arc<()>, _: &[Acknowledged]) {}

    async fn gone(&self, _: Arc<()>, _: Departure) {}
}

/// The size of the future a function makes.
fn weight<A, B, C, D, F>(_: impl Fn(A, B, C, D) -> F) -> usize {
    size_of::<F>()
}

#[test]
fn the_task_of_a_connection_weighs_at_most_one_kilobyte() {
    let task = weight(run::<Nobody, Socket>);
    let attached = size_of::<super::attached::Attached<Nobody, Socket>>();
    println!("the task of a connection: {task} + {attached} bytes");
    assert!(task + attached <= 1024, "{task} + {attached} bytes");
}

#[test]
fn what_waits_for_an_idle_connection_weighs_at_most_a_kilobyte() {
    let weight = size_of::<crate::outbound::Shared>();
    println!("shared with the application: {weight} bytes");
    assert!(weight <= 1024, "{weight} bytes");
}
