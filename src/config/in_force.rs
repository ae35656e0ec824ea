//! Which mappings a profile puts in force, and whether each of them finds there what it needs.

use super::profile::Profile;
use crate::diagnostic::{Diagnostic, Place, closest};
use crate::mapping::{Field, Mapping, Word};
use crate::plan::Plan;

/// Names of a profile that no file of mappings has: slips one by one, all others at once.
pub(super) fn unknown(profile: &Profile, known: &[&str], problems: &mut Vec<Diagnostic>) {
    let mut lost: Vec<&Word> = Vec::new();
    for word in profile.mappings.iter().filter(|word| !known.contains(&word.text.as_str())) {
        match closest(&word.text, known.iter().copied()) {
            Some(near) => {
                let problem = Diagnostic::error("unknown-mapping", &word.place, format!("there is no mapping named `{word}`"));
                problems.push(problem.label("no such mapping").help(format!("did you mean `{near}`?")).replaced_by(Some(near)));
            }
            None => lost.push(word),
        }
    }
    let Some(first) = lost.first() else { return };
    let names = lost.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let message = match lost.len() {
        1 => format!("there is no mapping named {names}"),
        _ => format!("there are no mappings named {names}"),
    };
    let problem = Diagnostic::error("unknown-mapping", &first.place, message).label("no such mapping");
    problems.push(problem.help("copy the shipped mappings with `crosswalk init`, or write a profile of your own without these"));
}

/// Mappings that are off in a profile, and that one in force stands on. Any mapping of a pair brings the links of the pair.
pub(super) fn needed(profile: &Profile, (mappings, plans): (&[Mapping], &[Plan]), problems: &mut Vec<Diagnostic>) {
    for word in &profile.mappings {
        let Some(plan) = plans.iter().find(|plan| plan.name == word.text) else { continue };
        let brought = |name: &str| profile.mappings.iter().any(|word| plan.pair_of(&word.text) == plan.pair_of(name));
        let mut missing: Vec<&String> = plan.after.iter().filter(|name| !brought(name)).collect();
        missing.sort();
        missing.dedup();
        for name in missing {
            let message = format!("`{word}` needs `{name}`, which is off in profile `{}`", profile.name);
            let mut problem = Diagnostic::error("profile-needs", &word.place, message)
                .label("in force here")
                .help(format!("add `{name}` to the mappings of the profile, or take `{word}` out"));
            if let Some(place) = mappings.iter().find(|mapping| mapping.mapping.text == plan.name).map(|mapping| place_of(mapping, name)) {
                problem = problem.related(&place, "needed here");
            }
            problems.push(problem);
        }
    }
}

/// Mappings that are in no profile, and so never run.
pub(super) fn idle(profiles: &[Profile], mappings: &[Mapping], problems: &mut Vec<Diagnostic>) {
    let Some(first) = profiles.first() else { return };
    // A name that differs from its file's is told at the mapping.
    let listed = |mapping: &Mapping| {
        let stem = mapping.mapping.place.source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        profiles.iter().any(|profile| profile.has(&mapping.mapping.text) || profile.has(stem))
    };
    for mapping in mappings.iter().filter(|mapping| !listed(mapping)) {
        let message = format!("`{}` is in no profile, so it never runs", mapping.mapping);
        let help = format!("add it to the mappings of a profile, such as `{}`", first.name);
        problems.push(Diagnostic::warning("in-no-profile", &mapping.mapping.place, message).label("off everywhere").help(help));
    }
}

/// Where a mapping names another one: in `needs`, in a link, in an expression; else its own name.
fn place_of(mapping: &Mapping, name: &str) -> Place {
    let needs = mapping.needs.iter().find(|word| word.text == name).map(|word| word.place.clone());
    let found = needs.or_else(|| link(&mapping.fields, name)).or_else(|| {
        let source = &mapping.mapping.place.source;
        let at = source.text.find(&format!("\"{name}\""))? + 1;
        Some(Place::new(source, at..at + name.len()))
    });
    found.unwrap_or_else(|| mapping.mapping.place.clone())
}

fn link(fields: &[Field], name: &str) -> Option<Place> {
    fields.iter().find_map(|field| {
        let here = field.link.as_ref().filter(|link| link.mapping.text == name).map(|link| link.mapping.place.clone());
        here.or_else(|| link(&field.fields, name))
    })
}
