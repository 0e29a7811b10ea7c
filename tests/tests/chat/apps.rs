//! Topics of apps, beside chat: who was granted them uses them, and nobody else.

use mqtt::ReasonCode;
use mqtt::packet::{Publish, Version};
use tests::{Device, Settings, Wire, World, filter, publish, subscribe};

const REFUSED: ReasonCode = ReasonCode::NotAuthorized;

/// Everybody uses what is their own in the app `meter`; cy, a back end, hears all of it.
async fn metered(settings: Settings) -> World {
    let mut world = World::with(settings).await;
    world.administrator("root").await;
    world.users(["ann", "bo", "cy"]).await;
    world
        .natter(&["grant", "add", "meter", "--everybody", "--read", "{user}/#", "--write", "{user}/#"])
        .await;
    world.natter(&["grant", "add", "meter", "cy", "--read", "#", "--write", "#"]).await;
    world
}

async fn asks(wire: &mut Wire, topic: &str) -> ReasonCode {
    wire.subscribe(subscribe([filter(topic)])).await.codes[0]
}

/// It is taken, whether or not somebody hears it.
async fn says(wire: &mut Wire, topic: &str, payload: &str) {
    let code = wire.publish(publish(topic, payload)).await.code;
    assert!(matches!(code, ReasonCode::Success | ReasonCode::NoMatchingSubscribers), "{topic}: {code:?}");
}

async fn keeps(wire: &mut Wire, topic: &str, payload: &str) {
    let code = wire.publish(Publish { retain: true, ..publish(topic, payload) }).await.code;
    assert!(matches!(code, ReasonCode::Success | ReasonCode::NoMatchingSubscribers), "{topic}: {code:?}");
}

/// The next message, acknowledged: its topic and what it says.
async fn hears(wire: &mut Wire) -> (String, String) {
    let message = wire.message().await;
    wire.acknowledge(&message).await;
    (message.topic.clone(), String::from_utf8_lossy(&message.payload).into_owned())
}

fn told(topic: &str, payload: &str) -> (String, String) {
    (topic.to_owned(), payload.to_owned())
}

#[tokio::test]
async fn an_app_is_used_by_grant_and_users_hear_what_is_theirs() {
    let world = metered(Settings::default()).await;
    for version in [Version::V5, Version::V3] {
        let [mut ann, mut bo, mut cy] = [
            world.device("ann", "phone").version(version).connect().await,
            world.device("bo", "phone").version(version).connect().await,
            world.device("cy", "back-end").version(version).connect().await,
        ];
        let refused = if version == Version::V5 { REFUSED } else { ReasonCode::UnspecifiedError };
        for other in ["apps/meter/bo/#", "apps/meter/bo/1", "apps/lamp/#", "apps", "meter/ann/1", "$SYS/#"] {
            assert_eq!(asks(&mut ann, other).await, refused, "{other}");
        }
        for own in ["apps/meter/ann/#", "apps/#", "#"] {
            assert_eq!(asks(&mut ann, own).await, ReasonCode::GrantedQos1, "{own}");
        }
        bo.listens("apps/meter/#").await;
        cy.listens("apps/meter/#").await;
        says(&mut ann, "apps/meter/ann/1", "21").await;
        says(&mut bo, "apps/meter/bo/1", "22").await;
        assert_eq!(hears(&mut ann).await, told("apps/meter/ann/1", "21"));
        assert_eq!(hears(&mut bo).await, told("apps/meter/bo/1", "22"));
        assert_eq!(hears(&mut cy).await, told("apps/meter/ann/1", "21"));
        assert_eq!(hears(&mut cy).await, told("apps/meter/bo/1", "22"));
        for wire in [&mut ann, &mut bo, &mut cy] {
            wire.is_quiet().await;
        }
    }
}

#[tokio::test]
async fn a_publish_without_a_grant_is_refused_in_both_versions_and_heard_by_nobody() {
    let world = metered(Settings::default()).await;
    let mut cy = world.device("cy", "back-end").connect().await;
    cy.listens("apps/meter/#").await;
    let mut ann = world.device("ann", "phone").connect().await;
    for other in ["apps/meter/bo/1", "apps/lamp/ann", "apps", "open/to/nobody", "$SYS/broker/uptime"] {
        assert_eq!(ann.publish(publish(other, "x")).await.code, REFUSED, "{other}");
    }
    let mut old = world.device("ann", "old").v3().connect().await;
    old.listens("me/replies").await;
    old.publish(publish("apps/meter/bo/1", "x")).await;
    let why = old.hear().await;
    assert_eq!(
        (why.word("refused").as_str(), why.word("topic").as_str()),
        ("no_such_topic", "apps/meter/bo/1")
    );
    cy.is_quiet().await;
}

