//! Which records that are not linked are likely the same thing: pairs with a score and its reasons, and ties told as such (BR-21).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidates::{Candidate, Sides, is_inactive, target_end};
use super::engine::Engine;
use super::failure::Failure;
use super::likeness::{Alike, Features, Rarity, hundredths};
use super::links::Book;
use crate::plan::Plan;
use crate::schema::System;
use crate::store::End;
use crate::value::Record;

/// Two records that may be the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The mapping that would link them.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub project: String,
    /// The record in Procore.
    pub procore: End,
    /// The record in Acumatica.
    pub acumatica: End,
    /// In thousandths.
    pub score: u32,
    /// What agrees and what does not.
    pub reasons: Vec<String>,
    /// Another pair with one of these records is about as likely: a person has to choose.
    pub tied: bool,
}

/// Less likely pairs are not shown.
const LEAST: u32 = 500;

/// Pairs of one record whose scores are this near are a tie.
const NEAR: u32 = 50;

/// A word that more records share finds too many.
const COMMON: usize = 200;

impl Suggestion {
    /// The score as people read it: `0.93`.
    pub fn shown_score(&self) -> String {
        hundredths(self.score)
    }
}

impl Engine<'_> {
    /// Pairs of records that are not linked yet, most likely ones first, mapping by mapping; signs out at the end.
    ///
    /// # Errors
    /// A mapping that is not there, a system out of reach.
    pub async fn suggest(&self, mappings: &[String], project: Option<&str>) -> Result<Vec<Suggestion>, Failure> {
        let done = self.suggested(mappings, project).await;
        self.doors.sign_out().await;
        done
    }

    async fn suggested(&self, mappings: &[String], project: Option<&str>) -> Result<Vec<Suggestion>, Failure> {
        let book = self.book().await?;
        let mut found = Vec::new();
        for name in mappings {
            let plan = self.plan(name)?;
            let sides = self.sides(plan, project, &book).await?;
            found.extend(likely(plan, &sides, &book));
        }
        Ok(found)
    }

    /// What is linked and set aside.
    pub(super) async fn book(&self) -> Result<Book, Failure> {
        let (links, archived) = self.worker.store().read(|reading| Ok((reading.link_book(&[])?, reading.archived(None)?))).await?;
        Ok(Book::new(links, self.plans).without(archived))
    }
}

/// The likely pairs of a mapping.
fn likely(plan: &Plan, sides: &Sides, book: &Book) -> Vec<Suggestion> {
    let (source, target) = (plan.source.resource.system, plan.target.resource.system);
    let mut free: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in &sides.candidates {
        let scope = &candidate.place.scope;
        let linked = book.by_id(&plan.pair, scope, source, &candidate.source.id).is_some();
        let archived = book.is_archived(&plan.name, scope, &candidate.source.id);
        if candidate.offered.as_ref().is_ok_and(|offered| *offered) && !linked && !archived {
            free.entry(scope).or_default().push(candidate);
        }
    }
    let mut found = Vec::new();
    for candidates in free.into_values() {
        let Some(first) = candidates.first() else { continue };
        let untaken = |record: &&Record| !is_inactive(record) && !book.is_taken(&plan.pair, target, &target_end(plan, record).id);
        let targets: Vec<&Record> = sides.targets(plan, first).iter().filter(untaken).collect();
        let mut pairs = Pairs::of(plan, &candidates, &targets).untied();
        pairs.sort_by(|one, other| {
            other.alike.score.cmp(&one.alike.score).then_with(|| (one.source, one.target).cmp(&(other.source, other.target)))
        });
        let shown = |pair: Pair| (candidates[pair.source], targets[pair.target], pair);
        found.extend(pairs.into_iter().map(shown).map(|(candidate, record, pair)| pair.suggestion(plan, candidate, record)));
    }
    found
}

/// All pairs that are worth a look.
struct Pairs(Vec<Pair>);

struct Pair {
    source: usize,
    target: usize,
    alike: Alike,
    tied: bool,
}

impl Pairs {
    fn of(plan: &Plan, candidates: &[&Candidate], targets: &[&Record]) -> Self {
        let theirs: Vec<Features> = targets.iter().map(|record| Features::of(record, &plan.identity)).collect();
        let mut rarity = Rarity::default();
        theirs.iter().for_each(|features| rarity.count(features));
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (features, record)) in theirs.iter().zip(targets).enumerate() {
            let number = number_of(target_end(plan, record).key.as_deref());
            features.words().chain(number).for_each(|word| index.entry(word).or_default().push(at));
        }
        let mut pairs = Vec::new();
        for (source, candidate) in candidates.iter().enumerate() {
            // What cannot be mapped yet may still be known by its number.
            let mine = candidate.draft.as_ref().map(|draft| Features::of(&draft.fields, &plan.identity)).unwrap_or_default();
            let number = number_of(Some(&candidate.source.label));
            let hits = mine.words().chain(number.clone()).filter_map(|word| index.get(&word)).filter(|hits| hits.len() <= COMMON);
            for target in hits.flatten().copied().collect::<BTreeSet<usize>>() {
                let same = number.is_some() && number == number_of(target_end(plan, targets[target]).key.as_deref());
                let number = same.then_some(candidate.source.label.as_str());
                let alike = mine.held_against(&theirs[target], &rarity, number);
                if alike.score >= LEAST {
                    pairs.push(Pair { source, target, alike, tied: false });
                }
            }
        }
        Self(pairs)
    }

    /// The pairs that are the best of both their records, or as good as that: those are tied.
    fn untied(self) -> Vec<Pair> {
        let (mut best_of_source, mut best_of_target) = (HashMap::new(), HashMap::new());
        for pair in &self.0 {
            let best = |best: &mut u32| *best = (*best).max(pair.alike.score);
            best(best_of_source.entry(pair.source).or_default());
            best(best_of_target.entry(pair.target).or_default());
        }
        let near = |pair: &Pair, best: u32| pair.alike.score + NEAR >= best;
        let mut kept: Vec<Pair> = self
            .0
            .into_iter()
            .filter(|pair| near(pair, best_of_source[&pair.source]) && near(pair, best_of_target[&pair.target]))
            .collect();
        let (mut of_source, mut of_target): (HashMap<usize, u32>, HashMap<usize, u32>) = (HashMap::new(), HashMap::new());
        for pair in &kept {
            *of_source.entry(pair.source).or_default() += 1;
            *of_target.entry(pair.target).or_default() += 1;
        }
        kept.iter_mut().for_each(|pair| pair.tied = of_source[&pair.source] > 1 || of_target[&pair.target] > 1);
        kept
    }
}

impl Pair {
    fn suggestion(self, plan: &Plan, candidate: &Candidate, record: &Record) -> Suggestion {
        let (source, target) = (candidate.end(), target_end(plan, record));
        let (procore, acumatica) = if plan.source.resource.system == System::Procore { (source, target) } else { (target, source) };
        Suggestion {
            mapping: plan.name.clone(),
            project: candidate.place.scope.clone(),
            procore,
            acumatica,
            score: self.alike.score,
            reasons: self.alike.reasons,
            tied: self.tied,
        }
    }
}

/// A number or code as it is compared between systems; none where there are no digits in it.
fn number_of(key: Option<&str>) -> Option<String> {
    let folded: String = key?.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    folded.contains(|letter: char| letter.is_ascii_digit()).then(|| format!("number {folded}"))
}
