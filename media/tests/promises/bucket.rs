//! In S3: a service of its own on loopback that nobody here wrote, which refuses whoever can't sign.

use crate::stage::{ANN, Stage, comes_about, files, noise};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use media::{Config, MediaError, Place};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const BUCKET: &str = "natter-media";

/// A running service and what lies in it.
struct Service {
    address: SocketAddr,
    folder: TempDir,
    running: JoinHandle<()>,
}

impl Service {
    async fn start() -> Service {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let running = serve(listener, &folder);
        Service { address, folder, running }
    }

    /// It is away, with every connection.
    async fn stop(&mut self) {
        self.running.abort();
        (&mut self.running).await.ok();
    }

    /// And back, with what it had.
    async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.running = serve(listener, &self.folder);
    }

    fn place(&self, secret: &str) -> Place {
        Place::S3 {
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".into(),
            bucket: BUCKET.into(),
            key: Some(("natter".into(), secret.to_owned().into())),
        }
    }

    fn kept(&self) -> usize {
        files(&self.folder.path().join(BUCKET))
    }
}

fn serve(listener: TcpListener, folder: &TempDir) -> JoinHandle<()> {
    let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
    service.set_auth(SimpleAuth::from_single("natter", "tea at four"));
    let service = service.build();
    tokio::spawn(async move {
        let mut open = tokio::task::JoinSet::new();
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service.clone();
            open.spawn(async move {
                Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await.ok();
            });
        }
    })
}

#[tokio::test]
async fn what_is_in_a_bucket_is_whole_and_read_from_anywhere_and_deleted() {
    let service = Service::start().await;
    let place = service.place("tea at four");
    let stage = Stage::with(|config| Config { place, ..config }).await;
    // Small ones go in one piece, large ones in several.
    for len in [1_000, (17 << 20) + 5] {
        let bytes = noise(len);
        let media = stage.take(bytes.clone()).await.unwrap();
        assert_eq!(stage.read(media.id, 0..media.size).await.unwrap(), bytes);
        let (from, to) = (len / 2 - 100, len / 2 + 100);
        assert_eq!(stage.read(media.id, from as u64..to as u64).await.unwrap(), &bytes[from..to]);
        stage.desk.delete(media.id, ANN).await.unwrap();
    }
    assert!(service.kept() > 0);
    stage.desk.sweep();
    comes_about(async || service.kept() == 0).await;
}

#[tokio::test]
async fn while_the_bucket_is_away_nothing_is_lost_and_it_goes_on_by_itself() {
    let mut service = Service::start().await;
    let place = service.place("tea at four");
    let stage = Stage::with(|config| Config { place, ..config }).await;
    let media = stage.take(noise(1_000)).await.unwrap();
    service.stop().await;
    let taken = stage.take(noise(1_000)).await.unwrap_err();
    assert!(matches!(taken, MediaError::Away(_)) && taken.retry_after().is_some(), "{taken:?}");
    let read = stage.read(media.id, 0..10).await.unwrap_err();
    assert!(matches!(read, MediaError::Away(_)), "{read:?}");
    service.restart().await;
    assert_eq!(stage.read(media.id, 0..1_000).await.unwrap(), noise(1_000));
    stage.take(noise(1_000)).await.unwrap();
}

/// A service that takes connections and says this much, and then nothing.
async fn mute(words: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(words).await.unwrap();
            open.push(socket);
        }
    });
    address
}

/// What a service says that begins to answer and stops in the middle.
const HALF: &[u8] =
    b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\nContent-Range: bytes 0-999/1000\r\n\
    Last-Modified: Thu, 26 Nov 2026 20:00:00 GMT\r\nETag: \"7\"\r\n\r\nhalf";

#[tokio::test]
async fn a_bucket_that_never_answers_or_stops_in_the_middle_is_away_in_time() {
    for words in [&b""[..], HALF] {
        let service = Service::start().await;
        let silent = mute(words).await;
        let patience = Duration::from_secs(2);
        let stage = Stage::with(|config| Config {
            place: Place::S3 {
                endpoint: Some(format!("http://{silent}")),
                region: "us-east-1".into(),
                bucket: BUCKET.into(),
                key: Some(("natter".into(), "tea at four".to_owned().into())),
            },
            patience,
            ..config
        })
        .await;
        let begun = Instant::now();
        let taken = stage.take(noise(1_000)).await.unwrap_err();
        assert!(matches!(taken, MediaError::Away(_)) && taken.retry_after().is_some(), "{taken:?}");
        // And what an earlier life of the bucket has.
        let kept = Stage::with(|config| Config { place: service.place("tea at four"), ..config }).await;
        let media = kept.take(noise(1_000)).await.unwrap();
        let found = kept.found(media.id).await.unwrap();
        let read = stage.desk.read(&found, 0..10).await.err().unwrap();
        assert!(matches!(read, MediaError::Away(_)), "{read:?}");
        assert!(begun.elapsed() < patience * 6, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_bucket_that_does_not_know_us_keeps_nothing() {
    let service = Service::start().await;
    let place = service.place("coffee at four");
    let stage = Stage::with(|config| Config { place, ..config }).await;
    let taken = stage.take(noise(1_000)).await;
    assert!(matches!(taken, Err(MediaError::Away(_))), "{taken:?}");
    assert_eq!(service.kept(), 0);
}
