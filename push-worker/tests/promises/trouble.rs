//! Who is down, slow or wrong holds up nobody else, and is not run over when it is back.

use crate::house::{House, address, alert, page};
use futures_util::future::join_all;
use providers::{Authority, Browser, Said};
use push_worker::{Answer, CircuitSettings, Kind, ProviderName, Providers, Whose};
use secrecy::SecretString;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_call_that_nobody_answers_ends_in_time_with_all_providers() {
    let mut house = House::open().await;
    house.settings.limits.call = SHORT;
    house.google.token_script.next(Said::silence());
    house.apple.script.next(Said::silence());
    house.browser.script.next(Said::silence());
    let providers = house.providers();
    for to in [house.iphone(), house.android(), house.page()] {
        let answer = providers.send(&to, &alert()).await;
        let reason = answer.reason().map(|reason| reason.as_str().to_owned());
        assert!(matches!(answer, Answer::Later { after: None, of: Whose::Provider, .. }), "{answer:?}");
        assert_eq!(reason.as_deref(), Some("no answer in time"));
    }
}

#[tokio::test]
async fn a_connection_that_breaks_and_a_server_that_is_not_there_are_for_later() {
    let mut house = House::open().await;
    house.apple.script.next(Said::cut());
    let providers = house.providers();
    assert_eq!(providers.send(&house.iphone(), &alert()).await.outcome(), "later_provider");
    assert_eq!(providers.send(&house.iphone(), &alert()).await.outcome(), "sent");
    // Nobody listens on port 1.
    "https://localhost:1".clone_into(&mut house.settings.apns.base);
    assert_eq!(house.providers().send(&house.iphone(), &alert()).await.outcome(), "later_provider");
}

