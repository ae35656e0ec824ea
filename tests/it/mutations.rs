//! Slips of all kinds in the shipped mappings: `check` refuses nearly all of them, and points at the very word.
#![allow(clippy::single_range_in_vec_init)] // most slips are broken at one place

mod expressions;
mod mutant;
mod variants;
mod words;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crosswalk::config::{builtin_mappings, misnamed};
use crosswalk::diagnostic::{Diagnostic, Source, any_error};
use crosswalk::expr::Expressions;
use crosswalk::mapping::yaml::{Node, NodeKind, parse};
use crosswalk::mapping::{Mapping, read};
use crosswalk::plan::{Settings, problems_of};
use fastrand::Rng;

use self::mutant::{Bench, Mutant};
use self::words::Known;
use super::world::SHIPPED;

/// Slips of one kind that are looked at; which ones is the seed's choice.
const OF_A_KIND: usize = 13;
const SEED: u64 = 5;

/// The shipped mappings, and all that judges one of them.
struct Judge {
    sources: Vec<Arc<Source>>,
    mappings: Vec<Mapping>,
    settings: Settings,
}

impl Judge {
    fn new() -> Self {
        let name = |source: &Source| source.path.file_name().unwrap().to_str().unwrap().to_owned();
        let sources: Vec<_> = builtin_mappings()
            .into_iter()
            .filter(|source| !name(source).contains(".cases.") && !name(source).starts_with("settings."))
            .collect();
        let mappings = sources.iter().map(|source| read(source).0.unwrap()).collect();
        let settings = Settings { defaults: SHIPPED.defaults.clone(), choices: SHIPPED.choices.clone() };
        Self { sources, mappings, settings }
    }

    /// What `check` says of a mapping with another text, among the others.
    fn problems(&self, of: usize, text: &str, desk: &mut Desk) -> Vec<Diagnostic> {
        let (mapping, mut problems) = read(&Source::new(&self.sources[of].path, text));
        let Some(mapping) = mapping else { return problems };
        problems.extend(misnamed(&mapping));
        desk.mappings[of] = mapping;
        let settings = (&self.settings, &desk.engine);
        problems.extend(problems_of(&desk.mappings[of], &desk.mappings, &SHIPPED.catalog, settings));
        desk.mappings[of] = self.mappings[of].clone();
        problems
    }
}

/// What one thread works with.
struct Desk {
    mappings: Vec<Mapping>,
    engine: Expressions,
}

fn mutants(judge: &Judge) -> Vec<Mutant> {
    let labelled = expressions::labelled(&SHIPPED);
    let mut all = Vec::new();
    for (of, source) in judge.sources.iter().enumerate() {
        let node = parse(source).unwrap();
        let target = SHIPPED.catalog.get(&judge.mappings[of].target.text).unwrap();
        let known = Known { target, rows: rows(&node) };
        let rng = Rng::with_seed(SEED + of as u64);
        let mut bench = Bench { text: &source.text, of, rng, made: Vec::new(), labelled: &labelled };
        bench.part(&node, "mapping", &target.shape, &known);
        all.append(&mut bench.made);
    }
    let mut by_kind: BTreeMap<&str, Vec<Mutant>> = BTreeMap::new();
    for mutant in all {
        by_kind.entry(mutant.kind).or_default().push(mutant);
    }
    let mut rng = Rng::with_seed(SEED);
    for of_kind in by_kind.values_mut() {
        rng.shuffle(of_kind);
        of_kind.truncate(OF_A_KIND);
    }
    by_kind.into_values().flatten().collect()
}

