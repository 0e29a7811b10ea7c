//! Others who talk while many come back: what it costs those who were there.

use crate::Failed;
use crate::folk::Folk;
use crate::report::Others;
use crate::run::{Run, fresh_id};
use crate::settings::Storm;
use crate::talk::{Cast, Plan, Talking, gather};
use crate::target::Target;
use crate::wire::Wire;
use std::sync::Arc;
use tokio::time::Instant;

/// Pairs that are ready to talk.
pub(super) struct Ready {
    plan: Plan,
    cast: Cast,
    wires: Vec<Wire>,
}

/// Pairs that talk.
pub(super) struct Meanwhile {
    run: Arc<Run>,
    talking: Talking,
}

impl Ready {
    /// Connects them, if the load has any.
    pub(super) async fn of(storm: &Storm, folk: &Folk, target: Target<'_>) -> Result<Option<Ready>, Failed> {
        let Some(plan) = Plan::beside(storm) else { return Ok(None) };
        let cast = Cast::of(&folk.others, &folk.rooms, plan.members, folk.people.len());
        let wires = gather(&plan, &cast, target).await?;
        Ok(Some(Ready { plan, cast, wires }))
    }

    /// They begin.
    pub(super) fn begin(self) -> Meanwhile {
        let Ready { plan, cast, wires } = self;
        let run = Arc::new(Run::begin(fresh_id(), cast.say.len(), plan.seconds));
        let talking = Talking::begin(&plan, &cast, &run, wires);
        Meanwhile { run, talking }
    }
}

impl Meanwhile {
    /// Nothing new is said; what was said is waited for.
    pub(super) async fn end(self) -> Others {
        self.run.stop_at(Instant::now());
        Others::of(self.talking.end().await)
    }
}