#[tokio::test]
async fn a_server_with_a_certificate_of_a_stranger_is_told_nothing() {
    let mut house = House::open().await;
    house.settings.apns.authority = Some(Authority::new().pem().to_owned());
    assert_eq!(house.providers().send(&house.iphone(), &alert()).await.outcome(), "later_provider");
    assert!(house.apple.script.heard().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_others_are_not_and_all_goes_on_when_it_is_back() {
    let mut house = House::open().await;
    let pause = Duration::from_millis(50);
    house.settings.circuit =
        CircuitSettings { pause, longest: pause * 4, fault_pause: pause, ..CircuitSettings::default() };
    let providers = house.providers();
    house.apple.script.always(Some(Said::status(503)));
    let crowd = async |many: usize| {
        let mut outcomes = Vec::new();
        for _ in 0..many {
            outcomes.push(providers.send(&house.iphone(), &alert()).await.outcome());
        }
        outcomes
    };
    let outcomes = crowd(500).await;
    assert!(outcomes.contains(&"held"));
    let asked = house.apple.script.heard().len();
    assert!((10..100).contains(&asked), "{asked} requests for 500");
    assert_eq!(providers.send(&house.android(), &alert()).await.outcome(), "sent");
    assert_eq!(providers.condition()[0].open, 1);

    house.apple.script.always(None);
    let deadline = Instant::now() + Duration::from_secs(30);
    while providers.condition()[0].open > 0 {
        assert!(Instant::now() < deadline, "it is still left alone");
        crowd(1).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(crowd(20).await.iter().all(|outcome| *outcome == "sent"));
}

#[tokio::test]
async fn one_that_is_slow_holds_up_no_other() {
    let mut house = House::open().await;
    house.settings.limits.under_way = 4;
    let providers = house.providers();
    house.apple.script.always(Some(Said::silence()));
    let slow = join_all((0..50).map(|_| {
        let (to, providers) = (house.iphone(), &providers);
        async move { providers.send(&to, &alert()).await }
    }));
    let others = async {
        house.apple.script.wait(4).await;
        for _ in 0..20 {
            assert_eq!(providers.send(&house.android(), &alert()).await.outcome(), "sent");
            assert_eq!(providers.send(&house.page(), &alert()).await.outcome(), "sent");
        }
        assert_eq!(house.apple.script.heard().len(), 4, "no more than there are places");
    };
    tokio::select! {
        answers = slow => panic!("nobody answered: {answers:?}"),
        () = others => {}
    }
}

#[tokio::test]
async fn a_strangers_server_that_is_slow_holds_up_no_other_strangers() {
    let mut house = House::open().await;
    house.settings.limits.under_way_each = 2;
    let other_authority = Authority::new();
    let other = Browser::start(&other_authority).await;
    let both = [house.settings.web.authority.clone().unwrap_or_default(), other_authority.pem().to_owned()];
    house.settings.web.authority = Some(both.concat());
    let providers = house.providers();
    house.browser.script.always(Some(Said::silence()));
    let (slow, quick) = (house.page(), page(&other.subscribe(None)));
    let stuck = join_all((0..2).map(|_| async { providers.send(&slow, &alert()).await }));
    let others = async {
        house.browser.script.wait(2).await;
        let third = providers.send(&slow, &alert()).await;
        assert!(matches!(third, Answer::Held { .. }), "{third:?}");
        for _ in 0..50 {
            assert_eq!(providers.send(&quick, &alert()).await.outcome(), "sent");
        }
    };
    tokio::select! {
        _ = stuck => panic!("nobody answered"),
        () = others => {}
    }
}

#[tokio::test]
async fn how_it_goes_is_counted_by_outcome_and_reason() {
    let house = House::open().await;
    let providers = house.providers();
    for _ in 0..3 {
        providers.send(&house.iphone(), &alert()).await;
    }
    house.apple.next_reason(410, "Unregistered");
    providers.send(&house.iphone(), &alert()).await;
    let condition = providers.condition();
    let names: Vec<&str> = condition.iter().map(|condition| condition.provider.as_str()).collect();
    assert_eq!(names, ["apns", "fcm", "web", "log"]);
    let counts: Vec<(&str, &str, u64)> =
        condition[0].counts.iter().map(|count| (count.outcome, count.reason.as_str(), count.times)).collect();
    assert_eq!(counts, [("gone", "Unregistered", 1), ("sent", "", 3)]);
    assert_eq!((condition[0].under_way, condition[0].open, condition[0].left_alone), (0, 0, None));
}

/// A proxy that carries connections on (CONNECT). Gives its address, and where it was asked to go.
async fn proxy() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of this machine");
    let address = format!("http://ann:planted@{}", listener.local_addr().expect("it has one"));
    let (asked, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let asked = asked.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await?);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let place = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let mut server = TcpStream::connect(&place).await?;
                let _ = asked.send(place);
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    (address, heard)
}

#[tokio::test]
async fn where_the_way_out_is_a_proxy_all_goes_through_it() {
    let mut house = House::open().await;
    let (address, mut asked) = proxy().await;
    house.settings.apns.proxy = Some(SecretString::from(address.clone()));
    house.settings.fcm.proxy = Some(SecretString::from(address));
    let providers = house.providers();
    for to in [house.iphone(), house.android()] {
        assert_eq!(providers.send(&to, &alert()).await.outcome(), "sent");
    }
    let place = |base: String| base.trim_start_matches("https://").to_owned();
    assert_eq!(asked.recv().await, Some(place(house.apple.base())));
    // For its token, and for the message.
    assert_eq!(asked.recv().await, Some(place(house.google.base())));
    assert_eq!(asked.recv().await, Some(place(house.google.base())));
    assert!(!format!("{:?}", house.settings).contains("planted"));
}

#[tokio::test]
async fn an_app_that_is_not_in_the_settings_keeps_its_devices() {
    let house = House::open().await;
    let providers = house.providers();
    let mut to = house.iphone();
    "another".clone_into(&mut to.app);
    assert_eq!(providers.send(&to, &alert()).await.outcome(), "disabled");
    assert!(providers.has("natter", ProviderName::Apns) && !providers.has("another", ProviderName::Apns));
    let log = address(ProviderName::Log, Kind::Token, "a word");
    assert_eq!(providers.send(&log, &alert()).await.outcome(), "sent");
}

#[tokio::test]
async fn settings_that_can_not_be_meant_are_refused_with_their_name() {
    let house = House::open().await;
    let refused = |change: &dyn Fn(&mut push_worker::Settings)| {
        let mut settings = house.settings.clone();
        change(&mut settings);
        Providers::open(&settings).expect_err("it can't be meant").to_string()
    };
    let key = refused(&|settings| {
        settings.apps[0].apns.as_mut().expect("with Apple").key = SecretString::from("planted-secret");
    });
    assert!(key.contains("`natter`") && key.contains("apns.key") && !key.contains("planted"), "{key}");
    let account = refused(&|settings| {
        settings.apps[0].fcm.as_mut().expect("with Google").account =
            SecretString::from("{\"private_key\":\"planted\"}");
    });
    assert!(account.contains("fcm.account") && !account.contains("planted"), "{account}");
    let subject = refused(&|settings| {
        settings.apps[0].web.as_mut().expect("in browsers").subject = "mailto:ops@localhost".to_owned();
    });
    assert!(subject.contains("web.subject"), "{subject}");
    let plain = refused(&|settings| "http://api.example.org".clone_into(&mut settings.apns.base));
    assert!(plain.contains("apns"), "{plain}");
    let twice = refused(&|settings| settings.apps.push(settings.apps[0].clone()));
    assert!(twice.contains("two apps"), "{twice}");
}
