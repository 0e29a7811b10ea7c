//! A server with its people and rooms: the real program, on a folder and an address of its own.

mod start; // the program itself

pub use start::{natter_program, own_address};

use crate::device::Device;
use crate::patience::within;
use crate::person::Person;
use crate::process::Process;
use crate::settings::Settings;
use providers::Authority;
use start::{address, start};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tempfile::TempDir;

/// How long a server may take to end in order.
const END: Duration = Duration::from_secs(10);

/// A room that people of a test know.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its handle.
    pub name: String,
    /// The greatest `seq` that anybody was told.
    pub(crate) last: Arc<AtomicU64>,
}

impl Room {
    /// A room by its handle, which somebody else made.
    #[must_use]
    pub fn named(name: &str) -> Room {
        Room { name: name.to_owned(), last: Arc::default() }
    }
}

/// A running server. It is killed, and its folder removed, when this is dropped.
#[derive(Debug)]
pub struct World {
    settings: Settings,
    /// Where MQTT is.
    pub mqtt: SocketAddr,
    /// Where HTTP and WebSocket are.
    pub http: SocketAddr,
    server: Process,
    tokens: HashMap<String, String>,
    data: PathBuf,
    // Last, so that the server is gone when the folder goes.
    folder: TempDir,
}

impl World {
    /// Starts a server with the usual settings.
    pub async fn start() -> World {
        World::with(Settings::default()).await
    }

    /// Starts a server.
    ///
    /// # Panics
    /// When it is not ready in time.
    pub async fn with(settings: Settings) -> World {
        let folder = TempDir::with_prefix("natter-").expect("a temporary folder can be made");
        let data = settings.data.clone().unwrap_or_else(|| folder.path().join("data"));
        let address = own_address();
        let (server, mqtt, http) = start(&settings, &data, address, address).await;
        World { settings, mqtt, http, server, tokens: HashMap::new(), data, folder }
    }

    /// Starts a server that speaks TLS, too, on ports that it keeps when it starts again. This authority signs its certificate.
    pub async fn by_tls(settings: Settings, authority: &Authority) -> World {
        let listen = own_address();
        authority.signs_for(&["localhost", &listen.ip().to_string()]);
        let mut world = World::with(settings.tls(authority, listen)).await;
        let [mqtts, https] = ["mqtts", "https"].map(|name| world.address(name).to_string());
        world.set(|settings| settings.set("mqtt.tls_listen", &mqtts).set("http.tls_listen", &https));
        world
    }

