//! From mappings and schemas to plans, or to every problem of every file at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::fingerprint::fingerprint;
use super::order::cycle;
use super::trie::Wanted;
use super::unused::Used;
use super::{Asked, Cost, Direction, Late, Plan, ProjectOf, Requirement, Settings, SourceKey, Step, late, pairs, table};
use crate::diagnostic::{Diagnostic, any_error, closest};
use crate::expr::{Expressions, Fact};
use crate::mapping::{Mapping, Word};
use crate::schema::{Catalog, Schema, Shape};

/// Checks and compiles all mappings of a run.
///
/// # Errors
/// Every problem of every mapping.
pub fn compile(mappings: &[Mapping], catalog: &Catalog, settings: &Settings, engine: &Expressions) -> Result<Vec<Plan>, Vec<Diagnostic>> {
    let (plans, problems) = compile_and_warn(mappings, catalog, settings, engine);
    if any_error(&problems) { Err(problems) } else { Ok(plans) }
}

/// The same with every warning; no plans where there is an error.
pub fn compile_and_warn(
    mappings: &[Mapping],
    catalog: &Catalog,
    settings: &Settings,
    engine: &Expressions,
) -> (Vec<Plan>, Vec<Diagnostic>) {
    let compiled = mappings.par_iter().map(|mapping| compiled(mapping, mappings, catalog, (settings, engine)));
    let (plans, problems): (Vec<_>, Vec<_>) = compiled.unzip();
    let (mut plans, mut problems): (Vec<_>, Vec<_>) = (plans.into_iter().flatten().collect(), problems.into_iter().flatten().collect());
    pairs::share(&mut plans, mappings, &mut problems);
    twice(mappings, &mut problems);
    cycles(mappings, &plans, &mut problems);
    if any_error(&problems) {
        plans.clear();
    }
    (plans, problems)
}

/// What is wrong with one mapping among others, without looking at those again: for editors, and for tests that change one at a time.
pub fn problems_of(mapping: &Mapping, among: &[Mapping], catalog: &Catalog, of_expressions: (&Settings, &Expressions)) -> Vec<Diagnostic> {
    let (plan, mut problems) = compiled(mapping, among, catalog, of_expressions);
    let mut plans = Vec::from_iter(plan);
    pairs::share(&mut plans, among, &mut problems);
    twice(among, &mut problems);
    problems
}

/// One mapping among others, compiled as far as it can be, and what is wrong with it alone.
fn compiled(
    mapping: &Mapping,
    among: &[Mapping],
    catalog: &Catalog,
    of_expressions: (&Settings, &Expressions),
) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let plan = Compiler::start((mapping, among), catalog, of_expressions, &mut problems).and_then(Compiler::finish);
    (plan, problems)
}

fn twice(mappings: &[Mapping], problems: &mut Vec<Diagnostic>) {
    for (at, mapping) in mappings.iter().enumerate() {
        if let Some(first) = mappings[..at].iter().find(|other| other.mapping.text == mapping.mapping.text) {
            let message = format!("there are two mappings named `{}`", mapping.mapping);
            problems
                .push(Diagnostic::error("mapping-twice", &mapping.mapping.place, message).related(&first.mapping.place, "the other one"));
        }
    }
}

fn cycles(mappings: &[Mapping], plans: &[Plan], problems: &mut Vec<Diagnostic>) {
    let edges: BTreeMap<&str, Vec<&str>> =
        plans.iter().map(|plan| (plan.name.as_str(), plan.after.iter().map(String::as_str).collect())).collect();
    let Some(way) = cycle(&edges) else { return };
    let first = mappings.iter().find(|mapping| mapping.mapping.text == way[0]).expect("plans come from mappings");
    let shown = way.iter().chain(&way[..1]).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" needs ");
    let diagnostic = Diagnostic::error("cycle", &first.mapping.place, "mappings that need each other can never run");
    problems.push(diagnostic.note(shown).help("take one of the links or `needs` out"));
}

/// The lines that rules are compiled for.
pub(super) struct LineScope {
    /// The fields of a line.
    pub(super) shape: Shape,
    /// Which list of the record.
    pub(super) list: usize,
}

/// One mapping on its way to a plan.
pub(super) struct Compiler<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) catalog: &'a Catalog,
    pub(super) engine: &'a Expressions,
    pub(super) settings: &'a Settings,
    /// Every mapping of the run.
    pub(super) mappings: &'a [Mapping],
    /// What is wrong with this mapping.
    pub(super) problems: &'a mut Vec<Diagnostic>,
    pub(super) direction: Direction,
    pub(super) source: Arc<Schema>,
    pub(super) target: Arc<Schema>,
    /// The source's fields, with joins and the group's list among them.
    pub(super) shape: Shape,
    pub(super) wanted: Wanted,
    pub(super) line: Option<LineScope>,
    pub(super) after: Vec<String>,
    /// The projects of Acumatica, once an expression reads them.
    pub(super) erp: Option<Arc<Schema>>,
    pub(super) used: Used,
    /// What conditions have said of the values that expressions read here.
    pub(super) given: Vec<Fact>,
    pub(super) costs: Vec<Cost>,
}

