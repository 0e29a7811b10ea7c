//! The bounds of the bridge, each with its reason.

use crate::accounts::Registration;
use chat::Windows;
use std::num::NonZeroU32;
use std::time::Duration;

/// What the bridge may be told. Every field makes sense with every other.
#[derive(Debug, Clone)]
pub struct Config {
    /// The largest message, in bytes of body and data: enough for words, too little for pictures, which travel as files.
    pub body_limit: usize,
    /// How long a publish waits for its commit before its connection ends and the client sends again: longer
    /// than any healthy disk needs, shorter than a client's own patience.
    pub commit_wait: Duration,
    /// Commands that may wait for the lane: at the measured rates less than a second's worth. Full, it stops the
    /// sockets that fill it.
    pub lane_depth: usize,
    /// Entries in one transaction: beyond it a batch adds delay and no rate.
    pub batch: usize,
    /// How often cursors of devices that moved are written: what a crash may tell a device again.
    pub cursor_interval: Duration,
    /// Messages a second that one user may say for long; none for no limit.
    pub say_rate: Option<NonZeroU32>,
    /// Messages one user may say at once before the rate counts.
    pub say_burst: NonZeroU32,
    /// Messages a second that one room takes for long, whoever says them; none for no limit. Each goes to all of its members.
    pub room_rate: Option<NonZeroU32>,
    /// Messages that one room takes at once before the rate counts.
    pub room_burst: NonZeroU32,
    /// How long an account counts as new: spam comes from accounts that were made for it. None are for zero.
    pub new_for: Duration,
    /// Messages a second of a new account, where others have a limit.
    pub new_rate: NonZeroU32,
    /// Messages of a new account at once.
    pub new_burst: NonZeroU32,
    /// Strangers to whom one user may write first, or whom they may ask to be contacts, in a day; none for no limit. Who is
    /// a contact, or asked to be one, is no stranger, nor is anybody one has a room of two with.
    pub strangers: Option<NonZeroU32>,
    /// The same for a new account.
    pub new_strangers: Option<NonZeroU32>,
    /// Connections of one user at once; none for no limit. 1,000: a program's many workers, and a hundredth of the server.
    pub connections_per_user: Option<NonZeroU32>,
    /// How often a second one user may connect, over all devices, and as often at once; none for no limit. 100: a fleet of
    /// devices comes back after a moment, and nobody keeps the server busy with coming and going.
    pub connects_per_user: Option<NonZeroU32>,
    /// How often a second one device may connect for long; none for no limit. 1: two programs with one client id throw
    /// each other out, and would do so as fast as they can.
    pub connects_per_device: Option<NonZeroU32>,
    /// And at once. 30: a bad link for a while.
    pub connects_at_once: NonZeroU32,
    /// How long somebody waits for their turn to connect.
    pub turn_within: Duration,
    /// How long a client of MQTT 5 is slowed down before it hears 0x97.
    pub quota_patience: Duration,
    /// How long what was said may still be edited and recalled.
    pub windows: Windows,
    /// The longest a session is kept for a device that is away, in seconds; `u32::MAX` for as long as it asks.
    pub session_expiry_max: u32,
    /// Sessions of one user that outlive their connections: nobody carries more devices than this.
    pub devices: u32,
    /// Subscriptions of one session: a chat app needs a handful.
    pub subscriptions: usize,
    /// How long somebody who is gone without a word counts as they were: a short tunnel, or a restart of the server, is nobody's
    /// affair.
    pub presence_grace: Duration,
    /// The largest signal, in bytes of body and data: a description of a call fits.
    pub signal_size: usize,
    /// Signals a second that one user may send for long; none for no limit. Each goes to everybody in its room.
    pub signal_rate: Option<NonZeroU32>,
    /// Signals one user may send at once before the rate counts.
    pub signal_burst: NonZeroU32,
    /// Whether topics are open that are neither chat's nor an app's with grants.
    pub open_topics: bool,
    /// Whether a client may connect without saying who it is, to use what is open, for as long as it likes.
    pub anonymous: bool,
    /// Sessions of such clients that outlive their connections: what it takes to test with, and little enough that a
    /// stranger can't fill the disk with them.
    pub anonymous_sessions: u32,
    /// Retained messages of all topics together: all of them are in memory.
    pub retained: usize,
    /// Bytes of them.
    pub retained_bytes: u64,
    /// Messages that wait for one session that is away; what is more than that goes by it.
    pub app_queue: u64,
    /// Bytes of them.
    pub app_queue_bytes: u64,
    /// Whether a device may log in with the account's password, and not only with a token.
    pub mqtt_password: bool,
    /// Whether a client may connect without saying who it is, for a minute, to ask what anybody may: to register, to log
    /// in.
    pub mqtt_strangers: bool,
    /// Who may register.
    pub registration: Registration,
    /// How long an access token of a login is good for. What came in by it by MQTT comes in again after that; a login
    /// that is ended ends it at once, so it need not be short.
    pub access_ttl: Duration,
    /// How long a refresh token is good for, if it is not used: how long an app may stay away without a login.
    pub refresh_ttl: Duration,
    /// Logins of one user: one more takes the place of the one that was not used for longest.
    pub logins: u32,
    /// Tokens of devices of one user.
    pub device_tokens: u32,
    /// Whom one user may know, those who asked or were asked included: more than a person has friends.
    pub contacts: u32,
    /// Whom one user may keep away.
    pub blocks: u32,
    /// Keys of one program's account: enough to change one after the other while all of it runs.
    pub api_keys: u32,
}

