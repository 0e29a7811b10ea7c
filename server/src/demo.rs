//! A house with people in it, to look around: `natter serve --demo`.
//!
//! The password is known to everybody, so it listens to this machine only.

use crate::config::{Config, Listen};
use crate::house::House;
use crate::ports::Addresses;
use anyhow::{Context, ensure};
use bridge::Bridge;
use chat::Handle;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::Path;

/// Where the demo keeps its data if nobody says otherwise.
pub(crate) const FOLDER: &str = "./natter-data/demo";

const PEOPLE: [&str; 2] = ["ann", "bo"];
const ROOM: &str = "tea";
const PASSWORD: &str = "demo";

/// Takes away what a demo does not need, and refuses what it must not have.
pub(crate) fn fit(config: &mut Config) -> anyhow::Result<()> {
    for port in config.ports.each() {
        // A file is of this machine.
        let Listen::Tcp(address) = &port.listen else { continue };
        ensure!(
            address.ip().is_loopback(),
            "the demo's password is known to everybody, so it can't listen on {address}; use {} with a loopback \
             address such as 127.0.0.1:{}, or add users of your own and serve without --demo",
            port.written,
            address.port()
        );
    }
    config.push.fit_demo();
    config.bridge.say_rate = None;
    config.bridge.connects_per_user = None;
    config.bridge.connects_per_device = None;
    config.bridge.strangers = None;
    config.bridge.new_strangers = None;
    Ok(())
}

/// Makes the people and their room; those who are there stay as they are.
pub(crate) async fn furnish(house: &House) -> anyhow::Result<()> {
    furnish_bridge(&house.bridge).await.context("cannot furnish the demo")
}

async fn furnish_bridge(bridge: &Bridge) -> anyhow::Result<()> {
    let people = PEOPLE.map(Handle::new).into_iter().collect::<Result<Vec<_>, _>>()?;
    for (number, person) in people.iter().enumerate() {
        bridge.add_user(person, Some(SecretString::from(PASSWORD)), number == 0).await?;
    }
    bridge.add_room(&Handle::new(ROOM)?, &people).await?;
    Ok(())
}

/// Commands to copy.
pub(crate) fn invitation(folder: &Path) -> anyhow::Result<String> {
    let doors = Addresses::told(folder)?;
    Ok(words(folder, doors.mqtt, doors.http))
}

fn words(folder: &Path, mqtt: SocketAddr, http: SocketAddr) -> String {
    let port = if mqtt.port() == 1883 { String::new() } else { format!(" -p {}", mqtt.port()) };
    let host =
        if mqtt.ip().to_string() == "127.0.0.1" { String::new() } else { format!(" -h {}", mqtt.ip()) };
    let folder = folder.display();
    format!(
        "\nThis is a demo: ann, who administers it, and bo (password {PASSWORD}) share the room {ROOM}. In two other terminals:\n\n  \
         mosquitto_sub -V 5 -i phone -c -x 3600 -q 1{host}{port} -u bo -P {PASSWORD} -t 'rooms/+/said'\n  \
         mosquitto_pub -V 5 -q 1{host}{port} -u ann -P {PASSWORD} -t rooms/{ROOM}/say -m hello\n\n\
         Stop bo, say more, start bo again: nothing is lost. Or without MQTT:\n\n  \
         natter chat --as bo --data {folder}\n  \
         natter say {ROOM} 'the kettle is on' --as ann --data {folder}\n\n\
         Browsers connect to ws://{http}/mqtt\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_listens_to_this_machine_only() {
        let mut config = Config::for_folder(Path::new("x")).unwrap();
        config.ports.http[0].listen = Listen::Tcp(([0, 0, 0, 0], 8080).into());
        let error = fit(&mut config).unwrap_err().to_string();
        assert!(error.contains("--http") && error.contains("127.0.0.1:8080"), "{error}");
        config.ports.http[0].listen = Listen::Tcp("[::1]:8080".parse().unwrap());
        fit(&mut config).unwrap();
        assert_eq!(config.bridge.say_rate, None);
    }

    #[test]
    fn the_commands_to_copy_name_a_port_only_where_it_is_not_mqtts_own() {
        let words = |mqtt: &str| words(Path::new("d"), mqtt.parse().unwrap(), ([127, 0, 0, 1], 8080).into());
        let usual = words("127.0.0.1:1883");
        assert!(
            usual.contains("mosquitto_sub -V 5 -i phone -c -x 3600 -q 1 -u bo -P demo -t 'rooms/+/said'"),
            "{usual}"
        );
        assert!(
            usual.contains("mosquitto_pub -V 5 -q 1 -u ann -P demo -t rooms/tea/say -m hello"),
            "{usual}"
        );
        assert!(words("127.0.0.1:1999").contains("-q 1 -p 1999 -u ann"));
    }
}
