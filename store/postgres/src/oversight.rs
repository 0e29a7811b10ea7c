//! What administrators look at.

mod reports; // what is reported, and what is decided on it

mod acts; // what they did

use crate::store::PostgresStore;
use async_trait::async_trait;
use chat::UserId;
use store::{ActId, Audited, Decision, Error, NewDeed, NewReport, Oversight, Report, ReportId};

#[async_trait]
impl Oversight for PostgresStore {
    async fn report(&self, report: &NewReport) -> Result<ReportId, Error> {
        self.running.lane.write(reports::Add(report.clone())).await
    }

    async fn reports(
        &self,
        decided: bool,
        after: Option<ReportId>,
        limit: u32,
    ) -> Result<Vec<Report>, Error> {
        reports::list(&self.running.readers, &self.running.keys, decided, after, limit).await
    }

    async fn reported(&self, id: ReportId) -> Result<Option<Report>, Error> {
        reports::one(&self.running.readers, &self.running.keys, id).await
    }

    async fn decide(&self, id: ReportId, decision: &Decision) -> Result<bool, Error> {
        self.running.lane.write(reports::Decide { id, decision: decision.clone() }).await
    }

    async fn begin_act(&self, act: &NewDeed) -> Result<(), Error> {
        self.running.lane.write(acts::Begin(act.clone())).await
    }

    async fn end_act(&self, id: ActId, status: u16) -> Result<(), Error> {
        self.running.lane.write(acts::End { id, status }).await
    }

    async fn acts(
        &self,
        by: Option<UserId>,
        before: Option<ActId>,
        limit: u32,
    ) -> Result<Vec<Audited>, Error> {
        acts::list(&self.running.readers, by, before, limit).await
    }
}