impl Default for Config {
    fn default() -> Config {
        const RATE: NonZeroU32 = NonZeroU32::new(30).expect("30 is not zero");
        const BURST: NonZeroU32 = NonZeroU32::new(100).expect("100 is not zero");
        const SIGNALS: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
        const SIGNALS_BURST: NonZeroU32 = NonZeroU32::new(50).expect("50 is not zero");
        const NEW_RATE: NonZeroU32 = NonZeroU32::new(5).expect("5 is not zero");
        const NEW_BURST: NonZeroU32 = NonZeroU32::new(30).expect("30 is not zero");
        const NEW_STRANGERS: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
        const CONNECTIONS: NonZeroU32 = NonZeroU32::new(1_000).expect("1,000 is not zero");
        Config {
            body_limit: 64 * 1024,
            commit_wait: Duration::from_secs(10),
            lane_depth: 16_384,
            batch: 512,
            cursor_interval: Duration::from_secs(30),
            say_rate: Some(RATE),
            say_burst: BURST,
            room_rate: None,
            room_burst: BURST,
            new_for: Duration::from_hours(24),
            new_rate: NEW_RATE,
            new_burst: NEW_BURST,
            strangers: Some(BURST),
            new_strangers: Some(NEW_STRANGERS),
            connections_per_user: Some(CONNECTIONS),
            connects_per_user: Some(BURST),
            connects_per_device: Some(NonZeroU32::MIN),
            connects_at_once: RATE,
            turn_within: Duration::from_secs(5),
            quota_patience: Duration::from_secs(5),
            windows: Windows::default(),
            session_expiry_max: u32::MAX,
            devices: 20,
            subscriptions: 1_000,
            presence_grace: Duration::from_secs(15),
            signal_size: 16 * 1024,
            signal_rate: Some(SIGNALS),
            signal_burst: SIGNALS_BURST,
            open_topics: false,
            anonymous: false,
            anonymous_sessions: 1_000,
            retained: 100_000,
            retained_bytes: 64 << 20,
            app_queue: 1_000_000,
            app_queue_bytes: 1 << 30,
            mqtt_password: true,
            mqtt_strangers: true,
            registration: Registration::Invitation,
            access_ttl: Duration::from_hours(1),
            refresh_ttl: Duration::from_hours(30 * 24),
            logins: 20,
            device_tokens: 20,
            contacts: 5_000,
            blocks: 5_000,
            api_keys: 10,
        }
    }
}
