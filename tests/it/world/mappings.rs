//! Mappings that a story brings along, compiled beside the shipped ones.

use crosswalk::config::builtin_mappings;
use crosswalk::diagnostic::{Source, render};
use crosswalk::expr::Expressions;
use crosswalk::mapping;
use crosswalk::plan::{Plan, Settings, compile};

use super::SHIPPED;

/// The plans of the shipped mappings that are in force and of these; one of the same name stands for the shipped one.
pub(super) fn compiled(texts: &[&str]) -> Vec<Plan> {
    let shipped = builtin_mappings().into_iter().filter(|source| {
        let name = source.path.file_name().unwrap().to_str().unwrap();
        !name.ends_with(".cases.yaml") && !name.starts_with("settings.")
    });
    let own = texts.iter().map(|text| Source::new("own.yaml", *text));
    let mut mappings: Vec<mapping::Mapping> = Vec::new();
    let mut in_force: Vec<String> = SHIPPED.plans.iter().map(|plan| plan.name.clone()).collect();
    for source in shipped.chain(own) {
        let (mapping, problems) = mapping::read(&source);
        assert!(problems.is_empty(), "{}", render(&problems, false));
        if source.path.ends_with("own.yaml") {
            in_force.extend(mapping.iter().map(|mapping| mapping.mapping.text.clone()));
        }
        // A story may say a shipped one anew.
        mappings.retain(|known| mapping.as_ref().is_none_or(|mapping| mapping.mapping.text != known.mapping.text));
        mappings.extend(mapping);
    }
    let settings = Settings { defaults: SHIPPED.defaults.clone(), ..Settings::default() };
    let plans = compile(&mappings, &SHIPPED.catalog, &settings, &Expressions::new());
    let mut plans = plans.unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    plans.retain(|plan| in_force.contains(&plan.name));
    plans
}
