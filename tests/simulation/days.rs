//! What people do while programs run: a few days of one company, day by day.

use crosswalk::value::Value;

use super::company::small;
use crate::world::{Setup, World, text};

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The accountants release, pay, and void a check.
    AccountantsWork,
    /// Somebody gives the subcontract another title in Procore.
    Retitle(u64),
    /// An accountant gives it another description.
    Redescribe(u64),
    /// The accountants book a cost by hand.
    BookCost(u64),
    /// The accountants rename the subcontractor's code.
    RenameVendor(u64),
}

/// A few days of one company.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    company: u64,
    /// What people do before each day's runs.
    pub(crate) days: Vec<Vec<Deed>>,
}

impl Course {
    /// A first load, and a second day on which accountants have released and paid: every mapping that goes out has work to do.
    pub(crate) fn of_all_exports() -> Self {
        Self { company: 4, days: vec![Vec::new(), vec![Deed::AccountantsWork, Deed::Retitle(1)]] }
    }

    /// The course of this number.
    pub(crate) fn draw(number: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(number.wrapping_mul(0x9e37_79b9));
        let company = dice.u64(0..24);
        let mut days = vec![Vec::new()];
        // Some see the first load only, some a second day or a third.
        for day in 1..=[0, 0, 1, 1, 1, 2][dice.usize(0..6)] {
            let mut deeds = Vec::new();
            if day == 1 || dice.bool() {
                deeds.push(Deed::AccountantsWork);
            }
            for _ in 0..dice.u64(0..3) {
                deeds.push(match dice.u64(0..4) {
                    0 => Deed::Retitle(day),
                    1 => Deed::Redescribe(day),
                    2 => Deed::BookCost(dice.u64(1..90)),
                    _ => Deed::RenameVendor(day),
                });
            }
            deeds.dedup();
            days.push(deeds);
        }
        Self { company, days }
    }

    /// The company, before anything was synced.
    pub(crate) fn setup(&self) -> Setup {
        small(self.company)
    }
}

impl Deed {
    /// Whether the end is the same when it is done between two runs of the day.
    pub(super) fn may_come_late(self) -> bool {
        matches!(self, Self::Retitle(_) | Self::BookCost(_))
    }

    /// Somebody does it.
    pub(super) fn done_in(self, world: &World) {
        match self {
            Self::AccountantsWork => drop(world.acumatica.accountants().work()),
            Self::Retitle(turn) => {
                let Some(contract) = world.rows("work_order_contracts").into_iter().next() else { return };
                let path =
                    format!("/rest/v1.0/work_order_contracts/{}?project_id={}", text(&contract, "id"), text(&contract, "project_id"));
                world.in_procore("PATCH", &path, &format!(r#"{{"work_order_contract":{{"title":"Works, version {turn}"}}}}"#));
            }
            Self::Redescribe(turn) => {
                let Some(contract) = world.books("Subcontract").into_iter().next() else { return };
                let number = text(&contract, "SubcontractNbr");
                world.put("Subcontract", &format!(r#"{{"SubcontractNbr":"{number}","Description":"As accounting says {turn}"}}"#));
            }
            Self::BookCost(amount) => world.book_cost(&amount.to_string()),
            Self::RenameVendor(turn) => {
                let vendor = world.books("Vendor").into_iter().find(|vendor| vendor.get("Status") == Some(&Value::text("Active")));
                let Some(old) = vendor.map(|vendor| text(&vendor, "VendorID")) else { return };
                world.acumatica.accountants().rename_vendor(&old, &format!("R{turn}{}", &old[1..]));
            }
        }
    }
}
