//! How does an imitated Acumatica behave on the wire? What its accountants book on a project once it is active.

use std::sync::Arc;

use fastrand::Rng;
use jiff::Span;
use jiff::civil::Date;

use super::books::Books;
use super::fields::{Fields, drawn, guid, mix, normal};
use super::invoices::{Heading, Numbers, booked, post_as};
use super::ledger::{period, release, total};
use super::rules::MAIN_TASK;
use crate::sandbox::company::{Company, TWIN};
use crate::value::{Decimal, Record, Value, date_of, round_half_up};

/// A cost line before it becomes part of a document.
struct Cost {
    code: &'static str,
    group: &'static str,
    item: Option<&'static str>,
    qty: Decimal,
    rate: Decimal,
}

/// The accountants at work on one project. All that they book depends on the seed and the project, not on when they do it.
struct Accountants<'a> {
    books: &'a mut Books,
    company: Arc<Company>,
    rng: Rng,
    project: String,
    start: Date,
    place: u64,
    /// Counts documents and lines; both number spaces belong to the project.
    next: u64,
}

/// The number space of a project: its place in the practice company, else one drawn from its code.
pub(super) fn place_of(books: &Books, project: &str) -> u64 {
    let at = books.options.company.projects.iter().position(|known| normal(&known.number) == project);
    at.map_or_else(|| 100_000 + mix(books.seed(), &["place", project]) % 800_000, |at| at as u64 + 1)
}

/// Books the costs of a project that has just become active; once in its life.
pub(super) fn post_for(books: &mut Books, id: &str) {
    let wanted = books.options.costs_per_project;
    let Some(record) = books.get("Project", id).map(|item| item.record.clone()).filter(|record| wanted > 0 && !record.flag("CostsPosted"))
    else {
        return;
    };
    books.accumulate("Project", id, |record| record.set("CostsPosted", true));
    let project = record.word("ProjectID").to_owned();
    let start = record.at("ProjectProperties.StartDate").and_then(Value::as_text).and_then(date_of).unwrap_or_else(|| books.today());
    let (company, place) = (Arc::clone(&books.options.company), place_of(books, &project));
    let rng = drawn(books.seed(), &["costs", &project]);
    let mut accountants = Accountants { books, company, rng, project, start, place, next: 1 };
    accountants.ordinary(wanted);
    accountants.reversed();
    accountants.unreleased();
    accountants.shared();
}

