//! Flows that an earlier run left open: they are walked to their end before anything new begins.

use super::deliver::Delivery;
use super::engine::Engine;
use super::failure::Failure;
use super::parcel::{Parcel, Receipt};
use super::report::MappingReport;
use super::run::Run;
use super::scope::Where;
use crate::connector::ProjectScope;
use crate::plan::Plan;
use crate::store::{Flow, FlowRow, Intent};
use crate::value::Value;

impl Run<'_> {
    /// What an action has made and nobody has found is not made again.
    pub(super) fn await_what_is_left_open(&mut self, plan: &Plan, place: &Where, (parcels, receipts): (&[Parcel], &[Receipt])) {
        let left = parcels.iter().zip(receipts).filter(|(_, receipt)| receipt.left_open);
        self.awaited.extend(left.map(|(parcel, _)| (plan.name.clone(), place.scope.clone(), parcel.source_id.clone())));
    }

    /// Walks the open flows of a mapping.
    pub(super) async fn resume(&mut self, plan: &Plan, report: &mut MappingReport) -> Result<(), Failure> {
        let name = plan.name.clone();
        let open = self.engine.worker.store().read(move |reading| reading.open_flows(Some(&name))).await?;
        for row in open {
            let Some(parcels) = parcels(self.engine, &row).await? else { continue };
            let mut place = place(&row);
            self.erp.show(self.engine, plan, &mut place, &[]).await?;
            let delivery = Delivery { engine: self.engine, plan, place: &place, parcels: &parcels, inputs: &[] };
            let intent = Intent { id: row.id.clone(), details: row.details.clone(), bodies: Vec::new() };
            let flow = Flow::open(&self.engine.worker, intent).await?;
            let source = plan.source.resource.system;
            let linked = |parcel: &Parcel| self.book.by_id(&plan.pair, &place.scope, source, &parcel.source_id).is_some();
            if plan.target.resource.made_by().is_some() && parcels.iter().all(linked) {
                // What its action made did not show, and a person has linked it.
                flow.finish().await?;
                continue;
            }
            let walked = delivery.walk(flow, &mut self.book).await?;
            self.finish(plan, &place, (vec![walked], &[]), report).await?;
        }
        Ok(())
    }
}

async fn parcels(engine: &Engine<'_>, row: &FlowRow) -> Result<Option<Vec<Parcel>>, Failure> {
    let Some(digest) = row.bodies.get("parcels").cloned() else { return Ok(None) };
    let body = engine.worker.store().read(move |reading| reading.body(&digest)).await?;
    Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
}

fn place(row: &FlowRow) -> Where {
    let text = |name: &str| row.details.get(name).map(Value::plain).filter(|text| !text.is_empty());
    let project = text("project").map(|procore| ProjectScope {
        procore,
        acumatica: text("project_key").unwrap_or_default(),
        procore_origin: text("project_origin"),
    });
    Where { project, scope: row.id.scope.clone(), ..Where::default() }
}
