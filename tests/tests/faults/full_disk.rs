//! The disk is full, and later it is not.

use crate::load::Load;
use crate::verdict::complaints;
use mqtt::ReasonCode;
use mqtt::packet::Packet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::{Settings, World, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A small file system of its own, unmounted at the end.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Mounts one of so many megabytes; none where this machine does not let us and nobody minds.
    fn mount(megabytes: u32) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        let why = match mounted {
            Ok(output) if output.status.success() => return Some(SmallDisk { folder }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        assert!(
            std::env::var_os("NATTER_NO_ROOT").is_some(),
            "a full disk needs a small file system, and mounting one needs root: {why}(NATTER_NO_ROOT=1 leaves this out)"
        );
        println!("left out, since NATTER_NO_ROOT is set: {why}");
        None
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Takes all the room there is.
    fn fill(&self) -> PathBuf {
        let path = self.folder.path().join("filler");
        let mut filler = File::create(&path).expect("there is room for a name");
        for size in [1 << 20, 64 << 10, 4096] {
            while filler.write_all(&vec![1; size]).is_ok() {}
        }
        path
    }

    /// Takes all the room there is but so many bytes.
    fn fill_but(&self, left: u64) -> PathBuf {
        let path = self.fill();
        let filler = File::options().write(true).open(&path).expect("it is there");
        let size = filler.metadata().expect("it has a size").len();
        filler.set_len(size.saturating_sub(left)).expect("a file can be made shorter");
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.folder.path()).status().ok();
    }
}

fn give_back(filler: &Path) {
    std::fs::remove_file(filler).expect("the filler is there");
}

#[tokio::test]
async fn a_full_disk_loses_nothing_acknowledged_and_the_server_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(48) else { return };
    let settings = Settings::default().set("store.commit_wait", "1s").set("store.reserve", "4 MiB");
    let mut world = World::with(settings.data(disk.data())).await;
    Load::people(&mut world).await;
    let mut load = Load::start(&world);

    for _ in 0..2 {
        load.more(100).await;
        let filler = disk.fill();
        // Each sender of MQTT 5 hears 0x89 and comes back, more than once.
        for _ in 0..4 {
            load.turned_away().await;
        }
        give_back(&filler);
        load.more(100).await;
    }
    // And once the process does not survive it.
    let filler = disk.fill();
    load.turned_away().await;
    world.kill_9();
    give_back(&filler);
    world.restart().await;
    load.is_started();
    load.more(100).await;
    let acknowledged = load.finish().await;

    let reader = world.device("listener", "reader");
    assert_eq!(complaints(&reader, &acknowledged).await, [""; 0], "of {} messages", acknowledged.len());
}

/// Files under a folder.
fn files(folder: &Path) -> usize {
    let Ok(inside) = std::fs::read_dir(folder) else { return 0 };
    inside
        .map(|one| one.expect("it is listed").path())
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

/// Uploads so many bytes, if the server asks for them; what is answered, and its code. A server that refuses in the middle
/// does not read on: what can't be written does not matter, the answer is there [RFC9112-9.5].
async fn upload(world: &World, len: usize) -> (u16, String) {
    let mut socket = TcpStream::connect(world.http).await.expect("the server takes connections");
    let token = world.token("ann");
    let head = format!(
        "POST /v1/media HTTP/1.1\r\nHost: natter\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {len}\r\nExpect: 100-continue\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = within("an answer", head_of(&mut socket)).await;
    if answer.starts_with(b"HTTP/1.1 100 ") {
        // No kind of file that is known begins like this.
        socket.write_all(&vec![0xE7; len]).await.ok();
        answer = within("an upload is answered", head_of(&mut socket)).await;
    }
    let mut body = Vec::new();
    socket.read_to_end(&mut body).await.ok();
    let head = String::from_utf8(answer).expect("a head is text").to_ascii_lowercase();
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it has a status");
    let answer: serde_json::Value = serde_json::from_slice(&body).expect("it is JSON");
    assert_eq!(head.contains("\r\nretry-after: "), status >= 500, "{answer}");
    (status, answer["code"].as_str().unwrap_or_default().to_owned())
}

/// The head of the next answer, with the empty line.
async fn head_of(socket: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.expect("the answer has a head"));
    }
    head
}

#[tokio::test]
async fn an_upload_that_the_disk_has_no_room_for_is_refused_and_people_chat_on() {
    let Some(disk) = SmallDisk::mount(64) else { return };
    let settings = Settings::default().set("store.reserve", "4 MiB").set("media.keep_free", "16 MiB");
    let mut world = World::with(settings.data(disk.data())).await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    assert_eq!(upload(&world, 1 << 20).await.0, 201);
    let kept = || files(&world.data().join("media"));
    let before = kept();

    // What would take the last of it is refused before it comes; so are many at once that only together are too much.
    assert_eq!(upload(&world, 30 << 20).await, (507, "no_space".to_owned()));
    let several = tokio::join!(
        upload(&world, 11 << 20),
        upload(&world, 11 << 20),
        upload(&world, 11 << 20),
        upload(&world, 11 << 20)
    );
    let several = <[_; 4]>::from(several);
    assert!(several.contains(&(507, "no_space".to_owned())), "{several:?}");
    let taken = several.iter().filter(|(status, _)| *status == 201).count();
    ann.is_taken(tests::say("tea", "the kettle is on", &[])).await;
    assert_eq!(
        (kept() - before, files(&world.data().join("media-incoming"))),
        (taken, 0),
        "nothing is half kept"
    );

    // Others fill the disk, up to what is left for messages.
    let filler = disk.fill_but(12 << 20);
    assert_eq!(upload(&world, 1_000).await, (507, "no_space".to_owned()));
    for _ in 0..20 {
        ann.is_taken(tests::say("tea", &"x".repeat(60_000), &[])).await;
    }
    give_back(&filler);
    assert_eq!(upload(&world, 1_000).await.0, 201, "there is room again");
}

#[tokio::test]
async fn while_the_disk_is_full_members_still_hear_what_is_in_the_log() {
    let Some(disk) = SmallDisk::mount(48) else { return };
    let settings = Settings::default().set("store.commit_wait", "1s").set("store.reserve", "4 MiB");
    let mut world = World::with(settings.data(disk.data())).await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.is_taken(tests::say("tea", "before it was full", &[])).await;
    let filler = disk.fill();
    // A little may still fit into what the database holds already.
    let answer = loop {
        let mut much = tests::say("tea", &"x".repeat(60_000), &[]);
        much.packet_id = Some(ann.fresh_id());
        ann.send(Packet::Publish(Box::new(much))).await;
        match ann.next().await {
            Packet::Puback(puback) => assert_eq!(puback.code, ReasonCode::Success),
            other => break other,
        }
    };
    let Packet::Disconnect(bye) = answer else { panic!("expected a DISCONNECT, got {answer:?}") };
    assert_eq!(bye.code, ReasonCode::ServerBusy);
    ann.ends().await;

    // A session that ends with its connection writes nothing.
    let mut bo = world.device("bo", "phone").connect().await;
    let mut all = tests::subscribe([tests::filter("rooms/tea/said")]);
    all.user_properties = tests::properties(&[("since", "1")]);
    assert_eq!(bo.subscribe(all).await.codes, [ReasonCode::GrantedQos1]);
    assert_eq!(bo.hear().await.body(), "before it was full");
    give_back(&filler);
}
