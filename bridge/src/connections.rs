//! Who is connected, as an administrator sees it, and how one is shown out.

use crate::Bridge;
use crate::session::Session;
use chat::{Handle, Timestamp, UserId};
use mqtt::ReasonCode;
use mqtt::packet::Version;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Which connections are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sought {
    /// Only this user's.
    pub user: Option<UserId>,
    /// Only those from this address.
    pub address: Option<IpAddr>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its number, never used twice.
    pub number: u64,
    /// Whose.
    pub user: Handle,
    /// Which device of theirs: its client id.
    pub device: String,
    /// From where.
    pub peer: SocketAddr,
    /// Since when.
    pub since: Timestamp,
    /// Whether it speaks MQTT 5; otherwise 3.1.1.
    pub is_v5: bool,
    /// Whether its session outlives it.
    pub is_kept: bool,
}

/// One connection, looked at closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// What a list says of it.
    pub connection: Connection,
    /// What it listens to.
    pub filters: Vec<String>,
    /// Rooms that it hears live, or is about to.
    pub rooms: usize,
    /// Those of them whose log is being read for it, because it is behind.
    pub behind: usize,
    /// Messages that were sent, or wait to be, and are not acknowledged.
    pub unacknowledged: usize,
}

/// Numbers of this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauges {
    /// When the server began.
    pub started_at: Timestamp,
    /// Devices that are here.
    pub devices: u64,
    /// Users who are here with any.
    pub users: u64,
    /// Transactions since the start, where the store counts.
    pub commits: u64,
    /// Entries that they put into logs.
    pub entries: u64,
}

impl Bridge {
    /// Connections of users by number, after `after`, at most `limit`.
    #[must_use]
    pub fn connections(&self, sought: Sought, after: u64, limit: usize) -> Vec<Connection> {
        let core = self.core();
        let sessions = match sought.user {
            Some(user) => core.people.of(user),
            None => core.sessions.all(),
        };
        let fits = |session: &Arc<Session>| {
            session.place.number > after
                && session.may_use_topics()
                && sought
                    .address
                    .is_none_or(|address| session.place.peer.ip().to_canonical() == address.to_canonical())
        };
        let mut found: Vec<Arc<Session>> = sessions.into_iter().filter(fits).collect();
        // Of a million connections only a page is put in order.
        if found.len() > limit && limit > 0 {
            found.select_nth_unstable_by_key(limit - 1, |session| session.place.number);
            found.truncate(limit);
        }
        found.sort_unstable_by_key(|session| session.place.number);
        found.truncate(limit);
        found.iter().map(|session| session.seen()).collect()
    }

    /// A closer look at one; absent if it is not there, or not any more.
    #[must_use]
    pub fn inspect(&self, number: u64) -> Option<Inspected> {
        let session = self.connection(number)?;
        let mut unacknowledged = 0;
        session.outbound.unacknowledged(|_| unacknowledged += 1);
        let state = session.state();
        Some(Inspected {
            connection: session.seen(),
            filters: state.routes.list().iter().map(|one| one.filter.clone()).collect(),
            rooms: state.rooms.iter().count(),
            behind: state.behind.len(),
            unacknowledged,
        })
    }

    /// Ends a connection; its client hears DISCONNECT 0x98, and may come again. False if it is not there.
    #[must_use]
    pub fn show_out_one(&self, number: u64) -> bool {
        let found = self.connection(number);
        found.inspect(|session| session.outbound.end(ReasonCode::AdministrativeAction)).is_some()
    }

    fn connection(&self, number: u64) -> Option<Arc<Session>> {
        self.core().sessions.all().into_iter().find(|one| one.place.number == number && one.may_use_topics())
    }

    /// How long the server has been running.
    #[must_use]
    pub fn uptime(&self) -> std::time::Duration {
        let core = self.core();
        let ms = core.now().0 - core.started_at.0;
        std::time::Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    /// What there is just now.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let core = self.core();
        let work = core.store.work().unwrap_or_default();
        Gauges {
            started_at: core.started_at,
            devices: core.sessions.count() as u64,
            users: core.people.count() as u64,
            commits: work.commits,
            entries: work.entries,
        }
    }
}

impl Session {
    fn seen(&self) -> Connection {
        Connection {
            number: self.place.number,
            user: self.handle.clone(),
            device: self.place.client_id.to_string(),
            peer: self.place.peer,
            since: self.place.since,
            is_v5: self.outbound.version() == Version::V5,
            is_kept: self.stored.is_some(),
        }
    }
}