impl<'a> Compiler<'a> {
    fn start(
        (mapping, mappings): (&'a Mapping, &'a [Mapping]),
        catalog: &'a Catalog,
        (settings, engine): (&'a Settings, &'a Expressions),
        problems: &'a mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let direction = match mapping.direction.text.as_str() {
            "export" => Direction::Export,
            "import" => Direction::Import,
            other => {
                let message = format!("`{other}` is not a direction");
                let help = "`export` carries Procore records to Acumatica, `import` Acumatica records to Procore";
                let near = closest(other, ["export", "import"]);
                problems.push(Diagnostic::error("direction", &mapping.direction.place, message).help(help).replaced_by(near));
                return None;
            }
        };
        let source = schema(&mapping.source, catalog, problems);
        let target = schema(&mapping.target, catalog, problems);
        let (source, target) = (source?, target?);
        for (word, schema, system) in
            [(&mapping.source, &source, direction.source()), (&mapping.target, &target, direction.source().other())]
        {
            if schema.resource.system != system {
                let message = format!("an {} goes the other way: `{word}` cannot stand here", direction.word());
                let help =
                    format!("an {} reads {} and writes {}", direction.word(), direction.source().word(), direction.source().other().word());
                let label = format!("expected a resource of {}", system.word());
                problems.push(Diagnostic::error("direction", &word.place, message).label(label).help(help));
            }
        }
        let shape = source.shape.clone();
        Some(Self {
            mapping,
            catalog,
            engine,
            settings,
            mappings,
            problems,
            direction,
            source,
            target,
            shape,
            wanted: Wanted::default(),
            line: None,
            after: Vec::new(),
            erp: None,
            used: Used::default(),
            given: Vec::new(),
            costs: Vec::new(),
        })
    }

    fn finish(mut self) -> Option<Plan> {
        let mapping = self.mapping;
        let pair = self.pair();
        let enabled = mapping.enabled.as_ref().and_then(|word| self.switch(word, "`enabled`"));
        let joins = self.joins();
        let records = self.records();
        let lists = self.lists();
        let source_key = self.source_key(&records);
        let project = self.project();
        self.joins_in_projects(&joins, project.as_ref());
        let when = mapping.when.as_ref().and_then(|word| self.condition(word));
        self.holds(when.as_ref());
        // An approver is asked before anything is required.
        let ask = self.asks();
        let require = self.require();
        let nodes = self.nodes();
        let steps = self.steps();
        let write_back = self.write_backs();
        self.identity();
        self.needs();
        let table = table::rows(
            mapping,
            self.mappings.iter().find(|other| other.mapping.text == pair && pair != mapping.mapping.text),
            self.problems,
        );
        self.unused();
        self.allowed();
        let broken = any_error(self.problems);
        let mut after = self.after;
        after.sort_unstable();
        after.dedup();
        let mut plan = Plan {
            name: mapping.mapping.text.clone(),
            title: mapping.title.text.clone(),
            caution: mapping.caution.as_ref().map(|word| word.text.clone()),
            pair,
            enabled,
            direction: self.direction,
            source: self.source,
            target: self.target,
            project: project.unwrap_or(ProjectOf::Nobody),
            joins,
            late: Late::default(),
            records,
            lists,
            source_key: source_key.unwrap_or(SourceKey {
                id: Vec::new(),
                key: Vec::new(),
                label: None,
                modified: None,
                address: Vec::new(),
                origin: None,
            }),
            when,
            require,
            after,
            identity: mapping.identity.iter().map(|word| word.text.clone()).collect(),
            ask,
            nodes,
            steps,
            write_back,
            erp: self.erp,
            pairs: Arc::default(),
            table,
            shape: self.shape,
            costs: self.costs,
            wanted: self.wanted,
            fingerprint: fingerprint(mapping),
            settings: self.used.settings(),
        };
        late::mark(&mut plan);
        (!broken).then_some(plan)
    }

    /// The slot of a value at a path on the wire.
    pub(super) fn slot(&mut self, in_line: bool, wire: &[String]) -> usize {
        match &self.line {
            Some(line) if in_line => self.wanted.lists[line.list].slot(wire),
            _ => self.wanted.slot(wire),
        }
    }

    fn asks(&mut self) -> Vec<Asked> {
        let mapping = self.mapping;
        mapping.ask.iter().filter_map(|named| self.asked(named)).collect()
    }

    fn require(&mut self) -> Vec<Requirement> {
        let mapping = self.mapping;
        let mut requirements = Vec::with_capacity(mapping.require.len());
        for required in &mapping.require {
            let that = self.condition(&required.that);
            let outside = self.given.len();
            self.given.extend(that.iter().flat_map(|that| that.expression.facts(false)));
            let otherwise = self.formula(&required.otherwise.template());
            self.given.truncate(outside);
            self.holds(that.as_ref());
            let place = &required.that.place;
            let place = format!("{}:{}", place.source.path.display(), place.source.line_column(place.span.start).0);
            requirements.extend(that.zip(otherwise).map(|(that, otherwise)| Requirement { that, otherwise, place }));
        }
        requirements
    }

    fn steps(&mut self) -> Vec<Step> {
        let mapping = self.mapping;
        let known = self.target.resource.wire.acumatica().map(|wire| wire.actions.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let mut steps = Vec::new();
        for step in &mapping.steps {
            if !known.contains(&step.action.text) {
                let message = format!("`{}` is not an action of `{}`", step.action, self.target.name);
                self.problems.push(
                    Diagnostic::error("unknown-action", &step.action.place, message)
                        .label("no such action")
                        .meant(&step.action.text, known.iter().map(String::as_str)),
                );
            }
            let statuses = self.target.shape.get("Status").map(|field| field.labels.clone()).unwrap_or_default();
            for status in [&step.from, &step.to] {
                if !statuses.is_empty() && !statuses.contains(&status.text) {
                    let message = format!("`{status}` is not a status of `{}`", self.target.name);
                    self.problems.push(
                        Diagnostic::error("unknown-label", &status.place, message).meant(&status.text, statuses.iter().map(String::as_str)),
                    );
                }
            }
            let when = step.when.as_ref().and_then(|word| self.switch(word, "`when` of a step"));
            steps.push(Step { action: step.action.text.clone(), from: step.from.text.clone(), to: step.to.text.clone(), when });
        }
        steps
    }

    fn write_backs(&mut self) -> Vec<(String, super::Formula)> {
        let mapping = self.mapping;
        // What the target held before the write says nothing of what it holds then.
        self.given.retain(|fact| !fact.is_about("target"));
        self.given.push(Fact::present("target"));
        let source = Arc::clone(&self.source);
        let mut write_backs = Vec::new();
        for named in &mapping.write_back {
            let field = source.field_at(&named.name.text);
            if field.is_none() {
                self.unknown_target(&named.name, &source);
            }
            if let Some((formula, typed)) = self.formula_of(&named.it) {
                if let Some(field) = field {
                    self.gives(&named.it, &typed, (field, None), field.max_length);
                }
                if !formula.source.is_empty() || !formula.line.is_empty() {
                    let message = "what is written back comes from `target`, `settings` and `project`";
                    self.problems.push(Diagnostic::error("write-back", &named.it.place, message));
                }
                write_backs.push((named.name.text.clone(), formula));
            }
        }
        write_backs
    }

    fn identity(&mut self) {
        let target = Arc::clone(&self.target);
        for word in &self.mapping.identity {
            if target.field_at(&word.text).is_none() {
                self.unknown_target(word, &target);
            }
        }
    }

    fn needs(&mut self) {
        for word in &self.mapping.needs {
            if self.known_mapping(word) {
                self.after.push(word.text.clone());
            }
        }
    }

    pub(super) fn names_of_mappings(&self) -> Vec<&'a str> {
        self.mappings.iter().map(|mapping| mapping.mapping.text.as_str()).collect()
    }

    /// Whether a word names a mapping; if not, it is told.
    pub(super) fn known_mapping(&mut self, word: &Word) -> bool {
        let known = self.names_of_mappings().contains(&word.text.as_str());
        if !known {
            let message = format!("there is no mapping named `{word}`");
            self.problems.push(
                Diagnostic::error("unknown-mapping", &word.place, message)
                    .label("no such mapping")
                    .meant(&word.text, self.names_of_mappings()),
            );
        }
        known
    }
}

pub(super) fn schema(word: &Word, catalog: &Catalog, problems: &mut Vec<Diagnostic>) -> Option<Arc<Schema>> {
    let found = catalog.get(&word.text).cloned();
    if found.is_none() {
        let message = format!("there is no schema for `{word}`");
        problems
            .push(Diagnostic::error("unknown-resource", &word.place, message).label("no such resource").meant(&word.text, catalog.names()));
    }
    found
}
