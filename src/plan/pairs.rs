//! Mappings that share their links: one pair of resources, carried both ways or from several sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Plan;
use super::compile::Compiler;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping::Mapping;
use crate::schema::{Scope, System};

impl Compiler<'_> {
    /// The name under which the mapping's links are kept.
    pub(super) fn pair(&mut self) -> String {
        let mapping = self.mapping;
        let own = &mapping.mapping.text;
        let Some(pair) = &mapping.pair else { return own.clone() };
        let named = self.mappings.iter().find(|other| other.mapping.text == pair.text);
        let Some(named) = named.filter(|_| pair.text != *own) else {
            let message = match named {
                Some(_) => format!("`{pair}` is this mapping itself"),
                None => format!("there is no mapping named `{pair}`"),
            };
            let names = self.names_of_mappings().into_iter().filter(|name| name != own);
            let help = named.map_or_else(|| did_you_mean(&pair.text, names), |_| Some("leave `pair` out".to_owned()));
            self.problems.push(Diagnostic::error("pair", &pair.place, message).label("no pair").maybe_help(help));
            return own.clone();
        };
        if let Some(further) = &named.pair {
            let message = format!("`{pair}` shares the links of `{further}` itself");
            let help = format!("write `pair: {further}`");
            self.problems.push(Diagnostic::error("pair", &pair.place, message).related(&further.place, "said here").help(help));
        }
        pair.text.clone()
    }
}

/// Tells every plan of the pairs of the run, and checks that the links of each lie in the same place.
pub(super) fn share(plans: &mut [Plan], mappings: &[Mapping], problems: &mut Vec<Diagnostic>) {
    let pairs: BTreeMap<String, String> =
        plans.iter().filter(|plan| plan.pair != plan.name).map(|plan| (plan.name.clone(), plan.pair.clone())).collect();
    for (name, pair) in &pairs {
        let scope = |name: &String| plans.iter().find(|plan| plan.name == *name).map(scope_of_links);
        let word = mappings.iter().find(|mapping| mapping.mapping.text == *name).and_then(|mapping| mapping.pair.as_ref());
        if let (Some(one), Some(other), Some(word)) = (scope(name), scope(pair), word)
            && one != other
        {
            let message =
                format!("links of `{pair}` and of `{name}` lie in different places: one side in projects, the other in the company");
            problems.push(Diagnostic::error("pair", &word.place, message).help("only mappings of the same Procore records can be a pair"));
        }
    }
    let pairs = Arc::new(pairs);
    plans.iter_mut().for_each(|plan| plan.pairs = Arc::clone(&pairs));
}

fn scope_of_links(plan: &Plan) -> Scope {
    let procore = if plan.source.resource.system == System::Procore { &plan.source } else { &plan.target };
    procore.resource.scope
}