/// Rows that a mapping declares.
fn rows(node: &Node) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match &node.kind {
            NodeKind::Map(entries) => {
                for (key, value) in entries {
                    if let (true, NodeKind::Map(rows)) = (key.word().is_some_and(|key| key == *"row"), &value.kind) {
                        found.extend(rows.iter().filter_map(|(id, _)| id.word()).map(|id| id.text));
                    }
                    open.push(value);
                }
            }
            NodeKind::List(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

/// What became of a slip.
struct Outcome {
    refused: bool,
    pointed: bool,
    told: String,
}

fn outcome(judge: &Judge, mutant: &Mutant, desk: &mut Desk) -> Outcome {
    let problems = judge.problems(mutant.of, &mutant.text, desk);
    let refused = any_error(&problems);
    // Where words were taken out there is nothing left to stand on but what is next to it.
    let meets = |span: &Range<usize>| {
        mutant.broken.iter().any(|broken| match broken.is_empty() || span.is_empty() {
            true => span.start <= broken.end && broken.start <= span.end,
            false => span.start < broken.end && broken.start < span.end,
        })
    };
    let spans = problems.iter().filter_map(|problem| problem.place.as_ref()).map(|place| &place.span);
    let pointed = refused && spans.into_iter().any(meets);
    let said: Vec<String> = problems
        .iter()
        .map(|problem| {
            let place = problem.place.as_ref().map(|place| {
                format!("{} `{}`", place.line_text(), place.source.text[place.span.clone()].lines().next().unwrap_or_default())
            });
            format!("{} ({}, {})", problem.message, problem.code, place.unwrap_or_default())
        })
        .collect();
    let (line, _) = Source::new("", &*mutant.text).line_column(mutant.broken[0].start);
    let told =
        format!("{} {}:{line}: {}\n      {}", mutant.kind, judge.sources[mutant.of].path.display(), mutant.told, said.join("\n      "));
    Outcome { refused, pointed, told }
}

/// Outcomes in the order of the slips, on as many threads as there are processors.
fn outcomes<T: Sync, R: Send>(judge: &Judge, all: &[T], look: impl Fn(&T, &mut Desk) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let parts: Vec<_> = all
            .chunks(all.len().div_ceil(threads).max(1))
            .map(|part| {
                scope.spawn(|| {
                    let mut desk = Desk { mappings: judge.mappings.clone(), engine: Expressions::new() };
                    part.iter().map(|one| look(one, &mut desk)).collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

#[test]
fn check_refuses_slips_and_points_at_the_very_word() {
    let judge = Judge::new();
    let mutants = mutants(&judge);
    let outcomes = outcomes(&judge, &mutants, |mutant, desk| outcome(&judge, mutant, desk));
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (mutant, outcome) in mutants.iter().zip(&outcomes) {
        let row = table.entry(mutant.kind).or_default();
        row[0] += 1;
        row[1] += usize::from(outcome.refused);
        row[2] += usize::from(outcome.pointed);
        if !outcome.pointed {
            println!("{}: {}", if outcome.refused { "beside the word" } else { "NOT REFUSED" }, outcome.told);
        }
    }
    println!("{:<36} {:>6} {:>8} {:>8}", "kind of slip", "made", "refused", "pointed");
    for (kind, [made, refused, pointed]) in &table {
        println!("{kind:<36} {made:>6} {refused:>8} {pointed:>8}");
    }
    let count = |of: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| of(outcome)).count();
    let (made, refused, pointed) = (mutants.len(), count(|outcome| outcome.refused), count(|outcome| outcome.pointed));
    let tenths = |part: usize| format!("{}.{} %", part * 100 / made, part * 1000 / made % 10);
    println!("mutations: {made} slips of {} kinds, {} refused, {} at the word", table.len(), tenths(refused), tenths(pointed));
    assert!(made >= 500, "only {made}");
    assert!(refused * 100 >= made * 99, "{refused} of {made} refused");
    assert!(pointed * 100 >= made * 95, "{pointed} of {made} pointed at");
}

#[test]
fn what_means_the_same_is_as_sound_as_before() {
    let judge = Judge::new();
    let variants: Vec<variants::Variant> =
        judge.sources.iter().enumerate().flat_map(|(of, source)| variants::of(of, &source.text, &parse(source).unwrap())).collect();
    let told = outcomes(&judge, &variants, |variant, desk| judge.problems(variant.of, &variant.text, desk));
    for (variant, problems) in variants.iter().zip(&told) {
        let path = judge.sources[variant.of].path.display();
        assert!(problems.is_empty(), "{} of {path}\n{}\n{}", variant.kind, crosswalk::diagnostic::render(problems, false), variant.text);
    }
    let kinds: HashSet<&str> = variants.iter().map(|variant| variant.kind).collect();
    println!("mutations: {} variants of {} kinds that mean the same, 0 false alarms", variants.len(), kinds.len());
    assert!(variants.len() >= 200, "only {}", variants.len());
}