    /// Gives it to all tests of this process. Nothing of a process is dropped when it ends, so somebody else kills the
    /// server and removes its folder then.
    ///
    /// # Panics
    /// When there is no shell.
    #[must_use]
    #[expect(clippy::zombie_processes, reason = "it lives longer than we do")]
    pub fn shared(self) -> Arc<World> {
        let mut heir = std::process::Command::new("sh");
        heir.args(["-c", r#"read _; kill -9 "$1"; rm -rf "$2""#, "sh", &self.server.id().to_string()]);
        heir.arg(self.folder.path()).stdin(std::process::Stdio::piped());
        let mut heir = heir.spawn().expect("there is a shell");
        // It waits for the end of what it reads, which comes when this process ends.
        std::mem::forget(heir.stdin.take());
        Arc::new(self)
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where a port is that not every server has, such as `mqtts`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn address(&self, name: &str) -> SocketAddr {
        let text =
            std::fs::read_to_string(self.data.join("addresses")).expect("the server tells where it is");
        address(&text, name)
    }

    /// A device of a user that connects by another port.
    #[must_use]
    pub fn device_at(&self, at: SocketAddr, user: &str, name: &str) -> Device {
        Device::new(at, user, name, &self.token(user))
    }

    /// The server's process.
    #[must_use]
    pub fn server(&self) -> &Process {
        &self.server
    }

    /// The same, to wait for what it writes.
    pub fn server_mut(&mut self) -> &mut Process {
        &mut self.server
    }

    /// The variables by which it is set up: for another process that stands beside it.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        self.settings.variables.clone()
    }

    /// Kills the server at once.
    pub fn kill_9(&mut self) {
        self.server.kill_9();
    }

    /// Starts the server again on the same folder and the same ports. One that still runs is killed.
    pub async fn restart(&mut self) {
        let data = self.data.clone();
        self.restart_on(&data).await;
    }

    /// Starts the server again on the same ports, with another data folder.
    pub async fn restart_on(&mut self, data: &Path) {
        self.kill_9();
        data.clone_into(&mut self.data);
        (self.server, _, _) = start(&self.settings, &self.data, self.mqtt, self.http).await;
    }

    /// Changes how the server will be started next time.
    pub fn set(&mut self, change: impl FnOnce(Settings) -> Settings) {
        self.settings = change(self.settings.clone());
    }

    /// Asks the server to end in order, and waits until it did.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.server.signal("TERM");
        self.server.ends(END).await
    }

    /// Runs a command of `natter` on this world's folder and gives what it printed.
    ///
    /// # Panics
    /// When the command refuses.
    pub async fn natter(&self, words: &[&str]) -> String {
        self.try_natter(words, "").await.unwrap_or_else(|why| panic!("natter {}: {why}", words.join(" ")))
    }

    /// Runs a command of `natter`, with something to read; an error is what it said on standard error.
    pub async fn try_natter(&self, words: &[&str], input: &str) -> Result<String, String> {
        let mut command = tokio::process::Command::new(natter_program());
        command.args(words).arg("--data").arg(&self.data).kill_on_drop(true);
        command.stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().expect("natter can be started");
        let mut stdin = child.stdin.take().expect("it is piped");
        // A command that reads nothing may be gone already.
        tokio::io::AsyncWriteExt::write_all(&mut stdin, input.as_bytes()).await.ok();
        drop(stdin);
        let output = within(format!("natter {}", words.join(" ")), child.wait_with_output()).await;
        let output = output.expect("the command can be waited for");
        let [out, err] =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        if output.status.success() { Ok(out) } else { Err(err) }
    }

    /// Makes users; the password of each is [`World::password`].
    pub async fn users<const N: usize>(&mut self, names: [&str; N]) {
        for name in names {
            if !self.tokens.contains_key(name) {
                let added =
                    self.try_natter(&["user", "add", name, "--password-stdin"], &World::password(name)).await;
                added.unwrap_or_else(|why| panic!("cannot add {name}: {why}"));
                let token = self.natter(&["token", name]).await;
                self.tokens.insert(name.to_owned(), token.trim().to_owned());
            }
        }
    }

    /// Makes a user who administers the server; gives their desk.
    ///
    /// # Panics
    /// When there is one of this name.
    pub async fn administrator(&self, name: &str) -> Device {
        let words = ["user", "add", name, "--password-stdin", "--admin"];
        let added = self.try_natter(&words, &World::password(name)).await;
        added.unwrap_or_else(|why| panic!("cannot add {name}: {why}"));
        let mut desk = self.nobody("desk").password(&World::password(name));
        desk.hello.user_name = Some(name.to_owned());
        desk
    }

    /// The password of a user made by [`World::users`].
    #[must_use]
    pub fn password(name: &str) -> String {
        format!("{name} drinks tea")
    }

    /// The token of a user made by [`World::users`].
    ///
    /// # Panics
    /// When nobody made that user.
    #[must_use]
    pub fn token(&self, name: &str) -> String {
        self.tokens.get(name).cloned().unwrap_or_else(|| panic!("nobody made the user {name}"))
    }

    /// Makes a room, and its members where they are not there yet.
    pub async fn room<const N: usize>(&mut self, name: &str, members: [&str; N]) -> Room {
        self.users(members).await;
        self.join(name, members).await;
        Room::named(name)
    }

    /// Makes users members of a room.
    pub async fn join<const N: usize>(&self, room: &str, members: [&str; N]) {
        self.natter(&[&["room", "add", room, "--member"], &members[..]].concat()).await;
    }

    /// Ends memberships.
    pub async fn leave<const N: usize>(&self, room: &str, members: [&str; N]) {
        self.natter(&[&["room", "remove", room, "--member"], &members[..]].concat()).await;
    }

    /// A user asks over HTTP: `PUT /v1/…` with this body. What was answered, which is null where there is nothing to say.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn asks(
        &self,
        user: &str,
        verb: &str,
        path: &str,
        body: serde_json::Value,
    ) -> serde_json::Value {
        let verb = reqwest::Method::from_bytes(verb.as_bytes()).expect("a method of HTTP");
        let request = reqwest::Client::new().request(verb, format!("http://{}{path}", self.http));
        let request = request.bearer_auth(self.token(user)).json(&body);
        let answer = within(format!("{user} asks {path}"), request.send()).await.expect("the server answers");
        let (status, bytes) = (answer.status(), answer.bytes().await.expect("the answer is whole"));
        assert!(status.is_success(), "{user} asks {path}: {status} {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// A device of a user that can connect: MQTT 5, clean start, with a token.
    #[must_use]
    pub fn device(&self, user: &str, name: &str) -> Device {
        Device::new(self.mqtt, user, name, &self.token(user))
    }

    /// A device that says neither user name nor password.
    #[must_use]
    pub fn nobody(&self, name: &str) -> Device {
        let mut device = Device::new(self.mqtt, "", name, "");
        (device.hello.user_name, device.hello.password) = (None, None);
        device
    }

    /// People who are here and listen to all their rooms.
    pub async fn connect<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        let mut people = Vec::with_capacity(N);
        for name in names {
            people.push(Person::arrives(self.mqtt, name, &self.token(name)).await);
        }
        people.try_into().expect("there are as many people as names")
    }
}
