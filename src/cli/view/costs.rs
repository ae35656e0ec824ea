//! How each expression runs.

use serde::Serialize;

use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::plan::Cost;

/// Every expression, file by file.
pub(in crate::cli) struct Costs(pub(in crate::cli) Vec<Cost>);

impl Costs {
    fn in_order(&self) -> Vec<&Cost> {
        let mut costs: Vec<&Cost> = self.0.iter().collect();
        costs.sort_by_key(|cost| (&cost.place.source.path, cost.place.span.start));
        costs
    }
}

impl View for Costs {
    fn human(&self, paint: Paint) -> String {
        let mut text = String::new();
        for cost in self.in_order() {
            let place = cost.place.line_text();
            text.push_str(&match &cost.kept {
                None => format!("lowered  {place}  {}\n", cost.text),
                Some((construct, at)) => {
                    let (line, column) = at.source.line_column(at.span.start);
                    format!("{}  {place}  {}\n         kept there by {construct} at {line}:{column}\n", paint.bold("in Rhai"), cost.text)
                }
            });
        }
        let in_rhai = self.0.iter().filter(|cost| cost.kept.is_some()).count();
        let lowered = self.0.len() - in_rhai;
        format!("{text}\n{}: {lowered} lowered, {in_rhai} in Rhai\n", count(self.0.len(), "expression"))
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Shown<'c> {
            place: String,
            expression: &'c str,
            lowered: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            kept_by: Option<&'c str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            kept_at: Option<String>,
        }
        let shown: Vec<Shown<'_>> = self
            .in_order()
            .into_iter()
            .map(|cost| Shown {
                place: cost.place.line_text(),
                expression: &cost.text,
                lowered: cost.kept.is_none(),
                kept_by: cost.kept.as_ref().map(|(construct, _)| construct.as_str()),
                kept_at: cost.kept.as_ref().map(|(_, at)| at.line_text()),
            })
            .collect();
        to_json(&serde_json::json!({ "expressions": shown }))
    }
}