#[tokio::test]
async fn a_token_grants_a_device_what_is_its_own_and_is_for_that_device() {
    let world = metered(Settings::default()).await;
    let made = ["token", "bo", "--device", "m-7", "--read", "pump:{device}/#", "--write", "pump:{device}/up"];
    let token = world.natter(&made).await;
    let device = |name: &str| world.device("bo", name).password(token.trim());
    assert_eq!(device("m-8").is_refused().await, ReasonCode::ClientIdentifierNotValid);
    let mut pump = device("m-7").connect().await;
    pump.listens("apps/pump/m-7/#").await;
    assert_eq!(asks(&mut pump, "apps/pump/m-8/#").await, REFUSED);
    says(&mut pump, "apps/pump/m-7/up", "7 bar").await;
    assert_eq!(hears(&mut pump).await, told("apps/pump/m-7/up", "7 bar"));
    for other in ["apps/pump/m-8/up", "apps/pump/m-7/down"] {
        assert_eq!(pump.publish(publish(other, "x")).await.code, REFUSED, "{other}");
    }
    // What is granted to everybody holds beside it.
    says(&mut pump, "apps/meter/bo/1", "21").await;
    world.natter(&["token", "add", "bo", "m-9"]).await;
    let taken = world.natter(&["token", "bo", "--device", "m-9"]).await;
    let other = world.device("bo", "m-9").password(taken.trim());
    assert_eq!(other.is_refused().await, ReasonCode::ClientIdentifierNotValid, "m-9 comes in by its own");
    let mut without = world.device("bo", "phone").connect().await;
    assert_eq!(asks(&mut without, "apps/pump/#").await, REFUSED);
}

#[tokio::test]
async fn who_calls_a_device_by_a_wildcard_gets_nothing_of_other_devices() {
    let world = metered(Settings::default()).await;
    world
        .natter(&["grant", "add", "pump", "--everybody", "--read", "{device}/#", "--write", "{device}/#"])
        .await;
    for name in ["+", "#", "m-7/up", "+/+"] {
        let mut sly = world.device("ann", name).connect().await;
        for wanted in ["apps/pump/+/#", "apps/pump/#", "apps/pump/m-7/up"] {
            assert_eq!(asks(&mut sly, wanted).await, REFUSED, "{name} {wanted}");
        }
        assert_eq!(sly.publish(publish("apps/pump/m-7/up", "x")).await.code, REFUSED, "{name}");
    }
}

/// Bo twice: here, and away with two messages that wait.
async fn here_and_away(world: &World, cy: &mut Wire) -> (Wire, Device) {
    let away = world.device("bo", "laptop").lasting();
    let mut first = away.connect().await;
    first.listens("apps/meter/#").await;
    first.leave().await;
    let mut here = world.device("bo", "phone").connect().await;
    here.listens("apps/meter/#").await;
    assert_eq!(hears(&mut here).await, told("apps/meter/bo/kept", "retained"));
    says(cy, "apps/meter/bo/1", "while it was granted").await;
    assert_eq!(hears(&mut here).await, told("apps/meter/bo/1", "while it was granted"));
    (here, away)
}

#[tokio::test]
async fn a_grant_that_is_taken_away_ends_at_once_for_who_is_here_and_for_what_waits() {
    let mut world = metered(Settings::default()).await;
    let mut cy = world.device("cy", "back-end").connect().await;
    keeps(&mut cy, "apps/meter/bo/kept", "retained").await;
    let (mut here, away) = here_and_away(&world, &mut cy).await;

    world.natter(&["grant", "end", "meter", "--everybody"]).await;
    says(&mut cy, "apps/meter/bo/2", "too late").await;
    here.is_quiet().await;
    assert_eq!(here.publish(publish("apps/meter/bo/3", "x")).await.code, REFUSED);
    assert_eq!(asks(&mut here, "apps/meter/bo/#").await, REFUSED);
    let mut back = away.connect().await;
    back.is_quiet().await;
    back.leave().await;

    world.natter(&["grant", "add", "meter", "bo", "--read", "bo/4"]).await;
    for number in [4, 5] {
        says(&mut cy, &format!("apps/meter/bo/{number}"), "again").await;
    }
    assert_eq!(hears(&mut here).await, told("apps/meter/bo/4", "again"));
    here.is_quiet().await;

    world.natter(&["grant", "end", "meter", "bo"]).await;
    world.restart().await;
    let mut back = away.connect().await;
    back.is_quiet().await;
    assert_eq!(asks(&mut back, "apps/meter/bo/#").await, REFUSED);
}

#[tokio::test]
async fn what_is_retained_is_heard_only_where_it_is_granted() {
    let world = metered(Settings::default()).await;
    let mut cy = world.device("cy", "back-end").connect().await;
    for user in ["ann", "bo"] {
        keeps(&mut cy, &format!("apps/meter/{user}/kept"), user).await;
    }
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("#").await;
    assert_eq!(hears(&mut bo).await, told("apps/meter/bo/kept", "bo"));
    bo.is_quiet().await;
}

