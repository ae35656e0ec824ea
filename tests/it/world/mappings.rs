//! Mappings that a story brings along, compiled beside the shipped ones.

use crosswalk::config::builtin_mappings;
use crosswalk::diagnostic::{Source, render};
use crosswalk::expr::Expressions;
use crosswalk::mapping;
use crosswalk::plan::{Plan, Settings, compile};

use super::SHIPPED;

/// The plans of the shipped mappings and of these.
pub(super) fn compiled(texts: &[&str]) -> Vec<Plan> {
    let shipped = builtin_mappings().into_iter().filter(|source| {
        let name = source.path.file_name().unwrap().to_str().unwrap();
        !name.ends_with(".cases.yaml") && name != "settings.yaml"
    });
    let own = texts.iter().map(|text| Source::new("own.yaml", *text));
    let mut mappings = Vec::new();
    for source in shipped.chain(own) {
        let (mapping, problems) = mapping::read(&source);
        assert!(problems.is_empty(), "{}", render(&problems, false));
        mappings.extend(mapping);
    }
    let settings = Settings { defaults: SHIPPED.defaults.clone() };
    compile(&mappings, &SHIPPED.catalog, &settings, &Expressions::new()).unwrap_or_else(|problems| panic!("{}", render(&problems, false)))
}
