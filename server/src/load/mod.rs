//! `natter bench`: gets together whom a load takes, lets `bench` put it on the server, prints what it tells.

mod target; // where it goes

mod folk; // whom it takes

mod roll; // or whom from a file

mod ask; // what the server does for that

mod login; // who a relay says it is

mod lookout; // what is seen of the server beside it

mod bar; // how far it is

use crate::page;
use anyhow::{bail, ensure};
use bar::Bar;
use bench::{Crowd, Folk, House, Load, Progress};

/// Runs a load and prints its report. An error is also a run in which something went wrong that must not.
pub(crate) async fn run(load: &Load) -> anyhow::Result<()> {
    check_size(load)?;
    let server = target::of(load).await?;
    // Where the system allows no more files, the connection that finds none says so.
    rlimit::increase_nofile_limit(u64::MAX).ok();
    let lookout = lookout::on(load.house());
    let bar = Bar::draw(load.place(), lookout.progress.clone());
    let folk = folk(load, &lookout.progress).await?;
    let report = bench::run(load, &server, &folk, &lookout).await?;
    drop(bar);
    page::write(&if load.place().json { serde_json::to_string(&report)? } else { report.to_string() })?;
    match report.complaint() {
        None => Ok(()),
        Some(complaint) => bail!("this must not happen: {complaint}"),
    }
}

/// Two numbers that are each within bounds may be too much together.
fn check_size(load: &Load) -> anyhow::Result<()> {
    let crowd = Crowd::of(load).map_or(0, |crowd| crowd.memberships());
    let most = Crowd::MEMBERSHIPS;
    ensure!(crowd <= most, "that takes {crowd} memberships of rooms; {most} is the most");
    let (connections, most) = (load.connections(), Crowd::LARGEST);
    ensure!(connections <= most, "that takes {connections} connections; {most} is the most");
    Ok(())
}

async fn folk(load: &Load, progress: &Progress) -> anyhow::Result<Folk> {
    match (load, load.house().zip(Crowd::of(load))) {
        (Load::Relay(relay), _) => login::of(relay),
        (_, Some((House { people: Some(file), .. }, crowd))) => roll::read(file, load, crowd),
        (_, Some((house, crowd))) => {
            let folk = folk::made(&house.data, crowd, progress).await?;
            match Crowd::beside(load) {
                Some(others) => Ok(folk.beside(folk::made(&house.data, others, progress).await?)),
                None => Ok(folk),
            }
        }
        (_, None) => Ok(Folk::default()),
    }
}
