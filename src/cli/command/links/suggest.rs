//! `links suggest`: records of both systems that are likely the same thing, with the reasons.

use clap::Args;

use super::add::link;
use super::list::ends;
use crate::cli::command::known_mappings;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::{Session, block_on};
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown, table::Table};
use crate::config::Setup;
use crate::sync::{Pairing, Silence, Suggestion};
use crate::value::{Decimal, Value, decimal};

/// What a company that runs both systems has on both sides: the pairs whose records are compared where no mapping is named.
const ADOPTED: [&str; 5] = ["companies", "projects", "cost_codes", "subcontracts", "purchase_orders"];

/// Suggest links between records that are likely the same thing
///
/// Names, addresses, numbers, e-mail, phone, tax ids and amounts are compared. Where two pairs are about as likely it is a tie, and
/// none of them is ever linked by itself.
#[derive(Debug, Args)]
pub(crate) struct Suggest {
    /// Only of this mapping [default: companies, projects, cost codes and commitments]
    mapping: Option<String>,
    /// Only in this Procore project (its id)
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// Link the pairs whose score is above this, ties never
    #[arg(long, value_name = "SCORE")]
    accept_above: Option<String>,
}

/// Runs it.
pub(super) fn run(suggest: &Suggest, session: &Session) -> Result<Done, Stop> {
    let above = suggest.accept_above.as_deref().map(thousandths).transpose()?;
    let setup = session.setup_to_look()?;
    let mappings = mappings(suggest, &setup)?;
    drop(setup);
    let found = block_on(async {
        let wired = session.looking_on().await?;
        Ok(wired.engine(&Silence).suggest(&mappings, suggest.project.as_deref()).await?)
    })?;
    let Some(above) = above else {
        return Ok(Done::new(Exit::Done, Shown { text: text(&found), data: Value::List(found.iter().map(data).collect()) }));
    };
    let (ties, rest): (Vec<&Suggestion>, Vec<&Suggestion>) = found.iter().filter(|one| one.score > above).partition(|one| one.tied);
    let pairing = |one: &&Suggestion| Pairing {
        mapping: one.mapping.clone(),
        project: Some(one.project.clone()).filter(|project| !project.is_empty()),
        procore: one.procore.id.clone(),
        acumatica: one.acumatica.id.clone(),
        because: Some(format!("score {}: {}", one.shown_score(), one.reasons.join("; "))),
    };
    let name = |one: &Suggestion| format!("{}: Procore {} and Acumatica {}", one.mapping, one.procore, one.acumatica);
    let ties: Vec<String> = ties.into_iter().map(name).collect();
    let pairings: Vec<Pairing> = rest.iter().map(pairing).collect();
    link(&pairings, rest.into_iter().map(name), &ties, session)
}

fn mappings(suggest: &Suggest, setup: &Setup) -> Result<Vec<String>, Stop> {
    match &suggest.mapping {
        Some(name) => {
            known_mappings(std::slice::from_ref(name), setup)?;
            Ok(vec![name.clone()])
        }
        None => {
            let plans = &setup.workspace.plans;
            let of = |pair: &&str| plans.iter().find(|plan| plan.name == **pair || plan.pair == **pair).map(|plan| plan.name.clone());
            Ok(ADOPTED.iter().filter_map(of).collect())
        }
    }
}

/// `0.95` as a number of thousandths.
fn thousandths(text: &str) -> Result<u32, Stop> {
    let score = decimal(text).ok().and_then(|score| u32::try_from((score * Decimal::ONE_THOUSAND).trunc().mantissa()).ok());
    score.filter(|score| *score <= 1000).ok_or_else(|| {
        Stop::usage(format!("`{text}` is not a score"), Some("write one from 0 to 1, such as `--accept-above 0.95`".to_owned()))
    })
}

fn text(found: &[Suggestion]) -> String {
    if found.is_empty() {
        return "no records without a link are alike\n".to_owned();
    }
    let mut table = Table::new(&["mapping", "project", "Procore", "", "Acumatica", ">score", "", "because"]);
    for one in found {
        let key = |key: &Option<String>| key.clone().unwrap_or_default();
        table.row([
            one.mapping.clone(),
            one.project.clone(),
            one.procore.id.clone(),
            key(&one.procore.key),
            one.acumatica.key.clone().unwrap_or_else(|| one.acumatica.id.clone()),
            one.shown_score(),
            if one.tied { "tie".to_owned() } else { String::new() },
            one.reasons.join("; "),
        ]);
    }
    let ties = found.iter().filter(|one| one.tied).count();
    let choose = match ties {
        0 => String::new(),
        1.. => format!("; {ties} of them are ties: name the pair that is meant with `crosswalk links add`"),
    };
    format!(
        "{}\n{}{choose}\nlink them with `crosswalk links suggest --accept-above 0.95`, or one by one with `crosswalk links add`\n",
        table.text(),
        count(found.len(), "pair")
    )
}

fn data(one: &Suggestion) -> Value {
    let mut record = ends((&one.mapping, &one.project), &one.procore, &one.acumatica);
    record.set("score", decimal(&one.shown_score()).map_or(Value::Null, Value::Number));
    record.set("reasons", one.reasons.iter().map(|reason| Value::text(reason.as_str())).collect::<Vec<_>>());
    record.set("tie", one.tied);
    Value::Record(record)
}
