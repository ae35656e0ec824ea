//! Money totals per project on both sides, to the cent: what the books say, and what Procore shows of it (BR-74).

use super::engine::Engine;
use super::failure::Failure;
use super::links::Book;
use super::scope::projects;
use crate::connector::{ProjectScope, Query, Select};
use crate::schema::{Schema, plain};
use crate::value::{Decimal, Record, Value};

/// One project's money, in currency amounts.
#[derive(Clone, Debug, Default)]
pub struct Reconciled {
    /// Acumatica's project id.
    pub project: String,
    /// Job to date cost in the books: the sum of actual amounts of expense budget lines.
    pub job_to_date: Decimal,
    /// Of it, invoiced on commitments.
    pub commitment_invoiced: Decimal,
    /// Job to date cost as Procore's budget shows it.
    pub shown_job_to_date: Decimal,
    /// Direct costs as Procore's budget shows them.
    pub shown_direct_costs: Decimal,
    /// The sum of the direct costs in Procore's Direct Cost tool.
    pub direct_cost_tool: Decimal,
    /// Budget lines on which the two sides were compared.
    pub lines: usize,
}

impl Reconciled {
    /// Direct costs as the books have them: job to date cost minus commitment invoiced.
    pub fn direct_costs(&self) -> Decimal {
        self.job_to_date - self.commitment_invoiced
    }

    /// The totals as data.
    pub fn to_value(&self) -> Value {
        let amounts = [
            ("job_to_date", self.job_to_date),
            ("commitment_invoiced", self.commitment_invoiced),
            ("direct_costs", self.direct_costs()),
            ("shown_job_to_date", self.shown_job_to_date),
            ("shown_direct_costs", self.shown_direct_costs),
            ("direct_cost_tool", self.direct_cost_tool),
        ];
        let mut record: Record = amounts.into_iter().collect();
        record.set("project", self.project.as_str());
        record.set("agrees", self.agrees());
        Value::Record(record)
    }

    /// Whether every total agrees to the cent.
    pub fn agrees(&self) -> bool {
        self.job_to_date == self.shown_job_to_date
            && self.direct_costs() == self.shown_direct_costs
            && self.job_to_date == self.direct_cost_tool
    }
}

impl Engine<'_> {
    /// Adds up both sides of every synced project. Reads only.
    ///
    /// # Errors
    /// When a system is out of reach, or a schema that is needed is missing.
    pub async fn reconcile(&self) -> Result<Vec<Reconciled>, Failure> {
        let done = self.reconciled().await;
        self.doors.sign_out().await;
        done
    }

    async fn reconciled(&self) -> Result<Vec<Reconciled>, Failure> {
        let links = self.worker.store().read(|reading| reading.link_book(&[])).await?;
        let book = Book::new(links, self.plans);
        let source = |name: &str| self.plans.iter().find(|plan| plan.source.name == name).map(|plan| plan.source.clone());
        let target = |name: &str| self.plans.iter().find(|plan| plan.target.name == name).map(|plan| plan.target.clone());
        let (Some(budget), Some(rows), Some(costs)) =
            (source("acumatica/ProjectBudget"), target("procore/budget_rows"), target("procore/direct_costs"))
        else {
            return Err(Failure::Asked("the job cost mappings are needed to reconcile, and some are missing".to_owned()));
        };
        let mut all = Vec::new();
        for project in projects(&book, &[]) {
            let mut sums = Reconciled { project: project.acumatica.clone(), ..Reconciled::default() };
            for record in self.all(&budget, &project).await? {
                if record.text("Type") == Some("Expense") {
                    sums.job_to_date += amount(&record, "ActualAmount");
                    sums.commitment_invoiced += amount(&record, "CommittedInvoicedAmount");
                    sums.lines += 1;
                }
            }
            for record in self.all(&rows, &project).await? {
                sums.shown_job_to_date += amount(&record, "job_to_date_costs");
                sums.shown_direct_costs += amount(&record, "direct_costs");
            }
            for record in self.all(&costs, &project).await? {
                sums.direct_cost_tool += amount(&record, "grand_total");
            }
            all.push(sums);
        }
        Ok(all)
    }

    async fn all(&self, schema: &Schema, project: &ProjectScope) -> Result<Vec<Record>, Failure> {
        let door = self.doors.of(schema.resource.system);
        let fields: Vec<&str> = schema.shape.fields.iter().filter(|field| field.shape.is_none()).map(|field| field.name.as_str()).collect();
        let (mut records, mut page) = (Vec::new(), None);
        loop {
            let query = Query { schema, project: Some(project), since: None, equals: &[], select: Select::Only(&fields) };
            let read = door.read(&query, page).await?;
            for row in read.rows {
                let record = plain(row.body.get(), &schema.shape, schema.resource.system);
                records.push(record.map_err(|problem| Failure::Asked(format!("`{}`: {problem}", schema.name)))?);
            }
            match read.next {
                Some(next) => page = Some(next),
                None => return Ok(records),
            }
        }
    }
}

fn amount(record: &Record, field: &str) -> Decimal {
    match record.get(field) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}