#[tokio::test]
async fn a_subscription_by_a_token_lasts_while_its_device_is_away_and_ends_with_another_token() {
    let world = metered(Settings::default()).await;
    let token = world.natter(&["token", "bo", "--read", "pump:news"]).await;
    world.natter(&["grant", "add", "pump", "cy", "--write", "#"]).await;
    let mut cy = world.device("cy", "back-end").connect().await;
    let with_claim = world.device("bo", "m-7").lasting().password(token.trim());
    let mut pump = with_claim.connect().await;
    pump.listens("apps/pump/news").await;
    pump.leave().await;
    says(&mut cy, "apps/pump/news", "one").await;
    let mut pump = with_claim.connect().await;
    assert_eq!(hears(&mut pump).await, told("apps/pump/news", "one"));
    pump.leave().await;
    says(&mut cy, "apps/pump/news", "two").await;
    let mut pump = world.device("bo", "m-7").lasting().connect().await;
    says(&mut cy, "apps/pump/news", "three").await;
    pump.is_quiet().await;
}

#[tokio::test]
async fn where_topics_are_open_an_app_with_grants_is_by_grant_still() {
    let settings = Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true");
    let world = metered(settings).await;
    let mut someone = world.nobody("visitor").connect().await;
    for open in ["lobby/1", "apps/lamp/1"] {
        someone.listens(open).await;
        says(&mut someone, open, "hello").await;
        assert_eq!(hears(&mut someone).await, told(open, "hello"));
    }
    assert_eq!(asks(&mut someone, "apps/meter/bo/#").await, REFUSED);
    assert_eq!(someone.publish(publish("apps/meter/bo/1", "x")).await.code, REFUSED);
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("apps/meter/#").await;
    says(&mut bo, "apps/meter/bo/1", "21").await;
    assert_eq!(hears(&mut bo).await, told("apps/meter/bo/1", "21"));
    someone.is_quiet().await;
}

#[tokio::test]
async fn who_is_deleted_collects_nothing_any_more_and_what_waited_for_them_is_gone() {
    let world = metered(Settings::default().set("mqtt.status_interval", "1s")).await;
    let token = world.natter(&["token", "root"]).await;
    let mut root = world.nobody("desk").password(token.trim());
    root.hello.user_name = Some("root".into());
    let mut root = root.connect().await;
    root.listens("$SYS/broker/store/messages/count").await;
    let mut cy = world.device("cy", "back-end").connect().await;
    let away = world.device("bo", "laptop").lasting();
    let mut first = away.connect().await;
    first.listens("apps/meter/#").await;
    first.leave().await;
    let mut here = world.device("bo", "phone").lasting().connect().await;
    here.listens("apps/meter/#").await;
    assert_eq!(cy.publish(publish("apps/meter/bo/1", "21")).await.code, ReasonCode::Success);
    while hears(&mut root).await.1 == "0" {}

    world.natter(&["ask", "admin.delete", "user=bo"]).await;
    let code = cy.publish(publish("apps/meter/bo/1", "22")).await.code;
    assert_eq!(code, ReasonCode::NoMatchingSubscribers, "nobody listens");
    while hears(&mut root).await.1 != "0" {}
    assert_eq!(hears(&mut here).await, told("apps/meter/bo/1", "21"));
    here.ends_with(ReasonCode::AdministrativeAction).await;
}

/// Says something until nobody is there to hear it.
async fn is_heard_by_nobody_soon(wire: &mut Wire, topic: &str) {
    let nobody = async { while wire.publish(publish(topic, "tea")).await.code == ReasonCode::Success {} };
    tests::within("a session to be over", nobody).await;
}

#[tokio::test]
async fn a_session_that_is_over_hears_nothing_any_more_whoever_noticed_that() {
    let open = Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true");
    let mut world = World::with(open.set("limits.anonymous_sessions", "1")).await;
    for seconds in [1, 3600] {
        let mut brief = world.nobody("brief").lasting().clean();
        brief.hello.session_expiry = Some(seconds);
        let mut wire = brief.connect().await;
        wire.subscribe(subscribe([filter("kitchen/kettle")])).await;
        wire.leave().await;
        // The server that begins now has seen it neither come nor go.
        world.terminate().await;
        world.restart().await;
        let mut speaker = world.nobody("speaker").connect().await;
        if seconds > 1 {
            assert_eq!(speaker.publish(publish("kitchen/kettle", "tea")).await.code, ReasonCode::Success);
            // There is room for one session only.
            world.nobody("other").lasting().connect().await.leave().await;
        }
        is_heard_by_nobody_soon(&mut speaker, "kitchen/kettle").await;
    }
}