impl Accountants<'_> {
    /// Vendor invoices, payroll and other expenses in turn, until there are this many lines.
    fn ordinary(&mut self, wanted: usize) {
        let mut left = wanted;
        for turn in 0.. {
            if left == 0 {
                return;
            }
            let lines = left.min([2, 1, 4, 1, 1, 2][turn % 6]);
            left -= lines;
            match turn % 6 {
                0 | 1 | 4 => self.vendor_invoice(lines),
                2 => self.payroll(lines),
                3 => self.expense("GL", lines),
                _ => self.expense("CA", lines),
            }
        }
    }

    fn vendor_invoice(&mut self, lines: usize) {
        let number = self.next;
        let date = self.day();
        let vendors: Vec<usize> = (0..self.company.vendors.len()).filter(|at| self.company.vendors[*at].active).collect();
        let drawn = self.rng.usize(..vendors.len());
        // Nothing is bought from the two vendors of one name: until a person has told them apart, it could not be mapped.
        let known = (0..vendors.len()).map(|at| &self.company.vendors[vendors[(drawn + at) % vendors.len()]]);
        let vendor = known.into_iter().find(|vendor| vendor.name != TWIN).expect("most vendors have a name of their own").id.clone();
        let details: Vec<Value> = (0..lines)
            .map(|at| {
                let cost = self.cost(&["MATERIAL", "SUBCON", "EQUIP", "OTHER"]);
                let amount = round_half_up(cost.qty * cost.rate, 2);
                let mut line = Record::from_iter([
                    ("id", Value::text(guid(self.books.seed(), &["bill line", &self.project, &(number + at as u64).to_string()]))),
                    ("Project", self.project.as_str().into()),
                    ("ProjectTask", MAIN_TASK.into()),
                    ("CostCode", cost.code.into()),
                    ("AccountGroup", cost.group.into()),
                    ("TransactionDescription", self.words(&cost).into()),
                    ("Qty", cost.qty.into()),
                    ("UOM", "EA".into()),
                    ("UnitCost", cost.rate.into()),
                    ("ExtendedCost", amount.into()),
                    ("Amount", amount.into()),
                ]);
                if let Some(item) = cost.item {
                    line.set("InventoryID", item);
                }
                line.into()
            })
            .collect();
        let heading = Heading {
            number: format!("{:06}{number:06}", self.place),
            vendor,
            reference: format!("INV-{}-{number:04}", self.place),
            date,
            description: format!("Deliveries to {}", self.project),
        };
        let bill = booked(self.books, &heading, details);
        let numbers = self.numbers("AP", lines);
        post_as(self.books, &bill, &numbers);
    }

    fn payroll(&mut self, lines: usize) {
        let date = self.day();
        let details = (0..lines)
            .map(|_| {
                let mut cost = self.cost(&["LABOR"]);
                cost.qty = Decimal::from(self.rng.i64(4..41));
                cost.rate = Decimal::new(self.rng.i64(2_800..7_600), 2);
                let mut line = self.line(&cost, date);
                line.set("UOM", "HOUR");
                line.set("Employee", format!("EP{:08}", self.rng.u32(1..40)));
                line.set("EarningType", "RG");
                line
            })
            .collect();
        self.post("PR", "Payroll", details);
    }

    fn expense(&mut self, module: &str, lines: usize) {
        let date = self.day();
        let details = (0..lines).map(|_| self.cost(&["OTHER", "EQUIP"])).collect::<Vec<_>>();
        let details = details.iter().map(|cost| self.line(cost, date)).collect();
        self.post(module, if module == "CA" { "Petty cash" } else { "Ledger entry" }, details);
    }

    /// An expense and, later, its reversal: the same line with a minus.
    fn reversed(&mut self) {
        let (date, cost) = (self.day(), self.cost(&["OTHER"]));
        let line = self.line(&cost, date);
        self.post("GL", "Ledger entry", vec![line]);
        let mut back = self.line(&Cost { qty: -cost.qty, ..cost }, self.later(date));
        back.set("Description", "Reversal of an entry on the wrong project");
        self.post("GL", "Reversal", vec![back]);
    }

    /// An entry that nobody has released yet: it is in no budget.
    fn unreleased(&mut self) {
        let (date, cost) = (self.day(), self.cost(&["OTHER", "MATERIAL"]));
        let line = self.line(&cost, date);
        let numbers = self.numbers("GL", 1);
        self.insert("GL", "Entry to be checked", vec![line], &numbers);
    }

    /// One transaction with each active neighbour, over both projects.
    fn shared(&mut self) {
        for other in 1..=self.company.projects.len() as u64 {
            if self.place > 100_000 || other == self.place || other.abs_diff(self.place) > 3 {
                continue;
            }
            let code = normal(&self.company.projects[other as usize - 1].number);
            let active = self.books.find("Project", &[&code]).is_some_and(|item| item.record.word("Status") == "Active");
            let (low, high) = (self.place.min(other), self.place.max(other));
            if !active || self.books.count(&format!("shared {low} {high}")) > 1 {
                continue;
            }
            let both = if low == other { [code, self.project.clone()] } else { [self.project.clone(), code] };
            let mut rng = drawn(self.books.seed(), &["shared", &both[0], &both[1]]);
            let number = 900_000 + (high - low) * 2;
            let numbers = Numbers { reference: format!("GL{low:06}{number:06}"), first: (low * 1_000_000 + number) as i64 };
            let lines = both
                .iter()
                .map(|project| {
                    let (qty, rate) = (Decimal::ONE, Decimal::new(rng.i64(10_000..300_000), 2));
                    let cost = Cost { code: "01-5000", group: "OTHER", item: None, qty, rate };
                    let day = Date::constant(2026, 1, 15) + Span::new().days(rng.i64(0..300));
                    let mut line = self.line(&cost, day);
                    line.set("Project", project.as_str());
                    line
                })
                .collect();
            let id = self.insert("GL", "Shared site services", lines, &numbers);
            release(self.books, &id);
        }
    }

    fn post(&mut self, module: &str, description: &str, lines: Vec<Record>) {
        let numbers = self.numbers(module, lines.len());
        let id = self.insert(module, description, lines, &numbers);
        release(self.books, &id);
    }

    fn insert(&mut self, module: &str, description: &str, lines: Vec<Record>, numbers: &Numbers) -> String {
        let lines: Vec<Value> = lines
            .into_iter()
            .zip(numbers.first..)
            .map(|(mut line, id)| {
                line.set("id", guid(self.books.seed(), &["transaction", &id.to_string()]));
                line.set("TransactionID", id);
                line.into()
            })
            .collect();
        let mut transaction = Record::from_iter([
            ("Module", Value::from(module)),
            ("ReferenceNbr", numbers.reference.as_str().into()),
            ("Description", description.into()),
            ("Status", "Balanced".into()),
            ("Details", lines.into()),
        ]);
        total(&mut transaction);
        self.books.insert("ProjectTransaction", transaction)
    }

    /// The next numbers for a document of this many lines.
    fn numbers(&mut self, module: &str, lines: usize) -> Numbers {
        let first = self.next;
        self.next += lines as u64;
        Numbers { reference: format!("{module}{:06}{first:06}", self.place), first: (self.place * 1_000_000 + first) as i64 }
    }

    fn cost(&mut self, groups: &[&'static str]) -> Cost {
        let code = self.company.cost_codes[self.rng.usize(..self.company.cost_codes.len())].code;
        let group = groups[self.rng.usize(..groups.len())];
        let item = self.company.account_groups.iter().find(|known| known.id == group).and_then(|known| known.item);
        let item = item.filter(|_| self.rng.u8(..3) == 0);
        Cost { code, group, item, qty: Decimal::new(self.rng.i64(5..400), 1), rate: Decimal::new(self.rng.i64(500..45_000), 2) }
    }

    fn line(&self, cost: &Cost, date: Date) -> Record {
        let group =
            self.books.find("AccountGroup", &[cost.group]).map(|group| group.record.word("Description").to_owned()).unwrap_or_default();
        let mut line = Record::from_iter([
            ("id", Value::Null),
            ("TransactionID", Value::Null),
            ("Project", self.project.as_str().into()),
            ("ProjectTask", MAIN_TASK.into()),
            ("CostCode", cost.code.into()),
            ("AccountGroup", cost.group.into()),
            ("AccountGroupDescription", group.into()),
            ("Date", date.to_string().into()),
            ("FinPeriod", period(date).into()),
            ("Description", self.words(cost).into()),
            ("Branch", "MAIN".into()),
            ("Qty", cost.qty.into()),
            ("UnitRate", cost.rate.into()),
            ("Amount", round_half_up(cost.qty * cost.rate, 2).into()),
            ("Billable", true.into()),
            ("Released", false.into()),
        ]);
        if let Some(item) = cost.item {
            line.set("InventoryID", item);
        }
        line
    }

    fn words(&self, cost: &Cost) -> String {
        let code = self.company.cost_codes.iter().find(|known| known.code == cost.code).map_or("", |known| known.description);
        format!("{code}, {}", cost.group.to_lowercase())
    }

    fn day(&mut self) -> Date {
        let days = self.rng.i64(3..240);
        self.start.checked_add(Span::new().days(days)).unwrap_or(self.start)
    }

    fn later(&self, day: Date) -> Date {
        day.checked_add(Span::new().days(20)).unwrap_or(day)
    }
}
