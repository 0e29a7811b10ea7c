//! Who subscribes to filters that match nothing of the load: it is measured what it costs that they are there.

use super::names::Names;
use crate::report::Flaws;
use crate::settings::Relay;
use crate::target::Target;
use crate::wire::{Guest, Wire};
use crate::{Failed, arrive};

/// Filters of one SUBSCRIBE: what a Natter takes as it comes.
const AT_ONCE: usize = 100;

/// Connections that have subscribed, and hear nothing.
pub(super) struct Bystanders(Vec<Wire>);

impl Bystanders {
    /// Connects them, after so many others, and gets all filters granted.
    pub(super) async fn gather(
        relay: &Relay,
        names: &Names<'_>,
        others: usize,
        target: Target<'_>,
    ) -> Result<Bystanders, Failed> {
        let beside = &relay.beside;
        let guests: Vec<Guest> =
            (0..beside.connections()).map(|number| names.guest(others + number)).collect();
        let stand = |number, guest: Guest| async move {
            let mut wire = Wire::connect(target.server, &guest).await?;
            let filters: Vec<String> = beside.share(number).map(|filter| names.beside(filter)).collect();
            for filters in filters.chunks(AT_ONCE) {
                wire.listen(filters, relay.qos.into()).await?;
            }
            Ok(wire)
        };
        arrive::everybody(target, &guests, stand).await.map(Bystanders)
    }

    /// What went wrong with them meanwhile.
    pub(super) fn end(self) -> Flaws {
        let mut flaws = Flaws::default();
        for mut wire in self.0 {
            match wire.stands() {
                Ok(heard) => flaws.strayed += heard,
                Err(why) => flaws.add_broken(Some(&why)),
            }
        }
        flaws
    }
}
