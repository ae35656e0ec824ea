//! What approvers and senders do between two runs: of what waits some is accepted, some rejected, some taken back, and all that was
//! set aside is offered again before the day ends.

use crosswalk::store::{Export, ExportFilter, ExportState, Stamp, StoreError, Writing};
use crosswalk::value::Record;
use fastrand::Rng;

use super::process::wait_for;
use crate::world::World;

/// People decide about some of what waits.
pub(super) fn decide(world: &World, dice: &mut Rng) {
    for Export { handle, .. } in exports(world, &[ExportState::Staged]) {
        match dice.u32(0..6) {
            0 => act(world, move |writing| writing.accept_export(handle, &Record::new())),
            1 => act(world, move |writing| writing.reject_export(handle, "not before the meeting")),
            2 => act(world, move |writing| writing.retrieve_export(handle.id, "a figure is missing")),
            _ => {}
        }
    }
}

/// What was set aside is offered again.
pub(super) fn think_better_of_it(world: &World) {
    for Export { handle, .. } in exports(world, &[ExportState::Rejected, ExportState::Retrieved]) {
        act(world, move |writing| writing.resend_export(handle.id));
    }
}

fn exports(world: &World, states: &[ExportState]) -> Vec<Export> {
    let filter = ExportFilter { states: states.to_vec(), ..ExportFilter::default() };
    wait_for(world.store.read(move |reading| reading.exports(&filter))).unwrap()
}

fn act(world: &World, what: impl FnOnce(&Writing<'_>) -> Result<Export, StoreError> + Send + 'static) {
    wait_for(world.store.write(&Stamp::new(world.clock_now(), "maria"), what)).unwrap();
}
