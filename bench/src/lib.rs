//! Load for a chat server, and an account of what became of it: the inside of `natter bench`.
//!
//! It is a client like any other: MQTT 5 (and, to compare brokers, 3.1.1) on our own codec, without an SDK, so that the
//! load costs little beside the server it shares a machine with. It promises that what it counts was seen on a socket, that a rate is told only
//! for the measured time, and that every run ends by itself. How users and rooms come to be it does not know: it
//! says which it needs ([`Crowd`]), and gets a token for each.

mod settings; // what a person asks for

mod crowd; // whom that takes

mod folk; // who that is

mod roll; // or who else

mod wire; // their connections

mod mark; // how a message is known again

mod arrive; // all of them

mod run; // when it starts and ends

mod latencies; // how long things took

mod lookout; // who looks on

mod target; // against whom it goes

mod meter; // what it cost the server

mod talk; // the loads of speakers and listeners

mod relay; // the same by plain topics

mod idle; // the load of being there

mod away; // the loads of not being there

pub mod report; // what is told in the end

pub use crowd::Crowd;
pub use folk::{Folk, Person};
pub use lookout::{Ask, Lookout, Progress, Step, Work};
pub use report::Report;
pub use roll::Unfit;
pub use settings::{
    Beside, House, Idle, Latency, Load, Natter, Offline, Place, Qos, Relay, Room, Say, Storm, Talk, Version,
};
pub use target::{Server, Tls};
pub use wire::Broken;

use talk::{Cast, Plan};
use target::Target;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// A connection could not be made; without all of them the load is another.
    #[error("connection {number} of the load could not be made: {why}")]
    Connection {
        /// Counted from 0.
        number: usize,
        /// The reason.
        why: Broken,
    },
    /// What was to be missed could not be said, so there is nothing to come back for.
    #[error("{unsaid} messages could not be said in a room: {why}")]
    Unsaid {
        /// Messages of one room.
        unsaid: u64,
        /// The reason.
        why: String,
    },
    /// The server's process is not there, or is not ours to look at.
    #[error("cannot read what process {process} costs: {why}")]
    Process {
        /// Its number.
        process: u32,
        /// The system's words.
        why: std::io::Error,
    },
}

/// Puts the load on the server and tells what became of it. The folk are those of the load's [`Crowd`], in its order,
/// each in its rooms already; of a relay, which has no crowd, the first is who all connections say they are.
///
/// # Errors
/// [`Failed`] when there is nothing to tell. What goes wrong later is part of the report.
pub async fn run(load: &Load, server: &Server, folk: &Folk, lookout: &Lookout) -> Result<Report, Failed> {
    let (id, process) = (run::fresh_id(), load.place().server_pid);
    let target = Target { server, process, lookout };
    let plan = match load {
        Load::Say(say) => Plan::say(say),
        Load::Latency(latency) => Plan::latency(latency),
        Load::Room(room) => Plan::room(room),
        Load::Relay(relay) => {
            let report = relay::run(relay, folk, id, target).await?;
            return Ok(Report::Talk(Box::new(report)));
        }
        Load::Idle(idle) => return idle::run(idle, folk, target).await.map(Report::Idle),
        Load::Offline(offline) => {
            let report = away::offline(offline, folk, id, target).await?;
            return Ok(Report::Offline(Box::new(report)));
        }
        Load::Storm(storm) => {
            let report = away::storm(storm, folk, id, target).await?;
            return Ok(Report::Storm(Box::new(report)));
        }
    };
    let cast = Cast::of(&folk.people, &folk.rooms, plan.members, 0);
    talk::run(&plan, &cast, id, target).await.map(|talk| Report::Talk(Box::new(talk)))
}
