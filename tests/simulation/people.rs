//! What approvers and senders do between two runs: some of what waits is rejected, some is taken back, and all of that is offered again
//! before the next run, so that documents get their numbers in the order in which they would.

use crosswalk::store::{Export, ExportFilter, ExportState, Stamp, StoreError, Writing};
use fastrand::Rng;

use super::process::wait_for;
use crate::world::World;

/// People have second thoughts about some of what waits.
pub(super) fn think_twice(world: &World, dice: &mut Rng) {
    let staged = ExportFilter { states: vec![ExportState::Staged], ..ExportFilter::default() };
    let waiting = wait_for(world.store.read(move |reading| reading.exports(&staged))).unwrap();
    for Export { handle, .. } in waiting {
        match dice.u32(0..4) {
            0 => act(world, move |writing| writing.reject_export(handle, "not before the meeting")),
            1 => act(world, move |writing| writing.retrieve_export(handle.id, "a figure is missing")),
            _ => continue,
        }
        act(world, move |writing| writing.resend_export(handle.id));
    }
}

fn act(world: &World, what: impl FnOnce(&Writing<'_>) -> Result<Export, StoreError> + Send + 'static) {
    wait_for(world.store.write(&Stamp::new(world.clock_now(), "maria"), what)).unwrap();
}
